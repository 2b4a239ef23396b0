"""Taking values out of bytes: a fuzzer changes the bytes, and everything follows from them."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Finding(AssertionError):
    """An oracle was contradicted."""


def require(holds: bool, what: str) -> None:
    """Raise `Finding` unless it holds."""
    if not holds:
        raise Finding(what)


class Draw:
    """Bytes, read from front to back; when they are used up, every answer is the first one."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def more(self) -> bool:
        """Whether bytes are left."""
        return self._at < len(self._data)

    def byte(self) -> int:
        """The next byte; 0 behind the end."""
        if not self.more:
            return 0
        self._at += 1
        return self._data[self._at - 1]

    def below(self, bound: int) -> int:
        """A number from 0 up to and without the bound (65,536 at the most)."""
        number = self.byte()
        if bound > 256:
            number = number << 8 | self.byte()
        return number % bound

    def flag(self) -> bool:
        """Yes or no."""
        return self.byte() & 1 == 1

    def one_of(self, choices: Sequence[T]) -> T:
        """One of several."""
        return choices[self.below(len(choices))]

    def some_of(self, choices: Sequence[T], most: int) -> list[T]:
        """Up to `most` of several, repetitions included."""
        return [self.one_of(choices) for _ in range(self.below(most + 1))]

    def blob(self) -> bytes:
        """Up to 255 bytes: their number, then they themselves."""
        return self._take(self.byte())

    def long_blob(self) -> bytes:
        """Up to 65,535 bytes: their number in two bytes, then they themselves."""
        return self._take(self.byte() << 8 | self.byte())

    def text(self) -> str:
        """Up to 255 bytes of text."""
        return self.blob().decode("utf-8", "replace")

    def rest(self) -> bytes:
        """Everything that is left."""
        return self._take(len(self._data))

    def _take(self, length: int) -> bytes:
        taken = self._data[self._at : self._at + length]
        self._at += len(taken)
        return taken


def edited(draw: Draw, content: bytes, words: Sequence[bytes], most: int = 6) -> bytes:
    """The content with up to `most` pieces cut out, put in, copied or turned."""
    for _ in range(1 + draw.below(most)):
        at = draw.below(max(len(content), 1)) if len(content) < 65_536 else 0
        kind = draw.below(6)
        if kind == 0:
            content = content[:at] + content[at + 1 + draw.byte() :]
        elif kind == 1:
            content = content[:at] + draw.one_of(words) + content[at:]
        elif kind == 2:
            content = content[:at] + draw.blob() + content[at:]
        elif kind == 3:
            length = draw.byte()
            to = draw.below(max(len(content), 1))
            content = content[:to] + content[at : at + length] + content[to:]
        elif kind == 4:
            content = (
                content[:at] + bytes([content[at] ^ (draw.byte() or 1)]) + content[at + 1 :]
                if at < len(content)
                else content
            )
        else:
            word = draw.one_of(words)
            content = content[:at] + word + content[at + len(word) :]
        if not draw.more:
            break
    return content

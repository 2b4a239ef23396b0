"""What an argument must be before it can be judged: one way to check types, and to say so.

Declarations are written by people, in Python that no type checker need have seen. A wrong
type must not become another meaning (the string "no" is true) nor a traceback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rolecall.policy.errors import printable
from rolecall.problems import Problem

_LONGEST = 80


@dataclass(frozen=True, slots=True)
class Arguments:
    """The arguments of one declaration; each check returns the value, or raises `error`.

    `owner` begins the sentence (`IamUsers`, `The role "tes-deployer"`) unless it is empty,
    `field` is the argument, `example` what to write instead.
    """

    owner: str
    error: type[Problem] = Problem

    def text(self, field: str, value: object, example: str) -> str:
        """A string."""
        if not isinstance(value, str):
            raise self.wrong(field, value, "a string", example)
        return value

    def texts(self, field: str, values: object, example: str) -> tuple[str, ...]:
        """A list of strings, as a tuple."""
        found = self.several(field, values, example)
        for value in found:
            if not isinstance(value, str):
                raise self._error(
                    f"{field} holds {shown(value)}, which is not a string; write {example}."
                )
        return found  # type: ignore[return-value]  # every one has been looked at

    def text_or_texts(self, field: str, values: object, example: str) -> tuple[str, ...]:
        """A list of strings, or one string that stands for a list of one."""
        if isinstance(values, str):
            return (values,)
        if not _is_list(values):
            raise self.wrong(field, values, "a string or a list", example)
        return self.texts(field, values, example)

    def several(self, field: str, values: object, example: str) -> tuple[object, ...]:
        """A list of anything, as a tuple."""
        if isinstance(values, str):
            # A lone string is a sequence of its characters: "bob" would trust b, o and b.
            raise self._error(f"{field} is a list; write [{shown(values)}].")
        if not _is_list(values):
            raise self.wrong(field, values, "a list", example)
        return tuple(values)  # type: ignore[arg-type]  # it is a sequence

    def mapping(self, field: str, value: object, example: str) -> Mapping[object, object]:
        """A mapping; its keys and values are not looked at."""
        if not isinstance(value, Mapping):
            raise self.wrong(field, value, "a mapping", example)
        return value

    def flag(self, field: str, value: object) -> bool:
        """True or False, and nothing that merely counts as one of them."""
        if not isinstance(value, bool):
            raise self._error(f"{field} is {shown(value)}; write True or False.")
        return value

    def number(self, field: str, value: object, example: str) -> int:
        """A whole number."""
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(field, value, "a whole number", example)
        return value

    def duration(self, field: str, value: object, example: str) -> timedelta:
        """A timedelta: a bare number does not say whether it counts seconds or minutes."""
        if not isinstance(value, timedelta):
            raise self.wrong(field, value, "a timedelta", example)
        return value

    def wrong(self, field: str, value: object, wanted: str, example: str) -> Problem:
        """The problem of a value of the wrong type."""
        return self._error(f"{field} is {shown(value)}; write {wanted}: {example}.")

    def _error(self, sentence: str) -> Problem:
        return self.error(f"{self.owner}: {sentence}" if self.owner else sentence)


def shown(value: object) -> str:
    """A value as a message shows it: on one line, and never endless."""
    text = repr(value)
    return printable(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def _is_list(values: object) -> bool:
    # A set has no order, so the policy would differ from run to run; the items of a
    # mapping or of a generator are rarely what was meant.
    return isinstance(values, Sequence) and not isinstance(values, str | bytes | bytearray)

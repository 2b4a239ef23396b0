"""The parser of every command: a wrong argument is one sentence on stderr, and exit code 2.

What was typed may hold a secret (a token where a file was wanted), so what is not known is
not repeated: only the names of options are.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn

from rolecall.problems import Exit, printable

_LONGEST = 300


class Parser(argparse.ArgumentParser):
    """As argparse's, but without abbreviations: a script that says `--dur` would break
    on the day that another option begins so."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **more})

    def parse_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> argparse.Namespace:
        """The arguments, all of them known."""
        parsed, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self.error(self._unknown(unknown))
        return parsed

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end."""
        shown = printable(message)
        if len(shown) > _LONGEST:
            shown = shown[: _LONGEST - 1] + "…"
        self.exit(Exit.BAD_INPUT, f"rolecall: {shown}; see `{self.prog} --help`.\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        """End with the words on stderr, as far as it can write them."""
        if message:
            print(message, end="", file=sys.stderr, flush=True)
        sys.exit(int(status))

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """A choice that is none, with the near match."""
        choices = action.choices
        if choices is None or value in choices:
            return
        known = [str(choice) for choice in choices]
        raise argparse.ArgumentError(
            action, f"{str(value)[:80]!r} is none of {', '.join(known)}{_meant(str(value), known)}"
        )

    def _unknown(self, words: Sequence[str]) -> str:
        options = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
        if not options:
            return f"{_count(len(words), 'argument')} too many"
        known = sorted({name for name in _options_of(self) if name.startswith("--")})
        return f"there is no option {options[0][:80]}{_meant(options[0], known)}"


def _options_of(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        yield from action.option_strings
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _options_of(inner)


def _meant(word: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(word, known, 1)
    return f' (did you mean "{near[0]}"?)' if near else ""


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + ("" if number == 1 else "s")

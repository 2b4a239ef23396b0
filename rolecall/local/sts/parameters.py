"""Parameters of a query-protocol call, checked as the AWS service models constrain them.

Clients check minimums only, so patterns and maximums are checked here. The texts are
those of AWS: `1 validation error detected: Value '…' at '…' failed to satisfy
constraint: …`; several violations are told at once, as AWS does.
"""

import re
from collections.abc import Mapping

from rolecall.local.api import AwsError

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
#: Longer than any list that AWS takes; of what a stranger sends beyond, nothing is told.
_MOST_ELEMENTS = 1000


#: The pattern of `arnType`: white space, and nearly every printable character.
ARN = r"[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+"


class Parameters:
    """Reads parameters and gathers what is wrong with them; `finish` raises it all at once."""

    def __init__(self, params: Mapping[str, str]) -> None:
        self._params = params
        self._violations: list[str] = []
        self._stray: str | None = None

    def text(
        self,
        name: str,
        *,
        low: int = 0,
        high: int | None = None,
        pattern: str | None = None,
    ) -> str | None:
        """A string parameter of `low` to `high` characters that matches `pattern`, or None."""
        value = self._params.get(name)
        if value is not None:
            self.check(value, member_name(name), low=low, high=high, pattern=pattern)
        return value

    def required(
        self,
        name: str,
        *,
        low: int = 0,
        high: int | None = None,
        pattern: str | None = None,
    ) -> str:
        """A string parameter that must be there; '' without it, until `finish` raises."""
        value = self.text(name, low=low, high=high, pattern=pattern)
        if value is None:
            self.violated(None, member_name(name), "Member must not be null")
            return ""
        return value

    def check(
        self,
        value: str,
        where: str,
        *,
        low: int = 0,
        high: int | None = None,
        pattern: str | None = None,
    ) -> None:
        """Hold one value against its constraints."""
        if len(value) < low:
            self.violated(value, where, f"Member must have length greater than or equal to {low}")
        if high is not None and len(value) > high:
            self.violated(value, where, f"Member must have length less than or equal to {high}")
        if pattern is not None and re.fullmatch(pattern, value, re.ASCII) is None:
            self.violated(
                value, where, f"Member must satisfy regular expression pattern: {pattern}"
            )

    def number(self, name: str, *, low: int, high: int) -> int | None:
        """An integer parameter from `low` to `high`, or None."""
        value = self._params.get(name)
        if value is None:
            return None
        if _INTEGER.fullmatch(value) is None:
            raise AwsError("MalformedInput", f"Could not parse {name} as an integer", 400)
        number = int(value)
        where = member_name(name)
        if number < low:
            self.violated(value, where, f"Member must have value greater than or equal to {low}")
        if number > high:
            self.violated(value, where, f"Member must have value less than or equal to {high}")
        return number

    def members(self, name: str) -> list[str]:
        """A list of strings: `Name.member.1`, `Name.member.2`, …"""
        found = []
        for index in range(1, _MOST_ELEMENTS + 1):
            value = self._params.get(f"{name}.member.{index}")
            if value is None:
                break
            found.append(value)
        self._note_strays(name, {f"{name}.member.{n}" for n in range(1, len(found) + 1)})
        return found

    def pairs(self, name: str, first: str, second: str) -> list[tuple[str, str]]:
        """A list of structures of two strings, such as tags; a missing one is ''."""
        found = []
        for index in range(1, _MOST_ELEMENTS + 1):
            prefix = f"{name}.member.{index}."
            one, two = self._params.get(prefix + first), self._params.get(prefix + second)
            if one is None and two is None:
                break
            found.append((one or "", two or ""))
        read = [f"{name}.member.{n}." for n in range(1, len(found) + 1)]
        self._note_strays(name, {prefix + each for prefix in read for each in (first, second)})
        return found

    def _note_strays(self, name: str, read: set[str]) -> None:
        """Parameters of a list that were not read: behind a gap, or written otherwise.

        AWS does not say what it does with them. A session policy that was passed over
        would leave the session wider than was asked for, so the call is refused. An empty
        list is the name alone, without a value.
        """
        for given, value in self._params.items():
            inside = given.startswith(f"{name}.") and given not in read
            if inside or (given == name and value):
                self._stray = given

    def violated(self, value: str | None, where: str, constraint: str) -> None:
        """Note a violation."""
        shown = "null" if value is None else f"'{value}'"
        self._violations.append(
            f"Value {shown} at '{where}' failed to satisfy constraint: {constraint}"
        )

    def finish(self) -> None:
        """Raise what was gathered as one ValidationError, or MalformedInput."""
        if self._violations:
            number = len(self._violations)
            noun = "error" if number == 1 else "errors"
            raise AwsError(
                "ValidationError",
                f"{number} validation {noun} detected: " + "; ".join(self._violations),
                400,
            )
        if self._stray is not None:
            raise AwsError(
                "MalformedInput",
                f"{self._stray} is not an element of a list",
                400,
                f"{self._stray} was not read: elements are numbered from 1 without a gap",
            )


def member_name(parameter: str) -> str:
    """The name AWS prints for a parameter: `RoleArn` is `roleArn`."""
    return parameter[:1].lower() + parameter[1:]


def well_formed_arn(arn: str) -> str:
    """The text, if it has the parts of an ARN; AwsError as AWS has it otherwise."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not (parts[1] and parts[2] and parts[5]):
        raise AwsError("ValidationError", f"{arn} is invalid")
    return arn

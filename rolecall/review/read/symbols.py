"""Names for what is not known: `${aws_iam_role.ci.arn}`, `${unknown.1}`, `${sensitive.1}`.

The proof takes equal names for the same value (`rolecall.policy.compare`), so one table
serves both sides of a change: what may differ gets different names.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

# What may stand in a hole, inside of the quotes of a JSON text.
_SIMPLE = re.compile(r"[A-Za-z0-9_.\-\[\]/@]{1,300}\Z")


@dataclass(frozen=True, slots=True)
class Hole:
    """A value that is not known before apply.

    text: its name as it stands in a policy, `${…}`. refers: what the expression refers to.
    lost: the plan does not keep the expression, as plans of HCL do not.
    """

    text: str
    refers: tuple[str, ...] = ()
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Secret:
    """A value marked sensitive; it is here to be compared and never to be shown."""

    value: object

    def __repr__(self) -> str:
        return "Secret()"


class Symbols:
    """The names given in one source."""

    def __init__(self) -> None:
        self._unknown: dict[str, str] = {}
        self._secret: dict[str, str] = {}
        self._fresh = 0

    def reference(self, name: str) -> str:
        """The hole of a reference; a numbered one where its text would break the policy's."""
        return f"${{{name}}}" if _SIMPLE.match(name) else self.unknown(name)

    def unknown(self, expression: str) -> str:
        """The hole of an expression: the same for the same one."""
        return self._unknown.setdefault(expression, f"${{unknown.{len(self._unknown) + 1}}}")

    def fresh(self) -> str:
        """An expression like no other, for what is another value each time."""
        self._fresh += 1
        return f"fresh {self._fresh}"

    def secret(self, value: object) -> str:
        """The hole of a secret: the same for the same value."""
        if isinstance(value, Hole):
            key = value.text
        else:
            key = json.dumps(value, sort_keys=True, default=repr)
        return self._secret.setdefault(key, f"${{sensitive.{len(self._secret) + 1}}}")

    def hidden(self, text: str) -> str:
        """The text with every known secret in it replaced by its name, the longest first."""
        for value, name in sorted(self._texts(), key=lambda pair: -len(pair[0])):
            text = text.replace(value, name)
        return text

    def _texts(self) -> Iterable[tuple[str, str]]:
        for key, name in self._secret.items():
            if key.startswith('"'):
                value = json.loads(key)
                if len(value) > 3:
                    yield value, name

"""One instance of a resource, on one side of a change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from rolecall.review.read.configuration import Declared

#: A module's instance: the name of its call, and its index where it has one.
Step: TypeAlias = tuple[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Instance:
    """A resource or data source.

    key: without its index, `aws_iam_role.ci`. values: what is known. unknown, sensitive: masks
    of the same shape, True where the value is not known, or marked. declared: its block.
    written: nothing is known but the block, as in synthesized output.
    """

    address: str
    module: tuple[Step, ...]
    key: str
    type: str
    index: str | int | None
    provider: str
    values: Mapping[str, object]
    unknown: Mapping[str, object] = field(default_factory=dict)
    sensitive: Mapping[str, object] = field(default_factory=dict)
    declared: Declared | None = None
    written: bool = False


def step_name(step: Step) -> str:
    """`m`, `m[0]` or `m["key"]`: as it stands in an address."""
    name, index = step
    return name + written_index(index)


def written_index(index: str | int | None) -> str:
    """`[0]`, `["key"]`, or nothing."""
    if index is None:
        return ""
    if isinstance(index, int):
        return f"[{index}]"
    escaped = index.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def module_of(address: object) -> tuple[Step, ...]:
    """The modules of a `module_address`, `module.a["x.y"].module.b[0]`."""
    if not isinstance(address, str):
        return ()
    found: list[Step] = []
    rest = address
    while rest.startswith("module."):
        rest = rest.removeprefix("module.")
        end = 0
        while end < len(rest) and rest[end] not in ".[":
            end += 1
        name, rest = rest[:end], rest[end:]
        index: str | int | None = None
        if rest.startswith('["'):
            index, rest = _quoted(rest[2:])
        elif rest.startswith("["):
            number, _, rest = rest[1:].partition("]")
            index = int(number) if number.isascii() and number.isdigit() else number
        found.append((name, index))
        rest = rest.removeprefix(".")
    return tuple(found)


def _quoted(text: str) -> tuple[str, str]:
    letters: list[str] = []
    at = 0
    while at < len(text) and text[at] != '"':
        at += text[at] == "\\"
        letters.append(text[at : at + 1])
        at += 1
    return "".join(letters), text[at + 2 :]

"""One value of an environment file, read strictly and blamed by line."""

import re
from collections.abc import Callable, Iterable
from typing import TypeVar

import yaml

from rolecall.environment.problem import EnvironmentProblem, nearest
from rolecall.environment.yaml_nodes import entries, line_of
from rolecall.policy import PolicyError, is_account_id, partition_of_region

_Value = TypeVar("_Value")
_STRING = "tag:yaml.org,2002:str"
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}\Z")
_TAG_VALUE = re.compile(r"[\w .:/=+@-]{0,256}\Z")


class Section:
    """A mapping of a file whose keys are taken one by one; leftovers are refused."""

    def __init__(
        self, node: yaml.Node, file: str, known: Iterable[str], name: str = "the file"
    ) -> None:
        self.file, self.name, self.line = file, name, line_of(node)
        known = tuple(known)
        if not isinstance(node, yaml.MappingNode):
            raise EnvironmentProblem(
                f"{name} must be a mapping of keys to values.", file, self.line
            )
        self._values: dict[str, yaml.Node] = {}
        for key, key_node, value in entries(node, file):
            if key not in known:
                raise EnvironmentProblem(
                    f'{name} has no key "{key}".{nearest(key, known)} '
                    f"Known keys: {', '.join(known)}.",
                    file,
                    line_of(key_node),
                )
            self._values[key] = value

    def fail(self, key: str, problem: str) -> EnvironmentProblem:
        """A problem blamed on the line of a key's value."""
        node = self._values.get(key)
        return EnvironmentProblem(problem, self.file, line_of(node) if node else self.line)

    def node(self, key: str) -> yaml.Node | None:
        """The value of a key, or None where it is not written."""
        return self._values.get(key)

    def text(self, key: str, example: str) -> str | None:
        """A string, or None where the key is missing."""
        node = self._values.get(key)
        return None if node is None else string(node, key, self.file, example)

    def needed(self, key: str, example: str) -> str:
        """A string that must be there."""
        value = self.text(key, example)
        if value is None:
            raise EnvironmentProblem(
                f'{self.name} lacks "{key}"; write {key}: {example}.', self.file, self.line
            )
        return value

    def checked(self, key: str, value: _Value, check: Callable[[_Value], object]) -> _Value:
        """The value, once a check of the policy room agrees with it."""
        try:
            check(value)
        except PolicyError as error:
            raise self.fail(key, str(error)) from None
        return value


def string(node: yaml.Node, name: str, file: str, example: str) -> str:
    """A string scalar; a number or truth value is explained."""
    if not isinstance(node, yaml.ScalarNode):
        raise EnvironmentProblem(f"{name} must be one value: {example}.", file, line_of(node))
    value = str(node.value)
    if node.tag != _STRING:
        kind = node.tag.rpartition(":")[2]
        raise EnvironmentProblem(
            f"{name} is {value or 'nothing'}, which YAML reads as {kind}; "
            f"put it in quotes: {name}: {example}.",
            file,
            line_of(node),
        )
    if not value.strip():
        raise EnvironmentProblem(f"{name} is empty; write {name}: {example}.", file, line_of(node))
    return value


def account_id(node: yaml.Node, name: str, file: str) -> str:
    """Twelve digits in quotes."""
    if isinstance(node, yaml.ScalarNode) and node.tag in (
        "tag:yaml.org,2002:int",
        "tag:yaml.org,2002:float",
    ):
        raise EnvironmentProblem(
            f'{name} is a bare number; put it in quotes: {name}: "{node.value}". YAML reads a '
            "number that begins with 0 as octal, and another account would be meant.",
            file,
            line_of(node),
        )
    value = string(node, name, file, '"111122223333"')
    if not is_account_id(value):
        raise EnvironmentProblem(
            f'{name} is "{value}"; an account ID has exactly twelve digits, for example '
            '"111122223333".',
            file,
            line_of(node),
        )
    return value


def whole_number(node: yaml.Node, name: str, file: str, example: str) -> int:
    """A decimal number, with or without quotes. YAML's octal 0900 is not meant, and refused."""
    written = node.value if isinstance(node, yaml.ScalarNode) else ""
    if not re.fullmatch(r"0|[1-9][0-9]{0,8}", written, re.ASCII):
        raise EnvironmentProblem(
            f"{name} must be a whole number; write {name}: {example}.", file, line_of(node)
        )
    return int(written)


def strings(node: yaml.Node, name: str, file: str) -> list[yaml.Node]:
    """The items of a list."""
    if not isinstance(node, yaml.SequenceNode):
        raise EnvironmentProblem(f"{name} must be a list, one item a line.", file, line_of(node))
    return list(node.value)


def region_partition(section: Section, key: str, region: str) -> str:
    """The partition a region belongs to; refuses what is no region."""
    partition = partition_of_region(region)
    if partition is None:
        raise section.fail(
            key, f'{key} "{region}" is not an AWS region; it looks like "eu-central-1".'
        )
    return partition


def tags(node: yaml.Node, file: str) -> dict[str, str]:
    """Default tags: at most 50, keys to 128 and values to 256 characters."""
    if not isinstance(node, yaml.MappingNode):
        raise EnvironmentProblem("tags must be a mapping of keys to values.", file, line_of(node))
    found: dict[str, str] = {}
    spelt: dict[str, tuple[str, int]] = {}
    for key, key_node, value_node in entries(node, file):
        value = string(value_node, key, file, '"value"')
        if not _TAG_KEY.match(key) or key.lower().startswith("aws:"):
            raise EnvironmentProblem(
                f'the tag key "{key}" is not allowed; it has 1 to 128 letters, digits, spaces and '
                "_.:/=+@-, and does not begin with aws:.",
                file,
                line_of(key_node),
            )
        if not _TAG_VALUE.match(value):
            raise EnvironmentProblem(
                f'the tag "{key}" has a value AWS does not allow; up to 256 letters, digits, '
                "spaces and _.:/=+@-.",
                file,
                line_of(value_node),
            )
        # Tag keys of IAM users and roles ignore case ("Rules for tagging in IAM and AWS STS").
        other, line = spelt.setdefault(key.casefold(), (key, line_of(key_node)))
        if other != key:
            raise EnvironmentProblem(
                f'the tag key "{key}" differs from "{other}" on line {line} in case only, and IAM '
                "takes them for one; keep one.",
                file,
                line_of(key_node),
            )
        found[key] = value
    if len(found) > 50:
        raise EnvironmentProblem(
            f"tags holds {len(found)}; AWS allows 50 a resource.", file, line_of(node)
        )
    return found


def issuers(node: yaml.Node, file: str) -> dict[str, str]:
    """Names and https URLs of identity providers."""
    if not isinstance(node, yaml.MappingNode):
        raise EnvironmentProblem("issuers must be a mapping of names to URLs.", file, line_of(node))
    found: dict[str, str] = {}
    for key, _, value_node in entries(node, file):
        value = string(value_node, key, file, "https://issuer.example.com")
        if not value.startswith("https://") or len(value) > 255 or set("?#@ ") & set(value):
            # "The URL must begin with https:// … and have no query" (CreateOpenIDConnectProvider).
            raise EnvironmentProblem(
                f'the issuer "{key}" is "{value}"; write its https:// URL, without a query and at '
                "most 255 characters long.",
                file,
                line_of(value_node),
            )
        found[key] = value
    return found

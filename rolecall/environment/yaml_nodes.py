"""YAML that keeps its line numbers and says no to what a facts file never needs."""

from collections.abc import Iterator
from typing import Any

import yaml

from rolecall.environment.problem import EnvironmentProblem

LARGEST_FILE = 64 * 1024
DEEPEST_NESTING = 8


class _Composer(yaml.SafeLoader):
    """Builds nodes only, no Python values, so nothing is converted behind our back.

    Aliases are refused: a file of a few lines can unfold to gigabytes with them.
    """

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise yaml.MarkedYAMLError(
                problem="aliases (*name) are not allowed here; write the value again",
                problem_mark=mark,
            )
        self._depth += 1
        if self._depth > DEEPEST_NESTING:
            raise yaml.MarkedYAMLError(problem="the file is nested too deeply", problem_mark=mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node


def compose(text: str, file: str) -> yaml.MappingNode:
    """The mapping a file holds. Raises `EnvironmentProblem` with the line."""
    if len(text) > LARGEST_FILE:
        raise EnvironmentProblem(
            f"the file has {len(text)} characters; facts of an environment fit in {LARGEST_FILE}.",
            file,
        )
    loader: _Composer | None = None
    try:
        loader = _Composer(text)
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = " ".join(part for part in (error.context, error.problem) if part)
        raise EnvironmentProblem(
            f"this is not valid YAML: {words}.", file, mark.line + 1 if mark else None
        ) from None
    except (yaml.YAMLError, ValueError) as error:
        words = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise EnvironmentProblem(f"this is not valid YAML: {words}.", file) from None
    finally:
        if loader is not None:
            loader.dispose()
    if node is None:
        raise EnvironmentProblem('the file is empty; it needs at least "account_id:".', file)
    if not isinstance(node, yaml.MappingNode):
        raise EnvironmentProblem(
            'the file must be a mapping of keys to values, such as "region: eu-central-1".',
            file,
            line_of(node),
        )
    return node


def line_of(node: yaml.Node) -> int:
    """The line a node begins on, counted from 1."""
    return int(node.start_mark.line) + 1


def entries(node: yaml.MappingNode, file: str) -> Iterator[tuple[str, yaml.Node, yaml.Node]]:
    """Key, key node and value node of a mapping; a repeated or odd key is refused."""
    first: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.tag != "tag:yaml.org,2002:str":
            raise EnvironmentProblem("a key must be a plain word.", file, line_of(key))
        name = str(key.value)
        if name in first:
            raise EnvironmentProblem(
                f'the key "{name}" is written twice, first on line {first[name]}; keep one.',
                file,
                line_of(key),
            )
        first[name] = line_of(key)
        yield name, key, value

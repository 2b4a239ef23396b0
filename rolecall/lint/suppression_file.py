"""The file with the suppressions: YAML, read strictly."""

import difflib
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import yaml

from rolecall.lint.rules import BY_ID
from rolecall.lint.suppressions import Suppression
from rolecall.policy.errors import quoted
from rolecall.problems import Problem

_LARGEST = 1_000_000
_FIELDS = ("rule", "role", "statement", "reason", "until")
_EXAMPLE = '{rule: RC013, role: tes-backup, reason: "…", until: 2027-01-01}'


class SuppressionProblem(Problem):
    """A suppression that does not say what it must."""


def read_suppressions(text: str, source: str = "suppressions") -> tuple[Suppression, ...]:
    """The suppressions of a file's text; raises SuppressionProblem, nothing else.

    source: how messages call the file.
    """
    if len(text) > _LARGEST:
        raise SuppressionProblem(f"{source} has more than {_LARGEST} characters.")
    try:
        document = yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        line = "" if error.problem_mark is None else f", line {error.problem_mark.line + 1}"
        raise SuppressionProblem(
            f"{source}{line} is not valid YAML: {error.problem or 'it cannot be read'}."
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise SuppressionProblem(f"{source} is not valid YAML.") from None
    if not isinstance(document, Mapping) or set(document) != {"suppressions"}:
        raise SuppressionProblem(
            f"{source} must have one key, suppressions, with a list of entries such as {_EXAMPLE}."
        )
    entries = document["suppressions"]
    if entries is None:
        return ()
    if not isinstance(entries, list):
        raise SuppressionProblem(f"{source}: suppressions is no list; write - {_EXAMPLE}.")
    return tuple(_entry(each, f"{source}, suppression {n}") for n, each in enumerate(entries, 1))


class _Loader(yaml.SafeLoader):
    """Refuses a key written twice, of which YAML would keep the last."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise yaml.MarkedYAMLError(
                problem=f"{quoted(twice)} is written twice", problem_mark=node.start_mark
            )
        found: dict[Any, Any] = super().construct_mapping(node, deep)
        return found


def _entry(entry: object, where: str) -> Suppression:
    if not isinstance(entry, Mapping):
        raise SuppressionProblem(f"{where} is no mapping; write {_EXAMPLE}.")
    for name in entry:
        if name not in _FIELDS:
            raise SuppressionProblem(
                f"{where} has {quoted(name)}, which is not known; write {', '.join(_FIELDS)}."
            )
    rule = _text(entry, "rule", where, "RC013")
    if rule is None or rule not in BY_ID:
        near = difflib.get_close_matches(str(rule or "").upper(), BY_ID, 1)
        hint = f"; did you mean {near[0]}?" if rule and near else "; write one such as RC013."
        problem = "names no rule" if rule is None else f"names the rule {quoted(rule)}, of which"
        raise SuppressionProblem(
            f"{where} {problem}{hint}" if rule is None else f"{where} {problem} none is known{hint}"
        )
    reason = _text(entry, "reason", where, '"the vendor sends no external ID"')
    if reason is None or not reason.strip():
        raise SuppressionProblem(f"{where} ({rule}) gives no reason; write why it may stand.")
    return Suppression(
        rule,
        reason.strip(),
        _text(entry, "role", where, "tes-backup"),
        _statement(entry, where),
        _until(entry, where),
    )


def _text(entry: Mapping[Any, Any], name: str, where: str, example: str) -> str | None:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise SuppressionProblem(f"{where}: {name} is no text; write {name}: {example}.")
    return value


def _statement(entry: Mapping[Any, Any], where: str) -> str | None:
    value = entry.get("statement")
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(entry, "statement", where, "DeployFromGitHub")


def _until(entry: Mapping[Any, Any], where: str) -> date | None:
    value = entry.get("until")
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            value = ""
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise SuppressionProblem(f"{where}: until is no day; write until: 2027-01-01.")

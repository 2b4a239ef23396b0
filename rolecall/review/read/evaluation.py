"""What a template of the configuration becomes when references are filled in."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from rolecall.review.read.configuration import Lost
from rolecall.review.read.expressions import (
    Call,
    Expression,
    Literal,
    Members,
    Opaque,
    Reference,
    Several,
    Template,
    read_template,
)
from rolecall.review.read.instances import Step
from rolecall.review.read.symbols import Hole, Secret, Symbols


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions that give another value each time, or read what lies outside of the text.
_IMPURE = _words(
    """timestamp plantimestamp uuid bcrypt file fileexists fileset filebase64 filebase64sha256
    filebase64sha512 filemd5 filesha1 filesha256 filesha512 templatefile pathexpand abspath path
    terraform"""
)


@dataclass(frozen=True, slots=True)
class Scope:
    """Where an expression stands: the module, and in which instance of which block.

    index, for_each: of the block; key: what it is called, `aws_iam_role.ci`.
    """

    module: tuple[Step, ...] = ()
    index: str | int | None = None
    for_each: object = None
    key: str = ""


class Values(Protocol):
    """What knows the meaning of references."""

    symbols: Symbols

    def look_up(self, reference: Reference, scope: Scope) -> object:
        """What a reference means; `Hole` where that is not known."""


def render(written: object, values: Values, scope: Scope) -> object:
    """A raw value of the configuration with everything filled in that is known."""
    if isinstance(written, str):
        return _template(read_template(written), values, scope)
    if isinstance(written, Lost):
        names = ", ".join(written.refers)
        return Hole(values.symbols.unknown(f"{scope.module}{scope.index} {names}"), written.refers)
    if isinstance(written, list):
        return [render(each, values, scope) for each in written]
    if isinstance(written, dict):
        return {
            str(written_text(render(name, values, scope))): render(each, values, scope)
            for name, each in written.items()
            if name != "//"
        }
    return written


def _template(template: Template, values: Values, scope: Scope) -> object:
    parts = template.parts
    if len(parts) == 1:
        return parts[0] if isinstance(parts[0], str) else _value(parts[0], values, scope)
    found: list[str] = []
    for part in parts:
        value = part if isinstance(part, str) else _value(part, values, scope)
        text = values.symbols.secret(value.value) if isinstance(value, Secret) else None
        text = written_text(value) if text is None else text
        if text is None and not isinstance(part, str):
            text = _unknown(part, values, scope).text
        found.append(text or "")
    return "".join(found)


def written_text(value: object) -> str | None:
    """A value as it stands inside a text; None for what has no such form."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer()
        return f"{value:.0f}" if whole else str(value)
    if isinstance(value, Hole):
        return value.text
    return None


def _value(expression: Expression, values: Values, scope: Scope) -> object:
    match expression:
        case Literal(value):
            return value
        case Reference():
            return values.look_up(expression, scope)
        case Template():
            return _template(expression, values, scope)
        case Several(items):
            return [_value(each, values, scope) for each in items]
        case Members(items):
            pairs = [(_value(k, values, scope), _value(v, values, scope)) for k, v in items]
            names = [written_text(name) for name, _ in pairs]
            if all(name is not None for name in names):
                return {str(n): value for n, (_, value) in zip(names, pairs, strict=True)}
            return _unknown(expression, values, scope)
        case Call(function, arguments) if function in _FUNCTIONS:
            given = [_value(each, values, scope) for each in arguments]
            found = _FUNCTIONS[function](given, values.symbols)
            return _unknown(expression, values, scope) if found is None else found
    return _unknown(expression, values, scope)


def _unknown(expression: Expression, values: Values, scope: Scope) -> Hole:
    found: list[str] = []
    key = _key(expression, values, scope, found)
    return Hole(values.symbols.unknown(key), tuple(dict.fromkeys(found)))


def canonical(written: object, values: Values, scope: Scope) -> str:
    """A raw value as a key: two with the same key have the same value."""
    if isinstance(written, str):
        return _key(read_template(written), values, scope, [])
    if isinstance(written, list):
        return "[" + ",".join(canonical(each, values, scope) for each in written) + "]"
    if isinstance(written, dict):
        pairs = sorted(
            (str(k), canonical(v, values, scope)) for k, v in written.items() if k != "//"
        )
        return "{" + ",".join(f"{json.dumps(k)}:{v}" for k, v in pairs) + "}"
    return json.dumps(written, default=repr)


def _key(expression: Expression | str, values: Values, scope: Scope, refers: list[str]) -> str:
    """The expression with its references filled in; `refers` gets their names."""

    def keys(items: tuple[Expression, ...]) -> str:
        return ",".join(_key(each, values, scope, refers) for each in items)

    match expression:
        case str():
            return json.dumps(expression)
        case Literal(value):
            return json.dumps(value)
        case Reference(root, steps):
            if not steps:
                # A function's name, a word such as `for`, or a name that `for` binds.
                return values.symbols.fresh() if root in _IMPURE else root
            if root in ("path", "terraform"):
                return values.symbols.fresh()
            refers.append(str(expression))
            return _plain(values.look_up(expression, scope), values)
        case Template(parts):
            return "+".join(_key(each, values, scope, refers) for each in parts)
        case Several(items):
            return f"[{keys(items)}]"
        case Members(items):
            return "{" + ",".join(keys(pair) for pair in items) + "}"
        case Call(function, arguments):
            mark = values.symbols.fresh() if _impure(function) else ""
            return f"{function}({keys(arguments)}){mark}"
        case Opaque(words):
            if len(words) == 1 and isinstance(words[0], str):
                # A whole text that could not be read; what it refers to is not known.
                return values.symbols.fresh()
            return " ".join(
                each if isinstance(each, str) else _key(each, values, scope, refers)
                for each in words
            )
    return values.symbols.fresh()


def _impure(function: str) -> bool:
    return function in _IMPURE or function not in _PURE


def _plain(value: object, values: Values) -> str:
    if isinstance(value, Secret):
        return values.symbols.secret(value.value)
    if isinstance(value, Hole):
        return value.text
    return json.dumps(value, sort_keys=True, default=lambda each: _plain(each, values))


# Functions of Terraform ("Built-in functions") whose value follows from their arguments.
_PURE = _words(
    """abs ceil floor log max min parseint pow signum chomp endswith format formatlist indent join
    lower regex regexall replace split startswith strcontains strrev substr title trim trimprefix
    trimspace trimsuffix upper alltrue anytrue chunklist coalesce coalescelist compact concat
    contains distinct element flatten index keys length list lookup map matchkeys merge one range
    reverse setintersection setproduct setsubtract setunion slice sort sum transpose values zipmap
    base64decode base64encode base64gzip csvdecode jsondecode jsonencode urlencode yamldecode
    yamlencode formatdate timeadd timecmp base64sha256 base64sha512 md5 sha1 sha256 sha512 uuidv5
    cidrhost cidrnetmask cidrsubnet cidrsubnets can nonsensitive sensitive tobool tolist tomap
    tonumber toset tostring try type"""
)


def _jsonencode(given: list[object], symbols: Symbols) -> object:
    if len(given) != 1 or isinstance(given[0], Hole | Secret):
        return None

    def shown(value: object) -> object:
        if isinstance(value, Hole):
            return value.text
        if isinstance(value, Secret):
            return symbols.secret(value.value)
        raise TypeError

    return json.dumps(given[0], separators=(",", ":"), sort_keys=True, default=shown)


def _unchanged(given: list[object], _: Symbols) -> object:
    return given[0] if len(given) == 1 and isinstance(given[0], list | dict) else None


def _toset(given: list[object], _: Symbols) -> object:
    if len(given) == 1 and isinstance(given[0], list):
        items = given[0]
        if all(isinstance(each, str) for each in items):
            return sorted(set(map(str, items)))
    return None


def _join(given: list[object], symbols: Symbols) -> object:
    if len(given) != 2 or not isinstance(given[0], str) or not isinstance(given[1], list):
        return None
    found = [
        symbols.secret(each.value) if isinstance(each, Secret) else written_text(each)
        for each in given[1]
    ]
    return given[0].join(map(str, found)) if None not in found else None


def _concat(given: list[object], _: Symbols) -> object:
    found: list[object] = []
    for each in given:
        if not isinstance(each, list):
            return None
        found.extend(each)
    return found


def _merge(given: list[object], _: Symbols) -> object:
    found: dict[str, object] = {}
    for each in given:
        if not isinstance(each, dict):
            return None
        found.update(each)
    return found


_FUNCTIONS: dict[str, Callable[[list[object], Symbols], object]] = {
    "jsonencode": _jsonencode,
    "tolist": _unchanged,
    "tomap": _unchanged,
    "toset": _toset,
    "join": _join,
    "concat": _concat,
    "merge": _merge,
}

"""The input of a JSON call, held against what the service's own model says of it.

moto does not check most of it, and what is answered here must not be looser than AWS:
clients check required parameters and minimums only.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import botocore.session
from botocore.model import ServiceModel, Shape

from rolecall.local.api import ApiCall, AwsError
from rolecall.local.authorization.operations import operations_of
from rolecall.local.authorization.parameters import json_body
from rolecall.local.model_patterns import compiled_pattern

Input = dict[str, Any]
#: Longest value that a refusal repeats.
_LONGEST_TOLD = 130


def operation_name(call: ApiCall) -> str | None:
    """The operation that a call is, or None where that is not certain."""
    found = operations_of(call)
    return found[0].name if len(found) == 1 else None


def read(call: ApiCall, service: str, code: str = "ValidationException") -> Input:
    """The members of the input, by name, wherever the protocol puts them.

    `service` is botocore's name of it; `code` is how the service calls a violation.
    Members that the model does not know are left out, as AWS ignores them.

    Raises:
        AwsError: `code` for everything that is wrong, or SerializationException for a
            body that is no JSON object.
    """
    operation = operations_of(call)[0]
    shape = _model(service).operation_model(operation.name).input_shape
    body = json_body(call) if call.body.strip() else {}
    if not isinstance(body, dict):
        raise AwsError("SerializationException", "Start of structure expected", 400)
    if shape is None:
        return {}
    given: Input = {}
    for name, member in shape.members.items():
        where = member.serialization.get("location")
        wire = member.serialization.get("name", name)
        if where == "uri":
            value: Any = operation.labels.get(wire)
        elif where == "querystring":
            value = _from_query(call, wire, member)
        elif where is None:
            value = body.get(wire)
        else:
            continue
        if value is not None:
            given[name] = value
    wrong: list[str] = []
    _check_structure(given, shape, "", wrong)
    if wrong:
        noun = "error" if len(wrong) == 1 else "errors"
        raise AwsError(code, f"{len(wrong)} validation {noun} detected: " + "; ".join(wrong), 400)
    return given


def _from_query(call: ApiCall, name: str, shape: Shape) -> Any:
    if shape.type_name == "list":
        return _all_values(call, name) or None
    value = call.params.get(name)
    if value is not None and shape.type_name in ("integer", "long"):
        return int(value) if re.fullmatch(r"[+-]?[0-9]{1,18}", value, re.ASCII) else value
    return value


def _all_values(call: ApiCall, name: str) -> list[str]:
    from urllib.parse import parse_qsl

    pairs = parse_qsl(call.query_string.replace("+", "%2B"), keep_blank_values=True)
    return [value for key, value in pairs if key == name]


def _check_structure(given: Mapping[str, Any], shape: Any, where: str, wrong: list[str]) -> None:
    prefix = f"{where}." if where else ""
    for name in shape.required_members:
        if given.get(name) is None:
            wrong.append(_violation(None, f"{prefix}{_lower(name)}", "Member must not be null"))
    for name, value in given.items():
        member = shape.members.get(name)
        if member is not None and value is not None:
            _check(value, member, f"{prefix}{_lower(name)}", wrong)


def _check(value: Any, shape: Any, where: str, wrong: list[str]) -> None:
    kind = shape.type_name
    expected = _TYPES.get(kind)
    if expected is not None and (
        not isinstance(value, expected) or (isinstance(value, bool) and kind != "boolean")
    ):
        raise AwsError("SerializationException", f"{where} is not a {kind}", 400)
    if kind == "structure":
        _check_structure(value, shape, where, wrong)
    elif kind == "list":
        _check_size(value, shape, where, wrong)
        for index, member in enumerate(value, 1):
            _check(member, shape.member, f"{where}.{index}.member", wrong)
    elif kind == "map":
        _check_size(value, shape, where, wrong)
        for key, member in value.items():
            _check(key, shape.key, f"{where}.key", wrong)
            _check(member, shape.value, f"{where}.{key}.member", wrong)
    elif kind == "string":
        _check_size(value, shape, where, wrong)
        choices = shape.metadata.get("enum", ())
        if choices and value not in choices:
            wrong.append(
                _violation(
                    value, where, f"Member must satisfy enum value set: [{', '.join(choices)}]"
                )
            )
        pattern = compiled_pattern(shape.metadata.get("pattern"))
        if pattern is not None and pattern.fullmatch(value) is None:
            text = f"Member must satisfy regular expression pattern: {shape.metadata['pattern']}"
            wrong.append(_violation(value, where, text))
    elif kind in ("integer", "long"):
        low, high = shape.metadata.get("min"), shape.metadata.get("max")
        if low is not None and value < low:
            text = f"Member must have value greater than or equal to {low}"
            wrong.append(_violation(str(value), where, text))
        if high is not None and value > high:
            text = f"Member must have value less than or equal to {high}"
            wrong.append(_violation(str(value), where, text))


_TYPES: Mapping[str, type] = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "long": int,
}


def _check_size(value: Any, shape: Any, where: str, wrong: list[str]) -> None:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    shown = value if isinstance(value, str) else f"[{len(value)} members]"
    if low is not None and len(value) < low:
        text = f"Member must have length greater than or equal to {low}"
        wrong.append(_violation(shown, where, text))
    if high is not None and len(value) > high:
        text = f"Member must have length less than or equal to {high}"
        wrong.append(_violation(shown, where, text))


def _violation(value: str | None, where: str, constraint: str) -> str:
    # Nothing that is long, and thereby nothing that is a token, is told back.
    shown = "null" if value is None else f"'{value}'"
    if value is not None and len(value) > _LONGEST_TOLD:
        shown = f"[{len(value)} characters]"
    return f"Value {shown} at '{where}' failed to satisfy constraint: {constraint}"


def _lower(name: str) -> str:
    return name[:1].lower() + name[1:]


@lru_cache(maxsize=8)
def _model(service: str) -> ServiceModel:
    return botocore.session.Session().get_service_model(service)

"""JSON objects that two readers cannot read differently."""

import json
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc.strict_json import read_object


@pytest.mark.parametrize(
    ("content", "value"),
    [
        ("{}", {}),
        (' {"a": [1, -2.5, true, null, "ä"], "b": {"a": 1}} ', {"a": [1, -2.5, True, None, "ä"],
                                                                 "b": {"a": 1}}),
        ('{"a": "\\ud83d\\udd11"}', {"a": "\U0001f511"}),
        ('{"a": 1, "A": 2}', {"a": 1, "A": 2}),
    ],
)  # fmt: skip
def test_a_plain_object(content: str, value: dict[str, Any]) -> None:
    assert read_object(content.encode()) == value


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"[]", "it is no JSON object"),
        (b"1", "it is no JSON object"),
        (b'"x"', "it is no JSON object"),
        (b"null", "it is no JSON object"),
        (b'{"a": 1, "a": 1}', "a member is given twice"),
        (b'{"b": {"a": 1, "a": 2}}', "a member is given twice"),
        (b'{"b": [{"a": 1, "\\u0061": 2}]}', "a member is given twice"),
        (b'{"a": NaN}', "NaN and Infinity are no JSON"),
        (b'{"a": Infinity}', "NaN and Infinity are no JSON"),
        (b'{"a": -Infinity}', "NaN and Infinity are no JSON"),
        (b'{"a": "\\ud83d"}', "surrogates not allowed"),
        (b'{"\\udc00": 1}', "surrogates not allowed"),
        (b'{"a": "\xff"}', "utf-8"),
        (b'\xef\xbb\xbf{"a": 1}', "BOM"),
        ('{"a": 1}'.encode("utf-16"), "utf-8"),
        (b"", "Expecting value"),
        (b'{"a": 1} x', "Extra data"),
        (b'{"a":' * 100_000, "it is nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "digits"),
    ],
)
def test_what_can_be_read_in_two_ways(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_object(content)


def nested(depth: int, kind: str) -> bytes:
    """An object with so many values in each other."""
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "list" else {"a": value}
    return json.dumps({"z": value, "short": 1}).encode()


@pytest.mark.parametrize("kind", ["list", "object"])
def test_how_deep_values_may_stand_in_each_other(kind: str) -> None:
    assert read_object(nested(48, kind))["short"] == 1
    with pytest.raises(ValueError, match="it is nested too deeply"):
        read_object(nested(49, kind))
    with pytest.raises(ValueError, match="it is nested too deeply"):
        read_object(nested(400, kind))

"""Every parameter of a call, by name, wherever its protocol puts them."""

import json
from collections.abc import Iterator
from typing import Any

from rolecall.local.api import ApiCall


def parameters_of(call: ApiCall) -> Iterator[tuple[str, str]]:
    """Names and values: of the query or form, and every text in a JSON body.

    Inside a body the name is the way there, with dots: `Roles.authenticated`.
    """
    yield from call.params.items()
    if call.protocol in ("json", "rest-json"):
        yield from _leaves(json_body(call), "")


def json_body(call: ApiCall) -> Any:
    """The body as JSON, whatever white space it begins with; None if it is none."""
    try:
        return json.loads(call.body)
    except (ValueError, RecursionError):
        return None


def _leaves(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _leaves(member, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member, name)
    elif isinstance(value, str):
        yield name, value

"""Expressions as the values that they stand for, without running any code."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from rolecall import trust
from rolecall.importing.expression import Call, Expression, Name, Said

#: Every kind of trusted entity by its name.
KINDS: Mapping[str, Any] = {
    name: getattr(trust, name)
    for name in trust.__all__
    if name != "TrustedEntity" and hasattr(getattr(trust, name), "statements")
}


def built(expression: Expression, names: Mapping[str, object]) -> Any:
    """The value of an expression; `names` are its variables. Raises what the classes raise."""
    if isinstance(expression, Name):
        return names[expression.text]
    if isinstance(expression, Said):
        return built(expression.value, names)
    if isinstance(expression, Call):
        maker = timedelta if expression.name == "timedelta" else KINDS[expression.name]
        args = [built(each, names) for each in expression.args]
        return maker(*args, **{key: built(value, names) for key, value in expression.kwargs})
    if isinstance(expression, list):
        return [built(each, names) for each in expression]
    if isinstance(expression, Mapping):
        return {key: built(value, names) for key, value in expression.items()}
    return expression

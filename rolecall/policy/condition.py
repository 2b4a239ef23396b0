"""One condition of a statement: an operator, a key and the values it is compared with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.operators import Family, Operator, parse_operator
from rolecall.policy.reading import NumberText, kind_of, mapping, scalar_or_list
from rolecall.policy.values import read_binary, read_bool, read_date, read_network, read_number

_READERS: dict[Family, Callable[[str], object]] = {
    Family.NUMERIC: read_number,
    Family.DATE: read_date,
    Family.BOOL: read_bool,
    Family.NULL: read_bool,
    Family.BINARY: read_binary,
    Family.IP: read_network,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """`operator` in AWS's spelling, `key` as written, any of `values` satisfies.

    Source: "IAM JSON policy elements: Condition".
    """

    operator: str
    key: str
    values: tuple[str, ...]


def parse_conditions(value: object, where: str) -> tuple[Condition, ...]:
    """Read a Condition element; raises PolicyError."""
    remedy = 'write {"<operator>": {"<key>": "<value>"}}'
    found: list[Condition] = []
    seen: set[tuple[str, str]] = set()
    for name, keys in mapping(value, where, remedy).items():
        operator = parse_operator(name, where)
        place = f"{where}.{operator}"
        for key, values in mapping(keys, place, remedy).items():
            if not key or key != key.strip():
                raise PolicyError(place, f"{quoted(key)} is not a condition key", "name a key")
            # Keys are compared without regard to case, so these two are one key twice.
            if (str(operator), key.lower()) in seen:
                raise PolicyError(
                    place, f"the key {quoted(key)} is written twice", "merge the values"
                )
            seen.add((str(operator), key.lower()))
            found.append(Condition(str(operator), key, _values(values, operator, f"{place}.{key}")))
    return tuple(found)


def _values(value: object, operator: Operator, where: str) -> tuple[str, ...]:
    items = value if isinstance(value, (list, tuple)) else (value,)
    if not items:
        raise PolicyError(where, "the list of values is empty", "write a value")
    return tuple(_one_value(item, operator, where) for item in items)


def _one_value(item: object, operator: Operator, where: str) -> str:
    if isinstance(item, bool):
        text = "true" if item else "false"
    elif isinstance(item, (NumberText, str)):
        text = str(item)
    elif isinstance(item, (int, float)):
        text = f"{Decimal(repr(item)):f}" if isinstance(item, float) else _digits(item, where)
    else:
        raise PolicyError(where, f"a value is {kind_of(item)}", "write a string")
    check_value(text, operator, where)
    return text


def _digits(number: int, where: str) -> str:
    try:
        return str(number)
    except ValueError:  # Python writes no number of thousands of digits.
        raise PolicyError(where, "the number is too long", "write a shorter one") from None


def check_value(text: str, operator: Operator, where: str) -> None:
    """Raise PolicyError for a value that the operator could never compare."""
    reader = _READERS.get(operator.family)
    # "Condition operators" allows policy variables with Bool, of the typed operators.
    variable = operator.family is Family.BOOL and "${" in text
    if reader is not None and not variable and reader(text) is None:
        raise PolicyError(
            where,
            f"{quoted(text)} is not {operator.family.value}",
            f"write {_example(operator.family)}",
        )


def _example(family: Family) -> str:
    return {
        Family.NUMERIC: 'a number such as "3600"',
        Family.DATE: 'a date such as "2030-01-31T12:00:00Z", or epoch seconds',
        Family.BINARY: "base64 text with its padding",
        Family.IP: 'an address or range such as "203.0.113.0/24" or "2001:db8::/32"',
    }.get(family, '"true" or "false"')


def render_conditions(conditions: tuple[Condition, ...]) -> dict[str, object]:
    """A Condition element in canonical form; raises PolicyError for what JSON cannot say."""
    block: dict[str, dict[str, object]] = {}
    seen: set[tuple[str, str]] = set()
    for condition in sorted(conditions, key=lambda c: (c.operator, c.key)):
        if (condition.operator, condition.key.lower()) in seen:
            raise PolicyError(
                f"Condition.{condition.operator}",
                f"the key {quoted(condition.key)} is there twice, which JSON cannot say",
                "merge the values, or put one into a statement of its own",
            )
        seen.add((condition.operator, condition.key.lower()))
        keys = block.setdefault(condition.operator, {})
        keys[condition.key] = scalar_or_list(condition.values)
    return dict[str, object](block)


def parse_condition_block(block: Mapping[str, object]) -> tuple[Condition, ...]:
    """Read a Condition element that stands alone, as other rooms write them; PolicyError."""
    return parse_conditions(block, "Condition")

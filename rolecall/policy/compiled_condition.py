"""Conditions as functions of a request."""

from collections.abc import Callable
from typing import TypeAlias

from rolecall.policy.condition import Condition, check_value
from rolecall.policy.errors import PolicyError
from rolecall.policy.operators import Family, Operator, SetQualifier, parse_operator
from rolecall.policy.request import Request
from rolecall.policy.template import Context, Variable
from rolecall.policy.value_tests import Test, compile_values
from rolecall.policy.values import read_bool

Predicate: TypeAlias = Callable[[Request], object]


class CompiledCondition:
    """One condition: `holds` answers it, the rest tells why it did not hold.

    Source of the rules on absent keys and several values: "IAM JSON policy elements:
    Condition operators", "Multivalued context keys" and "Single-valued vs.
    multivalued context keys".
    """

    __slots__ = ("condition", "holds", "key", "variables")

    def __init__(self, condition: Condition, where: str, *, deny: bool, variables: bool) -> None:
        operator = parse_operator(condition.operator, where)
        if not condition.values:
            raise PolicyError(where, "the list of values is empty", "write a value")
        for value in condition.values:
            check_value(value, operator, where)
        self.condition = condition
        self.key = condition.key.lower()
        self.variables: tuple[Variable, ...] = ()
        self.holds: Predicate
        if operator.family is Family.NULL:
            self.holds = _null(self.key, condition.values)
        else:
            test, self.variables = compile_values(
                operator, condition.values, where, variables=variables
            )
            self.holds = _predicate(self.key, operator, test, deny)

    def missing(self, context: Context) -> str | None:
        """The key that the condition needs and the request lacks."""
        if not context.get(self.key) and context.get(self.key) != "":
            return self.condition.key
        for variable in self.variables:
            if variable.resolve(context) is None:
                return variable.key
        return None

    def found(self, context: Context) -> tuple[str, ...]:
        """What the request has under the condition's key."""
        value = context.get(self.key, ())
        return (value,) if isinstance(value, str) else tuple(value)


def _null(key: str, values: tuple[str, ...]) -> Predicate:
    absent_wanted = frozenset(read_bool(value) for value in values)

    def holds(request: Request) -> bool:
        # A key that carries no value at all counts as absent, as AWS calls it: null.
        value = request.context.get(key)
        return (value is None or value == ()) in absent_wanted

    return holds


def _predicate(key: str, operator: Operator, test: Test, deny: bool) -> Predicate:
    negated = operator.negated

    def one(value: str, context: Context) -> bool:
        answer = test(value, context)
        # Not of the operator's type: an Allow does not apply, a Deny does.
        return deny if answer is None else answer is not negated

    if operator.qualifier is SetQualifier.NONE:
        return _plain(key, test, one, operator, deny)
    if operator.qualifier is SetQualifier.ALL:
        return _for_all(key, one)
    return _for_any(key, one, deny and operator.if_exists)


def _plain(
    key: str, test: Test, one: Callable[[str, Context], bool], operator: Operator, deny: bool
) -> Predicate:
    negated = operator.negated
    when_absent = negated or operator.if_exists

    def holds(request: Request) -> bool:
        context = request.context
        value = context.get(key)
        if value is None:
            return when_absent
        if isinstance(value, str):
            # What `one` does, without the call: this is where decisions spend their time.
            answer = test(value, context)
            return deny if answer is None else answer is not negated
        if not value:
            return when_absent
        # AWS says to use a set operator on a multivalued key, however many values it
        # has, and leaves open what a plain one does; it was seen not to match. So an
        # Allow does not apply, and a Deny does if any value would make it.
        return deny and any(one(item, context) for item in value)

    return holds


def _values(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """The values of a set; an absent key and an empty text are AWS's null data set."""
    if value is None or value == "":
        return ()
    values = (value,) if isinstance(value, str) else value
    return () if all(item == "" for item in values) else values


def _for_all(key: str, one: Callable[[str, Context], bool]) -> Predicate:
    def holds(request: Request) -> bool:
        context = request.context
        return all(one(item, context) for item in _values(context.get(key)))

    return holds


def _for_any(key: str, one: Callable[[str, Context], bool], when_absent: bool) -> Predicate:
    # "Condition operators" says that IfExists makes an absent key true, the page on
    # set operators that ForAnyValue makes it false; AWS was seen to ignore IfExists
    # there. So it helps no Allow, and a Deny applies.
    def holds(request: Request) -> bool:
        context = request.context
        value = context.get(key)
        if value is None or value == ():
            return when_absent
        return any(one(item, context) for item in _values(value))

    return holds

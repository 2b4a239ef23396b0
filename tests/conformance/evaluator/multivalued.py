"""Keys with several values: set operators, and plain operators on them."""

from tests.conformance.evaluator.case import Case, denying, granting

_SET = "Set operators for multivalued context keys"
_SINGLE = "Single-valued vs. multivalued context keys"
KEY = "aws:TagKeys"

_ROWS: list[tuple[str, str, object, tuple[str, ...] | str | None, bool]] = [
    ("ForAllValues: a subset", "ForAllValues:StringEquals", ["a", "b"], ("a",), True),
    ("ForAllValues: the same set", "ForAllValues:StringEquals", ["a", "b"], ("b", "a"), True),
    ("ForAllValues: one beside", "ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    ("ForAllValues: key absent is true", "ForAllValues:StringEquals", ["a"], None, True),
    ("ForAllValues: no value is true", "ForAllValues:StringEquals", ["a"], (), True),
    ("ForAllValues: an empty string is a null data set", "ForAllValues:StringEquals", ["a"], "",
     True),
    ("ForAllValues: empty strings are a null data set", "ForAllValues:StringEquals", ["a"], ("",),
     True),
    ("ForAllValues: an empty string beside another value is one", "ForAllValues:StringEquals",
     ["a"], ("", "a"), False),
    ("ForAnyValue: an empty string is a null data set", "ForAnyValue:StringLike", ["*"], "", False),
    ("ForAllValues: a single value", "ForAllValues:StringEquals", ["a"], "a", True),
    ("ForAllValues: a single value beside", "ForAllValues:StringEquals", ["a"], "b", False),
    ("ForAllValues with StringLike", "ForAllValues:StringLike", ["team-*"], ("team-a", "team-b"),
     True),
    ("ForAllValues with StringLike, one unlike", "ForAllValues:StringLike", ["team-*"],
     ("team-a", "x"), False),
    ("ForAllValues, negated: none of them listed", "ForAllValues:StringNotEquals", ["a", "b"],
     ("c", "d"), True),
    ("ForAllValues, negated: one listed", "ForAllValues:StringNotEquals", ["a"], ("a", "c"), False),
    ("ForAllValues, negated: key absent is true", "ForAllValues:StringNotEquals", ["a"], None,
     True),
    ("ForAnyValue: one of them", "ForAnyValue:StringEquals", ["a", "b"], ("b", "z"), True),
    ("ForAnyValue: none of them", "ForAnyValue:StringEquals", ["a", "b"], ("y", "z"), False),
    ("ForAnyValue: key absent is false", "ForAnyValue:StringEquals", ["a"], None, False),
    ("ForAnyValue: no value is false", "ForAnyValue:StringEquals", ["a"], (), False),
    ("ForAnyValue: a single value", "ForAnyValue:StringEquals", ["a"], "a", True),
    ("ForAnyValue with StringLike", "ForAnyValue:StringLike", ["auth*"], ("x", "authenticated"),
     True),
    ("ForAnyValue, negated: one not listed", "ForAnyValue:StringNotEquals", ["a"], ("a", "b"),
     True),
    ("ForAnyValue, negated: all listed", "ForAnyValue:StringNotEquals", ["a", "b"], ("a", "b"),
     False),
    ("ForAnyValue, negated: key absent is false", "ForAnyValue:StringNotEquals", ["a"], None,
     False),
    # Two pages contradict each other on this one: in doubt it helps no Allow.
    ("ForAnyValue with IfExists: absent", "ForAnyValue:StringEqualsIfExists", ["a"], None, False),
    ("ForAnyValue with IfExists: one of them", "ForAnyValue:StringEqualsIfExists", ["a"],
     ("a", "b"), True),
    ("ForAllValues with IfExists: absent", "ForAllValues:StringEqualsIfExists", ["a"], None, True),
    ("ForAllValues with ArnLike", "ForAllValues:ArnLike", ["arn:aws:s3:::a*"],
     ("arn:aws:s3:::a1", "arn:aws:s3:::a2"), True),
    ("ForAnyValue with Bool", "ForAnyValue:Bool", "true", ("false", "true"), True),
    ("ForAllValues with NumericLessThan", "ForAllValues:NumericLessThan", "5", ("1", "9"), False),
    ("Null: several values are there", "Null", "false", ("a", "b"), True),
    ("Null: no value is null", "Null", "true", (), True),
    ("an operator name in any case", "foranyvalue:stringequals", ["a"], ("a",), True),
]  # fmt: skip

CASES: list[Case] = [
    granting(_SET, says, {operator: {KEY: values}}, {} if found is None else {KEY: found}, holds)
    for says, operator, values, found, holds in _ROWS
] + [
    granting(
        _SET,
        "ForAllValues with Null false asks for the key as well",
        {"ForAllValues:StringEquals": {KEY: ["a"]}, "Null": {KEY: "false"}},
        {},
        False,
    ),
    denying(
        _SET,
        "a Deny with ForAllValues applies where the key is absent",
        {"ForAllValues:StringNotEquals": {KEY: ["a"]}},
        {},
        True,
    ),
    denying(
        _SET,
        "a Deny with ForAnyValue and IfExists, key absent: in doubt it applies",
        {"ForAnyValue:StringEqualsIfExists": {KEY: ["a"]}},
        {},
        True,
    ),
    denying(
        _SET,
        "a Deny with ForAnyValue does not apply where the key is absent",
        {"ForAnyValue:StringEquals": {KEY: ["a"]}},
        {},
        False,
    ),
    denying(
        _SET,
        "a Deny with ForAnyValue applies if one value matches",
        {"ForAnyValue:StringEquals": {KEY: ["secret"]}},
        {KEY: ("open", "secret")},
        True,
    ),
    # AWS says to use set operators on multivalued keys, and not what a plain one does:
    # an Allow does not apply, a Deny does if any value would.
    granting(_SINGLE, "a plain operator in an Allow, several values",
             {"StringEquals": {KEY: ["a", "b"]}}, {KEY: ("a", "b")}, False),
    granting(_SINGLE, "a plain negated operator in an Allow, several values",
             {"StringNotEquals": {KEY: "z"}}, {KEY: ("a", "b")}, False),
    granting(_SINGLE, "a plain operator in an Allow, a set of one value",
             {"StringEquals": {KEY: "a"}}, {KEY: ("a",)}, False),
    granting(_SINGLE, "a plain IfExists in an Allow, a set of one value",
             {"StringEqualsIfExists": {KEY: "a"}}, {KEY: ("a",)}, False),
    denying(_SINGLE, "a plain operator in a Deny, a set of one value",
            {"StringEquals": {KEY: "a"}}, {KEY: ("a",)}, True),
    granting(_SINGLE, "a plain operator with an empty set is absent",
             {"StringNotEquals": {KEY: "a"}}, {KEY: ()}, True),
    denying(_SINGLE, "a plain operator in a Deny, one value matches",
            {"StringEquals": {KEY: "a"}}, {KEY: ("b", "a")}, True),
    denying(_SINGLE, "a plain operator in a Deny, no value matches",
            {"StringEquals": {KEY: "a"}}, {KEY: ("b", "c")}, False),
    denying(_SINGLE, "a plain negated operator in a Deny, one value differs",
            {"StringNotEquals": {KEY: "a"}}, {KEY: ("b", "a")}, True),
]  # fmt: skip

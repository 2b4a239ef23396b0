"""ARN operators."""

from tests.conformance.evaluator.case import Case, denying, granting

_OPERATORS = "IAM JSON policy elements: Condition operators"
KEY = "aws:SourceArn"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:topic"

_ROWS: list[tuple[str, str, object, str | None, bool]] = [
    ("ArnEquals: the same", "ArnEquals", TOPIC, TOPIC, True),
    ("ArnEquals: another", "ArnEquals", TOPIC, TOPIC + "s", False),
    ("ArnEquals: case-sensitive", "ArnEquals", TOPIC, TOPIC.replace("topic", "Topic"), False),
    ("ArnEquals behaves as ArnLike: wildcards", "ArnEquals", TOPIC[:-2] + "*", TOPIC, True),
    ("ArnLike: a wildcard in a segment", "ArnLike", "arn:aws:sns:*:111122223333:topic", TOPIC,
     True),
    ("ArnLike: a question mark", "ArnLike", "arn:aws:sns:eu-west-?:111122223333:topic", TOPIC,
     True),
    ("ArnLike: every segment", "ArnLike", "arn:*:*:*:*:*", TOPIC, True),
    ("ArnLike: a segment at a time (the page's example)", "ArnLike",
     "arn:aws:someservice:*:111122223333:finance/*",
     "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
     False),
    ("ArnLike: another account", "ArnLike", "arn:aws:sns:*:444455556666:*", TOPIC, False),
    ("ArnLike: the last segment may hold colons", "ArnLike",
     "arn:aws:lambda:*:*:function:f:*", "arn:aws:lambda:eu-west-1:111122223333:function:f:7", True),
    ("ArnLike: a wildcard of the last segment spans colons", "ArnLike",
     "arn:aws:lambda:*:*:function:*", "arn:aws:lambda:eu-west-1:111122223333:function:f:7", True),
    ("ArnLike: a path", "ArnLike", "arn:aws:iam::111122223333:role/team/*",
     "arn:aws:iam::111122223333:role/team/a/b", True),
    ("ArnLike: beside the path", "ArnLike", "arn:aws:iam::111122223333:role/team/*",
     "arn:aws:iam::111122223333:role/teams/a", False),
    ("ArnLike: several values are ORed", "ArnLike", ["arn:aws:s3:::a", "arn:aws:s3:::b"],
     "arn:aws:s3:::b", True),
    ("ArnLike: absent", "ArnLike", "arn:*:*:*:*:*", None, False),
    ("ArnLike: a text that is no ARN", "ArnLike", "arn:*:*:*:*:*", "topic", False),
    ("ArnNotEquals: another", "ArnNotEquals", TOPIC, TOPIC + "s", True),
    ("ArnNotEquals: the same", "ArnNotEquals", TOPIC, TOPIC, False),
    ("ArnNotEquals: absent is true", "ArnNotEquals", TOPIC, None, True),
    ("ArnNotLike: unlike", "ArnNotLike", "arn:aws:sns:*:444455556666:*", TOPIC, True),
    ("ArnNotLike: like", "ArnNotLike", "arn:aws:sns:*:*:*", TOPIC, False),
    ("ArnNotLike: absent is true", "ArnNotLike", "arn:aws:sns:*:*:*", None, True),
    ("ArnLikeIfExists: absent", "ArnLikeIfExists", TOPIC, None, True),
    ("ArnEqualsIfExists: another", "ArnEqualsIfExists", TOPIC, TOPIC + "s", False),
]  # fmt: skip

CASES: list[Case] = [
    granting(
        _OPERATORS,
        says,
        {operator: {KEY: values}},
        {} if found is None else {KEY: found},
        holds,
    )
    for says, operator, values, found, holds in _ROWS
] + [
    granting(
        _OPERATORS,
        "StringLike matches where ArnLike does not (the page's example)",
        {"StringLike": {KEY: "arn:aws:someservice:*:111122223333:finance/*"}},
        {KEY: "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/d"},
        True,
    ),
    # The pages tell of ARNs with six parts only: a bare asterisk is in doubt, so it
    # neither allows nor keeps a Deny from applying.
    granting(_OPERATORS, "a bare asterisk in an Allow", {"ArnLike": {KEY: "*"}}, {KEY: TOPIC},
             False),
    granting(_OPERATORS, "a negated bare asterisk in an Allow", {"ArnNotLike": {KEY: "*"}},
             {KEY: TOPIC}, False),
    denying(_OPERATORS, "a bare asterisk in a Deny", {"ArnLike": {KEY: "*"}}, {KEY: TOPIC}, True),
    denying(_OPERATORS, "a negated bare asterisk in a Deny", {"ArnNotLike": {KEY: "*"}},
            {KEY: TOPIC}, True),
    denying(
        "AWS JSON policy elements: Principal",
        "ArnNotEquals on aws:PrincipalArn spares the named user",
        {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/alice"}},
        {},
        False,
    ),
    denying(
        "AWS JSON policy elements: Principal",
        "ArnNotEquals on aws:PrincipalArn denies every other",
        {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::111122223333:user/bob"}},
        {},
        True,
    ),
]  # fmt: skip

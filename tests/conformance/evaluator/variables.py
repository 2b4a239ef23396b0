"""Policy variables, in conditions and resources."""

from rolecall.policy import RoleSession
from tests.conformance.evaluator.case import (
    ALLOW,
    EXPLICIT,
    IMPLICIT,
    OWN,
    Case,
    Context,
    Json,
    allow,
    deny,
    denying,
    granting,
)

_PAGE = "IAM policy elements: Variables and tags"
_VERSION = "IAM JSON policy elements: Version"
HOME = "arn:aws:s3:::bucket/home/${aws:username}/*"


def on(says: str, resource: str, target: str, allowed: bool, **more: object) -> Case:
    """An Allow of a resource with a variable in it."""
    return Case(
        _PAGE,
        says,
        ALLOW if allowed else IMPLICIT,
        identity=[allow(Resource=resource)],
        target=target,
        **more,  # type: ignore[arg-type]
    )


def when(says: str, condition: Json, context: Context, holds: bool) -> Case:
    return granting(_PAGE, says, condition, context, holds)


CASES: list[Case] = [
    on("the variable is replaced in Resource", HOME, "arn:aws:s3:::bucket/home/alice/x", True),
    on("another user's folder", HOME, "arn:aws:s3:::bucket/home/bob/x", False),
    on("variable names are case-insensitive", HOME.replace("aws:username", "AWS:UserName"),
       "arn:aws:s3:::bucket/home/alice/x", True),
    on("a role session has no user name: the resource matches nothing", HOME,
       "arn:aws:s3:::bucket/home/${aws:username}/x", False,
       caller=RoleSession(OWN, "role", "session")),
    on("a tag as a variable", "arn:aws:s3:::bucket/${aws:PrincipalTag/department}",
       "arn:aws:s3:::bucket/red", True, context={"aws:PrincipalTag/department": "red"}),
    on("a tag that is not there", "arn:aws:s3:::bucket/${aws:PrincipalTag/department}",
       "arn:aws:s3:::bucket/", False),
    on("the default value stands in", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}",
       "arn:aws:s3:::b/company-wide", True),
    on("the default value stands back", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}",
       "arn:aws:s3:::b/company-wide", False, context={"aws:PrincipalTag/team": "red"}),
    on("the value before the default", "arn:aws:s3:::b/${aws:PrincipalTag/team, 'company-wide'}",
       "arn:aws:s3:::b/red", True, context={"aws:PrincipalTag/team": "red"}),
    on("${*} is an asterisk", "arn:aws:s3:::b/a${*}", "arn:aws:s3:::b/a*", True),
    on("${*} is no wildcard", "arn:aws:s3:::b/a${*}", "arn:aws:s3:::b/abc", False),
    on("${?} is a question mark", "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/a?", True),
    on("${?} is no wildcard", "arn:aws:s3:::b/a${?}", "arn:aws:s3:::b/ab", False),
    on("${$} is a dollar sign", "arn:aws:s3:::b/${$}{aws:username}",
       "arn:aws:s3:::b/${aws:username}", True),
    # Not spelled out by AWS; a tag named `*` must not open every folder.
    on("a wildcard in the value is a character", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
       "arn:aws:s3:::b/red/x", False, context={"aws:PrincipalTag/team": "*"}),
    on("a wildcard in the value matches itself", "arn:aws:s3:::b/${aws:PrincipalTag/team}/*",
       "arn:aws:s3:::b/*/x", True, context={"aws:PrincipalTag/team": "*"}),
    on("a multivalued key is no variable", "arn:aws:s3:::b/${aws:TagKeys}", "arn:aws:s3:::b/a",
       False, context={"aws:TagKeys": ("a", "b")}),
    Case(_VERSION, "without version 2012-10-17 a variable is plain text", IMPLICIT,
         identity=[allow(Resource=HOME)], target="arn:aws:s3:::bucket/home/alice/x",
         version="2008-10-17"),
    Case(_VERSION, "without version 2012-10-17 the text matches itself", ALLOW,
         identity=[allow(Resource=HOME)], target="arn:aws:s3:::bucket/home/${aws:username}/x",
         version="2008-10-17"),
    Case(_VERSION, "wildcards work in every version", ALLOW,
         identity=[allow(Resource="arn:aws:s3:::bucket/*")], target="arn:aws:s3:::bucket/x",
         version="2008-10-17"),
    Case(_PAGE, "a Deny of a resource whose variable has no value matches none", ALLOW,
         identity=[allow(), deny(Resource="arn:aws:s3:::b/${aws:PrincipalTag/team}")],
         target="arn:aws:s3:::b/red"),
    # "Policy variables with no value": it matches no resource; AWS leaves open whether
    # NotResource then covers everything, so an Allow does not apply and a Deny does.
    Case(_PAGE, "NotResource with a variable without value, Allow", IMPLICIT,
         identity=[{"Effect": "Allow", "Action": "*",
                    "NotResource": "arn:aws:s3:::b/${aws:PrincipalTag/team}"}],
         target="arn:aws:s3:::c/x"),
    Case(_PAGE, "NotResource with a variable without value, Deny", EXPLICIT,
         identity=[allow(), {"Effect": "Deny", "Action": "*",
                             "NotResource": "arn:aws:s3:::b/${aws:PrincipalTag/team}"}],
         target="arn:aws:s3:::c/x"),
    when("in a string condition", {"StringEquals": {"aws:ResourceTag/owner": "${aws:username}"}},
         {"aws:ResourceTag/owner": "alice"}, True),
    when("in a string condition, another", {"StringEquals": {"aws:ResourceTag/owner":
         "${aws:username}"}}, {"aws:ResourceTag/owner": "bob"}, False),
    when("in StringEqualsIgnoreCase", {"StringEqualsIgnoreCase": {"aws:ResourceTag/owner":
         "${aws:username}"}}, {"aws:ResourceTag/owner": "ALICE"}, True),
    when("in StringLike beside a wildcard", {"StringLike": {"s3:prefix": "home/${aws:username}/*"}},
         {"s3:prefix": "home/alice/docs"}, True),
    when("in StringLike beside a wildcard, another",
         {"StringLike": {"s3:prefix": "home/${aws:username}/*"}}, {"s3:prefix": "home/bob/docs"},
         False),
    when("the page's list of prefixes: the empty one",
         {"StringLike": {"s3:prefix": ["", "home/", "home/${aws:username}/"]}}, {"s3:prefix": ""},
         True),
    when("a tag compared with a tag", {"StringEquals": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team}"}},
         {"aws:ResourceTag/team": "red", "aws:PrincipalTag/team": "red"}, True),
    when("no value: StringEquals does not match", {"StringEquals": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team}"}}, {"aws:ResourceTag/team": "red"}, False),
    when("no value: not even its own text", {"StringEquals": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team}"}}, {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}, False),
    when("no value: StringNotEquals does match", {"StringNotEquals": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team}"}}, {"aws:ResourceTag/team": "red"}, True),
    when("no value: another of the values may match", {"StringEquals": {"aws:ResourceTag/team":
         ["${aws:PrincipalTag/team}", "shared"]}}, {"aws:ResourceTag/team": "shared"}, True),
    when("a default in a condition", {"StringEquals": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team, 'none'}"}}, {"aws:ResourceTag/team": "none"}, True),
    when("a wildcard in a value, in StringLike", {"StringLike": {"aws:ResourceTag/team":
         "${aws:PrincipalTag/team}"}},
         {"aws:ResourceTag/team": "red", "aws:PrincipalTag/team": "*"}, False),
    when("in an ARN condition", {"ArnLike": {"aws:SourceArn":
         "arn:aws:s3:::${aws:PrincipalTag/bucket}"}},
         {"aws:SourceArn": "arn:aws:s3:::data", "aws:PrincipalTag/bucket": "data"}, True),
    when("a whole ARN as the variable", {"ArnEquals": {"aws:SourceArn": "${aws:PrincipalArn}"}},
         {"aws:SourceArn": "arn:aws:iam::111122223333:user/alice"}, True),
    when("in ArnNotLike without a value", {"ArnNotLike": {"aws:SourceArn":
         "arn:aws:s3:::${aws:PrincipalTag/bucket}"}}, {"aws:SourceArn": "arn:aws:s3:::data"}, True),
    when("with Bool", {"Bool": {"example:Flag": "${aws:PrincipalTag/flag}"}},
         {"example:Flag": "true", "aws:PrincipalTag/flag": "TRUE"}, True),
    denying(_PAGE, "a Deny where two tags differ", {"StringNotEquals": {"aws:ResourceTag/team":
            "${aws:PrincipalTag/team}"}},
            {"aws:ResourceTag/team": "red", "aws:PrincipalTag/team": "blue"}, True),
    denying(_PAGE, "a Deny where the principal has no tag", {"StringNotEquals":
            {"aws:ResourceTag/team": "${aws:PrincipalTag/team}"}}, {"aws:ResourceTag/team": "red"},
            True),
]  # fmt: skip

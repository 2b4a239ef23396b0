"""Names, paths, durations, tags and boundaries of roles"""

from typing import Any

from tests.conformance.aws_call import Call
from tests.conformance.case import ALLOWED, Case, Expected, invalid
from tests.conformance.documents import given, policy, tags, trusts
from tests.conformance.pages import (
    CREATE_ROLE,
    IAM_TAGS,
    IDENTIFIERS,
    QUOTAS,
    UPDATE_ROLE,
    UPDATE_TRUST,
)
from tests.conformance.world import HOME, THIRD

DOCUMENT = policy(trusts({"Service": "ec2.amazonaws.com"}))
LATIN = policy(
    trusts({"Service": "ec2.amazonaws.com"}, **given("StringEquals", aws__username="@"))
).replace("@", "\u0430")
MADE = ("create_role", {"RoleName": "{new}", "AssumeRolePolicyDocument": DOCUMENT})
NAME: Expected = (
    "ValidationError",
    "The specified value for roleName is invalid. It must contain only alphanumeric characters "
    "and/or the following: +=,.@_-",
)
PATH: Expected = (
    "ValidationError",
    "The specified value for path is invalid. It must begin and end with / and contain only "
    "alphanumeric characters and/or / characters.",
)


def bound(value: str, where: str, limit: str) -> Expected:
    return (
        "ValidationError",
        f"1 validation error detected: Value {value} at '{where}' failed to satisfy constraint: "
        f"Member must have {limit}",
    )


def create(name: str, expected: Expected = ALLOWED, page: str = CREATE_ROLE, **params: Any) -> Case:
    """CreateRole with these parameters; None leaves one out."""
    wanted = {"RoleName": "{new}", "AssumeRolePolicyDocument": DOCUMENT, **params}
    wanted = {key: value for key, value in wanted.items() if value is not None}
    return Call(name, page, expected, operation="create_role", params=wanted)


def update(name: str, expected: Expected = ALLOWED, **params: Any) -> Case:
    wanted = {"RoleName": "{new}", **params}
    return Call(name, UPDATE_ROLE, expected, operation="update_role", params=wanted, before=(MADE,))


def too_long(where: str, most: int) -> Expected:
    return (
        "ValidationError",
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: Member "
        f"must have length less than or equal to {most}",
    )


def white(size: int) -> str:
    """A document of so many characters, of which most are white space outside of texts."""
    return DOCUMENT.replace("{", "{" + " " * (size - len(DOCUMENT)), 1)


def filled(size: int) -> str:
    """A document of so many characters that count."""
    text = (
        policy(trusts({"Service": "ec2.amazonaws.com"}, **given("StringEquals", aws__username="@")))
        .replace(": ", ":")
        .replace(", ", ",")
    )
    return text.replace("@", "x" * (size - len(text) + 1))


ROWS: list[Case] = [
    create("a name of 64 characters", RoleName="a" * 64),
    create("a name of 65 characters", too_long("roleName", 64), RoleName="b" * 65),
    create("a name with every sign", RoleName="a+=,.@_-b"),
    create("a name with a space", NAME, RoleName="a b"),
    create("a name with a slash", NAME, RoleName="a/b"),
    create("a name with an asterisk", NAME, RoleName="a*"),
    create("a name with a line feed", NAME, RoleName="ab\n"),
    create("a name with a letter beyond ASCII", NAME, RoleName="röle"),
    create("a name with a Cyrillic letter", NAME, RoleName="r\u043ele"),
    create("a name with a fullwidth letter", NAME, RoleName="ｒole"),
    create("an empty name", ("ValidationError", None), RoleName=""),
    create("no name", ("ValidationError", None), RoleName=None),
    create("no document", ("ValidationError", None), AssumeRolePolicyDocument=None),
    Call("a name that is taken", CREATE_ROLE,
         ("EntityAlreadyExists", "Role with name {new} already exists."), operation="create_role",
         params=MADE[1], before=(MADE,)),
    Call("a name that is taken in another case", IDENTIFIERS, ("EntityAlreadyExists", None),
         operation="create_role", params={**MADE[1], "RoleName": "RED"},
         caller=f"admin-{HOME}"),
    Call("a name that another account has", IDENTIFIERS, operation="create_role",
         params={**MADE[1], "RoleName": "red"}),
    create("a path", Path="/team/red/"),
    create("a path of 512 characters", Path="/" + "p" * 510 + "/"),
    create("a path of 513 characters", too_long("path", 512), Path="/" + "p" * 511 + "/"),
    create("a path without a slash at its end", PATH, Path="/team"),
    create("a path without a slash at its beginning", PATH, Path="team/"),
    create("a path with a space", PATH, Path="/te am/"),
    create("a path with a letter beyond ASCII", PATH, Path="/täm/"),
    create("a path with a control character", PATH, Path="/te\x7fam/"),
    create("AWS's own path of linked roles", ("ValidationError", None),
           Path="/aws-service-role/ec2.amazonaws.com/"),
    create("3600 seconds", MaxSessionDuration=3600),
    create("43200 seconds", MaxSessionDuration=43200),
    create("3599 seconds", bound("'3599'", "maxSessionDuration",
                                 "value greater than or equal to 3600"), MaxSessionDuration=3599),
    create("43201 seconds", bound("'43201'", "maxSessionDuration",
                                  "value less than or equal to 43200"), MaxSessionDuration=43201),
    create("seconds in words", ("MalformedInput", None), MaxSessionDuration="an hour"),
    create("seconds below zero", ("ValidationError", None), MaxSessionDuration=-3600),
    update("an update to 43200 seconds", MaxSessionDuration=43200),
    update("an update to 3599 seconds",
           bound("'3599'", "maxSessionDuration", "value greater than or equal to 3600"),
           MaxSessionDuration=3599),
    update("an update to 43201 seconds",
           bound("'43201'", "maxSessionDuration", "value less than or equal to 43200"),
           MaxSessionDuration=43201),
    Call("an update of a role that is not there", UPDATE_ROLE,
         ("NoSuchEntity", "The role with name {new} cannot be found."), operation="update_role",
         params={"RoleName": "{new}"}),
    Call("a trust policy for a role that is not there", UPDATE_TRUST,
         ("NoSuchEntity", "The role with name {new} cannot be found."),
         operation="update_assume_role_policy",
         params={"RoleName": "{new}", "PolicyDocument": DOCUMENT}),
    Call("a trust policy for a role of another account", UPDATE_TRUST, ("NoSuchEntity", None),
         operation="update_assume_role_policy",
         params={"RoleName": "poor", "PolicyDocument": DOCUMENT}),
    create("a description of 1000 characters", Description="d" * 1000),
    create("a description of 1001 characters", ("ValidationError", None), Description="d" * 1001),
    create("a boundary that does not exist",
           ("NoSuchEntity", f"Scope ARN: arn:aws:iam::{THIRD}:policy/never-made does not exist or "
            "is not attachable."), PermissionsBoundary=f"arn:aws:iam::{THIRD}:policy/never-made"),
    create("a boundary of AWS's", PermissionsBoundary="arn:aws:iam::aws:policy/ReadOnlyAccess"),
    create("a boundary of another account", ("NoSuchEntity", None),
           PermissionsBoundary=f"arn:aws:iam::{HOME}:policy/s3-only"),
    create("50 tags", page=IAM_TAGS, Tags=tags(**{f"k{n}": "v" for n in range(50)})),
    create("51 tags", ("ValidationError", None), IAM_TAGS,
           Tags=tags(**{f"k{n}": "v" for n in range(51)})),
    create("two tags that differ in case", ("InvalidInput", None), IAM_TAGS,
           Tags=tags(Team="1", team="2")),
    create("a tag without a key", invalid(None, "tags.1.member.key", "not be null"), IAM_TAGS,
           Tags=[{"Value": "1"}]),
    create("a tag of AWS's", ("InvalidInput", None), IAM_TAGS, Tags=tags(**{"aws:team": "1"})),
    create("a tag key of 129 characters", ("ValidationError", None), IAM_TAGS,
           Tags=tags(**{"k" * 129: "1"})),
    create("a tag value of 257 characters", ("ValidationError", None), IAM_TAGS,
           Tags=tags(k="v" * 257)),
    create("a tag key with an asterisk", ("ValidationError", None), IAM_TAGS,
           Tags=tags(**{"team*": "1"})),
    create("a tag value with a control character", ("ValidationError", None), IAM_TAGS,
           Tags=tags(team="a\x1db")),
    create("a document of 2048 characters", page=QUOTAS, AssumeRolePolicyDocument=filled(2048)),
    create("a document of 2049 characters",
           ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"), QUOTAS,
           AssumeRolePolicyDocument=filled(2049)),
    create("a document of 5000 characters, mostly white space", page=QUOTAS,
           AssumeRolePolicyDocument=white(5000)),
    Call("an update to a document of 2049 characters", QUOTAS,
         ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"),
         operation="update_assume_role_policy", before=(MADE,),
         params={"RoleName": "{new}", "PolicyDocument": filled(2049)}),
    create("a document with a letter beyond Latin 1", ("ValidationError", None),
           AssumeRolePolicyDocument=LATIN),
    Call("an update to a document with a letter beyond Latin 1", UPDATE_TRUST,
         ("ValidationError", None), operation="update_assume_role_policy", before=(MADE,),
         params={"RoleName": "{new}", "PolicyDocument": LATIN}),
    Call("who may not create roles", CREATE_ROLE,
         ("AccessDenied", f"User: {{caller}} is not authorized to perform: iam:CreateRole on "
          f"resource: arn:aws:iam::{HOME}:role/by-bob because no identity-based policy allows "
          "the iam:CreateRole action"),
         operation="create_role", params={**MADE[1], "RoleName": "by-bob"}, caller="bob"),
    Call("who may not change trust", UPDATE_TRUST, ("AccessDenied", None),
         operation="update_assume_role_policy",
         params={"RoleName": "red", "PolicyDocument": DOCUMENT}, caller="alice"),
    Call("who calls without a signature", CREATE_ROLE, ("MissingAuthenticationToken", None),
         operation="create_role", params={**MADE[1], "RoleName": "by-nobody"}, caller="nobody"),
]  # fmt: skip

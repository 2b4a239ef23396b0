"""The few policies that the machine hands out: small enough that nobody has to parse them.

Each statement is a name; here is what it looks like as JSON. What it means is said a
second time, and in other words, in `model.py`.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

ACCOUNTS = ("111122223333", "444455556666", "777788889999")
ADMINISTRATOR = "rolecall-administrator"
ISSUER_HOST = "id.example.com/tenant"
SUBJECTS = ("somebody", "else")

#: What a statement of a permission policy can be about: Action and Resource.
WHAT: dict[str, tuple[Any, str]] = {
    "everything": ("*", "*"),
    "IAM": ("iam:*", "*"),
    "looking": (["iam:Get*", "iam:List*"], "*"),
    "keys": (["iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"], "*"),
    "roles": (
        ["iam:CreateRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"],
        "*",
    ),
    "buckets": (["s3:ListAllMyBuckets", "s3:CreateBucket"], "*"),
    "tables": ("dynamodb:ListTables", "*"),
    "STS": ("sts:*", "*"),
    "assuming": ("sts:AssumeRole", "*"),
    "assuming red": (["sts:AssumeRole", "sts:TagSession"], "arn:aws:iam::*:role/red"),
    "federating": (["sts:GetFederationToken", "sts:TagSession"], "*"),
    "own user": (["iam:GetUser", "iam:CreateAccessKey"], "arn:aws:iam::*:user/${aws:username}"),
}


@dataclass(frozen=True)
class Says:
    """One statement of a permission policy.

    `team`: only callers whose tag `team` is this. `before`: only sessions that were
    issued before this moment (in the way of AWSRevokeOlderSessions).
    """

    effect: str
    what: str
    team: str | None = None
    before: str | None = None


@dataclass(frozen=True)
class Who:
    """A principal of a trust policy.

    kind: anyone, account, user, role, session, oidc or saml. `name` is that of the user,
    role or SAML provider; `session` that of a role session.
    """

    kind: str
    account: str = ""
    name: str = ""
    session: str = ""


@dataclass(frozen=True)
class Trusts:
    """One statement of a trust policy. `may`: of assume, tag and name (source identity).

    Conditions: the caller's tag `team`, the requested tag `asked` (of key team), the
    external ID, the subject of a token or assertion.
    """

    effect: str
    who: Who
    may: tuple[str, ...] = ("assume",)
    team: str | None = None
    asked: str | None = None
    external: str | None = None
    subject: str | None = None


def document(says: Sequence[Says]) -> str:
    return _text([_statement(each) for each in says])


def _statement(says: Says) -> dict[str, Any]:
    action, resource = WHAT[says.what]
    found = {"Effect": says.effect, "Action": action, "Resource": resource}
    condition: dict[str, Any] = {}
    if says.team is not None:
        condition["StringEquals"] = {"aws:PrincipalTag/team": says.team}
    if says.before is not None:
        condition["DateLessThan"] = {"aws:TokenIssueTime": says.before}
    return {**found, "Condition": condition} if condition else found


_ASSUME = {
    "oidc": "sts:AssumeRoleWithWebIdentity",
    "saml": "sts:AssumeRoleWithSAML",
}


def trust_document(trusts: Sequence[tuple[Trusts, str]]) -> str:
    """The trust policy; beside each statement stands the ARN to write for its principal."""
    return _text([_trusting(each, name) for each, name in trusts])


def actions_of(trusts: Trusts) -> list[str]:
    names = {
        "assume": _ASSUME.get(trusts.who.kind, "sts:AssumeRole"),
        "tag": "sts:TagSession",
        "name": "sts:SetSourceIdentity",
    }
    return [names[each] for each in trusts.may]


def _trusting(trusts: Trusts, name: str) -> dict[str, Any]:
    federated = trusts.who.kind in ("oidc", "saml")
    principal: Any = "*"
    if trusts.who.kind != "anyone":
        principal = {"Federated" if federated else "AWS": name}
    equals: dict[str, str] = {}
    if trusts.team is not None:
        equals["aws:PrincipalTag/team"] = trusts.team
    if trusts.asked is not None:
        equals["aws:RequestTag/team"] = trusts.asked
    if trusts.external is not None:
        equals["sts:ExternalId"] = trusts.external
    if trusts.subject is not None:
        key = f"{ISSUER_HOST}:sub" if trusts.who.kind == "oidc" else "saml:sub"
        equals[key] = trusts.subject
    found = {"Effect": trusts.effect, "Principal": principal, "Action": actions_of(trusts)}
    return {**found, "Condition": {"StringEquals": equals}} if equals else found


def _text(statements: list[dict[str, Any]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})

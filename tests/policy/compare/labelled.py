"""Pairs of trust policies written by hand, with the right answer; some are meant to be hard."""

from dataclasses import dataclass
from typing import Any

from rolecall.policy import PolicyDocument

OWN, OTHER = "111122223333", "444455556666"
HOST = "token.actions.githubusercontent.com"
GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/{HOST}"
_WEB = "sts:AssumeRoleWithWebIdentity"
ROOT = f"arn:aws:iam::{OTHER}:root"


@dataclass(frozen=True)
class Labelled:
    name: str
    old: PolicyDocument
    new: PolicyDocument
    answer: str
    account: str | None = OWN


def policy(*statements: dict[str, Any]) -> PolicyDocument:
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})


def web(*subjects: str, operator: str = "StringLike", **more: Any) -> dict[str, Any]:
    condition: dict[str, Any] = {"StringEquals": {f"{HOST}:aud": "sts.amazonaws.com"}}
    condition.setdefault(operator, {})[f"{HOST}:sub"] = list(subjects)
    for name, block in more.items():
        condition.setdefault(name, {}).update(block)
    return {
        "Effect": "Allow",
        "Principal": {"Federated": GITHUB},
        "Action": _WEB,
        "Condition": condition,
    }


def aws(principal: Any, *actions: str, effect: str = "Allow", **condition: Any) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": effect,
        "Principal": principal if principal == "*" else {"AWS": principal},
        "Action": list(actions) or ["sts:AssumeRole"],
    }
    block = {name.replace("__", ":"): value for name, value in condition.items()}
    return {**statement, "Condition": block} if block else statement


def service(host: str, *actions: str, **condition: Any) -> dict[str, Any]:
    return {**aws("*", *actions, **condition), "Principal": {"Service": host}}


_REPOSITORIES = [f"repo:acme/service-{n:02d}:*" for n in range(20)]
_WORDS = (("api", "eu"), ("web", "us"), ("job", "eu"), ("lib", "ap"), ("api", "us"))
_TANGLED = [f"repo:acme/*{a}*{b}*:ref:refs/heads/*" for a, b in _WORDS]
_ALICE, _HOP = f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OTHER}:role/hop"
_SAME_ARN = {"aws:PrincipalArn": _HOP}
_TAGS = "aws:RequestTag/team"

PAIRS: tuple[Labelled, ...] = (
    Labelled("an account by its id or its root", policy(aws(OTHER)), policy(aws(ROOT)), "same"),
    Labelled("a branch, then every branch",
             policy(web("repo:acme/infra:ref:refs/heads/main")),
             policy(web("repo:acme/infra:ref:refs/heads/*")), "wider"),
    Labelled("a wildcard that does not end at a slash",
             policy(web("repo:acme/*")), policy(web("repo:acme*")), "wider"),
    Labelled("the organization, then one repository",
             policy(web("repo:acme/*")), policy(web("repo:acme/infra:*")), "narrower"),
    Labelled("another repository",
             policy(web("repo:acme/infra:*")), policy(web("repo:acme/other:*")), "both"),
    Labelled("exact and wildcard ANDed",
             policy(web("repo:acme/infra:ref:refs/heads/main", operator="StringEquals")),
             policy(web("repo:acme/infra:*", StringEquals={
                 f"{HOST}:sub": "repo:acme/infra:ref:refs/heads/main"})), "same"),
    Labelled("two values, two statements",
             policy(web("repo:acme/a:*", "repo:acme/b:*")),
             policy(web("repo:acme/b:*"), web("repo:acme/a:*")), "same"),
    Labelled("IfExists on a claim that every token has",
             policy(web("repo:acme/infra:*")),
             policy(web("repo:acme/infra:*", operator="StringLikeIfExists")), "same"),
    Labelled("the audience is gone",
             policy(web("repo:acme/infra:*")),
             policy({**web("repo:acme/infra:*"), "Condition": {
                 "StringLike": {f"{HOST}:sub": "repo:acme/infra:*"}}}), "wider"),
    Labelled("the external ID is gone",
             policy(aws(OTHER, StringEquals={"sts:ExternalId": "tes-4f1c"})),
             policy(aws(OTHER)), "wider"),
    Labelled("the external ID may be absent",
             policy(aws(OTHER, StringEquals={"sts:ExternalId": "tes-4f1c"})),
             policy(aws(OTHER, StringEqualsIfExists={"sts:ExternalId": "tes-4f1c"})), "wider"),
    Labelled("ForAllValues on a key with one value",
             policy(aws(OTHER, StringEquals={"sts:ExternalId": "tes-4f1c"})),
             policy(aws(OTHER, ForAllValues__StringEquals={"sts:ExternalId": "tes-4f1c"})),
             "wider"),
    Labelled("another spelling of the external ID",
             policy(aws(OTHER, StringEquals={"sts:ExternalId": "tes-4f1c"})),
             policy(aws(OTHER, StringEqualsIgnoreCase={"sts:ExternalId": "tes-4f1c"})), "wider"),
    Labelled("a range as its two halves",
             policy(aws(OTHER, IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
             policy(aws(OTHER, IpAddress={
                 "aws:SourceIp": ["203.0.113.0/25", "203.0.113.128/25"]})), "same"),
    Labelled("a range that is one bit wider",
             policy(aws(OTHER, IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
             policy(aws(OTHER, IpAddress={"aws:SourceIp": "203.0.112.0/23"})), "wider"),
    Labelled("an Allow of addresses, a Deny of all others",
             policy(aws(OTHER, IpAddress={"aws:SourceIp": "203.0.113.0/24"})),
             policy(aws(OTHER), aws("*", "sts:*", effect="Deny",
                                    NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})), "same"),
    Labelled("the Deny forgets IPv6",
             policy(aws(OTHER), aws("*", "sts:*", effect="Deny",
                                    NotIpAddress={"aws:SourceIp": "203.0.113.0/24"})),
             policy(aws(OTHER), aws("*", "sts:*", effect="Deny", IpAddress={
                 "aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]})), "both"),
    Labelled("MFA within an hour, then within a day",
             policy(aws(OTHER, NumericLessThan={"aws:MultiFactorAuthAge": "3600"})),
             policy(aws(OTHER, NumericLessThan={"aws:MultiFactorAuthAge": "86400"})), "wider"),
    Labelled("less than an hour, in other words",
             policy(aws(OTHER, NumericLessThan={"aws:MultiFactorAuthAge": "3600"})),
             policy(aws(OTHER, NumericLessThanEquals={"aws:MultiFactorAuthAge": "3599"})), "same"),
    Labelled("until another day",
             policy(aws(OTHER, DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
             policy(aws(OTHER, DateLessThan={"aws:CurrentTime": "2031-01-01T00:00:00Z"})), "wider"),
    Labelled("the same moment in another zone",
             policy(aws(OTHER, DateLessThan={"aws:CurrentTime": "2030-01-01T00:00:00Z"})),
             policy(aws(OTHER, DateLessThan={"aws:CurrentTime": "2030-01-01T01:00:00+01:00"})),
             "same"),
    Labelled("a role named, or everyone with its ARN",
             policy(aws(_HOP)), policy(aws("*", ArnEquals=_SAME_ARN)), "same"),
    Labelled("everyone of two accounts, or the accounts",
             policy(aws("*", StringEquals={"aws:PrincipalAccount": [OTHER, "777788889999"]})),
             policy(aws([OTHER, "777788889999"])), "same"),
    Labelled("in the role's own account, naming the account needs more",
             policy(aws(OWN)), policy(aws("*", StringEquals={"aws:PrincipalAccount": OWN})),
             "wider"),
    Labelled("a user of the own account beside the account",
             policy(aws(OWN)), policy(aws([OWN, _ALICE])), "wider"),
    Labelled("a user of another account beside the account",
             policy(aws(OTHER)), policy(aws([OTHER, f"arn:aws:iam::{OTHER}:user/bob"])), "same"),
    Labelled("an ARN pattern ends at its segment",
             policy(aws("*", ArnLike={"aws:PrincipalArn": "arn:aws:iam::*:role/ci"})),
             policy(aws("*", StringLike={"aws:PrincipalArn": "arn:aws:iam::*:role/ci"})), "wider"),
    Labelled("a bare asterisk is no ARN pattern",
             policy(aws(OTHER)), policy(aws(OTHER, ArnLike={"aws:PrincipalArn": "*"})), "narrower"),
    Labelled("session tags become possible",
             policy(aws(OTHER)), policy(aws(OTHER, "sts:AssumeRole", "sts:TagSession")), "wider"),
    Labelled("any tag beside the wanted one",
             policy(aws(OTHER, "sts:*", StringEquals={_TAGS: "red"},
                        ForAllValues__StringEquals={"aws:TagKeys": ["team"]})),
             policy(aws(OTHER, "sts:*", StringEquals={_TAGS: "red"})), "wider"),
    Labelled("a tag that is there in two words",
             policy(aws(OTHER, "sts:*", Null={_TAGS: "false"})),
             policy(aws(OTHER, "sts:*",
                        ForAnyValue__StringEqualsIgnoreCase={"aws:TagKeys": "team"})),
             "same"),
    Labelled("a service without its source",
             policy(service("lambda.amazonaws.com", StringEquals={"aws:SourceAccount": OWN})),
             policy(service("lambda.amazonaws.com")), "wider"),
    Labelled("a service that never sends a token's claims",
             policy(service("lambda.amazonaws.com")),
             policy(service("lambda.amazonaws.com",
                            StringNotEquals={f"{HOST}:sub": "repo:evil/x:*"})), "same"),
    Labelled("the one service that has tags, among everybody",
             policy(aws("*", StringEquals={"aws:PrincipalTag/x509Subject/CN": "build-1"},
                        Bool={"aws:PrincipalIsAWSService": "true"})),
             policy(aws("*", StringLike={"aws:PrincipalTag/x509Subject/CN": "build-*"},
                        Bool={"aws:PrincipalIsAWSService": "true"})), "wider"),
    Labelled("a service whose tags are a certificate's",
             policy(service("rolesanywhere.amazonaws.com", "sts:*",
                            StringEquals={"aws:PrincipalTag/x509Subject/CN": "build-1"})),
             policy(service("rolesanywhere.amazonaws.com", "sts:*",
                            StringEquals={"aws:PrincipalTag/x509Subject/CN": "build-2"})), "both"),
    Labelled("the provider under AssumeRole lets in nobody",
             policy(web("repo:acme/infra:*")),
             policy({**web("repo:acme/infra:*"), "Action": "sts:AssumeRole"}), "narrower"),
    Labelled("a session name from a variable",
             policy(aws(OTHER, StringEquals={"sts:RoleSessionName": "${aws:username}"})),
             policy(aws(OTHER)), "wider"),
    Labelled("a user whose variable is known",
             policy(aws(f"arn:aws:iam::{OTHER}:user/bob",
                        StringEquals={"sts:RoleSessionName": "${aws:username}"})),
             policy(aws(f"arn:aws:iam::{OTHER}:user/bob",
                        StringEquals={"sts:RoleSessionName": "bob"})), "same"),
    Labelled("a value that is not known yet, and one more",
             policy(aws(OTHER, StringEquals={"sts:ExternalId": "${random_id.one.hex}"})),
             policy(aws(OTHER, StringEquals={"sts:ExternalId": ["${random_id.one.hex}", "aa"]})),
             "undecided"),
    # Hard ones.
    Labelled("twenty repositories, one of them gone",
             policy(web(*_REPOSITORIES)), policy(web(*_REPOSITORIES[:-1])), "narrower"),
    Labelled("twenty repositories as one pattern",
             policy(web(*_REPOSITORIES)), policy(web("repo:acme/service-*:*")), "wider"),
    Labelled("tangled wildcards, reordered",
             policy(web(*_TANGLED)), policy(web(*reversed(_TANGLED))), "same"),
    Labelled("tangled wildcards, one loosened",
             policy(web(*_TANGLED)), policy(web(*_TANGLED[:-1], "repo:acme/*api*:ref:*")), "wider"),
    Labelled("wildcards beside a Deny of wildcards",
             policy(web("repo:acme/*:ref:*"), {**web("repo:acme/*secret*:*"), "Effect": "Deny"}),
             policy(web("repo:acme/*:ref:*"), {**web("repo:acme/*sec*ret*:*"), "Effect": "Deny"}),
             "narrower"),
    Labelled("many question marks",
             policy(aws(OTHER, StringLike={"sts:ExternalId": "*a??????????b*"})),
             policy(aws(OTHER, StringLike={"sts:ExternalId": ["*a?????????b*",
                                                              "*a??????????b*"]})), "wider"),
    Labelled("a cover of four patterns",
             policy(aws(OTHER, StringLike={"sts:ExternalId": ["*", "a*", "*b", "*c*"]})),
             policy(aws(OTHER, StringLike={"sts:ExternalId": ["??*"]})), "same"),
    Labelled("sets of sets",
             policy(aws(OTHER, "sts:*",
                        ForAllValues__StringLike={"aws:TagKeys": ["team*", "cost*"]},
                        ForAnyValue__StringLike={"aws:TagKeys": ["team-*"]})),
             policy(aws(OTHER, "sts:*",
                        ForAllValues__StringLike={"aws:TagKeys": ["team*", "cost*", "env"]},
                        ForAnyValue__StringLike={"aws:TagKeys": ["team-*", "env"]})), "wider"),
    Labelled("eight conditions, the last one looser",
             policy(aws("*", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5",
                                           "sts:ExternalId": "tes-4f1c"},
                        StringLike={"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*",
                                    "sts:RoleSessionName": "ci-*"},
                        Bool={"aws:SecureTransport": "true", "aws:MultiFactorAuthPresent": "true"},
                        IpAddress={"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
                        NumericLessThan={"aws:MultiFactorAuthAge": "3600"})),
             policy(aws("*", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5",
                                           "sts:ExternalId": "tes-4f1c"},
                        StringLike={"aws:PrincipalArn": "arn:aws:iam::*:role/ci-*",
                                    "sts:RoleSessionName": "ci-*"},
                        Bool={"aws:SecureTransport": "true", "aws:MultiFactorAuthPresent": "true"},
                        IpAddress={"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32"]},
                        NumericLessThan={"aws:MultiFactorAuthAge": "3601"})), "wider"),
    Labelled("six Denies beside one Allow",
             policy(aws("*", "sts:*"),
                    *(aws("*", "sts:*", effect="Deny", StringLike={
                        "aws:PrincipalArn": f"arn:aws:iam::*:role/{name}*"}) for name in "abcdef")),
             policy(aws("*", "sts:*"),
                    aws("*", "sts:*", effect="Deny", StringLike={
                        "aws:PrincipalArn": [f"arn:aws:iam::*:role/{n}*" for n in "abcdef"]})),
             "same"),
)  # fmt: skip

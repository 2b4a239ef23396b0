"""Any text is a policy or a PolicyError; what was read means the same when it is written."""

import json
from functools import cache

from rolecall.policy import (
    AssumeRoleAttempt,
    Authorizer,
    AwsService,
    Caller,
    CompiledPolicy,
    FederatedUserSession,
    IamUser,
    PolicyDocument,
    PolicyError,
    Request,
    RoleSession,
    SamlIdentity,
    WebIdentity,
    check_trust_document,
    may_assume,
)
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
)
from scripts.hardening.fuzz_targets.draw import require

OWN, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OWN}:role/deployer"
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"
SAML = f"arn:aws:iam::{OWN}:saml-provider/corp"
_DENY = {"Effect": "Deny", "Principal": "*", "Action": "*"}

JSON_WORDS = [
    "Version", "2012-10-17", "2008-10-17", "Id", "Statement", "Sid", "Effect", "Allow", "Deny",
    "Principal", "NotPrincipal", "AWS", "Service", "Federated", "CanonicalUser", "Action",
    "NotAction", "Resource", "NotResource", "Condition", "sts:AssumeRole", "sts:*", "*",
    "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRoleWithWebIdentity",
    "sts:AssumeRoleWithSAML", "StringEquals", "StringLike", "StringNotEqualsIfExists",
    "ForAllValues:StringLike", "ForAnyValue:StringEquals", "StringEqualsIgnoreCase", "Null",
    "Bool", "BoolIfExists", "NumericLessThan", "DateGreaterThan", "IpAddress", "NotIpAddress",
    "ArnLike", "ArnNotEquals", "BinaryEquals", "sts:ExternalId", "aws:PrincipalTag/team",
    "aws:RequestTag/team", "aws:TagKeys", "aws:username", "aws:userid", "aws:SourceIp",
    "aws:CurrentTime", "aws:MultiFactorAuthPresent", "aws:PrincipalArn", f"{GITHUB}:sub",
    f"{GITHUB}:aud", "SAML:aud", "sts:RoleSessionName", "${aws:username}", "${aws:userid, 'x'}",
    "${*}", "repo:acme/*", "true", "false", "0", "1e3", "203.0.113.0/24", "2001:db8::/32",
    "2030-01-01T00:00:00Z", "YQ==", OWN, f"arn:aws:iam::{OTHER}:root",
    f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OWN}:role/worker", PROVIDER, SAML,
    "ec2.amazonaws.com", "arn:aws:iam::*:role/*", "AIDAEXAMPLEALICE00001",
]  # fmt: skip


def _attempt(caller: Caller, **more: object) -> AssumeRoleAttempt:
    return AssumeRoleAttempt(caller=caller, role_arn=ROLE, session_name="run", **more)  # type: ignore[arg-type]


_FACTS: dict[str, str | tuple[str, ...]] = {
    "aws:SourceIp": "203.0.113.9",
    "aws:CurrentTime": "2030-01-01T00:00:00Z",
    "aws:MultiFactorAuthPresent": "true",
}
ATTEMPTS: list[tuple[AssumeRoleAttempt, str]] = [
    (_attempt(IamUser(OWN, "alice", unique_id="AIDAEXAMPLEALICE00001"), context=_FACTS),
     ASSUME_ROLE),
    (_attempt(IamUser(OTHER, "bob"), external_id="a*", tags={"team": "core"},
              transitive_tag_keys=("team",)), ASSUME_ROLE),
    (_attempt(RoleSession(OWN, "worker", "run", source_identity="alice"), context=_FACTS),
     ASSUME_ROLE),
    (_attempt(RoleSession(OTHER, "guest", "run"), source_identity="alice"), ASSUME_ROLE),
    (_attempt(FederatedUserSession(OWN, "carol")), ASSUME_ROLE),
    (_attempt(AwsService("ec2.amazonaws.com")), ASSUME_ROLE),
    (_attempt(WebIdentity(PROVIDER), context={
        f"{GITHUB}:sub": "repo:acme/infra:ref:refs/heads/main",
        f"{GITHUB}:aud": "sts.amazonaws.com", f"{GITHUB}:amr": ("a", "b")}),
     ASSUME_ROLE_WITH_WEB_IDENTITY),
    (_attempt(SamlIdentity(SAML), context={"SAML:aud": "https://signin.aws.amazon.com/saml",
                                           "SAML:sub": ""}), ASSUME_ROLE_WITH_SAML),
]  # fmt: skip


@cache
def _everything() -> CompiledPolicy:
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    return CompiledPolicy(PolicyDocument.parse({"Version": "2012-10-17", "Statement": allow}))


def check(data: bytes) -> None:
    """The oracle of this target."""
    try:
        parsed = PolicyDocument.parse(data)
        compiled = CompiledPolicy(parsed)
    except PolicyError as error:
        require(bool(error.where and error.problem and error.remedy), "a refusal says what to do")
        require("\n" not in str(error), "a refusal is one line")
        return
    rendered = parsed.to_json()
    again = PolicyDocument.parse(rendered)
    require(again.to_json() == rendered, "rendering twice is rendering once")
    require(PolicyDocument.parse(parsed.to_dict()) == again, "the value is what the text says")
    rendered_policy = CompiledPolicy(again)
    as_trust = _is_trust(parsed)
    for attempt, action in ATTEMPTS:
        meant = decided(compiled, attempt, action)
        require(meant == decided(rendered_policy, attempt, action), "it means the same")
        require(as_trust or not meant[0], "what is no trust policy lets nobody in")
    denying = json.loads(rendered)
    listed = denying["Statement"]
    denying["Statement"] = [*(listed if isinstance(listed, list) else [listed]), _DENY]
    denied = CompiledPolicy(PolicyDocument.parse(denying))
    for attempt, action in ATTEMPTS:
        require(decided(denied, attempt, action)[0] is False, "a Deny of everything denies")


def _is_trust(parsed: PolicyDocument) -> bool:
    try:
        check_trust_document(parsed)
    except PolicyError:
        # What CreateRole refuses may still say something: only statements with principals do.
        return any(statement.principals is not None for statement in parsed.statements)
    return True


def decided(policy: CompiledPolicy, attempt: AssumeRoleAttempt, action: str) -> tuple[bool, ...]:
    """As a trust policy with and without permission of the caller's own, and as the others."""
    found = []
    for identity in ((), (_everything(),)):
        decision = may_assume(attempt, trust=policy, identity=identity, action=action)
        require(decision.explain().endswith("."), "a decision has its reason")
        found.append(decision.allowed)
    request = Request.build(action, ROLE, attempt.caller, attempt.keys())
    everywhere = [
        Authorizer(identity=[policy]),
        Authorizer(identity=[_everything()], boundary=policy),
        Authorizer(identity=[_everything()], session=[policy]),
        Authorizer(identity=[_everything()], resource=policy),
    ]
    found += [authorizer.decide(request).allowed for authorizer in everywhere]
    return tuple(found)

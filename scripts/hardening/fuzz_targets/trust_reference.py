"""The evaluator and a naive one (`reference.py`) agree about any trust policy and attempt."""

from typing import Any

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    Caller,
    CompiledPolicy,
    FederatedUserSession,
    IamUser,
    PolicyDocument,
    PolicyError,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
    may_assume,
)
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
)
from scripts.hardening.fuzz_targets.draw import Draw, require
from scripts.hardening.fuzz_targets.policies import GITHUB, OTHER, OWN, PROVIDER, ROLE, SAML
from scripts.hardening.fuzz_targets.reference import admitted

_ALICE, _WORKER = "AIDAEXAMPLEALICE00001", "AROAEXAMPLEWORKER0001"
_CALLERS: list[Caller] = [
    IamUser(OWN, "alice", unique_id=_ALICE, tags={"t": "ab"}),
    IamUser(OTHER, "bob", "/team/"),
    RoleSession(OWN, "worker", "run", role_id=_WORKER, source_identity="ab"),
    RoleSession(OTHER, "guest", "run", "/team/", tags={"t": "", "T2": "*"}),
    RootUser(OTHER),
    FederatedUserSession(OWN, "carol"),
    AwsService("ec2.amazonaws.com", source_account=OWN),
    WebIdentity(PROVIDER),
    SamlIdentity(SAML),
    IamUser(OWN, "al*ce", partition="aws-cn"),
]
_NAMES = [
    OWN, OTHER, f"arn:aws:iam::{OWN}:root", f"arn:aws:iam::{OTHER}:root", "*", _ALICE, _WORKER,
    f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OTHER}:user/team/bob",
    f"arn:aws:iam::{OWN}:role/worker", f"arn:aws:sts::{OWN}:assumed-role/worker/run",
    f"arn:aws:iam::{OTHER}:role/team/guest", f"arn:aws:sts::{OTHER}:assumed-role/guest/run",
]  # fmt: skip
_ACTIONS = [
    "sts:AssumeRole", "sts:*", "*", "sts:TagSession", "sts:SetSourceIdentity", "sts:AssumeRole*",
    "STS:assumerolewithwebidentity", "sts:AssumeRoleWithSAML", "sts:?agSession", "s*:Assume*",
    "iam:*",
]  # fmt: skip
_KEYS = [
    "sts:ExternalId", "sts:RoleSessionName", "aws:PrincipalTag/t", "AWS:principaltag/T2",
    "aws:username", "aws:TagKeys", "aws:RequestTag/a", "aws:RequestTag/B",
    "sts:TransitiveTagKeys", "sts:SourceIdentity", "aws:SourceIp", "aws:CurrentTime",
    "aws:MultiFactorAuthAge", "aws:MultiFactorAuthPresent", "aws:PrincipalArn",
    "aws:PrincipalAccount", "aws:userid", f"{GITHUB}:sub", f"{GITHUB}:aud", f"{GITHUB}:amr",
    "SAML:sub", "custom:thing", "custom:set", "aws:FederatedProvider",
]  # fmt: skip
_TEXTS = [
    "a", "ab", "aB", "", "a*", "*b", "?", "*", "a?*b", "**", "*a*b*", "${aws:username}", "${*}",
    "${?}b", "${$}{x}", "${sts:ExternalId, 'a'}", "a${aws:PrincipalTag/t}*", "${custom:set}",
    "${AWS:PrincipalTag/t2}", "${aws:userid}", "true", "false", "alice", "al*ce", "\u0130",
    "i\u0307", "\u00df", "ss", "a\nb", "a.b", "[a]",
]  # fmt: skip
_NUMBERS = ["0", "1", "-1", "1.5", "1.50", "10", "3600", "007", "-0"]
_DATES = ["2030-01-01T00:00:00Z", "2030-01-01", "1893456000", "2030-01-01T00:00:00.5Z",
          "2030-01-01T01:00:00+01:00", "2029-12-31T23:59:59Z", "0"]  # fmt: skip
_NETWORKS = [
    "203.0.113.0/24", "203.0.113.9", "0.0.0.0/0", "::/0", "2001:db8::/32", "203.0.113.9/31",
    "::ffff:203.0.113.9", "::ffff:0:0/96",
]  # fmt: skip
_ARNS = [f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OWN}:user/*", "arn:*:iam::*:*", "*",
         "arn:aws:iam::*:role/*", "arn:aws:iam::${aws:PrincipalAccount}:user/${aws:username}",
         f"arn:aws:iam::{OTHER}:*:x", "arn:aws:iam::?*2222333?:u*r/al?ce", "arn:aws:*"]  # fmt: skip
_BINARY = ["YQ==", "YWI=", "", "AAAA"]
_FAMILIES: list[tuple[list[str], list[str]]] = [
    (["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase",
      "StringLike", "StringNotLike"], _TEXTS),
    (["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
      "NumericGreaterThan", "NumericGreaterThanEquals"], _NUMBERS),
    (["DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
      "DateGreaterThanEquals"], _DATES),
    (["IpAddress", "NotIpAddress"], _NETWORKS),
    (["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"], _ARNS),
    (["Bool"], ["true", "false", "TRUE", "${custom:thing}"]),
    (["BinaryEquals"], _BINARY),
]  # fmt: skip
_VALUES = [
    *_TEXTS[:11], *_NUMBERS, *_DATES, "203.0.113.9", "2001:db8::1", "203.0.113.09", "x", "True",
    *_ARNS[:1], f"arn:aws:iam::{OTHER}:role/team/guest", *_BINARY, "\u0130", "\u00df", "a\nb",
    "::ffff:203.0.113.9", f"arn:aws:iam::{OTHER}:a:x", PROVIDER,
]  # fmt: skip


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw = Draw(data)
    document = {
        "Version": draw.one_of(["2012-10-17", "2012-10-17", "2008-10-17"]),
        "Statement": [_statement(draw) for _ in range(1 + draw.below(3))],
    }
    attempt, action = _attempt(draw)
    try:
        trust = CompiledPolicy(PolicyDocument.parse(document))
    except PolicyError:
        return
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    everything = CompiledPolicy(PolicyDocument.parse({"Statement": allow}))
    for own in (False, True):
        decision = may_assume(
            attempt, trust=trust, identity=[everything] if own else [], action=action
        )
        wanted = admitted(document, attempt, own)
        if decision.allowed != wanted:
            kind = "a false allow" if decision.allowed else "a false deny"
            require(False, f"{kind}: {decision.explain()}")


def _statement(draw: Draw) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": draw.one_of(["Allow", "Allow", "Deny"])}
    statement[draw.one_of(["Principal", "Principal", "Principal", "NotPrincipal"])] = _principal(
        draw
    )
    statement[draw.one_of(["Action", "Action", "Action", "NotAction"])] = [
        draw.one_of(_ACTIONS) for _ in range(1 + draw.below(2))
    ]
    block: dict[str, dict[str, Any]] = {}
    for _ in range(draw.below(4)):
        if draw.below(8) == 7:
            block.setdefault("Null", {})[draw.one_of(_KEYS)] = draw.one_of(["true", "false"])
            continue
        names, values = draw.one_of(_FAMILIES)
        name = draw.one_of(["", "", "ForAllValues:", "ForAnyValue:"]) + draw.one_of(names)
        name += draw.one_of(["", "", "IfExists"])
        block.setdefault(name, {})[draw.one_of(_KEYS)] = [
            draw.one_of(values) for _ in range(1 + draw.below(2))
        ]
    if block:
        statement["Condition"] = block
    return statement


def _principal(draw: Draw) -> Any:
    kind = draw.below(6)
    if kind == 5:
        return "*"
    names: dict[str, Any] = {"AWS": [draw.one_of(_NAMES) for _ in range(1 + draw.below(3))]}
    if kind == 1:
        names["Service"] = draw.one_of(["ec2.amazonaws.com", "lambda.amazonaws.com"])
    elif kind == 2:
        names = {"Federated": [draw.one_of([PROVIDER, SAML, "accounts.google.com"])]}
    elif kind == 3:
        names["Federated"] = draw.one_of([PROVIDER, SAML])
    elif kind == 4:
        names["CanonicalUser"] = "0" * 64
    return names


def _attempt(draw: Draw) -> tuple[AssumeRoleAttempt, str]:
    caller = draw.one_of(_CALLERS)
    context: dict[str, Any] = {}
    for _ in range(draw.below(6)):
        key = draw.one_of(_KEYS)
        if draw.below(3) == 2:
            context[key] = tuple(draw.some_of(_VALUES, 3))
        else:
            context[key] = draw.one_of(_VALUES)
    tags = {
        draw.one_of(["a", "B", "c"]): draw.one_of(["", "a", "ab", "x"])
        for _ in range(draw.below(3))
    }
    attempt = AssumeRoleAttempt(
        caller=caller,
        role_arn=ROLE,
        external_id=draw.one_of([None, None, "a", "ab", "x*"]),
        source_identity=draw.one_of([None, None, None, "ab", "x"]),
        tags=tags,
        transitive_tag_keys=tuple(tags) if draw.below(4) == 3 else (),
        session_name=draw.one_of(["", "ab", "run"]),
        context=context,
    )
    action = ASSUME_ROLE
    if isinstance(caller, WebIdentity):
        action = ASSUME_ROLE_WITH_WEB_IDENTITY
    elif isinstance(caller, SamlIdentity):
        action = ASSUME_ROLE_WITH_SAML
    return attempt, action

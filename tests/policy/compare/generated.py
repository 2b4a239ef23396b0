"""Pairs of trust policies over small alphabets, the same for the same number."""

import random
from typing import Any

from rolecall.policy import PolicyDocument

OWN, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OWN}:role/tes-deployer"
GITHUB_HOST = "token.actions.githubusercontent.com"
GITHUB = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB_HOST}"
SAML = f"arn:aws:iam::{OWN}:saml-provider/corp"
ALICE_ID, WORKER_ID = "AIDAEXAMPLEALICE00001", "AROAEXAMPLEWORKER0001"

AWS_NAMES = [
    OWN,
    OTHER,
    f"arn:aws:iam::{OTHER}:root",
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:iam::{OTHER}:user/team/bob",
    f"arn:aws:iam::{OWN}:role/worker",
    f"arn:aws:iam::{OTHER}:role/team/guest",
    f"arn:aws:sts::{OWN}:assumed-role/worker/run",
    f"arn:aws:sts::{OTHER}:assumed-role/guest/run",
    "*",
    ALICE_ID,
    WORKER_ID,
]
ACTIONS = {
    "aws": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "sts:*", "sts:Assume*"],
    "service": ["sts:AssumeRole", "sts:TagSession", "sts:*"],
    "web": ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity", "sts:*"],
    "saml": ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:*"],
}
WORDS = ["aa", "ab", "ba", "a*", "*b", "?b", "a?", "*a*", "*", "b*a", "aab", "x", "??", "a*b"]
_STRING = [
    "StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
    "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringEquals", "StringLike",
]  # fmt: skip
_NUMERIC = [
    f"Numeric{name}"
    for name in ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan",
                 "GreaterThanEquals")
]  # fmt: skip
_DATE = [name.replace("Numeric", "Date") for name in _NUMERIC]
_ARN = ["ArnLike", "ArnNotLike", "ArnEquals", "ArnNotEquals"]
_ARNS = [
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:iam::{OWN}:user/*",
    f"arn:aws:iam::{OTHER}:role/team/*",
    "arn:aws:iam::*:role/*",
    f"arn:aws:iam::{OTHER}:*",
    "arn:*:iam::*:role/worker",
    "*",
]
_NETWORKS = ["203.0.113.0/24", "203.0.113.0/25", "203.0.113.128/25", "203.0.113.9",
             "0.0.0.0/0", "::/0", "2001:db8::/32"]  # fmt: skip
_NUMBERS = ["0", "1", "2", "1.5", "3"]
_DATES = ["2030-01-01T00:00:00Z", "2030-01-01T00:00:01Z", "2030-01-02", "1893456000"]

KEYS: dict[str, dict[str, tuple[list[str], list[str]]]] = {
    "aws": {
        "sts:ExternalId": (_STRING, WORDS),
        "sts:RoleSessionName": (_STRING, WORDS),
        "sts:SourceIdentity": (_STRING, WORDS),
        "aws:SourceIdentity": (_STRING, WORDS),
        "aws:PrincipalTag/t": (_STRING + _NUMERIC[:4] + ["Bool"], WORDS),
        "aws:PrincipalArn": (_ARN + _STRING[2:4], _ARNS),
        "aws:PrincipalAccount": (_STRING[:4], [OWN, OTHER, "7*", "*6"]),
        "aws:PrincipalType": (_STRING[:4], ["User", "AssumedRole", "A*"]),
        "aws:username": (_STRING[:6], ["alice", "bob", "a*", "*b", "ALICE"]),
        "aws:userid": (_STRING[:4], [ALICE_ID, f"{WORKER_ID}:run", "AROA*:run", "AIDA*"]),
        "aws:SourceIp": (["IpAddress", "NotIpAddress"], _NETWORKS),
        "aws:MultiFactorAuthPresent": (["Bool", "StringEquals"], ["true", "false"]),
        "aws:MultiFactorAuthAge": (_NUMERIC, _NUMBERS),
        "aws:CurrentTime": (_DATE, _DATES),
        "aws:TagKeys": (_STRING, ["a", "b", "A", "a*", "*", "c"]),
        "aws:RequestTag/a": (_STRING, WORDS),
        "aws:RequestTag/B": (_STRING, WORDS[:6]),
        "sts:TransitiveTagKeys": (_STRING[:4], ["a", "b", "*"]),
        "custom:thing": (_STRING + _ARN[:2] + ["IpAddress", "Bool"], WORDS),
        "aws:PrincipalOrgPaths": (_STRING[:4], WORDS),
        "aws:FederatedProvider": (_STRING[:2], [GITHUB, SAML]),
    },
    "service": {
        "aws:SourceAccount": (_STRING[:4], [OWN, OTHER, "1*"]),
        "aws:SourceArn": (_ARN, ["arn:aws:lambda:*:*:function:a*", "arn:aws:lambda:*", "*"]),
        "sts:RoleSessionName": (_STRING, WORDS),
        "aws:RequestTag/a": (_STRING, WORDS),
        "aws:PrincipalServiceName": (_STRING[:4], ["ec2.amazonaws.com", "*.amazonaws.com"]),
    },
    "web": {
        f"{GITHUB_HOST}:sub": (_STRING, WORDS),
        f"{GITHUB_HOST}:aud": (_STRING, WORDS),
        f"{GITHUB_HOST}:amr": (_STRING, WORDS),
        "accounts.google.com:sub": (_STRING, WORDS),
        "aws:SourceIp": (["IpAddress", "NotIpAddress"], _NETWORKS),
        "aws:TagKeys": (_STRING, ["a", "b", "A", "a*", "*", "c"]),
        "aws:RequestTag/a": (_STRING, WORDS),
    },
    "saml": {
        "saml:aud": (_STRING, WORDS),
        "saml:sub": (_STRING, WORDS),
        "saml:doc": (_STRING[:4], [f"{OWN}/corp", "*/corp"]),
        "saml:edupersonaffiliation": (_STRING, WORDS),
        "aws:TagKeys": (_STRING, ["a", "b", "A", "a*", "*", "c"]),
    },
}
_TYPED = {"Numeric": _NUMBERS, "Date": _DATES, "IpAdd": _NETWORKS, "NotIp": _NETWORKS,
          "Bool": ["true", "false"], "Arn": _ARNS}  # fmt: skip


def pair(number: int) -> tuple[PolicyDocument, PolicyDocument]:
    """A pair: often one is the other with a small change."""
    rng = random.Random(number)
    world = rng.choice(["aws", "aws", "aws", "service", "web", "web", "saml"])
    keys = rng.sample(sorted(KEYS[world]), min(len(KEYS[world]), rng.choice([1, 2, 2, 3])))
    old = [_statement(rng, world, keys) for _ in range(rng.choice([1, 1, 2, 2, 3]))]
    if rng.random() < 0.25:
        new = [_statement(rng, world, keys) for _ in range(rng.choice([1, 1, 2]))]
    else:
        new = [_copy(statement) for statement in old]
        for _ in range(rng.choice([0, 1, 1, 2])):
            _change(rng, world, keys, new)
    return _document(old), _document(new)


def _document(statements: list[dict[str, Any]]) -> PolicyDocument:
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements})


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return list(value) if isinstance(value, list) else value


def _some(rng: random.Random, values: list[str], most: int) -> list[str]:
    return rng.sample(values, rng.randint(1, min(most, len(values))))


def _principal(rng: random.Random, world: str) -> Any:
    if world == "aws":
        names = _some(rng, AWS_NAMES, 3)
        return "*" if names == ["*"] else {"AWS": names}
    if world == "service":
        hosts = _some(rng, ["ec2.amazonaws.com", "lambda.amazonaws.com"], 2)
        return rng.choice([{"Service": hosts}, {"Service": hosts}, "*"])
    return {"Federated": GITHUB if world == "web" else SAML}


def _statement(rng: random.Random, world: str, keys: list[str]) -> dict[str, Any]:
    deny = rng.random() < 0.25
    statement: dict[str, Any] = {
        "Effect": "Deny" if deny else "Allow",
        "Principal": rng.choice(["*", {"AWS": "*"}, _principal(rng, world)])
        if deny
        else _principal(rng, world),
        "Action": _some(rng, ACTIONS[world], 2) if rng.random() < 0.6 else ["sts:*"],
    }
    if world == "aws" and rng.random() < 0.05:
        del statement["Principal"]
        statement["NotPrincipal"] = {"AWS": _some(rng, AWS_NAMES[:9], 3)}
    if deny and rng.random() < 0.1:
        statement["Principal"] = {"Federated": GITHUB}
        statement.pop("NotPrincipal", None)
    block: dict[str, Any] = {}
    for _ in range(rng.choice([0, 1, 1, 2, 2, 3])):
        _condition(rng, world, rng.choice(keys), block)
    if block:
        statement["Condition"] = block
    return statement


def _condition(rng: random.Random, world: str, key: str, block: dict[str, Any]) -> None:
    operators, values = KEYS[world][key]
    if rng.random() < 0.12:
        block.setdefault("Null", {})[key] = rng.choice(["true", "false"])
        return
    operator = rng.choice(operators)
    for prefix, typed in _TYPED.items():
        if operator.startswith(prefix) and not (prefix == "Arn" and key.endswith("SourceArn")):
            values = typed
    several = key.lower() in (
        "aws:tagkeys", "sts:transitivetagkeys", "aws:principalorgpaths",
        "saml:edupersonaffiliation", f"{GITHUB_HOST}:amr",
    )  # fmt: skip
    prefix = rng.choice(["", "", "", "ForAllValues:", "ForAnyValue:"]) if not several else (
        rng.choice(["", "ForAllValues:", "ForAllValues:", "ForAnyValue:", "ForAnyValue:"])
    )  # fmt: skip
    suffix = rng.choice(["", "", "", "IfExists"])
    block.setdefault(prefix + operator + suffix, {})[key] = _some(rng, values, 3)


def _change(
    rng: random.Random, world: str, keys: list[str], statements: list[dict[str, Any]]
) -> None:
    statement = rng.choice(statements)
    block = statement.get("Condition")
    kind = rng.randrange(8)
    if kind == 0:
        statements.append(_statement(rng, world, keys))
    elif kind == 1 and len(statements) > 1:
        statements.remove(statement)
    elif kind == 2 and block:
        del block[rng.choice(sorted(block))]
        if not block:
            del statement["Condition"]
    elif kind == 3 and "Principal" in statement:
        statement["Principal"] = _principal(rng, world)
    elif kind == 4:
        statement["Action"] = _some(rng, ACTIONS[world], 2)
    elif kind in (5, 6) and block:
        operator = rng.choice(sorted(block))
        key = rng.choice(sorted(block[operator]))
        values = block[operator][key]
        fresh: dict[str, Any] = {}
        _condition(rng, world, key, fresh)
        name, found = next(iter(fresh.items()))
        if kind == 5 and isinstance(values, list) and name != "Null":
            pool = next(iter(found.values()))
            typed = {operator.replace("IfExists", "").rpartition(":")[2]} & {
                name.replace("IfExists", "").rpartition(":")[2]
            }
            if typed:
                block[operator][key] = sorted({*values, *pool})
            elif len(values) > 1:
                values.pop()
        else:
            del block[operator]
            block.setdefault(name, {}).update(found)
    else:
        block = statement.setdefault("Condition", {})
        _condition(rng, world, rng.choice(keys), block)

"""Policies and requests for hypothesis: small alphabets, so that they often match."""

from typing import Any

from hypothesis import strategies as st

from rolecall.policy import (
    AwsService,
    Caller,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    WebIdentity,
)

OWN, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OWN}:role/deployer"

CALLERS: list[Caller] = [
    IamUser(OWN, "alice", unique_id="AIDAEXAMPLEALICE00001"),
    IamUser(OTHER, "bob"),
    RoleSession(OWN, "worker", "run", source_identity="alice"),
    RoleSession(OTHER, "guest", "run"),
    FederatedUserSession(OWN, "carol"),
    RootUser(OTHER),
    AwsService("ec2.amazonaws.com"),
    WebIdentity("accounts.google.com"),
]

_KEYS = ["aws:PrincipalTag/a", "aws:TagKeys", "aws:username", "sts:ExternalId"]
_TEXTS = ["a", "ab", "b", "a*", "*b", "?", "${aws:username}", "${sts:ExternalId, 'a'}", "alice"]
_NAMES = [
    OWN,
    OTHER,
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:iam::{OTHER}:user/bob",
    f"arn:aws:iam::{OWN}:role/worker",
    f"arn:aws:sts::{OWN}:assumed-role/worker/run",
    f"arn:aws:sts::{OWN}:federated-user/carol",
    "*",
]

_prefixes = st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"])
_suffixes = st.sampled_from(["", "", "IfExists"])
_string_operators = st.sampled_from(
    ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase"]
)


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, dict[str, Any]]:
    """A Condition block."""
    block: dict[str, dict[str, Any]] = {}
    for _ in range(draw(st.integers(0, 2))):
        if draw(st.integers(0, 4)) == 0:
            block["Null"] = {draw(st.sampled_from(_KEYS)): draw(st.sampled_from(["true", "false"]))}
            continue
        operator = draw(_prefixes) + draw(_string_operators) + draw(_suffixes)
        values = draw(st.lists(st.sampled_from(_TEXTS), min_size=1, max_size=3))
        block.setdefault(operator, {})[draw(st.sampled_from(_KEYS))] = values
    return block


@st.composite
def statements(draw: st.DrawFn, resource_policy: bool = False) -> dict[str, Any]:
    """One statement of an identity policy, or of a resource's."""
    statement: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
        draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(
            st.lists(
                st.sampled_from(["sts:AssumeRole", "sts:*", "*", "s3:Get*", "STS:assume????"]),
                min_size=1,
                max_size=2,
            )
        ),
    }
    if resource_policy:
        kind = draw(st.sampled_from(["Principal", "Principal", "NotPrincipal"]))
        statement[kind] = draw(
            st.one_of(
                st.just("*"),
                st.fixed_dictionaries(
                    {"AWS": st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3)},
                    optional={
                        "Service": st.just("ec2.amazonaws.com"),
                        "Federated": st.just("accounts.google.com"),
                    },
                ),
            )
        ) if kind == "Principal" else {"AWS": [draw(st.sampled_from(_NAMES))]}  # fmt: skip
    else:
        kind = draw(st.sampled_from(["Resource", "Resource", "NotResource"]))
        statement[kind] = draw(
            st.lists(
                st.sampled_from(["*", ROLE, f"arn:aws:iam::{OWN}:role/*", "arn:aws:s3:::b/a*"]),
                min_size=1,
                max_size=2,
            )
        )
    if block := draw(conditions()):
        statement["Condition"] = block
    return statement


def policies(resource_policy: bool = False) -> st.SearchStrategy[dict[str, Any]]:
    """A document of a few statements."""
    return st.fixed_dictionaries(
        {
            "Version": st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"]),
            "Statement": st.lists(statements(resource_policy), min_size=1, max_size=4),
        }
    )


_values = st.one_of(
    st.sampled_from(["a", "ab", "b", "A", "*", ""]),
    st.lists(st.sampled_from(["a", "ab", "b"]), max_size=2).map(tuple),
)


def contexts() -> st.SearchStrategy[dict[str, Any]]:
    """Some keys with some values."""
    return st.dictionaries(st.sampled_from(_KEYS), _values, max_size=4)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["Version", "Statement", "Effect", "Action", "Resource", "Principal", "Condition",
                 "AWS", "StringLike", "Bool", "DateEquals", "NumericEquals", "IpAddress", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)  # fmt: skip

"""Which doors a permission opens, against asking the evaluator about every request."""

from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    RoleSession,
    may_assume,
)
from rolecall.review.judge.reach import Door, Powers, doors_opened
from rolecall.review.model import Permissions

OWN, OTHER = "111111111111", "999999999999"
ROLE = f"arn:aws:iam::{OWN}:role/tes-target"
LIMITS = f"arn:aws:iam::{OWN}:policy/limits"
CALLERS: list[IamUser | RoleSession] = [
    IamUser(OWN, "alice"),
    IamUser(OTHER, "alice"),
    RoleSession(OWN, "worker", "review"),
]
CONDITIONS = [
    {},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"sts:ExternalId": "aa"}},
    {"StringLike": {"sts:ExternalId": "a*"}},
    {"StringNotEquals": {"sts:ExternalId": "aa"}},
    {"Null": {"sts:ExternalId": "true"}},
]
PRINCIPALS = [
    OWN,
    OTHER,
    "*",
    f"arn:aws:iam::{OWN}:user/alice",
    f"arn:aws:iam::{OTHER}:user/alice",
    f"arn:aws:iam::{OWN}:role/worker",
]


def _document(statements: list[dict[str, Any]]) -> PolicyDocument:
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements})


@st.composite
def _own(draw: st.DrawFn) -> PolicyDocument:
    return _document(
        [
            {
                "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
                "Action": draw(st.sampled_from(["sts:AssumeRole", "sts:*", "*", "s3:*"])),
                "Resource": draw(st.sampled_from(["*", ROLE, "arn:aws:iam::*:role/other"])),
                **({"Condition": c} if (c := draw(st.sampled_from(CONDITIONS))) else {}),
            }
            for _ in range(draw(st.integers(1, 2)))
        ]
    )


@st.composite
def _trust(draw: st.DrawFn) -> PolicyDocument:
    return _document(
        [
            {
                "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
                "Principal": {"AWS": draw(st.sampled_from(PRINCIPALS))},
                "Action": draw(st.sampled_from(["sts:AssumeRole", "sts:*"])),
                **({"Condition": c} if (c := draw(st.sampled_from(CONDITIONS))) else {}),
            }
            for _ in range(draw(st.integers(1, 2)))
        ]
    )


_POWERS = st.builds(
    lambda own, limits: Permissions(
        inline={"own": own} if own else {},
        boundary=LIMITS if limits else None,
        documents={LIMITS: limits} if limits else {},
    ),
    st.none() | _own(),
    st.none() | st.none() | _own(),
)


def _attempts(caller: IamUser | RoleSession) -> Iterator[AssumeRoleAttempt]:
    for mfa in (None, "true", "false"):
        for external in (None, "aa", "ab", "zz"):
            context = {} if mfa is None else {"aws:MultiFactorAuthPresent": mfa}
            for tags in ({}, {"team": "blue"}):
                for identity in (None, "alice"):
                    yield AssumeRoleAttempt(
                        caller,
                        ROLE,
                        external_id=external,
                        tags=tags,
                        source_identity=identity,
                        context=context,
                    )


def _allowed(
    attempt: AssumeRoleAttempt, trusted: PolicyDocument, permissions: Permissions | None
) -> bool:
    if permissions is None:
        return False
    own = [CompiledPolicy(p) for p in permissions.inline.values() if isinstance(p, PolicyDocument)]
    limits = permissions.documents.get(LIMITS)
    return may_assume(
        attempt,
        trust=CompiledPolicy(trusted),
        identity=own,
        boundary=CompiledPolicy(limits) if isinstance(limits, PolicyDocument) else None,
    ).allowed


@settings(max_examples=150, deadline=None)
@given(
    caller=st.sampled_from(CALLERS),
    trusted=_trust(),
    before=st.none() | _POWERS,
    after=_POWERS,
)
def test_it_says_what_the_evaluator_says(
    caller: IamUser | RoleSession,
    trusted: PolicyDocument,
    before: Permissions | None,
    after: Permissions,
) -> None:
    door = Door("tes", "tes-target", ROLE, trusted)
    old = None if before is None else Powers.of([before], before)
    found = doors_opened(caller, old, Powers.of([after], after), [door])
    was = [_allowed(each, trusted, before) for each in _attempts(caller)]
    now = [_allowed(each, trusted, after) for each in _attempts(caller)]
    gains = any(new and not old for old, new in zip(was, now, strict=True))
    assert (bool(found.doors), bool(found.more)) == (gains and not any(was), gains and any(was))
    assert not found.open

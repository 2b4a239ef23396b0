"""What is called no gain is none: against the evaluator, over a small alphabet."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.policy import Authorizer, CompiledPolicy, IamUser, PolicyDocument, Request
from rolecall.review.judge.documents import shift

_ACTIONS = ["s3:get", "s3:put", "iam:pass", "s3:*", "s3:?et", "*", "i*:pass", "S3:Get"]
_RESOURCES = ["arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::*", "*", "arn:aws:s3:::?"]
_CONDITIONS = [
    {},
    {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
    {"StringEquals": {"aws:PrincipalTag/team": ["x", "y"]}},
]
_CALLER = IamUser("111111111111", "alice")


@st.composite
def _policy(draw: st.DrawFn) -> PolicyDocument:
    statements: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        some = st.lists(st.sampled_from(_ACTIONS), min_size=1, max_size=2)
        where = st.lists(st.sampled_from(_RESOURCES), min_size=1, max_size=2)
        statement: dict[str, Any] = {
            "Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"])),
            draw(st.sampled_from(["Action", "Action", "NotAction"])): draw(some),
            draw(st.sampled_from(["Resource", "Resource", "NotResource"])): draw(where),
        }
        condition = draw(st.sampled_from(_CONDITIONS))
        if condition:
            statement["Condition"] = condition
        statements.append(statement)
    return PolicyDocument.parse({"Version": "2012-10-17", "Statement": statements})


def _requests() -> list[Request]:
    found = []
    for action in ("s3:Get", "s3:put", "iam:pass", "ec2:run"):
        for resource in ("arn:aws:s3:::a", "arn:aws:s3:::b", "arn:aws:s3:::cc", "arn:aws:x:::a"):
            for context in (
                {},
                {"aws:MultiFactorAuthPresent": "true"},
                {"aws:MultiFactorAuthPresent": "true", "aws:PrincipalTag/team": "x"},
                {"aws:PrincipalTag/team": "y"},
            ):
                found.append(Request.build(action, resource, _CALLER, context))
    return found


REQUESTS = _requests()


@settings(max_examples=200, deadline=None)
@given(old=_policy(), new=_policy())
def test_no_gain_is_no_gain_and_no_loss_no_loss(old: PolicyDocument, new: PolicyDocument) -> None:
    found = shift(old, new)
    before, after = (Authorizer(identity=[CompiledPolicy(each)]) for each in (old, new))
    for request in REQUESTS:
        was, now = before.decide(request).allowed, after.decide(request).allowed
        if now and not was:
            assert found.gained
        if was and not now:
            assert found.lost

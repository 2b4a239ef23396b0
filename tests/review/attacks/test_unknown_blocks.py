"""A block that is not known yet is not left out of `aws_iam_policy_document`."""

from typing import Any

import pytest

from tests.review import planned

EVERYBODY = {"type": "AWS", "identifiers": ["*"]}
ALLOW = {"effect": "Allow", "actions": ["sts:AssumeRole"], "principals": [EVERYBODY]}
DENY = {**ALLOW, "effect": "Deny"}


@pytest.mark.parametrize(
    ("statement", "unknown"),
    [
        (DENY, {"condition": True}),
        ({**DENY, "condition": [{}]}, {"condition": [True]}),
        ({**DENY, "condition": []}, {"condition": [{"test": True, "values": True}]}),
        (
            {**DENY, "condition": [{"test": "Bool", "variable": "x"}]},
            {"condition": [{"values": 1}]},
        ),
        ({**DENY, "principals": []}, {"principals": True}),
        ({**DENY, "not_principals": []}, {"not_principals": [True]}),
    ],
)
def test_a_denial_with_an_unknown_limit_may_deny_nothing(
    statement: dict[str, Any], unknown: dict[str, Any]
) -> None:
    everybody = {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    before = planned.role(text=planned.policy(everybody, {**everybody, "Effect": "Deny"}))
    after = {name: each for name, each in before.items() if name != "assume_role_policy"}
    report = planned.reviewed(
        planned.change(
            "data.aws_iam_policy_document.d",
            "read",
            after={"statement": [ALLOW, statement]},
            after_unknown={"statement": [{}, unknown], "json": True},
        ),
        planned.change(
            "aws_iam_role.r",
            "update",
            before=before,
            after=after,
            after_unknown={"assume_role_policy": True},
        ),
        written={
            "aws_iam_role.r": {"assume_role_policy": "${data.aws_iam_policy_document.d.json}"},
            "data.aws_iam_policy_document.d": {},
        },
    )
    assert report.verdict == "undecided"
    assert report.gate == "failed"

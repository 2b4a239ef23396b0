"""More power that does not stand in the role or user itself."""

from typing import Any

import pytest

from tests.review import planned
from tests.review.planned import ADMIN, EVERYTHING, READING, altered, gone, kept, made, policy

LIMITS = f"arn:aws:iam::{planned.TES}:policy/limits"
SHARED = f"arn:aws:iam::{planned.TES}:policy/shared"
DENIAL = {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}
ROLE = planned.role()
BOUND = planned.role(permissions_boundary=LIMITS)
ALICE = planned.named("user", "alice")
ADMINS = [
    kept("aws_iam_group.g", planned.named("group", "admins")),
    kept("aws_iam_group_policy_attachment.a", {"group": "admins", "policy_arn": ADMIN}),
]


def text(name: str, *statements: dict[str, Any]) -> dict[str, Any]:
    return planned.named("policy", name, policy=policy(*statements))


def attached(arn: str) -> dict[str, Any]:
    return {"role": "r", "policy_arn": arn}


WIDER = {
    "a boundary that lets more through": [
        kept("aws_iam_role.r", BOUND),
        altered("aws_iam_policy.p", text("limits", READING), **text("limits", EVERYTHING)),
    ],
    "a boundary of a user that lets more through": [
        kept("aws_iam_user.u", {**ALICE, "permissions_boundary": LIMITS}),
        altered("aws_iam_policy.p", text("limits", READING), **text("limits", EVERYTHING)),
    ],
    "a boundary that limits nothing": [
        altered("aws_iam_role.r", BOUND, permissions_boundary=ADMIN)
    ],
    "a policy that roles elsewhere have": [
        altered("aws_iam_policy.p", text("shared", READING), **text("shared", EVERYTHING))
    ],
    "a policy that denied something to roles elsewhere": [
        altered("aws_iam_policy.p", text("shared", DENIAL), **text("shared", READING))
    ],
    "a user joins a group of administrators": [
        kept("aws_iam_user.u", ALICE),
        *ADMINS,
        made("aws_iam_user_group_membership.m", {"user": "alice", "groups": ["admins"]}),
    ],
    "a new user in a group of administrators": [
        made("aws_iam_user.u", ALICE),
        *ADMINS,
        made("aws_iam_group_membership.m", {"group": "admins", "users": ["alice"]}),
    ],
    "a policy of AWS for administrators": [
        kept("aws_iam_role.r", ROLE),
        made("aws_iam_role_policy_attachment.a", attached(f"{ADMIN}-Amplify")),
    ],
    "a policy that is looked up": [
        kept("aws_iam_role.r", ROLE),
        kept("data.aws_iam_policy.p", text("shared", EVERYTHING)),
        made("aws_iam_role_policy_attachment.a", attached(SHARED)),
    ],
}
UNDECIDED = {
    "another boundary whose text is elsewhere": [
        altered("aws_iam_role.r", BOUND, permissions_boundary=f"{LIMITS}-2")
    ],
    "a boundary that is not known": [
        planned.change(
            "aws_iam_role.r",
            "update",
            before=BOUND,
            after=ROLE,
            after_unknown={"permissions_boundary": True},
        )
    ],
    "a policy whose text is elsewhere": [
        kept("aws_iam_role.r", ROLE),
        made("aws_iam_role_policy_attachment.a", attached(SHARED)),
    ],
    "one that may have denied something": [
        kept("aws_iam_role.r", ROLE),
        gone("aws_iam_role_policy_attachment.a", attached(SHARED)),
    ],
    "a policy that is there only after": [
        kept("aws_iam_role.r", ROLE),
        kept("aws_iam_role_policy_attachment.a", attached(SHARED)),
        made("aws_iam_policy.p", text("shared", EVERYTHING)),
    ],
    "a group that is elsewhere": [
        kept("aws_iam_user.u", ALICE),
        made("aws_iam_user_group_membership.m", {"user": "alice", "groups": ["others"]}),
    ],
    "a user who is elsewhere": [
        *ADMINS,
        made("aws_iam_user_group_membership.m", {"user": "mallory", "groups": ["admins"]}),
    ],
    "a user who is elsewhere, by the group": [
        *ADMINS,
        made("aws_iam_group_membership.m", {"group": "admins", "users": ["mallory"]}),
    ],
    "policies taken from a role that is elsewhere": [
        made("aws_iam_role_policies_exclusive.e", {"role_name": "x", "policy_names": []})
    ],
}
HARMLESS = {
    "a boundary that lets less through": [
        kept("aws_iam_role.r", BOUND),
        altered("aws_iam_policy.p", text("limits", EVERYTHING), **text("limits", READING)),
    ],
    "a member as before": [
        kept("aws_iam_user.u", ALICE),
        *ADMINS,
        kept("aws_iam_user_group_membership.m", {"user": "alice", "groups": ["admins"]}),
    ],
    "a policy that others have, written in another way": [
        altered("aws_iam_policy.p", text("p", READING), **text("p", {**READING, "Sid": "Read"}))
    ],
    "a new policy that nobody has": [made("aws_iam_policy.p", text("p", EVERYTHING))],
    "values of a condition in another order": [
        kept("aws_iam_role.r", ROLE),
        altered(
            "aws_iam_role_policy.p",
            {
                "name": "p",
                "role": "r",
                "policy": policy(
                    {**EVERYTHING, "Condition": {"StringEquals": {"aws:X": ["a", "b"]}}}
                ),
            },
            policy=policy({**EVERYTHING, "Condition": {"StringEquals": {"aws:x": ["b", "a"]}}}),
        ),
    ],
}


@pytest.mark.parametrize("changes", WIDER.values(), ids=WIDER)
def test_it_is_a_gain(changes: list[dict[str, Any]]) -> None:
    report = planned.reviewed(*changes)
    assert report.verdict in ("wider", "both")
    assert report.severity.word in ("high", "critical")


@pytest.mark.parametrize("changes", UNDECIDED.values(), ids=UNDECIDED)
def test_it_is_not_known(changes: list[dict[str, Any]]) -> None:
    report = planned.reviewed(*changes)
    assert (report.verdict, report.gate) == ("undecided", "failed")


@pytest.mark.parametrize("changes", HARMLESS.values(), ids=HARMLESS)
def test_it_is_no_gain(changes: list[dict[str, Any]]) -> None:
    report = planned.reviewed(*changes)
    assert report.gate == "passed"
    assert report.verdict in ("same", "narrower")


def test_what_a_group_gives_is_part_of_what_is_acknowledged() -> None:
    def joined(*statements: dict[str, Any]) -> str:
        group_policy = {"name": "p", "group": "admins", "policy": policy(*statements)}
        report = planned.reviewed(
            kept("aws_iam_user.u", ALICE),
            ADMINS[0],
            kept("aws_iam_group_policy.p", group_policy),
            made("aws_iam_user_group_membership.m", {"user": "alice", "groups": ["admins"]}),
        )
        return next(each.fingerprint for each in report.changes if each.kind == "user")

    assert joined(READING) != joined(EVERYTHING)

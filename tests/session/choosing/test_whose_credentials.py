"""Whose credentials count as a role's: by its session's ARN, to the letter but for case."""

from typing import Any

import pytest

from rolecall.environment import Environment, LocalState, S3State
from rolecall.problems import Problem
from rolecall.session.choose import ChosenRole
from rolecall.session.guard import check_account, check_session, role_of_session
from rolecall.session.identity import CallerIdentity
from rolecall.session.verify import Check, verify

TES, OTHER = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{TES}:role/team/tes-reader"
GOOD = [
    f"arn:aws:sts::{TES}:assumed-role/tes-reader/me",
    f"arn:aws:sts::{TES}:assumed-role/TES-Reader/me",
]
#: None of them is a session of the role, however much it looks like one.
BAD = [
    f"arn:aws:sts::{OTHER}:assumed-role/tes-reader/me",
    f"arn:aws:sts::{TES}:assumed-role/tes-admin/me",
    f"arn:aws-cn:sts::{TES}:assumed-role/tes-reader/me",
    f"arn:aws:iam::{TES}:assumed-role/tes-reader/me",
    f"arn:aws:sts::{TES}:federated-user/tes-reader/me",
    f"arn:aws:sts::{TES}:assumed-role/tes-reader",
    f"arn:aws:sts::{TES}:assumed-role/tes-reader/",
    f"arn:aws:sts::{TES}:assumed-role//me",
    f"arn:aws:iam::{TES}:role/team/tes-reader",
    f"arn:aws:iam::{TES}:user/tes-reader",
    f"arn:aws:iam::{TES}:root",
    "tes-reader",
    "",
]


@pytest.mark.parametrize("arn", GOOD)
def test_sessions_of_the_role(arn: str) -> None:
    check_session(arn, ROLE)
    assert role_of_session(arn) is not None


@pytest.mark.parametrize("arn", BAD)
def test_other_credentials_are_thrown_away(arn: str) -> None:
    with pytest.raises(Problem, match="the credentials were thrown away"):
        check_session(arn, ROLE)


def test_an_environment_is_worked_on_with_its_own_account_only() -> None:
    check_account(CallerIdentity(TES, GOOD[0], "AROA:me"), TES, "tes")
    with pytest.raises(Problem, match=f"of account '{OTHER}', but tes is {TES}"):
        check_account(CallerIdentity(OTHER, GOOD[0], "AROA:me"), TES, "tes")


class Client:
    """Answers as AWS does; one client is enough for STS and S3."""

    class meta:  # noqa: N801
        endpoint_url = "https://sts.eu-central-1.amazonaws.com"

    def __init__(self, arn: str, account: str = TES, listed: dict[str, Any] | None = None) -> None:
        self.arn, self.account, self.listed = arn, account, listed or {}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.account, "Arn": self.arn, "UserId": "AROA:me"}

    def list_objects_v2(self, **_: Any) -> dict[str, Any]:
        return self.listed


def checked(client: Client, state: LocalState | S3State | None = None) -> dict[str, Check]:
    environment = Environment(
        name="tes", account_id=TES, region="eu-central-1", state=state or LocalState()
    )
    chosen = ChosenRole(
        environment=environment,
        role_arn=ROLE,
        region="eu-central-1",
        external_id=None,
        duration_seconds=3600,
    )
    return {check.name: check for check in verify(client, lambda _region: client, chosen)}


@pytest.mark.parametrize(("arn", "ok"), [(arn, True) for arn in GOOD] + [(a, False) for a in BAD])
def test_verify_says_whether_they_are_the_roles(arn: str, ok: bool) -> None:
    found = checked(Client(arn))
    assert (found["role"].ok, found["account"].ok) == (ok, True)
    assert found["role"].expected == f"arn:aws:sts::{TES}:assumed-role/tes-reader/…"


def test_verify_says_whether_they_are_of_the_account() -> None:
    found = checked(Client(GOOD[0], OTHER))
    assert (found["account"].ok, found["account"].found) == (False, OTHER)


@pytest.mark.parametrize(
    ("listed", "words"),
    [
        ({}, "s3://state, empty"),
        ({"Contents": [{"Key": "tes.tfstate"}]}, "s3://state"),
        ({"CommonPrefixes": [{"Prefix": "rolecall/"}]}, "s3://state"),
    ],
)
def test_verify_says_what_is_in_the_bucket(listed: dict[str, Any], words: str) -> None:
    state = S3State(bucket="state", region="eu-central-1", key="tes.tfstate")
    found = checked(Client(GOOD[0], listed=listed), state)["state bucket"]
    assert (found.ok, found.found, found.expected) == (True, words, "can be listed")

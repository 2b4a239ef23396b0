"""AssumeRole, called in this process, and the role that a user may assume in every way."""

import pytest

from rolecall.local.api import ApiReply, Identity
from rolecall.local.sts.assume_role import assume_role
from tests.local.sts.conftest import Here, Refusal, call, refusal, trust

EVERYTHING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def asked(role: str, **more: str) -> dict[str, str]:
    return {"RoleArn": role, "RoleSessionName": "a-session", **more}


def assume(here: Here, who: Identity, role: str, **more: str) -> ApiReply:
    return assume_role(call("AssumeRole", asked(role, **more)), who, here.cloud)


def refused(here: Here, who: Identity, role: str, **more: str) -> Refusal:
    return refusal(assume, here, who, role, **more)


@pytest.fixture
def alice(here: Here) -> Identity:
    return here.user("alice")


@pytest.fixture
def role(here: Here, alice: Identity) -> str:
    return here.role("deploy", trust(alice.caller.arn, EVERYTHING), path="/x/", longest=43200)

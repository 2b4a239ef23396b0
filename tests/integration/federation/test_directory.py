"""AssumeRoleWithSAML against deployed roles: people of a real directory, signed in by its page."""

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.integration.federation.answers import assert_answer
from tests.integration.federation.cases.directory import (
    ALICE,
    ENDPOINT,
    FRANKFURT,
    PLATFORM,
    TABLE,
    SignIn,
    present,
)
from tests.integration.federation.deployment import refusal

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ROWS = [(role, case) for role, found in TABLE.items() for case in found]


@pytest.mark.parametrize(("role", "case"), ROWS, ids=[f"{role}:{case}" for role, case in ROWS])
def test_response(deployment: "Deployment", role: str, case: str) -> None:
    sign_in, wanted = TABLE[role][case]
    response = sign_in.response(deployment, role)
    if wanted is not None:
        given = refusal(lambda: present(deployment, role, sign_in.presented, response))
        assert_answer(given, wanted)
        return
    answer = present(deployment, role, sign_in.presented, response)
    assert answer["Issuer"] == deployment.saml.entity_id
    assert answer["Audience"] in (ENDPOINT, FRANKFURT)
    assert answer["AssumedRoleUser"]["Arn"].endswith(f"/{sign_in.person}")
    assert deployment.whoami(answer["Credentials"]) == answer["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    ("role", "sign_in"),
    [("saml", ALICE), ("saml-subject", ALICE), ("saml-tagged", PLATFORM), ("saml-any", ALICE)],
    ids=["saml", "saml-subject", "saml-tagged", "saml-any"],
)
def test_expired(deployment: "Deployment", role: str, sign_in: SignIn) -> None:
    response = sign_in.response(deployment, role)
    short = replace(sign_in, how={"seconds": 60}).response(deployment, role)
    with deployment.embedded.later(301):
        assert_answer(
            refusal(lambda: present(deployment, role, "sso", response)),
            ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance"),
        )
    with deployment.embedded.later(120):
        assert_answer(
            refusal(lambda: present(deployment, role, "sso", short)),
            ("ExpiredTokenException", "Response has expired"),
        )
    assert present(deployment, role, "sso", response)

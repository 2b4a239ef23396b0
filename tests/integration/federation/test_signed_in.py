"""A real OpenID provider: people and machines who got their tokens from it, and its roles."""

from typing import TYPE_CHECKING

import pytest

from tests.idp.oidc import APPLICATION, RESOURCE
from tests.integration.federation import answers
from tests.integration.federation.answers import assert_answer
from tests.integration.federation.cases.signed_in import TABLE, claims_of

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

_DAY = 86_400
ROWS = [(role, case) for role, found in TABLE.items() for case in found]


@pytest.mark.parametrize(("role", "case"), ROWS, ids=[f"{role}:{case}" for role, case in ROWS])
def test_token(deployment: "Deployment", role: str, case: str) -> None:
    made, wanted = TABLE[role][case]
    token = made(deployment)
    if wanted is not None:
        assert_answer(deployment.refusal(role, token), wanted)
        return
    answer = deployment.assume(role, token)
    assert answer["Provider"] == deployment.oidc_provider(deployment.oidc.issuer)
    assert answer["SubjectFromWebIdentityToken"] == claims_of(token)["sub"]
    assert answer["Audience"] in (APPLICATION, RESOURCE)
    assert deployment.whoami(answer["Credentials"]) == answer["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize("role", list(TABLE))
def test_expired(deployment: "Deployment", role: str) -> None:
    token = TABLE[role][next(iter(TABLE[role]))][0](deployment)
    with deployment.embedded.later(2 * _DAY):
        assert_answer(deployment.refusal(role, token), answers.EXPIRED)
    assert deployment.assume(role, token)

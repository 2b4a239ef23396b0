"""Cognito's identity pools against deployed roles: tokens that the embedded AWS itself gives."""

from typing import TYPE_CHECKING

import pytest

from tests.integration.federation import answers
from tests.integration.federation.answers import assert_answer
from tests.integration.federation.cases.application import PEOPLE, TABLE, Application, claims_of
from tests.integration.federation.deployment import COGNITO, refusal

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ROWS = [(role, case) for role, found in TABLE.items() for case in found]


@pytest.fixture(scope="module")
def application(deployment: "Deployment") -> Application:
    return Application(deployment)


@pytest.mark.parametrize(("role", "case"), ROWS, ids=[f"{role}:{case}" for role, case in ROWS])
def test_token(application: Application, role: str, case: str) -> None:
    made, wanted = TABLE[role][case]
    token = made(application)
    deployment = application.deployment
    if wanted is not None:
        assert_answer(deployment.refusal(role, token), wanted)
        return
    answer = deployment.assume(role, token)
    assert answer["Provider"] == COGNITO.removeprefix("https://")
    assert answer["SubjectFromWebIdentityToken"] == claims_of(token)["sub"]
    assert deployment.whoami(answer["Credentials"]) == answer["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize("role", list(TABLE))
def test_expired(application: Application, role: str) -> None:
    """A token of GetOpenIdToken lasts ten minutes, a developer's a quarter of an hour."""
    token = TABLE[role]["allowed"][0](application)
    with application.deployment.embedded.later(901):
        assert_answer(application.deployment.refusal(role, token), answers.EXPIRED)


def test_the_pool_hands_out_its_roles(application: Application) -> None:
    """The enhanced flow: `attach_roles` says which role is whose."""
    cognito, deployment = application.cognito, application.deployment
    logins = {PEOPLE: deployment.oidc.sign_in("alice")}
    for role, given in (("cognito", logins), ("cognito-guests", {})):
        identity = cognito.get_id(IdentityPoolId=application.pool, Logins=given)["IdentityId"]
        answer = cognito.get_credentials_for_identity(IdentityId=identity, Logins=given)
        arn = deployment.whoami(answer["Credentials"])
        assert f":assumed-role/central-{role}/" in arn
    # The identity of somebody who signed in is not a guest's to use.
    known = cognito.get_id(IdentityPoolId=application.pool, Logins=logins)["IdentityId"]
    answer = refusal(lambda: cognito.get_credentials_for_identity(IdentityId=known))
    assert answer == ("NotAuthorizedException", f"Access to Identity '{known}' is forbidden.")

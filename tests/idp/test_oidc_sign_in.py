"""From the login page of a real OpenID provider to a session of a role, and to the refusals."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.idp.oidc import APPLICATION, APPLICATION_ES256, MACHINE, OTHER_APPLICATION, RESOURCE

if TYPE_CHECKING:
    from tests.idp.aws import Company
    from tests.idp.oidc import OidcIdp

WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")


class Console:
    """The company's console: an application at the provider, and roles for its people."""

    def __init__(self, company: "Company", idp: "OidcIdp") -> None:
        self.company = company
        self.idp = idp
        company.connect(idp.issuer, idp.address, idp.ca)
        self.provider = company.oidc_provider(
            idp.issuer, [APPLICATION, APPLICATION_ES256, RESOURCE]
        )

    def role(self, *further_actions: str, **conditions: dict[str, Any]) -> str:
        """A role for people of the console who fulfil these conditions as well."""
        equal = {
            f"{self.idp.host}:aud": [APPLICATION, APPLICATION_ES256],
            **conditions.pop("StringEquals", {}),
        }
        return self.company.role(
            {"Federated": self.provider},
            WEB_IDENTITY,
            {"StringEquals": equal, **conditions},
            *further_actions,
        )

    def assume(self, role: str, token: str, name: str = "console") -> dict[str, Any]:
        return dict(
            self.company.sts.assume_role_with_web_identity(
                RoleArn=role, RoleSessionName=name, WebIdentityToken=token
            )
        )

    def refusal(self, role: str, token: str) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            self.assume(role, token)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture(scope="module")
def console(company: "Company", oidc_idp: "OidcIdp") -> Console:
    return Console(company, oidc_idp)


@pytest.fixture(scope="module")
def role_of_alice(console: Console) -> str:
    return console.role(StringEquals={f"{console.idp.host}:sub": "alice"})


@pytest.mark.parametrize("client_id", [APPLICATION, APPLICATION_ES256])
def test_who_signed_in_becomes_the_role(
    console: Console, role_of_alice: str, client_id: str
) -> None:
    answer = console.assume(role_of_alice, console.idp.sign_in("alice", client_id), "alice")
    assert answer["SubjectFromWebIdentityToken"] == "alice"
    assert (answer["Provider"], answer["Audience"]) == (console.provider, client_id)
    assert console.company.whoami(answer["Credentials"]) == answer["AssumedRoleUser"]["Arn"]
    assert answer["AssumedRoleUser"]["Arn"].endswith("/alice")


def test_another_person_is_refused(console: Console, role_of_alice: str) -> None:
    assert console.refusal(role_of_alice, console.idp.sign_in("bob")) == DENIED


def test_a_token_for_another_application_is_refused(console: Console, role_of_alice: str) -> None:
    token = console.idp.sign_in("alice", OTHER_APPLICATION)
    assert console.refusal(role_of_alice, token) == (
        "InvalidIdentityToken",
        "Incorrect token audience",
    )


def test_an_altered_token_is_refused(console: Console, role_of_alice: str) -> None:
    head, _, signature = console.idp.sign_in("bob").split(".")
    _, alices, _ = console.idp.sign_in("alice").split(".")
    assert console.refusal(role_of_alice, f"{head}.{alices}.{signature}")[0] == (
        "InvalidIdentityToken"
    )


def test_a_role_of_another_provider_is_refused(console: Console) -> None:
    other = console.company.oidc_provider("https://other-idp.rolecall.test", [APPLICATION])
    key = "other-idp.rolecall.test:sub"
    role = console.company.role(
        {"Federated": other}, WEB_IDENTITY, {"StringEquals": {key: "alice"}}
    )
    assert console.refusal(role, console.idp.sign_in("alice")) == DENIED


def test_tags_of_the_token_become_tags_of_the_session(console: Console) -> None:
    needed = {"StringEquals": {"aws:RequestTag/Department": "platform"}}
    role = console.role("sts:TagSession", **needed)
    answer = console.assume(role, console.idp.sign_in("carol"))
    assert answer["SubjectFromWebIdentityToken"] == "carol"
    assert console.refusal(role, console.idp.sign_in("alice")) == DENIED
    without_tagging = console.role(**needed)
    assert console.refusal(without_tagging, console.idp.sign_in("carol")) == DENIED


def test_the_token_says_the_source_identity(console: Console) -> None:
    role = console.role("sts:SetSourceIdentity")
    answer = console.assume(role, console.idp.sign_in("dave"))
    assert answer["SourceIdentity"] == "dave"


def test_how_somebody_signed_in_can_be_asked_for(console: Console) -> None:
    key = f"{console.idp.host}:amr"
    by_password = console.role(**{"ForAnyValue:StringEquals": {key: "pwd"}})
    by_hardware = console.role(**{"ForAnyValue:StringEquals": {key: "hwk"}})
    token = console.idp.sign_in("alice")
    assert console.assume(by_password, token)["SubjectFromWebIdentityToken"] == "alice"
    assert console.refusal(by_hardware, token) == DENIED


def test_a_machine_comes_in_by_its_access_token(console: Console, role_of_alice: str) -> None:
    """AssumeRoleWithWebIdentity takes "the OAuth 2.0 access token or OpenID Connect ID token"."""
    host = console.idp.host
    role = console.role(StringEquals={f"{host}:sub": MACHINE, f"{host}:aud": RESOURCE})
    token = console.idp.machine_token()
    assert console.assume(role, token)["SubjectFromWebIdentityToken"] == MACHINE
    assert console.refusal(role_of_alice, token) == DENIED

"""From the login page of a real SAML provider to a session of a role, and to the refusals."""

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.idp.saml import AWS_CHINA, WIKI, aws_attributes

if TYPE_CHECKING:
    from tests.idp.aws import Company
    from tests.idp.saml import SamlIdp

SAML = "sts:AssumeRoleWithSAML"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
# AWS does not document which of the two it answers where the response does not offer the
# role, or is for somebody else.
NOT_OFFERED = ("AccessDenied", "InvalidIdentityToken")
ENDPOINT = "https://signin.aws.amazon.com/saml"
FRANKFURT = "https://eu-central-1.signin.aws.amazon.com/saml"


class Directory:
    """The company's directory as a SAML provider of the account."""

    def __init__(self, company: "Company", idp: "SamlIdp") -> None:
        self.company = company
        self.idp = idp
        self.provider = company.saml_provider("directory", idp.metadata)

    def role(self, *further_actions: str, **conditions: dict[str, Any]) -> str:
        equal = {"SAML:aud": ENDPOINT, **conditions.pop("StringEquals", {})}
        return self.company.role(
            {"Federated": self.provider},
            SAML,
            {"StringEquals": equal, **conditions},
            *further_actions,
        )

    def admit(self, name: str, role: str, **options: Any) -> None:
        """Give a person a role in the directory."""
        options.setdefault("session_name", name)
        provider = options.pop("provider", self.provider)
        self.idp.person(name, aws_attributes([(role, provider)], **options))

    def assume(self, role: str, assertion: str, **options: Any) -> dict[str, Any]:
        options.setdefault("PrincipalArn", self.provider)
        return dict(
            self.company.sts.assume_role_with_saml(RoleArn=role, SAMLAssertion=assertion, **options)
        )

    def refusal(self, role: str, assertion: str, **options: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            self.assume(role, assertion, **options)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture(scope="module")
def directory(company: "Company", saml_idp: "SamlIdp") -> Directory:
    return Directory(company, saml_idp)


@pytest.fixture(scope="module")
def role(directory: Directory) -> str:
    return directory.role()


@pytest.mark.parametrize("signed", ["assertion", "both"])
def test_who_signed_in_becomes_the_role(directory: Directory, role: str, signed: Any) -> None:
    directory.admit("alice", role, session_name="alice@rolecall.test")
    answer = directory.assume(role, directory.idp.sign_in("alice", signed=signed))
    assert answer["Issuer"] == directory.idp.entity_id
    assert answer["Audience"] == ENDPOINT
    assert (answer["Subject"], answer["SubjectType"]) == ("alice", "persistent")
    assert directory.company.whoami(answer["Credentials"]) == answer["AssumedRoleUser"]["Arn"]
    assert answer["AssumedRoleUser"]["Arn"].endswith("/alice@rolecall.test")


def test_a_role_that_the_directory_did_not_give_is_refused(directory: Directory, role: str) -> None:
    other = directory.role()
    directory.admit("alice", role)
    assert directory.refusal(other, directory.idp.sign_in("alice"))[0] in NOT_OFFERED


def test_a_role_given_by_another_provider_is_refused(directory: Directory, role: str) -> None:
    second = directory.company.saml_provider("second", directory.idp.metadata)
    directory.admit("alice", role, provider=second)
    assertion = directory.idp.sign_in("alice")
    assert directory.refusal(role, assertion)[0] in NOT_OFFERED
    assert directory.refusal(role, assertion, PrincipalArn=second) == DENIED


def test_a_response_for_another_application_is_refused(directory: Directory, role: str) -> None:
    directory.admit("alice", role)
    for service_provider in (WIKI, AWS_CHINA):
        assertion = directory.idp.sign_in("alice", service_provider=service_provider)
        assert directory.refusal(role, assertion)[0] in NOT_OFFERED


def test_the_sign_in_endpoint_is_what_the_trust_policy_compares(
    directory: Directory, role: str
) -> None:
    regional = directory.role(StringEquals={"SAML:aud": [ENDPOINT, FRANKFURT]})
    directory.admit("alice", regional)
    assertion = directory.idp.sign_in("alice", endpoint=FRANKFURT)
    assert directory.assume(regional, assertion)["Audience"] == FRANKFURT
    directory.admit("alice", role)
    assert directory.refusal(role, directory.idp.sign_in("alice", endpoint=FRANKFURT)) == DENIED


@pytest.mark.parametrize("weak", [{"signed": "nothing"}, {"algorithm": "rsa-sha1"}], ids=str)
def test_a_response_with_a_weak_signature_or_none_is_refused(
    directory: Directory, role: str, weak: dict[str, Any]
) -> None:
    directory.admit("alice", role)
    code, _ = directory.refusal(role, directory.idp.sign_in("alice", **weak))
    assert code == "InvalidIdentityToken"


def test_a_provider_with_other_keys_is_not_the_directory(directory: Directory, role: str) -> None:
    """Somebody else's metadata under the directory's name: the signature tells."""
    metadata = directory.idp.metadata
    forged = directory.company.saml_provider("forged", metadata.replace("sso.", "xso."))
    trusting = directory.company.role(
        {"Federated": forged}, SAML, {"StringEquals": {"SAML:aud": ENDPOINT}}
    )
    directory.admit("alice", trusting, provider=forged)
    code, message = directory.refusal(trusting, directory.idp.sign_in("alice"), PrincipalArn=forged)
    assert (code, message) == ("InvalidIdentityToken", "Issuer not present in specified provider")


def test_attributes_become_session_tags_and_source_identity(directory: Directory) -> None:
    needed = {"StringEquals": {"aws:RequestTag/Department": "platform"}}
    tagged = directory.role("sts:TagSession", "sts:SetSourceIdentity", **needed)
    options = {"tags": {"Department": "platform"}, "source_identity": "alice"}
    directory.admit("alice", tagged, transitive_tags=["Department"], **options)
    assert directory.assume(tagged, directory.idp.sign_in("alice"))["SourceIdentity"] == "alice"
    directory.admit("bob", tagged, tags={"Department": "sales"})
    assert directory.refusal(tagged, directory.idp.sign_in("bob")) == DENIED
    without_tagging = directory.role(**needed)
    directory.admit("alice", without_tagging, tags={"Department": "platform"})
    assert directory.refusal(without_tagging, directory.idp.sign_in("alice")) == DENIED


def test_somebody_without_a_session_name_is_refused(directory: Directory, role: str) -> None:
    directory.admit("alice", role, session_name=None)
    assert directory.refusal(role, directory.idp.sign_in("alice")) == (
        "InvalidIdentityToken",
        "RoleSessionName is required in AuthnResponse",
    )

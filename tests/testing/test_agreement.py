"""The evaluator and the embedded AWS give the same answer to the same callers."""

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from rolecall import issuers, trust
from rolecall.testing import (
    Caller,
    assert_admits,
    assert_denies,
    cognito_token,
    eks_token,
    github_token,
    hostile,
    iam_user,
    oidc_token,
    role_session,
    saml_assertion,
    service,
    trust_of,
)
from rolecall.testing.embedded.calls import REFUSALS, CannotTry
from rolecall.trust import TrustContext, trust_policy

if TYPE_CHECKING:
    from rolecall.testing.embedded.aws import LocalAws

OWN, PEOPLE = "111122223333", "999999999999"
HERE = TrustContext(OWN, region="eu-central-1", own_accounts=frozenset({PEOPLE}))
CLUSTER = issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE")
POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
#: Answers of STS to what it does not even take for a call.
NOT_A_CALL = frozenset({"ValidationError", "InvalidParameterValue"})


class Sso:
    provider_name = "sso"


ROWS: dict[str, tuple[Any, Caller]] = {
    "user": (
        trust.IamUsers(
            PEOPLE,
            ["alice"],
            external_id="acme-4711",
            mfa=True,
            source_identity="alice",
            session_tags={"team": "blue"},
        ),
        iam_user(
            "alice",
            account=PEOPLE,
            external_id="acme-4711",
            mfa=True,
            source_identity="alice",
            tags={"team": "blue"},
        ),
    ),
    "role": (
        trust.IamRoles(PEOPLE, ["ci"], path="/build/"),
        role_session("ci", account=PEOPLE, path="/build/"),
    ),
    "github": (
        trust.GitHubActions(
            issuers.GITHUB_ACTIONS, "acme/infra", environment="tes", repository_id=4711
        ),
        github_token("acme/infra", environment="tes", claims={"repository_id": "4711"}),
    ),
    "eks": (
        trust.EksServiceAccount(CLUSTER, "orders", "api"),
        eks_token(CLUSTER, "orders", "api"),
    ),
    "keycloak": (
        trust.OidcSubjects(
            issuers.keycloak("https://id.acme.io", "staff"),
            ["ann"],
            audience="web",
            session_tags={"team": "blue"},
        ),
        oidc_token(
            "https://id.acme.io/realms/staff",
            {"sub": "ann", "aud": "account", "azp": "web"},
            tags={"team": "blue"},
        ),
    ),
    "cognito": (trust.UnauthenticatedOf(POOL), cognito_token(POOL, authenticated=False)),
    "saml": (
        trust.Saml(Sso(), attributes={"eduPersonAffiliation": "staff"}),
        saml_assertion("sso", {"eduPersonAffiliation": "staff"}),
    ),
}
_CLIENTS = {"github": "sts.amazonaws.com", "eks": "sts.amazonaws.com", "keycloak": "web"}


@pytest.fixture
def metadata() -> str:
    return _metadata()


def _metadata() -> str:
    import base64
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "sso")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    der = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
    return (
        '<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" '
        'entityID="https://sso.example.com/saml2/idp">'
        '<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
        f'<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{der}'
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
        '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
        'Location="https://sso.example.com/sso"/></md:IDPSSODescriptor></md:EntityDescriptor>'
    )


def deployed(name: str, aws: "LocalAws", metadata: str) -> Any:
    """The role of a row, with whom and what it trusts."""
    entity, caller = ROWS[name]
    iam = boto3.client("iam")
    if name == "user":
        aws.user("alice", account=PEOPLE)
    if name == "role":
        aws.workload("ci", account=PEOPLE, path="/build/")
    if name == "saml":
        iam.create_saml_provider(Name="sso", SAMLMetadataDocument=metadata)
    if name in _CLIENTS:
        iam.create_open_id_connect_provider(
            Url=caller.issuer.url,  # type: ignore[attr-defined]
            ClientIDList=[_CLIENTS[name]],
            ThumbprintList=["a" * 40],
        )
    document = trust_policy([entity], HERE).to_json()
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=document)
    return aws.role("role")


@pytest.mark.parametrize("name", ROWS)
def test_both_forms_agree(name: str, local_aws: "LocalAws", metadata: str) -> None:
    entity, caller = ROWS[name]
    real = deployed(name, local_aws, metadata)
    told = trust_of(trust_policy([entity], HERE), "role", account=OWN)
    assert real.document == told.document
    assert_admits(told, caller)
    assert_admits(real, caller)
    tried: dict[str, int] = {}
    for attempt in hostile(told, [caller]):
        # One of each kind: each is a call, and the evaluator has had all of them.
        if tried.get(attempt.name, 0) >= 1:
            continue
        assert_denies(told, attempt.caller)
        try:
            code = refusal(real, attempt.caller)
        except CannotTry:
            continue
        assert code in REFUSALS | NOT_A_CALL, attempt
        tried[attempt.name] = tried.get(attempt.name, 0) + 1
    assert len(tried) >= 4, tried


def refusal(role: Any, caller: Caller) -> str | None:
    from botocore.exceptions import ClientError

    try:
        return str(role.ask(caller).code)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    except Exception as problem:
        # The stand-in speaks for providers that are there only.
        if "There is no SAML provider" in str(problem):
            return "AccessDenied"
        raise


def test_a_deployed_role_refuses_with_aws_code_and_reason(local_aws: "LocalAws") -> None:
    role = deployed("github", local_aws, "")
    caller = github_token("acme/infra", environment="prd", claims={"repository_id": "4711"})
    assert_denies(role, caller, because="AccessDenied")
    assert_denies(role, caller, because="StringEquals token.actions.githubusercontent.com:sub")
    with pytest.raises(AssertionError, match="AWS's code: AccessDenied"):
        assert_admits(role, caller)
    meant = ROWS["github"][1]
    with pytest.raises(AssertionError, match="It became arn:aws:sts::111122223333:assumed-role/"):
        assert_denies(role, meant)
    assert_denies(role, meant.but(claims={**meant.claims, "aud": "x"}), because="InvalidIdentity")


def test_a_user_who_was_made_again_is_somebody_else(local_aws: "LocalAws") -> None:
    local_aws.user("alice", account=PEOPLE)
    iam = local_aws.client("iam")
    document = trust_policy([trust.IamUsers(PEOPLE, ["alice"])], HERE).to_json()
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=document)
    role = local_aws.role("role")
    people = local_aws.client("iam", PEOPLE)
    people.delete_user_policy(UserName="alice", PolicyName="rolecall-testing")
    people.delete_user(UserName="alice")
    assert_denies(role, iam_user("alice", account=PEOPLE), because="AccessDenied")


def test_what_no_test_can_call_is_said(local_aws: "LocalAws") -> None:
    iam = local_aws.client("iam")
    document = trust_policy([trust.AwsService("ec2")], HERE).to_json()
    iam.create_role(RoleName="role", AssumeRolePolicyDocument=document)
    role = local_aws.role("role")
    for caller, words in (
        (service("ec2"), "Nobody but AWS can call as ec2.amazonaws.com"),
        (iam_user("alice", account=OWN, ip="198.51.100.1"), "127.0.0.1"),
        (iam_user("alice", account=OWN, mfa_age=60), "An MFA is as old as the call"),
        (iam_user("alice", account=OWN, context={"aws:PrincipalOrgID": "o-1"}), "AWS adds it"),
    ):
        with pytest.raises(CannotTry, match=words):
            assert_admits(role, caller)
    assert_admits(trust_of(role.trust, "role", account=OWN), service("ec2"))


def test_a_call_that_aws_does_not_take_is_no_refusal(local_aws: "LocalAws") -> None:
    from botocore.exceptions import ClientError

    role = deployed("user", local_aws, "")
    with pytest.raises(ClientError, match="ValidationError"):
        assert_denies(role, iam_user("alice", account=PEOPLE, external_id="with spaces"))

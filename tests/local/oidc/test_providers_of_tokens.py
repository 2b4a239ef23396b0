"""Which provider of an account vouches for a token, and what a verified token says."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from moto.iam.models import iam_backends

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.issuers import COGNITO, GITHUB_ACTIONS, GOOGLE, OidcIssuer
from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.oidc import identity
from rolecall.local.oidc.identity import TokenIdentity, verify
from rolecall.local.oidc.providers import Provider, described, provider_of
from tests.local.oidc.issuer import ec_key, signed
from tests.local.sts.conftest import HOME, OTHER, Refusal, refusal

URL = "https://id.example.com/tenant"
ARN = f"arn:aws:iam::{HOME}:oidc-provider/id.example.com/tenant"
NOW = datetime.fromtimestamp(1_900_000_000, UTC)


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    backend.configure()
    backend.reset()
    # AWS's own managed policies are not needed, and take a while to read.
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
    made: Any = iam_backends[HOME]["aws"]
    made.create_open_id_connect_provider(URL, [], ["client", "second"], [])
    yield made
    backend.reset()


def none_for(issuer: str, where: str) -> Refusal:
    return Refusal(
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {issuer}",
        400,
        f"{where} has no OIDC provider whose URL is the token's iss",
    )


def test_a_provider_of_the_account() -> None:
    assert provider_of(URL, HOME) == Provider(ARN, described(URL), ("client", "second"))
    assert described(URL).url == URL


def test_what_is_known_of_an_issuer(account: Any) -> None:
    account.create_open_id_connect_provider(GITHUB_ACTIONS.url, [], ["sts.amazonaws.com"], [])
    found = provider_of(GITHUB_ACTIONS.url, HOME)
    assert found.issuer == GITHUB_ACTIONS
    assert described(GITHUB_ACTIONS.url) == GITHUB_ACTIONS


def test_an_issuer_that_nobody_would_write_tokens_for() -> None:
    odd = "https://id.example.com:8443/?a=b"
    assert described(odd) == OidcIssuer(name="id.example.com:8443/?a=b", url=odd)


@pytest.mark.parametrize(
    ("iss", "issuer"),
    [
        ("https://accounts.google.com", GOOGLE),
        ("accounts.google.com", GOOGLE),
        ("https://cognito-identity.amazonaws.com", COGNITO),
    ],
)
@pytest.mark.parametrize("where", [HOME, OTHER, "nowhere"])
def test_providers_that_aws_has(iss: str, issuer: OidcIssuer, where: str) -> None:
    assert provider_of(iss, where) == Provider(issuer.host, issuer, None)


@pytest.mark.parametrize(
    "iss",
    [
        URL + "/",
        URL.upper(),
        "https://id.example.com",
        "https://id.example.com/Tenant",
        "id.example.com/tenant",
        "http://id.example.com/tenant",
        "https://https://id.example.com/tenant",
        "cognito-identity.amazonaws.com",
        "",
        "x",
    ],
)
def test_urls_are_compared_as_they_are(iss: str) -> None:
    assert refusal(provider_of, iss, HOME) == none_for(iss, f"account {HOME}")


def test_another_accounts_provider_vouches_for_nobody() -> None:
    assert refusal(provider_of, URL, OTHER) == none_for(URL, f"account {OTHER}")
    assert OTHER not in iam_backends, "a question makes no account"


@pytest.mark.parametrize("where", ["", "1", "x" * 12, f"{HOME}1", f" {HOME}"])
def test_an_account_that_is_none(where: str) -> None:
    assert refusal(provider_of, URL, where) == none_for(URL, "an account that is none")
    assert where not in iam_backends


def test_a_provider_whose_url_is_not_that_of_its_arn(account: Any) -> None:
    account.open_id_providers[ARN].url = "other.example.com"
    assert refusal(provider_of, URL, HOME).code == "InvalidIdentityToken"


# -- a verified token ------------------------------------------------------------------


def token(**changes: Any) -> str:
    now = int(NOW.timestamp())
    claims = {"iss": URL, "sub": "somebody", "aud": "client", "iat": now, "exp": now + 1}
    claims = {name: value for name, value in {**claims, **changes}.items() if value is not ...}
    return signed({"alg": "ES256", "kid": "one"}, claims, ec_key(), "ES256")


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Signatures that were checked: key id, issuer and embedded AWS."""
    asked: list[Any] = []
    monkeypatch.setattr(
        identity,
        "check_signature",
        lambda token, issuer, cloud: asked.append((token.key_id, issuer, cloud)),
    )
    return asked


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(clock=lambda: NOW)


def test_whom_a_verified_token_is_about(cloud: Cloud, checked: list[Any]) -> None:
    claims = {"iss": URL, "sub": "somebody", "aud": ["client"], "amr": ["a", "b"], "azp": "second"}
    times = {"iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 1}
    assert verify(token(**claims), HOME, cloud) == TokenIdentity(
        provider=Provider(ARN, described(URL), ("client", "second")),
        subject="somebody",
        audience="second",
        context={
            "id.example.com/tenant:sub": "somebody",
            "id.example.com/tenant:aud": "second",
            "id.example.com/tenant:oaud": "client",
            "id.example.com/tenant:amr": ("a", "b"),
        },
        claims={**times, **claims},
    )
    assert checked == [("one", URL, cloud)]


def test_the_keys_of_google_are_asked_of_google(cloud: Cloud, checked: list[Any]) -> None:
    found = verify(token(iss="accounts.google.com", aud="any"), HOME, cloud)
    assert found.provider.principal == "accounts.google.com"
    assert checked == [("one", "https://accounts.google.com", cloud)]


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"iss": ...}, "Missing a required claim: iss"),
        ({"iss": "https://other.example.com"}, "No OpenIDConnect provider found in your account"),
        ({"aud": "other"}, "Incorrect token audience"),
    ],
)
def test_who_is_not_meant_makes_no_issuer_be_asked(
    cloud: Cloud, checked: list[Any], claims: dict[str, Any], message: str
) -> None:
    assert refusal(verify, token(**claims), HOME, cloud).message.startswith(message)
    assert checked == []


@pytest.mark.parametrize(
    ("claims", "message"),
    [
        ({"exp": int(NOW.timestamp())}, "Token expired: "),
        ({"iat": int(NOW.timestamp()) + 1}, "Token is not yet valid"),
        ({"sub": ...}, "Missing a required claim: sub"),
    ],
)
def test_what_is_asked_of_a_signed_token(
    cloud: Cloud, checked: list[Any], claims: dict[str, Any], message: str
) -> None:
    assert refusal(verify, token(**claims), HOME, cloud).message.startswith(message)
    assert len(checked) == 1


def test_what_is_no_token(cloud: Cloud, checked: list[Any]) -> None:
    assert refusal(verify, "x", HOME, cloud).reason == "a JWT has three parts, and this has 1"


def test_nothing_of_a_token_is_shown_by_accident(cloud: Cloud, checked: list[Any]) -> None:
    assert "somebody" not in repr(verify(token(), HOME, cloud)).replace("subject='somebody'", "")

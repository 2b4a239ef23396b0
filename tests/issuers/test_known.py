"""Who an issuer is follows from its URL, and a URL that no tokens can come from is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall import issuers
from rolecall.issuers import IssuerProblem, OidcIssuer, oidc_issuer

UUID = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
KNOWN: list[OidcIssuer] = [
    issuers.GITHUB_ACTIONS,
    issuers.github_enterprise("acme"),
    issuers.github_data_residency("acme"),
    issuers.github_enterprise_server("github.example.com"),
    issuers.GITLAB_COM,
    issuers.BITBUCKET("acme"),
    issuers.HCP_TERRAFORM,
    issuers.hcp_terraform("app.eu.terraform.io"),
    issuers.CIRCLECI(UUID),
    issuers.BUILDKITE,
    issuers.eks("eu-central-1", "EXAMPLED539D4633E53DE1B71EXAMPLE"),
    issuers.eks("cn-north-1", "EXAMPLED539D4633E53DE1B71EXAMPLE"),
    issuers.auth0("acme.eu.auth0.com"),
    issuers.keycloak("https://id.example.com/auth", "staff"),
    issuers.GOOGLE,
    issuers.COGNITO,
]


@pytest.mark.parametrize("issuer", KNOWN, ids=lambda issuer: issuer.name)
def test_the_url_alone_tells_a_known_issuer(issuer: OidcIssuer) -> None:
    assert oidc_issuer(issuer.url) == issuer
    assert issuer.source
    assert issuer.family


@pytest.mark.parametrize(
    ("issuer", "key"),
    [
        (issuers.GITHUB_ACTIONS, "token.actions.githubusercontent.com:sub"),
        (issuers.auth0("acme.eu.auth0.com"), "acme.eu.auth0.com/:sub"),
        (issuers.keycloak("https://id.example.com", "a"), "id.example.com/realms/a:sub"),
        (issuers.CIRCLECI(UUID), f"oidc.circleci.com/org/{UUID}:sub"),
    ],
    ids=lambda each: "",
)
def test_keys_and_arns_hold_the_whole_url(issuer: OidcIssuer, key: str) -> None:
    assert issuer.key("sub") == key
    host = key.removesuffix(":sub")
    assert issuer.principal("111111111111") == f"arn:aws:iam::111111111111:oidc-provider/{host}"


def test_built_in_issuers_are_named_by_their_domain_in_every_partition() -> None:
    assert issuers.GOOGLE.principal("111111111111") == "accounts.google.com"
    assert issuers.cognito("eu-central-1").host == "cognito-identity.amazonaws.com"
    assert (
        issuers.cognito("us-gov-west-1", "aws-us-gov").host
        == "cognito-identity-us-gov.amazonaws.com"
    )
    assert (
        issuers.cognito("us-gov-east-1", "aws-us-gov").host
        == "cognito-identity.us-gov-east-1.amazonaws.com"
    )
    assert issuers.cognito("cn-north-1", "aws-cn").built_in


def test_an_issuer_of_ones_own_stays_generic() -> None:
    found = oidc_issuer("https://id.example.com/oidc")
    assert (found.family, found.claims, found.shared, found.audience) == ("", (), False, None)


def test_what_aws_lists_of_claims_goes_with_the_host_and_not_with_the_product() -> None:
    assert "repository_id" in issuers.GITHUB_ACTIONS.claims
    assert "repository_id" in issuers.github_enterprise("acme").claims
    assert issuers.github_enterprise_server("github.example.com").claims == ()
    assert "ref_protected" in issuers.GITLAB_COM.claims
    assert issuers.gitlab("https://gitlab.example.com").claims == ()


def test_shared_issuers_are_known_to_be_shared() -> None:
    shared = [issuers.GITHUB_ACTIONS, issuers.GITLAB_COM, issuers.HCP_TERRAFORM, issuers.BUILDKITE]
    assert all(each.shared for each in shared)
    assert oidc_issuer("https://scalr.io").shared
    private = [issuers.CIRCLECI(UUID), issuers.BITBUCKET("acme"), issuers.github_enterprise("acme")]
    assert not any(each.shared for each in private)


REFUSED = {
    "http://id.example.com": '"https://"',
    "id.example.com": '"https://"',
    "https://id.example.com:8443": "names a port",
    "https://id.example.com/?a=b": "a query",
    "https://id.example.com/#a": "a fragment",
    "https://me@id.example.com": "a user",
    "https://localhost": "no domain name",
    "https://ID.example.com": "lower case",
    "https://id.example.com/*": "character in its path",
    "https://id.example.com/${a}": "character in its path",
    "https://id.example.com//a": "character in its path",
    "https://id.example.com/ä": "character in its path",
    "https://id.example.com/" + "a" * 255: "255",
    "https://gitlab.com/": 'write "https://gitlab.com"',
    "https://accounts.google.com/": 'write "https://accounts.google.com"',
    "https://acme.eu.auth0.com": 'write "https://acme.eu.auth0.com/"',
    "https://oidc.circleci.com/org/acme": "UUID",
    "https://": "no domain name",
    "https://[": "no domain name",
    "https://[::1]": "port",
}


@pytest.mark.parametrize("url", REFUSED)
def test_a_url_that_iam_would_refuse_or_nobody_writes(url: str) -> None:
    with pytest.raises(IssuerProblem, match=REFUSED[url]):
        oidc_issuer(url)


@given(st.text(max_size=30) | st.text("htps:/.@#?*$ a", max_size=20).map("https://".__add__))
def test_any_text_is_an_issuer_or_refused_in_words(text: str) -> None:
    try:
        found = oidc_issuer(text)
    except IssuerProblem as refusal:
        assert "\n" not in str(refusal)
        return
    assert found.url == text
    assert not set("*?$#@\n ") & set(found.host)


@pytest.mark.parametrize(
    "build",
    [
        lambda: oidc_issuer(5),  # type: ignore[arg-type]
        lambda: issuers.github_enterprise("a/b"),
        lambda: issuers.BITBUCKET("acme", "acme"),
        lambda: issuers.CIRCLECI(UUID.upper()),
        lambda: issuers.eks("Frankfurt", "EXAMPLED539D4633E53DE1B71EXAMPLE"),
        lambda: issuers.eks("eu-central-1", "abc"),
        lambda: issuers.keycloak("https://id.example.com", "a/b"),
        lambda: issuers.auth0("acme.eu.auth0.com/"),
        lambda: issuers.gitlab("https://gitlab.example.com/"),
        lambda: issuers.hcp_terraform("*"),
    ],
)
def test_a_part_that_cannot_be_one_is_refused(build: object) -> None:
    with pytest.raises(IssuerProblem):
        build()  # type: ignore[operator]

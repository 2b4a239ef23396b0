"""One OIDC provider for a URL and an account, made here or somewhere else."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rolecall.issuers.known import GITHUB_ACTIONS, GOOGLE, auth0
from rolecall.problems import Problem
from rolecall.trust.providers import TrustedOidcProvider
from rolecall_cdktf import EnvironmentStack, OidcProvider
from rolecall_cdktf._cdktf import App, IamOpenidConnectProvider, Testing
from tests.constructs.conftest import FACTS

Synth = Callable[[EnvironmentStack], dict[str, Any]]
GITHUB_ARN = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"


@pytest.fixture
def stack() -> EnvironmentStack:
    """In an app of its own: an account has one provider for a URL."""
    return EnvironmentStack(Testing.app(), FACTS)


def test_a_known_issuer_brings_its_url_and_audience(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    made = OidcProvider(stack, "github", issuer=GITHUB_ACTIONS, tags={"team": "x"})
    found = synthesized(stack)
    assert found["resource"]["aws_iam_openid_connect_provider"] == {
        "github": {
            "url": "https://token.actions.githubusercontent.com",
            "client_id_list": ["sts.amazonaws.com"],
            "tags": {"team": "x"},
        }
    }
    assert isinstance(made, IamOpenidConnectProvider)
    assert isinstance(made, TrustedOidcProvider)
    assert made.provider_arn == GITHUB_ARN
    assert found["output"]["oidc_provider_arns"]["value"] == {
        "token.actions.githubusercontent.com": GITHUB_ARN
    }


def test_any_other_issuer_by_its_url(stack: EnvironmentStack, synthesized: Synth) -> None:
    made = OidcProvider(
        stack,
        "own",
        url="https://id.example.com/realms/staff",
        client_ids=["deploy", "look"],
        thumbprints=["A" * 40],
    )
    [found] = synthesized(stack)["resource"]["aws_iam_openid_connect_provider"].values()
    assert found["client_id_list"] == ["deploy", "look"]
    assert found["thumbprint_list"] == ["a" * 40]
    assert made.client_ids == ("deploy", "look")
    assert made.issuer.family == "keycloak"


def test_the_slash_of_auth0_stays(stack: EnvironmentStack) -> None:
    made = OidcProvider(stack, "auth0", issuer=auth0("acme.eu.auth0.com"), client_ids=["x"])
    assert made.provider_arn.endswith(":oidc-provider/acme.eu.auth0.com/")


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, r"write either issuer=GITHUB_ACTIONS .* or url="),
    "both": ({"issuer": GITHUB_ACTIONS, "url": GITHUB_ACTIONS.url}, "write either issuer="),
    "a provider as issuer": ({"issuer": "github"}, "'github'; write one of rolecall.issuers"),
    "http": ({"url": "http://id.example.com"}, 'begins with "https://"'),
    "port": ({"url": "https://id.example.com:8443"}, "names a port"),
    "query": ({"url": "https://id.example.com?x=1"}, "has a query"),
    "long": ({"url": "https://id.example.com/" + "x" * 250}, "IAM takes 255"),
    "an issuer of a wrong URL": (
        {"issuer": replace(GITHUB_ACTIONS, url="http://x.example.com")},
        'begins with "https://"',
    ),
    "reference": (
        {"url": "${aws_eks_cluster.main.identity[0].oidc[0].issuer}"},
        "is a reference, so no plan would show",
    ),
    "built in": ({"issuer": GOOGLE}, r"AWS knows Google without a provider.*Google\("),
    "built in by URL": ({"url": "https://accounts.google.com"}, "knows Google without"),
    "Cognito": ({"url": "https://cognito-identity.amazonaws.com"}, "without a provider"),
    "audience unknown": ({"url": "https://id.example.com"}, r"client_ids=\[…|name those"),
    "no audience": ({"client_ids": []}, "client_ids is empty"),
    "audience as text": ({"client_ids": "sts"}, r"write \['sts'\]"),
    "audiences": ({"client_ids": [f"c{n}" for n in range(101)]}, "101 client_ids; IAM takes 100"),
    "long audience": ({"client_ids": ["x" * 256]}, "1 to 255 characters"),
    "blank audience": ({"client_ids": [" x"]}, "without space around"),
    "audience twice": ({"client_ids": ["x", "x"]}, "names 'x' twice"),
    "no thumbprint": ({"thumbprints": []}, "leave them out"),
    "thumbprints": ({"thumbprints": [f"{n}" * 40 for n in range(6)]}, "6 thumbprints"),
    "thumbprint": ({"thumbprints": ["AB:CD"]}, "40 hexadecimal digits, without colons"),
    "thumbprint twice": ({"thumbprints": ["a" * 40, "A" * 40]}, "twice"),
    "tags": ({"tags": {"aws:x": "y"}}, "begin with aws:"),
    "id": ({"id": "a b"}, "cannot name an OIDC provider"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(case: str, app: App) -> None:
    options, fix = REFUSED[case]
    written = {"id": "idp", **options}
    if not {"issuer", "url"} & {*options} and case != "nothing":
        written["issuer"] = GITHUB_ACTIONS
    stack = EnvironmentStack(app, replace(FACTS, name=f"r{list(REFUSED).index(case)}"))
    with pytest.raises(Problem, match=fix) as refusal:
        OidcProvider(stack, **written)
    assert str(refusal.value).startswith("The OIDC provider ")
    assert "resource" not in json.loads(Testing.synth(stack))


def test_a_second_one_for_the_url_is_refused(stack: EnvironmentStack) -> None:
    OidcProvider(stack, "github", issuer=GITHUB_ACTIONS)
    with pytest.raises(Problem, match=r"exists twice.*one for a URL: use that, or OidcProvider\."):
        OidcProvider(stack, "again", url=GITHUB_ACTIONS.url, client_ids=["other"])


def test_a_second_one_in_another_stack_of_the_account_is_refused_too() -> None:
    app = Testing.app()
    OidcProvider(EnvironmentStack(app, FACTS), "github", issuer=GITHUB_ACTIONS)
    same = EnvironmentStack(app, replace(FACTS, name="stg"))
    with pytest.raises(Problem, match=r"of the stack stg is made by the stack tes.*from_url\(\"ht"):
        OidcProvider(same, "github", issuer=GITHUB_ACTIONS)
    other = EnvironmentStack(app, replace(FACTS, name="prd", account_id="222222222222"))
    OidcProvider(other, "github", issuer=GITHUB_ACTIONS)


def test_one_that_exists_is_a_value() -> None:
    by_url = OidcProvider.from_url(GITHUB_ACTIONS.url, ["sts.amazonaws.com"])
    by_arn = OidcProvider.from_arn(GITHUB_ARN)
    for found in (by_url, by_arn, OidcProvider.from_url(GITHUB_ACTIONS)):
        assert isinstance(found, TrustedOidcProvider)
        assert found.issuer == GITHUB_ACTIONS
        assert hash(found)
    assert by_url.client_ids == ("sts.amazonaws.com",)
    assert by_arn.client_ids == ()
    assert by_arn.account_id == "111111111111"
    slash = OidcProvider.from_arn(
        "arn:aws-cn:iam::111111111111:oidc-provider/acme.eu.auth0.com/", ["x"]
    )
    assert slash.issuer.url == "https://acme.eu.auth0.com/"


@pytest.mark.parametrize(
    "arn",
    [
        None,
        "token.actions.githubusercontent.com",
        "arn:aws:iam::111111111111:saml-provider/acme",
        "arn:aws:iam:eu-central-1:111111111111:oidc-provider/id.example.com",
        "arn:aws:iam::aws:oidc-provider/id.example.com",
        "arn:aws:iam::111111111111:oidc-provider/*.example.com",
        "${aws_iam_openid_connect_provider.x.arn}",
    ],
)
def test_what_is_no_arn_of_a_provider_is_refused(arn: Any) -> None:
    with pytest.raises(Problem, match="is not the ARN of a provider; it looks like arn:aws:iam"):
        OidcProvider.from_arn(arn)


def test_a_reference_to_a_built_in_one_is_refused() -> None:
    with pytest.raises(Problem, match="without a provider"):
        OidcProvider.from_url("https://accounts.google.com")
    with pytest.raises(Problem, match=r"from_url: .*begins with"):
        OidcProvider.from_url("id.example.com")
    with pytest.raises(Problem, match="write a string"):
        OidcProvider.from_url(5)  # type: ignore[arg-type]
    with pytest.raises(Problem, match=r"client_ids is a list; write \['x'\]"):
        OidcProvider.from_url("https://id.example.com", "x")

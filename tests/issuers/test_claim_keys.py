"""Which condition keys AWS makes of a token, and which of them last."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall import issuers
from rolecall.issuers import oidc_context, session_context

PRIVATE = issuers.oidc_issuer("https://id.example.com")


def keys(claims: dict[str, Any]) -> dict[str, Any]:
    return {
        key.removeprefix("id.example.com:"): value
        for key, value in oidc_context(PRIVATE, claims).items()
    }


def test_standard_claims_and_nothing_else() -> None:
    found = keys({"sub": "alice", "aud": "app", "email": "a@b.c", "groups": ["x"], "iss": "i"})
    assert found == {"sub": "alice", "aud": "app", "oaud": "app", "email": "a@b.c"}


def test_azp_comes_before_aud() -> None:
    assert keys({"aud": "api", "azp": "app"}) == {"aud": "app", "oaud": "api"}
    assert keys({"aud": "api", "azp": ""}) == {"aud": "api", "oaud": "api"}
    assert keys({"azp": "app"}) == {"aud": "app"}
    # Malformed, so nobody can say for whom the token is.
    assert keys({"aud": "api", "azp": ["app"]}) == {"oaud": "api"}


def test_an_audience_of_one_is_one_and_of_several_several() -> None:
    assert keys({"aud": ["app"]})["aud"] == "app"
    assert keys({"aud": ["app", "other"]})["aud"] == ("app", "other")
    assert keys({"aud": []}) == {}


def test_amr_is_always_several() -> None:
    cognito = oidc_context(issuers.COGNITO, {"amr": ["authenticated", "graph.facebook.com"]})
    assert cognito == {
        "cognito-identity.amazonaws.com:amr": ("authenticated", "graph.facebook.com")
    }
    assert keys({"amr": "pwd"})["amr"] == ("pwd",)


def test_claims_of_providers_that_aws_lists() -> None:
    github = oidc_context(
        issuers.GITHUB_ACTIONS,
        {"repository_id": "4711", "actor_id": 7, "run_id": "1", "repository_owner": "acme"},
    )
    assert github == {
        "token.actions.githubusercontent.com:repository_id": "4711",
        "token.actions.githubusercontent.com:actor_id": "7",
    }
    gitlab = oidc_context(issuers.GITLAB_COM, {"ref_protected": True, "project_path": "a/b"})
    assert gitlab == {"gitlab.com:ref_protected": "true"}
    google = oidc_context(issuers.GOOGLE, {"google": {"organization_number": 12}})
    assert google == {"accounts.google.com:google/organization_number": "12"}
    org = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"
    circle = oidc_context(issuers.CIRCLECI(org), {"oidc.circleci.com/project-id": "p"})
    assert circle == {f"oidc.circleci.com/org/{org}:oidc.circleci.com/project-id": "p"}


def test_only_aud_sub_and_amr_last_in_the_session() -> None:
    context = oidc_context(
        issuers.GITHUB_ACTIONS,
        {"sub": "s", "aud": "a", "amr": ["x"], "email": "e", "repository_id": "4711"},
    )
    lasting = session_context(issuers.GITHUB_ACTIONS, context)
    assert {key.rpartition(":")[2] for key in lasting} == {"sub", "aud", "amr"}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("issuer", [issuers.GITHUB_ACTIONS, issuers.GOOGLE, PRIVATE])
@given(data=st.data())
def test_any_claims_make_texts_and_no_traceback(issuer: issuers.OidcIssuer, data: Any) -> None:
    names = ["sub", "aud", "azp", "amr", "email", "google", *issuer.claims]
    claims = data.draw(st.dictionaries(st.sampled_from(names) | st.text(max_size=3), json_like))
    for key, value in oidc_context(issuer, claims).items():
        assert key.startswith(issuer.host + ":")
        assert value
        assert all(
            isinstance(each, str) and each
            for each in (value if isinstance(value, tuple) else [value])
        )


def test_a_number_of_thousands_of_digits_is_no_claim() -> None:
    assert oidc_context(issuers.GITHUB_ACTIONS, {"actor_id": 10**5000}) == {}

"""The control calls for tokens and issuers, called in this process."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.cloud import Cloud
from rolecall.local.oidc import control as room
from rolecall.local.oidc.connections import connect
from rolecall.local.oidc.control import control
from rolecall.local.oidc.stand_in import mint, stand_ins
from rolecall.problems import Problem
from tests.local.oidc.conftest import QuickKeys

SECOND = 1_900_000_000
URL = "https://id.example.com"
GITHUB = "https://token.actions.githubusercontent.com"
TEN_YEARS = 315_360_000


@pytest.fixture
def cloud(quick_keys: QuickKeys) -> Cloud:
    return Cloud(clock=lambda: datetime.fromtimestamp(SECOND + 0.9, UTC))


def claims_of(answer: Any) -> dict[str, Any]:
    assert list(answer) == ["token"]
    part = answer["token"].split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=="))
    return read


def token(cloud: Cloud, **given: Any) -> dict[str, Any]:
    return claims_of(control("POST", "oidc/token", given, cloud))


def why(cloud: Cloud, name: str = "token", /, **given: Any) -> str:
    with pytest.raises(Problem) as caught:
        control("POST", f"oidc/{name}", given, cloud)
    assert not cloud.records.get("oidc_connections")
    return str(caught.value)


# -- tokens ----------------------------------------------------------------------------


def test_a_token_with_nothing_but_a_subject(cloud: Cloud) -> None:
    assert token(cloud, issuer="github", subject="repo:a/b") == {
        "iss": GITHUB,
        "sub": "repo:a/b",
        "aud": "sts.amazonaws.com",
        "iat": SECOND,
        "nbf": SECOND,
        "exp": SECOND + 3600,
    }
    assert stand_ins(cloud) == (GITHUB,)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("buildkite", "https://agent.buildkite.com"),
        ("cognito", "https://cognito-identity.amazonaws.com"),
        ("github", GITHUB),
        ("gitlab", "https://gitlab.com"),
        ("google", "https://accounts.google.com"),
        ("hcp-terraform", "https://app.terraform.io"),
    ],
)
def test_issuers_with_a_short_name(cloud: Cloud, name: str, url: str) -> None:
    assert token(cloud, issuer=name, subject="x", audience="y")["iss"] == url


def test_what_was_asked_for_wins(cloud: Cloud) -> None:
    claims = {"sub": "other", "exp": 1, "aud": "z", "iss": "https://evil", "team": ["a"]}
    assert token(cloud, issuer=URL, subject="x", audience="y", claims=claims) == {
        **claims,
        "iat": SECOND,
        "nbf": SECOND,
    }


@pytest.mark.parametrize(
    ("seconds", "issued"),
    [(1, 0), (60, 0), (TEN_YEARS, 0), (0, -1), (-1, -2), (-TEN_YEARS, -TEN_YEARS - 1)],
)
def test_a_token_was_issued_before_it_expired(cloud: Cloud, seconds: int, issued: int) -> None:
    found = token(cloud, issuer="github", subject="x", seconds=seconds)
    assert (found["iat"], found["nbf"], found["exp"]) == (
        SECOND + issued,
        SECOND + issued,
        SECOND + seconds,
    )


@pytest.mark.parametrize("seconds", [TEN_YEARS + 1, -TEN_YEARS - 1, True, False, 1.5, "1", None])
def test_how_long_a_token_lasts(cloud: Cloud, seconds: Any) -> None:
    assert why(cloud, issuer="github", subject="x", seconds=seconds) == (
        "A token expires in a whole number of seconds, ten years at the most."
    )


@pytest.mark.parametrize("claims", [None, [], "x", 1])
def test_claims_are_an_object(cloud: Cloud, claims: Any) -> None:
    assert why(cloud, issuer="github", subject="x", claims=claims) == (
        "The claims of a token are an object of names and values."
    )


@pytest.mark.parametrize("audience", [None, "", []])
def test_an_issuer_without_a_usual_audience(cloud: Cloud, audience: Any) -> None:
    assert why(cloud, issuer=URL, subject="x", audience=audience) == (
        f"{URL} has no usual audience; say for whom the token is, as the client ID of the OIDC "
        "provider says it."
    )


def test_a_token_for_several_audiences(cloud: Cloud) -> None:
    assert token(cloud, issuer=URL, subject="x", audience=["a", "b"])["aud"] == ["a", "b"]


def test_a_subject_is_a_text(cloud: Cloud) -> None:
    assert why(cloud, issuer="github", subject=7) == "The subject must be a text."
    assert token(cloud, issuer="github")["sub"] == ""


@pytest.mark.parametrize("name", ["token", "connect", "disconnect"])
def test_an_issuer_is_a_url_or_a_known_name(cloud: Cloud, name: str) -> None:
    for wrong in ("", "nobody", "GitHub", "id.example.com"):
        assert why(cloud, name, issuer=wrong, subject="x") == (
            f"{wrong!r} is no issuer; write its URL, or one of buildkite, cognito, github, "
            "gitlab, google, hcp-terraform."
        )
    assert why(cloud, name).startswith("'' is no issuer")
    assert why(cloud, name, issuer=7) == "The issuer must be a text."


# -- connections -----------------------------------------------------------------------


@pytest.fixture
def forgotten(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Issuers whose keys are no longer remembered."""
    found: list[str] = []
    monkeypatch.setattr(room, "forget_keys", lambda _cloud, issuer: found.append(issuer))
    return found


def test_connecting_ends_a_stand_in(cloud: Cloud, forgotten: list[str]) -> None:
    token(cloud, issuer="github", subject="x")
    token(cloud, issuer=URL, subject="x", audience="y")
    given = {"issuer": "github", "address": "localhost:8443", "ca": ""}
    assert control("POST", "oidc/connect", given, cloud) == {
        "issuer": GITHUB,
        "address": "127.0.0.1:8443",
    }
    assert forgotten == [GITHUB]
    assert control("GET", "oidc/connections", {}, cloud) == {
        "connections": {GITHUB: "127.0.0.1:8443"},
        "stand_ins": [URL],
    }
    assert f"{GITHUB} is connected to a real issuer" in _connected(cloud)


def _connected(cloud: Cloud) -> str:
    with pytest.raises(Problem) as caught:
        control("POST", "oidc/token", {"issuer": "github", "subject": "x"}, cloud)
    return str(caught.value)


@pytest.mark.parametrize("name", ["address", "ca"])
def test_address_and_certificate_are_texts(cloud: Cloud, name: str) -> None:
    given: dict[str, Any] = {"issuer": URL, "address": "127.0.0.1:1", "ca": "", name: 7}
    assert why(cloud, "connect", **given) == f"The {name} must be a text."


def test_a_connection_that_is_none_ends_no_stand_in(cloud: Cloud) -> None:
    token(cloud, issuer="github", subject="x")
    with pytest.raises(Problem):
        control("POST", "oidc/connect", {"issuer": "github", "address": "10.0.0.1:1"}, cloud)
    assert stand_ins(cloud) == (GITHUB,)


def test_a_connection_is_listed_before_a_stand_in(cloud: Cloud) -> None:
    mint(URL, {}, cloud)
    connect(cloud, URL, "127.0.0.1:1", "")
    assert control("GET", "oidc/connections", {}, cloud) == {
        "connections": {URL: "127.0.0.1:1"},
        "stand_ins": [],
    }


def test_disconnecting(cloud: Cloud, forgotten: list[str]) -> None:
    """A connection, or a stand-in, and False where there is neither."""
    asked = {"issuer": "github"}
    no = {"issuer": GITHUB, "disconnected": False}
    yes = {"issuer": GITHUB, "disconnected": True}
    assert control("POST", "oidc/disconnect", asked, cloud) == no
    connect(cloud, GITHUB, "127.0.0.1:1", "")
    assert control("POST", "oidc/disconnect", asked, cloud) == yes
    token(cloud, issuer="github", subject="x")
    assert control("POST", "oidc/disconnect", asked, cloud) == yes
    assert control("POST", "oidc/disconnect", asked, cloud) == no
    assert forgotten == [GITHUB] * 4
    assert stand_ins(cloud) == ()


@pytest.mark.parametrize(
    ("method", "name"),
    [("GET", "oidc/token"), ("GET", "oidc/connect"), ("POST", "oidc/connections"),
     ("GET", "oidc/disconnect"), ("POST", "oidc"), ("POST", "saml/token"), ("post", "oidc/token")],
)  # fmt: skip
def test_what_is_no_control_call(cloud: Cloud, method: str, name: str) -> None:
    assert control(method, name, {"issuer": "github", "subject": "x"}, cloud) is None
    assert cloud.records == {}


@pytest.mark.parametrize(
    ("method", "name"),
    [("POST", "token"), ("POST", "connect"), ("GET", "connections"), ("POST", "disconnect")],
)
def test_no_snapshot_is_taken_meanwhile(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch, method: str, name: str
) -> None:
    entered: list[bool] = []
    shared = cloud.gate.shared

    def counted() -> Any:
        entered.append(True)
        return shared()

    monkeypatch.setattr(cloud.gate, "shared", counted)
    given = {"issuer": "github", "subject": "x", "address": "127.0.0.1:1"}
    assert control(method, f"oidc/{name}", given, cloud) is not None
    assert entered == [True]

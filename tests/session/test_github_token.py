"""GitHub Actions' token endpoint: asked once, over TLS, and never followed elsewhere."""

import json

import pytest

from rolecall.problems import Exit, Problem
from rolecall.session import GitHubToken
from tests.session.proofs import jwt
from tests.session.recording_sts import Recorder

BEARER = "the-bearer-of-the-job"
TOKEN = jwt(sub="repo:acme/infra:environment:tes")


def job(url: str) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?api-version=2.0",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER,
    }


def of_job(sts: Recorder, audience: str | None = None) -> tuple[GitHubToken, list[float]]:
    pauses: list[float] = []
    found = GitHubToken.of_job(job(sts.url), audience)
    return GitHubToken(found.url, found.bearer, found.audience, pauses.append), pauses


def gives(body: str, status: int = 200, **headers: str) -> object:
    return lambda asked: (status, body, headers)


def test_the_token_is_asked_for_with_the_audience(sts: Recorder) -> None:
    sts.instead = gives(json.dumps({"value": TOKEN, "count": 1}))
    token, _ = of_job(sts)
    assert token.read() == TOKEN
    assert of_job(sts, "https://a b?&")[0].read() == TOKEN
    assert [asked.path for asked in sts.asked] == [
        "/token?api-version=2.0&audience=sts.amazonaws.com",
        "/token?api-version=2.0&audience=https%3A%2F%2Fa%20b%3F%26",
    ]
    assert {asked.headers["authorization"] for asked in sts.asked} == {f"bearer {BEARER}"}
    assert BEARER not in repr(token)


def test_without_the_permission_it_says_which(bare_environment: object) -> None:
    with pytest.raises(Problem, match="id-token: write"):
        GitHubToken.of_job({"GITHUB_ACTIONS": "true"})
    with pytest.raises(Problem, match="no GitHub Actions job"):
        GitHubToken.of_job({})


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/token",
        "http://127.0.0.1.example.com/token",
        "ftp://127.0.0.1/token",
        "file:///etc/passwd",
        "https://user:pass@example.com/token",
        "https://exa mple.com/",
        "https://[::1",
        "https://example.com:99999/",
        "https:///token",
        "token",
        "https://example.com/#x",
        "https://example.com/\r\nX: y",
    ],
)
def test_the_bearer_is_sent_nowhere_else(url: str) -> None:
    environ = {**job(""), "ACTIONS_ID_TOKEN_REQUEST_URL": url}
    with pytest.raises(Problem, match="ACTIONS_ID_TOKEN_REQUEST_URL") as caught:
        GitHubToken.of_job(environ)
    assert BEARER not in str(caught.value)


def test_a_redirect_is_not_followed(sts: Recorder) -> None:
    sts.instead = gives("", 302, location=f"{sts.url}/elsewhere")
    token, _ = of_job(sts)
    with pytest.raises(Problem, match="HTTP 302"):
        token.read()
    assert len(sts.asked) == 1


def test_a_refusal_is_final(sts: Recorder) -> None:
    sts.instead = gives("no", 403)
    token, pauses = of_job(sts)
    with pytest.raises(Problem, match="HTTP 403") as caught:
        token.read()
    assert caught.value.exit_code == Exit.DENIED
    assert pauses == []


def test_a_failure_of_the_moment_is_tried_again(sts: Recorder) -> None:
    answers = [(503, "", {}), (200, json.dumps({"value": TOKEN}), {})]
    sts.instead = lambda asked: answers[min(len(sts.asked), 2) - 1]
    token, pauses = of_job(sts)
    assert token.read() == TOKEN
    assert len(pauses) == 1


def test_an_endpoint_that_stays_away_is_given_up(sts: Recorder) -> None:
    sts.instead = gives("", 500)
    token, pauses = of_job(sts)
    with pytest.raises(Problem, match="3 attempts") as caught:
        token.read()
    assert caught.value.exit_code == Exit.UNREACHABLE
    assert len(pauses) == 2
    gone = GitHubToken("http://127.0.0.1:1/token", BEARER, sleep=pauses.append)
    with pytest.raises(Problem, match="3 attempts"):
        gone.read()


@pytest.mark.parametrize(
    "body", ["", "[]", "{}", '{"value": 1}', '{"value": "x"}', "[" * 5000, "x" * 200_000]
)
def test_what_is_no_token_is_said(sts: Recorder, body: str) -> None:
    sts.instead = gives(body)
    token, _ = of_job(sts)
    with pytest.raises(Problem, match="GitHub's token endpoint"):
        token.read()


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    sts: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    sts.instead = gives(json.dumps({"value": TOKEN}))
    assert of_job(sts)[0].read() == TOKEN


@pytest.mark.parametrize("audience", ["", "a" * 256, "a\nb"])
def test_an_audience_that_no_provider_has_is_said(audience: str) -> None:
    with pytest.raises(Problem, match="--audience"):
        GitHubToken.of_job(job("https://example.com"), audience)

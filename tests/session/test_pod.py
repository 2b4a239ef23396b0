"""Credentials that an environment carries, as the SDK's own chain sees them."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from rolecall.problems import Exit, Problem
from rolecall.session import caller_identity, pod_identity, sts_client
from tests.session.proofs import jwt
from tests.session.recording_sts import Recorder, recording_sts

ROLE = "arn:aws:iam::111111111111:role/tes-reader"
TOKEN = jwt(sub="system:serviceaccount:app:reader")


@pytest.fixture
def pod(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What EKS puts into a pod of an annotated service account."""
    path = bare_environment / "token"
    path.write_text(TOKEN)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(path))
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "the-pod")
    return path


def write_config(home: Path, text: str) -> None:
    (home / ".aws").mkdir()
    (home / ".aws/config").write_text(text)


def test_the_pods_identity_is_found(pod: Path) -> None:
    found = pod_identity()
    assert found is not None
    assert found.token.read() == TOKEN
    assert (found.role_arn, found.session_name) == (ROLE, "the-pod")


def test_role_and_name_may_be_missing(pod: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ROLE_ARN")
    monkeypatch.setenv("AWS_ROLE_SESSION_NAME", "")
    found = pod_identity()
    assert found is not None
    assert (found.role_arn, found.session_name) == (None, None)


def test_keys_in_the_environment_come_first(pod: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    assert pod_identity() is None


def test_a_profile_that_was_named_comes_first(pod: Path) -> None:
    assert pod_identity("default") is None


def test_a_profile_that_assumes_a_role_comes_first(
    pod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_config(
        pod.parent,
        f"[profile a]\nrole_arn = {ROLE}\nsource_profile = b\n"
        "[profile b]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n",
    )
    monkeypatch.setenv("AWS_PROFILE", "a")
    assert pod_identity() is None
    monkeypatch.setenv("AWS_PROFILE", "b")
    assert pod_identity() is not None, "a profile with keys comes after it"


def test_without_a_token_there_is_none(bare_environment: Path) -> None:
    assert pod_identity() is None


def test_half_a_key_is_said(pod: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    with pytest.raises(Problem, match="AWS_SECRET_ACCESS_KEY"):
        pod_identity()


def test_the_sdk_signs_with_what_the_token_brings(sts: Recorder, pod: Path) -> None:
    identity = caller_identity(sts_client("eu-central-1"))
    assert identity.account == "111111111111"
    assert sts.actions == ["AssumeRoleWithWebIdentity", "GetCallerIdentity"]
    assert sts.asked[0].parameters["WebIdentityToken"] == TOKEN
    assert sts.asked[0].parameters["RoleSessionName"] == "the-pod"
    assert not sts.asked[0].signed
    assert "ASIAEXAMPLEEXAMPLE12" in sts.asked[1].headers["authorization"]


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"", b"x"])
def test_a_token_that_the_sdk_cannot_read_is_said(
    sts: Recorder, pod: Path, content: bytes | None
) -> None:
    pod.unlink() if content is None else pod.write_bytes(content)
    with pytest.raises(Problem) as caught:
        caller_identity(sts_client("eu-central-1"))
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert sts.actions == []


def test_a_token_without_a_role_is_said(
    sts: Recorder, pod: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ROLE_ARN")
    with pytest.raises(Problem, match="AWS_ROLE_ARN"):
        sts_client("eu-central-1")


def test_a_refusal_of_the_token_is_a_refusal(sts: Recorder, pod: Path) -> None:
    sts.refuse("ExpiredTokenException", f"Token expired: {TOKEN}")
    with pytest.raises(Problem, match="fresh token") as caught:
        sts_client("eu-central-1")
    assert caught.value.exit_code == Exit.DENIED


@pytest.fixture
def agent(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """The agent of EKS Pod Identity, which hands out a role's credentials."""
    authorization = bare_environment / "eks-pod-identity-token"
    authorization.write_text("the-token-of-the-pod")
    credentials = {
        "AccessKeyId": "ASIAOFTHEAGENT",
        "SecretAccessKey": "of-the-agent",
        "Token": "session-of-the-agent",
        "AccountId": "111111111111",
        "Expiration": "2099-01-01T00:00:00Z",
    }
    with recording_sts() as recorder:
        recorder.instead = lambda asked: (200, json.dumps(credentials), {})
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{recorder.url}/v1/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(authorization))
        yield recorder


def test_eks_pod_identity_works_through_the_sdk(agent: Recorder, sts: Recorder) -> None:
    caller_identity(sts_client("eu-central-1"))
    [asked] = agent.asked
    assert asked.path == "/v1/credentials"
    assert asked.headers["authorization"] == "the-token-of-the-pod"
    assert "ASIAOFTHEAGENT" in sts.asked[0].headers["authorization"]
    assert sts.asked[0].headers["x-amz-security-token"] == "session-of-the-agent"


@pytest.mark.parametrize("body", ["{}", "[]", '{"AccessKeyId": 1}'])
def test_an_agent_that_answers_something_else_is_said(
    agent: Recorder, sts: Recorder, body: str
) -> None:
    agent.instead = lambda asked: (200, body, {})
    with pytest.raises(Problem, match="configured credentials cannot be had"):
        sts_client("eu-central-1")


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/nowhere/token"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://example.com/credentials"),
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "nonsense"),
    ],
)
def test_an_agent_that_cannot_be_asked_is_said(
    agent: Recorder, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(Problem, match="configured credentials cannot be had"):
        sts_client("eu-central-1")


def test_a_token_file_of_two_lines_is_said_and_not_repeated(
    agent: Recorder, sts: Recorder, bare_environment: Path
) -> None:
    (bare_environment / "eks-pod-identity-token").write_text("the-token\nof-the-pod")
    with pytest.raises(Problem, match="cannot be had") as caught:
        sts_client("eu-central-1")
    assert "of-the-pod" not in str(caught.value)

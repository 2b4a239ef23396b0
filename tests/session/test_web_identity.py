"""A token instead of a signature: what is sent, what is refused before, what a refusal says."""

import io
import logging
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import (
    Narrowing,
    TokenFile,
    WebIdentityRequest,
    assume_role_with_web_identity,
    unsigned_sts_client,
)
from tests.session.proofs import jwt
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

ROLE = "arn:aws:iam::111111111111:role/tes-reader"
TOKEN = jwt(sub="system:serviceaccount:app:reader")


def request_of(path: Path, **more: object) -> WebIdentityRequest:
    return WebIdentityRequest(role_arn=ROLE, session_name="me", token=TokenFile(path), **more)


@pytest.fixture
def token_file(tmp_path: Path) -> Path:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n \n")
    return path


def test_the_token_is_sent_unsigned_and_nothing_of_the_machine(
    sts: Recorder, token_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    narrowing = Narrowing(policy_arns=("arn:aws:iam::aws:policy/ReadOnlyAccess",))
    request = request_of(token_file, narrowing=narrowing)
    session = assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request)
    [asked] = sts.asked
    assert not asked.signed
    assert asked.parameters == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": ROLE,
        "RoleSessionName": "me",
        "DurationSeconds": "3600",
        "PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "WebIdentityToken": TOKEN,
    }
    assert session.account_id == "111111111111"
    for secret in (TOKEN, SECRET_KEY, SESSION_TOKEN):
        assert secret not in repr(session) + repr(request)


def test_the_file_is_read_anew_for_each_call(sts: Recorder, token_file: Path) -> None:
    request, client = request_of(token_file), unsigned_sts_client("eu-central-1")
    assume_role_with_web_identity(client, request)
    token_file.write_text(jwt(sub="renewed"))
    assume_role_with_web_identity(client, request)
    sent = [asked.parameters["WebIdentityToken"] for asked in sts.asked]
    assert sent == [TOKEN, jwt(sub="renewed")]


@pytest.mark.parametrize(
    ("code", "status", "exit_code", "remedy"),
    [
        ("InvalidIdentityToken", 400, Exit.DENIED, "issuer and audience"),
        ("ExpiredTokenException", 400, Exit.DENIED, "fresh"),
        ("IDPRejectedClaim", 403, Exit.DENIED, "sign in there again"),
        ("IDPCommunicationError", 400, Exit.UNREACHABLE, "try again"),
        ("AccessDenied", 403, Exit.DENIED, "Not authorized"),
        ("RegionDisabledException", 403, Exit.DENIED, "enable the region"),
    ],
)
def test_a_refusal_says_what_to_do(
    sts: Recorder, token_file: Path, code: str, status: int, exit_code: Exit, remedy: str
) -> None:
    sts.refuse(code, "Not authorized to perform sts:AssumeRoleWithWebIdentity", status)
    with pytest.raises(Problem, match=remedy) as caught:
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))
    assert caught.value.exit_code == exit_code
    assert code in str(caught.value)


def test_an_endpoint_that_repeats_the_token_does_not_put_it_into_the_error(
    sts: Recorder, token_file: Path
) -> None:
    sts.refuse("InvalidIdentityToken", f"bad token {TOKEN}", x_rolecall_reason=f"it is {TOKEN}")
    with pytest.raises(Problem) as caught:
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))
    assert TOKEN not in str(caught.value)
    assert "bad token …" in str(caught.value)


@pytest.mark.parametrize("body", ["", "hello", "<a/>", f"<broken {SESSION_TOKEN}"])
def test_an_endpoint_that_is_not_sts_is_said_and_not_quoted(
    sts: Recorder, token_file: Path, body: str
) -> None:
    sts.instead = lambda asked: (200, body, {})
    with pytest.raises(Problem, match="AWS_ENDPOINT_URL") as caught:
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))
    assert SESSION_TOKEN not in str(caught.value)


def test_a_session_of_another_account_is_thrown_away(sts: Recorder, token_file: Path) -> None:
    sts.account = "222222222222"
    with pytest.raises(Problem, match="222222222222"):
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"\xff\xfe\x00\x01", "ASCII"),
        (b"not a token", "JSON Web Token"),
        (b"a.b.c", "JSON Web Token"),
        (b"abc", "4 to 20000"),
        (f"{TOKEN} {TOKEN}".encode(), "JSON Web Token"),
        (b"e30.e30." + b"a" * 20_000, "20000"),
        (b"e30.e30." + b"a" * 2_000_000, "20000"),
        (f"{TOKEN}.a.b".encode(), "JSON Web Token"),
    ],
)
def test_what_is_no_token_is_said_before_the_call(
    sts: Recorder, token_file: Path, content: bytes, rule: str
) -> None:
    token_file.write_bytes(content)
    with pytest.raises(Problem, match=rule) as caught:
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert str(token_file) in str(caught.value)
    assert sts.asked == []


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path, tmp_path / "a\0b", tmp_path / ("a" * 300)):
        with pytest.raises(Problem, match="cannot be read"):
            TokenFile(path).read()


def test_a_token_given_in_place_of_the_file_is_not_repeated() -> None:
    with pytest.raises(Problem, match="looks like the secret itself") as caught:
        TokenFile(Path(TOKEN)).read()
    assert TOKEN not in str(caught.value)
    assert "SIGNATURE" not in str(caught.value)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text(max_size=60).map(str.encode),
        st.text(alphabet="eyJ0=-_.{}\n ", max_size=40).map(str.encode),
    )
)
def test_no_content_brings_a_traceback_or_is_repeated(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "content"
    path.write_bytes(content)
    try:
        token = TokenFile(path).read()
    except Problem as problem:
        text = content.decode("utf-8", "replace").strip()
        assert "\n" not in str(problem)
        assert len(text) < 12 or text not in str(problem)
    else:
        assert token.encode() == content.strip()


@given(st.text(max_size=80), st.text(max_size=80), st.integers(), st.text(max_size=80))
def test_no_argument_brings_a_traceback(role: str, name: str, seconds: int, policy: str) -> None:
    try:
        WebIdentityRequest(
            role_arn=role,
            session_name=name,
            token=TokenFile(Path("t")),
            duration_seconds=seconds,
            narrowing=Narrowing(policy=policy, policy_arns=(role,)),
        )
    except Problem as problem:
        assert "\n" not in str(problem)


def test_nothing_is_logged_unless_somebody_asks_the_sdk_to(sts: Recorder, token_file: Path) -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    try:
        assume_role_with_web_identity(unsigned_sts_client("eu-central-1"), request_of(token_file))
    finally:
        logging.getLogger().removeHandler(handler)
    assert TOKEN not in stream.getvalue()
    assert SECRET_KEY not in stream.getvalue()

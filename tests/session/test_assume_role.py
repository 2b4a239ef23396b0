"""AssumeRole: what is checked before the call, and what a failure says."""

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from rolecall.problems import Exit, Problem
from rolecall.session import AssumeRoleRequest, assume_role, caller_identity, sts_client
from rolecall.session.failures import failures_in_words

ROLE = "arn:aws:iam::111111111111:role/tes-deployer"
SECRET = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYxy"
TOKEN = "the-session-token-" * 3


@pytest.fixture
def client() -> Any:
    return boto3.client(
        "sts", region_name="eu-central-1", aws_access_key_id="AKIA", aws_secret_access_key="x"
    )


def answer(arn: str) -> dict[str, Any]:
    return {
        "Credentials": {
            "AccessKeyId": "ASIAEXAMPLEEXAMPLE12",
            "SecretAccessKey": SECRET,
            "SessionToken": TOKEN,
            "Expiration": datetime(2026, 1, 1, tzinfo=UTC),
        },
        "AssumedRoleUser": {"AssumedRoleId": "AROAEXAMPLEEXAMPLE123:me", "Arn": arn},
    }


def test_what_is_asked_for_is_sent_and_nothing_else(client: Any) -> None:
    request = AssumeRoleRequest(
        role_arn=ROLE,
        session_name="me",
        external_id="acme-1",
        source_identity="alice",
        tags={"team": "payments"},
    )
    expected = {
        "RoleArn": ROLE,
        "RoleSessionName": "me",
        "DurationSeconds": 3600,
        "ExternalId": "acme-1",
        "SourceIdentity": "alice",
        "Tags": [{"Key": "team", "Value": "payments"}],
    }
    with Stubber(client) as stub:
        stub.add_response(
            "assume_role",
            answer("arn:aws:sts::111111111111:assumed-role/tes-deployer/me"),
            expected,
        )
        session = assume_role(client, request)
    assert session.account_id == "111111111111"
    assert SECRET not in repr(session)
    assert TOKEN not in repr(session)


def test_a_session_of_another_account_is_thrown_away(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_response(
            "assume_role", answer("arn:aws:sts::222222222222:assumed-role/tes-deployer/me")
        )
        with pytest.raises(Problem, match="222222222222") as caught:
            assume_role(client, AssumeRoleRequest(role_arn=ROLE, session_name="me"))
    assert SECRET not in str(caught.value)


def test_a_refusal_is_awss_own_words_and_the_reason(client: Any) -> None:
    with Stubber(client) as stub:
        stub.add_client_error(
            "assume_role",
            "AccessDenied",
            "User: me is not authorized",
            403,
            response_meta={"HTTPHeaders": {"x-rolecall-reason": "no external ID"}},
        )
        with pytest.raises(Problem) as caught:
            assume_role(client, AssumeRoleRequest(role_arn=ROLE, session_name="me"))
    assert caught.value.exit_code == Exit.DENIED
    assert "AccessDenied: User: me is not authorized" in str(caught.value)
    assert "why: no external ID" in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"role_arn": "tes-deployer"}, "(?i)arn"),
        ({"session_name": "a"}, "2"),
        ({"session_name": "with space"}, "(?i)session"),
        ({"duration_seconds": 899}, "900"),
        ({"duration_seconds": 43201}, "43200"),
        ({"external_id": "x"}, "(?i)external"),
        ({"external_id": "a" * 1225}, "1224"),
        ({"source_identity": "x" * 65}, "64"),
        ({"tags": {"k" * 129: "v"}}, "128"),
        ({"tags": {f"k{n}": "v" for n in range(51)}}, "50"),
    ],
)
def test_a_limit_is_named_before_the_call(wrong: dict[str, Any], rule: str) -> None:
    good = {"role_arn": ROLE, "session_name": "me"}
    with pytest.raises(Problem, match=rule) as caught:
        AssumeRoleRequest(**{**good, **wrong})
    assert caught.value.exit_code == Exit.BAD_INPUT


@given(
    st.text(max_size=80),
    st.text(max_size=80),
    st.integers(),
    st.one_of(st.none(), st.text(max_size=80)),
    st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=3),
)
def test_no_argument_brings_a_traceback(
    role: str, name: str, seconds: int, external_id: str | None, tags: dict[str, str]
) -> None:
    try:
        AssumeRoleRequest(
            role_arn=role,
            session_name=name,
            duration_seconds=seconds,
            external_id=external_id,
            tags=tags,
        )
    except Problem as problem:
        assert "\n" not in str(problem)


def test_an_endpoint_where_nobody_answers_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with pytest.raises(Problem, match="rolecall local up") as caught:
        caller_identity(sts_client("eu-central-1"))
    assert caught.value.exit_code == Exit.UNREACHABLE
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ProxyConnectionError(proxy_url="http://proxy"), "HTTPS_PROXY"),
        (ConnectTimeoutError(endpoint_url="https://sts"), "network"),
        (ReadTimeoutError(endpoint_url="https://sts"), "network"),
        (SSLError(endpoint_url="https://sts", error="self-signed"), "AWS_CA_BUNDLE"),
    ],
)
def test_an_aws_out_of_reach_is_said(error: Exception, said: str) -> None:
    with pytest.raises(Problem, match=said) as caught, failures_in_words():
        raise error
    assert caught.value.exit_code == Exit.UNREACHABLE


@pytest.mark.parametrize("variable", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
def test_credentials_with_a_line_break_are_not_the_networks_fault(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv(variable, f"{SECRET}\nx")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with pytest.raises(Problem, match="line break") as caught:
        caller_identity(sts_client("eu-central-1"))
    assert caught.value.exit_code == Exit.BAD_INPUT
    assert SECRET not in str(caught.value)


def test_an_unknown_profile_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with pytest.raises(Problem, match="nobody-has-this"):
        sts_client("eu-central-1", "nobody-has-this")

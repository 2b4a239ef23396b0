"""`rolecall serve`: an endpoint for containers, until a signal ends it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import botocore.session
import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit, Problem
from rolecall.session.serve_token import serve_token
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

PROJECT = Path(__file__).parents[3]
Output = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def keys(sts: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))


@contextmanager
def serving(*options: str) -> Iterator[tuple["subprocess.Popen[str]", dict[str, str]]]:
    command = [sys.executable, "-m", "rolecall.cli.main", "serve", "tes", "deployer"]
    process = subprocess.Popen(
        [*command, "--json", *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    text = ""
    try:
        while not text.endswith("}\n"):
            line = process.stdout.readline()
            assert line, process.communicate()
            text += line
        yield process, json.loads(text)
    finally:
        process.kill()
        process.communicate()


def use(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> str:
    """The session token that the SDK gets with these variables, and no others."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    credentials = botocore.session.get_session().get_credentials()
    return str(credentials.get_frozen_credentials().token)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_sdk_in_another_process_gets_the_session(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    with serving() as (process, variables):
        assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-central-1"
        assert use(variables, monkeypatch) == SESSION_TOKEN
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert process.returncode == Exit.OK
    assert out == ""
    assert "assumed-role/tes-deployer/" in err
    assert variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] not in err
    assert SESSION_TOKEN not in err


def test_the_token_in_a_file_is_made_and_removed(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "token"
    with serving("--token-file", "token") as (process, variables):
        assert "AWS_CONTAINER_AUTHORIZATION_TOKEN" not in variables
        assert variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] == str(path)
        assert path.stat().st_mode & 0o777 == 0o600
        assert use(variables, monkeypatch) == SESSION_TOKEN
        process.terminate()
        process.communicate(timeout=20)
    assert not path.exists()


def test_a_token_that_was_given_is_used_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("a-token-of-my-own")
    with serve_token(path, {}) as token:
        assert (token.value, token.file) == ("a-token-of-my-own", path)
    assert path.exists()
    with serve_token(None, {"ROLECALL_SERVE_TOKEN": "x" * 16}) as token:
        assert (token.value, token.file) == ("x" * 16, None)
        assert "x" * 16 not in repr(token)
    with serve_token(None, {}) as one, serve_token(None, {}) as other:
        assert one.value != other.value


@pytest.mark.parametrize(
    "content", ["", "short", "with a line break in it\n", "with a space x", "é" * 20]
)
def test_what_can_be_no_token_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "token"
    path.write_text(content)
    with pytest.raises(Problem, match="--token-file") as caught, serve_token(path, {}):
        pass
    assert not content or content not in str(caught.value)
    variables = {"ROLECALL_SERVE_TOKEN": content or " " * 20}
    with pytest.raises(Problem, match="ROLECALL_SERVE_TOKEN"), serve_token(None, variables):
        pass


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--port", "70000"], "port"),
        (["--port", "-1"], "port"),
        (["--token-file", "no/folder/token"], "--token-file"),
    ],
)
def test_what_cannot_be_served_is_said(capsys: Output, options: list[str], reason: str) -> None:
    assert main(["serve", "tes", "deployer", *options]) == Exit.BAD_INPUT
    out, err = capsys.readouterr()
    assert reason in err
    assert out == ""


def test_without_a_session_nothing_is_served(sts: Recorder, capsys: Output) -> None:
    sts.refuse("AccessDenied", "no", 403)
    assert main(["serve", "tes", "deployer", "--token-file", "token"]) == Exit.DENIED
    assert capsys.readouterr().out == ""
    assert not Path("token").exists()

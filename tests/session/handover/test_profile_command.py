"""`rolecall profile`: the real AWS CLI takes the profile for the role."""

import argparse
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import botocore.session
import pytest

from rolecall.cli import process
from rolecall.cli.becoming import add_role_arguments
from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.handover.company import Company
from tests.session.proofs import jwt
from tests.session.recording_sts import Recorder

Output = pytest.CaptureFixture[str]
AWS = Path(sys.executable).with_name("aws")

pytestmark = pytest.mark.xdist_group("handover")


def profile(*words: str) -> int:
    return main(["profile", "tes", "deployer", *words])


@pytest.fixture
def administrator(company: Company, project: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    """The administrator's keys in a profile of their own, and none in the environment."""
    keys = "".join(f"{name.lower()} = {value}\n" for name, value in company.keys.items())
    (project / ".aws").mkdir()
    (project / ".aws/credentials").write_text(f"# mine\n[administrator]\n{keys}")
    for name in company.keys:
        monkeypatch.delenv(name)
    return company


def aws_says(project: Path, *options: str, **environment: str) -> str:
    """Whom the AWS CLI works as, in a shell of another folder without any variables."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    ran = subprocess.run(
        [AWS, "sts", "get-caller-identity", "--query", "Arn", "--output", "text", *options],
        env={**clean, "AWS_EC2_METADATA_DISABLED": "true", **environment},
        cwd="/",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_the_aws_cli_gets_credentials_through_the_process(
    administrator: Company, project: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert profile("--profile", "administrator") == Exit.OK
    out, err = capsys.readouterr()
    assert out == "tes-repository\n"
    assert "--profile tes-repository" in err
    for name in administrator.keys:
        assert os.environ.get(name) is None
    arn = aws_says(project, "--profile", "tes-repository")
    assert arn.endswith("assumed-role/tes-deployer/root") or "/tes-deployer/" in arn
    # A tool that is told by variable tells the process; that must not ask itself.
    assert "/tes-deployer/" in aws_says(project, AWS_PROFILE="tes-repository")
    assert not any(secret in written(project) for secret in administrator.keys.values())


def written(project: Path) -> str:
    return (project / ".aws/config").read_text()


def test_static_keys(administrator: Company, project: Path, capsys: Output) -> None:
    assert profile("--profile", "administrator", "--static", "--name", "mine", "--json") == Exit.OK
    printed = json.loads(capsys.readouterr().out)
    assert printed == {
        "profile": "mine",
        "changed": [str(project / ".aws/config"), str(project / ".aws/credentials")],
    }
    assert "/tes-deployer/" in aws_says(project, "--profile", "mine")
    assert profile("--remove", "--name", "mine") == Exit.OK
    assert "mine is gone" in capsys.readouterr().err
    assert (project / ".aws/credentials").read_text().startswith("# mine\n[administrator]\n")
    assert "tes-deployer" not in (project / ".aws/credentials").read_text()


@pytest.fixture
def keys(sts: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")


def command_written() -> list[str]:
    profiles = botocore.session.get_session().full_config["profiles"]
    return shlex.split(profiles["tes-repository"]["credential_process"])


@pytest.mark.usefixtures("keys")
def test_nothing_is_asked_of_aws_and_a_missing_source_is_noted(
    sts: Recorder, capsys: Output
) -> None:
    assert profile() == Exit.OK
    assert sts.asked == []
    assert "no source profile" in capsys.readouterr().err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("config", "variable", "expected"),
    [
        ("[default]\naws_access_key_id = a\naws_secret_access_key = b\n", None, "default"),
        ("[profile me]\naws_access_key_id = a\naws_secret_access_key = b\n", "me", "me"),
        ("", None, None),
    ],
)
def test_the_profile_that_is_in_force_is_the_source(
    project: Path, monkeypatch: pytest.MonkeyPatch, config: str, variable: str, expected: str
) -> None:
    (project / ".aws").mkdir()
    (project / ".aws/config").write_text(config)
    if variable is not None:
        monkeypatch.setenv("AWS_PROFILE", variable)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert profile() == Exit.OK
    command = command_written()
    assert ("--profile" in command) == (expected is not None)
    if expected is not None:
        assert command[command.index("--profile") + 1] == expected


@pytest.mark.usefixtures("project")
def test_a_profile_is_not_its_own_source(monkeypatch: pytest.MonkeyPatch, capsys: Output) -> None:
    assert profile("--profile", "tes-repository") == Exit.BAD_INPUT
    monkeypatch.setenv("AWS_PROFILE", "tes-repository")
    assert profile() == Exit.BAD_INPUT
    assert "own source" in capsys.readouterr().err


#: A value for each option that says which role is wanted and who asks.
VALUES = {
    "path": "/ci/",
    "account": "222222222222",
    "duration": "900",
    "session_name": "-name",
    "region": "eu-west-1",
    "profile": "me",
    "external_id": "acme it's 1",
    "source_identity": "alice",
    "tag": "a=b c",
    "transitive_tag": "a",
    "mfa_serial": "arn:aws:iam::111111111111:mfa/me",
    "mfa_process": "printf 123456",
    "web_identity_token_file": "token",
    "audience": "x",
    "saml_assertion": "response",
    "saml_provider": "acme",
    "policy": "policy.json",
    "policy_arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "environments": "environments",
    "via": "identity/hub",
}


def test_the_process_wishes_for_the_same(project: Path) -> None:
    """Every option is in the command, whatever options there come to be."""
    from rolecall.cli.profile import _same_options

    parser = argparse.ArgumentParser()
    add_role_arguments(parser)
    for action in parser._actions:
        if not action.option_strings or action.dest in ("help", "profile", "refresh"):
            continue
        words = [action.option_strings[-1]]
        if action.nargs != 0:
            words = [f"{words[0]}={VALUES[action.dest]}"]
        given = parser.parse_args(["tes", "deployer", *words])
        again = argparse.ArgumentParser()
        process.configure(again)
        read = vars(again.parse_args(["tes", "deployer", *_same_options(given)]))
        for name, value in vars(given).items():
            expected = value
            if name in ("environments", "web_identity_token_file", "policy") and value:
                expected = value.absolute()
            if name == "saml_assertion" and value:
                expected = str(Path(value).absolute())
            assert read[name] == expected, name


def test_a_proof_in_a_file_is_found_from_everywhere(project: Path, sts: Recorder) -> None:
    (project / "token").write_text(jwt(sub="me"))
    assert profile("--web-identity-token-file", "token", "--name", "pod") == Exit.OK
    profiles = botocore.session.get_session().full_config["profiles"]
    command = shlex.split(profiles["pod"]["credential_process"])
    assert command[:2] == [sys.executable, "-IS"]
    answers = []
    for folder in ("/", str(project)):
        ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        answers.append(json.loads(ran.stdout))
    assert answers[0]["Version"] == 1
    assert answers[0] == answers[1]
    # At an endpoint on this machine the token is judged each time.
    assert [asked.parameters["WebIdentityToken"] for asked in sts.asked] == [jwt(sub="me")] * 2


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--saml-assertion", "-"], "read once"),
        (["--name", "default"], "everybody's"),
        (["--name", "a b"], "letters"),
        (["--remove", "--name", ""], "letters"),
    ],
)
def test_what_cannot_be_a_profile_is_said(
    project: Path, capsys: Output, options: list[str], reason: str
) -> None:
    assert profile(*options) == Exit.BAD_INPUT
    assert reason in capsys.readouterr().err
    assert not (project / ".aws").exists()


@pytest.mark.usefixtures("keys")
def test_a_profile_of_somebody_elses_is_a_conflict(project: Path, capsys: Output) -> None:
    (project / ".aws").mkdir()
    (project / ".aws/credentials").write_text("[tes-repository]\naws_access_key_id = AKIASECRET\n")
    assert profile() == Exit.CONFLICT
    out, err = capsys.readouterr()
    assert out == ""
    assert "--name" in err
    assert "AKIASECRET" not in err
    assert profile("--remove") == Exit.OK
    assert "There was no tes-repository" in capsys.readouterr().err
    assert "AKIASECRET" in (project / ".aws/credentials").read_text()

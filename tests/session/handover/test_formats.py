"""`rolecall assume --format …` and `--user-file`: the same session in every form."""

import io
import json
import subprocess
from pathlib import Path

import dotenv
import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

Output = pytest.CaptureFixture[str]

VARIABLES = {
    "AWS_ACCESS_KEY_ID": "ASIAEXAMPLEEXAMPLE12",
    "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    "AWS_SESSION_TOKEN": SESSION_TOKEN,
    "AWS_CREDENTIAL_EXPIRATION": "2099-01-01T00:00:00+00:00",
    "AWS_ACCOUNT_ID": "111111111111",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
}
UNSET = (
    "unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SECURITY_TOKEN AWS_ROLE_ARN "
    "AWS_ROLE_SESSION_NAME AWS_WEB_IDENTITY_TOKEN_FILE"
)


@pytest.fixture(autouse=True)
def keys(sts: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


def printed(capsys: Output, *options: str) -> str:
    assert main(["assume", "tes", "deployer", *options]) == Exit.OK
    out, err = capsys.readouterr()
    assert "assumed-role/tes-deployer/alice until 2099" in err
    assert SECRET_KEY not in err
    assert SESSION_TOKEN not in err
    return out


@pytest.mark.parametrize("options", [[], ["--format", "bash"]])
def test_bash_is_as_it_always_was(capsys: Output, options: list[str]) -> None:
    exports = "".join(f"export {name}={value}\n" for name, value in VARIABLES.items())
    assert printed(capsys, *options) == f"{UNSET}\n{exports}"


def test_the_other_shells(capsys: Output) -> None:
    assert f"export AWS_SESSION_TOKEN='{SESSION_TOKEN}'\n" in printed(capsys, "--format", "zsh")
    fish = printed(capsys, "--format", "fish")
    assert f"set -g -x AWS_SESSION_TOKEN '{SESSION_TOKEN}'\n" in fish
    assert "set -e -g AWS_PROFILE;" in fish
    powershell = printed(capsys, "--format", "powershell")
    assert f"$env:AWS_SESSION_TOKEN = '{SESSION_TOKEN}'\n" in powershell
    assert "$env:AWS_PROFILE = $null\n" in powershell


def test_dotenv(capsys: Output) -> None:
    text = printed(capsys, "--format", "dotenv")
    assert dotenv.dotenv_values(stream=io.StringIO(text)) == VARIABLES
    assert "'" not in text


@pytest.mark.parametrize("options", [["--json"], ["--format", "json"]])
def test_json_is_a_credential_process(capsys: Output, options: list[str]) -> None:
    assert json.loads(printed(capsys, *options)) == {
        "Version": 1,
        "AccessKeyId": "ASIAEXAMPLEEXAMPLE12",
        "SecretAccessKey": SECRET_KEY,
        "SessionToken": SESSION_TOKEN,
        "Expiration": "2099-01-01T00:00:00+00:00",
        "AccountId": "111111111111",
        "AssumedRoleArn": "arn:aws:sts::111111111111:assumed-role/tes-deployer/alice",
    }


def test_a_github_job_sees_masks_first_and_no_secret_outside_of_them(
    project: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project / "github-env"
    path.write_text("BEFORE=1\n")
    monkeypatch.setenv("GITHUB_ENV", str(path))
    assert printed(capsys, "--format", "github").splitlines() == [
        f"::add-mask::{SECRET_KEY}",
        f"::add-mask::{SESSION_TOKEN}",
        "::add-mask::ASIAEXAMPLEEXAMPLE12",
    ]
    text = path.read_text()
    assert text.startswith("BEFORE=1\nAWS_ACCESS_KEY_ID<<rolecall-")
    for name, value in VARIABLES.items():
        assert f"\n{value}\n" in text.split(f"{name}<<")[1]


def test_outside_of_a_github_job_nothing_is_asked(sts: Recorder, capsys: Output) -> None:
    assert main(["assume", "tes", "deployer", "--format", "github"]) == Exit.BAD_INPUT
    assert "GITHUB_ENV" in capsys.readouterr().err
    assert sts.asked == []


@pytest.mark.parametrize("options", [["--user-file"], ["--user-file", "a/b.sh"]])
def test_a_file_to_be_sourced(project: Path, capsys: Output, options: list[str]) -> None:
    path = project / (options[1] if len(options) > 1 else "assumed_user.sh")
    path.parent.mkdir(exist_ok=True)
    assert printed(capsys, *options) == ""
    assert path.stat().st_mode & 0o777 == 0o600
    script = f'. {path}; printf %s "$AWS_SESSION_TOKEN"'
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == SESSION_TOKEN


def test_somebody_elses_file_is_a_conflict(sts: Recorder, project: Path, capsys: Output) -> None:
    (project / "assumed_user.sh").write_text("mine\n")
    assert main(["assume", "tes", "deployer", "--user-file"]) == Exit.CONFLICT
    assert (project / "assumed_user.sh").read_text() == "mine\n"
    assert "assumed_user.sh" in capsys.readouterr().err
    assert sts.asked == []


@pytest.mark.parametrize(
    "options", [["--format", "xml"], ["--json", "--format", "zsh"], ["--json", "--user-file"]]
)
def test_one_form_at_a_time(options: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["assume", "tes", "deployer", *options])
    assert caught.value.code == Exit.BAD_INPUT

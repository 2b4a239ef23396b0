"""`rolecall exec`: a command works as the role, for longer than a session lasts."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from rolecall.session import AssumeRoleRequest, become, sts_client
from rolecall.session.container_server import serving
from rolecall.session.default_profile import past_the_default_profile
from rolecall.session.execute import OF_CREDENTIALS, environment_of, execute
from rolecall.session.kept import KeptSession
from tests.session.handover.company import ACCOUNT, Company
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

Output = pytest.CaptureFixture[str]
PROJECT = Path(__file__).parents[3]
AWS = Path(sys.executable).with_name("aws")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tes-deployer"

#: One embedded AWS for all of them.
pytestmark = pytest.mark.xdist_group("handover")

ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
IDENTITY = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"


def run(*words: str) -> int:
    return main(["exec", "tes", "deployer", *words])


def environment_seen(capfd: Output, *options: str) -> dict[str, str]:
    assert run(*options, "--", sys.executable, "-c", ENVIRONMENT) == Exit.OK
    seen: dict[str, str] = json.loads(capfd.readouterr().out)
    return seen


@pytest.fixture
def keys(sts: Recorder, project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)


@pytest.mark.usefixtures("keys")
def test_the_command_gets_an_endpoint_and_no_keys(
    sts: Recorder, capfd: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "/no/such/file")
    seen = environment_seen(capfd)
    assert {name for name in OF_CREDENTIALS if name in seen} == {
        "AWS_ACCOUNT_ID",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    }
    assert seen["AWS_ENDPOINT_URL"] == sts.url
    assert seen["AWS_REGION"] == seen["AWS_DEFAULT_REGION"] == "eu-central-1"
    assert seen["AWS_ACCOUNT_ID"] == ACCOUNT
    assert not any(secret in str(seen) for secret in (SECRET_KEY, SESSION_TOKEN))


@pytest.mark.usefixtures("keys")
def test_static_keys_for_tools_that_know_no_endpoint(sts: Recorder, capfd: Output) -> None:
    seen = environment_seen(capfd, "--static")
    assert seen["AWS_SESSION_TOKEN"] == SESSION_TOKEN
    assert seen["AWS_CREDENTIAL_EXPIRATION"].startswith("2099")
    assert not any(name.startswith("AWS_CONTAINER") for name in seen)


@pytest.mark.usefixtures("keys")
def test_exit_codes(capfd: Output) -> None:
    assert run("--", "sh", "-c", "exit 7") == 7
    assert run("--static", "--", "sh", "-c", "kill -9 $$") == 137
    assert run("--", "no-such-command-anywhere") == 127
    assert run("--", "/") == 126
    assert "no-such-command-anywhere" in capfd.readouterr().err


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("words", [[], ["--"]])
def test_without_a_command_it_says_where_to_write_it(
    sts: Recorder, capfd: Output, words: list[str]
) -> None:
    assert run(*words) == Exit.BAD_INPUT
    assert "after --" in capfd.readouterr().err
    assert sts.asked == []


@pytest.mark.usefixtures("keys")
def test_options_of_the_command_are_its_own(sts: Recorder, capfd: Output) -> None:
    assert run("--duration", "900", "--", "echo", "--duration", "-h", "--", "x") == Exit.OK
    out, err = capfd.readouterr()
    assert out == "--duration -h -- x\n"
    assert sts.asked[0].parameters["DurationSeconds"] == "900"
    assert "assumed-role/tes-deployer/alice" in err
    assert SESSION_TOKEN not in err


@pytest.mark.usefixtures("keys")
def test_a_refusal_starts_nothing(sts: Recorder, capfd: Output) -> None:
    sts.refuse("AccessDenied", "no", 403)
    assert run("--", "echo", "started") == Exit.DENIED
    assert capfd.readouterr().out == ""


def test_a_default_profile_with_keys_does_not_take_the_roles_place(
    company: Company, project: Path, capfd: Output
) -> None:
    """SDKs look at profiles first; the command must be the role all the same."""
    (project / ".aws").mkdir()
    (project / ".aws/credentials").write_text(
        "[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = x\n"
    )
    config = "[default]\noutput = text\nregion = us-east-1\ns3 =\n  addressing_style = path"
    (project / ".aws/config").write_text(config)
    assert run("--", sys.executable, "-c", IDENTITY) == Exit.OK
    assert capfd.readouterr().out.strip().endswith("assumed-role/tes-deployer/alice")
    command = ["sts", "get-caller-identity", "--query", "Arn"]
    assert run("--", str(AWS), *command) == Exit.OK
    out = capfd.readouterr().out
    assert out.strip().endswith("assumed-role/tes-deployer/alice")
    assert '"' not in out, "the default profile's `output = text` still counts"
    look = 'echo "$AWS_CONFIG_FILE"; cat "$AWS_CONFIG_FILE"; stat -c %a "$AWS_CONFIG_FILE"'
    assert run("--", "sh", "-c", look) == Exit.OK
    name, rest = capfd.readouterr().out.split("\n", 1)
    assert rest.startswith(config)
    assert "addressing_style = path" in rest.removeprefix(config)
    assert rest.endswith("600\n")
    assert not Path(name).exists()
    assert (project / ".aws/config").read_text() == config


def test_other_profiles_of_the_caller_still_work(
    company: Company, project: Path, capfd: Output
) -> None:
    (project / ".aws").mkdir()
    keys = "\n".join(f"{name.lower()} = {value}" for name, value in company.keys.items())
    (project / ".aws/credentials").write_text(f"[default]\n{keys}\n[administrator]\n{keys}\n")
    command = [str(AWS), "--profile", "administrator", "sts", "get-caller-identity"]
    assert run("--", *command) == Exit.OK
    assert ":user/" in json.loads(capfd.readouterr().out)["Arn"]


def test_the_endpoint_of_the_profile_that_is_left_behind_goes_along(
    company: Company, project: Path, capfd: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = "\n".join(f"{name.lower()} = {value}" for name, value in company.keys.items())
    (project / ".aws").mkdir()
    (project / ".aws/config").write_text(
        f"[profile embedded]\nendpoint_url = {company.url}\n{keys}\n"
    )
    for name in ("AWS_ENDPOINT_URL", *company.keys):
        monkeypatch.delenv(name)
    for options in (["--profile", "embedded"], ["--profile", "embedded", "--static"]):
        assert run(*options, "--", sys.executable, "-c", IDENTITY) == Exit.OK
        assert "/tes-deployer/" in capfd.readouterr().out


#: Works for two simulated hours, in steps of ten minutes, with one client of boto3 whose
#: clock is the embedded AWS's, and asks with the AWS CLI in between.
LONG_JOB = """
import datetime, json, os, subprocess, sys, urllib.request, boto3
offset = 0
def advance(seconds):
    global offset
    request = urllib.request.Request(
        os.environ["CLOCK_URL"], json.dumps({"advance_seconds": seconds}).encode(),
        {os.environ["CLOCK_HEADER"]: os.environ["CLOCK_TOKEN"]})
    urllib.request.urlopen(request).read()
    offset += seconds
session = boto3.Session()
session.get_credentials()._time_fetcher = lambda: (
    datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=offset))
sts = session.client("sts")
keys = set()
for step in range(12):
    assert "assumed-role/tes-deployer/" in sts.get_caller_identity()["Arn"]
    keys.add(session.get_credentials().get_frozen_credentials().access_key)
    if step in (5, 11):
        command = [sys.argv[1], "sts", "get-caller-identity", "--output", "text"]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert "assumed-role/tes-deployer/" in said
    advance(600)
print(len(keys))
"""


def test_a_job_of_two_hours_with_sessions_of_a_quarter(company: Company, capfd: Output) -> None:
    client = sts_client("eu-central-1")
    request = AssumeRoleRequest(role_arn=ROLE, session_name="long-job", duration_seconds=900)
    kept = KeptSession(lambda: become(client, request), now=company.cloud.now)
    with serving(kept.current) as server:
        environment = environment_of(
            server.variables | company.clock_control, "eu-central-1", os.environ
        )
        code = execute([sys.executable, "-c", LONG_JOB, str(AWS)], environment)
    out, err = capfd.readouterr()
    assert (code, err) == (0, "")
    assert int(out) >= 6


def test_the_session_of_a_static_job_ends(
    company: Company, capfd: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the endpoint is there for: keys in variables do not outlast the session."""
    script = LONG_JOB.replace("session.get_credentials()._time_fetcher", "_")
    for name, value in company.clock_control.items():
        monkeypatch.setenv(name, value)
    code = run("--static", "--duration", "900", "--", sys.executable, "-c", script, str(AWS))
    assert code == 1
    assert "ExpiredToken" in capfd.readouterr().err


def test_nothing_is_in_the_way_without_a_default_profile(project: Path) -> None:
    with past_the_default_profile() as variables:
        assert variables == {}
    (project / ".aws").mkdir()
    (project / ".aws/config").write_text("[default]\nregion = x\n[profile rolecall-exec]\na = b\n")
    with past_the_default_profile() as variables:
        assert variables == {}
    (project / ".aws/config").write_text(
        "[default]\ncredential_process = x\n[profile rolecall-exec]\na = b\n"
    )
    with past_the_default_profile() as variables:
        assert variables["AWS_PROFILE"] == "rolecall-exec-"


def test_a_command_that_is_ended_leaves_nothing_behind(
    company: Company, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project / ".aws").mkdir()
    (project / ".aws/config").write_text("[default]\nrole_arn = x\nsource_profile = default\n")
    (project / "tmp").mkdir()
    script = "echo $AWS_CONFIG_FILE; exec sleep 600"
    command = [sys.executable, "-m", "rolecall.cli.main", "exec", "tes", "deployer"]
    process = subprocess.Popen(
        [*command, "--", "sh", "-c", script],
        env={**os.environ, "TMPDIR": str(project / "tmp"), "PYTHONPATH": str(PROJECT)},
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().startswith(str(project / "tmp"))
    process.terminate()
    process.communicate(timeout=20)
    assert process.returncode == 128 + 15
    assert list((project / "tmp").iterdir()) == []

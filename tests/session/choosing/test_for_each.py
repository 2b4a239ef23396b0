"""`rolecall for-each`: the same command in many environments, each time as its role."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.choosing.company import STG, TES, Company

Output = pytest.CaptureFixture[str]

#: One embedded AWS for all of them.
pytestmark = pytest.mark.xdist_group("choosing")

WHO = (
    "import boto3, os; "
    "print(os.environ['ROLECALL_ENVIRONMENT'], boto3.client('sts').get_caller_identity()['Arn'])"
)

KEYS = "import os; print(os.environ['AWS_ACCESS_KEY_ID'][:4], os.environ['AWS_ACCOUNT_ID'])"


def each(names: str, *words: str) -> int:
    return main(["for-each", "--environments", names, *words])


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", code]


@pytest.mark.usefixtures("company")
def test_each_environment_gets_its_own_role(capfd: Output) -> None:
    assert each("tes,stg", "--parallel", "2", *python(WHO)) == Exit.OK
    out, err = capfd.readouterr()
    assert sorted(out.splitlines()) == [
        f"stg | stg arn:aws:sts::{STG}:assumed-role/stg-reader/alice",
        f"tes | tes arn:aws:sts::{TES}:assumed-role/tes-reader/alice",
    ]
    assert f"tes  {TES}  tes-reader  exit code 0" in err
    assert "\x1b" not in out + err


@pytest.mark.usefixtures("company")
def test_keys_in_variables(capfd: Output) -> None:
    assert each("tes,stg", "--static", *python(KEYS)) == Exit.OK
    assert capfd.readouterr().out == f"tes | ASIA {TES}\nstg | ASIA {STG}\n"


@pytest.mark.usefixtures("company")
def test_output_stays_on_its_stream_and_every_line_says_whose_it_is(capfd: Output) -> None:
    code = "import sys; print('a\\nb'); print('talk', file=sys.stderr); sys.stdout.write('no end')"
    assert each("tes", *python(code)) == Exit.OK
    out, err = capfd.readouterr()
    assert out == "tes | a\ntes | b\ntes | no end\n"
    assert "tes | talk\n" in err


@pytest.mark.usefixtures("company")
def test_one_that_cannot_be_become_leaves_the_others_alone(capfd: Output) -> None:
    assert each("prd,tes", *python("print('here')")) == Exit.FAILED
    out, err = capfd.readouterr()
    assert out == "tes | here\n"
    assert "AccessDenied" in err
    assert "exit code 0" in err


@pytest.mark.usefixtures("company")
def test_it_stops_after_a_failure_if_so_wished(capfd: Output) -> None:
    command = python("import sys; print('here'); sys.exit(7)")
    assert each("tes,stg", "--stop-on-failure", *command) == Exit.FAILED
    out, err = capfd.readouterr()
    assert out == "tes | here\n"
    assert "exit code 7" in err
    assert "not run" in err


@pytest.mark.usefixtures("company")
def test_json_holds_everything(capfd: Output) -> None:
    command = python("import os, sys; print(os.environ['AWS_REGION']); sys.exit('bad')")
    assert each("all", "--except", "identity,prd", "--json", *command) == Exit.FAILED
    told = json.loads(capfd.readouterr().out)
    assert told["command"][0] == sys.executable
    stg, tes = told["outcomes"]
    assert (tes["environment"], tes["account"], tes["exit_code"]) == ("tes", TES, 1)
    assert (tes["stdout"], tes["stderr"]) == ("eu-central-1\n", "bad\n")
    assert stg["stdout"] == "eu-west-1\n"


@pytest.mark.usefixtures("company")
def test_from_a_central_role(capfd: Output) -> None:
    assert each("tes,stg", "--via", "identity/hub", "--static", *python(KEYS)) == Exit.OK
    out, err = capfd.readouterr()
    assert out == f"tes | ASIA {TES}\nstg | ASIA {STG}\n"
    assert "assumed-role/identity-hub" in err


def test_credentials_of_another_account_run_nothing(
    company: Company, capfd: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "rolecall.cli.for_each.client_as",
        lambda session, service, *_: company.client(service, STG),
    )
    assert each("tes", *python("print('here')")) == Exit.FAILED
    out, err = capfd.readouterr()
    assert out == ""
    assert "thrown away" in err


@pytest.mark.usefixtures("company")
@pytest.mark.parametrize(
    ("words", "said"),
    [(["/nowhere/at/all"], "exit code 127"), (["/etc/passwd"], "exit code 126")],
)
def test_a_command_that_cannot_be_started(capfd: Output, words: list[str], said: str) -> None:
    assert each("tes", "--", *words) == Exit.FAILED
    assert said in capfd.readouterr().err


@pytest.mark.usefixtures("project")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tse", "--", "true"], 'Did you mean "tes"'),
        (["tes,,nope", "--", "true"], "'nope'"),
        (["tes", "--except", "tes", "--", "true"], "no environment is left"),
        (["tes"], "which command"),
        (["tes", "--parallel", "0", "--", "true"], "1 to 32"),
        (["tes", "--via", "hub", "--", "true"], "<environment>/<role>"),
        (["tes", "--via", "identity/hub", "--duration", "7200", "--", "true"], "role chaining"),
        (["tes,stg", "--saml-assertion", "-", "--", "true"], "--via"),
        (["tes,stg", "--mfa-serial", "arn:aws:iam::1:mfa/me", "--", "true"], "--mfa-process"),
    ],
)
def test_what_cannot_be_meant_is_said_first(
    capfd: Output, words: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "not-used")
    assert each(*words) == Exit.BAD_INPUT
    out, err = capfd.readouterr()
    assert said in err
    assert out == ""


@pytest.mark.usefixtures("company")
def test_a_reader_that_goes_away_stops_no_command(project: Path) -> None:
    code = "import pathlib; [print('x' * 99) for _ in range(9999)]; pathlib.Path('end').touch()"
    words = ["for-each", "--environments", "tes", *python(code)]
    process = subprocess.Popen(
        [sys.executable, "-m", "rolecall.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    err = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(60) == Exit.OK
    assert "BrokenPipe" not in err
    assert (project / "end").exists()


@pytest.mark.usefixtures("company")
def test_a_full_disk_stops_no_command_and_is_said(project: Path) -> None:
    code = (
        "import pathlib, sys; print('lost', flush=True); print('lost'); sys.stdout.flush(); "
        "pathlib.Path('ran').write_text('')"
    )
    command = [sys.executable, "-m", "rolecall.cli.main", "for-each", "--environments", "tes"]
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [*command, *python(code)], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert ran.returncode == Exit.FAILED
    assert ran.stderr.endswith("rolecall: stdout cannot be written: No space left on device.\n")
    assert "exit code 0" in ran.stderr
    assert (project / "ran").exists()


@pytest.mark.usefixtures("company")
def test_a_signal_ends_the_commands_and_starts_no_more() -> None:
    waits = "import time; print('started', flush=True); time.sleep(60)"
    words = ["for-each", "--environments", "tes,stg", *python(waits)]
    process = subprocess.Popen(
        [sys.executable, "-m", "rolecall.cli.main", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "tes | started\n"
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 128 + signal.SIGTERM, err
    assert "exit code 143" in err
    assert "not run" in err

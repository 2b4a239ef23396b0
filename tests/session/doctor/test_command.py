"""`rolecall doctor`: exit codes, JSON, and mending nothing but modes."""

import json
from pathlib import Path

import pytest

from rolecall.cli.main import main
from rolecall.problems import Exit
from tests.session.recording_sts import Recorder

Output = pytest.CaptureFixture[str]


@pytest.fixture
def home(sts: Recorder, bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which all is well, an old AWS CLI apart."""
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.chdir(bare_environment)
    (bare_environment / ".aws").mkdir(mode=0o700)
    return bare_environment


@pytest.mark.usefixtures("home")
def test_all_is_well(capsys: Output) -> None:
    assert main(["doctor"]) == Exit.OK
    out, err = capsys.readouterr()
    assert "FAIL" not in out
    assert "\x1b" not in out
    assert err == ""


def test_a_problem_and_its_fix(home: Path, capsys: Output) -> None:
    file = home / ".aws/credentials"
    file.write_text("[default]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = hush\n")
    file.chmod(0o644)
    assert main(["doctor", "--offline", "--json"]) == Exit.FAILED
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    [bad] = [each for each in told["findings"] if each["level"] == "problem"]
    assert bad["fix"] == f"chmod 600 {file}"
    assert "hush" not in json.dumps(told)
    assert main(["doctor", "--offline", "--fix", "--json"]) == Exit.OK
    told = json.loads(capsys.readouterr().out)
    assert [each["check"] for each in told["findings"] if each["mended"]] == ["file modes"]
    assert file.stat().st_mode & 0o777 == 0o600
    assert "hush" in file.read_text()


def test_offline_asks_nobody(home: Path, sts: Recorder, capsys: Output) -> None:
    assert main(["doctor", "--offline"]) == Exit.OK
    assert sts.asked == []


@pytest.mark.usefixtures("home")
def test_an_environment_that_is_not_there(capsys: Output) -> None:
    assert main(["doctor", "tes"]) == Exit.BAD_INPUT
    assert capsys.readouterr().out == ""


def test_nothing_is_mended_unless_it_is_safe(home: Path, capsys: Output) -> None:
    cache = home / ".aws/cli/cache"
    cache.mkdir(parents=True, mode=0o700)
    (cache / "x.json").write_text("{")
    (cache / "x.json").chmod(0o600)
    assert main(["doctor", "--offline", "--fix"]) == Exit.FAILED
    assert (cache / "x.json").read_text() == "{"
    assert "do: rm " in capsys.readouterr().out

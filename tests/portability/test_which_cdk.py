"""cdktf or cdktn: what `ROLECALL_CDK` says, else what is installed; and never half of each."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.environment import Environment
from rolecall.extras import MissingPackage
from rolecall.problems import Exit, Problem
from rolecall_cdktf import EnvironmentStack, _cdktf
from rolecall_cdktf._cdktf import Construct, Testing
from rolecall_cdktf._which_cdk import CDKTF, CDKTN, Cdk, choose, refuse_the_other

PROJECT = Path(__file__).parents[2]


def only(*there: Cdk) -> dict[str, object]:
    return {"environ": {}, "there": lambda cdk: cdk in there}


def test_the_one_that_is_installed_is_used() -> None:
    assert choose(**only(CDKTF)) is CDKTF
    assert choose(**only(CDKTN)) is CDKTN


def test_of_both_it_is_cdktf_and_so_it_is_of_none() -> None:
    assert choose(**only(CDKTF, CDKTN)) is CDKTF
    assert choose(**only()) is CDKTF


@pytest.mark.parametrize(("named", "chosen"), [("cdktf", CDKTF), ("cdktn", CDKTN)])
def test_the_variable_decides_whatever_is_installed(named: str, chosen: Cdk) -> None:
    for there in (only(), only(CDKTF), only(CDKTN), only(CDKTF, CDKTN)):
        assert choose(**{**there, "environ": {"ROLECALL_CDK": named}}) is chosen
    assert choose(**{**only(CDKTN), "environ": {"ROLECALL_CDK": ""}}) is CDKTN


def test_a_library_without_its_bindings_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    half = Cdk("half_a_cdk", "half_a_provider")
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "half_a_cdk.py").touch()
    (tmp_path / "half_a_provider").mkdir()  # a folder of the project, not a package
    there = _cdktf.choose.__globals__["installed"]
    assert not there(half)
    (tmp_path / "half_a_provider/__init__.py").touch()
    assert there(half)


def run(script: str, cdk: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script],
        cwd=PROJECT,
        env={**os.environ, "ROLECALL_CDK": cdk},
        capture_output=True,
        text=True,
    )


def test_another_value_is_an_error_of_one_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "main.py"],
        cwd=PROJECT,
        env={**os.environ, "ROLECALL_CDK": "aws-cdk"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == Exit.BAD_INPUT
    assert done.stderr == (
        "ROLECALL_CDK is 'aws-cdk'; set it to cdktf or to cdktn, or not at all.\n"
    )


@pytest.mark.parametrize("extra", ["cdktf", "cdktn"])
def test_the_extra_that_is_missing_is_named(extra: str) -> None:
    script = (
        "import sys\n"
        "sys.modules['cdktf'] = sys.modules['cdktn'] = None\n"
        "from rolecall_cdktf._cdktf import App"
    )
    done = run(script, extra)
    assert f"{MissingPackage.__name__}: {extra} is not installed" in done.stderr
    assert f"pip install 'rolecall[{extra}]'" in done.stderr


def of(module: str) -> object:
    """A construct of a class as a library would have it, and a user's own class above it."""
    theirs = type("App", (), {"__module__": module})
    return type("TheirApp", (theirs,), {"__module__": "their.app"})()


def test_a_construct_of_the_other_one_is_refused_with_the_remedy() -> None:
    with pytest.raises(Problem, match="set ROLECALL_CDK=cdktn before the app starts"):
        refuse_the_other(CDKTF, of("cdktn"))
    with pytest.raises(Problem, match="This TheirApp is one of cdktf"):
        refuse_the_other(CDKTN, of("cdktf"))
    refuse_the_other(CDKTN, of("cdktn"))
    refuse_the_other(CDKTF, of("constructs"))


def test_a_stack_in_an_app_of_the_other_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_cdktf, "CDK", CDKTN)
    app = Testing.app()
    environment = Environment(
        name="tes",
        account_id="111111111111",
        region="eu-central-1",
        identity_account_id="999999999999",
        external_id="acme-tes",
    )
    with pytest.raises(Problem, match="This App is one of cdktf"):
        EnvironmentStack(app, environment)
    with pytest.raises(Problem, match="This App is one of cdktf"):
        EnvironmentStack(Construct(app, "deeper"), environment)

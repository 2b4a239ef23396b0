"""What a shell reads back is what was written: the real shells, where they are installed."""

import io
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import dotenv
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.cli.shell import shell_lines
from rolecall.problems import Problem
from rolecall.session import shells

TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), max_size=25)
#: What quoting goes wrong on, in one shell or another.
AWKWARD = st.text(
    alphabet="'\"\\$`!=~:%#;&|<>(){}[]*?\n\t \u2018\u2019\u201a\u201bé=~", max_size=12
)
NAMES = ("ROLECALL_A", "ROLECALL_B", "ROLECALL_C")
VALUES = st.lists(st.one_of(TEXT, AWKWARD), min_size=1, max_size=3)
QUICK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def shell(name: str) -> str:
    found = shutil.which(name)
    if found is None and name == "pwsh":
        pytest.skip("PowerShell is in no archive of Debian; its rule is tested below")
    if found is None:
        pytest.fail(f"{name} is missing: run scripts/system_packages.sh, as `make test` does")
    return found


def read_back(command: list[str], script: str, home: Path) -> dict[str, str]:
    """Run the script, and then whatever prints the environment, with one variable too many."""
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    environment |= {"ROLECALL_STALE": "x", "ROLECALL_A": "before"}
    ran = subprocess.run(
        [*command, script], env=environment, capture_output=True, check=True, timeout=60
    )
    assert ran.stderr == b""
    pairs = (line.split("=", 1) for line in ran.stdout.decode().split("\0") if "=" in line)
    return {name: value for name, value in pairs if name.startswith("ROLECALL_")}


@pytest.mark.parametrize(
    ("name", "options", "write"),
    [
        ("bash", ["--norc", "-c"], shells.bash),
        ("bash", ["--posix", "-c"], shells.bash),
        ("sh", ["-c"], shells.bash),
        ("dash", ["-c"], shells.bash),
        ("mksh", ["-c"], shells.bash),
        ("zsh", ["-f", "-c"], shells.zsh),
        ("zsh", ["-f", "-o", "RC_QUOTES", "-o", "EXTENDED_GLOB", "-c"], shells.zsh),
        ("fish", ["-c"], shells.fish),
        ("pwsh", ["-NoProfile", "-Command"], shells.powershell),
    ],
)
@QUICK
@given(values=VALUES)
def test_a_shell_reads_back_what_was_written(
    tmp_path: Path, name: str, options: list[str], write: shells.Writer, values: list[str]
) -> None:
    variables = dict(zip(NAMES, values, strict=False))
    script = write(variables, ["ROLECALL_STALE", "ROLECALL_A", "ROLECALL_NEVER_SET"])
    assert read_back([shell(name), *options], script + "\nenv -0\n", tmp_path) == variables


@pytest.mark.parametrize(("name", "write"), [("bash", shells.bash), ("zsh", shells.zsh)])
@pytest.mark.parametrize("value", ["=ls", "a=b:=ls:~root", "''", "it's", "'", "!!", "a\nb\n"])
def test_it_survives_eval(tmp_path: Path, name: str, write: shells.Writer, value: str) -> None:
    (tmp_path / "lines").write_text(write({"ROLECALL_A": value}, ["ROLECALL_STALE"]) + "\n")
    script = f'eval "$(cat {tmp_path}/lines)"; env -0'
    assert read_back([shell(name), "-c"], script, tmp_path) == {"ROLECALL_A": value}


def test_fish_sources_a_pipe_and_leaves_universal_variables_alone(tmp_path: Path) -> None:
    fish = shell("fish")
    (tmp_path / "lines").write_text(shells.fish({"ROLECALL_A": "it's"}, ["ROLECALL_U"]))
    script = (
        f"set -U -x ROLECALL_U mine; cat {tmp_path}/lines | source; "
        "echo $ROLECALL_A; set -q -U ROLECALL_U; and echo kept"
    )
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ran = subprocess.run([fish, "-c", script], env=environment, capture_output=True, text=True)
    assert ran.stdout == "it's\nkept\n"
    assert "set -e -U ROLECALL_U" in ran.stderr


def test_bash_lines_are_those_of_every_other_command() -> None:
    variables, stale = {"A": "it's", "B": "x=y", "C": ""}, ["A", "D", "E"]
    assert shells.bash(variables, stale) == shell_lines(variables, stale)
    assert shells.bash(variables) == shell_lines(variables, [])


def powershell_reads(text: str) -> str:
    """A single-quoted string by PowerShell's rule: any single quote ends it, two stand for one."""
    quotes = "'\u2018\u2019\u201a\u201b"
    assert text[0] in quotes
    value, at = "", 1
    while True:
        if text[at] in quotes:
            if at + 1 == len(text):
                return value
            assert text[at + 1] in quotes, "the string ended too early"
            at += 1
        value += text[at]
        at += 1


@settings(deadline=None)
@given(st.one_of(TEXT, AWKWARD))
def test_powershells_quoting_rule(value: str) -> None:
    line = shells.powershell({"ROLECALL_A": value})
    assert line.startswith("$env:ROLECALL_A = ")
    read = powershell_reads(line.removeprefix("$env:ROLECALL_A = "))
    assert read == value


def test_powershell_takes_stale_ones_away() -> None:
    assert shells.powershell({"A": "1"}, ["B", "A"]) == "$env:B = $null\n$env:A = '1'"


CREDENTIAL = st.from_regex(r"[A-Za-z0-9+/=:.@_-]{1,60}", fullmatch=True)


@QUICK
@given(st.one_of(TEXT, AWKWARD, CREDENTIAL))
def test_readers_of_dotenv_files_agree_or_it_is_refused(tmp_path: Path, value: str) -> None:
    try:
        text = shells.dotenv({"ROLECALL_A": value})
    except Problem as problem:
        assert len(value) < 4 or value not in str(problem)
        return
    assert dotenv.dotenv_values(stream=io.StringIO(text)) == {"ROLECALL_A": value}
    (tmp_path / ".env").write_text(text + "\n", encoding="utf-8", newline="")
    script = f"set -a; . {tmp_path}/.env; set +a; env -0"
    assert read_back(["sh", "-c"], script, tmp_path)["ROLECALL_A"] == value


@settings(deadline=None)
@given(CREDENTIAL)
def test_credentials_need_no_quotes_in_a_dotenv_file(value: str) -> None:
    # docker run --env-file takes quotes for a part of the value.
    assert shells.dotenv({"AWS_SESSION_TOKEN": value}, ["AWS_PROFILE"]) == (
        f"AWS_SESSION_TOKEN={value}"
    )


@pytest.mark.parametrize("write", shells.WRITERS.values())
@pytest.mark.parametrize("variables", [{"A;B": "x"}, {"": "x"}, {"A": "x\0y"}, {"A\n": "x"}])
def test_what_no_environment_can_hold_is_refused(
    write: Callable[..., str], variables: dict[str, str]
) -> None:
    with pytest.raises(Problem, match=re.escape("environment variable")):
        write(variables)

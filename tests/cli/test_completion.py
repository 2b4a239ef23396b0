"""`rolecall completion`: what the shells' own machinery makes of a Tab."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

from rolecall.cli.command_tree import KEPT, as_text, kept, made, walk
from rolecall.cli.main import COMMANDS, main

Output = pytest.CaptureFixture[str]
SECONDS = 20


def test_the_kept_tree_is_what_the_parsers_say() -> None:
    assert KEPT.read_text(encoding="utf-8") == as_text(made()), (
        "run scripts/command_reference.py: a command's arguments have changed"
    )


def test_every_command_is_in_it() -> None:
    assert set(kept()["commands"]) == set(COMMANDS)
    assert len(list(walk(kept()))) > len(COMMANDS)


def test_the_script_needs_no_library_of_the_commands() -> None:
    script = (
        "import sys; from rolecall.cli.main import main; main(['completion', 'bash'])\n"
        "print([m for m in ('boto3', 'botocore', 'yaml', 'moto') if m in sys.modules],"
        " file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == "[]\n"
    assert "complete -F _rolecall rolecall" in ran.stdout


@pytest.fixture
def project(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("environments", "other", ".aws"):
        (bare_environment / folder).mkdir()
    for name in ("tes", "stg"):
        (bare_environment / f"environments/{name}.yaml").touch()
    (bare_environment / "other/elsewhere.yaml").touch()
    (bare_environment / "policy.json").touch()
    (bare_environment / ".aws/config").write_text("[default]\n[profile acme]\n")
    (bare_environment / ".aws/credentials").write_text("[keys]\n")
    monkeypatch.chdir(bare_environment)
    return bare_environment


def offered_by_fish(lines: Iterable[str]) -> dict[str, set[str]]:
    """What fish would offer at the end of each line."""
    offered = {}
    for line in lines:
        ran = subprocess.run(
            ["fish", "--no-config", "-c", 'source script; complete -C "$argv"', line],
            capture_output=True,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        offered[line] = {offer.split("\t")[0] for offer in ran.stdout.splitlines()}
    return offered


#: What makes either shell show all that it would offer at a Tab. Whatever it would run is
#: shown instead: that is the line as completed.
PREPARE = {
    "bash": (
        "bind 'set bell-style none'; bind 'set completion-query-items 0'; "
        "bind 'set page-completions off'; bind 'set show-all-if-ambiguous on'; "
        "bind 'set enable-bracketed-paste off'"
    ),
    "zsh": (
        "bindkey -e; autoload -U compinit && compinit -u -D; unset zle_bracketed_paste; "
        "setopt no_always_last_prompt no_beep no_auto_menu; LISTMAX=0"
    ),
}


def offered_at_a_terminal(shell: str, lines: Iterable[str]) -> dict[str, set[str]]:
    """Type each line and a Tab at a real terminal, and read the screen."""
    quiet = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[shell]
    ours, its = pty.openpty()
    environ = {**os.environ, "TERM": "dumb", "PS1": ""}
    process = subprocess.Popen(
        [shell, *quiet], stdin=its, stdout=its, stderr=its, env=environ, start_new_session=True
    )
    os.close(its)
    offered = {}
    try:
        prepare = f"stty columns 400 rows 200; PS1=; {PREPARE[shell]}; source ./script"
        tell(ours, f"{prepare}; rolecall() {{ printf '%s\\n' \"$@\"; }}; echo rea''dy\n")
        until(ours, "ready\r\n")
        for line in lines:
            # Keys are taken one after the other, so what is said before `done` is the answer.
            tell(ours, f"{line}\t\necho do''ne\n")
            heard = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", until(ours, "done\r\n"))
            offered[line] = {word.rstrip("=") for word in heard.split()}
    finally:
        process.kill()
        process.wait(SECONDS)
        os.close(ours)
    return offered


def tell(terminal: int, text: str) -> None:
    os.write(terminal, text.encode())


def until(terminal: int, mark: str) -> str:
    """What the terminal shows until the mark."""
    heard = ""
    while mark not in heard:
        ready, _, _ = select.select([terminal], [], [], SECONDS)
        assert ready, f"the shell said only {heard!r}"
        heard += os.read(terminal, 65536).decode(errors="replace")
    return heard


CASES = {
    "rolecall ver": {"verify"},
    "rolecall local u": {"up"},
    "rolecall assume ": {"tes", "stg"},
    "rolecall assume t": {"tes"},
    "rolecall assume --environments other ": {"elsewhere"},
    "rolecall assume tes reader --format ": {"bash", "zsh", "fish", "powershell", "json"},
    "rolecall assume tes reader --dur": {"--duration"},
    "rolecall assume tes reader --profile ": {"default", "acme", "keys"},
    "rolecall assume tes reader --policy pol": {"policy.json"},
    "rolecall assume tes reader --via s": {"stg/"},
    "rolecall local --he": {"--help"},
    "rolecall completion z": {"zsh"},
    "rolecall for-each --environments tes,s": {"tes,stg"},
    "rolecall exec tes reader -- rmdi": {"rmdir"},
}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_tab(shell: str, project: Path, capsys: Output) -> None:
    if shutil.which(shell) is None:
        pytest.fail(f"{shell} is missing: run scripts/system_packages.sh, as `make test` does")
    assert main(["completion", shell]) == 0
    (project / "script").write_text(capsys.readouterr().out)
    # The script of fish does not look at --environments.
    lines = [line for line in CASES if shell != "fish" or "other" not in line]
    offered = offered_by_fish(lines) if shell == "fish" else offered_at_a_terminal(shell, lines)
    wanting = {line: offered[line] for line in lines if not CASES[line] <= offered[line]}
    assert wanting == {}

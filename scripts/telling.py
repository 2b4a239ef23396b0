"""What the scenes of `make demo` have in common: running commands, and telling what came of it."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
ROLECALL = str(BIN / "rolecall")
LOG = ROOT / ".rolecall/demo.log"
_COLOUR = sys.stdout.isatty() and "NO_COLOR" not in os.environ


def assume(variables: Mapping[str, str], *options: str, role: str = "deployer") -> dict[str, str]:
    """The environment after `eval "$(rolecall assume tes <role>)"`."""
    exports = run([ROLECALL, "assume", "tes", role, *options], variables)
    return {**variables, **read_exports(exports)}


def refusal(command: list[str], variables: Mapping[str, str]) -> str:
    """Run a command that AWS must refuse (exit 5), and return its words."""
    outcome = subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True)
    if outcome.returncode != 5:
        fail(f"expected a refusal, got exit {outcome.returncode}: {outcome.stderr}")
    return outcome.stderr.strip().removeprefix("rolecall: AWS refused: ")


def read_exports(text: str) -> dict[str, str]:
    """Let a shell read the lines, as a user's would, and say what they set."""
    names = re.findall(r"^export (\w+)=", text, flags=re.MULTILINE)
    script = text + "\n" + "\n".join(f'printf "%s\\0" "${name}"' for name in names)
    values = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    return dict(zip(names, values.split("\0"), strict=False))


def run(command: list[str], variables: Mapping[str, str]) -> str:
    """Run a command of the story; its talk goes to the log, and a failure ends the demo."""
    outcome = subprocess.run(
        command,
        env=dict(variables),
        cwd=ROOT,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    with LOG.open("a") as log:
        # Names only and no output on success: both may hold credentials.
        log.write(f"$ {' '.join(command)}  -> exit {outcome.returncode}\n")
        if outcome.returncode:
            log.write(outcome.stdout + outcome.stderr)
    if outcome.returncode:
        words = outcome.stderr or outcome.stdout
        fail(f"{' '.join(command)} ended with exit {outcome.returncode}:\n{words}")
    return outcome.stdout


def step(words: str) -> None:
    """Say what begins."""
    print(f"{paint('36', '•')} {words}", flush=True)


def done(words: str) -> None:
    """Say what came of it."""
    for line in words.splitlines():
        print(f"    {line}", flush=True)


def fail(words: str) -> None:
    """The story did not go as told."""
    print(paint("31", f"The demo failed: {words}"), file=sys.stderr)
    sys.exit(1)


def paint(colour: str, words: str) -> str:
    """Colour on a terminal only, and never with NO_COLOR."""
    return f"\x1b[{colour}m{words}\x1b[0m" if _COLOUR else words

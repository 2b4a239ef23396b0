"""Ctrl-C, SIGTERM and SIGHUP in the middle of every command.

It ends with the code that shells expect (130, 143, 129), or had done its work already; what it
was writing is there whole or not at all; what it started has ended; and no traceback is seen.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.drills.scripts import drilled
from tests.drills.stage import ACTS, LONG, Act, Stage
from tests.session.recording_sts import Recorder

pytestmark = pytest.mark.xdist_group("drills")

#: How many moments for each of three signals.
MOMENTS = 25 if LONG else 1
SOME = ["assume --user-file", "profile", "init", "import", "review"]
#: Says where it is, and stays.
APP = "import os, time; open('{}', 'w').write(str(os.getpid())); time.sleep(600)"


def test_whole_or_not_at_all(recorder: Recorder, tmp_path: Path, record_property: Any) -> None:
    names = list(ACTS) if LONG else SOME
    told = drilled("interrupts", recorder, tmp_path, str(MOMENTS), *names)
    record_property(
        "tried", f"{sum(each['runs'] for each in told)} signals in {len(told)} commands"
    )
    assert {each["drill"]: each["findings"] for each in told} == {name: [] for name in names}


@pytest.mark.parametrize(
    "words",
    [["review", "--revisions", "HEAD"], ["who-can", "tes", "deployer"]],
    ids=["review --revisions", "who-can"],
)
@pytest.mark.parametrize("send", [signal.SIGINT, signal.SIGTERM] if LONG else [signal.SIGTERM])
def test_what_it_started_ends_with_it(
    stage: Stage, tmp_path: Path, words: list[str], send: signal.Signals
) -> None:
    """The app of a project runs for minutes; a job that is cancelled must not leave it behind."""
    started = tmp_path / "started"
    (stage.folder / "app.py").write_text(APP.format(started))
    app = f"{sys.executable} app.py; true"
    (stage.folder / "cdktf.json").write_text(f'{{"language": "python", "app": "{app}"}}')
    for git in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        who = ["-c", "user.name=alice", "-c", "user.email=alice@example.com"]
        subprocess.run(["git", *who, *git], cwd=stage.folder, check=True)
    command = subprocess.Popen(
        [sys.executable, "-m", "rolecall.cli.main", *words],
        cwd=stage.folder,
        env=stage.variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whoever runs the tests in the background has it ignored, and so would its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,
    )
    deadline = time.monotonic() + 60
    while not (started.exists() and started.read_text()) and command.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    child = int(started.read_text())
    command.send_signal(send)
    _, err = command.communicate(timeout=60)
    assert command.returncode == 128 + send
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("rolecall: ")
    assert not _runs(child)
    assert list((stage.folder / "tmp").iterdir()) == []
    trees = subprocess.run(
        ["git", "worktree", "list"], cwd=stage.folder, capture_output=True, text=True, check=True
    ).stdout
    assert len(trees.splitlines()) == 1


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    # Whoever has no parent any more waits for `init` to look at how it ended.
    state = Path(f"/proc/{process}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_reader_that_goes_away_in_the_middle(stage: Stage) -> None:
    """SIGPIPE is for whoever prints: the work is done, and nothing is said."""
    act = Act(["review", "--plan", "tes=plan.json", "--json", "--fail-on", "never"])
    words = " ".join([sys.executable, "-m", "rolecall.cli.main", *act.words])
    ended = subprocess.run(
        ["bash", "-c", f"{words} | head -c 10 > /dev/null; exit ${{PIPESTATUS[0]}}"],
        cwd=stage.folder,
        env=stage.variables,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (ended.returncode, ended.stderr) == (0, "")

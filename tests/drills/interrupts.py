"""Commands that get a signal in the middle; run as a script.

`python -m tests.drills.interrupts FOLDER URL MOMENTS`: for each command and signal so many
moments, each at another call of a function of Rolecall.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.drills.acting import Acted, Told, act, contents, load, strays, tell
from tests.drills.stage import ACTS, PROJECT, Act, Stage

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_HERE = str(PROJECT / "rolecall")


def at_call(number: int, send: int) -> Callable[[], None]:
    """Sends the signal to the own process at the so-manieth call of a function of Rolecall."""

    def prepare() -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        count = 0

        def profile(frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            if event == "call" and frame.f_code.co_filename.startswith(_HERE):
                count += 1
                if count == number:
                    sys.setprofile(None)
                    os.kill(os.getpid(), send)

        sys.setprofile(profile)

    return prepare


def calls_of(stage: Stage, command: Act) -> tuple[int, Acted]:
    """How many calls a command makes, and how it ends undisturbed."""
    number = os.memfd_create("count")

    def prepare() -> None:
        count = 0

        def profile(frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            if event == "call" and frame.f_code.co_filename.startswith(_HERE):
                count += 1
                os.pwrite(number, b"%10d" % count, 0)

        sys.setprofile(profile)

    stage.set_up()
    ended = act(stage, command, prepare)
    count = int(os.pread(number, 10, 0) or b"0")
    os.close(number)
    return count, ended


def drill(stage: Stage, name: str, moments: int) -> Told:
    """One command: ended as was asked, or done as usual; never half, never a traceback."""
    told = Told(name)
    command = ACTS[name]
    number, usual = calls_of(stage, command)
    chance = random.Random(name)
    # Within the first call nothing of ours has been read yet: Python ends it in its own way.
    later = range(2, number + 1)
    for send in SIGNALS:
        for at in sorted(chance.sample(later, min(moments, len(later)))):
            stage.set_up()
            before = contents(stage.folder)
            ended = act(stage, command, at_call(at, send))
            told.runs += 1
            where = f"{signal.Signals(send).name} at call {at} of {number}"
            done = ended.code == usual.code
            asked = ended.code in (128 + send, -send) or (ended.code == 0 and command.keeps)
            # Python itself says so where a generator was being thrown away just then.
            ignored = ended.err.count("Exception ignored in")
            swallowed = done and ignored == ended.err.count("Traceback")
            if (not done and not asked) or ("Traceback" in ended.err and not swallowed):
                told.found(where, f"ended with {ended.code}: {ended.err[-700:]}")
            if left := strays(stage.folder):
                told.found(where, f"left {left}")
            after = contents(stage.folder)
            if lost := [file for file in before if file not in after]:
                told.found(where, f"lost {lost}")
            half = [file for file in after if file not in before and not after[file]]
            if half := [file for file in half if not file.endswith(".lock")]:
                told.found(where, f"empty: {half}")
    return told


if __name__ == "__main__":
    base, url, moments, *chosen = sys.argv[1:]
    os.umask(0o022)
    load()
    tell([drill(Stage(Path(base), url), name, int(moments)) for name in chosen or ACTS])

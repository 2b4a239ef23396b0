"""Running the scripts of the drills, some of them where they may mount."""

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from tests.drills.stage import PROJECT
from tests.session.recording_sts import Recorder

_SECONDS = 1200


@cache
def namespace() -> tuple[str, ...] | None:
    """What runs a program in a mount namespace of its own; None where nobody may."""
    tool = shutil.which("unshare")
    for how in ([], ["--map-root-user"]):
        words = [str(tool), "--mount", *how]
        tried = [*words, "mount", "-t", "tmpfs", "none", "/mnt"]
        if tool and subprocess.run(tried, capture_output=True).returncode == 0:
            return tuple(words)
    return None


def drilled(
    script: str, recorder: Recorder, folder: Path, *words: str, before: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Run `tests/drills/<script>.py`; what it told, one for each of its drills."""
    done = subprocess.run(
        [
            *(*before, sys.executable, "-m", f"tests.drills.{script}"),
            *(str(folder / "stage"), recorder.url, *words),
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    assert done.returncode == 0, done.stderr
    told: list[dict[str, Any]] = json.loads(done.stdout)
    return told

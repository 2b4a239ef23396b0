"""Whoever writes is killed before, within and after every step; or the disk fails there.

A reader finds the old content or the new, whole; secrets are their owner's alone; whoever lives
says it in a sentence and leaves nothing behind; the next run does the work, and tidies up.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import pytest

from tests.drills.stage import PROJECT
from tests.drills.writers import WRITERS

pytestmark = pytest.mark.xdist_group("drills")


@pytest.fixture(scope="module")
def drilled() -> Mapping[str, Any]:
    # A process that is killed loses nothing that a disk was told: memory will do, and is quick.
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        done = subprocess.run(
            [sys.executable, "-m", "tests.drills.at_every_step", folder],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            timeout=300,
        )
    assert done.returncode == 0, done.stderr
    return {each["writer"]: each for each in json.loads(done.stdout)}


@pytest.mark.parametrize("name", WRITERS)
def test_old_or_new_and_nothing_left(
    drilled: Mapping[str, Any], name: str, record_property: Any
) -> None:
    told = drilled[name]
    record_property("tried", f"{told['runs']} faults at {told['steps']} steps")
    assert told["steps"] > 1
    assert told["findings"] == []

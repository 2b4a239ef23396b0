"""What fuzzing began with, learnt and found is held to the same oracles in every test run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.hardening.fuzz_targets import TARGETS

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent


def test_every_kept_input_meets_its_oracle_which_sees_a_planted_fault() -> None:
    command = [sys.executable, str(ROOT / "scripts/hardening/fuzz_targets/replay.py")]
    command += [str(HERE / "seeds"), str(HERE / "crashes")]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=120)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_has_something_to_begin_with(target: str) -> None:
    assert list((HERE / "seeds" / target).iterdir())


def test_what_is_kept_is_small() -> None:
    kept = [path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in kept) < 220_000

"""Many processes at once: one call of STS, no half-read file, and none left half-written.

ROLECALL_LONG_TESTS=1 makes them as long as the promises are: 32 processes that each are a
whole `rolecall assume`, 10 seconds of reading and writing, 2000 writers killed.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.session.cache.world import REGION, World

pytestmark = pytest.mark.xdist_group("cache")

LONG = bool(os.environ.get("ROLECALL_LONG_TESTS"))
PROJECT = Path(__file__).resolve().parents[3]
PROCESSES = 32


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "tests.session.cache.at_once", *map(str, words)]


def environ_of(world: World) -> dict[str, str]:
    return {
        **os.environ,
        **world.keys,
        "AWS_ENDPOINT_URL": world.url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_32_processes_on_a_cold_cache_ask_once(world: World, tmp_path: Path) -> None:
    done = subprocess.run(
        command("released", PROCESSES, tmp_path),
        cwd=PROJECT,
        env=environ_of(world),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    keys = done.stdout.split()
    assert len(keys) == PROCESSES
    assert len(set(keys)) == 1
    assert world.asked == ["AssumeRole"]


@pytest.mark.skipif(not LONG, reason="takes a minute: ROLECALL_LONG_TESTS=1")
def test_32_commands_on_a_cold_cache_ask_once(world: World, home: Path) -> None:
    words = [sys.executable, "-m", "rolecall.cli.main", "assume", "tes", "deployer", "--json"]
    running = [
        subprocess.Popen(
            [*words, "--environments", str(home / "environments")],
            cwd=PROJECT,
            env=environ_of(world),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in range(PROCESSES)
    ]
    outputs = {one.communicate(timeout=300)[0] for one in running}
    assert [one.returncode for one in running] == [0] * PROCESSES
    assert len(outputs) == 1
    assert world.asked == ["AssumeRole"]


def test_nobody_reads_half_a_file(tmp_path: Path) -> None:
    done = subprocess.run(
        command("torn", 10 if LONG else 2, tmp_path),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    counts = [int(word) for word in done.stdout.split()]
    assert len(counts) == 4
    assert sum(counts) > 50


def test_whoever_is_killed_leaves_a_whole_file_and_no_lock(tmp_path: Path) -> None:
    done = subprocess.run(
        command("killed", 2000 if LONG else 200, tmp_path),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 20

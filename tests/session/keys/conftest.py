"""The fixtures of this room: a key store in memory, a real one, and an embedded AWS."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.bare import bare_environment, sts
from tests.session.handover.company import Company
from tests.session.handover.company import company as an_embedded_aws
from tests.session.keys.desktop import Desktop
from tests.session.keys.memory import MemoryStore

__all__ = ["bare_environment", "sts"]


@pytest.fixture
def store(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> MemoryStore:
    """The key store of this process, in memory."""
    memory = MemoryStore()
    monkeypatch.setattr("rolecall.cli.keys.system_store", lambda: memory)
    return memory


@pytest.fixture(scope="module")
def embedded() -> Iterator[Company]:
    with an_embedded_aws() as company:
        yield company


@pytest.fixture
def desktop(bare_environment: Path) -> Iterator[Desktop]:
    programs = ("dbus-daemon", "gnome-keyring-daemon")
    if not all(map(shutil.which, programs)):
        if sys.platform != "linux":
            pytest.skip("the GNOME Keyring is Linux's; this system's own store is not tried")
        pytest.fail(f"{' or '.join(programs)} is missing: sh scripts/system_packages.sh")
    home, run = bare_environment, bare_environment / "run"
    run.mkdir(mode=0o700)
    variables = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(run),
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    bus = subprocess.Popen(
        ["dbus-daemon", "--session", "--nofork", "--print-address=1"],
        env=variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert bus.stdout is not None
        variables["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        # It goes on in the background, until its bus is gone.
        subprocess.run(
            ["gnome-keyring-daemon", "--unlock", "--components=secrets"],
            env=variables,
            input=b"the password of the login",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=20,
        )
        yield Desktop(home, variables)
    finally:
        bus.kill()
        bus.wait(10)

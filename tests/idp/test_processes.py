"""Identity providers never outlive the tests, however those end."""

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.idp.processes import Provider, tied_to_stdin

SERVER = """
import socket, time
listener = socket.create_server(("127.0.0.1", 0))
print("port", listener.getsockname()[1], flush=True)
time.sleep(600)
"""
READY = r"^port (\d+)"


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def ends(port: int) -> bool:
    deadline = time.monotonic() + 30
    while answers(port):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def test_a_stopped_provider_has_ended(tmp_path: Path) -> None:
    provider = Provider(
        tied_to_stdin([sys.executable, "-c", SERVER]), ready=READY, log=tmp_path / "log"
    )
    port = int(provider.ready[1])
    assert answers(port)
    provider.stop()
    assert not answers(port)


def test_a_provider_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    script = f"""
import sys, time
from pathlib import Path
from tests.idp.processes import Provider, tied_to_stdin
p = Provider(tied_to_stdin([sys.executable, "-c", {SERVER!r}]), ready={READY!r},
             log=Path({str(tmp_path / "log")!r}))
print(p.ready[1], flush=True)
time.sleep(600)
"""
    root = Path(__file__).resolve().parents[2]
    parent = subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, cwd=root
    )
    assert parent.stdout is not None
    port = int(parent.stdout.readline())
    assert answers(port)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert ends(port)


def test_a_provider_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="no such port"):
        Provider(
            [sys.executable, "-c", "raise SystemExit('no such port')"],
            ready="never",
            log=tmp_path / "log",
        )

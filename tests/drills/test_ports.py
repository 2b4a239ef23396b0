"""A port that is somebody else's: it is said whose, nothing is sent there, nothing is left running.

By another program, by a server of another project, and by a stranger that answers 200 to
everything: `local up`, `local status`, `serve`, `assume`.
"""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.drills.stage import ACTS, Act, Stage, is_sentence

pytestmark = pytest.mark.xdist_group("drills")


class Stranger(BaseHTTPRequestHandler):
    """Yes to everything."""

    def do_GET(self) -> None:
        body = b"<html>welcome</html>"
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def stranger() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Stranger)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def test_up_on_a_port_of_somebody_else(stage: Stage, stranger: int) -> None:
    ended = stage.run(Act(["local", "up", "--port", str(stranger), "--ephemeral"]))
    assert ended.returncode == 7
    assert is_sentence(ended.stderr)
    assert f"Port {stranger} of 127.0.0.1 is in use by another process" in ended.stderr
    assert not (stage.folder / "run/local/server.json").exists()
    assert stage.run(Act(["local", "status"])).returncode == 6


def test_serve_on_a_port_of_somebody_else(stage: Stage, stranger: int) -> None:
    words = ["serve", "tes", "deployer", "--port", str(stranger), "--token-file", "out/token"]
    ended = stage.run(Act(words))
    assert ended.returncode in (1, 2, 7)
    assert ended.stdout == ""
    assert is_sentence(ended.stderr)
    assert str(stranger) in ended.stderr
    assert not (stage.folder / "out/token").exists()


def test_a_stranger_in_the_place_of_aws(stage: Stage, stranger: int) -> None:
    ended = stage.run(ACTS["assume"], AWS_ENDPOINT_URL=f"http://127.0.0.1:{stranger}")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "does not answer as AWS does" in ended.stderr
    kept = stage.folder / "home/.cache/rolecall/sessions"
    assert not kept.exists() or list(kept.iterdir()) == []


def test_a_stranger_in_the_place_of_an_old_server(stage: Stage, stranger: int) -> None:
    """Its `server.json` names a port that is somebody else's by now, and nobody holds the lock."""
    run = stage.folder / "run/local"
    run.mkdir(parents=True, mode=0o700)
    run.parent.chmod(0o700)
    facts = {
        "pid": 1,
        "port": stranger,
        "started_at": "2026-01-01T00:00:00+00:00",
        "state": None,
        "control_token": "t",
        "instance": "i",
    }
    (run / "server.json").write_text(json.dumps(facts))
    (run / "server.lock").touch()
    assert stage.run(Act(["local", "status"])).returncode == 6
    down = stage.run(Act(["local", "down"]))
    assert down.returncode == 0
    assert "not running" in down.stderr
    env = stage.run(Act(["local", "env", "tes"]))
    assert (env.returncode, env.stdout) == (6, "")
    assert is_sentence(env.stderr)


def test_two_projects_want_one_port(stage: Stage, tmp_path: Path) -> None:
    up = stage.run(Act(["local", "up", "--port", "0", "--ephemeral"]))
    try:
        assert up.returncode == 0, up.stderr
        told = json.loads(stage.run(Act(["local", "status", "--json"])).stdout)
        other = {"ROLECALL_HOME": str(tmp_path / "other")}
        second = stage.run(
            Act(["local", "up", "--port", str(told["port"]), "--ephemeral"]), **other
        )
        assert second.returncode == 7
        assert is_sentence(second.stderr)
        # The second project's `down` does not end the first one's.
        assert stage.run(Act(["local", "down"]), **other).returncode == 0
        assert stage.run(Act(["local", "status"])).returncode == 0
    finally:
        assert stage.run(Act(["local", "down"])).returncode == 0

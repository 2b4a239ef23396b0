"""`rolecall local up|down|status|env` as a user runs them: processes of their own."""

import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from rolecall.problems import Exit

ACCOUNT = "111122223333"


class Shell:
    """Runs `rolecall` in a directory with a home of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.directory = tmp_path
        self.home = tmp_path / "home"
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("AWS_")},
            "ROLECALL_HOME": str(self.home),
            # What must not disturb the server.
            "AWS_PROFILE": "no-such-profile",
            "MOTO_ACCOUNT_ID": "999999999999",
        }

    def start(self, *words: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "rolecall.cli.main", "local", *words],
            cwd=self.directory,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, expect: int = 0) -> tuple[str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=90)
        assert process.returncode == expect, (words, process.returncode, out, err)
        return out, err

    def status(self) -> dict[str, Any]:
        out, _ = self.run("status", "--json")
        status: dict[str, Any] = json.loads(out)
        return status

    def exports(self, *words: str) -> dict[str, str]:
        out, _ = self.run("env", *words, "--json")
        exports: dict[str, str] = json.loads(out)["export"]
        return exports

    def client(self, service: str, exports: dict[str, str]) -> Any:
        return boto3.client(
            service,
            endpoint_url=exports["AWS_ENDPOINT_URL"],
            aws_access_key_id=exports["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=exports["AWS_SECRET_ACCESS_KEY"],
            region_name=exports["AWS_REGION"],
        )

    @property
    def server_file(self) -> Path:
        return self.home / "local" / "server.json"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    shell = Shell(tmp_path)
    yield shell
    shell.start("down").communicate(timeout=60)


def test_up_env_status_down(shell: Shell) -> None:
    port = free_port()
    out, err = shell.run("up", "--port", str(port))
    assert out == ""
    assert f"http://127.0.0.1:{port}" in err
    assert 'eval "$(rolecall local env --account 111122223333)"' in err
    status = shell.status()
    assert (status["running"], status["port"], status["accounts"]) == (True, port, [])
    assert stat.S_IMODE(shell.server_file.stat().st_mode) == 0o600

    exports = shell.exports("--account", ACCOUNT, "--region", "eu-west-1")
    assert (exports["AWS_REGION"], exports["AWS_DEFAULT_REGION"]) == ("eu-west-1", "eu-west-1")
    assert shell.client("sts", exports).get_caller_identity()["Account"] == ACCOUNT
    assert shell.status()["accounts"] == [ACCOUNT]

    token = json.loads(shell.server_file.read_text())["control_token"]
    command = Path(f"/proc/{status['pid']}/cmdline")
    if command.exists():
        assert token not in command.read_text()
    log = (shell.home / "local" / "server.log").read_text()
    for secret in (token, exports["AWS_SECRET_ACCESS_KEY"]):
        assert secret not in log

    shell.run("down")
    assert not shell.server_file.exists()
    out, _ = shell.run("status", "--json", expect=Exit.UNREACHABLE)
    assert json.loads(out) == {"running": False}
    _, err = shell.run("down")
    assert "not running" in err
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_the_exports_are_what_a_shell_takes(shell: Shell) -> None:
    shell.run("up", "--port", str(free_port()), "--ephemeral")
    out, _ = shell.run("env", "--account", ACCOUNT)
    script = f"export AWS_PROFILE=x AWS_SESSION_TOKEN=y\n{out}\nenv -0"
    done = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True)
    got = dict(line.split("=", 1) for line in done.stdout.split("\0") if line)
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(got)
    wanted = shell.exports("--account", ACCOUNT)
    assert {name: got[name] for name in wanted} == wanted


def test_env_of_an_environment_and_its_state_bucket(shell: Shell) -> None:
    folder = shell.directory / "environments"
    folder.mkdir()
    (folder / "qa.yaml").write_text(
        f'account_id: "{ACCOUNT}"\nregion: eu-central-1\n'
        "state: {backend: s3, bucket: acme-state, region: eu-west-1}\n"
    )
    _, err = shell.run("up", "--port", str(free_port()), "--ephemeral")
    assert 'eval "$(rolecall local env qa)"' in err
    exports = shell.exports("qa")
    assert (exports["AWS_ACCOUNT_ID"], exports["AWS_REGION"]) == (ACCOUNT, "eu-central-1")
    s3 = shell.client("s3", exports)
    assert s3.get_bucket_versioning(Bucket="acme-state")["Status"] == "Enabled"
    _, err = shell.run("env", "aq", expect=Exit.BAD_INPUT)
    assert "qa" in err


def test_env_without_a_server_says_what_to_do(shell: Shell) -> None:
    _, err = shell.run("env", "--account", ACCOUNT, expect=Exit.UNREACHABLE)
    assert "rolecall local up" in err


def test_env_of_no_account(shell: Shell) -> None:
    shell.run("up", "--port", str(free_port()), "--ephemeral")
    _, err = shell.run("env", "--account", "12345", expect=Exit.BAD_INPUT)
    assert "12 digits" in err


def test_state_survives_down_and_kill(shell: Shell) -> None:
    port = str(free_port())
    shell.run("up", "--port", port)
    exports = shell.exports("--account", ACCOUNT)
    shell.client("iam", exports).create_user(UserName="alice")
    shell.run("down")
    shell.run("up", "--port", port)
    assert shell.exports("--account", ACCOUNT) == exports
    iam = shell.client("iam", exports)
    assert iam.get_user(UserName="alice")

    other = shell.exports("--account", "222233334444")  # saved before it is handed out
    os.kill(shell.status()["pid"], signal.SIGKILL)
    shell.run("up", "--port", port)
    assert shell.client("sts", other).get_caller_identity()["Account"] == "222233334444"
    assert shell.client("iam", exports).get_user(UserName="alice")


def test_sigterm_saves(shell: Shell) -> None:
    process = shell.start("up", "--port", str(free_port()), "--foreground")
    assert process.stderr is not None
    for line in process.stderr:
        if "ready on" in line:
            break
    exports = shell.exports("--account", ACCOUNT)
    shell.client("iam", exports).create_user(UserName="alice")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 0
    shell.run("up", "--port", str(free_port()))
    again = shell.exports("--account", ACCOUNT)
    assert shell.client("iam", again).get_user(UserName="alice")


def test_ephemeral_keeps_nothing(shell: Shell) -> None:
    for _ in range(2):
        shell.run("up", "--port", str(free_port()), "--ephemeral")
        assert shell.status()["accounts"] == []
        shell.exports("--account", ACCOUNT)
        shell.run("down")
    assert not (shell.home / "local" / "state").exists()


def test_up_twice_is_up_once(shell: Shell) -> None:
    port = free_port()
    shell.run("up", "--port", str(port))
    pid = shell.status()["pid"]
    for words in (("up",), ("up", "--port", str(port))):
        _, err = shell.run(*words)
        assert "already runs" in err
    assert shell.status()["pid"] == pid
    _, err = shell.run("up", "--port", str(free_port()), expect=Exit.CONFLICT)
    assert str(port) in err
    shell.run("up", "--ephemeral", expect=Exit.CONFLICT)
    shell.run("up", "--foreground", expect=Exit.CONFLICT)


def test_two_at_once_start_one_server(shell: Shell) -> None:
    port = str(free_port())
    both = [shell.start("up", "--port", port) for _ in range(3)]
    said = [process.communicate(timeout=90)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0, 0], said
    assert sum("Ready after" in text for text in said) == 1
    assert sum("already runs" in text for text in said) == 2


def test_a_busy_port_is_one_sentence_and_leaves_nothing(shell: Shell) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        out, err = shell.run("up", "--port", str(port), expect=Exit.CONFLICT)
    assert out == ""
    assert err.strip().count("\n") == 0
    assert f"Port {port}" in err
    assert not shell.server_file.exists()
    assert not (shell.home / "local" / "state").exists()
    shell.run("up", "--port", str(port))  # free now, and no lock was left


def test_a_stale_pid_file_is_replaced(shell: Shell) -> None:
    shell.server_file.parent.mkdir(parents=True)
    innocent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        # As left behind by a crash, and the process id belongs to someone else by now.
        facts = {
            "pid": innocent.pid,
            "port": free_port(),
            "started_at": "2026-01-01T00:00:00+00:00",
            "control_token": "x",
            "instance": "y",
            "state": None,
        }
        shell.server_file.write_text(json.dumps(facts))
        shell.run("status", "--json", expect=Exit.UNREACHABLE)
        _, err = shell.run("down")
        assert "not running" in err
        assert innocent.poll() is None
        shell.server_file.write_text(json.dumps(facts))
        shell.run("up", "--port", str(free_port()))
        assert shell.status()["pid"] != innocent.pid
        shell.run("down")
        shell.server_file.write_text("{ torn")
        shell.run("up", "--port", str(free_port()))
        assert innocent.poll() is None
    finally:
        innocent.kill()
        innocent.wait()


def test_a_state_that_cannot_be_read_is_told_at_the_start(shell: Shell) -> None:
    state = shell.directory / "mine"
    port = str(free_port())
    shell.run("up", "--port", port, "--state-dir", str(state))
    shell.exports("--account", ACCOUNT)
    shell.run("down")
    for file in state.glob("snapshot*"):
        file.write_bytes(b"x")
    _, err = shell.run("up", "--port", port, "--state-dir", str(state), expect=Exit.CONFLICT)
    assert str(state) in err
    shell.run("status", "--json", expect=Exit.UNREACHABLE)
    shell.run("up", "--port", port, "--ephemeral")


def test_any_free_port_will_do(shell: Shell) -> None:
    shell.run("up", "--port", "0", "--ephemeral")
    first, _ = shell.run("status", "--json")
    shell.run("up", "--port", "0", "--ephemeral")  # the running one has a port already
    assert json.loads(shell.run("status", "--json")[0])["pid"] == json.loads(first)["pid"]


def test_the_clock_is_moved_and_set_right_again(shell: Shell) -> None:
    shell.run("up", "--port", "0", "--ephemeral")
    shell.run("clock", "+900")
    assert json.loads(shell.run("status", "--json")[0])["clock_offset_seconds"] == 900
    shell.run("clock", "reset")
    assert json.loads(shell.run("status", "--json")[0])["clock_offset_seconds"] == 0


def test_the_clock_goes_only_so_far(shell: Shell) -> None:
    shell.run("up", "--port", "0", "--ephemeral")
    _, err = shell.run("clock", "+999999999", expect=Exit.BAD_INPUT)
    assert "at the most" in err


def test_the_quota_of_trust_policies_can_be_raised(shell: Shell) -> None:
    shell.run("up", "--port", "0", "--ephemeral")
    for wrong in ("2047", "4097", "-1"):
        _, err = shell.run("quota", "--", wrong, expect=Exit.BAD_INPUT)
        assert "2048 to 4096" in err
    shell.run("quota", "4096")
    exported = json.loads(shell.run("env", "--account", "111122223333", "--json")[0])["export"]
    iam = boto3.client(
        "iam",
        endpoint_url=exported["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id=exported["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=exported["AWS_SECRET_ACCESS_KEY"],
    )
    service = {"Service": "ec2.amazonaws.com"}
    statements = [
        {"Sid": f"S{n}", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
        for n in range(30)
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    assert 2048 < len(document) <= 4096
    assert iam.create_role(RoleName="large", AssumeRolePolicyDocument=document)


@pytest.mark.parametrize("account", ["", "1 2", "22223333444/", "222233334444/", "1é", "٢" * 12])
def test_an_account_is_twelve_digits(shell: Shell, account: str) -> None:
    _, err = shell.run("env", "--account", account, expect=Exit.BAD_INPUT)
    assert "12 digits" in err


def test_a_region_has_the_shape_of_one(shell: Shell) -> None:
    _, err = shell.run(
        "env", "--account", "111122223333", "--region", "nonsense", expect=Exit.BAD_INPUT
    )
    assert "eu-central-1" in err


def test_a_lock_file_that_cannot_be_opened_is_said(shell: Shell) -> None:
    (shell.home / "local/server.lock").mkdir(parents=True, mode=0o700)
    _, err = shell.run("up", "--port", "0", expect=Exit.CONFLICT)
    assert "server.lock" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("move", ["900", "+", "+1.5", "+٩", "back", "+" + "9" * 5000])
def test_no_move_of_the_clock(shell: Shell, move: str) -> None:
    _, err = shell.run("clock", move, expect=Exit.BAD_INPUT)
    assert "+SECONDS or reset" in err


@pytest.mark.parametrize("port", ["-1", "65536", "99999999999"])
def test_no_such_port(shell: Shell, port: str) -> None:
    _, err = shell.run("up", "--port", port, expect=Exit.BAD_INPUT)
    assert "1 to 65535" in err


def test_only_loopback_is_listened_on(shell: Shell) -> None:
    port = free_port()
    shell.run("up", "--port", str(port), "--ephemeral")
    table = Path("/proc/net/tcp")
    if not table.exists():
        pytest.skip("needs /proc")
    listening = [
        line.split()[1]
        for line in table.read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{port:04X}")
    ]
    assert listening == [f"0100007F:{port:04X}"]


def test_a_server_whose_run_directory_is_deleted_ends(shell: Shell) -> None:
    port = free_port()
    shell.run("up", "--port", str(port))
    shutil.rmtree(shell.home)
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                break
        time.sleep(0.1)
    else:
        pytest.fail("the server goes on without its directory")
    shell.run("up", "--port", str(port))

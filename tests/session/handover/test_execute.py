"""Running a command: exit codes, signals, streams and the environment, as if it ran by itself."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.session.execute import (
    OF_CREDENTIALS,
    CommandProblem,
    environment_of,
    execute,
)

PROJECT = Path(__file__).parents[3]
#: Runs `execute` in a process of its own, so that it can be sent signals.
WRAPPER = (
    "import os, sys; from rolecall.session.execute import execute; "
    "sys.exit(execute(sys.argv[1:], os.environ))"
)
#: Says when it is ready, then each signal that comes; SIGTERM ends it.
#: By os.write: a signal may come while the line before is still being written.
LISTENER = """
import os, signal, sys
def say(word):
    os.write(1, f"{word}\\n".encode())
def came(number, frame):
    say(signal.Signals(number).name)
    if number == signal.SIGTERM:
        sys.exit(17)
for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"):
    if signal.getsignal(getattr(signal, name)) is not signal.SIG_IGN:
        signal.signal(getattr(signal, name), came)
say("ready")
while True:
    signal.pause()
"""


def run(*command: str) -> int:
    return execute(command, os.environ)


@pytest.mark.parametrize("code", [0, 1, 7, 126, 255])
def test_the_commands_exit_code(code: int) -> None:
    assert run("sh", "-c", f"exit {code}") == code


@pytest.mark.parametrize("name", ["TERM", "KILL", "SEGV", "PIPE"])
def test_a_command_that_was_killed(name: str) -> None:
    assert run("sh", "-c", f"kill -{name} $$") == 128 + getattr(signal, f"SIG{name}")


def test_what_cannot_be_run_has_the_exit_codes_of_shells(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    (tmp_path / "no-interpreter").write_text("#!/no/such/thing\n")
    (tmp_path / "no-interpreter").chmod(0o755)
    (tmp_path / "no-script").write_text("\0\1\2")
    (tmp_path / "no-script").chmod(0o755)
    expected = {
        "there-is-no-such-command": 127,
        f"{tmp_path}/nothing": 127,
        f"{tmp_path}/no-interpreter": 127,
        "": 127,
        f"{tmp_path}/text": 126,
        str(tmp_path): 126,
        f"{tmp_path}/no-script": 126,
        f"{tmp_path}/te\0xt": 126,
        "a" * 5000: 126,
    }
    for command, code in expected.items():
        with pytest.raises(CommandProblem) as caught:
            run(command, "x")
        assert caught.value.code == code, command


def test_the_command_is_found_in_its_own_path(tmp_path: Path) -> None:
    (tmp_path / "hello").write_text("#!/bin/sh\nexit 5\n")
    (tmp_path / "hello").chmod(0o755)
    assert execute(["hello"], {"PATH": str(tmp_path)}) == 5


def test_arguments_are_passed_on_as_they_are(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["", "a b", "--", "-x", "$HOME", "*", "é\n"]
    assert run("printf", "%s|", *words) == 0
    assert capfd.readouterr().out == "|a b|--|-x|$HOME|*|é\n|"


def test_streams_and_open_files_are_the_commands_own() -> None:
    read, write = os.pipe()
    os.set_inheritable(write, True)
    assert run(sys.executable, "-c", f"import os; os.write({write}, b'hello')") == 0
    os.close(write)
    assert os.read(read, 100) == b"hello"
    os.close(read)


class Wrapped:
    """`execute` with a command that says which signals it gets."""

    def __init__(self, prepare: Callable[[], object] = lambda: None, **more: object) -> None:
        def prepared() -> None:
            # A run in the background, or under nohup, ignores what is about to be sent.
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
                signal.signal(number, signal.SIG_DFL)
            prepare()

        self.process = subprocess.Popen(
            [sys.executable, "-c", WRAPPER, sys.executable, "-c", LISTENER],
            cwd=PROJECT,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=prepared,
            **more,  # type: ignore[call-overload]
        )
        assert self.heard() == "ready"

    def heard(self) -> str:
        assert self.process.stdout is not None
        if not select.select([self.process.stdout], [], [], 30)[0]:
            self.process.kill()
            pytest.fail("nothing was heard of the command for 30 seconds")
        return self.process.stdout.readline().strip()

    def send(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        self.send(signal.SIGTERM)
        assert self.heard() == "SIGTERM"
        return self.process.wait(20)


def test_signals_are_passed_on() -> None:
    wrapped = Wrapped()
    for name in ("SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGINT"):
        wrapped.send(getattr(signal, name))
        assert wrapped.heard() == name
    assert wrapped.end() == 17


def test_what_the_caller_ignores_the_command_ignores() -> None:
    """`nohup rolecall exec …` outlives its terminal."""
    wrapped = Wrapped(lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
    wrapped.send(signal.SIGHUP)
    wrapped.send(signal.SIGUSR1)
    assert wrapped.heard() == "SIGUSR1"
    assert wrapped.end() == 17


def test_ctrl_c_reaches_the_command_once() -> None:
    """Terraform takes a second interrupt for "stop at once"."""
    master, slave = os.openpty()

    def own_terminal() -> None:
        import fcntl
        import termios

        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

    wrapped = Wrapped(own_terminal, stdin=slave)
    os.close(slave)
    os.write(master, b"\x03")
    assert wrapped.heard() == "SIGINT"
    assert wrapped.end() == 17, "one SIGINT was heard, and then SIGTERM"
    os.close(master)


NAMES = st.one_of(
    st.sampled_from([*OF_CREDENTIALS, "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL"]),
    st.sampled_from(["PATH", "HOME", "AWS_CA_BUNDLE", "AWS_ENDPOINT_URL_S3", "AWS_MAX_ATTEMPTS"]),
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, st.text(max_size=3)), st.sampled_from(["eu-west-1", "cn-north-1"]))
def test_no_credentials_of_the_caller_remain(environ: dict[str, str], region: str) -> None:
    wanted = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:1/"}
    made = environment_of(wanted, region, environ)
    assert {name: made[name] for name in OF_CREDENTIALS if name in made} == wanted
    assert made["AWS_REGION"] == made["AWS_DEFAULT_REGION"] == region
    for name in environ.keys() - set(OF_CREDENTIALS) - {"AWS_REGION", "AWS_DEFAULT_REGION"}:
        assert made[name] == environ[name]

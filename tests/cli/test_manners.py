"""What holds for every command: no secret in sight, one sentence for what is wrong."""

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rolecall.cli import terminal
from rolecall.cli.command_tree import kept, walk
from rolecall.cli.main import main
from rolecall.problems import Exit
from rolecall.session.mfa import typed_code
from tests.session.recording_sts import Recorder

Output = pytest.CaptureFixture[str]
PATHS = [path for path, _ in walk(kept())]
OPTIONS = sorted(
    {
        name
        for _, command in walk(kept())
        for option in command["options"]
        for name in option["names"]
    }
)
WORDS = sorted({word for path in PATHS for word in path} - {"up"})
SECRET = "wJalrXUtnFEMI-K7MDENG-bPxRfiCY-hush"
#: What a command may end with.
CODES = {int(code) for code in Exit} | {126, 127, 130}


@pytest.fixture
def machine(sts: Recorder, bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project on a machine full of secrets, whose AWS refuses everything."""
    (bare_environment / "environments").mkdir()
    (bare_environment / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    (bare_environment / ".aws").mkdir()
    (bare_environment / ".aws/credentials").write_text(
        f"[acme]\naws_access_key_id = AKIAEXAMPLE\naws_secret_access_key = {SECRET}\n"
    )
    (bare_environment / "token").write_text(SECRET)
    monkeypatch.chdir(bare_environment)
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE")
    monkeypatch.setenv("ROLECALL_HOME", str(bare_environment / "home"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("rolecall.session.mfa.in_foreground", lambda: False)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(SECRET.encode())))
    sts.refuse("AccessDenied", f"no, not with {SECRET[:4]}…", 403)
    return bare_environment


def run(arguments: list[str]) -> tuple[int, str, str]:
    out, err = io.TextIOWrapper(io.BytesIO()), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        out.flush()
    assert isinstance(out.buffer, io.BytesIO)
    return code, out.buffer.getvalue().decode(), err.getvalue()


@pytest.mark.parametrize("path", PATHS, ids=[" ".join(path) or "rolecall" for path in PATHS])
@pytest.mark.usefixtures("machine")
def test_help_goes_to_stdout_and_holds_no_secret(path: tuple[str, ...]) -> None:
    code, out, err = run([*path, "--help"])
    assert (code, err) == (0, "")
    assert out.startswith("usage: rolecall")
    assert SECRET not in out


def test_no_secret_is_taken_from_an_argument() -> None:
    takes_secret = re.compile(r"secret|password|token|assertion|code|key")
    harmless = re.compile(r"file|process|tag|expiration")
    found = [
        (path, name)
        for path, command in walk(kept())
        for option in command["options"]
        for name in option["names"]
        if "takes" in option and takes_secret.search(name) and not harmless.search(name)
    ]
    # A SAML response comes from a file or stdin.
    assert {name for _, name in found} <= {"--saml-assertion"}


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "command"),
        (["asume"], 'did you mean "assume"'),
        (["assume"], "environment"),
        (["assume", "tes"], "role"),
        (["assume", "tes", "x", "--durtion", "900"], 'did you mean "--duration"'),
        (["assume", "tes", "x", "--duration", "long"], "--duration"),
        (["assume", "tes", "x", SECRET], "1 argument too many"),
        (["assume", "tes", "x", f"--session-token={SECRET}"], "no option --session-token"),
        (["local"], "command"),
        (["local", "env", "tes", "--account", "1"], "not allowed with"),
        (["verify", "tes", "x", "--current", "--with-profile"], "not allowed with"),
        (["completion", "tcsh"], "bash, zsh, fish"),
        (["--nonsense"], "command"),
        (["assume", "\x1b[31mtes\x07", "x"], "\\u001b[31mtes"),
        (["assume", "a\nb", "x"], "environment"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: list[str], said: str) -> None:
    code, out, err = run(arguments)
    assert (code, out) == (Exit.BAD_INPUT, "")
    assert said in err
    assert SECRET not in err
    assert "\x1b" not in err
    lines = err.splitlines()
    assert lines[0].startswith("rolecall: ")
    assert len(lines) == (2 if "\n" in "".join(arguments) else 1)


WORD = (
    st.sampled_from(WORDS)
    | st.sampled_from(OPTIONS)
    | st.sampled_from(
        ["tes", "acme", "reader", "-", "--", "token", "900", "", "all", "/", ".", "\udcff"]
    )
    | st.text(max_size=12)
    | st.builds("{}={}".format, st.sampled_from(OPTIONS), st.text(max_size=8))
)
PROOFS = (["--web-identity-token-file", "token"], ["--saml-assertion", "-"], ["--github-token"])


@settings(
    max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(path=st.sampled_from(PATHS), words=st.lists(WORD, max_size=6))
@example(("assume",), ["tes", "reader", *PROOFS[0]])
@example(("assume",), ["tes", "reader", *PROOFS[1]])
@example(("assume",), ["tes", "reader", *PROOFS[2]])
@example(("exec",), ["tes", "reader", "--", "true"])
@example(("for-each",), ["--environments", "all", "--", "true"])
@example(("verify",), ["tes", "reader", "--current"])
@example(("serve",), ["tes", "reader", "--port", "99999999999"])
@example(("console",), ["tes", "reader"])
@example(("whoami",), ["--profile", "acme"])
def test_no_arguments_make_a_fault(machine: Path, path: tuple[str, ...], words: list[str]) -> None:
    if path[:2] == ("local", "up") or "up" in words:
        return  # it would start one, and leave it running
    code, out, err = run([*path, *words])
    assert code in CODES, err
    assert "Traceback" not in err
    assert SECRET not in out + err
    if code == Exit.BAD_INPUT and "--help" not in words:
        assert out == "" or "--json" in words
        assert any(line.startswith("rolecall: ") for line in err.splitlines())


@pytest.mark.usefixtures("bare_environment")
def test_nobody_is_asked_where_there_is_no_terminal() -> None:
    script = (
        "from rolecall.session.mfa import typed_code\n"
        "try: typed_code('arn:aws:iam::111111111111:mfa/me')()\n"
        "except Exception as problem: print(problem)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        timeout=60,
    )
    assert "--mfa-process" in ran.stdout
    assert ran.stderr == ""


def test_a_code_is_asked_for_at_the_terminal_though_stdin_is_a_pipe() -> None:
    """As in `something | rolecall assume … --mfa-serial …`."""
    assert callable(typed_code("arn:aws:iam::111111111111:mfa/me"))
    script = (
        "import os, sys; from rolecall.session.mfa import typed_code\n"
        "r, w = os.pipe(); os.dup2(r, 0)\n"
        "print('got', typed_code('arn:aws:iam::111111111111:mfa/me')(), file=sys.stderr)"
    )
    process, ours = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, "-c", script])
    heard = b""
    try:
        while b"mfa/me: " not in heard:
            heard += os.read(ours, 1000)
        os.write(ours, b"123456\n")
        with contextlib.suppress(OSError):
            while b"got 123456" not in heard and (more := os.read(ours, 1000)):
                heard += more
    finally:
        os.waitpid(process, 0)
        os.close(ours)
    assert b"got 123456" in heard
    assert heard.count(b"123456") == 1  # not echoed


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("variables", "wanted"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_is_for_terminals_whose_owner_wants_it(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], wanted: bool
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    painted = terminal.paint("word", terminal.RED, Terminal())
    assert painted == ("\x1b[31mword\x1b[0m" if wanted else "word")
    assert terminal.paint("word", terminal.RED, io.StringIO()) == "word"


class Timer:
    """A timer that rings at once, or never."""

    daemon = False
    rings = True

    def __init__(self, seconds: float, ring: Callable[[], None]) -> None:
        assert seconds == 1.0
        self.ring = ring

    def start(self) -> None:
        if self.rings:
            self.ring()

    def cancel(self) -> None:
        pass


def wait_for_something(stream: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with terminal.waiting("asking AWS"):
        pass
    return stream.getvalue()


def test_progress_is_for_terminals_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "Timer", Timer)
    assert wait_for_something(Terminal(), monkeypatch) == "asking AWS …\r\x1b[K"
    assert wait_for_something(io.StringIO(), monkeypatch) == ""
    monkeypatch.setattr(Timer, "rings", False)
    assert wait_for_something(Terminal(), monkeypatch) == ""


def test_a_thread_beside_a_running_command_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threading, "Timer", Timer)
    stream = Terminal()
    other = threading.Thread(target=wait_for_something, args=(stream, monkeypatch))
    other.start()
    other.join()
    assert stream.getvalue() == ""


def test_the_version_costs_next_to_nothing() -> None:
    script = (
        "import sys; from rolecall.cli.main import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: pass\n"
        "print([m for m in sys.modules if m.startswith('rolecall.') and m.count('.') == 1 or m in"
        " ('json', 'yaml', 'boto3', 'difflib', 'threading')], file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stderr == "['rolecall.cli', 'rolecall.problems']\n"

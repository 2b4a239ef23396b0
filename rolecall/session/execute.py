"""Running a command as a role: its environment, its signals, its exit code."""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType

from rolecall.policy.errors import quoted
from rolecall.problems import Problem

NOT_EXECUTABLE, NOT_FOUND, KILLED = 126, 127, 128

#: Every variable that gives an SDK credentials, or chooses where they come from. What the
#: caller used must neither beat nor mix with the role's. Endpoints, certificates and
#: retries stay. Source: AWS SDKs reference, "Environment variables".
OF_CREDENTIALS = (
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ACCOUNT_ID",
    "AWS_CREDENTIAL_FILE",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
#: What is passed on to the command.
_PASSED_ON = (
    signal.SIGINT,
    signal.SIGTERM,
    signal.SIGHUP,
    signal.SIGQUIT,
    signal.SIGUSR1,
    signal.SIGUSR2,
)
#: What a terminal sends to every process of its foreground group, so to the command too.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGQUIT)


class CommandProblem(Problem):
    """A command that cannot be started; `code` is the exit code that shells give it."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


def environment_of(
    variables: Mapping[str, str], region: str, environ: Mapping[str, str]
) -> dict[str, str]:
    """The environment of the command: the caller's, without credentials but these, and with
    the region under both names that SDKs read."""
    kept = {name: value for name, value in environ.items() if name not in OF_CREDENTIALS}
    return {**kept, "AWS_REGION": region, "AWS_DEFAULT_REGION": region, **variables}


def execute(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run the command, pass signals on to it, and return its exit code.

    128 and the signal's number where one killed it. Standard streams and other open files
    are its own. To be called in the main thread. Raises `CommandProblem`: 127 where there
    is no such command, 126 where it cannot be run.
    """
    with _Signals() as signals:
        process = _start(command, environment)
        signals.pass_on_to(process)
        code = process.wait()
    return code if code >= 0 else KILLED - code


def _start(command: Sequence[str], environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    name = command[0]
    try:
        if not name:
            raise FileNotFoundError
        # Our own files are closed in the command anyway (PEP 446); those that the caller
        # left open for it stay open.
        return subprocess.Popen(  # noqa: S603 - running it is what was asked for
            list(command), env=dict(environment), close_fds=False
        )
    except FileNotFoundError:
        where = "" if "/" in name else " in PATH"
        raise CommandProblem(
            f"there is no command {quoted(name, 200)}{where}, or its interpreter is missing.",
            NOT_FOUND,
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CommandProblem(
            f"{quoted(name, 200)} cannot be run: {reason}.", NOT_EXECUTABLE
        ) from None


class _Signals:
    """Passes signals on to a process, while the context lasts.

    A signal that the caller ignores (`nohup`, a background job) stays ignored, for the
    command as well. What the terminal sends reaches the command by itself, and a second
    one would mean "at once" to programs such as Terraform.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._early: list[int] = []
        self._before: dict[int, object] = {}

    def __enter__(self) -> "_Signals":
        for number in _PASSED_ON:
            if signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._came)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def pass_on_to(self, process: "subprocess.Popen[bytes]") -> None:
        """Name the process; what came before it was there is passed on now."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _came(self, number: int, _frame: FrameType | None) -> None:
        if number in _OF_THE_TERMINAL and in_foreground():
            return
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)


def in_foreground() -> bool:
    """Whether this process is of the group that its terminal sends signals to."""
    try:
        with _terminal() as terminal:
            return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False


@contextmanager
def _terminal() -> Iterator[int]:
    descriptor = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)

"""One-time codes of an MFA device: typed at the terminal, or printed by a process."""

import getpass
import shlex
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field

from rolecall.policy import check_serial_number, check_token_code
from rolecall.problems import Problem
from rolecall.session.execute import in_foreground

_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Mfa:
    """An MFA device and where its codes come from. A code is good once, so each call asks."""

    serial: str
    ask: Callable[[], str] = field(repr=False)

    def __post_init__(self) -> None:
        check_serial_number(self.serial)

    def code(self) -> str:
        """A code, checked to be six digits."""
        code = self.ask().strip()
        check_token_code(code)
        return code


def typed_code(serial: str) -> Callable[[], str]:
    """Ask at the terminal itself, whatever stdin is. Raises `Problem` where there is none, or
    where this process is in its background and would be stopped for asking."""

    def ask() -> str:
        if not in_foreground():
            raise Problem(
                "an MFA code is needed and there is no terminal to ask at: give --mfa-process, "
                "a command that prints it."
            )
        try:
            return getpass.getpass(f"MFA code of {serial}: ")
        except (EOFError, OSError):
            raise Problem("no MFA code was given.") from None

    return ask


def code_of_process(command: str) -> Callable[[], str]:
    """Run a command, without a shell, and read the code from its stdout."""

    def ask() -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own command, no shell
                shlex.split(command), stdout=subprocess.PIPE, timeout=_SECONDS, check=True
            )
            return done.stdout.decode("ascii")
        except (OSError, ValueError, IndexError):
            raise Problem("--mfa-process cannot be run, or prints no code.") from None
        except subprocess.CalledProcessError as error:
            raise Problem(f"--mfa-process ended with exit code {error.returncode}.") from None
        except subprocess.TimeoutExpired:
            raise Problem(f"--mfa-process took longer than {_SECONDS} seconds.") from None

    return ask

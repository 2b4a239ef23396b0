"""The token of `rolecall serve`: of a file, of the environment, or a random one."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.files import write_private
from rolecall.policy.errors import quoted
from rolecall.problems import Problem, exit_for
from rolecall.session.container_server import TOKEN_FILE_VARIABLE, TOKEN_VARIABLE, new_token
from rolecall.session.secret_files import read_secret

TOKEN_OF_SERVE = "ROLECALL_SERVE_TOKEN"  # noqa: S105 - the name of a variable
_TOKEN = re.compile(r"[\x21-\x7e]{16,4096}")
_LONGEST = 4096


@dataclass(frozen=True, slots=True)
class ServeToken:
    """A token, and the file that clients read it from, where there is one."""

    value: str = field(repr=False)
    file: Path | None = None

    def in_place_of(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables of a server, with the file's name in place of the token."""
        if self.file is None:
            return dict(variables)
        rest = {name: value for name, value in variables.items() if name != TOKEN_VARIABLE}
        return {**rest, TOKEN_FILE_VARIABLE: str(self.file.absolute())}


@contextmanager
def serve_token(file: Path | None, environ: Mapping[str, str]) -> Iterator[ServeToken]:
    """The token while it is served. A file that was made for it is removed at the end.

    Raises `Problem` for what cannot be a token: the SDKs send it as it stands in an
    Authorization header, and guessing it must be hopeless.
    """
    if file is None:
        given = environ.get(TOKEN_OF_SERVE)
        yield ServeToken(new_token() if not given else _checked(given, TOKEN_OF_SERVE))
    elif file.exists():
        content = read_secret(file, "--token-file", "a token", _LONGEST)
        text = content.decode("utf-8", "replace")
        yield ServeToken(_checked(text, f"--token-file {quoted(str(file), 200)}"), file)
    else:
        token = new_token()
        try:
            write_private(file, token.encode())
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "that is no file's name"
            raise Problem(
                f"--token-file {quoted(str(file), 200)} cannot be written: {reason}.",
                exit_for(error),
            ) from None
        try:
            yield ServeToken(token, file)
        finally:
            # It opens nothing any more: its server has ended.
            with suppress(OSError):
                file.unlink(missing_ok=True)


def _checked(token: str, where: str) -> str:
    if not _TOKEN.fullmatch(token):
        raise Problem(
            f"{where} holds no token: 16 to {_LONGEST} printable ASCII characters without spaces, "
            "and no line break at the end."
        )
    return token

"""Environment variables as POSIX shell lines, for `eval "$(rolecall …)"`."""

import shlex
import sys
from collections.abc import Iterable, Mapping

#: What another session may have left behind and what would beat or confuse new credentials.
STALE = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_CREDENTIAL_EXPIRATION",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)


def shell_lines(variables: Mapping[str, str], stale: Iterable[str] = STALE) -> str:
    """`unset` of what is stale, then an `export` a line, every value quoted."""
    leftovers = [name for name in stale if name not in variables]
    lines = [f"unset {' '.join(leftovers)}"] if leftovers else []
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join(lines)


def say(words: str) -> None:
    """Talk to the person: on stderr, so that stdout stays data."""
    print(words, file=sys.stderr, flush=True)

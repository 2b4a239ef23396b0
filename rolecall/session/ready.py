"""Answers that lie ready for `rolecall.session.warm`: what they hold, and for whom.

A file's fields, with a zero byte between: a mark; how many fields; from and until when it
is good; how long the answer is; the folder that it is for, if that matters; then the words
of the command, the environment variables (`NAME=value`, or `NAME` where it is not set;
given twice, either will do) and the files (a version and a name) that led to the answer,
each with their number before them; and the answer. Each of those is compared before it is
given out, so that another caller, another role or a changed setting never gets it.
"""

import hashlib
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rolecall.files import private_folder, write_private
from rolecall.session import warm
from rolecall.session.cache import sweep_ready
from rolecall.session.place import Folders

#: Whatever a request, its caller or its endpoint is made of. Secrets are not: the id of an
#: access key says whose it is.
_VARIABLES = (
    *("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"),
    *("AWS_ACCESS_KEY_ID", "AWS_CREDENTIAL_FILE", "BOTO_CONFIG"),
    *("AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    *("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
    *("AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"),
    *("HOME", "XDG_CACHE_HOME", "LOGNAME", "USER", "LNAME", "USERNAME"),
)
_PATHS = (
    *("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "AWS_WEB_IDENTITY_TOKEN_FILE"),
    "HOME",
)


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer rests on.

    environ: the environment as the command found it.
    as_well: for a variable, the other value (None: not set) that leads to the same.
    files: those that were read, whether they are there or not.
    anywhere: whether every path among the words is absolute.
    """

    words: Sequence[str]
    environ: Mapping[str, str]
    as_well: Mapping[str, str | None]
    files: Iterable[Path]
    anywhere: bool


def command_of(words: Sequence[str], environ: Mapping[str, str]) -> list[str]:
    """The command to write into a `credential_process`; `words` begin with `process`."""
    text = "\0".join(words).encode("utf-8", "surrogateescape")
    name = hashlib.sha256(text).hexdigest()[:32]
    file = Folders.of(environ).ready / name
    return [sys.executable, "-IS", str(Path(warm.__file__)), str(file), *words]


def ready_content(basis: Basis, good: tuple[int, int], answer: bytes) -> bytes:
    """The content of the file; `good` from and until, in seconds of this machine's clock."""
    variables = []
    for name in _VARIABLES:
        values = [basis.environ.get(name)]
        if name in basis.as_well:
            values.append(basis.as_well[name])
        variables += [name if value is None else f"{name}={value}" for value in values]
    anywhere = basis.anywhere and all(
        os.path.isabs(basis.environ.get(name) or "/")  # noqa: PTH117
        for name in _PATHS
    )
    files = [os.fsencode(file.absolute()) for file in basis.files]
    lists = (
        [os.fsencode(word) for word in basis.words],
        [os.fsencode(variable) for variable in variables],
        [warm.stamp(file) + b" " + file for file in files],
    )
    fields = [
        *(b"%d" % second for second in good),
        b"%d" % len(answer),
        b"" if anywhere else warm.working_directory(),
    ]
    for each in lists:
        fields += [b"%d" % len(each), *each]
    fields.append(answer)
    return b"\0".join([warm.MAGIC, b"%d" % (len(fields) + 2), *fields])


def write_ready(file: Path, basis: Basis, good: tuple[int, int], answer: bytes) -> bool:
    """Put an answer where `warm` looks for it; False where that cannot be, which is no failure.

    Only into the folder that is ours: the name came from a command that anybody may have
    written down.
    """
    if file.parent != Folders.of(basis.environ).ready or b"\0" in answer:
        return False
    with suppress(OSError, ValueError):
        private_folder(file.parent)
        write_private(file, ready_content(basis, good, answer))
        sweep_ready(file.parent)
        return True
    return False

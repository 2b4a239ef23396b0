"""What is kept of sessions, in our folder and the AWS CLI's: to be listed, or cleared away."""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rolecall.embedded_token import is_embedded
from rolecall.session.aws_cli_cache import from_text
from rolecall.session.cache import content_of
from rolecall.session.place import Folders

#: What stands in our folders; in the AWS CLI's only files that are sessions of a role.
_OURS = re.compile(r"[0-9a-f]{64}\.json|(?:aws-cli-)?[0-9a-f]{40,64}\.lock|[0-9a-f]{32}|\..+")


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A session that is kept; nothing secret of it.

    arn, expiration: None where the file is not a session that can be used.
    """

    file: Path
    shared: bool
    arn: str | None
    expiration: datetime | None
    embedded: bool


def kept_files(folders: Folders) -> list[KeptFile]:
    """Every session that is kept, those that end last first, and our files that are none."""
    found = [
        one
        for folder, shared in ((folders.sessions, False), (folders.shared, True))
        for file in _json_files(folder)
        if (one := _kept_file(file, shared)) is not None
    ]
    ends = {one.file: one.expiration.timestamp() if one.expiration else 0.0 for one in found}
    return sorted(found, key=lambda one: (-ends[one.file], one.file))


def clear(folders: Folders, *, shared: bool) -> int:
    """Remove what is kept, and how many sessions that were.

    shared: those of the AWS CLI's folder as well; what else the CLI keeps there stays.
    """
    number = 0
    for one in kept_files(folders):
        if shared or not one.shared:
            with suppress(OSError):
                one.file.unlink()
                number += 1
    for folder in (folders.ready, folders.sessions, folders.locks):
        with suppress(OSError):
            for file in list(folder.iterdir()):
                if _OURS.fullmatch(file.name):
                    with suppress(OSError):
                        file.unlink()
    return number


def _json_files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        yield from sorted(file for file in folder.iterdir() if file.suffix == ".json")


def _kept_file(file: Path, shared: bool) -> KeptFile | None:
    try:
        answer = from_text(content_of(file)[0])
    except (OSError, ValueError, OverflowError):
        return None if shared else KeptFile(file, shared, None, None, embedded=False)
    credentials = answer["Credentials"]
    return KeptFile(
        file=file,
        shared=shared,
        arn=answer["AssumedRoleUser"]["Arn"],
        expiration=credentials["Expiration"],
        embedded=is_embedded(credentials["SessionToken"]),
    )

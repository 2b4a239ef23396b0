"""Everything of Rolecall that writes files, each as: what was there, the writing, what is there."""

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rolecall.cli.import_files import write_new
from rolecall.files import write_output
from rolecall.local.persistence import StateDirectory
from rolecall.review.comment.job_summary import append_summary
from rolecall.session import cache
from rolecall.session.assumed_role import session_of
from rolecall.session.aws_files import AwsFiles
from rolecall.session.github_env import append_to_github_env
from rolecall.session.place import Folders, Place
from rolecall.session.profile import Profile, write_profile
from rolecall.session.ready import Basis, write_ready
from rolecall.session.serve_token import serve_token
from rolecall.session.user_file import write_user_file
from rolecall.session.warm import content_of, output_of
from rolecall.starting.place import write_project
from rolecall.terraform.environment import prepare
from tests.session.cache.answers import KEY, ROLE, answer

NOW = datetime.now(UTC).replace(microsecond=0)
SESSION = session_of(answer(ends=NOW + timedelta(hours=1), date=NOW))
#: Longer than a buffer of Python's, so that there are several writes.
LONG = "x" * 20_000
THEIRS = b"# mine\n[other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = theirs\n"


@dataclass(frozen=True)
class Writer:
    """before: what is there before. write: what is drilled.

    found: what a reader gets: "old", "new", or whatever else, which is a finding.
    secret: whether every file must be its owner's alone.
    appends: torn, the old content is followed by a part of the new: nothing else is possible.
    raises: whether an `OSError` is what its callers make a sentence of.
    """

    before: Callable[[Path], None]
    write: Callable[[Path], object]
    found: Callable[[Path], str]
    secret: bool = True
    appends: bool = False
    raises: bool = False


def _told(content: bytes | None, old: bytes | None, is_new: Callable[[bytes], bool]) -> str:
    if content == old:
        return "old"
    return "new" if content is not None and is_new(content) else repr(content)[:200]


def _bytes(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


# ---- the session as a file to be sourced

_OLD_USER_FILE = b"# Written by `rolecall assume`; it holds secrets.\nexport OLD=1\n"


def _user_file() -> Writer:
    return Writer(
        lambda folder: _private(folder / "user.sh", _OLD_USER_FILE),
        lambda folder: write_user_file(folder / "user.sh", SESSION, {"NEW": LONG}, ["OLD"]),
        lambda folder: _told(
            _bytes(folder / "user.sh"),
            _OLD_USER_FILE,
            lambda content: content.endswith(f"NEW={LONG}\n".encode()),
        ),
    )


def _private(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)


# ---- the AWS files


def _aws(folder: Path) -> AwsFiles:
    return AwsFiles(folder / ".aws/config", folder / ".aws/credentials")


def _profile() -> Writer:
    def before(folder: Path) -> None:
        files = _aws(folder)
        _private(files.config, b"[default]\nregion = us-east-1\n")
        _private(files.credentials, THEIRS)

    def found(folder: Path) -> str:
        files = _aws(folder)
        told = {
            _told(
                _bytes(files.config),
                b"[default]\nregion = us-east-1\n",
                lambda it: it.startswith(b"[default]\n") and it.endswith(b"region = eu-west-1\n"),
            ),
            _told(
                _bytes(files.credentials),
                THEIRS,
                lambda it: (
                    it.startswith(THEIRS)
                    and it.endswith(f"aws_session_token = {SESSION.session_token}\n".encode())
                ),
            ),
        }
        # Two files cannot be replaced in one step; each is whole.
        return "new" if told == {"old", "new"} else told.pop()

    return Writer(
        before,
        lambda folder: write_profile(
            _aws(folder), Profile(name="tes", region="eu-west-1", session=SESSION)
        ),
        found,
    )


# ---- kept sessions, and answers that lie ready


def _place(folder: Path) -> Place:
    return Place(
        folder / "sessions" / f"{KEY}.json",
        folder / "locks" / f"{KEY}.lock",
        ROLE,
        3600,
        of_aws=False,
    )


def _cache() -> Writer:
    later = NOW + timedelta(hours=1)

    def found(folder: Path) -> str:
        def warn(words: str) -> None:
            raise AssertionError(words)

        kept = cache.read(_place(folder), NOW, warn)
        token = "" if kept is None else kept.session.session_token
        return {"": "nothing", "the-old-one": "old", LONG: "new"}.get(token, token)

    return Writer(
        lambda folder: _is(
            cache.write(_place(folder), answer(ends=later, date=NOW, token="the-old-one"), NOW)
        ),
        lambda folder: cache.write(_place(folder), answer(ends=later, date=NOW, token=LONG), NOW),
        found,
    )


def _is(done: bool) -> None:
    assert done


def _basis(folder: Path) -> Basis:
    environ = {"XDG_CACHE_HOME": str(folder)}
    return Basis(["process", "tes"], environ, {}, [], anywhere=True)


def _ready() -> Writer:
    seconds = int(NOW.timestamp())
    good = (seconds - 60, seconds + 3600)

    def file(folder: Path) -> Path:
        return Folders.of({"XDG_CACHE_HOME": str(folder)}).ready / ("0" * 32)

    def found(folder: Path) -> str:
        environ = {b"XDG_CACHE_HOME": os.fsencode(folder)}
        told = output_of(
            content_of(os.fsencode(file(folder))), [b"process", b"tes"], environ, b"/", seconds
        )
        return {b"old": "old", LONG.encode(): "new"}.get(told or b"", repr(told)[:100])

    return Writer(
        lambda folder: _is(write_ready(file(folder), _basis(folder), good, b"old")),
        lambda folder: write_ready(file(folder), _basis(folder), good, LONG.encode()),
        found,
    )


# ---- files that belong to a job of GitHub Actions


def _github() -> Writer:
    old = b"OLD=1\n"
    variables = {"NEW": LONG, "LAST": "one"}

    def found(folder: Path) -> str:
        content = (folder / "env").read_bytes()
        if content == old:
            return "old"
        whole = re.fullmatch(rb"OLD=1\nNEW<<(\S+)\nx+\n\1\nLAST<<(\S+)\none\n\2\n", content)
        return "new" if whole else f"part of {len(content)} bytes"

    return Writer(
        lambda folder: _private(folder / "env", old),
        lambda folder: append_to_github_env(variables, {"GITHUB_ENV": str(folder / "env")}),
        found,
        appends=True,
    )


def _summary() -> Writer:
    new = LONG + "\n"

    def found(folder: Path) -> str:
        content = (folder / "summary").read_text()
        return {"old\n": "old", f"old\n{new}": "new"}.get(content, f"part of {len(content)}")

    return Writer(
        lambda folder: _private(folder / "summary", b"old\n"),
        lambda folder: append_summary(LONG, {"GITHUB_STEP_SUMMARY": str(folder / "summary")}),
        found,
        secret=False,
        appends=True,
    )


# ---- outputs


def _output() -> Writer:
    def before(folder: Path) -> None:
        (folder / "review.md").write_text("old")

    return Writer(
        before,
        lambda folder: write_output(folder / "review.md", LONG.encode()),
        lambda folder: _told(_bytes(folder / "review.md"), b"old", LONG.encode().__eq__),
        secret=False,
        raises=True,
    )


def _imported(*, force: bool) -> Writer:
    def before(folder: Path) -> None:
        if force:
            (folder / "made").mkdir()
            (folder / "made/role.py").write_text("old")

    return Writer(
        before,
        lambda folder: write_new(folder / "made/role.py", LONG, force=force),
        lambda folder: _told(
            _bytes(folder / "made/role.py"), b"old" if force else None, LONG.encode().__eq__
        ),
        secret=False,
    )


_PROJECT: Mapping[str, str] = {
    "main.py": "main",
    "environments/tes.yaml": "tes",
    "stacks/access.py": LONG,
}


def _project() -> Writer:
    def found(folder: Path) -> str:
        shop = folder / "shop"
        there = {
            str(path.relative_to(shop)): path.read_text()
            for path in shop.rglob("*")
            if path.is_file()
        }
        if not shop.exists():
            return "old"
        return "new" if there == _PROJECT else f"half a project: {sorted(there)}"

    return Writer(
        lambda folder: None,
        lambda folder: write_project(folder / "shop", _PROJECT),
        found,
        secret=False,
    )


# ---- the embedded AWS


def _state() -> Writer:
    """Three snapshots, so that there is one before the newest."""

    def found(folder: Path) -> str:
        told: list[bytes] = []
        warning = StateDirectory.open(folder / "state").load(told.append)
        if warning is not None:
            return warning
        return {b"old": "old", LONG.encode(): "new"}.get(told[-1], repr(told)[:100])

    def before(folder: Path) -> None:
        state = StateDirectory.open(folder / "state")
        state.save(b"older")
        state.save(b"old")

    return Writer(
        before,
        lambda folder: StateDirectory.open(folder / "state").save(LONG.encode()),
        found,
        raises=True,
    )


def _new_state() -> Writer:
    def found(folder: Path) -> str:
        told: list[bytes] = []
        warning = StateDirectory.open(folder / "state").load(told.append)
        return warning or {(): "old", (b"new",): "new"}.get(tuple(told), repr(told)[:100])

    return Writer(
        lambda folder: None,
        lambda folder: StateDirectory.open(folder / "state").save(b"new"),
        found,
        raises=True,
    )


def _token() -> Writer:
    def write(folder: Path) -> None:
        with serve_token(folder / "token", {}):
            pass

    def found(folder: Path) -> str:
        # While it is served, and when its server was killed.
        content = _bytes(folder / "token")
        return "old" if content is None else "new" if len(content) >= 16 else repr(content)

    return Writer(lambda folder: None, write, found)


# ---- Terraform's settings


def _terraform() -> Writer:
    def write(folder: Path) -> None:
        prepare(folder / "home", variables={}, reachable=lambda: False, mirror=lambda: folder)

    def found(folder: Path) -> str:
        home = folder / "home"
        decision = _bytes(home / "terraform.json")
        if decision is None:
            return "old"
        config = Path(json.loads(decision)["TF_CLI_CONFIG_FILE"]).read_text()
        return "new" if config.endswith("}\n}\n") else config

    return Writer(lambda folder: None, write, found, secret=False)


WRITERS: Mapping[str, Writer] = {
    "user file": _user_file(),
    "AWS config and credentials": _profile(),
    "kept session": _cache(),
    "ready answer": _ready(),
    "GITHUB_ENV": _github(),
    "job summary": _summary(),
    "review output": _output(),
    "import, new": _imported(force=False),
    "import, over another": _imported(force=True),
    "new project": _project(),
    "snapshot": _state(),
    "first snapshot": _new_state(),
    "token file": _token(),
    "Terraform settings": _terraform(),
}

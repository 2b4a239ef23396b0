"""A profile is written so that the SDK reads what was meant, and all else keeps every byte."""

import atexit
import configparser
import os
import shlex
import shutil
import tempfile
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import botocore.configloader
from botocore.exceptions import ConfigNotFound, ConfigParseError

from rolecall.problems import Problem
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.aws_files import AwsFiles
from rolecall.session.profile import Profile, remove_profile, write_profile
from scripts.hardening.fuzz_targets.draw import Draw, require

_LINES = [
    b"[default]", b"[profile tes]", b"[tes]", b"[profile  tes]", b'[profile "tes"]',
    b"[profile other]", b"[other]", b"[DEFAULT]", b"[profile tes] ; x", b"[sso-session s]",
    b" [profile tes]", b"[profile tes", b"[]", b"[ ]", b"[a]]", b"region = eu-central-1",
    b"region=us-east-1", b"role_arn = x", b"credential_process = y", b"aws_access_key_id = A",
    b"output: json", b"s3 =", b"    nested = 1", b"\tnested = 2", b"  region = z", b"; a comment",
    b"# another", b"", b"   ", b"key", b"=x", b"k = a ; b", b"k = a # b",
    b"# by rolecall profile: credential_process, region",
    b"# section by rolecall profile: credential_process, region",
    b"# section by rolecall keys: aws_access_key_id", b"# section by rolecall profile: region",
    b"endpoint_url = http://x", b"\xef\xbb\xbf[default]", b"\xff\xfe", b"k = \xe9", b"\x0b",
    b"\x0c[profile tes]", b"k = v\rx = y", b"\x1c[tes]", b"\xc2\x85[profile tes]", b"k\x00 = v",
    "\u2028[profile tes]".encode(), b"REGION = q", b"credential_process", b"[profile tes]\r",
    b"aws_session_token=",
]  # fmt: skip
_ENDS = [b"\n", b"\r\n", b"\n\n", b"\r", b""]
_NAMES = [
    "tes",
    "other",
    "a",
    "tes-x",
    "default",
    "a]b",
    "x\n[y",
    "",
    "tes ",
    "ü",
    "a/b@c+d=e.f",
    "-a",
    "DEFAULT",
    "profile",
]
_WORDS = [
    "/usr/bin/python3", "-I", "it's", "--x=", "a b", '"', "\\", "$HOME", "`id`", "%d", "#", " #x",
    ";", "a;b", "\n", "\r", "x\n[evil]\nrole_arn = y", "=", "[", "ü", "\u2028", "\x85", "\x0b",
    "\x1c", "\x00", "~", "*", "",
]  # fmt: skip
_REGIONS = [
    None,
    "eu-central-1",
    "us-east-1",
    "x y",
    "a\nb",
    "a # b",
    " a",
    "",
    "[x]",
    "%(x)s",
    "eu\u2028[evil]",
    "a\x0b",
]
_MARK = "rolecall"

Sections = dict[str, dict[str, str]]


@cache
def _folder() -> Path:
    # In memory where there is such a place: every write waits for the disk.
    memory = Path("/dev/shm")
    place = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="rolecall-fuzz-", dir=place))
    atexit.register(shutil.rmtree, folder, True)
    return folder


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw = Draw(data)
    files = AwsFiles(_folder() / "config", _folder() / "credentials")
    before = {}
    for path in (files.config, files.credentials):
        path.unlink(missing_ok=True)
        content = _content(draw)
        if content is not None:
            path.write_bytes(content)
        before[path] = content
    by = draw.one_of(["profile", "profile", "keys"])
    try:
        profile = _profile(draw, by)
    except Problem as problem:
        require("\n" not in str(problem), "a refusal is one line")
        return
    at_first = {path: _sections(path) for path in before}
    if not _written(files, profile, before, at_first):
        return
    # Marks that somebody else wrote count as ours, one at a time: they may go. And a carriage
    # return that ends a file is taken for half a line end.
    given = [content or b"" for content in before.values()]
    unmarked = not any(b"by rolecall" in each or each.endswith(b"\r") for each in given)
    if draw.flag():
        # A second time, perhaps with other values: as if the first had not been.
        once = {path: _read(path) for path in before}
        try:
            second = Profile(profile.name, draw.one_of(_REGIONS[:3]), command=["x"], by=by)
            again = _written(files, second, once, at_first)
        except Problem:
            again = False
        if again:
            write_profile(files, profile)
            for path, content in once.items():
                back = (_read(path) or b"") == (content or b"")
                require(back or not unmarked, "back and forth is not back")
    try:
        remove_profile(files, profile.name, by)
    except Problem as problem:
        require(False, f"what was written cannot be removed: {problem}")
    if unmarked:
        for path, content in before.items():
            undone = (_read(path) or b"") == (content or b"")
            require(undone, "removing is not undoing")


def _content(draw: Draw) -> bytes | None:
    kind = draw.below(4)
    if kind == 3:
        return None
    end = draw.one_of(_ENDS[:2])
    made = b""
    for _ in range(draw.below(9)):
        line = draw.blob() if draw.below(12) == 11 else draw.one_of(_LINES)
        made += line + (draw.one_of(_ENDS) if draw.below(10) == 9 else end)
    return made.removesuffix(end) if draw.below(4) == 3 else made


def _profile(draw: Draw, by: str) -> Profile:
    name, region = draw.one_of(_NAMES), draw.one_of(_REGIONS)
    endpoint = draw.one_of([None, None, "http://127.0.0.1:4566", "http://x y", "http://x\n[e]"])
    if draw.flag():
        session = AssumedRole(
            "ASIAEXAMPLE",
            "secret/+key",
            draw.one_of(["token=", "a b", "x\ny"]),
            datetime(2099, 1, 1, tzinfo=UTC),
            "arn:aws:sts::1:assumed-role/a/b",
        )
        return Profile(name, region, endpoint, session=session, by=by)
    return Profile(name, region, endpoint, command=draw.some_of(_WORDS, 4) or ["x"], by=by)


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def _written(
    files: AwsFiles,
    profile: Profile,
    before: dict[Path, bytes | None],
    at_first: dict[Path, Sections | None],
) -> bool:
    """Whether it was written; and if so, rightly."""
    sides = ((files.config, _is_config, profile.of_config()),
             (files.credentials, str.__eq__, profile.of_credentials()))  # fmt: skip
    old = {path: _sections(path) for path, *_ in sides}
    try:
        write_profile(files, profile)
    except Problem as problem:
        require("\n" not in str(problem), "a refusal is one line")
        unchanged = {path: _read(path) for path in before} == before
        require(unchanged, "it was refused, and something was written")
        return False
    for path, is_ours, options in sides:
        new = _sections(path)
        require(new is not None or not options, "a file that no SDK can read")
        if new is None:
            continue
        known = {name: dict(options) for name, options in (old[path] or {}).items()}
        mine = [name for name in new if is_ours(name, profile.name)]
        require(len(mine) <= 1 and (bool(mine) or not options), "not one section of ours")
        for name in mine:
            for option, value in options.items():
                # An option of theirs stays, and wins; one of ours from before does not.
                theirs = (at_first[path] or {}).get(name, {}).get(option)
                allowed = {value} if theirs is None else {value, theirs}
                require(new[name].get(option) in allowed, f"{option} is not what was meant")
        for name in {*new, *known} - set(mine):
            if not is_ours(name, profile.name):
                require(new.get(name, {}) == known.get(name, {}), f"[{name}] is changed")
        _others_keep_their_bytes(before[path] or b"", _read(path) or b"")
        _read_by_the_sdk(path, profile)
    return True


def _is_config(header: str, name: str) -> bool:
    try:
        return shlex.split(header) == ["profile", name]
    except ValueError:
        return False


def _sections(path: Path) -> Sections | None:
    """As botocore reads the file: `configparser`, text with universal line ends."""
    reader = configparser.RawConfigParser()
    try:
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            reader.read_file(file)
    except FileNotFoundError:
        return {}
    except (configparser.Error, UnicodeError, AttributeError, ValueError):
        return None
    return {name: dict(reader[name]) for name in reader}


def _others_keep_their_bytes(before: bytes, after: bytes) -> None:
    """Every line of theirs is there, in order; only lines of ours are new or gone."""
    kept = after.splitlines(keepends=True)
    place = 0
    for line in before.splitlines(keepends=True):
        found = next(
            (n for n in range(place, len(kept)) if kept[n].rstrip(b"\r\n") == line.rstrip(b"\r\n")),
            None,
        )
        if found is None:
            ours = b"rolecall" in before
            require(ours, f"the line {line[:40]!r} is gone")
            return
        place = found + 1


def _read_by_the_sdk(path: Path, profile: Profile) -> None:
    try:
        raw: Any = botocore.configloader.raw_config_parse(str(path))
    except (ConfigParseError, ConfigNotFound, UnicodeError):
        return
    if path.name == "config" and profile.of_config():
        seen = botocore.configloader.build_profile_map(raw)["profiles"]
        require(profile.name in seen, "the SDK does not see the profile")

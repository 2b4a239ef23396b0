"""Commands of somebody whose home is odd; run as a script, in a mount namespace where that may be.

`python -m tests.drills.homes FOLDER URL KIND…`.
"""

import os
import pwd
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.drills.acting import Told, act, contents, load, strays, tell
from tests.drills.stage import ACTS, LONG, WRITING, Stage

#: Which variables are how.
VARIABLES: dict[str, dict[str, str | None]] = {
    "HOME unset": {"HOME": None},
    "HOME relative": {"HOME": "home"},
    "HOME is /dev/null": {"HOME": "/dev/null"},
    "HOME is a file": {"HOME": "trust.json"},
    "HOME is not there": {"HOME": "{stage}/nowhere/at/all"},
    "no user": {"USER": None, "LOGNAME": None, "LNAME": None, "USERNAME": None},
    "no TMPDIR": {"TMPDIR": "/nowhere"},
    "XDG_CACHE_HOME relative": {"XDG_CACHE_HOME": "cache"},
    "XDG_CACHE_HOME is a file": {"XDG_CACHE_HOME": "/dev/null"},
    "ROLECALL_HOME is a file": {"ROLECALL_HOME": "/dev/null"},
}
VARIABLES["no entry in passwd"] = {"HOME": None, **VARIABLES["no user"]}
#: Not only variables; the first needs a mount.
OTHERS = ("read-only home", "umask 0777")
_CODES = {0, 1, 2, 6, 7}


def _nothing() -> None:
    pass


def _set_umask(mask: int) -> None:
    os.umask(mask)


def _no_entry(uid: int) -> Any:
    raise KeyError(f"getpwuid(): uid not found: {uid}")


def set_up(stage: Stage, kind: str) -> Callable[[], None]:
    """Make it so; what is left to be done in the process of the command."""
    if kind == "read-only home":
        home = stage.folder / "home"
        shutil.rmtree(stage.folder / "kept", ignore_errors=True)
        shutil.copytree(home, stage.folder / "kept")
        mount = ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "drill", str(home)]
        subprocess.run(mount, check=True)
        shutil.copytree(stage.folder / "kept", home, dirs_exist_ok=True)
        subprocess.run(["mount", "-o", "remount,ro", str(home)], check=True)
    if kind == "umask 0777":
        return lambda: _set_umask(0o777)
    if kind == "HOME unset":
        # The entry in passwd says it. Not that of whoever runs this.
        entry = pwd.struct_passwd(("alice", "x", 1000, 1000, "", str(stage.folder / "home"), ""))
        return lambda: setattr(pwd, "getpwuid", lambda _uid: entry)
    if kind == "no entry in passwd":
        # As in a container whose user is any number.
        return lambda: setattr(pwd, "getpwuid", _no_entry)
    return _nothing


def tear_down(stage: Stage) -> None:
    """The other way round."""
    if (stage.folder / "home").is_mount():
        subprocess.run(["umount", str(stage.folder / "home")], check=True)
    for path in stage.folder.rglob("*"):
        if not path.is_symlink() and path.is_dir():
            path.chmod(0o700)


def drill(stage: Stage, kind: str) -> Told:
    """Every command with such a home: done as usual, or one sentence."""
    told = Told(kind)
    for name in ACTS if LONG else WRITING:
        command = ACTS[name]
        stage.set_up()
        prepare = set_up(stage, kind)
        before = contents(stage.folder)
        changed = {
            variable: value and value.replace("{stage}", str(stage.folder))
            for variable, value in VARIABLES.get(kind, {}).items()
        }
        ended = act(stage, command, prepare, changed=changed)
        told.runs += 1
        if "Traceback" in ended.err or ended.code not in _CODES:
            told.found(name, f"ended with {ended.code}: {ended.err[-600:]}")
        elif ended.code and not ended.sentence and not command.keeps:
            told.found(name, f"no sentence: {ended.err[-300:]!r}")
        elif ended.code and not command.keeps:
            told.notes.append(f"{name}: {ended.code}: {ended.sentence}")
        after = contents(stage.folder)
        if ended.code and (lost := [file for file in before if file not in after]):
            told.found(name, f"lost {lost}")
        if any(path.name == "~" for path in stage.folder.rglob("*")):
            told.found(name, "made a folder ~")
        if left := strays(stage.folder):
            told.found(name, f"left {left}")
        if kind == "umask 0777" and (odd := _odd_modes(stage)):
            told.found(name, f"modes {odd}")
        tear_down(stage)
    return told


def _odd_modes(stage: Stage) -> list[str]:
    """Secrets that their owner cannot read, or others can."""
    secret = [stage.folder / "out/user.sh", *(stage.folder / "home").rglob("*")]
    return [
        f"{path.relative_to(stage.folder)} {stat.S_IMODE(path.stat().st_mode):o}"
        for path in secret
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o677 not in (0o600, 0o700 & 0o677)
    ]


if __name__ == "__main__":
    base, url, *kinds = sys.argv[1:]
    os.umask(0o022)
    load()
    tell([drill(Stage(Path(base), url), kind) for kind in kinds])

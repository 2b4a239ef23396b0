"""Every writer, with every fault at every step; run as a script, because only a process without
threads may fork.

`python -m tests.drills.at_every_step FOLDER [WRITER …]` prints what was done and found, as JSON.
"""

import json
import os
import shutil
import stat
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path

from rolecall.problems import Problem
from tests.drills.injector import Fault, Steps, stepwise
from tests.drills.writers import WRITERS, Writer

_QUIET, _SAID, _BROKE = 0, 10, 11
_OLD_SECONDS = 3600


@dataclass(frozen=True)
class Ended:
    """How a writer ended. spared: a removal failed, so that something is left."""

    code: int
    said: str
    spared: bool


def drill(name: str, folder: Path) -> dict[str, object]:
    """All faults at all steps of one writer."""
    writer = WRITERS[name]
    findings: list[str] = []
    runs = 0
    number = len(_steps_of(writer, folder))
    for fault in Fault:
        for at in range(1, number + 1) if fault is not Fault.NONE else [0]:
            runs += 1
            place = _fresh(folder)
            writer.before(place)
            names = _names(place)
            ended = _in_child(writer, place, Steps(fault, at))
            where = f"{fault.value} at step {at} of {number}"
            found = _found(writer, place)
            findings += [
                f"{where}: {what}" for what in _judged(writer, fault, ended, found, names, place)
            ]
            if writer.secret and (open_to := _open_to_others(place)):
                findings.append(f"{where}: {open_to}")
            if fault.kills:
                findings += [f"{where}: {what}" for what in _second_run(writer, place)]
    return {"writer": name, "steps": number, "runs": runs, "findings": findings}


def _steps_of(writer: Writer, folder: Path) -> list[str]:
    place = _fresh(folder)
    writer.before(place)
    with stepwise(Steps()) as steps:
        writer.write(place)
    return steps.names


def _judged(
    writer: Writer,
    fault: Fault,
    ended: Ended,
    found: str,
    names: set[str],
    place: Path,
) -> list[str]:
    if fault.kills:
        torn = writer.appends and found.startswith("part")
        return [] if found in ("old", "new") or torn else [f"a reader finds {found}"]
    wrong = []
    if ended.code == _BROKE:
        wrong.append(f"no sentence but {ended.said}")
    if ended.code == _SAID and not writer.raises and not _is_sentence(ended.said):
        wrong.append(f"no sentence: {ended.said!r}")
    if found not in ("old", "new"):
        wrong.append(f"a reader finds {found}")
    strays = {name for name in _names(place) - names if _is_stray(name)}
    if strays and not ended.spared:
        wrong.append(f"left behind: {sorted(strays)}")
    return wrong


def _second_run(writer: Writer, place: Path) -> list[str]:
    """The next run does it, and tidies up what the killed one left, once that is old."""
    for path in place.rglob("*"):
        if _is_stray(path.name):
            # The older ones are swept: a writer that is still at work has a young one.
            os.utime(path, (time.time() - _OLD_SECONDS,) * 2, follow_symlinks=False)
    done = _found(writer, place) == "new"
    ended = _in_child(writer, place, Steps())
    refused = done and _once(writer) and ended.code == _SAID
    wrong = [] if ended.code == _QUIET or refused else [f"the next run fails: {ended.said}"]
    found = _found(writer, place)
    if found != "new" and not writer.appends and writer is not WRITERS["token file"]:
        wrong.append(f"after the next run a reader finds {found}")
    strays = {name for name in _names(place) if _is_stray(name)}
    if strays:
        wrong.append(f"the next run leaves {sorted(strays)}")
    return wrong


def _is_sentence(said: str) -> bool:
    return "\n" not in said and said.endswith(".")


def _once(writer: Writer) -> bool:
    """Whether what is there is not written again: a new project, a new file, a token."""
    return writer in (WRITERS["new project"], WRITERS["import, new"], WRITERS["token file"])


def _in_child(writer: Writer, place: Path, steps: Steps) -> "Ended":
    read, write = os.pipe()
    child = os.fork()
    if not child:
        code, words = _QUIET, ""
        try:
            with stepwise(steps):
                writer.write(place)
        except Problem as problem:
            code, words = _SAID, str(problem)
        except BaseException as error:
            if isinstance(error, OSError) and writer.raises:
                code = _SAID
            last = traceback.extract_tb(error.__traceback__)[-1]
            code, words = code or _BROKE, f"{type(error).__name__}: {error} ({last.name})"
        os.write(write, f"{steps.spared:d}{words}".encode())
        os._exit(code)
    os.close(write)
    with os.fdopen(read) as pipe:
        spared, said = (text := pipe.read())[:1], text[1:]
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), said, spared == "1")


def _found(writer: Writer, place: Path) -> str:
    try:
        return writer.found(place)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _names(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*")}


def _is_stray(name: str) -> bool:
    base = name.rpartition("/")[2]
    return any(part.startswith(".") and part != ".aws" for part in name.split("/")) or (
        base in ("snapshot.new", "snapshot.link")
    )


def _open_to_others(place: Path) -> str:
    for path in place.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_file() and mode & 0o077:
            return f"{path.relative_to(place)} has mode {mode:o}"
    return ""


if __name__ == "__main__":
    os.umask(0o022)
    base, *chosen = sys.argv[1:]
    told = [drill(name, Path(base) / "drill") for name in chosen or WRITERS]
    sys.stdout.write(json.dumps(told, indent=1))

"""Commands on disks that take no more; run as a script, in a mount namespace where that may be.

`python -m tests.drills.full_disk FOLDER URL KIND [NAME …]`, KIND one of `tmpfs` (really full),
`inodes` (no more files), `bytes:N` (each file N bytes at most, as with a quota).
"""

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.drills.acting import Told, act, contents, load, strays, tell
from tests.drills.stage import ACTS, Stage, fill

#: What the commands write to.
PLACES = ("home", "out", "tmp", "run")
_EXPECTED = 1


def full(stage: Stage, kind: str) -> Callable[[], object]:
    """Make the disk full; what is to be done in the process of a command besides."""
    if kind.startswith("bytes:"):
        limit = int(kind.removeprefix("bytes:"))
        return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    for name in PLACES:
        (stage.folder / name).mkdir(exist_ok=True)
        size = "size=64k" if kind == "tmpfs" else "size=1m,nr_inodes=16"
        mounted = stage.folder / name
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"{size},mode=0700", "drill", str(mounted)], check=True
        )
    fill(stage.folder)
    for name in PLACES:
        _use_up(stage.folder / name, kind)
    return lambda: None


def _use_up(folder: Path, kind: str) -> None:
    if kind == "inodes":
        try:
            for number in range(100):
                (folder / f"used-{number}").touch()
        except OSError:
            return
    else:
        with (folder / "used").open("wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                return


def _done(
    stage: Stage, writes: Sequence[str], before: dict[str, bytes], after: dict[str, bytes]
) -> bool:
    """Whether everything is there that was to be written, and nothing else changed."""
    there = all((stage.folder / name).exists() for name in writes)
    return there and all(
        after.get(file, b"").startswith(content) for file, content in before.items()
    )


def free(stage: Stage) -> None:
    """Let go of what was mounted."""
    for name in PLACES:
        if (stage.folder / name).is_mount():
            subprocess.run(["umount", str(stage.folder / name)], check=True)


def drill(stage: Stage, kind: str, names: Sequence[str]) -> Told:
    """Each command, on such a disk."""
    told = Told(f"full disk, {kind}")
    usual = {}
    for name in names:
        if ACTS[name].keeps:
            stage.set_up()
            undisturbed = act(stage, ACTS[name])
            usual[name] = undisturbed.code, undisturbed.out
    for name in names:
        command = ACTS[name]
        free(stage)
        stage.set_up()
        prepare = full(stage, kind)
        before = contents(stage.folder)
        ended = act(stage, command, prepare)
        after = contents(stage.folder)
        told.runs += 1
        if command.keeps:
            if (ended.code, ended.out) != usual[name] or "Traceback" in ended.err:
                told.found(name, f"ended with {ended.code}: {ended.err[-400:]}")
        elif kind != "tmpfs" and ended.code == 0 and _done(stage, command.writes, before, after):
            continue  # it fits: adding to a file needs no other one, and some files are small
        elif ended.code != _EXPECTED or not ended.sentence or "Traceback" in ended.err:
            told.found(name, f"ended with {ended.code}: {ended.err[-400:]}")
        else:
            told.notes.append(f"{name}: {ended.sentence}")
        changed = sorted(file for file in before if after.get(file) != before[file])
        if changed:
            told.found(name, f"changed {changed}")
        if left := strays(stage.folder):
            told.found(name, f"left {left}")
    free(stage)
    return told


if __name__ == "__main__":
    folder, url, kind, *chosen = sys.argv[1:]
    os.umask(0o022)
    load()
    tell([drill(Stage(Path(folder), url), kind, chosen or list(ACTS))])

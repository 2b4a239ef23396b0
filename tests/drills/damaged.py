"""Commands whose input is half-written, or no file; run as a script.

`python -m tests.drills.damaged FOLDER URL [INPUT…]`.
"""

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.drills.acting import Told, act, load, strays, tell
from tests.drills.stage import ACTS, LONG, Act, Stage


def _fifo(path: Path, _content: bytes) -> None:
    os.mkfifo(path, 0o600)


def _foreign(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    path.chmod(0o600)
    if os.geteuid() == 0:
        os.chown(path, 65534, 65534)


#: What becomes of a file that was there with this content.
DAMAGES: Mapping[str, Callable[[Path, bytes], object]] = {
    "cut": lambda path, content: path.write_bytes(content[: len(content) // 2]),
    "NUL after a power cut": lambda path, content: path.write_bytes(bytes(len(content))),
    "empty": lambda path, _content: path.touch(),
    "a folder": lambda path, _content: path.mkdir(),
    "a link to nowhere": lambda path, _content: path.symlink_to("nowhere"),
    "a link to itself": lambda path, _content: path.symlink_to(path.name),
    "a pipe": _fifo,
    "no UTF-8": lambda path, content: path.write_bytes(b"\xff\xfe\x80" + content),
    "deep JSON": lambda path, _content: path.write_bytes(b"[" * 200_000),
    "another user's": _foreign,
}

_REVIEW = Act(["review", "--plan", "tes=plan.json", "--json", "--fail-on", "never"])
_REVIEWED = "access-reviewed.yaml"
#: A file, and who reads it. A pipe that somebody names is read: `<(command)` is one.
READERS: Mapping[str, Sequence[Act]] = {
    "environments/tes.yaml": [ACTS["assume"], _REVIEW],
    "home/.aws/config": [ACTS["assume"], ACTS["profile"], ACTS["doctor"]],
    "home/.aws/credentials": [ACTS["assume"], ACTS["profile --static"], ACTS["doctor"]],
    "plan.json": [_REVIEW, ACTS["reference-policy"]],
    "trust.json": [ACTS["lint"], ACTS["compare"], ACTS["import"]],
    _REVIEWED: [_REVIEW],
    "run/local/server.json": [ACTS["local status"], Act(["local", "down"])],
    "run/local/server.lock": [ACTS["local status"], Act(["local", "down"])],
    "run/terraform.json": [ACTS["local status"]],
    "home/.cache/rolecall/sessions/*": [
        *(ACTS["assume"], ACTS["cache list"], Act(["cache", "clear"]), ACTS["doctor"]),
    ],
    "home/.cache/rolecall/locks/*": [ACTS["assume"], Act(["cache", "clear"])],
    "out/user.sh": [ACTS["assume --user-file"]],
    "out/github_env": [ACTS["assume --format github"]],
    "token": [Act(["assume", "tes", "deployer", "--web-identity-token-file", "token"])],
    "response": [Act(["assume", "tes", "deployer", "--saml-assertion", "response"])],
    "policy.json": [Act(["assume", "tes", "deployer", "--policy", "policy.json"])],
    "cdktf.json": [Act(["who-can", "tes", "deployer"]), Act(["review", "--revisions", "HEAD"])],
    "cdktf.out/manifest.json": [
        Act(["review", "--synthesized", "cdktf.out", "cdktf.out"]),
    ],
}
_NAMED = {"plan.json", "trust.json", "token", "response", "policy.json"}
_SECONDS_OF_PIPE = 8
_CODES = {0, 1, 2, 3, 4, 6, 7}


def _file(stage: Stage, name: str) -> Path:
    if name.endswith("/*"):
        stage.set_up()
        act(stage, ACTS["assume"])
        found = sorted((stage.folder / name[:-2]).iterdir())
        return found[0]
    stage.set_up()
    path = stage.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text('{"some": "content", "of": ["a file"]}\n')
        path.chmod(0o600)
    return path


def drill(stage: Stage, name: str) -> Told:
    """Each reader with each damage: done as usual, or one sentence; never stuck."""
    told = Told(name)
    # What is read from is not written to by anybody: waiting for a writer would be for ever.
    for damage, do in DAMAGES.items():
        if damage == "a pipe" and name in _NAMED:
            continue
        for command in READERS[name]:
            path = _file(stage, name)
            content = path.read_bytes()
            path.unlink()
            do(path, content)
            ended = act(stage, command, seconds=_SECONDS_OF_PIPE if damage == "a pipe" else 60)
            told.runs += 1
            where = f"{' '.join(command.words[:4])}, {damage}"
            if "Traceback" in ended.err or ended.code not in _CODES:
                told.found(where, f"ended with {ended.code}: {ended.err[-500:]}")
            elif ended.code in (1, 2, 7) and not (ended.sentence or ended.out):
                told.found(where, f"no sentence: {ended.code} {ended.err[-300:]!r}")
            elif ended.sentence:
                told.notes.append(f"{where}: {ended.sentence}")
            if left := strays(stage.folder):
                told.found(where, f"left {left}")
    shutil.rmtree(stage.folder, ignore_errors=True)
    return told


#: Without ROLECALL_LONG_TESTS. (Kept sessions: tests/session/cache.)
SOME = ["run/local/server.json", _REVIEWED]

if __name__ == "__main__":
    base, url, *chosen = sys.argv[1:]
    os.umask(0o022)
    load()
    names = chosen or (list(READERS) if LONG else SOME)
    tell([drill(Stage(Path(base), url), name) for name in names])

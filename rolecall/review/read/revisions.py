"""Reading two revisions of a project: its app is run in a checkout of each.

The app of a revision is code of the repository: whoever reviews it by this runs it. It gets
no environment variable that looks like a credential; the files of the user it can read. For
a revision of a stranger use plans, or synthesized output that was made in a sandbox.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rolecall.children import run_child
from rolecall.policy.errors import printable
from rolecall.problems import Exit, Problem
from rolecall.review.model import Snapshot
from rolecall.review.read.app_variables import is_secret
from rolecall.review.read.json_text import a_text, an_object, read_object
from rolecall.review.read.synthesized import read_synthesized

_SECONDS = 600.0
_TOOLS = (".venv", "node_modules")
# git sets these for its hooks; they would lead it away from the project.
_OF_ANOTHER = frozenset(
    (
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_COMMON_DIR",
        "GIT_OBJECT_DIRECTORY",
        "GIT_NAMESPACE",
        "GIT_PREFIX",
    )
)


def read_revisions(project: Path, before: str, after: str | None) -> tuple[Snapshot, ...]:
    """One snapshot a stack, of what the app makes at two revisions.

    before, after: branches, tags or commits; `after` empty is the working tree.
    `main...HEAD` as `before` is where HEAD left main.

    The app runs with the project's own `.venv` and `node_modules`. Raises `Problem`.
    """
    project = project.resolve()
    top = _top(project)
    inside = project.relative_to(top)
    commits = [_commit(top, before), _commit(top, after) if after else None]
    with (
        tempfile.TemporaryDirectory(prefix="rolecall-review-") as folder,
        ExitStack() as trees,
    ):
        outputs: list[Path] = []
        for name, commit in zip(("before", "after"), commits, strict=True):
            output = Path(folder) / f"{name}.out"
            if commit is None:
                outputs.append(_synthesize(project, project, output, "the working tree"))
                continue
            checkout = trees.enter_context(_worktree(top, commit, Path(folder) / name))
            _lend_tools(project, checkout / inside)
            revision = before if name == "before" else str(after)
            outputs.append(_synthesize(checkout / inside, project, output, revision))
        return read_synthesized(*outputs)


def merge_base(project: Path, one: str, other: str = "HEAD") -> str:
    """The commit at which two revisions parted. Raises `Problem`."""
    return _merge_base(_top(project.resolve()), one, other)


def _merge_base(top: Path, one: str, other: str) -> str:
    commits = [_commit(top, one), _commit(top, other)]
    outcome = _git(top, "merge-base", *commits)
    if outcome.returncode != 0:
        raise Problem(
            f"{one} and {other} have no common commit in {top.name}; fetch more of the history, "
            '"git fetch --unshallow".'
        )
    return outcome.stdout.strip()


def _top(project: Path) -> Path:
    if not (project / "cdktf.json").is_file():
        raise Problem(f"{project} holds no cdktf.json, so it is no project of cdktf.")
    outcome = _git(project, "rev-parse", "--show-toplevel")
    if outcome.returncode != 0:
        raise Problem(
            f"{project} has no revisions, because git does not take it for part of a repository: "
            f"{_last(outcome.stderr)}"
        )
    return Path(outcome.stdout.strip()).resolve()


def _commit(top: Path, revision: str) -> str:
    if "..." in revision:
        one, _, other = revision.partition("...")
        return _merge_base(top, one or "HEAD", other or "HEAD")
    outcome = _git(
        top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
    )
    if outcome.returncode != 0:
        raise Problem(
            f"git knows no revision {revision!r} here; name a branch, a tag or a commit, and fetch "
            "it first."
        )
    return outcome.stdout.strip()


@contextmanager
def _worktree(top: Path, commit: str, folder: Path) -> Iterator[Path]:
    outcome = _git(top, "worktree", "add", "--detach", "--quiet", str(folder), commit)
    try:
        if outcome.returncode != 0:
            raise Problem(f"git cannot check out {commit[:12]}: {_last(outcome.stderr)}")
        yield folder
    finally:
        _git(top, "worktree", "remove", "--force", str(folder))
        shutil.rmtree(folder, ignore_errors=True)
        _git(top, "worktree", "prune")


def _lend_tools(project: Path, checkout: Path) -> None:
    """What is installed is not in git; the checkout uses the project's."""
    for name in _TOOLS:
        if (project / name).is_dir() and not (checkout / name).exists() and checkout.is_dir():
            (checkout / name).symlink_to(project / name)


def _synthesize(folder: Path, project: Path, output: Path, revision: str) -> Path:
    """Run the app of a revision; returns the folder that it wrote."""
    config = _config(folder, revision)
    app = config.get("app")
    if not isinstance(app, str) or not app.strip():
        raise Problem(f"The cdktf.json of {revision} names no app.")
    code, stdout, stderr = _run(
        app, folder, _variables(folder, project, output, config), f"The app of {revision}"
    )
    if code != 0:
        said = _last(stderr) or _last(stdout) or "it said nothing."
        raise Problem(printable(f"The app of {revision} fails: {said}"))
    if (output / "manifest.json").is_file():
        return output
    # What lies in the working tree may be of another time.
    own = folder / (a_text(config.get("output")) or "cdktf.out")
    if folder != project and (own / "manifest.json").is_file():
        return own
    raise Problem(
        f"The app of {revision} wrote no manifest.json; it must write to the folder that "
        "CDKTF_OUTDIR names."
    )


def _run(app: str, folder: Path, variables: dict[str, str], what: str) -> tuple[int, str, str]:
    """Run a line as cdktf does, in the shell; what it starts ends with it when time is up."""
    try:
        done = run_child(app, folder=folder, environment=variables, timeout=_SECONDS)
    except subprocess.TimeoutExpired:
        raise Problem(f"{what} did not end within {_SECONDS:.0f} seconds.", Exit.FAILED) from None
    return done.returncode, done.stdout, done.stderr


def _config(folder: Path, revision: str) -> Mapping[str, object]:
    place = folder / "cdktf.json"
    if not place.is_file():
        raise Problem(f"{revision} holds no cdktf.json here, so it has no app to run.")
    return read_object(place.read_bytes(), f"The cdktf.json of {revision}", "mend it")


def _variables(
    folder: Path, project: Path, output: Path, config: Mapping[str, object]
) -> dict[str, str]:
    """What the app finds in its environment, besides what is there already."""
    tools = project / ".venv" / ("Scripts" if os.name == "nt" else "bin")
    variables = {
        **{name: value for name, value in os.environ.items() if not is_secret(name, value)},
        "CDKTF_OUTDIR": str(output),
        "CDKTF_CONTEXT_JSON": json.dumps(an_object(config.get("context"))),
        # An editable install leads to the project; the revision's own code comes first.
        "PYTHONPATH": _joined(*_sources(folder), os.environ.get("PYTHONPATH")),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if tools.is_dir():
        variables["PATH"] = _joined(tools, os.environ.get("PATH"))
        variables["VIRTUAL_ENV"] = str(project / ".venv")
    return variables


def _joined(*paths: Path | str | None) -> str:
    return os.pathsep.join(str(path) for path in paths if path)


def _sources(folder: Path) -> list[Path]:
    """The source roots of a Rolecall project; elsewhere, the folder itself."""
    return [folder, *(each for each in [folder / "constructs"] if each.is_dir())]


def _last(text: str) -> str:
    """The last lines of what a program said, on one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return " / ".join(lines[-3:])[-600:]


def _git(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = shutil.which("git")
    if command is None:
        raise Problem("git is not installed, so there are no revisions.", Exit.MISSING_COMPONENT)
    return subprocess.run(  # noqa: S603
        # Hooks of the repository are not wanted in a checkout that lives for a moment.
        [command, "-C", str(folder), "-c", f"core.hooksPath={os.devnull}", *arguments],
        env={name: value for name, value in os.environ.items() if name not in _OF_ANOTHER},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )

"""`rolecall review`: who gains and who loses access by a change, as a gate and as reports."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from rolecall.cli.environments import add_environments
from rolecall.cli.review_sources import add_sources, plan_files, snapshots
from rolecall.cli.shell import say
from rolecall.environment import Environment, load_environments
from rolecall.files import write_output
from rolecall.lint import Suppression, read_suppressions
from rolecall.problems import Exit, Problem, exit_for
from rolecall.review.judge import FAIL_ON, FILE, Reviewed, exit_of, judge, read_reviewed
from rolecall.review.report import Report

_EPILOG = f"""\
What is compared: plans (`terraform show -json tes.tfplan > tes.json`), two folders that
`cdktf synth` wrote, or two git revisions of the project.

  rolecall review --plan tes=tes.json --plan prd=prd.json --markdown comment.md
  terraform show -json tes.tfplan | rolecall review --plan tes=-
  rolecall review --revisions main

The answer for people is on stdout, unless another output goes there (`-`). A change that
somebody looked at passes if {FILE} has its fingerprint, with who and why
(docs/review.md).

exit codes: 0 the gate passed; 3 somebody gains access; 4 it is not decided whether; 2 wrong
input; 1 an output cannot be written
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add_sources(parser)
    parser.add_argument("--markdown", metavar="FILE", help="for a pull request's comment; or -")
    parser.add_argument("--html", metavar="FILE", help="a page of its own, for a browser; or -")
    parser.add_argument("--sarif", metavar="FILE", help="for code scanning; or -")
    parser.add_argument(
        "--json",
        nargs="?",
        const="-",
        metavar="FILE",
        help="everything, for programs; on stdout without FILE",
    )
    parser.add_argument(
        "--fail-on",
        choices=FAIL_ON,
        default="wider",
        help="what ends with exit code 3: any gain, a critical one, or none (default: wider)",
    )
    parser.add_argument(
        "--reviewed",
        type=Path,
        metavar="FILE",
        help=f"the changes that somebody looked at (default: {FILE}, if it is there)",
    )
    parser.add_argument(
        "--suppressions",
        type=Path,
        metavar="FILE",
        help="findings of the linter that may stand, as for `rolecall lint`",
    )
    add_environments(parser)


def run(args: argparse.Namespace) -> int:
    """Read, judge, and write what was asked for; nothing is written if anything is wrong."""
    outputs = _outputs(args)
    _spare_inputs(outputs, args)
    environments = _environments(args.environments)
    reviewed = _reviewed(args.reviewed)
    suppressions = _suppressions(args.suppressions)
    report = judge(
        snapshots(args),
        environments=environments,
        acknowledgements=reviewed,
        suppressions=suppressions,
        fail_on=args.fail_on,
        today=today(),
    )
    _write(outputs, report)
    return int(exit_of(report))


def today() -> date:
    """The day by which acknowledgements and suppressions expire."""
    return datetime.now(UTC).date()


def _outputs(args: argparse.Namespace) -> dict[str, str]:
    """Where each output goes, by its name."""
    wanted = {
        name: getattr(args, name)
        for name in ("markdown", "html", "sarif", "json")
        if getattr(args, name) is not None
    }
    on_stdout = [name for name, file in wanted.items() if file == "-"]
    if len(on_stdout) > 1:
        both = " and ".join(f"--{name}" for name in on_stdout)
        raise Problem(f"{both} cannot both go to stdout; give all but one a file.")
    files = [str(_place(Path(file))) for file in wanted.values() if file != "-"]
    if len(set(files)) < len(files):
        raise Problem("Two outputs would go to the same file; give each its own.")
    for file in files:
        if Path(file).is_dir() or not Path(file).parent.is_dir():
            raise Problem(f"{file} cannot be written: name a file in a folder that is there.")
    return wanted


def _spare_inputs(outputs: dict[str, str], args: argparse.Namespace) -> None:
    """An output must not be written over what the review is made of."""
    read = [*plan_files(args), args.suppressions, args.reviewed or Path(FILE)]
    places = {_place(file) for file in read if file is not None}
    for file in outputs.values():
        if file != "-" and _place(Path(file)) in places:
            raise Problem(f"{file} is read by this review; give the output another name.")


def _place(path: Path) -> Path:
    try:
        return path.resolve()
    except RuntimeError:
        return path.absolute()  # links that lead to themselves; opening it will say so


def _environments(directory: Path) -> tuple[Environment, ...]:
    """None where a project has no facts of environments: reviews work without."""
    if not directory.is_dir() and directory == Path("environments"):
        say("There is no folder environments/, so no account is known to be your own.")
        return ()
    return load_environments(directory)


def _reviewed(path: Path | None) -> tuple[Reviewed, ...]:
    if path is None:
        path = Path(FILE)
        if not path.exists() and not path.is_symlink():
            return ()
        # Nobody named it, so nobody writes to it, should it be a pipe.
        if path.exists() and not path.is_file():
            raise Problem(f"{path} cannot be read: it is no file.")
    return read_reviewed(_text(path), path.name)


def _suppressions(path: Path | None) -> tuple[Suppression, ...]:
    return () if path is None else read_suppressions(_text(path), path.name)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8 text; save it as such.") from None


def _write(outputs: dict[str, str], report: Report) -> None:
    """Everything is made before anything is written; a file is there whole or not at all."""
    made = {name: _MAKERS[name](report) for name in outputs}
    for name, file in outputs.items():
        if file != "-":
            try:
                write_output(Path(file), made[name].encode("utf-8"))
            except OSError as error:
                raise Problem(
                    f"{file} cannot be written: {error.strerror}.", exit_for(error)
                ) from None
            say(f"{name}: {file}")
    on_stdout = [name for name, file in outputs.items() if file == "-"]
    for text in _on_stdout(report, [made[name] for name in on_stdout]):
        sys.stdout.write(text)


def _on_stdout(report: Report, asked: Sequence[str]) -> Iterator[str]:
    if asked:
        yield from asked
        return
    from rolecall.review.text import to_text

    plain = "NO_COLOR" in os.environ or os.environ.get("TERM") == "dumb"
    yield to_text(report, color=sys.stdout.isatty() and not plain)


def _markdown(report: Report) -> str:
    from rolecall.review.markdown import to_markdown

    return to_markdown(report)


def _html(report: Report) -> str:
    try:
        from rolecall.review.html import to_html
    except ModuleNotFoundError as error:
        if error.name not in ("jinja2", "markupsafe"):
            raise
        raise Problem(
            "The HTML report needs Jinja; install it with `pip install 'rolecall[review]'`.",
            Exit.MISSING_COMPONENT,
        ) from None
    return to_html(report)


def _sarif(report: Report) -> str:
    from rolecall.review.sarif import to_sarif
    from rolecall.review.source_places import Sources

    return _json_text(to_sarif(report, Sources.of(Path.cwd())))


def _json(report: Report) -> str:
    from rolecall.review.as_json import to_json

    return _json_text(to_json(report))


def _json_text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


_MAKERS: dict[str, Callable[[Report], str]] = {
    "markdown": _markdown,
    "html": _html,
    "sarif": _sarif,
    "json": _json,
}

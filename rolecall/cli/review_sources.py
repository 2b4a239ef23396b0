"""What a change is read from, the same for every command that reviews one."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rolecall.problems import Problem
from rolecall.review.model import Snapshot

_ENVIRONMENT = re.compile(r"(?P<name>[a-z][a-z0-9-]{0,31})=(?P<file>.+)", re.DOTALL)
_LARGEST_PLAN = 1 << 30


def add_sources(parser: argparse.ArgumentParser) -> None:
    """Declare `--plan`, `--synthesized` and `--revisions`, one of which is needed."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--plan",
        action="append",
        metavar="[ENV=]FILE",
        help="a plan as JSON, of the environment ENV; - is stdin; may be given several times",
    )
    source.add_argument(
        "--synthesized",
        nargs=2,
        type=Path,
        metavar=("BEFORE", "AFTER"),
        help="two folders that `cdktf synth` wrote",
    )
    source.add_argument(
        "--revisions",
        nargs="+",
        metavar="REV",
        help="two git revisions; with one, the working tree is what comes after",
    )
    parser.add_argument(
        "--constructs",
        type=Path,
        metavar="DIR",
        help="the cdktf.out that was planned: plans do not keep where constructs are",
    )


def snapshots(args: argparse.Namespace) -> Sequence[Snapshot]:
    """What the arguments name, read."""
    from rolecall.review.read import read_plan, read_revisions, read_synthesized

    if args.plan is not None:
        if sum(_named(given)[1] == "-" for given in args.plan) > 1:
            raise Problem("Stdin can be one plan only; give the others as files.")
        found: list[Snapshot] = []
        for given in args.plan:
            environment, file = _named(given)
            source = "stdin" if file == "-" else Path(file).name
            found.append(
                read_plan(
                    _plan(file),
                    environment=environment,
                    source=source,
                    synthesized=args.constructs,
                )
            )
        _once(found)
        return found
    if args.constructs is not None:
        raise Problem("--constructs is for plans; the other sources tell constructs themselves.")
    if args.synthesized is not None:
        return read_synthesized(*args.synthesized)
    if len(args.revisions) > 2:
        raise Problem("--revisions takes two revisions at most: before and after.")
    before, after = (*args.revisions, "")[:2]
    return read_revisions(Path.cwd(), before, after)


def plan_files(args: argparse.Namespace) -> list[Path]:
    """The files of the plans that the arguments name."""
    files = [_named(given)[1] for given in args.plan or ()]
    return [Path(file) for file in files if file != "-"]


def _once(found: Sequence[Snapshot]) -> None:
    seen: dict[str, Snapshot] = {}
    for each in found:
        first = seen.setdefault(each.environment, each)
        if first is not each:
            other = first.source
            raise Problem(
                f'{other} and {each.source} are both plans of "{each.environment}"; write '
                "--plan ENV=FILE to tell them apart."
            )


def _named(given: str) -> tuple[str | None, str]:
    found = _ENVIRONMENT.fullmatch(given)
    return (found["name"], found["file"]) if found else (None, given)


def _plan(file: str) -> bytes:
    try:
        if file == "-":
            raw = sys.stdin.buffer.read(_LARGEST_PLAN + 1)
        else:
            with Path(file).open("rb") as opened:
                raw = opened.read(_LARGEST_PLAN + 1)
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.") from None
    if not raw.strip():
        raise Problem(
            f"{'Stdin' if file == '-' else file} is empty; write a plan with "
            '"terraform show -json plan.out > plan.json".'
        )
    if len(raw) > _LARGEST_PLAN:
        raise Problem(f"{file} is larger than 1 GiB, which no plan of roles is.")
    return raw

"""`rolecall comment github|gitlab FILE`: a review as one comment that is updated in place."""

import argparse
import json
import os
import sys
from pathlib import Path

from rolecall.cli.shell import say
from rolecall.problems import Exit, Problem
from rolecall.review.comment import github, gitlab
from rolecall.review.comment.body import marked, marker
from rolecall.review.comment.in_place import Platform, Posted, put
from rolecall.review.comment.job_summary import append_summary

_EPILOG = """\
Runs in a job, and takes the place and the token from its variables, never from arguments:

  github   GITHUB_REPOSITORY, GITHUB_EVENT_PATH, GITHUB_API_URL, and GITHUB_TOKEN
           (env: GITHUB_TOKEN: ${{ github.token }}, permissions: pull-requests: write)
  gitlab   CI_API_V4_URL, CI_MERGE_REQUEST_PROJECT_ID or CI_PROJECT_ID,
           CI_MERGE_REQUEST_IID, and GITLAB_TOKEN: a project access token with the scope
           api, for the job's own token may not write notes

The comment is found again by a marker in its first line and by its author; older ones of
the same marker and author are deleted.

  rolecall review --synthesized before after --markdown review.md
  rolecall comment github review.md --summary

exit codes: 0 done; 1 the platform does not take it; 2 wrong input; 5 it refuses the token;
6 it cannot be reached, or wants to be left alone for longer than two minutes
"""
_LARGEST = 4 * 1024 * 1024
_LIMITS = {"github": github.LIMIT, "gitlab": gitlab.LIMIT}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("platform", choices=tuple(_LIMITS), help="where the job runs")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the review in Markdown; - reads stdin"
    )
    parser.add_argument(
        "--name", help="tells this review's comment from others of the same request: plan-tes"
    )
    parser.add_argument(
        "--number", type=int, help="the pull or merge request (default: the job's own)"
    )
    parser.add_argument(
        "--author",
        metavar="LOGIN",
        help="who comments (default: whom the token belongs to, or github-actions[bot])",
    )
    parser.add_argument(
        "--summary",
        action="store_true",
        help="github: also write it to the job's summary; then it is no failure that a fork's "
        "token may not comment",
    )
    parser.add_argument("--json", action="store_true", help="the outcome as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Post or update the comment, and say which on stdout."""
    if args.number is not None and args.number < 1:
        raise Problem("--number must be the number of a pull or merge request, 1 or more.")
    if args.summary and args.platform != "github":
        raise Problem("--summary is GitHub's: GitLab has no summary of a job; keep an artifact.")
    mark = marker(args.name)
    where = "GitHub" if args.platform == "github" else "GitLab"
    text = marked(_read(args.file), mark, _LIMITS[args.platform], where)
    if args.summary:
        append_summary(text, os.environ)
    try:
        posted = put(_platform(args), text, mark)
    except github.ReadOnlyProblem as problem:
        if not args.summary:
            raise
        say(f"{problem}")
        posted = Posted("summary", None)
    if posted.note:
        say(posted.note)
    if args.json:
        print(json.dumps({"comment": posted.what, "url": posted.url, "removed": posted.removed}))
    else:
        print(" ".join(filter(None, [_WORDS[posted.what], posted.url])))
    return Exit.OK


_WORDS = {
    "posted": "The review is posted.",
    "updated": "The review's comment is updated.",
    "unchanged": "The review's comment says this already.",
    "summary": "The review stands in the job's summary only.",
}


def _platform(args: argparse.Namespace) -> Platform:
    if args.platform == "github":
        return github.GitHub.of_job(os.environ, args.number, args.author)
    return gitlab.GitLab.of_job(os.environ, args.number, args.author)


def _read(path: Path) -> str:
    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with path.open("rb") as file:
                data = file.read(_LARGEST + 1)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None
    if len(data) > _LARGEST:
        raise Problem(f"{path} has more than {_LARGEST:,} bytes: no review is that long.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Problem(f"{path} is not UTF-8 text; save it as such.") from None

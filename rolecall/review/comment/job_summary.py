"""The summary of a GitHub Actions job: what a job may always write, also for a fork.

Source: GitHub Docs, "Workflow commands for GitHub Actions", adding a job summary: Markdown
is appended to the file that GITHUB_STEP_SUMMARY names, up to 1 MiB a step.
"""

from collections.abc import Mapping
from pathlib import Path

from rolecall.files import append_whole
from rolecall.problems import Exit, Problem

VARIABLE = "GITHUB_STEP_SUMMARY"
_LARGEST = 1024 * 1024


def append_summary(text: str, environ: Mapping[str, str]) -> None:
    """Add the review to the summary of the step. Raises `Problem` outside of a job."""
    named = environ.get(VARIABLE)
    if not named:
        raise Problem(f"--summary works in a job of GitHub Actions: {VARIABLE} is not set.")
    data = text.encode()
    if len(data) > _LARGEST:
        raise Problem(
            f"The review has {len(data):,} bytes; the summary of a step has up to {_LARGEST:,}."
        )
    try:
        # The runner made the file; another one would never be read.
        append_whole(Path(named), lambda _last: data + b"\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "that is no file's name"
        raise Problem(f"{VARIABLE} cannot be written: {reason}.", Exit.FAILED) from None

"""The error of an environment file, with file and line."""

import difflib
from collections.abc import Iterable, Sequence

from rolecall.problems import Problem, printable


class EnvironmentProblem(Problem):
    """An environment is unknown, or its file says something that cannot be meant.

    `file` is the file as a person would name it (`environments/tes.yaml`), `line` counts
    from 1; both are None where the problem is not inside a file. Whatever a file holds, it is
    told in one line.
    """

    def __init__(self, problem: str, file: str | None = None, line: int | None = None) -> None:
        where = file or ""
        if line is not None:
            where += f", line {line}"
        super().__init__(f"{where}: {printable(problem)}" if where else problem)
        self.file = file
        self.line = line


def nearest(word: str, known: Iterable[str]) -> str:
    """`" Did you mean "tes"?"`, or nothing when no known word is near."""
    found = difflib.get_close_matches(word, list(known), 1)
    return f' Did you mean "{found[0]}"?' if found else ""


def listed(known: Sequence[str], most: int = 20) -> str:
    """The names, or the first few of them where they would fill the screen."""
    if len(known) <= most:
        return ", ".join(known)
    return f"{', '.join(known[:5])} and {len(known) - 5} more"

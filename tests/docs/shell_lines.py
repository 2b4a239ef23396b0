"""The `rolecall` commands in a shell block, as their words: what a shell would start."""

import re
import shlex
from collections.abc import Iterator

_INSIDE = re.compile(r"[$<]\(([^()]*)\)")
_OPERATORS = frozenset("|&;()<>")
_ASSIGNMENT = re.compile(r"[A-Z_]+=")


def commands(script: str) -> Iterator[list[str]]:
    """Every simple command, those inside of $(…) and <(…) too."""
    for line in _lines(script):
        while inside := _INSIDE.search(line):
            yield from commands(inside[1])
            line = f"{line[: inside.start()]}_{line[inside.end() :]}"
        yield from _of(line)


def transcript(text: str) -> str:
    """What was typed in a transcript: the lines behind the prompt."""
    return "".join(f"{line[2:]}\n" for line in text.splitlines() if line.startswith("$ "))


def _lines(script: str) -> Iterator[str]:
    """Whole lines: a quotation and a backslash go on in the next."""
    whole = ""
    for line in re.sub(r"\\\n", " ", script).splitlines():
        whole = f"{whole}\n{line}" if whole else line
        try:
            shlex.split(whole, comments=True)
        except ValueError:
            continue
        yield whole
        whole = ""
    assert not whole, whole


def _of(line: str) -> Iterator[list[str]]:
    reader = shlex.shlex(line, posix=True, punctuation_chars="|&;()<>")
    reader.whitespace_split = True
    command: list[str] = []
    redirected = False
    for word in [*reader, ";"]:
        if {*word} <= _OPERATORS:
            redirected = word in ("<", ">", ">>")
            if not redirected and command:
                yield command
                command = []
        elif redirected:
            redirected = False
        elif command or not _ASSIGNMENT.match(word):
            command.append(word)

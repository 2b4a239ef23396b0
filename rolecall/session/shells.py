"""Environment variables in the words of a shell, or as a dotenv file.

Every writer takes the variables to set and the names to take away, and returns lines
that the shell reads back to exactly the same values. What a format cannot say is refused.
"""

import re
import shlex
from collections.abc import Callable, Iterable, Mapping

from rolecall.problems import Problem

Writer = Callable[[Mapping[str, str], Iterable[str]], str]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
#: What all readers of dotenv files take as it stands. Docker's `--env-file` knows no
#: quotes at all, so nothing is quoted that need not be.
_PLAIN_DOTENV = re.compile(r"[A-Za-z0-9_@%+=:,./-]*")
#: What some readers of dotenv files interpret even between single quotes.
_NO_DOTENV = re.compile(r"['\\$\r\n\0]")
#: PowerShell takes typographic quotes for the plain one ("about_Quoting_Rules" and its
#: tokenizer, `CharExtensions.IsSingleQuote`); each is written twice to stand for itself.
_POWERSHELL_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


def bash(variables: Mapping[str, str], stale: Iterable[str] = ()) -> str:
    """POSIX shell lines, for bash, dash, ksh and the like: `eval "$(…)"`."""
    return _posix(variables, stale, shlex.quote)


def zsh(variables: Mapping[str, str], stale: Iterable[str] = ()) -> str:
    """The same for zsh, where even a leading `=` must be quoted (zshexpn, "= expansion")."""
    return _posix(variables, stale, lambda value: "'" + value.replace("'", "'\\''") + "'")


def fish(variables: Mapping[str, str], stale: Iterable[str] = ()) -> str:
    """Lines for fish: `rolecall … | source`.

    A universal variable is not erased, for it belongs to every other shell as well; the
    lines say so where one is in the way.
    """
    lines = []
    for name in _gone(variables, stale):
        hint = f"'{name} is a universal variable and stays; to erase it: set -e -U {name}'"
        lines.append(f"set -e -g {name}; set -q -U {name}; and echo {hint} >&2")
    for name, value in _checked(variables):
        quoted = value.replace("\\", "\\\\").replace("'", "\\'")
        lines.append(f"set -g -x {name} '{quoted}'")
    return "\n".join(lines)


def powershell(variables: Mapping[str, str], stale: Iterable[str] = ()) -> str:
    """Lines for PowerShell: `rolecall … | Out-String | Invoke-Expression`."""
    lines = [f"$env:{name} = $null" for name in _gone(variables, stale)]
    for name, value in _checked(variables):
        quoted = _POWERSHELL_QUOTES.sub(r"\1\1", value)
        lines.append(f"$env:{name} = '{quoted}'")
    return "\n".join(lines)


def dotenv(variables: Mapping[str, str], stale: Iterable[str] = ()) -> str:  # noqa: ARG001
    """A dotenv file. It can take nothing away, so `stale` does not count.

    Raises `Problem` for a value that readers of such files do not agree on.
    """
    lines = []
    for name, value in _checked(variables):
        if _PLAIN_DOTENV.fullmatch(value):
            lines.append(f"{name}={value}")
        elif _NO_DOTENV.search(value):
            raise Problem(
                f"{name} has a quote, backslash, dollar or line break, which dotenv files have "
                "no common way to write: use another format."
            )
        else:
            lines.append(f"{name}='{value}'")
    return "\n".join(lines)


#: The formats that are text for a program to read, by the name of the option's value.
WRITERS: dict[str, Writer] = {
    "bash": bash,
    "zsh": zsh,
    "fish": fish,
    "powershell": powershell,
    "dotenv": dotenv,
}


def _posix(variables: Mapping[str, str], stale: Iterable[str], quote: Callable[[str], str]) -> str:
    gone = _gone(variables, stale)
    lines = [f"unset {' '.join(gone)}"] if gone else []
    lines += [f"export {name}={quote(value)}" for name, value in _checked(variables)]
    return "\n".join(lines)


def _gone(variables: Mapping[str, str], stale: Iterable[str]) -> list[str]:
    return [name for name in stale if name not in variables]


def _checked(variables: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for name, value in variables.items():
        if not _NAME.fullmatch(name):
            raise Problem(f"{name!r} is no name of an environment variable.")
        if "\0" in value:
            raise Problem(f"{name} has a NUL character, which no environment variable can hold.")
        yield name, value

"""Where in a project's Python a construct is made: for findings that point to a line."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.review.model import Place

_LEFT_OUT = frozenset(
    {"node_modules", "cdktf.out", "tests", "test", "build", "dist", "imports", "site-packages",
     "venv", "benchmarks", "scripts"}
)  # fmt: skip
_MOST_FILES, _MOST_BYTES = 2000, 1_000_000
_ID_ARGUMENTS = ("id", "id_", "construct_id")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a file. file: from the root of the project, with slashes."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Sources:
    """Calls by the id they give their construct. fallback: where nothing else is known."""

    calls: Mapping[str, tuple[Line, ...]] = field(default_factory=dict, hash=False)
    fallback: str = "cdktf.json"

    @classmethod
    def of(cls, project: Path) -> "Sources":
        """Look through the project's Python, without its tests and what others wrote.

        A file that cannot be read or is no Python is passed over.
        """
        found: dict[str, list[Line]] = {}
        for path in _files(project):
            try:
                tree = ast.parse(path.read_bytes())
            except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
                continue
            name = path.relative_to(project).as_posix()
            for ident, line in _ids(tree):
                found.setdefault(ident, []).append(Line(name, line))
        return cls({ident: tuple(lines) for ident, lines in found.items()})

    def line_of(self, place: Place) -> Line:
        """The line that makes the construct, if exactly one may be it; else the stack's;
        else the app's configuration."""
        parts = (place.construct or "").split("/")
        for ident in (*reversed(parts[1:]), place.stack):
            lines = self.calls.get(ident, ())
            if len(lines) == 1:
                return lines[0]
        return Line(self.fallback, 1)


def _files(project: Path) -> Iterator[Path]:
    folders = [project]
    seen = 0
    while folders:
        try:
            entries = sorted(folders.pop().iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(".") or entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name not in _LEFT_OUT and not (entry / "pyvenv.cfg").exists():
                    folders.append(entry)
            elif entry.suffix == ".py" and entry.stat().st_size <= _MOST_BYTES:
                seen += 1
                if seen > _MOST_FILES:
                    return
                yield entry


def _ids(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Literal ids of calls that look like constructs: `Name(scope, "id", …)`."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not _is_class(node.func):
            continue
        given: ast.expr | None = node.args[1] if len(node.args) > 1 else None
        for keyword in node.keywords:
            if keyword.arg in _ID_ARGUMENTS:
                given = keyword.value
        if isinstance(given, ast.Constant) and isinstance(given.value, str):
            yield given.value, node.lineno


def _is_class(function: ast.expr) -> bool:
    """Whether it is called like a class, or made by one's method: `SamlProvider.from_arn`."""
    if isinstance(function, ast.Attribute):
        return function.attr[:1].isupper() or _is_class(function.value)
    return isinstance(function, ast.Name) and function.id[:1].isupper()

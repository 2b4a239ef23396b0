"""Which jsii assemblies the CDK and its bindings will have Node load, without importing them.

Each package with an assembly loads it in its `_jsii/__init__.py`, by a call that names it.
"""

import importlib.util
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_LOADED = re.compile(
    r'JSIIAssembly\.load\(\s*"([^"]+)",\s*"([^"]+)",\s*__name__\[0:-6\],\s*"([^"]+)",?\s*\)'
)


@dataclass(frozen=True, slots=True)
class Assembly:
    """What jsii tells Node of it; `tarball`: a path."""

    name: str
    version: str
    tarball: str


def assemblies(packages: Sequence[str]) -> Iterator[Assembly]:
    """Those of the packages, in this order; ends before one that does not look as known."""
    for package in packages:
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            return
        folder = Path(spec.origin).parent / "_jsii"
        try:
            text = (folder / "__init__.py").read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return
        found = _LOADED.search(text)
        if found is None or not (folder / found[3]).is_file():
            return
        yield Assembly(found[1], found[2], str(folder / found[3]))

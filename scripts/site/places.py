"""Where a file of the repository is on the site, and links that follow it there.

Pages link to each other as files of the repository, so that they work there. What lies
outside of docs/ has another place on the site: the READMEs, the cut page, single files.
"""

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

from entities import SOURCE, Pages

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

#: Pages that lie outside of docs/.
OUTSIDE = {
    "README.md": "index.md",
    "README.ja.md": "ja/index.md",
    "examples/payments/README.md": "example.md",
}
_FENCED = re.compile(r"(^ *```.*?^ *```$|`[^`\n]+`)", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<path>[^)#\s:]*)(?:#(?P<anchor>[^)\s]+))?\)")


class Places:
    """Links of a page, as they are on the site; `files` collects what they lead to."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.files: set[str] = set()

    def with_links(self, text: str, source: str, place: str) -> str:
        """The text of the file `source` with the links that it needs at `place`."""

        def follow(found: re.Match[str]) -> str:
            link = self._follow(found["path"], found["anchor"] or "", source, place)
            return f"]({link})"

        return outside_code(text, lambda prose: _LINK.sub(follow, prose))

    def _follow(self, path: str, anchor: str, source: str, place: str) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        if not path:
            target = source
        if target == f"docs/{SOURCE}" and anchor:
            there, anchor = self._pages.home_of(anchor)
        else:
            there = self._place_of(target)
        if there == place and anchor:
            return f"#{anchor}"
        link = posixpath.relpath(there, posixpath.dirname(place) or ".")
        return f"{link}#{anchor}" if anchor else link

    def _place_of(self, target: str) -> str:
        if target in OUTSIDE:
            return OUTSIDE[target]
        if target.startswith("docs/"):
            return target.removeprefix("docs/")
        if (ROOT / target).is_file():
            self.files.add(target)
        return f"files/{target}"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """The text with its prose changed, and its code as it was."""
    parts = _FENCED.split(text)
    return "".join(part if at % 2 else change(part) for at, part in enumerate(parts))

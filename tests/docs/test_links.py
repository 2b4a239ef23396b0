"""Every link between files of the repository leads to a file, and every anchor to a heading."""

import posixpath
import re
from functools import cache

import pytest

from tests.docs.fences import ROOT, pages, prose

_CODE = re.compile(r"`[^`\n]+`")
_LINK = re.compile(r"!?\[[^\]]*\]\(<?(?P<target>[^)>\s]+)>?(?:\s+\"[^\"]*\")?\)")


@cache
def anchors(page: str) -> frozenset[str]:
    """The anchors of a page, as GitHub and the site make them of its headings."""
    text = prose(page)
    found: list[str] = re.findall(r"<a (?:id|name)=\"([^\"]+)\"", text)
    seen: dict[str, int] = {}
    for heading in re.findall(r"^#{1,6} +(.+?)(?: +#+)?$", text, re.MULTILINE):
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w -]", "", words.strip().lower()).replace(" ", "-")
        again = seen.get(name, 0)
        seen[name] = again + 1
        found.append(f"{name}-{again}" if again else name)
    return frozenset(found)


def links(page: str) -> list[str]:
    return [found["target"] for found in _LINK.finditer(_CODE.sub("", prose(page)))]


@pytest.mark.parametrize("page", pages())
def test_links_lead_somewhere(page: str) -> None:
    astray = []
    for link in links(page):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            if not link.startswith("https://"):
                astray.append(link)
            continue
        path, _, anchor = link.partition("#")
        target = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        file = ROOT / target
        # A link to a folder works on GitHub, and nowhere else.
        if not file.is_file() or (anchor and anchor not in anchors(target)):
            astray.append(link)
    assert astray == []


def test_there_are_links() -> None:
    assert sum(len(links(page)) for page in pages()) > 200

"""`make site`: the documentation as a site, in .rolecall/site.

Strict: a link or an anchor that leads nowhere, or a page that no navigation names, fails.
Then every page that was made is looked at: nothing in it may be fetched from elsewhere.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.pinned import ROOT, pinned_python

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
#: Where the browser loads by itself: element -> attribute.
_LOADS = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src"}
_LOADING_LINKS = {"stylesheet", "preconnect", "preload", "icon", "manifest", "modulepreload"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the site, or serve it while it is written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / ".rolecall/site")
    parser.add_argument("--serve", action="store_true", help="on 127.0.0.1:8000, until Ctrl-C")
    given = parser.parse_args(arguments)
    # Material's team advertises in each build; it is no warning of this site.
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1", "DISABLE_MKDOCS_2_WARNING": "true"}
    mkdocs = [str(pinned_python("site-builder", REQUIREMENTS)), "-m", "mkdocs"]
    if given.serve:
        return subprocess.run([*mkdocs, "serve"], cwd=ROOT, env=environment).returncode
    command = [*mkdocs, "build", "--strict", "--quiet", "--site-dir", str(given.out.resolve())]
    if code := subprocess.run(command, cwd=ROOT, env=environment).returncode:
        return code
    foreign = sorted(fetched(given.out))
    for line in foreign:
        print(f"fetched from elsewhere: {line}", file=sys.stderr)
    pages = sum(1 for _ in given.out.rglob("*.html"))
    print(f"{pages} pages in {given.out}")
    return int(bool(foreign))


def fetched(site: Path) -> Iterator[str]:
    """What the pages load from other hosts: page and address."""
    for path in site.rglob("*.html"):
        page = _Loads()
        page.feed(path.read_text(encoding="utf-8"))
        for address in page.found:
            if address.startswith(("http:", "https:", "//")):
                yield f"{path.relative_to(site)}: {address}"
    for path in site.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        for scheme in ("url(http", "url(//", '@import "http', "@import url"):
            if scheme in text:
                yield f"{path.relative_to(site)}: {scheme}"


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _LOADS:
            self.found.append(given.get(_LOADS[tag]) or "")
        elif tag == "link" and _LOADING_LINKS & {*(given.get("rel") or "").split()}:
            self.found.append(given.get("href") or "")


if __name__ == "__main__":
    sys.exit(main())

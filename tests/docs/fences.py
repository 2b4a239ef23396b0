"""Every fenced block of every Markdown file of the repository, and the prose around them."""

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<kind>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL
)


@dataclass(frozen=True)
class Fence:
    page: str
    line: int
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@cache
def pages() -> tuple[str, ...]:
    """The Markdown files, by their paths in the repository; ignored ones are none of it."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = sorted({*listed.stdout.split("\0")} - {""})
    return tuple(name for name in names if (ROOT / name).is_file())


def text_of(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def fences(page: str) -> list[Fence]:
    text = text_of(page)
    found = []
    for each in _FENCE.finditer(text):
        inner = re.sub(rf"^{each['indent']}", "", each["text"], flags=re.MULTILINE)
        line = text.count("\n", 0, each.start()) + 1
        found.append(Fence(page, line, each["kind"].strip(), inner))
    return found


def prose(page: str) -> str:
    """The text without its blocks; comments of HTML are no prose either."""
    return re.sub(r"<!--.*?-->", "", _FENCE.sub("", text_of(page)), flags=re.DOTALL)

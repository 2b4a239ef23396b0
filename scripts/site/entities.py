"""One page for each trusted entity, cut out of docs/trusted-entities.md.

The long page is the one source: it is what people read in the repository, and what the tests
run. Here its sections become pages, each with the lines that its examples need.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

SOURCE = "trusted-entities.md"
FOLDER = "entities"

_FENCE = re.compile(r"^```(?P<kind>[a-z]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_POLICY_AND_WORDS = re.compile(
    r"(^```json\n.*?^```\n)\n((?:^>[^\n]*\n)+)", re.MULTILINE | re.DOTALL
)
_ROW = re.compile(r"^\| (?P<who>[^|]+) \| (?P<names>`[^|]+`) \| (?P<links>[^|]+) \|$", re.MULTILINE)

#: Which sections stand together, in the order of the page; each group begins with its first.
_GROUPS = (
    ("IamUsers", "AWS accounts and services"),
    ("OpenID Connect", "OpenID Connect"),
    ("Saml", "SAML"),
    ("EksPodIdentity", "Pods and certificates"),
    ("RawStatement", "Rules for all of them"),
)


@dataclass(frozen=True)
class Section:
    """A heading of the second level with all that is below it."""

    title: str
    text: str

    @property
    def page(self) -> str:
        """Its place on the site."""
        return f"{FOLDER}/{anchor(self.title)}.md"

    @property
    def anchors(self) -> list[str]:
        """The anchors of its headings: its own, and of those below."""
        prose = _FENCE.sub("", self.text)
        below = re.findall(r"^#{3,} (.+)$", prose, re.MULTILINE)
        return [anchor(self.title), *(anchor(each) for each in below)]


@dataclass(frozen=True)
class Pages:
    """The long page, cut."""

    head: str
    sections: tuple[Section, ...]

    def home_of(self, wanted: str) -> tuple[str, str]:
        """Page and anchor for an anchor of the long page; the head keeps what is its own."""
        for section in self.sections:
            first, *below = section.anchors
            if wanted == first:
                return section.page, ""
            if wanted in below:
                return section.page, wanted
        return SOURCE, wanted

    def groups(self) -> Iterator[tuple[str, list[Section]]]:
        """The sections as the navigation has them."""
        begins = dict(_GROUPS)
        name, group = "", list[Section]()
        for section in self.sections:
            if section.title in begins:
                if group:
                    yield name, group
                name, group = begins[section.title], []
            group.append(section)
        yield name, group


def anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def cut(text: str) -> Pages:
    """The pages of the long page."""
    fenced = [(found.start(), found.end()) for found in _FENCE.finditer(text)]
    starts = [
        found
        for found in re.finditer(r"^## (.+)$", text, re.MULTILINE)
        if not any(begin <= found.start() < end for begin, end in fenced)
    ]
    ends = [found.start() for found in starts[1:]] + [len(text)]
    sections = (
        Section(found[1], text[found.end() : end].strip() + "\n")
        for found, end in zip(starts, ends, strict=True)
    )
    return Pages(text[: starts[0].start()].strip() + "\n", tuple(sections))


def page_of(pages: Pages, section: Section) -> str:
    """The text of one page. Its links are still those of the long page."""
    lines = [f"# {section.title}", ""]
    who = whom(pages).get(section.title)
    if who:
        lines += [f"*To trust: {who}.*", ""]
    body = re.sub(r"^###", "##", _outside_fences(section.text), flags=re.MULTILINE)
    lines.append(_POLICY_AND_WORDS.sub(_said, _fences_back(body, section.text)))
    shared = shared_lines(pages, section)
    if shared:
        lines += [
            '??? example "The lines that these examples share"',
            "",
            _indented(f"```python\n{shared}```"),
            "",
        ]
    return "\n".join(lines)


def whom(pages: Pages) -> dict[str, str]:
    """Of each kind, whom it trusts, as the table of the long page says."""
    found: dict[str, str] = {}
    for row in _ROW.finditer(pages.head):
        for name in re.findall(r"`(\w+)`", row["names"]):
            found[name] = row["who"]
    return found


def shared_lines(pages: Pages, section: Section) -> str:
    """As much of the long page's shared lines as the examples of a section use."""
    code = [found["text"] for found in _FENCE.finditer(section.text) if found["kind"] == "python"]
    if not code:
        return ""
    first = _FENCE.search(pages.head)
    if first is None:
        raise ValueError(f"{SOURCE} has no lines that its examples share")
    shared = first["text"]
    wanted = set().union(*map(_names, code))
    kept: list[str] = []
    for node in reversed(ast.parse(shared).body):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names if (each.asname or each.name) in wanted]
            if names:
                kept.append(_import(node, names))
        elif _defines(node) in wanted:
            text = _with_comment(shared, node)
            kept.append(text)
            wanted |= _names(text)
    return _laid_out(kept[::-1])


def _import(node: ast.Import | ast.ImportFrom, names: list[str]) -> str:
    if isinstance(node, ast.Import):
        return f"import {', '.join(names)}"
    short = f"from {node.module} import {', '.join(names)}"
    if len(short) <= 88:
        return short
    return f"from {node.module} import (\n" + "".join(f"    {name},\n" for name in names) + ")"


def _defines(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    raise ValueError(f"line {node.lineno} of the shared lines defines nothing")


def _with_comment(text: str, node: ast.stmt) -> str:
    lines = text.splitlines()
    decorators = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(each.lineno for each in decorators)]) - 1
    while first and lines[first - 1].startswith("#"):
        first -= 1
    return "\n".join(lines[first : node.end_lineno])


def _laid_out(parts: list[str]) -> str:
    imports = [part for part in parts if part.startswith(("import ", "from "))]
    ours = [part for part in imports if part.startswith("from rolecall")]
    standard = [part for part in imports if part not in ours]
    rest = [part for part in parts if part not in imports]
    blocks = ["\n".join(block) for block in (standard, ours) if block]
    for part in rest:
        blocks.append(f"\n{part}" if part.startswith(("def ", "class ", "@")) else part)
    return "\n\n".join(blocks) + "\n"


def _names(code: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}


def _said(found: re.Match[str]) -> str:
    """The words below a policy, in a box that says whose they are."""
    words = re.sub(r"^> ?", "", found[2], flags=re.MULTILINE)
    return f'{found[1]}\n!!! quote "rolecall who-can says"\n\n{_indented(words)}\n'


def _indented(text: str) -> str:
    return "".join(f"    {line}".rstrip() + "\n" for line in text.splitlines())


def _outside_fences(text: str) -> str:
    return _FENCE.sub(lambda found: f"\0{found.start()}\0", text)


def _fences_back(text: str, original: str) -> str:
    fences = {str(found.start()): found[0] for found in _FENCE.finditer(original)}
    return re.sub("\0([0-9]+)\0", lambda found: fences[found[1]], text)

"""Every page: links lead somewhere, and policies are policies."""

import re

import pytest

from rolecall.policy import PolicyDocument
from tests.docs.blocks import DOCS, blocks

PAGES = sorted(path.name for path in DOCS.glob("*.md"))
_LINK = re.compile(r"\]\((?P<page>[\w./-]*\.md)?(?:#(?P<anchor>[\w-]+))?\)")


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as they are made from their words."""
    headings = re.findall(r"^#+ (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for found in _LINK.finditer(text):
        target = found["page"] or page
        assert (DOCS / target).is_file(), found[0]
        if found["anchor"]:
            assert found["anchor"] in anchors(target), found[0]


@pytest.mark.parametrize("page", PAGES)
def test_policies_are_policies(page: str) -> None:
    for block in blocks(page):
        if block.kind == "json":
            PolicyDocument.parse(block.text)

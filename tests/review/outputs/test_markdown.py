"""The comment: what it says, that names stay names in it, and that it keeps its limit."""

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from rolecall.review.markdown import LIMIT, MARKER, to_markdown
from rolecall.review.markdown.escape import code, fenced, text
from rolecall.review.report import Report

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
#: The tags that the comment itself has; nothing else may be HTML.
OURS = re.compile(r"<!-- rolecall review -->|</?(?:details|summary|code)>|<br>")
#: What GitHub makes a mention or a reference of, in text that is no code.
MENTION = re.compile(r"(?:^|\W)@[A-Za-z0-9]|(?:^|\W)#[0-9]|GH-[0-9]|https?://|www\.", re.ASCII)


def tokens(markdown: str) -> Iterator[Token]:
    for token in PARSER.parse(markdown):
        yield token
        yield from token.children or ()


def check(markdown: str) -> None:
    """Nothing in it but what the comment is made of."""
    for token in tokens(markdown):
        assert token.type not in ("link_open", "image", "em_open", "s_open", "hr", "code_block")
        assert token.type not in ("ordered_list_open", "blockquote_open")
        if token.type == "heading_open":
            assert token.tag == "h2"
        if token.type == "html_inline":
            assert OURS.fullmatch(token.content), token.content
        if token.type == "html_block":
            left = OURS.sub("", token.content)
            assert "<" not in left, token.content
            assert not MENTION.search(unescape(left)), token.content
        if token.type == "text":
            assert not MENTION.search(token.content), token.content
    assert not any(0x202A <= ord(c) <= 0x202E or (ord(c) < 32 and c != "\n") for c in markdown)


def test_what_it_says(ordinary: Report) -> None:
    markdown = to_markdown(ordinary)
    lines = markdown.splitlines()
    assert lines[0] == MARKER
    assert lines[1] == "## Access review: both"
    assert "**failed**" in markdown
    assert "acme-evil" in markdown
    assert "| **critical** | tes | role `tes-ci` | wider |" in markdown
    assert "role `tes-same`" not in markdown
    assert "1 as before" in markdown.lower()
    assert "```mermaid\nflowchart LR" in markdown
    assert '+        "arn:aws:iam::999999999999:user/bob"' in markdown
    assert "SCP" in markdown
    assert "module.x could not be read" in markdown
    for change in ordinary.changes:
        if change.state != "same" and change.acknowledged is None:
            assert change.fingerprint in markdown
    check(markdown)


def rows(markdown: str) -> list[list[Token]]:
    found: list[list[Token]] = []
    for token in PARSER.parse(markdown):
        if token.type == "tr_open":
            found.append([])
        if token.type in ("td_open", "th_open"):
            found[-1].append(token)
    return found


def test_names_stay_names(hostile: str, named: Callable[[str], Report]) -> None:
    markdown = to_markdown(named(hostile))
    check(markdown)
    assert [len(row) for row in rows(markdown)] == [6, 6]
    html = "".join(t.content for t in tokens(markdown) if t.type == "html_block")
    assert html.count("<details>") == html.count("</details>") == 2
    assert markdown.startswith(MARKER + "\n")
    assert html.count(MARKER) == 1


_STRANGE = st.text(
    st.one_of(
        st.sampled_from("|`*_~<>[]()!#@$%&^\\\"'{}:/-+=.0123 \n\r\taz"),
        st.characters(codec="utf-8"),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(_STRANGE)
def test_any_text_stays_text(value: str) -> None:
    shown = f"| a | b |\n| --- | --- |\n| {text(value)} | {code(value)} |\n"
    assert [len(row) for row in rows(shown)] == [2, 2]
    check(shown)
    check(f"- {text(value)}\n- {code(value)}\n")
    check(f"<details>\n<summary>{text(value)}</summary>\n\nx\n\n</details>")
    blocks = [t for t in PARSER.parse(f"x\n\n{fenced(value)}\n\ny") if t.type == "fence"]
    assert len(blocks) == 1


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=_STRANGE)
def test_any_report_is_a_comment(value: str, named: Callable[[str], Report]) -> None:
    markdown = to_markdown(named(value))
    check(markdown)
    assert [len(row) for row in rows(markdown)] == [6, 6]


@pytest.mark.parametrize("limit", [LIMIT, 20_000, 4_000])
def test_the_limit_is_kept_and_the_verdict_stays(huge: Report, limit: int) -> None:
    markdown = to_markdown(huge, limit=limit)
    assert len(markdown.encode()) <= limit
    assert markdown.splitlines()[1] == "## Access review: both"
    assert "**failed**" in markdown
    assert "Left out" in markdown
    check(markdown)
    # What matters comes first: no harmless row while a risky one is left out.
    assert "tes-role-0001" in markdown
    assert "tes-role-0000" not in markdown


def test_it_uses_its_room(huge: Report) -> None:
    markdown = to_markdown(huge)
    assert len(markdown.encode()) > LIMIT * 0.9
    found = re.search(r"([0-9]+) of 2000 rows", markdown)
    assert found
    assert int(found[1]) == 2000 - (len(rows(markdown)) - 1)


def test_details_go_before_rows(ordinary: Report) -> None:
    whole = to_markdown(ordinary)
    cut = to_markdown(ordinary, limit=8_000)
    assert whole.count("<details>") > cut.count("<details>")
    assert len(rows(whole)) == len(rows(cut))
    assert "the details of" in cut


def test_a_limit_in_bytes(named: Callable[[str], Report]) -> None:
    markdown = to_markdown(named("👩🏽‍🚀" * 3000), limit=5_000)
    assert len(markdown.encode()) <= 5_000


def test_no_room_is_refused(ordinary: Report) -> None:
    with pytest.raises(ValueError, match="4000"):
        to_markdown(ordinary, limit=100)

"""One file that needs nothing else, that a stranger's text cannot break out of."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Page, expect

from rolecall.review.html import to_html
from rolecall.review.report import Report

Open = Callable[..., Page]


def test_it_can_ask_nothing_of_the_network(small_report: Report) -> None:
    html = to_html(small_report)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    assert policy[1].startswith("default-src &#39;none&#39;; ")
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]
    assert re.findall(r'(?:src|href)="(?!#|data:,")', html) == []
    assert re.findall(r"(?:src|href)=[^\"]", html) == []
    assert " style=" not in html
    assert re.findall(r"\son[a-z]+=", html) == []


def test_the_same_report_gives_the_same_file(small_report: Report) -> None:
    html = to_html(small_report)
    assert html == to_html(small_report)
    assert str(Path.cwd()) not in html


def test_all_can_be_read_without_scripts(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report, java_script_enabled=False)
    expect(page.get_by_role("searchbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Theme")).to_be_hidden()
    expect(page.locator("article.change:visible")).to_have_count(10)
    expect(page.locator("#grid")).to_contain_text("user erin")
    expect(page.locator("#list tr:visible")).to_have_count(len(small_report.edges))
    page.locator("article summary", has_text="tes-runner").click()
    expect(page.get_by_text("Let in now (new statement 0)").last).to_be_visible()


def test_a_large_report_can_be_read_without_scripts(
    large_report: Report, open_report: Open
) -> None:
    page = open_report(large_report, java_script_enabled=False)
    assert page.locator("article.change:not([hidden])").count() == 1_000
    expect(page.locator("article.change").last).to_be_visible()
    assert page.locator("#list tr").count() == len(large_report.edges)


def test_a_large_report_stays_small_enough(
    large_report: Report, page_of: Callable[[Report], Path]
) -> None:
    assert page_of(large_report).stat().st_size < 10_000_000


def test_what_a_change_says_is_all_there(small_report: Report, open_report: Open) -> None:
    change = next(each for each in small_report.changes if each.name == "prd-deployer")
    assert change.comparison
    page = open_report(small_report)
    article = page.locator(f'[id="{change.fingerprint}"]')
    for text in (
        change.arn,
        change.place.construct,
        change.place.address,
        *change.who_before,
        *change.who_after,
        *(each.text for each in change.sentences),
        *(each.title for each in change.findings),
        *(each.text.replace("`", "") for each in change.findings),
        "docs/rules/RC004.md",
        "Branches are protected by the organization's rules.",
        change.comparison.gains[0].refused.explain(),
    ):
        expect(article).to_contain_text(text)
    assert article.locator("del").all_text_contents() == [
        '−         "token.actions.githubusercontent.com:sub": "repo:acme/infra:environment:prd"\n'
    ]
    assert article.locator("ins mark").all_text_contents() == ["*"]
    keys = article.locator(".witness th").all_text_contents()
    assert {"call", "role", "token.actions.githubusercontent.com:sub"} <= set(keys)


def test_an_empty_report(small_report: Report, open_report: Open) -> None:
    report = replace(
        small_report,
        changes=(),
        edges=(),
        verdict="same",
        gate="passed",
        gate_reasons=(),
        notes=(),
        stale=(),
        sources=(),
        assumptions=(),
        environments=(),
    )
    page = open_report(report)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody gains or loses access")
    expect(page.locator("#changes .empty:visible")).to_have_count(1)


def test_no_text_of_a_stranger_breaks_out(hostile_report: Report, open_report: Open) -> None:
    page = open_report(hostile_report)
    assert page.title() == "Trust review: wider, gate passed"
    page.get_by_role("button", name="Open all").click()
    for forbidden in ("img", "script script", "svg svg", "article script", "main script"):
        assert page.locator(forbidden).count() == 0, forbidden
    assert page.locator("script").count() == 2
    assert page.locator("article.change").count() == len(hostile_report.changes)
    assert page.locator("a[href]:not([href^='#'])").count() == 0
    anchors = page.locator("[id]").evaluate_all("all => all.map((each) => each.id)")
    assert len(set(anchors)) == len(anchors)
    body = page.locator("body").inner_text()
    assert "</script><script>document.title='broken'</script>" in body
    assert "{{ 7 * 7 }} {% raw %}" in body


def test_characters_that_hide_are_written_out(hostile_report: Report, open_report: Open) -> None:
    page = open_report(hostile_report)
    body = page.locator("html").evaluate("each => each.outerHTML")
    for hidden in "\u202e\u2066\u200b\u00ad\u3164\x00\t":
        assert hidden not in body
    for written in (r"a\u202egnitaroc\u2066evil", r"zero\u200bwidth\u00adsoft\u3164blank"):
        assert written in page.locator("#grid").inner_text()
        assert written in page.locator("article h3").all_inner_texts()[-1] or written in body
    # Hebrew letters stay, in the order in which they are written: the first is at the left.
    left = page.locator("#about li", has_text="שלום").first.evaluate(
        """each => [0, 1].map((i) => {
          const range = document.createRange();
          range.setStart(each.firstChild, i);
          range.setEnd(each.firstChild, i + 1);
          return range.getBoundingClientRect().left;
        })"""
    )
    assert left[0] < left[1]

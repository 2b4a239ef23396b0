"""Light and dark, wide and narrow, on paper; and what an accessibility checker says of it."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from rolecall.review.report import Report

Open = Callable[..., Page]
AXE = Path(__file__).resolve().parents[3] / "node_modules/axe-core/axe.min.js"
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(247, 247, 245)", "rgb(19, 21, 24)"


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(
        """async () => {
          const found = await axe.run(document, {resultTypes: ["violations"]});
          return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html}`));
        }"""
    )


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("dark", 390)])
def test_axe_finds_nothing(
    small_report: Report, open_report: Open, scheme: str, width: int
) -> None:
    page = open_report(small_report, color_scheme=scheme, viewport={"width": width, "height": 900})
    page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
    # What is out of sight is not painted, and would not be looked at.
    page.evaluate(
        """for (const e of document.querySelectorAll('.change, .drawing'))
          e.style.contentVisibility = 'visible'"""
    )
    assert violations(page) == []


def test_the_theme_is_the_systems_until_somebody_chooses(
    small_report: Report, open_report: Open
) -> None:
    page = open_report(small_report, color_scheme="dark")
    assert page.evaluate(BACKGROUND) == DARK
    button = page.get_by_role("button", name="Theme")
    expect(button).to_have_text("Theme: automatic")
    button.click()
    expect(button).to_have_text("Theme: light")
    assert page.evaluate(BACKGROUND) == LIGHT
    page.reload()
    assert page.evaluate(BACKGROUND) == LIGHT
    button.click()
    expect(button).to_have_text("Theme: dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(BACKGROUND) == DARK
    button.click()
    assert page.evaluate(BACKGROUND) == LIGHT


def test_the_theme_works_where_nothing_can_be_stored(
    small_report: Report, open_report: Open
) -> None:
    page = open_report(small_report, color_scheme="light")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('refused') }})"
    )
    page.reload()
    page.get_by_role("button", name="Theme").click()
    page.get_by_role("button", name="Theme").click()
    assert page.evaluate(BACKGROUND) == DARK


@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_page_never_scrolls_sideways(
    small_report: Report, hostile_report: Report, open_report: Open, width: int
) -> None:
    for report in (small_report, hostile_report):
        page = open_report(report, viewport={"width": width, "height": 800})
        page.evaluate("for (const e of document.querySelectorAll('details')) e.open = true")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_headings_are_in_order(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    levels = page.locator("h1, h2, h3, h4, h5").evaluate_all("all => all.map((e) => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert [b for a, b in pairwise(levels) if b > a + 1] == []


def test_on_paper_there_are_no_controls_and_all_changes_are_open(
    small_report: Report, open_report: Open
) -> None:
    page = open_report(small_report, color_scheme="dark")
    page.get_by_label("Unchanged too").uncheck()
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("#filter")).to_be_hidden()
    expect(page.locator("article > details[open]")).to_have_count(8)
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("article > details[open]")).to_have_count(1)

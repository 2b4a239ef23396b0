"""Everything can be reached and used with the keyboard, and where one is can be seen."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from rolecall.review.report import Report

Open = Callable[..., Page]

FOCUSED = """() => {
  const e = document.activeElement;
  const style = getComputedStyle(e);
  const box = e.closest("label")?.querySelector("input + span") ?? e.querySelector?.("rect") ?? e;
  const own = getComputedStyle(box);
  const y = e.getBoundingClientRect();
  return {
    what: e === document.body ? "BODY" : e.id || e.textContent.trim().slice(0, 40),
    seen: style.outlineStyle !== "none" || own.outlineStyle !== "none" || own.stroke !== "none",
    inside: y.bottom > 0 && y.top < innerHeight,
  };
}"""


def test_a_walk_with_the_tab_key(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    walked = []
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused["what"] == "BODY":
            break
        assert focused["seen"], focused
        assert focused["inside"], focused
        walked.append(focused["what"])
    expected = ["Skip to the changes", "Changes", "Matrix", "Graph", "List", "About", "theme"]
    assert walked[:7] == expected
    assert len(walked) < 100
    places = ["q", "by-environment", "by-kind", "unchanged", "open-all", "grid"]
    assert [walked.index(each) for each in places] == sorted(map(walked.index, places))


def test_search_and_details_without_a_mouse(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#changes")).to_be_focused()
    page.get_by_role("searchbox").focus()
    page.keyboard.type("tes-runner")
    expect(page.locator("#count")).to_have_text("1 of 10 shown")
    summary = page.locator("article.change:visible > details > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Who gains access")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".witness table:visible")).to_contain_text("ecs-tasks.amazonaws.com")


def test_a_graph_is_one_stop_and_arrows_go_through_it(
    small_report: Report, open_report: Open
) -> None:
    page = open_report(small_report)
    graph = page.locator("svg").first
    assert graph.locator('.node[tabindex="0"]').count() == 1
    graph.locator('.node[tabindex="0"]').focus()
    where = "document.activeElement.querySelector('title').textContent"
    assert page.evaluate(where) == "service ecs-tasks.amazonaws.com"
    expect(graph.locator(".edge.on")).to_have_count(1)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(where) == "role tes-runner"
    page.keyboard.press("End")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(where) == "user alice of identity (999999999999)"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("article:focus-within h3")).to_have_text("role tes-admin")


def test_a_link_with_a_fingerprint_opens_its_change(
    small_report: Report, open_report: Open
) -> None:
    change = next(each for each in small_report.changes if each.name == "tes-admin")
    page = open_report(small_report, fragment=f"#{change.fingerprint}")
    article = page.locator(f'[id="{change.fingerprint}"]')
    expect(article.locator("> details")).to_have_attribute("open", "")
    expect(article.locator("> details > summary")).to_be_focused()
    expect(article).to_be_in_viewport()


def test_a_link_finds_what_filters_hide(large_report: Report, open_report: Open) -> None:
    change = large_report.changes[500]
    assert change.verdict == "same"
    page = open_report(large_report, fragment=f"#{change.fingerprint}")
    expect(page.locator("#count")).to_have_text("1,000 of 1,000 shown")
    expect(page.locator(f'[id="{change.fingerprint}"]')).to_be_in_viewport()


def test_a_role_of_the_matrix_leads_to_its_change(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    page.locator("#grid thead").get_by_role("link", name="stg-deployer").click()
    expect(page.locator("article:focus-within h3")).to_have_text("role stg-deployer")
    page.get_by_role("searchbox").fill("tes-runner")
    expect(page.locator("#count")).to_have_text("1 of 10 shown")
    page.go_back()
    page.go_forward()
    expect(page.locator("article:focus-within h3")).to_have_text("role stg-deployer")
    expect(page.locator("#count")).to_have_text("10 of 10 shown")


def test_the_fingerprint_is_copied(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report, permissions=["clipboard-read", "clipboard-write"])
    first = page.locator("article.change").first
    first.get_by_role("button", name="Copy the fingerprint").click()
    fingerprint = first.get_attribute("id")
    expect(page.locator("#said")).to_have_text(f"Copied {fingerprint}")
    assert page.evaluate("navigator.clipboard.readText()") == fingerprint


def test_all_details_at_once(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    page.get_by_role("button", name="Open all").click()
    expect(page.locator("article > details[open]")).to_have_count(10)
    page.get_by_role("button", name="Close all").click()
    expect(page.locator("article > details[open]")).to_have_count(0)

"""Search and filters act on changes, matrix, graph and list at once, and say what is left."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from rolecall.review.report import Report

Open = Callable[..., Page]


def shown(page: Page) -> list[str]:
    """Names of the changes to be seen."""
    names = page.locator("article.change:visible h3").all_text_contents()
    return [name.split()[-1] for name in names]


def columns(page: Page) -> list[str]:
    return page.locator("#grid thead tr:nth-child(2) th").all_text_contents()


def nodes(page: Page, side: str) -> list[str]:
    return page.locator(f".{side} .node:visible text").all_text_contents()


def test_it_searches_names(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    expect(page.locator("#count")).to_have_text("10 of 10 shown")
    page.get_by_role("searchbox").fill("tes-runner")
    expect(page.locator("#count")).to_have_text("1 of 10 shown")
    assert shown(page) == ["tes-runner"]
    assert columns(page) == ["tes-runner"]
    assert nodes(page, "right") == ["tes-runner"]
    assert nodes(page, "left") == ["service ecs-tasks.amazonaws.com"]
    assert page.locator("#list tr:visible").count() == 1


def test_it_searches_what_policies_and_findings_say(
    small_report: Report, open_report: Open
) -> None:
    page = open_report(small_report)
    box = page.get_by_role("searchbox")
    for text, names in (
        ("RC004", ["prd-deployer"]),
        ("repo:acme*", ["prd-deployer"]),
        ("AMAZONAWS.COM ecs-tasks", ["tes-runner"]),
        ("audits staging in may", ["stg-auditor"]),
        ("aws:multifactorauthpresent", ["tes-admin", "stg-auditor"]),
    ):
        box.fill(text)
        expect(page.locator("#count")).to_have_text(f"{len(names)} of 10 shown")
        assert shown(page) == names, text


def test_labels_of_the_page_are_not_found(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    page.get_by_role("searchbox").fill("fingerprint")
    expect(page.locator("#count")).to_have_text("0 of 10 shown")
    page.get_by_role("button", name="Clear search and filters").click()
    expect(page.locator("#count")).to_have_text("10 of 10 shown")
    expect(page.get_by_role("searchbox")).to_be_focused()


def test_it_filters(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    page.get_by_role("combobox", name="Environment").select_option("stg")
    assert set(shown(page)) == {"stg-auditor", "stg-worker", "stg-deployer"}
    assert columns(page) == ["stg-auditor", "stg-deployer", "stg-worker"]
    assert page.locator(".drawing:visible h3").all_text_contents() == ["stg"]
    page.get_by_role("combobox", name="Verdict").select_option("undecided")
    assert shown(page) == ["stg-worker"]
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator("#count")).to_have_text("10 of 10 shown")
    page.get_by_role("combobox", name="Severity").select_option("critical")
    assert shown(page) == ["prd-deployer"]
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(page.locator("#count")).to_have_text("10 of 10 shown")
    page.get_by_role("combobox", name="Kind").select_option("group")
    assert shown(page) == ["developers"]
    expect(page.locator("#grid-none")).to_be_visible()
    expect(page.locator("#graph-none")).to_be_visible()


def test_what_is_unchanged_can_be_left_out(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    assert "tes-operator" in columns(page)
    page.get_by_label("Unchanged too").uncheck()
    expect(page.locator("#count")).to_have_text("8 of 10 shown")
    assert "tes-operator" not in shown(page) + columns(page) + nodes(page, "right")


def test_the_matrix_has_before_and_after(small_report: Report, open_report: Open) -> None:
    page = open_report(small_report)
    row = page.locator("#grid tbody tr", has_text="user erin")
    expect(row.locator("td", has_text="gained")).to_have_text("+ gained")
    page.get_by_label("Before", exact=True).check()
    assert "".join(row.locator("td").all_text_contents()) == ""
    page.get_by_label("After", exact=True).check()
    assert "".join(row.locator("td").all_text_contents()) == "• yes"


def test_a_large_report_shows_what_changed_first(large_report: Report, open_report: Open) -> None:
    page = open_report(large_report)
    expect(page.locator("#count")).to_have_text("80 of 1,000 shown")
    expect(page.locator("#pages")).to_have_text("Roles 1 to 16 of 80")
    page.locator("#unchanged").check()
    expect(page.locator("#count")).to_have_text("1,000 of 1,000 shown")
    expect(page.locator("#pages")).to_have_text("Roles 1 to 16 of 1,000")
    page.locator("#next").click()
    expect(page.locator("#pages")).to_have_text("Roles 17 to 32 of 1,000")
    page.locator("#q").fill("tes-team-03-service-0003")
    expect(page.locator("#count")).to_have_text("1 of 1,000 shown")
    assert columns(page) == ["tes-team-03-service-0003"]
    assert nodes(page, "right") == ["tes-team-03-service-0003"]


def test_the_scripts_draw_what_the_file_has(small_report: Report, open_report: Open) -> None:
    """The first matrix and graph come from Python, the next from the script: the same."""
    plain = open_report(small_report, java_script_enabled=False)
    scripted = open_report(small_report)
    for part in ("#grid", "figure svg >> nth=0", "figure svg >> nth=1"):
        texts = [
            ["".join(text.split()) for text in page.locator(part).all_text_contents()]
            for page in (plain, scripted)
        ]
        assert texts[0] == texts[1]
    for attribute in ("d", "transform", "cx", "cy", "viewBox", "height"):
        values = [
            page.locator(f"svg [{attribute}], svg[{attribute}]").evaluate_all(
                "(all, name) => all.map((each) => each.getAttribute(name))", attribute
            )
            for page in (plain, scripted)
        ]
        assert values[0] == values[1], attribute

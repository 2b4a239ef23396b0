"""One browser for the rooms that need one, and pages that are watched while they are open."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from rolecall.review.html import to_html
from rolecall.review.report import Report
from tests import browser as browsers
from tests.review import reports


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever opens a page runs on one worker: there is one browser, and one large report."""
    for item in items:
        if {"chromium", "large_report"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browsers.chromium() as browser:
        yield browser


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a file. At the end: no request, no error, nothing that the page's policy refused."""
    contexts = []
    wrong: list[str] = []

    def open_it(path: Path, *, fragment: str = "", **options: Any) -> Page:
        context = chromium.new_context(reduced_motion="reduce", **options)
        contexts.append(context)
        address = path.as_uri()

        def watch(route: Route) -> None:
            if route.request.url.partition("#")[0] == address:
                route.continue_()
            else:
                wrong.append(f"request: {route.request.url}")
                route.abort()

        context.route("**/*", watch)
        page = context.new_page()
        page.set_default_timeout(5_000)
        page.on("console", lambda message: wrong.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.goto(address + fragment)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture(scope="session")
def page_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Report], Path]:
    """The file of a report, made once."""
    made: dict[int, tuple[Report, Path]] = {}

    def make(report: Report) -> Path:
        if id(report) not in made:
            path = tmp_path_factory.mktemp("review") / "review.html"
            path.write_text(to_html(report), "utf-8")
            made[id(report)] = (report, path)
        return made[id(report)][1]

    return make


@pytest.fixture
def open_report(
    open_page: Callable[..., Page], page_of: Callable[[Report], Path]
) -> Callable[..., Page]:
    def open_it(report: Report, **options: Any) -> Page:
        return open_page(page_of(report), **options)

    return open_it


@pytest.fixture
def small_report() -> Report:
    return reports.small()


@pytest.fixture(scope="session")
def large_report() -> Report:
    return reports.large()


@pytest.fixture
def hostile_report() -> Report:
    return reports.hostile()

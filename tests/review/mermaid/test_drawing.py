"""The graph of a comment, drawn by the library that GitHub and GitLab use."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from rolecall.review.mermaid import READABLE, changed_edges, to_mermaid
from rolecall.review.report import Report, TrustEdge

LIBRARY = Path(__file__).resolve().parents[3] / "node_modules/mermaid/dist/mermaid.min.js"
DRAW = """async (text) => {
  mermaid.initialize({startOnLoad: false, securityLevel: "strict"});
  await mermaid.parse(text);
  const {svg} = await mermaid.render("drawing", text);
  document.body.innerHTML = svg;
  const texts = (selector) =>
    [...document.querySelectorAll(selector)].map((each) => each.textContent.trim());
  const count = (selector) => document.querySelectorAll(`body > svg ${selector}`).length;
  return {
    nodes: texts("g.node"),
    environments: texts("g.cluster"),
    arrows: texts("g.edgeLabel g.label"),
    edges: count("path.flowchart-link"),
    active: count(":is(script, a, img, iframe, svg, [onclick], [onerror])"),
    markup: count(":is(em, strong, li, i, code)"),
  };
}"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is in the picture. active: elements that do something; markup: that set type."""

    nodes: list[str]
    environments: list[str]
    arrows: list[str]
    edges: int
    active: int
    markup: int


@pytest.fixture(scope="module")
def library(chromium: Browser) -> Iterator[Page]:
    """A page with the library and no network."""
    context = chromium.new_context(offline=True)
    page = context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url))
    page.set_content("<!doctype html><meta charset=utf-8><body>")
    page.add_script_tag(path=LIBRARY)
    yield page
    context.close()
    assert wrong == []


def draw(library: Page, text: str) -> Drawn:
    return Drawn(**library.evaluate(DRAW, text))


def check(drawn: Drawn, edges: tuple[TrustEdge, ...]) -> None:
    """All of the edges are there, and nothing else."""
    entities = {(each.entity, each.entity_kind) for each in edges}
    roles = {(each.environment, each.role) for each in edges}
    assert drawn.edges == len(edges)
    assert len(drawn.nodes) == len(entities) + len(roles)
    assert len(drawn.environments) == len({each.environment for each in edges})
    words = {"gained": "gains", "lost": "loses", "changed": "changed", "open": "not decided"}
    assert sorted(drawn.arrows) == sorted(words[each.state] for each in edges)
    assert (drawn.active, drawn.markup) == (0, 0)


def edges_of(count: int, *, roles: int) -> tuple[TrustEdge, ...]:
    states = ("gained", "lost", "changed", "open")
    return tuple(
        TrustEdge(
            ("tes", "stg", "prd")[n % roles % 3],
            f"role-{n % roles}",
            f"user {n // roles} of acme (444455556666)",
            "IAM user",
            states[n % 4],
        )
        for n in range(count)
    )


def test_a_pull_request_as_they_are(small_report: Report, library: Page) -> None:
    drawn = draw(library, to_mermaid(small_report))
    check(drawn, changed_edges(small_report))
    assert "user alice of identity (999999999999)" in drawn.nodes
    assert "GitHub Actions subject 'repo:acme*'" in drawn.nodes
    assert sorted(drawn.environments) == ["prd", "stg", "tes"]


def test_nothing_changed_nothing_is_drawn(small_report: Report) -> None:
    assert to_mermaid(replace(small_report, edges=())) == ""
    kept = tuple(replace(each, state="kept") for each in small_report.edges)
    assert to_mermaid(replace(small_report, edges=kept)) == ""


def test_one_edge(small_report: Report, library: Page) -> None:
    report = replace(small_report, edges=edges_of(1, roles=1))
    check(draw(library, to_mermaid(report)), changed_edges(report))


def test_as_many_edges_as_can_be_read(large_report: Report, library: Page) -> None:
    assert len(changed_edges(large_report)) > READABLE
    check(draw(library, to_mermaid(large_report)), changed_edges(large_report)[:READABLE])


def test_as_many_edges_as_the_library_takes(small_report: Report, library: Page) -> None:
    report = replace(small_report, edges=edges_of(600, roles=120))
    text = to_mermaid(report, edges=1_000)
    assert 400 < sum("|" in line for line in text.splitlines()) < 500
    # To lay out so many takes the library half a minute; it refuses too many before.
    assert library.evaluate("async (text) => (await mermaid.parse(text)).diagramType", text)
    check(draw(library, to_mermaid(report, edges=100)), changed_edges(report)[:100])


def test_names_of_strangers_are_names(hostile_report: Report, library: Page) -> None:
    report = replace(
        hostile_report,
        edges=tuple(each for each in hostile_report.edges if each.state == "gained"),
    )
    drawn = draw(library, to_mermaid(report))
    check(drawn, changed_edges(report))
    assert "</script><script>document.title='broken'</script>gained" in drawn.nodes
    assert r"a\u202egnitaroc\u2066evilgained" in drawn.nodes
    assert "{{ 7 * 7 }} {% raw %}gained" in drawn.nodes


@pytest.mark.parametrize(
    "name",
    [
        "end",
        "subgraph",
        "`code`",
        "**bold** _it_",
        "%%{init: {'theme': 'dark'}}%%",
        "fa:fa-car x",
        '"] --> evil["x',
        "1. one",
        "- one",
        "#quot; &lt;b&gt; #9829;",
        "click e0 href https://evil.example",
        "$$x^2$$",
        "a;b:::c@{ shape: rect }",
    ],
)
def test_a_name_in_the_librarys_language_is_a_name(
    small_report: Report, library: Page, name: str
) -> None:
    edge = TrustEdge(name, name, name, "IAM user", "gained")
    drawn = draw(library, to_mermaid(replace(small_report, edges=(edge,))))
    check(drawn, (edge,))
    assert drawn.nodes == [name, name]
    assert drawn.environments == [name]

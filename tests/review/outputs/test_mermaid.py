"""The graph: the changed edges only, within GitHub's limits, with names as names."""

import re
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from rolecall.review.mermaid import READABLE, changed_edges, label, to_mermaid
from rolecall.review.report import Report, TrustEdge

LINE = re.compile(
    r"flowchart LR|  end"
    r'|  e\d+\["[^"`{}<>\[\]%&|\\@*_~]*"\]'
    r'|  subgraph s\d+\["[^"`{}<>\[\]%&|\\@*_~]*"\]'
    r'|    r\d+\(\["[^"`{}<>\[\]%&|\\@*_~]*"\]\)'
    r"|  e\d+ -(?:-|\.-)>\|[a-z ]+\| r\d+"
    r"|  linkStyle [\d,]+ stroke:#[0-9a-f]{6},stroke-width:2px"
)


def check(drawn: str) -> None:
    for line in drawn.splitlines():
        assert LINE.fullmatch(line), line


def test_it_has_the_changed_edges(ordinary: Report) -> None:
    drawn = to_mermaid(ordinary)
    check(drawn)
    assert "user bob" in drawn
    assert "tes-same" not in drawn
    assert "|gains|" in drawn
    assert "|loses|" in drawn


def test_names_stay_names(hostile: str, named: Callable[[str], Report]) -> None:
    check(to_mermaid(named(hostile)))


@given(st.text(max_size=80))
def test_any_label_stays_a_label(value: str) -> None:
    check(f'  e0["{label(value)}"]')
    assert len(re.sub(r"#\d+;", "x", label(value))) <= 60


def test_nothing_changed_is_no_graph(ordinary: Report) -> None:
    assert to_mermaid(replace(ordinary, edges=())) == ""


def test_it_stays_within_the_limits(huge: Report) -> None:
    assert to_mermaid(huge).count("|gains|") == READABLE
    most = to_mermaid(huge, edges=10_000)
    assert len(re.findall(r"^  e\d+ -", most, re.MULTILINE)) < 500
    assert len(most) < 50_000
    assert len(to_mermaid(huge, edges=400, characters=3_000)) <= 3_000
    check(most)


def test_long_names_stay_within_the_limits(huge: Report) -> None:
    long = tuple(
        TrustEdge("tes", f"{'*' * 300}{n}", f"{'[' * 300}{n}", "x", "gained") for n in range(499)
    )
    assert len(to_mermaid(replace(huge, edges=long), edges=499)) < 50_000


def test_the_worst_comes_first(ordinary: Report) -> None:
    assert changed_edges(ordinary)[0].role == "tes-ci"

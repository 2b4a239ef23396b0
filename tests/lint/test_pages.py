"""docs/rules: each rule has a page, whose bad example breaks that rule and whose good one none."""

import re
from dataclasses import replace

import pytest

from rolecall.lint import RULES, Facts, Rule, lint, read_suppressions
from rolecall.policy import PolicyDocument
from tests.docs.blocks import DOCS, Block, blocks

FOLDER = DOCS / "rules"
RULE_IDS = [rule.id for rule in RULES]


def examples(rule: Rule, kind: str) -> list[Block]:
    return [block for block in blocks(f"rules/{rule.id}.md") if block.kind == kind]


def text_of(rule: Rule) -> str:
    return (FOLDER / f"{rule.id}.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("rule", RULES, ids=RULE_IDS)
def test_the_bad_example_breaks_this_rule_alone_and_the_good_one_none(
    rule: Rule, facts: Facts
) -> None:
    bad, good = examples(rule, "json")
    assert {each.rule.id for each in lint(PolicyDocument.parse(bad.text), facts)} == {rule.id}
    assert lint(PolicyDocument.parse(good.text), facts) == ()


@pytest.mark.parametrize("rule", RULES, ids=RULE_IDS)
def test_the_page_says_how_to_suppress_its_own_example(rule: Rule, facts: Facts) -> None:
    (written,) = examples(rule, "yaml")
    suppressions = read_suppressions(written.text)
    bad, _ = examples(rule, "json")
    role = replace(facts, role="tes-backup")
    found = lint(PolicyDocument.parse(bad.text), role, suppressions=suppressions)
    assert found
    assert all(each.suppressed == "…" for each in found)


@pytest.mark.parametrize("rule", RULES, ids=RULE_IDS)
def test_the_page_has_title_severity_and_source(rule: Rule) -> None:
    text = text_of(rule)
    assert text.startswith(f"# {rule.id}: {rule.title}\n")
    assert f"Usual severity: **{rule.severity}**." in text
    assert "\n## Source\n" in text
    assert rule.page == f"docs/rules/{rule.id}.md"


def test_the_index_lists_every_rule() -> None:
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(RC\d{3})\]\((RC\d{3})\.md\) \| (.+) \| ([a-z]+) \|$", text, re.M)
    assert rows == [(rule.id, rule.id, rule.title, rule.severity) for rule in RULES]


def test_links_lead_somewhere() -> None:
    for page in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([\w./-]+\.md)", page.read_text(encoding="utf-8")):
            assert (FOLDER / target).is_file(), (page.name, target)

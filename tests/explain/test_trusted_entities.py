"""The words below each policy of docs/trusted-entities.md, for every kind of trusted entity."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall import trust
from rolecall.explain import NOBODY, entities
from rolecall.policy import PolicyDocument
from tests.docs.blocks import blocks

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/trusted-entities.md"
KINDS = [
    name
    for name in trust.__all__
    if name != "TrustedEntity" and hasattr(getattr(trust, name), "statements")
]


def test_the_words_are_up_to_date() -> None:
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "scripts/entity_words.py"), "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert outcome.returncode == 0, outcome.stderr


def test_there_are_39_kinds() -> None:
    assert len(KINDS) == 39


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_words(kind: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    section = re.split(r"^## ", text.partition(f"\n## {kind}\n")[2], flags=re.MULTILINE)[0]
    policies, told = section.count("```json\n"), re.findall(r"^```\n\n> (.+)$", section, re.M)
    assert policies == len(told) > 0
    assert NOBODY not in told


@pytest.mark.parametrize("block", [b for b in blocks(PAGE.name) if b.kind == "json"], ids=str)
def test_every_policy_has_entities_with_keys_of_their_own(block: object) -> None:
    document = PolicyDocument.parse(block.text)  # type: ignore[attr-defined]
    found = entities(document)
    assert found
    assert len({each.key for each in found}) == len(found)
    renamed = entities(document, names={"111111111111": "tes", "999999999999": "identity"})
    assert {each.key for each in renamed} == {each.key for each in found}

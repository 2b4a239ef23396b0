"""Every example of docs/trusted-entities.md does what the page says.

A Python block is followed by the policy that it prints, or by the words of its refusal.
"""

import contextlib
import io
import json
from itertools import pairwise

import pytest

from rolecall import trust
from rolecall.trust import TrustError
from tests.docs.blocks import DOCS, Block, blocks

PAGE = "trusted-entities.md"
FOUND = blocks(PAGE)
PREAMBLE = FOUND[0]
EXAMPLES = [(code, after) for code, after in pairwise(FOUND[1:]) if code.kind == "python"]


def run(code: str) -> str:
    """What a block prints, after the preamble of the page."""
    namespace: dict[str, object] = {}
    exec(compile(PREAMBLE.text, f"docs/{PAGE}", "exec"), namespace)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, f"docs/{PAGE}", "exec"), namespace)
    return printed.getvalue()


@pytest.mark.parametrize(("code", "after"), EXAMPLES, ids=[str(code) for code, _ in EXAMPLES])
def test_an_example_is_true(code: Block, after: Block) -> None:
    if after.kind == "json":
        assert json.loads(run(code.text)) == json.loads(after.text)
        return
    assert after.kind == "text", f"line {after.line}: the outcome of the block before it"
    with pytest.raises(TrustError) as refusal:
        run(code.text)
    assert str(refusal.value) == after.text.strip()


def test_every_kind_of_entity_has_a_section() -> None:
    page = (DOCS / PAGE).read_text(encoding="utf-8")
    kinds = [
        name
        for name in trust.__all__
        if name != "TrustedEntity" and hasattr(getattr(trust, name), "statements")
    ]
    assert len(kinds) >= 6
    assert [name for name in kinds if f"\n## {name}\n" not in page] == []

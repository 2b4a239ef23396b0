"""Every example of docs/testing-your-project.md does what the page says.

A Python block is a test file. It passes, or a text block behind it is how it fails.
"""

from dataclasses import dataclass
from itertools import pairwise

import pytest

from rolecall import testing, trust
from tests.docs.blocks import DOCS, Block, blocks

pytest_plugins = ["pytester"]

PAGE = "testing-your-project.md"


@dataclass(frozen=True)
class Example:
    code: Block
    outcome: Block | None


def examples() -> list[Example]:
    found = [*blocks(PAGE), Block("end", "", 0)]
    return [
        Example(code, after if after.kind == "text" else None)
        for code, after in pairwise(found)
        if code.kind == "python"
    ]


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(
            each,
            id=str(each.code),
            marks=[pytest.mark.terraform, pytest.mark.xdist_group("testing-deploy")]
            if "deploy(" in each.code.text
            else [],
        )
        for each in examples()
    ],
)
def test_an_example_is_true(example: Example, pytester: pytest.Pytester) -> None:
    # As with cdktf's own speed: what `cdktf` is imported for is the same library.
    code = example.code.text.replace("from cdktf import", "from rolecall_cdktf._cdktf import")
    pytester.makepyfile(test_page=code)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error::UserWarning")
    if example.outcome is None:
        assert result.ret == 0, result.stdout.str()
        return
    assert result.ret == 1
    told = "\n".join(line.removeprefix("E").strip() for line in result.stdout.lines)
    for line in example.outcome.text.strip().splitlines():
        assert line.strip().removeprefix("The role") in told, line


def test_there_are_examples_of_both_kinds() -> None:
    assert len(examples()) >= 5
    assert any(each.outcome for each in examples())


def test_every_caller_and_every_kind_is_in_the_table() -> None:
    page = (DOCS / PAGE).read_text(encoding="utf-8")
    callers = {"iam_user", "role_session", "service", "pod_identity", "roles_anywhere", "root_user"}
    callers |= {name for name in testing.__all__ if name.endswith(("_token", "_assertion"))}
    assert [name for name in sorted(callers) if f"`{name}(" not in page] == []
    missing = [
        name
        for name in trust.__all__
        if name != "TrustedEntity"
        and hasattr(getattr(trust, name), "statements")
        and not name.startswith("Any")
        and f"`{name}`" not in page
    ]
    assert missing == []

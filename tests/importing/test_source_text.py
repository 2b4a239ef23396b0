"""What AWS says is data: it comes out of the written Python as it was, and nothing else does."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.importing.existing import ExistingRole
from rolecall.importing.expression import Expression, call
from rolecall.importing.home import Home, identifier
from rolecall.importing.imported import import_roles
from rolecall.importing.layout import WIDTH, comment, literal, written
from rolecall.importing.read_back import read_back
from rolecall.policy import PolicyDocument
from rolecall.trust import TrustContext
from tests.importing.corpus import CASES, OWN, YOURS
from tests.importing.test_corpus import imported

EVIL = st.sampled_from(
    [
        '"""', "'''", "\\", '\\"', "\n", "\r", "\x00", "\x0c", "\u2028", "\u202e", "\ud800", "{x}",
        '")]; import os; os.system("x") #', "'\n__import__('os')\n'", "# fmt: off", "${aws:x}",
        "%{if}", "\N{CYRILLIC SMALL LETTER A}", "…", "ß", " ", "\t",
    ]
)  # fmt: skip
TEXT = st.lists(EVIL | st.text(max_size=12), max_size=6).map("".join)
STATEMENT_TEXT = TEXT.filter(lambda text: not any(0xD800 <= ord(c) < 0xE000 for c in text))
VALUES = st.recursive(
    TEXT | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(TEXT)
def test_a_literal_is_the_text_on_one_line(text: str) -> None:
    found = literal(text)
    assert ast.literal_eval(found) == text
    assert len(found.splitlines()) <= 1


@given(VALUES, st.integers(0, 3))
def test_a_value_is_read_as_it_was(value: Any, indent: int) -> None:
    assert ast.literal_eval(written(value, indent)) == value


@given(st.lists(TEXT, max_size=3), st.integers(0, 3))
def test_a_comment_stays_one(lines: list[str], indent: int) -> None:
    for line in comment(lines, indent).splitlines():
        assert line.lstrip().startswith("#")


@given(TEXT, st.sets(st.sampled_from(["provider", "a", "github"])))
def test_a_variable_is_a_name(text: str, taken: set[str]) -> None:
    name = identifier(text, taken, "provider")
    assert name.isidentifier()
    assert name not in taken
    ast.parse(f"{name} = 1")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STATEMENT_TEXT, STATEMENT_TEXT, STATEMENT_TEXT, st.dictionaries(TEXT, TEXT, max_size=3))
def test_a_whole_role_of_strange_texts(
    value: str, name: str, description: str, tags: dict[str, str]
) -> None:
    key = "aws:PrincipalTag/" + (name.strip() or "x")
    document = PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {
                "Sid": value,
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{YOURS}:root"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {key: value}},
            },
        }
    )
    role = ExistingRole(
        trust=document,
        text=json.dumps(document.to_dict()),
        name="tes-x",
        arn=f"arn:aws:iam::{OWN}:role/tes-x",
        account_id=OWN,
        description=description,
        tags=tags,
        managed_policies=(),
        inline_policies={name: {"Statement": [{"Sid": value}]}},
    )
    home = Home(TrustContext(OWN, own_accounts=frozenset({YOURS})), "tes")
    found = import_roles([role], home, names={OWN: value}, environment_tags={}, imports_inside=True)
    module = ast.parse(found.text)
    calls = {ast.unparse(node.func) for node in ast.walk(module) if isinstance(node, ast.Call)}
    assert calls == {"AssumableRole", "RawStatement"}
    (read,) = read_back(found.text)
    assert read.arguments.get("description", "") == description
    assert read.arguments["inline_policies"] == {name: {"Statement": [{"Sid": value}]}}
    (statement,) = (each for entity in read.entities for each in entity.statements(home.context))
    assert statement.conditions[0].values == (value,)
    assert statement.sid == value


def test_it_is_formatted_and_typed_as_the_house_wants_it(tmp_path: Path) -> None:
    for number, case in enumerate(CASES.values()):
        (tmp_path / f"imported_{number}.py").write_text(imported(case).text, encoding="utf-8")
    root = Path(__file__).resolve().parents[2]
    for arguments in (
        ["format", "--check", "--config", str(root / "pyproject.toml")],
        ["check", "--select", "E,F,I,W,UP", "--ignore", "E501", "--line-length", str(WIDTH)],
    ):
        outcome = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, str(tmp_path)],
            capture_output=True,
            text=True,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_long_texts_are_broken_behind_spaces() -> None:
    text = "word " * 60
    expression: Expression = call("RawStatement", {"a": text}, why=text)
    found = written(expression)
    assert all(len(line) <= WIDTH for line in found.splitlines())
    (node,) = ast.parse(found, mode="eval").body.keywords  # type: ignore[attr-defined]
    assert ast.literal_eval(node.value) == text

"""SARIF: its shape, and that a finding points to the line that makes the role."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rolecall.review.model import Place
from rolecall.review.report import Acknowledgement, Report
from rolecall.review.sarif import to_sarif
from rolecall.review.source_places import Line, Sources

ROOT = Path(__file__).resolve().parents[3]
_TEXT = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
#: The part of SARIF 2.1.0 (OASIS) that a log of this kind has; no package ships the whole.
SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"const": "2.1.0"},
        "runs": {"type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "#/$defs/run"}},
    },
    "$defs": {
        "run": {
            "type": "object",
            "required": ["tool", "results"],
            "additionalProperties": False,
            "properties": {
                "tool": {
                    "type": "object",
                    "required": ["driver"],
                    "properties": {
                        "driver": {
                            "type": "object",
                            "required": ["name", "rules"],
                            "properties": {
                                "name": {"type": "string"},
                                "semanticVersion": {"type": "string"},
                                "rules": {
                                    "type": "array",
                                    "uniqueItems": True,
                                    "items": {"$ref": "#/$defs/rule"},
                                },
                            },
                        }
                    },
                },
                "automationDetails": {"type": "object", "properties": {"id": {"type": "string"}}},
                "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                "results": {"type": "array", "items": {"$ref": "#/$defs/result"}},
            },
        },
        "rule": {
            "type": "object",
            "required": ["id"],
            "additionalProperties": False,
            "properties": {
                "id": {"type": "string"},
                "shortDescription": _TEXT,
                "fullDescription": _TEXT,
                "help": _TEXT,
                "helpUri": {"type": "string"},
                "properties": {"type": "object"},
            },
        },
        "result": {
            "type": "object",
            "required": ["ruleId", "message", "level", "locations", "partialFingerprints"],
            "additionalProperties": False,
            "properties": {
                "ruleId": {"type": "string"},
                "ruleIndex": {"type": "integer", "minimum": 0},
                "level": {"enum": ["none", "note", "warning", "error"]},
                "message": _TEXT,
                "locations": {
                    "type": "array",
                    "minItems": 1,
                    "items": {
                        "type": "object",
                        "required": ["physicalLocation", "logicalLocations"],
                        "properties": {
                            "physicalLocation": {
                                "type": "object",
                                "required": ["artifactLocation", "region"],
                                "properties": {
                                    "artifactLocation": {
                                        "type": "object",
                                        "required": ["uri"],
                                        "properties": {
                                            "uri": {"type": "string", "pattern": "^[^/]"},
                                            "uriBaseId": {"const": "%SRCROOT%"},
                                        },
                                    },
                                    "region": {
                                        "type": "object",
                                        "properties": {
                                            "startLine": {"type": "integer", "minimum": 1}
                                        },
                                    },
                                },
                            },
                            "logicalLocations": {"type": "array", "minItems": 1},
                        },
                    },
                },
                "partialFingerprints": {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": "string", "pattern": "^[0-9a-f]{16}$"},
                },
                "suppressions": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["kind"],
                        "properties": {
                            "kind": {"enum": ["inSource", "external"]},
                            "status": {"enum": ["accepted", "underReview", "rejected"]},
                            "justification": {"type": "string"},
                        },
                    },
                },
                "properties": {"type": "object"},
            },
        },
    },
}


def check(report: Report) -> list[dict[str, Any]]:
    log = json.loads(json.dumps(to_sarif(report)))
    Draft202012Validator(SHAPE).validate(log)
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
    found: list[dict[str, Any]] = run["results"]
    return found


def test_its_shape(ordinary: Report, hostile: str, named: Callable[[str], Report]) -> None:
    check(named(hostile))
    results = check(ordinary)
    changed = [change for change in ordinary.changes if change.state != "same"]
    access = [r for r in results if r["ruleId"].startswith("access-")]
    assert len(access) == len(changed)
    prints = {r["partialFingerprints"]["rolecallChange/v1"] for r in access}
    assert prints == {change.fingerprint for change in changed}
    assert {r["level"] for r in access if r["properties"]["severity"] == "critical"} == {"error"}


def test_rules_of_the_linter_are_in_it(ordinary: Report) -> None:
    (found,) = [r for r in check(ordinary) if r["ruleId"] == "RC004"]
    assert "acme-evil" in found["message"]["text"]
    assert found["properties"]["fresh"] is True


def test_what_was_acknowledged_is_suppressed_with_its_reason(ordinary: Report) -> None:
    seen = Acknowledgement("alice", "It is right.")
    report = replace(
        ordinary, changes=tuple(replace(c, acknowledged=seen) for c in ordinary.changes)
    )
    for result in check(report):
        if result["ruleId"].startswith("access-"):
            assert result["suppressions"][0]["justification"] == "alice: It is right."


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks/deploy.py").write_text(
        'def add(self):\n    AssumableRole(\n        self,\n        "deployer",\n    )\n'
        '    OidcProvider.from_arn(self, "github", "arn")\n    log(self, "auditor")\n'
        '    AssumableRole(scope=self, id="keyword")\n'
    )
    (tmp_path / "one.py").write_text('Role(self, "twice")\n\nRole(self, "twice")\n')
    (tmp_path / "main.py").write_text('app = App()\n\nProdStack(app, "prd")\n')
    (tmp_path / "broken.py").write_text("def (:\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests/test_x.py").write_text('Role(self, "deployer")\n')
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv/x.py").write_text('Role(self, "deployer")\n')
    return tmp_path


@pytest.mark.parametrize(
    ("construct", "stack", "expected"),
    [
        ("tes/deployer", "tes", Line("stacks/deploy.py", 2)),
        ("tes/github", "tes", Line("stacks/deploy.py", 6)),
        ("tes/keyword", "tes", Line("stacks/deploy.py", 8)),
        ("tes/auditor", "tes", Line("cdktf.json", 1)),
        ("prd/twice", "prd", Line("main.py", 3)),
        ("tes/twice", "tes", Line("cdktf.json", 1)),
        (None, "prd", Line("main.py", 3)),
    ],
)
def test_where_a_construct_is_made(
    project: Path, construct: str | None, stack: str, expected: Line
) -> None:
    assert Sources.of(project).line_of(Place(stack, "aws_iam_role.x", construct)) == expected


def test_the_roles_of_this_project_are_found() -> None:
    line = Sources.of(ROOT).line_of(Place("tes", "aws_iam_role.deployer", "tes/deployer"))
    assert line.file == "stacks/deploy_stack.py"
    text = (ROOT / line.file).read_text().splitlines()
    assert '"deployer"' in "".join(text[line.line - 1 : line.line + 2])

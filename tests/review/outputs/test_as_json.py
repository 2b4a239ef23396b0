"""JSON: it fits its schema, and says everything."""

import json
from collections.abc import Callable

from jsonschema import Draft202012Validator

from rolecall.review.as_json import schema, to_json
from rolecall.review.report import Report


def check(report: Report) -> None:
    found = json.loads(json.dumps(to_json(report)))
    Draft202012Validator(schema()).validate(found)


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


def test_reports_fit_it(ordinary: Report, hostile: str, named: Callable[[str], Report]) -> None:
    check(ordinary)
    check(named(hostile))


def test_the_schema_knows_every_member(ordinary: Report) -> None:
    """A member that nobody described is one that nobody may rely on."""

    def closed(node: object) -> object:
        if isinstance(node, dict):
            made = {key: closed(value) for key, value in node.items()}
            if "properties" in made and "required" in made:
                made["additionalProperties"] = False
            return made
        return [closed(each) for each in node] if isinstance(node, list) else node

    strict = closed(schema())
    assert isinstance(strict, dict)
    Draft202012Validator(strict).validate(json.loads(json.dumps(to_json(ordinary))))


def test_it_says_everything(ordinary: Report) -> None:
    found = to_json(ordinary)
    assert found["version"] == 1
    assert found["gate"] == {
        "result": "failed",
        "failOn": "wider",
        "reasons": list(ordinary.gate_reasons),
    }
    assert len(found["changes"]) == len(ordinary.changes)
    by_name = {change["name"]: change for change in found["changes"]}
    (gain,) = by_name["tes-ci"]["comparison"]["gains"]
    assert gain["request"]["action"] == "sts:AssumeRoleWithWebIdentity"
    assert by_name["prd-later"]["comparison"] is None
    assert by_name["prd-later"]["sentences"][0]["open"]

"""What cannot be read, or was cut out of a plan, never looks like something that stayed."""

import json
from typing import Any

import pytest

from rolecall.problems import Problem
from rolecall.review.read import read_plan, read_synthesized
from tests.review import planned
from tests.review.planned import altered, change, kept, made

ROLE = planned.role()
EVERYBODY = planned.role(text=planned.trust({"AWS": "*"}))
BROKEN = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": %s}]'


def test_another_text_that_is_no_policy_is_another_change() -> None:
    def fingerprint(text: str) -> str:
        report = planned.reviewed(altered("aws_iam_role.r", ROLE, assume_role_policy=text))
        assert report.verdict == "undecided"
        return report.changes[0].fingerprint

    assert fingerprint(BROKEN % '"one"') != fingerprint(BROKEN % '"two"')


def test_a_policy_that_is_none_and_changes_is_not_decided() -> None:
    before = {"name": "p", "role": "r", "policy": BROKEN % '"one"'}
    report = planned.reviewed(
        kept("aws_iam_role.r", ROLE),
        altered("aws_iam_role_policy.p", before, policy=BROKEN % '"two"'),
    )
    assert report.verdict == "undecided"


def test_a_text_that_cannot_be_read_and_stays_changes_nothing() -> None:
    broken = {**ROLE, "assume_role_policy": BROKEN % '"one"'}
    assert planned.reviewed(kept("aws_iam_role.r", broken)).verdict == "same"


def test_metadata_that_cannot_be_read_is_another_change_with_another_text() -> None:
    def fingerprint(text: str) -> str:
        before = {"name": "s", "saml_metadata_document": "<a/>"}
        after = {"saml_metadata_document": text}
        report = planned.reviewed(altered("aws_iam_saml_provider.s", before, **after))
        assert report.verdict == "undecided"
        return report.changes[0].fingerprint

    assert fingerprint("<b/>") != fingerprint("<c/>")


CUT = {
    "no values": change("aws_iam_role.r", "create", after_unknown=True),
    "no address": {**made("aws_iam_role.r", EVERYBODY), "address": None},
    "no type": {**made("aws_iam_role.r", EVERYBODY), "type": None},
    "no change": {**made("aws_iam_role.r", EVERYBODY), "change": None},
}


@pytest.mark.parametrize("cut", CUT.values(), ids=CUT)
def test_a_change_without_its_parts_is_a_note(cut: dict[str, Any]) -> None:
    report = planned.reviewed(cut)
    assert report.verdict == "undecided"
    assert "not understood" in report.notes[0]


@pytest.mark.parametrize("later", ["aws_iam_role", "aws_iam_user"])
def test_what_a_plan_says_twice_is_a_note(later: str) -> None:
    """The later one would hide what the earlier one does."""
    hidden = {**kept("aws_iam_role.r", ROLE), "type": later}
    report = planned.reviewed(altered("aws_iam_role.r", ROLE, **EVERYBODY), hidden)
    assert report.gate == "failed"
    assert report.notes == ("tes: The plan says 2 times what happens to aws_iam_role.r.",)


def test_what_a_plan_leaves_out_is_a_note() -> None:
    address = {"address": "aws_iam_role.r", "type": "aws_iam_role", "name": "r"}
    planned_values = {"root_module": {"resources": [{**address, "values": EVERYBODY}]}}
    report = planned.reviewed(planned_values=planned_values)
    assert report.verdict == "undecided"
    assert report.notes == ("tes: The plan does not say what happens to aws_iam_role.r.",)


def test_a_plan_under_the_name_of_another_environment_is_a_note() -> None:
    report = planned.reviewed(kept("aws_iam_role.r", ROLE), environment="prd")
    assert report.gate == "failed"
    assert "333333333333" in report.notes[0]


def test_documents_that_are_put_together_and_change_are_not_decided(tmp_path: Any) -> None:
    def written(name: str, action: str) -> Any:
        resources = {
            "aws_iam_role": {"r": {"name": "r", "assume_role_policy": planned.trust({"AWS": "*"})}},
            "aws_iam_role_policy": {
                "p": {
                    "name": "p",
                    "role": "r",
                    "policy": "${data.aws_iam_policy_document.d.json}",
                }
            },
        }
        document = {"source_policy_documents": ["{}"], "statement": [{"actions": [action]}]}
        data = {"aws_iam_policy_document": {"d": document}}
        folder = tmp_path / name / "tes"
        folder.mkdir(parents=True)
        stack = {"resource": resources, "data": data}
        (folder / "cdk.tf.json").write_text(json.dumps(stack))
        return folder / "cdk.tf.json"

    (snapshot,) = read_synthesized(written("one", "s3:GetObject"), written("two", "*"))
    (pair,) = snapshot.roles
    assert pair.before is not None
    assert pair.after is not None
    assert pair.before.permissions != pair.after.permissions


def test_changes_that_are_no_objects_are_no_plan() -> None:
    text = json.dumps({"format_version": "1.2", "resource_changes": ["x"]}).encode()
    with pytest.raises(Problem, match="no plan"):
        read_plan(text, environment="tes", source="plan.json")

"""Leftovers of a killed deploy are told apart from what somebody else made."""

import json
from pathlib import Path

import pytest

from rolecall.problems import Problem
from rolecall.terraform.recover import (
    Found,
    addresses_in_state,
    declared_resources,
    sort_out,
)


@pytest.fixture
def synthesized(tmp_path: Path) -> Path:
    path = tmp_path / "cdk.tf.json"
    path.write_text(
        json.dumps(
            {
                "provider": {"aws": [{"default_tags": [{"tags": {"environment": "tes"}}]}]},
                "resource": {
                    "aws_iam_role": {
                        "deployer": {"name": "tes-deployer", "tags": {"team": "a"}},
                        "auditor": {"name": "tes-auditor", "path": "/people/"},
                    },
                    "aws_iam_role_policy": {"inline": {"name": "inline"}},
                },
            }
        )
    )
    return path


def test_only_what_is_named_once_is_looked_at(synthesized: Path) -> None:
    assert [resource.address for resource in declared_resources(synthesized)] == [
        "aws_iam_role.auditor",
        "aws_iam_role.deployer",
    ]


def test_a_role_with_the_declared_tags_and_path_is_a_leftover(synthesized: Path) -> None:
    aws = {
        "tes-deployer": Found(("/",), {"environment": "tes", "team": "a"}, "tes-deployer"),
        "tes-auditor": Found(("/people/",), {"environment": "tes"}, "tes-auditor"),
    }
    recovery = sort_out(declared_resources(synthesized), (), lambda it: aws.get(it.name))
    assert {resource.name for resource in recovery.leftovers} == set(aws)
    assert recovery.strangers == ()


@pytest.mark.parametrize(
    "found",
    [Found(("/",), {}, "x"), Found(("/other/",), {"environment": "tes", "team": "a"}, "x")],
    ids=["other tags", "other path"],
)
def test_a_role_that_somebody_else_made_is_not_taken_over(synthesized: Path, found: Found) -> None:
    recovery = sort_out(
        declared_resources(synthesized),
        ("aws_iam_role.auditor",),
        lambda it: found if it.name == "tes-deployer" else None,
    )
    assert recovery.leftovers == ()
    assert [resource.name for resource in recovery.strangers] == ["tes-deployer"]


def test_identity_providers_are_looked_at_as_well(tmp_path: Path) -> None:
    path = tmp_path / "cdk.tf.json"
    url = "https://token.actions.githubusercontent.com"
    oidc = {"url": url, "client_id_list": ["sts.amazonaws.com", "other"]}
    saml = {"name": "tes-sso", "saml_metadata_document": "<x>$${y}</x>"}
    resources = {
        "aws_iam_openid_connect_provider": {"github": oidc},
        "aws_iam_saml_provider": {"sso": saml},
    }
    path.write_text(json.dumps({"resource": resources}))
    aws = {
        "token.actions.githubusercontent.com": Found(("other", "sts.amazonaws.com"), {}, "arn:1"),
        "tes-sso": Found(("<x>${y}</x>",), {}, "arn:2"),
    }
    recovery = sort_out(declared_resources(path), (), lambda it: aws.get(it.name))
    assert [each.identifier for each in recovery.leftovers] == ["arn:1", "arn:2"]
    aws = {
        "token.actions.githubusercontent.com": Found(("sts.amazonaws.com",), {}, "arn:1"),
        "tes-sso": Found(("<x>of somebody else</x>",), {}, "arn:2"),
    }
    recovery = sort_out(declared_resources(path), (), lambda it: aws.get(it.name))
    assert [each.identifier for each in recovery.strangers] == ["arn:1", "arn:2"]


def test_what_terraform_knows_is_left_alone(synthesized: Path) -> None:
    declared = declared_resources(synthesized)
    known = [resource.address for resource in declared]
    recovery = sort_out(declared, known, lambda it: Found(it.said, it.tags, it.name))
    assert recovery.leftovers == recovery.strangers == ()


def test_the_state_is_read_as_terraform_prints_it() -> None:
    state = {
        "version": 4,
        "resources": [
            role("deployer", {"attributes": {"id": "tes-deployer"}}),
            role("tainted", {"attributes": {"id": "tes-tainted"}, "status": "tainted"}),
            role("being-created"),
            role("half-written", {"attributes": {"id": None}}),
            {**role("me", {"attributes": {"id": "1"}}), "mode": "data"},
        ],
    }
    assert addresses_in_state(json.dumps(state)) == {
        "aws_iam_role.deployer",
        "aws_iam_role.tainted",
    }


def role(name: str, *instances: dict[str, object]) -> dict[str, object]:
    return {"mode": "managed", "type": "aws_iam_role", "name": name, "instances": instances}


@pytest.mark.parametrize("pulled", ["", "\n", '{"version": 4}'])
def test_before_the_first_state_nothing_is_known(pulled: str) -> None:
    assert addresses_in_state(pulled) == frozenset()


@pytest.mark.parametrize("pulled", ["{", "[]", '{"resources": [{}]}'])
def test_a_damaged_state_is_said(pulled: str) -> None:
    with pytest.raises(Problem, match="backup"):
        addresses_in_state(pulled)


def test_a_folder_in_the_place_of_the_stack_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cannot be read"):
        declared_resources(tmp_path)


@pytest.mark.parametrize("text", ["", "[]", '{"resource": {"aws_iam_role": {"x": {}}}}', "{"])
def test_a_file_that_cdktf_did_not_write_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "cdk.tf.json"
    path.write_text(text)
    with pytest.raises(Problem, match="cdktf synth"):
        declared_resources(path)


def test_a_stack_that_was_not_synthesized_is_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="cdktf synth"):
        declared_resources(tmp_path / "cdk.tf.json")

"""`deploy`: a stack applied with Terraform, asked by real calls, and gone afterwards."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from rolecall.problems import Problem
from rolecall.testing import assert_admits, assert_denies, github_token, hostile, iam_user
from rolecall.testing.embedded.calls import CannotTry

if TYPE_CHECKING:
    from rolecall.testing.embedded.aws import LocalAws
    from rolecall.testing.embedded.deploying import Deploy

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("testing-deploy")]

OWN, PEOPLE = "111111111111", "999999999999"
GITHUB = "token.actions.githubusercontent.com"


def trust(principal: Any, action: str, condition: Any) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": principal,
        "Action": action,
        "Condition": {"StringEquals": condition},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": statement})


def written(folder: Path, **changes: Any) -> Path:
    """What cdktf writes of a stack with a provider of GitHub's and two roles."""
    alice = {"AWS": f"arn:aws:iam::{PEOPLE}:user/alice"}
    web = {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"}
    sub = "repo:acme/infra:environment:tes"
    claims = {f"{GITHUB}:sub": sub, f"{GITHUB}:aud": "sts.amazonaws.com"}
    roles = {
        "deployer": {
            "name": "tes-deployer",
            "assume_role_policy": trust(alice, "sts:AssumeRole", {"sts:ExternalId": "acme"}),
        },
        "pipeline": {
            "name": "tes-pipeline",
            "assume_role_policy": trust(web, "sts:AssumeRoleWithWebIdentity", claims),
            "depends_on": ["aws_iam_openid_connect_provider.github"],
        },
    }
    provider = {
        "url": f"https://{GITHUB}",
        "client_id_list": ["sts.amazonaws.com"],
        "thumbprint_list": ["a" * 40],
    }
    document = {
        "provider": {"aws": [{"allowed_account_ids": [OWN], "region": "eu-central-1"}]},
        "terraform": {
            "backend": {"s3": {"bucket": "elsewhere", "key": "tes", "region": "eu-central-1"}},
            "required_providers": {"aws": {"source": "aws", "version": "5.100.0"}},
        },
        "resource": {
            "aws_iam_role": roles,
            "aws_iam_openid_connect_provider": {"github": provider},
        },
        "output": {"deployer": {"value": "${aws_iam_role.deployer.arn}"}},
        **changes,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def test_a_deployed_stack(local_aws: "LocalAws", deploy: "Deploy", tmp_path: Path) -> None:
    local_aws.user("alice", account=PEOPLE)
    stack = deploy(written(tmp_path / "stacks/tes"))
    assert stack.account == OWN
    assert stack.outputs() == {"deployer": f"arn:aws:iam::{OWN}:role/tes-deployer"}
    deployer, pipeline = stack.role("deployer"), stack.role("tes-pipeline")
    assert_admits(deployer, iam_user("alice", account=PEOPLE, external_id="acme"))
    assert_denies(deployer, iam_user("alice", account=PEOPLE), because="sts:ExternalId")
    job = github_token("acme/infra", environment="tes")
    assert_admits(pipeline, job)
    seen = set()
    for attempt in hostile(pipeline, [job]):
        if attempt.name in seen:
            continue
        seen.add(attempt.name)
        try:
            assert_denies(pipeline, attempt.caller)
        except CannotTry:
            continue
    assert len(seen) > 8
    with pytest.raises(Problem, match="no role 'auditor'; its roles are: deployer, pipeline"):
        stack.role("auditor")
    stack.destroy()
    roles = local_aws.client("iam", OWN).list_roles()["Roles"]
    assert roles == []


def test_who_is_trusted_and_is_not_there_is_said(
    local_aws: "LocalAws", deploy: "Deploy", tmp_path: Path
) -> None:
    # IAM refuses such a policy, and Terraform tries again for two minutes.
    with pytest.raises(Problem) as caught:
        deploy(written(tmp_path / "x"))
    assert str(caught.value) == (
        "A role of the stack trusts arn:aws:iam::999999999999:user/alice, who is not there, so AWS "
        'would refuse it; write local_aws.user("alice", account="999999999999") before deploy.'
    )


def test_terraforms_own_words(local_aws: "LocalAws", deploy: "Deploy", tmp_path: Path) -> None:
    output = {"x": {"value": "${aws_iam_role.nobody.arn}"}}
    local_aws.user("alice", account=PEOPLE)
    with pytest.raises(Problem, match=r"failed:(.|\n)*Reference to undeclared resource"):
        deploy(written(tmp_path / "x", output=output))
    with pytest.raises(Problem, match=r"holds no cdk\.tf\.json"):
        deploy(tmp_path)

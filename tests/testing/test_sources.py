"""Roles of a stack, of a folder that cdktf wrote, of a single file, and of a policy."""

import json
from pathlib import Path
from typing import Any

import pytest

from rolecall import issuers
from rolecall.environment import Environment
from rolecall.problems import Problem
from rolecall.testing import (
    assert_admits,
    assert_denies,
    assert_only_admits,
    cognito_token,
    github_token,
    hostile,
    iam_user,
    roles_anywhere,
    trust_of,
)
from rolecall.trust import AnyCertificateOf, CognitoIdentityPool, GitHubActions, IamUsers
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import App

PEOPLE = "999999999999"
ACCOUNTS = {"tes": "111111111111", "prd": "333333333333"}
ANCHOR = "${aws_rolesanywhere_trust_anchor.site.arn}"
POOL = "${aws_cognito_identity_pool.customers.id}"


def declare(scope: App, name: str) -> EnvironmentStack:
    environment = Environment(
        name=name,
        account_id=ACCOUNTS[name],
        region="eu-central-1",
        identity_account_id=PEOPLE,
        external_id="acme",
    )
    stack = EnvironmentStack(scope, environment)
    github = GitHubActions(issuers.GITHUB_ACTIONS, "acme/infra", environment=name)
    AssumableRole(stack, "pipeline", trusted_entities=[github])
    AssumableRole(stack, "deployer", trusted_entities=[IamUsers(PEOPLE, ["alice"])])
    return stack


@pytest.fixture(scope="module")
def app() -> App:
    app = App()
    for name in ACCOUNTS:
        declare(app, name)
    stack = app.node.children[0]
    AssumableRole(stack, "site", trusted_entities=[AnyCertificateOf(trust_anchor_arn=ANCHOR)])
    AssumableRole(stack, "customer", trusted_entities=[CognitoIdentityPool(POOL)])
    return app


@pytest.fixture(scope="module")
def tes(app: App) -> Any:
    return app.node.children[0]


def test_a_role_of_a_stack(tes: Any) -> None:
    role = trust_of(tes, "deployer")
    assert role.arn == "arn:aws:iam::111111111111:role/tes-deployer"
    assert role.region == "eu-central-1"
    assert trust_of(tes, "tes-deployer") == role
    assert_only_admits(role, [iam_user("alice", account=PEOPLE)])
    assert_only_admits(trust_of(tes, "pipeline"), [github_token("acme/infra", environment="tes")])


def test_a_role_of_an_app_with_several_stacks(app: App) -> None:
    prd = trust_of(app, "pipeline", stack="prd")
    assert prd.account == "333333333333"
    assert_admits(prd, github_token("acme/infra", environment="prd"))
    assert_denies(prd, github_token("acme/infra", environment="tes"))
    with pytest.raises(Problem, match=r"Several stacks have a role 'pipeline' \(prd, tes\)"):
        trust_of(app, "pipeline")


def test_what_the_stack_makes_itself_is_referred_to_as_the_stack_does(tes: Any) -> None:
    site = trust_of(tes, "site")
    assert_admits(site, roles_anywhere(ANCHOR, subject={"CN": "web-1"}))
    other = ANCHOR.replace("site", "lab")
    assert_denies(site, roles_anywhere(other, subject={"CN": "web-1"}), because="aws:SourceArn")
    customer = trust_of(tes, "customer")
    assert_only_admits(customer, [cognito_token(POOL)])
    assert_denies(customer, cognito_token(POOL.replace("customers", "partners")))
    for role in (site, customer):
        for attempt in hostile(role):
            assert_denies(role, attempt.caller)


def test_nothing_is_written_where_the_tests_run(
    tes: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    trust_of(tes, "deployer")
    assert list(tmp_path.iterdir()) == []


def test_a_role_of_a_folder_or_a_file(tmp_path: Path) -> None:
    role = {
        "name": "tes-deployer",
        "assume_role_policy": json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{PEOPLE}:user/alice"},
                    "Action": "sts:AssumeRole",
                },
            }
        ),
    }
    document = {
        "provider": {"aws": [{"allowed_account_ids": ["111111111111"], "region": "eu-west-1"}]},
        "resource": {"aws_iam_role": {"deployer": role}},
    }
    place = tmp_path / "stacks/tes/cdk.tf.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps(document))
    stacks = {"tes": {"name": "tes", "synthesizedStackPath": "stacks/tes/cdk.tf.json"}}
    (tmp_path / "manifest.json").write_text(json.dumps({"stacks": stacks}))
    for source in (tmp_path, str(tmp_path), place):
        found = trust_of(source, "deployer")
        assert found.arn == "arn:aws:iam::111111111111:role/tes-deployer"
        assert_only_admits(found, [iam_user("alice", account=PEOPLE)])
    with pytest.raises(Problem, match="no role 'auditor'; the roles are: tes-deployer"):
        trust_of(tmp_path, "auditor")


def test_a_policy_that_is_not_known_before_the_deployment_is_said(tmp_path: Path) -> None:
    place = tmp_path / "cdk.tf.json"
    policy = "${data.http.somewhere.response_body}"
    role = {"name": "x", "assume_role_policy": policy}
    place.write_text(json.dumps({"resource": {"aws_iam_role": {"x": role}}}))
    with pytest.raises(Problem, match="The trust policy of x cannot be read: "):
        trust_of(place, "x")


def test_something_else_is_no_source() -> None:
    with pytest.raises(Problem, match="object is no stack, app, folder or policy"):
        trust_of(object(), "x")

"""The written file is run in a stack: the policy of cdk.tf.json is the one that was proven,
and Terraform finds what is imported where the import blocks say."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from rolecall.environment import Environment
from rolecall.importing.addresses import Import, as_hcl, as_json, logical_id
from rolecall.importing.existing import ExistingProvider, ExistingRole
from rolecall.importing.home import Home
from rolecall.importing.imported import Imported, import_roles
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome, compare
from rolecall.trust import TrustContext
from rolecall_cdktf import EnvironmentStack
from rolecall_cdktf._cdktf import App, IamRole, IamRolePolicy, Testing
from tests.importing.corpus import CASES, GITHUB, OWN, YOURS, policy

TES = Environment(
    name="tes", account_id=OWN, region="eu-central-1", own_accounts=frozenset({YOURS})
)
HOME = TrustContext(OWN, region="eu-central-1", own_accounts=TES.own_accounts)
PROVIDER = f"arn:aws:iam::{OWN}:oidc-provider/{GITHUB}"
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "s3:Get*",
            "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}/*",
        }
    ],
}


def role(name: str, trust: Any, **more: Any) -> ExistingRole:
    return ExistingRole(
        trust=PolicyDocument.parse(trust),
        text=json.dumps(trust),
        name=name,
        arn=f"arn:aws:iam::{OWN}:role{more.get('path', '/')}{name}",
        account_id=OWN,
        tags=more.pop("tags", {}),
        boundary_known=True,
        max_session_seconds=more.pop("max_session_seconds", 3600),
        **more,
    )


@pytest.fixture(scope="module")
def app() -> App:
    return Testing.app()


@pytest.fixture
def synthesized(app: App) -> Callable[[str], dict[str, Any]]:
    """What Terraform is given of a written file."""
    found: list[int] = []

    def synth(text: str) -> dict[str, Any]:
        found.append(1)
        stack = EnvironmentStack(Testing.app(), TES)
        namespace: dict[str, Any] = {}
        exec(compile(text, "imported.py", "exec"), namespace)
        namespace["add_imported_roles"](stack)
        read: dict[str, Any] = json.loads(Testing.synth(stack))
        return read

    return synth


def imported(roles: list[ExistingRole], known: Any = None) -> Imported:
    home = Home(HOME, "tes", known or {})
    return import_roles(roles, home, names={}, environment_tags={}, imports_inside=True)


def test_roles_with_everything(synthesized: Callable[[str], dict[str, Any]]) -> None:
    ours = {
        name: case for name, case in CASES.items() if case.partition == "aws" and not case.refused
    }
    roles = [
        role(f"tes-r{number}", case.policy, managed_policies=(), inline_policies={})
        for number, case in enumerate(ours.values())
    ]
    roles.append(
        role(
            "Old.Deployer@acme",
            policy(CASES["ec2"].policy["Statement"][0]),
            path="/ci/",
            description='Says "hello"',
            max_session_seconds=7200,
            tags={"team": "blue"},
            boundary=f"arn:aws:iam::{OWN}:policy/Boundary",
            managed_policies=(
                "arn:aws:iam::aws:policy/ReadOnlyAccess",
                "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
                f"arn:aws:iam::{OWN}:policy/ReadOnlyAccess",
            ),
            inline_policies={"read.me": READ, "Deployer@acme": READ},
        )
    )
    found = imported(roles)
    assert found.proven
    stack = synthesized(found.text)
    by_name = {each["name"]: each for each in stack["resource"]["aws_iam_role"].values()}
    for number, case in enumerate(ours.values()):
        new = by_name[f"tes-r{number}"]["assume_role_policy"].replace("$${", "${")
        old = PolicyDocument.parse(case.policy)
        same = compare(old, PolicyDocument.parse(new), account=OWN, tokens=TOKEN_KEYS)
        assert same.verdict is Outcome.SAME
    old_role = by_name["Old.Deployer@acme"]
    assert old_role["path"] == "/ci/"
    assert old_role["description"] == 'Says "hello"'
    assert old_role["max_session_duration"] == 7200
    assert old_role["tags"] == {"team": "blue"}
    assert old_role["permissions_boundary"].endswith("policy/Boundary")
    assert check_addresses(found.imports, stack) == len(roles) * 3 + 5


def test_providers_that_are_declared_as_well(synthesized: Callable[[str], dict[str, Any]]) -> None:
    known = {
        PROVIDER: ExistingProvider(
            arn=PROVIDER,
            client_ids=("sts.amazonaws.com", "other"),
            thumbprints=("a" * 40,),
            tags={"by": "hand"},
        )
    }
    trust = CASES["github: a branch"].policy
    found = imported(
        [role("tes-x", trust, managed_policies=(), inline_policies={}), role("tes-y", trust)], known
    )
    stack = synthesized(found.text)
    (provider,) = stack["resource"]["aws_iam_openid_connect_provider"].values()
    assert provider["client_id_list"] == ["sts.amazonaws.com", "other"]
    assert provider["thumbprint_list"] == ["a" * 40]
    assert Import("aws_iam_openid_connect_provider.github-provider", PROVIDER) in found.imports
    assert check_addresses(found.imports, stack) == 1 + 3 + 1
    assert "exclusive=False" in found.text


def check_addresses(imports: tuple[Import, ...], stack: dict[str, Any]) -> int:
    """Each block is of a resource that is there, and is called what the block says."""
    for block in imports:
        address, _, key = block.to.partition("[")
        type_, _, name = address.partition(".")
        resource = stack["resource"][type_][name]
        if key:
            assert json.loads(key[:-1]) == block.id
            continue
        if type_ == "aws_iam_role":
            assert resource["name"] == block.id
        elif type_ == "aws_iam_role_policy":
            assert block.id.endswith(":" + resource["name"])
        elif type_ == "aws_iam_role_policy_attachment":
            assert block.id.endswith("/" + resource["policy_arn"])
    assert len({block.to for block in imports}) == len(imports)
    return len(imports)


def test_the_rule_for_addresses_is_cdktfs(app: App) -> None:
    stack = EnvironmentStack(app, TES)
    ids = ["a", "A-b_c", "x.y@z", "a+b=c,d", "Resource", "role", "x" * 250, "inline", "my-inline"]
    for number, id in enumerate(ids):
        parent = IamRole(stack, f"{id}{number}", name=f"r{number}", assume_role_policy="{}")
        assert str(parent.friendly_unique_id) == logical_id([f"{id}{number}"])
        for child in {id, f"{number}", "inline-x.y", "Default", "Resource", "e" * 120}:
            made = IamRolePolicy(parent, child, role="r", policy="{}")
            assert str(made.friendly_unique_id) == logical_id([f"{id}{number}", child])


def test_import_blocks_hold_no_templates() -> None:
    block = [Import("aws_iam_role.x", "${evil}%{x}")]
    assert json.loads(as_json(block)) == {
        "import": [{"to": "aws_iam_role.x", "id": "$${evil}%%{x}"}]
    }
    assert '"$${evil}%%{x}"' in as_hcl(block)

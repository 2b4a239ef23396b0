"""AssumeRoleWithWebIdentity against deployed roles of every kind: who is meant, and nobody else."""

import json
from typing import TYPE_CHECKING

import pytest

from tests.integration.federation.answers import assert_answer, no_provider
from tests.integration.federation.cases.spoiled import Row, rows
from tests.integration.federation.cases.tokens import KINDS, github
from tests.integration.federation.deployment import ACCOUNT
from tests.integration.target import Keys

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ELSEWHERE = "444444444444"
ROWS = [(role, row) for role, kind in KINDS.items() for row in rows(kind)]


@pytest.mark.parametrize(("role", "row"), ROWS, ids=[f"{role}:{row.case}" for role, row in ROWS])
def test_token(deployment: "Deployment", role: str, row: Row) -> None:
    token = row.token(deployment)
    if row.answer is not None:
        assert_answer(deployment.refusal(role, token), row.answer)
        return
    answer = deployment.assume(role, token)
    name = deployment.role(role).rpartition("/")[2]
    wanted = f"arn:aws:sts::111111111111:assumed-role/{name}/matrix"
    assert answer["AssumedRoleUser"]["Arn"] == wanted
    assert deployment.whoami(answer["Credentials"]) == wanted


def test_a_provider_of_another_account_vouches_for_nobody_here(deployment: "Deployment") -> None:
    variables = dict(deployment.administrator.variables)
    printed = deployment.embedded.rolecall("local", "env", "--account", ELSEWHERE, "--json")
    iam = Keys({**variables, **json.loads(printed)["export"]}).client("iam")
    trust = deployment.administrator.client("iam").get_role(RoleName="central-github-branch")
    text = json.dumps(trust["Role"]["AssumeRolePolicyDocument"])
    claims = github()()
    token = deployment.token(claims)
    for name, document in (
        ("trusts-its-own", text.replace(ACCOUNT, ELSEWHERE)),
        ("trusts-the-other-accounts", text),
    ):
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
        answer = deployment.refusal(role["Arn"], token)
        iam.delete_role(RoleName=name)
        assert_answer(answer, no_provider(claims["iss"]))

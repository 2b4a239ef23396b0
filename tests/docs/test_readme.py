"""The Python of both READMEs and of docs/credential-cache.md does what it says; Japanese pages
show what the English ones show.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.environment import Environment
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.session.assumed_role import AssumedRole
from rolecall.trust import GitHubActions, IamUsers
from rolecall_cdktf import AssumableRole, EnvironmentStack, OidcProvider, _cdktf
from tests.docs.fences import fences

TES = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    identity_account_id="999999999999",
    external_id="acme-tes",
)


@pytest.mark.parametrize("page", ["README.md", "README.ja.md"])
def test_the_stacks_of_the_readme_build(page: str) -> None:
    declared, federated = (each.text for each in fences(page) if each.kind == "python")
    names: dict[str, Any] = {
        "AssumableRole": AssumableRole,
        "EnvironmentStack": EnvironmentStack,
        "GITHUB_ACTIONS": GITHUB_ACTIONS,
        "GitHubActions": GitHubActions,
        "IamUsers": IamUsers,
        "OidcProvider": OidcProvider,
        "environment": TES,
        "timedelta": timedelta,
    }
    exec(compile(declared, page, "exec"), names)
    names["stack"] = names["DeployStack"](_cdktf.Testing.app(), TES)
    exec(compile(federated, page, "exec"), names)
    made = json.loads(_cdktf.Testing.synth(names["stack"]))["resource"]["aws_iam_role"]
    roles = {role["name"]: json.loads(role["assume_role_policy"]) for role in made.values()}
    assert set(roles) == {"tes-deployer", "tes-pipeline"}
    assert "arn:aws:iam::999999999999:user/alice" in json.dumps(roles["tes-deployer"])
    assert "acme-tes" in json.dumps(roles["tes-deployer"])
    assert "repo:acme/infra:environment:tes" in json.dumps(roles["tes-pipeline"])


def test_both_readmes_show_the_same_code() -> None:
    def code(page: str) -> list[str]:
        found = [each.text for each in fences(page) if each.kind in ("python", "sh")]
        # Comments are in the language of the page.
        return [
            "\n".join(line.split("#")[0].rstrip() for line in text.splitlines()) for text in found
        ]

    assert code("README.ja.md") == code("README.md")


def test_the_japanese_tutorial_shows_what_is_run_in_the_english_one() -> None:
    english, japanese = fences("docs/tutorial.md"), fences("docs/ja/tutorial.md")
    assert [(each.kind, each.text) for each in japanese] == [
        (each.kind, each.text) for each in english
    ]


def test_the_session_of_a_long_job_is_asked_for_again() -> None:
    (block,) = (each for each in fences("docs/credential-cache.md") if each.kind == "python")
    asked: list[str] = []

    def source() -> AssumedRole:
        asked.append("STS")
        end = datetime.now(UTC) + timedelta(minutes=10 if len(asked) == 1 else 60)
        role = "arn:aws:sts::111111111111:assumed-role/tes-deployer/alice"
        return AssumedRole(f"ASIAEXAMPLE{len(asked)}", "a secret", "a token", end, role)

    names: dict[str, Any] = {"source": source}
    exec(compile(block.text, block.page, "exec"), names)
    signer = names["s3"]._request_signer._credentials
    assert signer.get_frozen_credentials().access_key == f"ASIAEXAMPLE{len(asked)}"

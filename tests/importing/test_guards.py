"""Guards come back too, with the statements for tags and source identity that they add."""

import json
from datetime import timedelta
from typing import Any

import pytest

from rolecall import issuers
from rolecall.importing.existing import ExistingRole
from rolecall.importing.home import Home
from rolecall.importing.imported import import_roles
from rolecall.importing.read_back import read_back
from rolecall.trust import (
    AnyUserOf,
    AwsService,
    CognitoIdentityPool,
    GitHubActions,
    Google,
    IamRoles,
    IamUsers,
    OidcSubjects,
    Saml,
    WholeAccount,
    trust_policy,
)
from tests.trust.intent import CONTEXT, OWN, PEOPLE

POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
GITHUB = issuers.GITHUB_ACTIONS
GENERIC = issuers.oidc_issuer("https://id.example.com")


class Okta:
    provider_name = "okta"


ENTITIES = [
    IamUsers(PEOPLE, ["a"], mfa=True, session_tags={"team": ["a", "b"], "x": "*"}),
    IamUsers(PEOPLE, ["a"], source_identity="*", source_ip="203.0.113.0/24"),
    IamUsers(PEOPLE, ["a", "b"], mfa_max_age=timedelta(minutes=15), external_id="acme-1"),
    IamRoles(PEOPLE, ["a", "b"], path="/x/y/", session_tags={"team": "blue"}),
    WholeAccount(
        PEOPLE,
        principal_arns=[f"arn:aws:iam::{PEOPLE}:role/team/*"],
        source_identity=["*@example.com", "bob"],
    ),
    GitHubActions(GITHUB, "a/b", branch=["main", "release/*"], session_name=["x1", "y1"]),
    GitHubActions(GITHUB, "a/b", branch=["x", "y/*"], session_tags={"t": "*"}, repository_id=5),
    OidcSubjects(GENERIC, ["a", "b:*"], audience="x", session_tags={"t": "*"}, source_identity="*"),
    Saml(
        Okta(),
        attributes={"mail": "*@example.com", "eduPersonAffiliation": ["staff", "x"]},
        session_tags={"t": ["a/*", "b"]},
        source_identity="*",
        session_name="bob",
        regions=["eu-central-1", "eu-west-1"],
        provider_id="SAMLSPABCDEFGHIJ",
    ),
    AnyUserOf(Okta(), regions=["us-east-1"], source_ip="203.0.113.0/24"),
    Google(audience="x", subject=["1", "2"], oaud="y", session_name="ab"),
    CognitoIdentityPool(POOL, identity_ids=[POOL], session_tags={"a": "*"}),
    AwsService(
        "lambda",
        source_account=[OWN, PEOPLE],
        source_arn=f"arn:aws:lambda:eu-central-1:{OWN}:function:*",
    ),
]


@pytest.mark.parametrize("entity", ENTITIES, ids=lambda entity: type(entity).__name__)
def test_the_same_entity_comes_back(entity: Any) -> None:
    document = trust_policy([entity], CONTEXT, size_limit=4096)
    role = ExistingRole(trust=document, text=json.dumps(document.to_dict()), account_id=OWN)
    found = import_roles([role], Home(CONTEXT), names={}, environment_tags={}, imports_inside=False)
    assert found.proven
    (read,) = read_back(found.text)
    assert [type(each) for each in read.entities] == [type(entity)]
    again = trust_policy(read.entities, CONTEXT, size_limit=4096)
    assert again.to_json() == document.to_json()

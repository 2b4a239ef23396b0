"""Visitors of a Cognito identity pool who want to be more than they are.

`alice` and `mallory` are users of one provider; mallory is a user of another one as well.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.enforcement.conftest import HOME, OTHER, People
from tests.local.gaps.conftest import COGNITO, World, stand_in_key

FIRST, SECOND = "first.example.com", "second.example.com"


def arn(host: str) -> str:
    return f"arn:aws:iam::{HOME}:oidc-provider/{host}"


@dataclass
class Visited:
    """A pool with guests, two providers, and a role for each kind of visitor."""

    world: World
    pool: str
    roles: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.cognito = self.world.stranger("cognito-identity")
        self.alice = self.cognito.get_id(
            IdentityPoolId=self.pool, Logins={FIRST: self.token(FIRST, "alice")}
        )["IdentityId"]
        self.guest = self.cognito.get_id(IdentityPoolId=self.pool)["IdentityId"]

    def token(self, host: str, user: str, **claims: Any) -> str:
        return self.world.token(f"https://{host}", sub=user, aud="client", **claims)

    def mapped(self, **mapping: Any) -> None:
        """A role mapping for users of the first provider; none without arguments."""
        self.world.admin("cognito-identity").set_identity_pool_roles(
            IdentityPoolId=self.pool,
            Roles={
                "authenticated": self.roles["member"],
                "unauthenticated": self.roles["guest"],
            },
            RoleMappings={arn(FIRST): mapping} if mapping else {},
        )

    def become(self, identity: str, logins: dict[str, str] | None = None, **more: Any) -> str:
        """The name of the role that credentials are for, or the code of the refusal."""
        if logins is not None:
            more["Logins"] = logins
        try:
            got = self.cognito.get_credentials_for_identity(IdentityId=identity, **more)
        except ClientError as error:
            assert error.response["ResponseMetadata"]["HTTPStatusCode"] < 500
            return str(error.response["Error"]["Code"])
        return self.world.who(got["Credentials"]).split("/")[1]


@pytest.fixture(scope="module")
def visited() -> Iterator[Visited]:
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
    thread = server.start()
    at = CloudServer(cloud, server)
    world = World(at, People(at))
    cloud.records["oidc_stand_ins"] = {
        f"https://{COGNITO}": {"key": stand_in_key(f"https://{COGNITO}")}
    }
    try:
        for host in (FIRST, SECOND):
            world.admin("iam").create_open_id_connect_provider(
                Url=f"https://{host}", ClientIDList=["client"]
            )
        pool = world.pool(
            AllowUnauthenticatedIdentities=True,
            AllowClassicFlow=True,
            DeveloperProviderName="dev",
            OpenIdConnectProviderARNs=[arn(FIRST), arn(SECOND)],
        )
        made = Visited(
            world,
            pool,
            {
                "member": world.pool_role("member", pool, "authenticated"),
                "editor": world.pool_role("editor", pool, "authenticated"),
                "guest": world.pool_role("guest", pool, "unauthenticated"),
            },
        )
        made.mapped()
        yield made
    finally:
        server.stop()
        thread.join(10)
        backend.reset()


def test_everybody_as_himself(visited: Visited) -> None:
    assert visited.become(visited.guest) == "guest"
    assert visited.become(visited.alice, {FIRST: visited.token(FIRST, "alice")}) == "member"


def test_nobody_as_somebody_else(visited: Visited) -> None:
    mallory = visited.token(FIRST, "mallory")
    also_mallory = visited.token(SECOND, "mallory")
    alice = visited.token(FIRST, "alice")
    guest = visited.cognito.get_open_id_token(IdentityId=visited.guest)["Token"]
    for logins in (
        None,
        {},
        {FIRST: mallory},
        {SECOND: also_mallory},
        {FIRST: mallory, SECOND: also_mallory},
        {SECOND: alice},
        {f"{FIRST}/": alice},
        {FIRST.upper(): alice},
        {f"https://{FIRST}": alice},
        {arn(FIRST): alice},
        {COGNITO: guest},
        {COGNITO: alice},
    ):
        assert visited.become(visited.alice, logins) == "NotAuthorizedException", logins


def test_a_guest_gets_no_other_role(visited: Visited) -> None:
    for role in visited.roles.values():
        assert visited.become(visited.guest, CustomRoleArn=role) == "NotAuthorizedException"
    guest = visited.cognito.get_open_id_token(IdentityId=visited.guest)["Token"]
    sts = visited.world.stranger("sts")
    for name, code in (("member", "AccessDenied"), ("editor", "AccessDenied"), ("guest", "")):
        wish = {"RoleArn": visited.roles[name], "RoleSessionName": "me", "WebIdentityToken": guest}
        try:
            sts.assume_role_with_web_identity(**wish)
            got = ""
        except ClientError as error:
            got = error.response["Error"]["Code"]
        assert got == code, name


@pytest.mark.parametrize(
    ("kind", "value", "claim", "role"),
    [
        ("Contains", "admin", "an admin", "editor"),
        ("Contains", "admin", {"admin": 1}, None),
        ("Contains", "admin", [{"x": "admin"}], None),
        ("Equals", "{'admin': 1}", {"admin": 1}, None),
        ("Equals", "true", True, "editor"),
        ("StartsWith", "T", True, None),
        ("NotEqual", "true", True, None),
        ("NotEqual", "true", False, "editor"),
        ("NotEqual", "true", {}, None),
        ("NotEqual", "true", [], None),
        ("NotEqual", "true", [["true"]], None),
        ("NotEqual", "7", 7, None),
        ("NotEqual", "7", 7.0, None),
        ("NotEqual", "web", ["sales", "web"], None),
        ("NotEqual", "web", None, None),
    ],
)
def test_rules_and_claims_that_are_no_text(
    kind: str, value: str, claim: Any, role: str | None, visited: Visited
) -> None:
    rule = {
        "Claim": "team",
        "MatchType": kind,
        "Value": value,
        "RoleARN": visited.roles["editor"],
    }
    visited.mapped(
        Type="Rules", AmbiguousRoleResolution="Deny", RulesConfiguration={"Rules": [rule]}
    )
    try:
        token = visited.token(FIRST, "alice", team=claim)
        got = visited.become(visited.alice, {FIRST: token})
    finally:
        visited.mapped()
    assert got == (role or "NotAuthorizedException")


def test_a_role_that_no_token_offers(visited: Visited) -> None:
    visited.mapped(Type="Token", AmbiguousRoleResolution="Deny")
    try:
        for claims in (
            {},
            {"cognito:roles": visited.roles["editor"]},
            {"cognito:roles": [[visited.roles["editor"]]]},
            {"cognito:roles": [visited.roles["member"]]},
            {"cognito:preferred_role": visited.roles["editor"]},
        ):
            token = visited.token(FIRST, "alice", **claims)
            got = visited.become(
                visited.alice, {FIRST: token}, CustomRoleArn=visited.roles["editor"]
            )
            assert got == "NotAuthorizedException", claims
    finally:
        visited.mapped()


def test_another_account_reaches_nothing_of_it(visited: Visited) -> None:
    theirs = visited.world.admin("cognito-identity", OTHER)
    own = theirs.create_identity_pool(
        IdentityPoolName="theirs", AllowUnauthenticatedIdentities=True, DeveloperProviderName="dev"
    )["IdentityPoolId"]
    settings = {"IdentityPoolName": "x", "AllowUnauthenticatedIdentities": True}
    developer = theirs.get_open_id_token_for_developer_identity
    attempts: list[tuple[Any, dict[str, Any]]] = [
        (theirs.describe_identity_pool, {"IdentityPoolId": visited.pool}),
        (theirs.describe_identity, {"IdentityId": visited.alice}),
        (theirs.list_identities, {"IdentityPoolId": visited.pool, "MaxResults": 9}),
        (theirs.get_identity_pool_roles, {"IdentityPoolId": visited.pool}),
        (theirs.set_identity_pool_roles, {"IdentityPoolId": visited.pool, "Roles": {}}),
        (theirs.update_identity_pool, {"IdentityPoolId": visited.pool, **settings}),
        (theirs.delete_identity_pool, {"IdentityPoolId": visited.pool}),
        (developer, {"IdentityPoolId": visited.pool, "Logins": {"dev": "x"}}),
        (
            developer,
            {"IdentityPoolId": own, "IdentityId": visited.alice, "Logins": {"dev": "x"}},
        ),
        (
            theirs.update_identity_pool,
            {"IdentityPoolId": own, **settings, "OpenIdConnectProviderARNs": [arn(FIRST)]},
        ),
        (
            theirs.set_identity_pool_roles,
            {"IdentityPoolId": own, "Roles": {"unauthenticated": visited.roles["guest"]}},
        ),
    ]
    for attempt, wish in attempts:
        with pytest.raises(ClientError) as caught:
            attempt(**wish)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400, wish
    left = theirs.delete_identities(IdentityIdsToDelete=[visited.alice])
    assert [each["IdentityId"] for each in left["UnprocessedIdentityIds"]] == [visited.alice]
    token = {FIRST: visited.token(FIRST, "alice")}
    assert visited.become(visited.alice, token) == "member"


def test_a_role_of_another_account_cannot_be_handed_to_a_pool(visited: Visited) -> None:
    """ "Grant a user permissions to pass a role": to a service of the same account only."""
    trusts = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Federated": COGNITO},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{COGNITO}:aud": visited.pool}},
        },
    }
    foreign = visited.world.admin("iam", OTHER).create_role(
        RoleName="foreign", AssumeRolePolicyDocument=json.dumps(trusts)
    )["Role"]["Arn"]
    cognito = visited.world.admin("cognito-identity")
    for wish in (
        {"Roles": {"authenticated": foreign}},
        {
            "Roles": {},
            "RoleMappings": {
                arn(FIRST): {
                    "Type": "Rules",
                    "AmbiguousRoleResolution": "Deny",
                    "RulesConfiguration": {
                        "Rules": [
                            {
                                "Claim": "a",
                                "MatchType": "Equals",
                                "Value": "b",
                                "RoleARN": foreign,
                            }
                        ]
                    },
                }
            },
        },
    ):
        with pytest.raises(ClientError, match="PassRole"):
            cognito.set_identity_pool_roles(IdentityPoolId=visited.pool, **wish)

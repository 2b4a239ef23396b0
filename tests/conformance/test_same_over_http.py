"""Random requests: AssumeRole over HTTP answers what `rolecall.policy` decides by itself.

What is expected is worked out from what the test wrote, not from what the embedded AWS
keeps: a policy that is lost, mixed up or read from another account on the way shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from hypothesis import event, given, settings
from hypothesis import strategies as st

from rolecall.policy import (
    AssumeRoleAttempt,
    Caller,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    RoleSession,
    may_assume,
)
from tests.conformance.documents import allow, policy, trusts
from tests.conformance.world import HOME, OTHER, World

_ACTIONS = ["sts:*", "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "STS:assume*"]
_EVERYTHING = policy(allow("*"))
_KEYS = {
    "sts:ExternalId": ["one1", "two2", "one*"],
    "sts:RoleSessionName": ["alice", "${aws:username}", "a*"],
    "sts:SourceIdentity": ["alice", "bob1", "${aws:username}"],
    "aws:RequestTag/team": ["red", "blue", "${aws:PrincipalTag/team}"],
    "aws:PrincipalTag/team": ["red", "b*"],
    "aws:TagKeys": ["team", "Team", "other"],
    "aws:username": ["anna", "a*"],
    "aws:PrincipalOrgID": ["o-1"],
    "aws:MultiFactorAuthPresent": ["true", "false"],
    "aws:PrincipalAccount": [HOME, OTHER],
}


@st.composite
def _conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, dict[str, Any]] = {}
    for _ in range(draw(st.sampled_from([0, 0, 0, 1, 2]))):
        key = draw(st.sampled_from(sorted(_KEYS)))
        operator = draw(st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"]))
        operator += draw(st.sampled_from(["StringEquals", "StringLike", "StringNotEquals"]))
        operator += draw(st.sampled_from(["", "", "IfExists"]))
        values = draw(st.lists(st.sampled_from(_KEYS[key]), min_size=1, max_size=2, unique=True))
        block.setdefault(operator, {})[key] = values
    return {"Condition": block} if block else {}


def _statements(place: Mapping[str, Any]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """One to three statements; `place` says who (in trust) or on what (in permissions)."""
    effect = st.sampled_from(["Allow", "Allow", "Allow", "Allow", "Deny"])
    actions = st.lists(st.sampled_from(_ACTIONS), min_size=1, max_size=3, unique=True)
    parts = st.fixed_dictionaries({"Effect": effect, "Action": actions, **place})
    statement = st.tuples(parts, _conditions()).map(lambda both: {**both[0], **both[1]})
    return st.lists(statement, min_size=1, max_size=3)


_NAMES = ["@anna", "@role-keen", "@keen", HOME, OTHER, f"arn:aws:iam::{HOME}:root", "*"]
_TRUST = _statements(
    {
        "Principal": st.just("*")
        | st.fixed_dictionaries(
            {"AWS": st.lists(st.sampled_from(_NAMES), min_size=1, max_size=3, unique=True)}
        )
    }
)
_RESOURCES = ["*", f"arn:aws:iam::{HOME}:role/*", f"arn:aws:iam::{OTHER}:role/random"]
_PERMISSIONS = _statements({"Resource": st.sampled_from(_RESOURCES)})
_WISHES = st.fixed_dictionaries(
    {"RoleSessionName": st.sampled_from(["alice", "anna", "other"])},
    optional={
        "ExternalId": st.sampled_from(["one1", "two2"]),
        "SourceIdentity": st.sampled_from(["alice", "bob1", "anna"]),
        "Tags": st.dictionaries(
            st.sampled_from(["team", "other"]), st.sampled_from(["red", "blue"]), min_size=1
        ),
    },
)


@dataclass(frozen=True)
class Cast:
    """Two callers, of whom one is a session, and a role in each of two accounts."""

    world: World
    callers: Mapping[str, Caller]


@pytest.fixture(scope="module")
def cast(world: World) -> Cast:
    red = [{"Key": "team", "Value": "red"}]
    world.user("anna", allow("*"), Tags=red)
    keen = world.role(HOME, trusts("@anna", "sts:*"), name="keen", policies=[allow("*")])
    world.arns["role-keen"] = keen["Arn"]
    made = world.sts("anna").assume_role(RoleArn=keen["Arn"], RoleSessionName="run")
    world.take("keen", made["Credentials"], made["AssumedRoleUser"]["Arn"])
    for account in (HOME, OTHER):
        world.role(account, trusts(HOME), name="random")
    return Cast(
        world,
        {
            "anna": IamUser(HOME, "anna", unique_id=world.arns["id-anna"], tags={"team": "red"}),
            "keen": RoleSession(HOME, "keen", "run", role_id=keen["RoleId"]),
        },
    )


def _compiled(text: str) -> CompiledPolicy:
    return CompiledPolicy(PolicyDocument.parse(text))


@pytest.mark.parametrize(("who", "limited"), [("anna", False), ("keen", False), ("keen", True)])
@settings(max_examples=40, deadline=None)
@given(
    account=st.sampled_from([HOME, OTHER]),
    trust=_TRUST,
    permissions=_PERMISSIONS,
    session=_PERMISSIONS,
    wish=_WISHES,
)
def test_http_and_evaluator_agree(
    cast: Cast,
    who: str,
    limited: bool,
    account: str,
    trust: list[dict[str, Any]],
    permissions: list[dict[str, Any]],
    session: list[dict[str, Any]],
    wish: dict[str, Any],
) -> None:
    world, role = cast.world, f"arn:aws:iam::{account}:role/random"
    trusting, permitting = world.filled(policy(*trust)), policy(*permissions)
    world.iam[account].update_assume_role_policy(RoleName="random", PolicyDocument=trusting)
    limit = policy(*session) if limited else None
    credentials = _with_permissions(world, who, permitting, limit)
    tags = wish.get("Tags", {})
    given_tags = {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]} if tags else {}
    try:
        credentials.assume_role(RoleArn=role, **{**wish, **given_tags})
        code = ""
    except ClientError as error:
        code = error.response["Error"]["Code"]

    decision = may_assume(
        AssumeRoleAttempt(
            caller=cast.callers[who],
            role_arn=role,
            external_id=wish.get("ExternalId"),
            source_identity=wish.get("SourceIdentity"),
            tags=tags,
            session_name=wish["RoleSessionName"],
            context={"aws:MultiFactorAuthPresent": "false"} if who == "keen" else {},
        ),
        trust=_compiled(trusting),
        identity=[_compiled(permitting)],
        session=None if limit is None else [_compiled(limit)],
    )
    event(decision.verdict.value)
    assert code == ("" if decision.allowed else "AccessDenied"), decision.explain()


def _with_permissions(world: World, who: str, document: str, limit: str | None) -> Any:
    """STS as somebody who has these permissions and no others."""
    iam = world.iam[HOME]
    if who == "anna":
        iam.put_user_policy(UserName="anna", PolicyName="own", PolicyDocument=document)
        return world.sts("anna")
    sts = world.sts("keen")
    if limit is not None:
        # Whoever becomes it is named in its trust policy, so needs no permission of his own.
        iam.put_user_policy(UserName="anna", PolicyName="own", PolicyDocument=_EVERYTHING)
        made = world.sts("anna").assume_role(
            RoleArn=world.arns["role-keen"], RoleSessionName="run", Policy=limit
        )
        sts = world.server.client("sts", made["Credentials"])
    iam.put_role_policy(RoleName="keen", PolicyName="own", PolicyDocument=document)
    return sts

"""Deleted, made again, renamed: whom a saved policy means, and whose credentials live"""

from typing import Any

from tests.conformance.assume_role import denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import allow, policy, refuses, trusts
from tests.conformance.later_use import TRUST
from tests.conformance.pages import DISABLING, IDENTIFIERS, PRINCIPAL, ROLE_TROUBLE
from tests.conformance.story import (
    ASK,
    Story,
    become,
    delete_user,
    made_again,
    role_for,
    somebody,
    who_am_i,
)
from tests.conformance.world import HOME, World

DEAD: Expected = (
    "InvalidClientTokenId", "The security token included in the request is invalid."
)  # fmt: skip


def user_again(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    made_again(world, name)
    become(world, name, role)


def user_again_policy_saved_again(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    made_again(world, name)
    world.iam[HOME].update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=world.filled(policy(trusts(f"@{name}", TRUST)))
    )
    become(world, name, role)


def user_again_in_account(world: World) -> None:
    role = role_for(world, HOME)
    made_again(world, name := somebody(world))
    become(world, name, role)


def user_again_with_a_path(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    made_again(world, name, Path="/other/")
    world.spoken_of["caller"] = world.arns[name]
    become(world, name, role)


def old_key(world: World) -> None:
    name = somebody(world)
    old = world.sts(name)
    made_again(world, name)
    old.get_caller_identity()


def old_token(world: World) -> None:
    name = somebody(world)
    token = world.sts(name).get_session_token()["Credentials"]
    made_again(world, name)
    who_am_i(world, token)


def old_federation(world: World) -> None:
    name = somebody(world)
    token = world.sts(name).get_federation_token(Name="guest", Policy=policy(allow("*")))
    made_again(world, name)
    who_am_i(world, token["Credentials"])


def user_gone_session_lives(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    session = become(world, name, role)
    delete_user(world, name)
    who_am_i(world, session)


def role_again(world: World) -> None:
    role = role_for(world, "@alice")
    session = become(world, "alice", role)
    world.iam[HOME].delete_role(RoleName=role["RoleName"])
    role_for(world, "@alice", name=role["RoleName"])
    who_am_i(world, session)


def role_gone(world: World) -> None:
    role = role_for(world, "@alice")
    session = become(world, "alice", role)
    world.iam[HOME].delete_role(RoleName=role["RoleName"])
    who_am_i(world, session)


def role_gone_asked(world: World) -> None:
    role = role_for(world, "@alice")
    world.iam[HOME].delete_role(RoleName=role["RoleName"])
    world.spoken_of["caller"] = world.arns["alice"]
    become(world, "alice", role)


def _through(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """A role, and another one that trusts it."""
    first = role_for(world, "@alice", policies=[allow("*")])
    world.arns["first"] = first["Arn"]
    return first, role_for(world, "@first")


def _delete_role(world: World, role: dict[str, Any]) -> None:
    world.iam[HOME].delete_role_policy(RoleName=role["RoleName"], PolicyName="own")
    world.iam[HOME].delete_role(RoleName=role["RoleName"])


def trusted_role_again(world: World) -> None:
    first, second = _through(world)
    _delete_role(world, first)
    role_for(world, "@alice", name=first["RoleName"], policies=[allow("*")])
    session = become(world, "alice", first)
    world.spoken_of = {
        "role": second["Arn"],
        "caller": f"arn:aws:sts::{HOME}:assumed-role/{first['RoleName']}/a-session",
    }
    world.server.client("sts", session).assume_role(RoleArn=second["Arn"], **ASK)


def trusted_session_again(world: World) -> None:
    first = role_for(world, "@alice", policies=[allow("*")])
    arn = f"arn:aws:sts::{HOME}:assumed-role/{first['RoleName']}/a-session"
    second = role_for(world, arn)
    _delete_role(world, first)
    role_for(world, "@alice", name=first["RoleName"], policies=[allow("*")])
    session = become(world, "alice", first)
    world.spoken_of = {"role": second["Arn"], "caller": arn}
    world.server.client("sts", session).assume_role(RoleArn=second["Arn"], **ASK)


def shown_as_id(world: World) -> None:
    name = somebody(world)
    unique = world.arns[f"id-{name}"]
    role = role_for(world, f"@{name}")
    made_again(world, name)
    kept = world.iam[HOME].get_role(RoleName=role["RoleName"])["Role"]
    assert unique in str(kept["AssumeRolePolicyDocument"])


def saved_with_an_id_of_nobody(world: World) -> None:
    name = somebody(world)
    unique = world.arns[f"id-{name}"]
    delete_user(world, name)
    role_for(world, unique)


def renamed(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    world.iam[HOME].update_user(UserName=name, NewUserName=f"{name}-now")
    become(world, name, role)


def name_of_a_renamed(world: World) -> None:
    role = role_for(world, f"@{(name := somebody(world))}")
    world.iam[HOME].update_user(UserName=name, NewUserName=f"{name}-now")
    world.forget(name)
    world.user(name, allow("*"))
    become(world, name, role)


def denied_user_again(world: World) -> None:
    name = somebody(world)
    statements = [trusts(HOME, TRUST), refuses(f"@{name}")]
    role = world.role(HOME, statements)
    made_again(world, name)
    become(world, name, role)


NO = denied()
ROWS: list[Case] = [
    Story("the user is made again", PRINCIPAL, NO, user_again),
    Story("the user is made again, and the policy saved again", PRINCIPAL, ALLOWED,
          user_again_policy_saved_again),
    Story("the user is made again, the account is trusted", PRINCIPAL, ALLOWED,
          user_again_in_account),
    Story("the user is made again with a path", PRINCIPAL, NO, user_again_with_a_path),
    Story("the policy shows the unique id of who is gone", PRINCIPAL, ALLOWED, shown_as_id),
    Story("the unique id of who is gone, in a new policy", PRINCIPAL,
          ("MalformedPolicyDocument", None), saved_with_an_id_of_nobody),
    Story("a Deny of a user who is made again", PRINCIPAL, ALLOWED, denied_user_again),
    Story("the user is renamed", PRINCIPAL, ALLOWED, renamed),
    Story("another user with the name that the renamed one had", PRINCIPAL, NO,
          name_of_a_renamed),
    Story("the trusted role is made again", PRINCIPAL, NO, trusted_role_again),
    Story("the role of a trusted session is made again", PRINCIPAL, NO, trusted_session_again),
    Story("the key of a user who is made again", IDENTIFIERS, DEAD, old_key),
    Story("the session token of a user who is made again", IDENTIFIERS, DEAD, old_token),
    Story("the federated user of a user who is made again", IDENTIFIERS, DEAD, old_federation),
    Story("the session of a role that is made again", IDENTIFIERS, DEAD, role_again),
    Story("the session of a role that is gone", IDENTIFIERS, DEAD, role_gone),
    Story("a role that is gone", ROLE_TROUBLE, NO, role_gone_asked),
    Story("the user who assumed the role is gone, his session lives", DISABLING, ALLOWED,
          user_gone_session_lives),
]  # fmt: skip

"""Trust, permissions, tags and keys that are taken back: what counts at once, what lives on"""

from tests.conformance.assume_role import denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import allow, given, policy, tags, trusts
from tests.conformance.pages import BOUNDARY, DISABLING, IDENTIFIERS, KEYS, TAGS, UPDATE_ROLE
from tests.conformance.story import Story, become, role_for, somebody, who_am_i
from tests.conformance.world import HOME, World

DEAD: Expected = (
    "InvalidClientTokenId", "The security token included in the request is invalid."
)  # fmt: skip


def trust_taken_back(world: World) -> None:
    role = role_for(world, "@alice")
    become(world, "alice", role)
    world.iam[HOME].update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=world.filled(policy(trusts("@bob")))
    )
    world.spoken_of["caller"] = world.arns["alice"]
    become(world, "alice", role)


def trust_taken_back_session_lives(world: World) -> None:
    role = role_for(world, "@alice")
    session = become(world, "alice", role)
    world.iam[HOME].update_assume_role_policy(
        RoleName=role["RoleName"], PolicyDocument=world.filled(policy(trusts("@bob")))
    )
    who_am_i(world, session)


def policy_taken_back(world: World) -> None:
    role = role_for(world, "@alice", policies=[allow("iam:*")])
    session = world.server.client("iam", become(world, "alice", role))
    session.get_role(RoleName="red")
    world.iam[HOME].delete_role_policy(RoleName=role["RoleName"], PolicyName="own")
    session.get_role(RoleName="red")


def tag_taken_back(world: World) -> None:
    wanted = given("StringEquals", aws__PrincipalTag___team="blue")
    role = role_for(world, "@alice", policies=[allow("iam:*", **wanted)], Tags=tags(team="blue"))
    session = world.server.client("iam", become(world, "alice", role))
    session.get_role(RoleName="red")
    world.iam[HOME].untag_role(RoleName=role["RoleName"], TagKeys=["team"])
    session.get_role(RoleName="red")


def users_tag_taken_back(world: World) -> None:
    wanted = given("StringEquals", aws__PrincipalTag___team="blue")
    name = somebody(world, Tags=tags(team="blue"))
    role = world.role(HOME, trusts(HOME, **wanted))
    world.spoken_of["role"] = role["Arn"]
    become(world, name, role)
    world.iam[HOME].untag_user(UserName=name, TagKeys=["team"])
    become(world, name, role)


def boundary_put_on(world: World) -> None:
    role = role_for(world, "@alice", policies=[allow("*")])
    session = world.server.client("iam", become(world, "alice", role))
    session.get_role(RoleName="red")
    world.iam[HOME].put_role_permissions_boundary(
        RoleName=role["RoleName"], PermissionsBoundary=world.managed_policy(policy(allow("s3:*")))
    )
    session.get_role(RoleName="red")


def key_inactive(world: World) -> None:
    name = somebody(world)
    sts = world.sts(name)
    key = world.iam[HOME].list_access_keys(UserName=name)["AccessKeyMetadata"][0]["AccessKeyId"]
    world.iam[HOME].update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    sts.get_caller_identity()


def shorter_maximum(world: World) -> None:
    role = role_for(world, "@alice", MaxSessionDuration=7200)
    become(world, "alice", role, DurationSeconds=7200)
    world.iam[HOME].update_role(RoleName=role["RoleName"], MaxSessionDuration=3600)
    become(world, "alice", role, DurationSeconds=7200)


NO = denied()
ROWS: list[Case] = [
    Story("trust is taken back", DISABLING, NO, trust_taken_back),
    Story("trust is taken back, the session lives", DISABLING, ALLOWED,
          trust_taken_back_session_lives),
    Story("the role's policy is taken back, the session may no more", DISABLING,
          ("AccessDenied", None), policy_taken_back),
    Story("the role's tag is taken back, the session may no more", TAGS, ("AccessDenied", None),
          tag_taken_back),
    Story("the user's tag is taken back", KEYS, NO, users_tag_taken_back),
    Story("a boundary is put on, the session may no more", BOUNDARY, ("AccessDenied", None),
          boundary_put_on),
    Story("a key that is inactive", IDENTIFIERS, DEAD, key_inactive),
    Story("the role's maximum is shortened", UPDATE_ROLE,
          ("ValidationError",
           "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."),
          shorter_maximum),
]  # fmt: skip

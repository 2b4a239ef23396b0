"""Rows of several calls, of which the last one is answered as documented."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.case import Answer, Case, refusal
from tests.conformance.documents import allow, trusts
from tests.conformance.world import HOME, World


def _nothing(world: World) -> Any:
    raise NotImplementedError


@dataclass(frozen=True)
class Story(Case):
    """`tell` makes the calls; the first one that is refused is the answer, and a refusal on
    the way there is for `tell` to avoid. It may return names for the expected message."""

    tell: Callable[[World], Any] = _nothing

    def ask(self, world: World) -> Answer:
        try:
            reply = self.tell(world)
        except ClientError as error:
            return refusal(error, **world.spoken_of)
        return Answer(reply=reply)


#: Parameters of AssumeRole that matter to no story.
ASK = {"RoleSessionName": "a-session"}
TRUST = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


def somebody(world: World, *statements: dict[str, Any], **more: Any) -> str:
    name = world.new_name("somebody")
    world.user(name, *(statements or (allow("*"),)), **more)
    world.spoken_of = {"caller": world.arns[name]}
    return name


def role_for(world: World, who: Any, **more: Any) -> dict[str, Any]:
    made = world.role(HOME, trusts(who, TRUST), **more)
    world.spoken_of = {**world.spoken_of, "role": made["Arn"]}
    return made


def become(world: World, caller: str, role: dict[str, Any], **more: Any) -> Any:
    return world.sts(caller).assume_role(RoleArn=role["Arn"], **{**ASK, **more})["Credentials"]


def who_am_i(world: World, credentials: Any) -> None:
    world.server.client("sts", credentials).get_caller_identity()


def delete_user(world: World, name: str) -> None:
    iam = world.iam[HOME]
    iam.delete_user_policy(UserName=name, PolicyName="own")
    for key in iam.list_access_keys(UserName=name)["AccessKeyMetadata"]:
        iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])
    iam.delete_user(UserName=name)


def made_again(world: World, name: str, **more: Any) -> None:
    """The user is deleted, and another one gets his name."""
    delete_user(world, name)
    world.forget(name)
    world.user(name, allow("*"), **more)

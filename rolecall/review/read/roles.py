"""Roles, and the users and groups who may want to assume them."""

from collections.abc import Iterator, Sequence

from rolecall.review.model import (
    MANAGED_POLICY,
    CallerSide,
    Pair,
    Permissions,
    RoleSide,
    Unread,
)
from rolecall.review.read.instances import Instance
from rolecall.review.read.permissions import Held, permissions
from rolecall.review.read.sides import Sides, account, linked, settled_arn
from rolecall.review.read.world import World

_NO_TRUST = Unread("It has no text.")


def roles_and_callers(
    sides: Sides,
) -> tuple[tuple[Pair[RoleSide], ...], tuple[Pair[CallerSide], ...]]:
    """All roles, users and groups of both sides, with what they may do."""
    before, after = Held(sides, sides.before), Held(sides, sides.after)
    groups = {id(world): _memberships(world) for world in (sides.before, sides.after)}

    def role(world: World, instance: Instance) -> RoleSide:
        held = before if world is sides.before else after
        path = world.text(instance, "path")
        unique_id = world.get(instance, "unique_id")
        return RoleSide(
            name=world.text(instance, "name") or instance.address,
            path=path or "/",
            account=account(world, instance),
            arn=settled_arn(world, instance),
            trust=sides.policy(world, instance, "assume_role_policy") or _NO_TRUST,
            max_session_seconds=_seconds(world.get(instance, "max_session_duration")),
            permissions=permissions(sides, world, instance, held, before),
            unique_id=unique_id if isinstance(unique_id, str) else None,
        )

    def caller(world: World, instance: Instance) -> CallerSide:
        held = before if world is sides.before else after
        name = world.text(instance, "name") or instance.address
        user = instance.type == "aws_iam_user"
        return CallerSide(
            kind="user" if user else "group",
            name=name,
            arn=settled_arn(world, instance),
            permissions=permissions(sides, world, instance, held, before),
            groups=frozenset(groups[id(world)].get(name.casefold(), ())) if user else frozenset(),
        )

    roles = sides.pairs(
        role, "aws_iam_role", same=lambda side: (side.account, side.name.casefold())
    )
    callers = sides.pairs(
        caller,
        "aws_iam_user",
        "aws_iam_group",
        same=lambda side: (side.kind, side.arn, side.name.casefold()),
    )
    return roles, (*callers, *_for_others(sides, before, after, [*roles, *callers]))


def _for_others(
    sides: Sides, before: Held, after: Held, holders: Sequence[Pair[RoleSide] | Pair[CallerSide]]
) -> Iterator[Pair[CallerSide]]:
    """Managed policies that were there and that nobody of this stack has: others may have them."""
    held = {
        arn
        for pair in holders
        for side in (pair.before, pair.after)
        if side is not None
        for arn in side.permissions.documents
    }

    def read(world: World, instance: Instance) -> CallerSide:
        texts = before if world is sides.before else after
        arn = world.text(instance, "arn") or instance.address
        own = Permissions(managed=frozenset({arn}), documents=texts.texts([arn]))
        name = world.text(instance, "name") or instance.address
        return CallerSide(MANAGED_POLICY, name, settled_arn(world, instance), own)

    for pair in sides.pairs(read, "aws_iam_policy", same=lambda side: side.arn or side.name):
        one, other = pair.before, pair.after
        if one is None or other is None or one == other or pair.replaced:
            continue
        if not other.permissions.managed & held:
            yield pair


def _seconds(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    # What AWS does when nothing is written.
    return value if isinstance(value, int) and not isinstance(value, bool) else 3600


def _memberships(world: World) -> dict[str, set[str]]:
    """User → names of his groups."""
    found: dict[str, set[str]] = {}
    for each in world.of_type("aws_iam_user_group_membership"):
        user = linked(world, each, "user")
        if user:
            found.setdefault(user.casefold(), set()).update(world.texts(world.get(each, "groups")))
    for each in world.of_type("aws_iam_group_membership"):
        group = linked(world, each, "group")
        for user in world.texts(world.get(each, "users")):
            if group:
                found.setdefault(user.casefold(), set()).add(group)
    return found

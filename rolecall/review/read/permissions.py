"""What roles, users and groups may do: policies written into them and attached to them.

They come from resources of their own, from the role's attributes, and (in the state) from
what somebody attached by hand. `…_exclusive` resources remove the last.
"""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from rolecall.review.model import Permissions, Policy, Unread
from rolecall.review.read.instances import Instance
from rolecall.review.read.policies import policy
from rolecall.review.read.sides import Sides, account, linked
from rolecall.review.read.symbols import Hole, Secret
from rolecall.review.read.world import World, spread_secret

KINDS = ("role", "user", "group")

_NOTHING: Mapping[str, Policy] = MappingProxyType({})


class Held:
    """The policies of one side, by holder."""

    def __init__(self, sides: Sides, world: World) -> None:
        self._sides = sides
        self._world = world
        self._inline: dict[tuple[str, str], list[tuple[str | None, str, Policy]]] = {}
        self._managed: dict[tuple[str, str], list[tuple[str | None, str]]] = {}
        self._only: dict[tuple[str, str, str], list[tuple[str | None, object]]] = {}
        self._texts: dict[str, Policy] = {}
        for kind in KINDS:
            self._read(kind)
        self._read_shared_attachments()
        for each in world.instances.values():
            if each.type != "aws_iam_policy":
                continue
            name = world.text(each, "arn")
            found = sides.policy(world, each, "policy")
            if name and found is not None and (name not in self._texts or not _looked_up(each)):
                self._texts[name] = found

    def _read(self, kind: str) -> None:
        world = self._world
        for each in world.of_type(f"aws_iam_{kind}_policy"):
            holder = linked(world, each, kind)
            found = self._sides.policy(world, each, "policy") or _no_text()
            name = world.text(each, "name") or each.address
            if holder:
                entry = (world.account_of(each.provider), name, found)
                self._inline.setdefault((kind, holder.casefold()), []).append(entry)
        for each in world.of_type(f"aws_iam_{kind}_policy_attachment"):
            holder, arn = linked(world, each, kind), linked(world, each, "policy_arn")
            if holder and arn:
                self._attach(kind, holder, each, arn)
        for what, attribute in (
            ("policies", "policy_names"),
            ("policy_attachments", "policy_arns"),
        ):
            for each in world.of_type(f"aws_iam_{kind}_{what}_exclusive"):
                holder = linked(world, each, f"{kind}_name")
                if holder:
                    entry_only = (world.account_of(each.provider), world.get(each, attribute))
                    key = (what, kind, holder.casefold())
                    self._only.setdefault(key, []).append(entry_only)

    def _read_shared_attachments(self) -> None:
        world = self._world
        for each in world.of_type("aws_iam_policy_attachment"):
            arn = linked(world, each, "policy_arn")
            for kind in KINDS:
                for holder in world.texts(world.get(each, f"{kind}s")):
                    if arn:
                        self._attach(kind, holder, each, arn)

    def _attach(self, kind: str, holder: str, attachment: Instance, arn: str) -> None:
        entry = (self._world.account_of(attachment.provider), arn)
        self._managed.setdefault((kind, holder.casefold()), []).append(entry)

    def inline(self, kind: str, holder: str, account: str | None) -> dict[str, Policy]:
        """Inline policies that are resources of their own, by name."""
        found = self._inline.get((kind, holder.casefold()), ())
        return {name: each for where, name, each in found if _alike(where, account)}

    def managed(self, kind: str, holder: str, account: str | None) -> set[str]:
        """ARNs of managed policies that a resource attaches."""
        found = self._managed.get((kind, holder.casefold()), ())
        return {arn for where, arn in found if _alike(where, account)}

    def only(self, what: str, kind: str, holder: str, account: str | None) -> list[object] | None:
        """What an exclusive resource lists; None where there is no such resource."""
        for where, listed in self._only.get((what, kind, holder.casefold()), ()):
            if _alike(where, account):
                spread = spread_secret(listed)
                return spread if isinstance(spread, list) else [spread]
        return None

    def attached(self) -> set[str]:
        """ARNs of all managed policies that a resource attaches."""
        return {arn for listed in self._managed.values() for _, arn in listed}

    def texts(self, arns: Iterable[str]) -> Mapping[str, Policy]:
        """The texts of those managed policies that the project declares itself, or looks up."""
        return {arn: self._texts[arn] for arn in sorted(arns) if arn in self._texts}


def _looked_up(instance: Instance) -> bool:
    return instance.key.startswith("data.")


def _alike(one: str | None, other: str | None) -> bool:
    return one is None or other is None or one == other


def _no_text() -> Unread:
    return Unread("It has no text.")


def permissions(
    sides: Sides, world: World, holder: Instance, held: Held, before: Held
) -> Permissions:
    """What a role, user or group may do on one side; `before` is what was held before."""
    kind = holder.type.removeprefix("aws_iam_")
    name, where = world.text(holder, "name") or "", account(world, holder)
    inline = held.inline(kind, name, where)
    managed = held.managed(kind, name, where)
    if kind == "role":
        own_inline, own_managed = _of_role(sides, world, holder)
        # The role's attributes list what anybody attached; what resources attached until
        # now goes when they go. Written in the configuration, they are what shall be.
        if not _writes(holder, "inline_policy"):
            gone = before.inline(kind, name, where) if held is not before else {}
            own_inline = {key: each for key, each in own_inline.items() if key not in gone}
        if not _writes(holder, "managed_policy_arns"):
            own_managed -= before.managed(kind, name, where) if held is not before else set()
        kept = _only_named(world, held.only("policies", kind, name, where))
        if kept is not None:
            own_inline = {key: each for key, each in own_inline.items() if key in kept}
        if held.only("policy_attachments", kind, name, where) is not None:
            own_managed = set()
        inline = {**own_inline, **inline}
        managed |= own_managed
    listed = held.only("policy_attachments", kind, name, where)
    if listed is not None:
        managed |= _unexplained(world, listed, managed)
    boundary = world.text(holder, "permissions_boundary") or None
    return Permissions(
        managed=frozenset(managed),
        inline=dict(sorted(inline.items())) if inline else _NOTHING,
        boundary=boundary,
        documents=held.texts(managed | ({boundary} if boundary else set())),
    )


def _writes(holder: Instance, attribute: str) -> bool:
    return holder.declared is not None and attribute in holder.declared.attributes


def _of_role(sides: Sides, world: World, role: Instance) -> tuple[dict[str, Policy], set[str]]:
    inline: dict[str, Policy] = {}
    for name, found in _blocks(sides, world, role):
        inline[name] = found
    managed = world.get(role, "managed_policy_arns")
    if isinstance(managed, Hole) and not _writes(role, "managed_policy_arns"):
        return inline, set()
    return inline, set(world.texts(managed))


def _blocks(sides: Sides, world: World, role: Instance) -> Iterator[tuple[str, Policy]]:
    listed = spread_secret(world.get(role, "inline_policy"))
    if isinstance(listed, Hole):
        if _writes(role, "inline_policy"):
            yield "inline_policy", policy(listed) or _no_text()
        return
    for each in listed if isinstance(listed, list) else [listed]:
        block = spread_secret(each)
        if isinstance(block, Hole):
            yield "inline_policy", policy(block) or _no_text()
        if not isinstance(block, dict):
            continue
        name, text = world.shown(block.get("name")), block.get("policy")
        if isinstance(text, Secret):
            yield name or "inline_policy", sides.hidden_policy(role, text, "")
        elif (found := policy(world.without_secrets(text))) is not None:
            yield name or "inline_policy", found


def _only_named(world: World, listed: list[object] | None) -> set[str] | None:
    if listed is None or any(isinstance(each, Hole) for each in listed):
        return None
    return set(world.texts(listed))


def _unexplained(world: World, listed: list[object], managed: set[str]) -> set[str]:
    """Policies that an exclusive list attaches itself, because no other resource does.

    A place of the list that is not known yet is, in all likelihood, one of the
    attachments that are not known yet either.
    """
    texts = [(each, text) for each in listed for text in world.texts(each)]
    known = {text for each, text in texts if isinstance(each, str) and "${" not in text}
    names = [text for _, text in texts if text not in known]
    rest = [text for text in names if text not in managed]
    spare = sum(1 for arn in managed if arn not in known) - (len(names) - len(rest))
    return known | set(rest[max(spare, 0) :])

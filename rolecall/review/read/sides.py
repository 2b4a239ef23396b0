"""The two sides of a change, and how one thing is found on both."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from rolecall.policy import Arn, PolicyError
from rolecall.review.model import (
    CallerSide,
    EntrySide,
    OidcProviderSide,
    Pair,
    Place,
    Policy,
    RoleSide,
    SamlProviderSide,
)
from rolecall.review.read.evaluation import render
from rolecall.review.read.expressions import Reference, read_template
from rolecall.review.read.instances import Instance
from rolecall.review.read.policies import literals, policy, sensitive_policy
from rolecall.review.read.symbols import Hole, Secret
from rolecall.review.read.world import World

Side = TypeVar("Side", RoleSide, CallerSide, OidcProviderSide, SamlProviderSide, EntrySide)

_POLICIES = ("assume_role_policy", "policy")


@dataclass
class Sides:
    """Both worlds of one stack.

    replaced: addresses of what is destroyed and made anew. touched: addresses of what the
    change creates, alters or deletes. constructs: path of a construct, by key of its block.
    """

    stack: str
    before: World
    after: World
    replaced: frozenset[str] = frozenset()
    touched: frozenset[str] = frozenset()
    constructs: Mapping[str, str] = field(default_factory=dict)
    _public: set[str] | None = None

    def pairs(
        self,
        read: Callable[[World, Instance], Side],
        *types: str,
        same: Callable[[Side], object] | None = None,
    ) -> tuple[Pair[Side], ...]:
        """Everything of some types, on both sides.

        same: what tells that two sides are one and the same to AWS. With it, what is deleted
        at one address and made at another is one thing that is replaced; and what gets
        another identity at one address is two.
        """
        found: list[Pair[Side]] = []
        here: dict[str, Instance] = {}
        here.update((each.address, each) for each in self.before.of_type(*types))
        there: dict[str, Instance] = {}
        there.update((each.address, each) for each in self.after.of_type(*types))
        for address in sorted({*here, *there}):
            one, other = here.get(address), there.get(address)
            before = read(self.before, one) if one else None
            after = read(self.after, other) if other else None
            place = self.place(here.get(address) or there[address])
            replaced = address in self.replaced
            if replaced and before and after and same and same(before) != same(after):
                found.append(Pair(place, before, None))
                found.append(Pair(place, None, after))
            else:
                found.append(Pair(place, before, after, replaced))
        return tuple(_joined(found, same) if same else found)

    def place(self, instance: Instance) -> Place:
        """Where a resource is declared."""
        construct = None if instance.module else self.constructs.get(instance.key)
        return Place(self.stack, instance.address, construct)

    def policy(self, world: World, instance: Instance, attribute: str) -> Policy | None:
        """The policy in an attribute; None where there is none."""
        value = world.get(instance, attribute)
        if isinstance(value, Secret):
            return self.hidden_policy(instance, value, attribute)
        return policy(world.without_secrets(value))

    def hidden_policy(self, instance: Instance, value: Secret, attribute: str) -> Policy:
        """A policy that is marked sensitive."""
        return sensitive_policy(
            value, self._as_written(instance, attribute), self.public(), self.after.symbols
        )

    def _as_written(self, instance: Instance, attribute: str) -> object:
        """The policy as the configuration has it, which holds no secret but names for them."""
        twin = self.after.instances.get(instance.address)
        written = self.after.declaration(twin, attribute) if twin else None
        if twin is None or not isinstance(written, str):
            return None
        if "${" not in written:
            # Of a plan of HCL this is the value itself, once it is marked.
            return None
        return self.after.shown(render(written, self.after, self.after.scope(twin)))

    def public(self) -> set[str]:
        """What stands in clear in policies and in names, so that it can be nobody's secret."""
        if self._public is None:
            self._public = set()
            for world in (self.before, self.after):
                for instance in world.instances.values():
                    for name in _POLICIES:
                        value = instance.values.get(name)
                        if isinstance(value, str) and not instance.sensitive.get(name):
                            self._public.update(literals(value))
                    for name in ("arn", "name", "url", "account_id"):
                        value = instance.values.get(name)
                        clear = not any(map(instance.sensitive.get, ("name", "url", name)))
                        if isinstance(value, str) and clear:
                            self._public.add(value)
        return self._public


def linked(world: World, instance: Instance, attribute: str) -> str | None:
    """Whom or what a resource is attached to, as text.

    A plan of HCL does not keep the expression of what is not known yet. Where it refers to
    one attribute of one resource, this attribute is taken for the value.
    """
    value = world.get(instance, attribute)
    if isinstance(value, Hole) and value.lost:
        whole = [name for name in value.refers if name.split(".")[-1] in ("name", "id", "arn")]
        if len(whole) == 1:
            parts = read_template(f"${{{whole[0]}}}").parts
            if len(parts) == 1 and isinstance(parts[0], Reference):
                return world.shown(world.look_up(parts[0], world.scope(instance)))
    return world.shown(value)


def account_of_arn(arn: str | None) -> str | None:
    """The account in an ARN; None where there is none to be seen."""
    try:
        return Arn.parse(arn).account or None if arn else None
    except PolicyError:
        return None


def settled_arn(world: World, instance: Instance) -> str | None:
    """The ARN of a resource, where it is known and none of its parts is secret."""
    if any(isinstance(world.get(instance, name), Secret) for name in ("name", "path", "url")):
        return None
    arn = world.get(instance, "arn")
    return arn if isinstance(arn, str) and arn and "${" not in arn else None


def account(world: World, instance: Instance) -> str | None:
    """The account that a resource is in."""
    return account_of_arn(settled_arn(world, instance)) or world.account_of(instance.provider)


def _joined(pairs: list[Pair[Side]], same: Callable[[Side], object]) -> list[Pair[Side]]:
    gone = {
        same(pair.before): pair for pair in pairs if pair.before is not None and pair.after is None
    }
    found: list[Pair[Side]] = []
    used: set[int] = set()
    for pair in pairs:
        if pair.before is None and pair.after is not None:
            old = gone.pop(same(pair.after), None)
            if old is not None:
                used.add(id(old))
                pair = Pair(pair.place, old.before, pair.after, True)
        found.append(pair)
    return [pair for pair in found if id(pair) not in used]

"""One side of a change: every resource, with what is not known yet filled in.

Holes are filled in this order: the value that the plan knows; the expression of the
configuration, with its references filled in the same way; what follows from other values
(the ARN of a role from its account, path and name); else the hole keeps its name.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from rolecall.review.read.blocks import matched
from rolecall.review.read.configuration import Declared, Lost, Module, Provider
from rolecall.review.read.derived import canonical_attribute, derived
from rolecall.review.read.evaluation import Scope, canonical, render, written_text
from rolecall.review.read.expressions import Reference
from rolecall.review.read.instances import Instance, Step, step_name, written_index
from rolecall.review.read.symbols import Hole, Secret, Symbols

_SENTINEL = object()
# Attributes on which nothing that a policy could refer to depends.
_NO_MATTER = frozenset(("tags", "tags_all", "description"))


@dataclass
class World:
    """The resources of one side.

    name: `before` or `after`. inputs: values of the root module's variables that are not
    marked sensitive; secrets: those that are. accounts: of a provider configuration.
    differs: keys of blocks that the two sides write differently, so that what they become
    must not have the same name. None where the other side has no holes.
    """

    name: str
    symbols: Symbols
    root: Module
    providers: Mapping[str, Provider] = field(default_factory=dict)
    inputs: Mapping[str, object] = field(default_factory=dict)
    secrets: Mapping[str, object] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    regions: dict[str, str] = field(default_factory=dict)
    partition: str = "aws"
    differs: frozenset[str] | None = None
    instances: dict[str, Instance] = field(default_factory=dict)
    _by_key: dict[tuple[tuple[Step, ...], str], list[Instance]] = field(default_factory=dict)
    _found: dict[tuple[str, str], object] = field(default_factory=dict)
    _locals: dict[tuple[tuple[Step, ...], str], object] = field(default_factory=dict)
    _busy: set[tuple[str, ...]] = field(default_factory=set)

    def add(self, instance: Instance) -> None:
        """Put a resource in."""
        self.instances[instance.address] = instance
        self._by_key.setdefault((instance.module, instance.key), []).append(instance)

    def of_type(self, *types: str) -> Iterator[Instance]:
        """The managed resources of these types, in the order of their addresses."""
        for address in sorted(self.instances):
            instance = self.instances[address]
            if instance.type in types and not instance.key.startswith("data."):
                yield instance

    def account_of(self, provider: str) -> str | None:
        """The account of a provider configuration, where known."""
        return self.accounts.get(provider)

    # Attributes

    def get(self, instance: Instance, attribute: str) -> object:
        """An attribute: plain JSON, with `Hole` and `Secret` where they are; None if not set."""
        key = (instance.address, attribute)
        if key in self._found:
            return self._found[key]
        if key in self._busy:
            return self.hole(instance, attribute)
        self._busy.add(key)
        try:
            found = self._get(instance, attribute)
        finally:
            self._busy.discard(key)
        self._found[key] = found
        return found

    def text(self, instance: Instance, attribute: str) -> str | None:
        """An attribute as text, its holes by their names; None if not set."""
        return self.shown(self.get(instance, attribute))

    def shown(self, value: object) -> str | None:
        """A value as text that may be shown."""
        if isinstance(value, Secret):
            return self.symbols.secret(value.value)
        return written_text(value)

    def without_secrets(self, value: object) -> object:
        """A value with names for the secrets inside of it."""
        if isinstance(value, dict):
            return {name: self.without_secrets(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self.without_secrets(each) for each in value]
        return self.symbols.secret(value.value) if isinstance(value, Secret) else value

    def texts(self, value: object) -> Iterator[str]:
        """The texts of a list or of one value; empty ones are left out."""
        spread = spread_secret(value)
        for each in spread if isinstance(spread, list) else [spread]:
            found = self.shown(each)
            if found:
                yield found

    def hole(self, instance: Instance, attribute: str) -> Hole:
        """The hole that an attribute is as long as nothing is known of it."""
        mark = self._mark(instance.key)
        prefix = "".join(f"module.{step_name(step)}." for step in instance.module)
        index = "" if instance.index is None else f"[{instance.index}]"
        name = f"{prefix}{instance.key}{index}.{attribute}{mark}"
        # For people, quotes are as Terraform writes them.
        full = f"{prefix}{instance.key}{written_index(instance.index)}.{attribute}"
        return Hole(self.symbols.reference(name.replace('"', "")), (full,))

    def _get(self, instance: Instance, attribute: str) -> object:
        written = self.declaration(instance, attribute)
        if instance.written:
            if written is None:
                return self.derived(instance, attribute)
            return self._rendered(instance, attribute, written)
        return self._overlay(
            instance,
            attribute,
            instance.values.get(attribute),
            instance.unknown.get(attribute),
            instance.sensitive.get(attribute),
            written,
        )

    def declaration(self, instance: Instance, attribute: str) -> object:
        """The raw value that the configuration gives an attribute; None where it gives none."""
        if instance.declared is None:
            return None
        return instance.declared.attributes.get(attribute)

    def _rendered(self, instance: Instance, path: str, written: object) -> object:
        found = render(written, self, self.scope(instance))
        if isinstance(found, Hole) and isinstance(written, Lost):
            return Hole(self.hole(instance, path).text, written.refers, lost=True)
        return found

    def _overlay(
        self,
        instance: Instance,
        path: str,
        value: object,
        unknown: object,
        sensitive: object,
        written: object,
    ) -> object:
        if sensitive is True:
            if unknown:
                return Secret(self._overlay(instance, path, value, unknown, False, written))
            return Secret(value)
        if unknown is True:
            if written is not None:
                return self._rendered(instance, path, written)
            derived = self.derived(instance, path)
            return self.hole(instance, path) if derived is None else derived
        if isinstance(value, dict):
            names = [*value]
            if isinstance(unknown, dict):
                names += [name for name in unknown if name not in value and unknown[name]]

            def of(mask: object, name: str) -> object:
                return mask.get(name) if isinstance(mask, dict) else None

            return {
                name: self._overlay(
                    instance,
                    f"{path}.{name}",
                    value.get(name),
                    of(unknown, name),
                    of(sensitive, name),
                    of(written, name),
                )
                for name in names
            }
        if isinstance(value, list):
            return self._list(instance, path, value, unknown, sensitive, written)
        return value

    def _list(
        self,
        instance: Instance,
        path: str,
        value: list[object],
        unknown: object,
        sensitive: object,
        written: object,
    ) -> object:
        if isinstance(unknown, list) and len(unknown) > len(value):
            # Items of which nothing at all is known need not be in the values.
            value = [*value, *[None] * (len(unknown) - len(value))]
        open_places = isinstance(unknown, list) and any(unknown)
        scope = self.scope(instance)
        blocks = matched(value, unknown, written, self, scope) if open_places else {}

        def at(mask: object, index: int) -> object:
            return mask[index] if isinstance(mask, list) and index < len(mask) else None

        return [
            self._overlay(
                instance,
                f"{path}[{index}]",
                each,
                at(unknown, index),
                at(sensitive, index),
                blocks.get(index),
            )
            for index, each in enumerate(value)
        ]

    # References

    def scope(self, instance: Instance) -> Scope:
        """What `each`, `count` and `var` mean in the block of a resource."""
        for_each = instance.declared.for_each if instance.declared else None
        return Scope(instance.module, instance.index, for_each, instance.key)

    def look_up(self, reference: Reference, scope: Scope) -> object:
        """What a reference means. `Hole` where that is not known."""
        key = (".".join(map(step_name, scope.module)), str(scope.index), str(reference))
        if reference.root == "local":
            # Only these can go around in circles without a resource between them.
            if key in self._busy:
                return self._named(reference, scope)
            self._busy.add(key)
        try:
            return self._look_up(reference, scope)
        finally:
            self._busy.discard(key)

    def _look_up(self, reference: Reference, scope: Scope) -> object:
        root, steps = reference.root, reference.steps
        if not steps:
            return self._named(reference, scope)
        value: object = _SENTINEL
        rest: tuple[str | int, ...] = steps[1:]
        if root == "var":
            value = self._variable(steps[0], scope)
        elif root == "local":
            value = self._local(steps[0], scope)
        elif root == "each" and scope.for_each is not None:
            value = self._each(steps[0], scope)
        elif root == "count" and steps == ("index",):
            value = scope.index
        elif root == "module":
            value, rest = self._output(steps, scope)
        elif root not in ("path", "self", "terraform", "each", "count"):
            value, rest = self._resource(reference, scope)
        found = _step_down(value, rest)
        return self._named(reference, scope) if found is _SENTINEL else found

    def _named(self, reference: Reference, scope: Scope) -> Hole:
        prefix = "".join(f"module.{step_name(step)}." for step in scope.module)
        name = f"{prefix}{reference}"
        key = _key(reference)
        if reference.root in ("each", "count", "self"):
            name = f"{prefix}{scope.key}[{scope.index}].{reference}"
            key = scope.key
        name += self._mark(key)
        return Hole(self.symbols.reference(name.replace('"', "")), (f"{prefix}{reference}",))

    def _mark(self, key: str) -> str:
        """What tells a name of this side from the same name on the other."""
        if self.differs is None:
            return ""
        outside = key.startswith(("path.", "terraform."))
        return f"@{self.name}" if outside or key in self.differs else ""

    def _module(self, path: tuple[Step, ...]) -> Module | None:
        module: Module | None = self.root
        for name, _ in path:
            call = module.calls.get(name) if module else None
            module = call.module if call else None
        return module

    def _variable(self, name: str | int, scope: Scope) -> object:
        module = self._module(scope.module)
        if module is None or not isinstance(name, str):
            return _SENTINEL
        declared = module.variables.get(name)
        sensitive = declared is not None and declared.sensitive
        value: object = _SENTINEL
        if not scope.module:
            source = self.secrets if sensitive else self.inputs
            value = source.get(name, _SENTINEL)
        else:
            (call_name, index), outer = scope.module[-1], scope.module[:-1]
            parent = self._module(outer)
            call = parent.calls.get(call_name) if parent else None
            if call is not None and name in call.attributes:
                if not isinstance(call.attributes[name], Lost):
                    around = Scope(outer, index, call.for_each, f"module.{call_name}")
                    value = render(call.attributes[name], self, around)
            elif declared is not None:
                value = declared.default
        if value is _SENTINEL:
            return Secret(f"var.{name}{self._mark(f'var.{name}')}") if sensitive else value
        return Secret(value) if sensitive and not isinstance(value, Secret) else value

    def _local(self, name: str | int, scope: Scope) -> object:
        module = self._module(scope.module)
        if module is None or module.locals is None or name not in module.locals:
            return _SENTINEL
        # A local value may hold all roles of a stack, each of which asks for its own part.
        key = (scope.module, str(name))
        if key not in self._locals:
            self._locals[key] = render(module.locals[str(name)], self, Scope(scope.module))
        return self._locals[key]

    def _each(self, word: str | int, scope: Scope) -> object:
        if scope.index is None:
            return _SENTINEL
        if word == "key":
            return scope.index
        every = render(scope.for_each, self, Scope(scope.module))
        if isinstance(every, dict):
            return every.get(scope.index, _SENTINEL)
        if isinstance(every, list):
            return scope.index
        return _SENTINEL

    def _output(
        self, steps: tuple[str | int, ...], scope: Scope
    ) -> tuple[object, tuple[str | int, ...]]:
        module = self._module(scope.module)
        call = module.calls.get(str(steps[0])) if module else None
        if call is None or call.module is None:
            return _SENTINEL, ()
        rest = steps[1:]
        index: str | int | None = None
        if call.for_each is not None or call.count is not None:
            if not rest:
                return _SENTINEL, ()
            index, rest = rest[0], rest[1:]
        output = call.module.outputs.get(str(rest[0])) if rest else None
        if output is None:
            return _SENTINEL, ()
        inner = Scope((*scope.module, (str(steps[0]), index)))
        value = render(output.value, self, inner)
        if isinstance(output.value, Lost):
            return _SENTINEL, ()
        if output.sensitive and not isinstance(value, Secret):
            value = Secret(value)
        return value, rest[1:]

    def _resource(self, reference: Reference, scope: Scope) -> tuple[object, tuple[str | int, ...]]:
        key = _key(reference)
        steps = reference.steps[2:] if reference.root == "data" else reference.steps[1:]
        found = self._by_key.get((scope.module, key), [])
        index: str | int | None = None
        if any(each.index is not None for each in found):
            if not steps:
                return _SENTINEL, ()
            index, steps = steps[0], steps[1:]
        # A deposed object has an address of its own and is nobody's reference.
        one = next((each for each in found if each.index == index), None)
        if one is None or not steps or not isinstance(steps[0], str):
            return _SENTINEL, ()
        return self.referred(one, steps[0]), steps[1:]

    def referred(self, instance: Instance, attribute: str) -> object:
        """An attribute that an expression names: where nothing is known of it, a hole."""
        attribute = canonical_attribute(instance.type, attribute)
        found = self.get(instance, attribute)
        if found is None:
            known = attribute in instance.values and not instance.written
            return None if known else self.hole(instance, attribute)
        if isinstance(found, Hole) and found.lost:
            return self.hole(instance, attribute)
        return found

    def derived(self, instance: Instance, attribute: str) -> object:
        """What follows from other values; None where nothing does."""
        return derived(self, instance, attribute)

    def key_of(self, declared: Declared) -> str:
        """What a block means, as a key: equal keys, equal blocks."""
        repeated = [declared.for_each, declared.count, declared.provider]
        attributes = {
            name: value for name, value in declared.attributes.items() if name not in _NO_MATTER
        }
        scope = Scope((), None, declared.for_each, declared.key)
        return canonical([attributes, *repeated], self, scope)

    def forget(self) -> None:
        """Drop what was found out, because `differs` has changed."""
        self._found.clear()
        self._locals.clear()


def _key(reference: Reference) -> str:
    first = reference.steps[0] if reference.steps else ""
    if reference.root != "data":
        return f"{reference.root}.{first}"
    second = reference.steps[1] if len(reference.steps) > 1 else ""
    return f"data.{first}.{second}"


def _step_down(value: object, steps: Iterable[str | int]) -> object:
    for step in steps:
        if isinstance(value, Secret):
            value = spread_secret(value)
        if isinstance(value, dict) and str(step) in value:
            value = value[str(step)]
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return _SENTINEL
    return value


def spread_secret(value: object) -> object:
    """A secret list as a list of secrets, a secret object as an object of them."""
    if isinstance(value, Secret):
        inner = value.value
        if isinstance(inner, list):
            return [Secret(each) for each in inner]
        if isinstance(inner, dict):
            return {name: Secret(each) for name, each in inner.items()}
    return value

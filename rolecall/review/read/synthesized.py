"""Reading what an app synthesized: a cdktf.out folder, or a cdk.tf.json of a stack in it.

Without a state nothing is known but what is written, on both sides alike. What is not
written keeps its name; where the two sides write the thing that it comes from
differently, each side has a name of its own (`@before`, `@after`).
"""

from collections.abc import Mapping
from pathlib import Path

from rolecall.problems import Problem
from rolecall.review.model import Snapshot
from rolecall.review.read.accounts import settle_accounts
from rolecall.review.read.assembly import assembled
from rolecall.review.read.configuration import Declared, Module, ModuleCall, of_synthesized
from rolecall.review.read.evaluation import Scope, canonical, render
from rolecall.review.read.instances import Instance, written_index
from rolecall.review.read.json_text import a_text, an_object, read_object
from rolecall.review.read.noticed import READ
from rolecall.review.read.sides import Sides
from rolecall.review.read.symbols import Symbols
from rolecall.review.read.world import World

_REMEDY = "synthesize the app again"
_NOTHING: Mapping[str, object] = {}
_MOST_ROUNDS = 50


def read_synthesized(before: Path | None, after: Path | None) -> tuple[Snapshot, ...]:
    """One snapshot a stack, by name; stacks on one side only are made, or deleted.

    None: there was nothing before, or is nothing after. Raises `Problem`.
    """
    old = _stacks(before) if before is not None else {}
    new = _stacks(after) if after is not None else {}
    try:
        return tuple(_compared(name, old.get(name), new.get(name)) for name in sorted({*old, *new}))
    except RecursionError:
        raise Problem("The references in a synthesized stack follow each other too far.") from None


def construct_paths(synthesized: Path, environment: str, planned: World) -> Mapping[str, str]:
    """Block → path of its construct, of the stack that was planned.

    The stack is the one of the environment's name, else the one with the same resources.
    """
    stacks = _stacks(synthesized)
    wanted = {
        each.key
        for each in planned.instances.values()
        if not each.module and not each.key.startswith("data.")
    }
    modules = {name: of_synthesized(text)[0] for name, text in stacks.items()}
    chosen = modules.get(environment)
    if chosen is None:
        alike = [module for module in modules.values() if wanted <= set(module.resources)]
        chosen = alike[0] if len(alike) == 1 else Module()
    return _constructs(chosen)


def _constructs(module: Module) -> dict[str, str]:
    return {key: each.construct for key, each in module.resources.items() if each.construct}


def _stacks(place: Path) -> dict[str, Mapping[str, object]]:
    if place.is_file():
        document = _read(place)
        metadata = an_object(an_object(document.get("//")).get("metadata"))
        return {a_text(metadata.get("stackName")) or place.parent.name: document}
    manifest = place / "manifest.json"
    if not manifest.is_file():
        raise Problem(
            f"{place} holds no manifest.json, so it is no output of cdktf; name a cdktf.out folder."
        )
    found: dict[str, Mapping[str, object]] = {}
    for name, stack in an_object(_read(manifest).get("stacks")).items():
        path = a_text(an_object(stack).get("synthesizedStackPath"))
        if path is None or Path(path).is_absolute() or ".." in Path(path).parts:
            raise Problem(f"{manifest} does not say where the stack {name!r} lies; {_REMEDY}.")
        if not (place / path).is_file():
            hint = "; write hclOutput false" if path.endswith(".tf") else ""
            raise Problem(f"{place / path} is missing; {_REMEDY}{hint}.")
        if not path.endswith(".json"):
            raise Problem(
                f"The stack {name} is synthesized as HCL ({path}); synthesize it as JSON."
            )
        found[name] = _read(place / path)
    return found


def _read(path: Path) -> Mapping[str, object]:
    try:
        return read_object(path.read_bytes(), str(path), _REMEDY)
    except OSError as error:
        raise Problem(f"{path} cannot be read: {error.strerror}.") from None


def _compared(
    name: str, old: Mapping[str, object] | None, new: Mapping[str, object] | None
) -> Snapshot:
    symbols = Symbols()
    before, notes_before = _world("before", old, symbols)
    after, notes_after = _world("after", new, symbols)
    if old is None or new is None:
        # With one side there is nothing that a name could be taken for.
        before.differs = after.differs = None
        touched = {*before.instances, *after.instances}
    else:
        differs = _settle_differences(before, after)
        touched = {
            address
            for address in {*before.instances, *after.instances}
            if (address in before.instances) != (address in after.instances)
            or _block(before, after, address) in differs
        }
    replaced = {address for address in touched if _is_replaced(before, after, address)}
    sides = Sides(
        name,
        before,
        after,
        frozenset(replaced),
        frozenset(touched),
        {**_constructs(before.root), **_constructs(after.root)},
    )
    notes = [*notes_before, *notes_after, *_modules(before, after)]
    return assembled(sides, environment=name, source=name, more_notes=notes)


def _world(
    name: str, document: Mapping[str, object] | None, symbols: Symbols
) -> tuple[World, list[str]]:
    root, providers = of_synthesized(document or _NOTHING)
    world = World(name, symbols, root, providers, differs=frozenset())
    notes: list[str] = []
    settle_accounts(world)
    for declared in root.resources.values():
        indexes = _indexes(world, declared)
        if indexes is None:
            if declared.type in READ and declared.mode == "managed":
                notes.append(f"{declared.key} is repeated by values that are not known yet.")
            continue
        for index in indexes:
            world.add(
                Instance(
                    address=declared.key + written_index(index),
                    module=(),
                    key=declared.key,
                    type=declared.type,
                    index=index,
                    provider=declared.provider,
                    values=_NOTHING,
                    declared=declared,
                    written=True,
                )
            )
    settle_accounts(world)
    return world, notes


def _indexes(world: World, declared: Declared) -> list[str | int | None] | None:
    """The indexes of a block's instances; None where they are not known."""
    if not declared.repeated:
        return [None]
    if declared.count is not None:
        count = render(declared.count, world, Scope())
        if isinstance(count, str) and count.isascii() and count.isdigit() and len(count) < 6:
            count = int(count)
        if isinstance(count, bool) or not isinstance(count, int) or not 0 <= count <= 10_000:
            return None
        return list(range(count))
    every = render(declared.for_each, world, Scope())
    if isinstance(every, dict):
        keys = list(every)
    elif isinstance(every, list) and all(isinstance(each, str) for each in every):
        keys = [str(each) for each in every]
    else:
        return None
    if any("${" in key for key in keys):
        return None
    return list[str | int | None](sorted(set(keys)))


def _settle_differences(before: World, after: World) -> frozenset[str]:
    """Find the blocks that differ, and those that differ because they refer to such ones."""
    differs: frozenset[str] = frozenset()
    for _ in range(_MOST_ROUNDS):
        one, other = _keys(before), _keys(after)
        found = frozenset(key for key in {*one, *other} if one.get(key) != other.get(key))
        if found == differs:
            return differs
        differs = found
        for world in (before, after):
            world.differs = differs
            world.forget()
    # References follow each other endlessly: nothing is taken for the same.
    every = frozenset({*_keys(before), *_keys(after)})
    for world in (before, after):
        world.differs = every
        world.forget()
    return every


def _block(before: World, after: World, address: str) -> str:
    instance = after.instances.get(address) or before.instances[address]
    return instance.key


def _keys(world: World) -> dict[str, str]:
    root = world.root
    found = {key: world.key_of(each) for key, each in root.resources.items()}
    for name, call in root.calls.items():
        found[f"module.{name}"] = canonical(dict(call.attributes), world, Scope())
    for name, variable in root.variables.items():
        found[f"var.{name}"] = repr(variable)
    return found


def _is_replaced(before: World, after: World, address: str) -> bool:
    """Whether Terraform cannot change it in place: a role of another path, for one."""
    one, other = before.instances.get(address), after.instances.get(address)
    if one is None or other is None or one.type not in ("aws_iam_role", "aws_iam_group"):
        return False
    if one.type == "aws_iam_group":
        return False
    return any(before.text(one, name) != after.text(other, name) for name in ("name", "path"))


def _modules(before: World, after: World) -> list[str]:
    """Modules are not in the output; one that is written differently is not read."""
    found: list[str] = []
    for name in sorted({*before.root.calls, *after.root.calls}):
        one, other = before.root.calls.get(name), after.root.calls.get(name)
        changed = f"module.{name}" in (after.differs or ())
        local = any(_is_local(call) for call in (one, other) if call is not None)
        if changed or local:
            found.append(f"module.{name} is not looked into; review a plan instead.")
    return found


def _is_local(call: ModuleCall) -> bool:
    source = a_text(call.attributes.get("source")) or ""
    return source.startswith((".", "/"))

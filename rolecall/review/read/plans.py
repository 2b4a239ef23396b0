"""Reading `terraform show -json` of a plan file; OpenTofu writes the same.

Source: "JSON Output Format" (Terraform documentation), format version 1.x.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from rolecall.problems import Problem
from rolecall.review.model import Snapshot
from rolecall.review.read.accounts import settle_accounts
from rolecall.review.read.assembly import assembled
from rolecall.review.read.configuration import Declared, Module, of_plan
from rolecall.review.read.instances import Instance, Step, module_of
from rolecall.review.read.json_text import a_list, a_text, an_object, objects, read_object
from rolecall.review.read.sides import Sides
from rolecall.review.read.symbols import Symbols
from rolecall.review.read.world import World

_REMEDY = 'write one with "terraform show -json plan.out > plan.json"'


def read_plan(
    text: bytes, *, environment: str | None, source: str, synthesized: Path | None = None
) -> Snapshot:
    """The roles of a plan, and whatever they trust, before and after.

    environment: what to call it; the file's name without its ending if None. source: the
    file's name, for people. synthesized: the cdktf.out folder or cdk.tf.json that was planned,
    for the construct paths; a plan does not keep them.

    Raises `Problem`: no plan, one that failed, a format that is not known.
    """
    plan = read_object(text, f"The plan {source}", _REMEDY)
    _check(plan, source)
    try:
        return _read(plan, environment or _stem(source), source, synthesized)
    except RecursionError:
        raise Problem(f"The references in the plan {source} follow each other too far.") from None


def _read(plan: Mapping[str, object], name: str, source: str, synthesized: Path | None) -> Snapshot:
    sides = Sides(name, *_worlds(plan))
    changes = objects(plan.get("resource_changes"))
    sides.replaced = frozenset(_addresses(changes, {"create", "delete"}))
    sides.touched = frozenset(
        address
        for address, actions in _actions(changes)
        if not actions <= {"no-op", "read"} and address
    )
    if synthesized is not None:
        from rolecall.review.read.synthesized import construct_paths

        sides.constructs = construct_paths(synthesized, name, sides.after)
    return assembled(
        sides, environment=name, source=source, more_notes=_notes(plan, source, changes)
    )


def _stem(source: str) -> str:
    name = PurePath(source).name
    return name.removesuffix(".json").removesuffix(".plan").removesuffix(".tfplan") or source


def _check(plan: Mapping[str, object], source: str) -> None:
    version = a_text(plan.get("format_version"))
    listed = plan.get("resource_changes", [])
    whole = isinstance(listed, list) and all(isinstance(each, dict) for each in listed)
    if version is None or not whole:
        stream = "@level" in plan or "@message" in plan
        what = "the log of terraform plan -json" if stream else "no plan"
        raise Problem(f"{source} is {what}; {_REMEDY}.")
    if "planned_values" not in plan and "resource_changes" not in plan:
        what = "a state" if "values" in plan else "no plan"
        raise Problem(f"{source} is {what}; {_REMEDY}.")
    if version.split(".")[0] != "1":
        raise Problem(
            f"The plan {source} has the format {version[:20]!r}, and Rolecall reads format 1; use "
            "an older Terraform, or a newer Rolecall."
        )
    if plan.get("errored") is True:
        raise Problem(
            f"The plan {source} failed, so it does not show every change; plan again without "
            "errors."
        )


def _notes(
    plan: Mapping[str, object], source: str, changes: list[Mapping[str, object]]
) -> Iterator[str]:
    if plan.get("complete") is False:
        yield (
            f"The plan {source} is not complete: it was limited by -target, or waits for values; "
            "plan everything."
        )
    deferred = objects(plan.get("deferred_changes"))
    if deferred:
        change = (an_object(each.get("resource_change")) for each in deferred)
        names = sorted(a_text(each.get("address")) or "?" for each in change)
        shown = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        yield f"The plan {source} puts off {len(names)} changes to a later plan: {shown}."
    for each in changes:
        actions = an_object(each.get("change")).get("actions")
        unknown = {str(one) for one in a_list(actions)} - _KNOWN_ACTIONS
        if unknown or not a_list(actions) or not _is_whole(each):
            yield f"What happens to {_shown_address(each)} is not understood."
    # Terraform says it once. Of two, one would count, and hide what the other does.
    for address, times in Counter(map(_address, changes)).items():
        if address and times > 1:
            yield f"The plan says {times} times what happens to {address}."
    yield from _left_out(plan, changes)


def _is_whole(change: Mapping[str, object]) -> bool:
    """Whether everything is there by which a change is read."""
    named = all(a_text(change.get(name)) for name in ("address", "type", "name"))
    what = an_object(change.get("change"))
    actions = {str(one) for one in a_list(what.get("actions"))}
    makes = bool(actions & {"create", "update"})
    ends = bool(actions & {"delete", "update", "forget"})
    return (
        named
        and (not makes or isinstance(what.get("after"), dict))
        and (not ends or isinstance(what.get("before"), dict))
    )


def _left_out(plan: Mapping[str, object], changes: list[Mapping[str, object]]) -> Iterator[str]:
    """What will be there, and of which the plan does not say what happens to it.

    Terraform says it of everything; whoever cut a plan down may have cut too much.
    """
    told = {a_text(each.get("address")) for each in changes}
    prior = an_object(an_object(plan.get("prior_state")).get("values"))
    told |= {
        a_text(each.get("address")) for each in _resources(an_object(prior.get("root_module")))
    }
    planned = an_object(an_object(plan.get("planned_values")).get("root_module"))
    for each in _resources(planned):
        if each.get("mode") != "data" and a_text(each.get("address")) not in told:
            yield f"The plan does not say what happens to {_shown_address(each)}."


_KNOWN_ACTIONS = frozenset(("no-op", "create", "read", "update", "delete", "forget"))


def _shown_address(change: Mapping[str, object]) -> str:
    return a_text(change.get("address")) or "a resource without an address"


def _actions(changes: list[Mapping[str, object]]) -> Iterator[tuple[str, set[str]]]:
    for each in changes:
        actions = {str(one) for one in a_list(an_object(each.get("change")).get("actions"))}
        yield _address(each), actions


def _addresses(changes: list[Mapping[str, object]], wanted: set[str]) -> Iterator[str]:
    return (address for address, actions in _actions(changes) if wanted <= actions)


def _address(change: Mapping[str, object]) -> str:
    address = a_text(change.get("address")) or ""
    deposed = a_text(change.get("deposed")) or a_text(change.get("deposed_key"))
    return f"{address} (deposed {deposed})" if deposed else address


def _worlds(plan: Mapping[str, object]) -> tuple[World, World]:
    symbols = Symbols()
    root, providers = of_plan(an_object(plan.get("configuration")))
    inputs: dict[str, object] = {}
    secrets: dict[str, object] = {}
    for name, value in an_object(plan.get("variables")).items():
        declared = root.variables.get(name)
        if declared is not None:
            target = secrets if declared.sensitive else inputs
            target[name] = an_object(value).get("value")
    before = World("before", symbols, root, providers, inputs, secrets)
    after = World("after", symbols, root, providers, inputs, secrets)
    seen: set[str] = set()
    for change in objects(plan.get("resource_changes")):
        seen.add(_address(change))
        _put(change, root, before, after)
    prior = an_object(an_object(plan.get("prior_state")).get("values"))
    for kept in _resources(an_object(prior.get("root_module"))):
        if _address(kept) not in seen:
            found = _instance(kept, root, kept.get("values"), {}, kept.get("sensitive_values"))
            if found is not None:
                before.add(found)
                after.add(found)
    settle_accounts(before)
    for key, account in before.accounts.items():
        after.accounts.setdefault(key, account)
    settle_accounts(after)
    for key, account in after.accounts.items():
        before.accounts.setdefault(key, account)
    return before, after


def _put(change: Mapping[str, object], root: Module, before: World, after: World) -> None:
    what = an_object(change.get("change"))
    actions = {str(each) for each in a_list(what.get("actions"))}
    old, new = what.get("before"), what.get("after")
    was = _instance(change, root, old, {}, what.get("before_sensitive"))
    if was is not None:
        before.add(was)
    if "forget" in actions and "create" not in actions and was is not None:
        # Terraform lets go of it, and it stays in AWS as it is.
        after.add(was)
    elif "delete" not in actions or "create" in actions:
        unknown = {} if actions == {"no-op"} else what.get("after_unknown")
        becomes = _instance(change, root, new, unknown, what.get("after_sensitive"))
        if becomes is not None:
            after.add(becomes)


def _instance(
    change: Mapping[str, object], root: Module, values: object, unknown: object, sensitive: object
) -> Instance | None:
    type, name = a_text(change.get("type")), a_text(change.get("name"))
    address = _address(change)
    if not isinstance(values, dict) or type is None or name is None or not address:
        return None
    key = f"data.{type}.{name}" if change.get("mode") == "data" else f"{type}.{name}"
    written = a_text(change.get("module_address"))
    module = module_of(written if written is not None else _module_part(address))
    index = change.get("index")
    declared = _declared(root, module, key)
    return Instance(
        address=address,
        module=module,
        key=key,
        type=type,
        index=index if isinstance(index, str | int) else None,
        provider=declared.provider if declared else "",
        values=values,
        unknown=_mask(unknown, values),
        sensitive=_mask(sensitive, values),
        declared=declared,
    )


def _module_part(address: str) -> str:
    """Resources of a state do not name their module; their address begins with it."""
    return address if address.startswith("module.") else ""


def _mask(mask: object, values: Mapping[str, object]) -> Mapping[str, object]:
    if mask is True:
        return dict.fromkeys(values, True)
    return an_object(mask)


def _declared(root: Module, path: tuple[Step, ...], key: str) -> Declared | None:
    module: Module | None = root
    for name, _ in path:
        call = module.calls.get(name) if module else None
        module = call.module if call else None
    return module.resources.get(key) if module else None


def _resources(module: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for each in objects(here.get("resources")):
            # Resources of a state have their module around them, and no module_address.
            yield {**each, "module_address": a_text(here.get("address")) or ""}
        waiting += objects(here.get("child_modules"))

"""Which written item of a list is which item of the plan.

Sets are not in the order of the file, and a plan keeps nothing of what `dynamic` blocks
make. So an item is taken for another only where nothing else is possible.
"""

from collections.abc import Mapping

from rolecall.review.read.configuration import Lost
from rolecall.review.read.evaluation import Scope, Values, render, written_text
from rolecall.review.read.symbols import Hole, Secret


def matched(
    planned: list[object], unknown: object, written: object, values: Values, scope: Scope
) -> dict[int, object]:
    """Index in the plan → raw written item, for places of which something is not known.

    Nothing at all where the written items do not account for every one of the plan.
    """
    masks = unknown if isinstance(unknown, list) else []
    masks = [masks[index] if index < len(masks) else None for index in range(len(planned))]
    items = _items(written, values, scope)
    if len(items) != len(planned):
        return {}
    if not any(isinstance(each, dict) for each in items):
        known = [each for each, mask in zip(planned, masks, strict=True) if not mask]
        places = [index for index, mask in enumerate(masks) if mask]
        rest = [each for each in items if render(each, values, scope) not in known]
        return dict(zip(places, rest, strict=True)) if len(rest) == len(places) else {}
    pairs = [
        [n for n, item in enumerate(items) if _fits(item, each, mask, values, scope)]
        for each, mask in zip(planned, masks, strict=True)
    ]
    if all(index in candidates for index, candidates in enumerate(pairs)) and _ordered(items):
        return dict(enumerate(items))
    chosen = [candidates[0] for candidates in pairs if len(candidates) == 1]
    if len(set(chosen)) != len(planned):
        return {}
    return {index: items[n] for index, n in enumerate(chosen)}


def _items(written: object, values: Values, scope: Scope) -> list[object]:
    if isinstance(written, str):
        found = render(written, values, scope)
        # It is rendered again at its place.
        return [
            each.replace("${", "$${") if isinstance(each, str) else each
            for each in (found if isinstance(found, list) else [])
        ]
    if isinstance(written, Mapping):
        return [written]
    return written if isinstance(written, list) else []


def _ordered(items: list[object]) -> bool:
    """Whether the items are statements of a policy document, which is a list and no set."""
    return all(
        isinstance(each, dict) and not {"actions", "not_actions"}.isdisjoint(each) for each in items
    )


def _fits(item: object, planned: object, mask: object, values: Values, scope: Scope) -> bool:
    """Whether a written block can have become this one of the plan."""
    if mask is True:
        return True
    if not isinstance(item, dict) or not isinstance(planned, dict):
        return False
    for name, raw in item.items():
        open_here = mask.get(name) if isinstance(mask, dict) else None
        if open_here is True or isinstance(raw, Lost):
            continue
        if not _agrees(raw, planned.get(name), open_here, values, scope):
            return False
    return True


def _agrees(raw: object, planned: object, mask: object, values: Values, scope: Scope) -> bool:
    if isinstance(raw, list) and any(isinstance(each, dict) for each in raw):
        return isinstance(planned, list) and len(planned) == len(raw)
    found = render(raw, values, scope)
    if isinstance(found, Hole | Secret):
        return True
    if isinstance(found, list) and isinstance(planned, list):
        if mask:
            return len(found) == len(planned)
        texts = {_plain(each) for each in found}
        return None in texts or texts == {_plain(each) for each in planned}
    text = _plain(found)
    # Terraform writes JSON in its own way; a policy tells nothing apart here.
    return text is None or "${" in text or text.startswith("{") or text == _plain(planned)


def _plain(value: object) -> str | None:
    return None if isinstance(value, Hole) else written_text(value)

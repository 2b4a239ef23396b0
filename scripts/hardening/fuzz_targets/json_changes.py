"""Changing JSON as a tree: what bytes alone would take a very long time to find."""

import copy
import json
import random
from collections.abc import Callable, Sequence
from typing import Any

_PLAIN: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 1.5, 1e308, 10**40, "", "*", "?", "${", "${*}", "a", "\u0000",
    "\ud800", "\u212a", {}, [], [[]], [{}], [None], {"": ""}, {"a": {"b": []}},
)  # fmt: skip


def changed_json(
    data: bytes, most: int, seed: int, words: Sequence[str], fallback: Callable[..., bytes]
) -> bytes:
    """The JSON with up to three places changed; bytes that are none are changed as bytes."""
    rng = random.Random(seed)
    if rng.random() < 0.2:
        return fallback(data, most)
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return fallback(data, most)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        document = _one_change(document, rng, words)
    try:
        made = json.dumps(document, ensure_ascii=rng.random() < 0.5).encode("utf-8")
    except (UnicodeEncodeError, RecursionError):
        made = json.dumps(document).encode()
    return made if len(made) <= most else fallback(data, most)


def _one_change(document: Any, rng: random.Random, words: Sequence[str]) -> Any:
    places = list(_places(document))
    if not places:
        return _value(rng, words)
    holder, key = rng.choice(places)
    kind = rng.randrange(9)
    if kind == 0:
        del holder[key]
    elif kind <= 2:
        holder[key] = _value(rng, words)
    elif kind == 3:
        other, at = rng.choice(places)
        holder[key] = copy.deepcopy(other[at])
    elif kind == 4:
        holder[key] = [holder[key], _value(rng, words)]
    elif kind == 5 and isinstance(holder[key], str):
        holder[key] = _scribbled(holder[key], rng, words)
    elif kind == 6 and isinstance(holder, dict):
        holder[rng.choice(words) if rng.random() < 0.7 else _scribbled(str(key), rng, words)] = (
            holder.pop(key)
        )
    elif kind == 7 and isinstance(holder, list):
        holder.insert(key, copy.deepcopy(holder[key]))
    elif isinstance(holder[key], dict):
        holder[key][rng.choice(words)] = _value(rng, words)
    elif isinstance(holder[key], list):
        holder[key].append(_value(rng, words))
    else:
        holder[key] = {rng.choice(words): holder[key]}
    return document


def _places(document: Any) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting and len(found) < 3000:
        here = waiting.pop()
        keys = (
            list(here)
            if isinstance(here, dict)
            else range(len(here))
            if isinstance(here, list)
            else ()
        )
        for key in keys:
            found.append((here, key))
            waiting.append(here[key])
    return found


def _value(rng: random.Random, words: Sequence[str]) -> Any:
    if rng.random() < 0.6:
        return rng.choice(words)
    return copy.deepcopy(rng.choice(_PLAIN))


def _scribbled(text: str, rng: random.Random, words: Sequence[str]) -> str:
    at = rng.randint(0, len(text))
    piece = (
        rng.choice(words)
        if rng.random() < 0.4
        else rng.choice(
            [
                "*",
                "?",
                "$",
                "{",
                "}",
                ":",
                "/",
                " ",
                "\n",
                "\u0000",
                "é",
                "\u0130",
                "a",
                "0",
                "'",
                ",",
            ]
        )
    )
    cut = rng.choice([0, 0, 1, len(piece), 8])
    return text[:at] + piece + text[at + cut :]

"""The name of exactly one change: a hash of all that it says, before and after."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

from rolecall.policy import PolicyDocument, PolicyError
from rolecall.review.model import Unread


def fingerprint(*facts: object) -> str:
    """16 hex digits of SHA-256 over the canonical form of the facts.

    A change of 64 bits that somebody reviewed cannot be hit by chance; whoever can write
    the plan and search for a second one can write the list of reviewed changes too.
    """
    text = json.dumps([canonical(fact) for fact in facts], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def canonical(value: object) -> object:
    """Values of the model as JSON: sets sorted, policies in their canonical form."""
    if isinstance(value, PolicyDocument):
        return policy_value(value)
    if isinstance(value, Unread):
        return {"unread": value.why, "what": value.what}
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: canonical(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): canonical(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    if isinstance(value, (list, tuple)):
        return [canonical(item) for item in value]
    return value


def policy_value(document: PolicyDocument) -> object:
    """A policy as JSON; one that JSON cannot say, by its parts."""
    try:
        return document.to_dict()
    except PolicyError:
        return repr(document)


def pretty(policy: PolicyDocument | Unread | None) -> str:
    """A policy for people to read, with line breaks; "" where there is none to read."""
    if not isinstance(policy, PolicyDocument):
        return ""
    return json.dumps(policy_value(policy), indent=2, ensure_ascii=False)

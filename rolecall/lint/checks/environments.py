"""RC017: a role of production that an environment before it can get into."""

import re
from collections.abc import Iterator
from itertools import pairwise

from rolecall.lint.keys import issuer_host
from rolecall.lint.looked import Looked
from rolecall.lint.model import Finding
from rolecall.lint.rules import RC017
from rolecall.lint.trusted import issuer_at

_STAGES: tuple[tuple[str, ...], ...] = (
    ("dev", "develop", "development", "tes", "test", "testing", "sandbox", "sbx", "qa", "int"),
    ("stg", "stage", "staging", "preprod", "pre-prod", "uat", "acc", "acceptance"),
    ("prd", "prod", "production", "live"),
)
_SEVERITIES = ("low", "medium", "high")
_CLUSTER = ("aws:sourcearn", "aws:requesttag/eks-cluster-arn")
_NAMESPACE = "aws:requesttag/kubernetes-namespace"


def stage_of(name: str) -> int | None:
    """How far an environment of this name is from the first; None for one that is no stage."""
    lowered = name.lower()
    return next((n for n, names in enumerate(_STAGES) if lowered in names), None)


def check(look: Looked) -> Iterator[Finding]:
    """Look for accounts, issuers, clusters, namespaces and names of another environment."""
    home = look.facts.home
    if not look.allows or home is None:
        return
    seen: dict[str, str] = {}
    for what, other in _named(look):
        if other != home:
            seen.setdefault(what, other)
    for what, other in seen.items():
        mine, theirs = stage_of(home), stage_of(other)
        if mine is None or theirs is None or theirs >= mine:
            continue
        yield look.find(
            RC017,
            f"the role of {home} trusts {what}, which belongs to {other}",
            f"name one of {home}, so that whoever gets into {other} stays there",
            _SEVERITIES[mine],
        )


def _named(look: Looked) -> Iterator[tuple[str, str]]:
    """What the statement names, and the environment to which it belongs."""
    facts = look.facts
    for who in (*look.trusted, *look.limited_to):
        if who.account in facts.environments and not who.host:
            yield f"account {who.account}", facts.environments[who.account]
        if who.host in facts.issuers:
            yield f"the issuer {who.host}", facts.issuers[who.host]
    for each in look.conditions:
        if not each.positive:
            continue
        for value in each.condition.values:
            if each.key == "aws:sourceaccount" and value in facts.environments:
                yield f"account {value}", facts.environments[value]
            if each.key in _CLUSTER and value.startswith("arn:"):
                account = (value.split(":", 5) + [""] * 5)[4]
                if account in facts.environments:
                    yield f"{value}", facts.environments[account]
            for kind, name in _names(each.key, value):
                found = _environment_in(name, facts.environments.values())
                if found:
                    yield f"{kind} {name}", found


def _names(key: str, value: str) -> Iterator[tuple[str, str]]:
    """Names in a value that can say an environment: of namespaces, workspaces, environments."""
    if key == _NAMESPACE:
        yield "the namespace", value
    host, _, claim = key.rpartition(":")
    if not issuer_host(key):
        return
    if claim == "environment":
        yield "the environment", value
    if claim != "sub":
        return
    family = issuer_at(host).family
    parts = value.split(":")
    if parts[:2] == ["system", "serviceaccount"] and len(parts) > 2:
        yield "the namespace", parts[2]
    for name, following in pairwise(parts):
        if name == "environment":
            yield "the environment", following
        elif name in ("workspace", "project") and family == "hcp-terraform":
            yield f"the {name}", following


def _environment_in(name: str, declared: object) -> str | None:
    """The environment that a name is, or has as one of its words."""
    known = {str(each).lower(): str(each) for each in declared}  # type: ignore[attr-defined]
    lowered = name.lower()
    if lowered in known:
        return known[lowered]
    for word in re.split(r"[-_.]", lowered):
        if word in known:
            return known[word]
    return lowered if stage_of(lowered) is not None else None

"""Whether a call here has the condition keys that a witness has, as far as the policies ask."""

from collections.abc import Mapping
from typing import Any

from rolecall.policy import Effect, PolicyDocument
from rolecall.policy.operators import Family, parse_operator
from rolecall.policy.template import parse_template, variables_of
from rolecall.policy.values import read_date, read_number
from tests.integration.witnesses.world import NotReplayable

Keys = Mapping[str, Any]
_NEVER_SENT = "the embedded AWS cannot be told"


def asked(*documents: PolicyDocument) -> frozenset[str]:
    """The condition keys that the policies look at, in lower case."""
    found: set[str] = set()
    for document in documents:
        for statement in document.statements:
            who = statement.principals
            if statement.effect is Effect.DENY and who is not None and who.federated:
                # It also means the sessions that came in through the provider.
                found.add("aws:federatedprovider")
            for condition in statement.conditions:
                found.add(condition.key.lower())
                if parse_operator(condition.operator).family in (Family.NUMERIC, Family.DATE):
                    continue
                for value in condition.values:
                    parts = parse_template(value, "", variables=True, wildcards=True)
                    found |= {variable.key for variable in variables_of(parts)}
    return frozenset(found)


def lowered(keys: Keys) -> dict[str, Any]:
    return {key.lower(): value for key, value in keys.items()}


def check(wanted: Keys, here: Keys, keys: frozenset[str]) -> None:
    """Raise NotReplayable where a key that is asked for would be another one here."""
    for key in sorted(keys):
        given, sent = wanted.get(key), here.get(key)
        if not _same(key, given, sent):
            name = key if key.startswith(("aws:", "sts:", "saml:")) else "claims"
            name = name.partition("/")[0]
            raise NotReplayable(f"{_NEVER_SENT} such an {name}")


def _same(key: str, given: Any, sent: Any) -> bool:
    if given == sent:
        return True
    if isinstance(given, str) and isinstance(sent, str):
        if key in ("aws:currenttime", "aws:tokenissuetime"):
            return read_date(given) == read_date(sent)
        if key in ("aws:epochtime", "aws:multifactorauthage"):
            return read_number(given) == read_number(sent)
    # Several values are a set.
    return isinstance(given, tuple) and isinstance(sent, tuple) and set(given) == set(sent)

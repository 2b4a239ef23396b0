"""What is said never says less than the policy admits, and every document can be told."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.explain import Entity, entities, who_can
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    PolicyDocument,
    PolicyError,
    WebIdentity,
    may_assume,
)
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
)
from rolecall.policy.callers import Caller, SamlIdentity
from rolecall.policy.compare import Witness, compare
from rolecall.policy.glob import glob
from rolecall.policy.template import fill_in, parse_template
from tests.policy.compare.generated import pair
from tests.policy.compare.labelled import PAIRS
from tests.policy.strategies import CALLERS, JSON, OWN, ROLE, contexts, policies

_EVERYTHING = CompiledPolicy(
    PolicyDocument.parse(
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
        }
    )
)


def names_of(caller: Caller) -> set[str]:
    """What the key of an entity that means this caller begins with."""
    forms = {form for form, _ in caller.principal_forms}
    return forms | {f"AWS={caller.account}"}


def means(entity: Entity, caller: Caller, context: dict[str, Any]) -> bool:
    name, *rest = entity.who_key.split("|", 2)
    if name.startswith("NotPrincipal="):
        return bool(caller.account)
    if name not in names_of(caller):
        return False
    if not isinstance(caller, WebIdentity) or len(rest) < 2:
        return True
    host = caller.provider.partition(":oidc-provider/")[2] or caller.provider
    subject = next(
        str(value) for key, value in context.items() if key.lower() == f"{host}:sub".lower()
    )
    operator, value = rest
    if "IgnoreCase" in operator:
        return subject.lower() == value.lower()
    wild = operator == "StringLike"
    tokens = fill_in(parse_template(value, "", variables=True, wildcards=wild), context)
    return tokens is None or bool(glob(tokens)(subject))


def action_of(caller: Caller) -> str:
    if isinstance(caller, SamlIdentity):
        return ASSUME_ROLE_WITH_SAML
    return ASSUME_ROLE_WITH_WEB_IDENTITY if isinstance(caller, WebIdentity) else ASSUME_ROLE


@given(policies(resource_policy=True), contexts())
@settings(max_examples=300)
def test_whoever_is_let_in_is_among_the_entities(
    source: dict[str, Any], context: dict[str, Any]
) -> None:
    try:
        document = PolicyDocument.parse(source)
        compiled = CompiledPolicy(document)
    except PolicyError:
        return
    found = entities(document, account=OWN)
    for caller in CALLERS:
        given_keys = {"accounts.google.com:sub": "a", **context}
        attempt = AssumeRoleAttempt(caller=caller, role_arn=ROLE, context=given_keys)
        decision = may_assume(
            attempt, trust=compiled, identity=(_EVERYTHING,), action=action_of(caller)
        )
        if decision.allowed:
            assert any(means(entity, caller, given_keys) for entity in found), (caller, found)


def witnesses() -> list[tuple[PolicyDocument, Witness]]:
    found = []
    pairs = [(each.old, each.new) for each in PAIRS] + [pair(number) for number in range(250)]
    for old, new in pairs:
        comparison = compare(old, new, account=OWN, tokens=TOKEN_KEYS)
        found += [(new, each.witness) for each in comparison.gains]
        found += [(old, each.witness) for each in comparison.losses]
    return found


def test_whoever_shows_a_difference_is_among_the_entities() -> None:
    sample = witnesses()
    assert len(sample) > 250
    for document, witness in sample:
        attempt = witness.attempt
        found = entities(document, account=OWN)
        assert any(means(each, attempt.caller, attempt.keys()) for each in found), attempt


def told(document: PolicyDocument) -> None:
    sentences = who_can(document, account=OWN, max_session_seconds=7200)
    assert sentences
    assert all(each.isprintable() and each.endswith(".") for each in sentences)
    assert sentences == who_can(document, account=OWN, max_session_seconds=7200)
    assert all(each.words.isprintable() for each in entities(document))


@given(policies(resource_policy=True) | policies())
def test_a_policy_is_told(source: dict[str, Any]) -> None:
    try:
        document = PolicyDocument.parse(source)
    except PolicyError:
        return
    told(document)


@given(JSON)
def test_whatever_parses_is_told(source: Any) -> None:
    try:
        document = PolicyDocument.parse(source)
    except PolicyError:
        return
    told(document)


_TEXT = st.text(min_size=1, max_size=12) | st.sampled_from(
    ["${", "${*}", "${x}", "*", "?", "a*b", "repo:a/b:*", "arn:aws:iam::111122223333:root"]
)


@given(
    _TEXT,
    st.sampled_from(["AWS", "Service", "Federated", "CanonicalUser"]),
    st.sampled_from(["Principal", "NotPrincipal"]),
    st.sampled_from(["Allow", "Deny"]),
    st.lists(st.tuples(st.sampled_from(["StringEquals", "StringNotLike", "ForAllValues:ArnLike",
                                        "ForAnyValue:StringLikeIfExists"]), _TEXT, _TEXT)),
)  # fmt: skip
def test_any_text_is_told(
    name: str, kind: str, element: str, effect: str, conditions: list[tuple[str, str, str]]
) -> None:
    block: dict[str, dict[str, str]] = {}
    for operator, key, value in conditions:
        block.setdefault(operator, {})[key] = value
    statement: dict[str, Any] = {"Effect": effect, "Action": "sts:*", element: {kind: name}}
    if block:
        statement["Condition"] = block
    try:
        document = PolicyDocument.parse({"Version": "2012-10-17", "Statement": statement})
    except PolicyError:
        return
    told(document)


@pytest.mark.parametrize("change", PAIRS, ids=lambda change: change.name)
def test_the_labelled_policies_are_told(change: Any) -> None:
    told(change.old)
    told(change.new)

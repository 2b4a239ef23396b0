"""What holds for every policy and every request."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import (
    Authorizer,
    Caller,
    CompiledPolicy,
    Decision,
    PolicyDocument,
    PolicyError,
    Request,
    Verdict,
)
from tests.policy.strategies import CALLERS, JSON, OWN, ROLE, contexts, policies, statements

callers = st.sampled_from(CALLERS)
labels = st.sampled_from(["trust", "resource"])
sides = st.sampled_from(["identity", "resource", "boundary", "session"])


def decide(
    caller: Caller,
    context: dict[str, Any],
    label: str,
    documents: dict[str, dict[str, Any] | None],
) -> Decision:
    compiled = {
        side: None if document is None else CompiledPolicy(PolicyDocument.parse(document))
        for side, document in documents.items()
    }
    identity, session = compiled.get("identity"), compiled.get("session")
    return Authorizer(
        identity=[identity] if identity else [],
        resource=compiled.get("resource"),
        boundary=compiled.get("boundary"),
        session=[session] if session else None,
        resource_label=label,
    ).decide(Request.build("sts:AssumeRole", ROLE, caller, context, resource_account=OWN))


worlds = st.fixed_dictionaries(
    {
        "identity": policies(),
        "resource": st.none() | policies(resource_policy=True),
        "boundary": st.none() | st.none() | policies(),
        "session": st.none() | st.none() | policies(),
    }
)


@given(policies() | policies(resource_policy=True))
def test_rendering_and_parsing_come_back_to_the_same(document: dict[str, Any]) -> None:
    parsed = PolicyDocument.parse(document)
    rendered = parsed.to_json()
    again = PolicyDocument.parse(rendered)
    assert again.to_json() == rendered
    assert PolicyDocument.parse(parsed.to_dict()) == again


@given(worlds, callers, contexts(), labels)
def test_a_rendered_policy_decides_the_same(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str
) -> None:
    rendered = {
        side: document and json.loads(PolicyDocument.parse(document).to_json())
        for side, document in world.items()
    }
    first = decide(caller, context, label, world)
    assert decide(caller, context, label, rendered).verdict is first.verdict


def refusal(source: Any) -> PolicyError | None:
    """What is wrong with a document, None if nothing is; whatever else is raised, fails."""
    try:
        CompiledPolicy(PolicyDocument.parse(source))
    except PolicyError as error:
        return error
    return None


def complete(error: PolicyError | None) -> bool:
    return error is None or bool(error.where and error.problem and error.remedy)


@given(st.text() | st.binary() | JSON.map(json.dumps))
def test_any_text_is_a_policy_or_a_policy_error(source: str | bytes) -> None:
    assert complete(refusal(source))


@given(JSON)
def test_any_value_is_a_policy_or_a_policy_error(value: Any) -> None:
    assert complete(refusal(value))


@given(policies() | policies(resource_policy=True), JSON, st.data())
def test_a_policy_with_one_value_spoilt_is_a_policy_or_a_policy_error(
    document: dict[str, Any], junk: Any, data: st.DataObject
) -> None:
    node: Any = document
    while True:
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        key = data.draw(st.sampled_from(keys))
        if not isinstance(node[key], (dict, list)) or not node[key] or data.draw(st.booleans()):
            node[key] = junk
            break
        node = node[key]
    error = refusal(document)
    assert complete(error)
    if error is None:
        rendered = PolicyDocument.parse(document).to_json()
        assert PolicyDocument.parse(rendered).to_json() == rendered


@given(worlds, callers, contexts(), labels, st.randoms(use_true_random=False))
def test_the_order_of_statements_never_matters(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str, random: Any
) -> None:
    before = decide(caller, context, label, world).verdict
    for document in world.values():
        if document is not None:
            random.shuffle(document["Statement"])
    assert decide(caller, context, label, world).verdict is before


@given(worlds, callers, contexts(), labels, sides, st.data())
def test_adding_a_deny_never_widens(
    world: dict[str, Any],
    caller: Caller,
    context: dict[str, Any],
    label: str,
    side: str,
    data: st.DataObject,
) -> None:
    before = decide(caller, context, label, world)
    extra = data.draw(statements(resource_policy=side == "resource"))
    extra["Effect"] = "Deny"
    if world[side] is None:
        # A policy of Denies only: adding the first one limits as well.
        world[side] = {"Version": "2012-10-17", "Statement": [extra]}
        if side == "resource":
            return
    else:
        world[side]["Statement"].append(extra)
    after = decide(caller, context, label, world)
    assert before.allowed or not after.allowed
    if before.verdict is Verdict.EXPLICIT_DENY:
        assert after.verdict is Verdict.EXPLICIT_DENY


@given(worlds, callers, contexts(), labels, sides, st.data())
def test_removing_a_condition_from_an_allow_never_narrows(
    world: dict[str, Any],
    caller: Caller,
    context: dict[str, Any],
    label: str,
    side: str,
    data: st.DataObject,
) -> None:
    before = decide(caller, context, label, world)
    for statement in (world[side] or {"Statement": []})["Statement"]:
        block = statement.get("Condition")
        if statement["Effect"] == "Allow" and block:
            block.pop(data.draw(st.sampled_from(sorted(block))))
            if not block:
                del statement["Condition"]
    assert decide(caller, context, label, world).allowed or not before.allowed


@given(worlds, callers, contexts(), labels)
def test_adding_an_identity_allow_of_everything_never_narrows(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str
) -> None:
    before = decide(caller, context, label, world)
    world["identity"]["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    assert decide(caller, context, label, world).allowed or not before.allowed


@given(worlds, callers, contexts(), labels)
def test_a_boundary_and_a_session_policy_only_limit(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str
) -> None:
    limited = decide(caller, context, label, world)
    free = decide(caller, context, label, {**world, "boundary": None, "session": None})
    assert free.allowed or not limited.allowed


@given(worlds, callers, contexts(), labels)
def test_every_decision_has_a_reason_that_fits(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str
) -> None:
    decision = decide(caller, context, label, world)
    reason = decision.reason
    assert decision.explain().endswith(".")
    if decision.verdict is Verdict.EXPLICIT_DENY:
        assert reason.statement is not None
        document = world["resource" if reason.policy == label else reason.policy]
        assert document["Statement"][reason.statement]["Effect"] == "Deny"
    elif decision.allowed and reason.statement is not None:
        document = world["resource" if reason.policy == label else reason.policy]
        assert document["Statement"][reason.statement]["Effect"] == "Allow"
    elif not decision.allowed:
        assert reason.statement is None


@given(worlds, callers, contexts(), labels)
def test_a_decision_is_the_same_each_time(
    world: dict[str, Any], caller: Caller, context: dict[str, Any], label: str
) -> None:
    first = decide(caller, context, label, world)
    assert decide(caller, context, label, world).verdict is first.verdict

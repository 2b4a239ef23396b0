"""Whatever a file holds: a snapshot, or a sentence. Never a traceback."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.problems import Problem
from rolecall.review.read import read_plan, read_synthesized

from .conftest import PLANS

_NAMES = ("permissions", "provider_and_role", "sensitive", "modules", "entries", "replaced")
_JUNK = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        1.5,
        1e308,
        10**300,
        "",
        {},
        [],
        [[]],
        [None],
        [{}],
        "${",
        "${a}",
        "${each.value}",
        "${local.a}",
        "${aws_iam_role.ci.arn}",
        '${f("x")}',
        "%{if}",
        "*",
        "arn:aws:iam::1:role/x",
        {"constant_value": None},
        {"references": [1]},
        {"a": {"b": []}},
    ]
)


def _places(value, place=()):
    if place:
        yield place
    if isinstance(value, dict):
        for key in value:
            yield from _places(value[key], (*place, key))
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _places(each, (*place, index))


def _spoilt(document, draw):
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        places = list(_places(document))
        if not places:
            break
        *way, last = places[draw(st.integers(0, len(places) - 1))]
        holder = document
        for step in way:
            holder = holder[step]
        if draw(st.booleans()):
            holder[last] = copy.deepcopy(draw(_JUNK))
        else:
            del holder[last]
    return document


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_spoilt_plan(data):
    name = data.draw(st.sampled_from(_NAMES))
    document = _spoilt(json.loads((PLANS / f"{name}.json").read_text()), data.draw)
    try:
        snapshot = read_plan(json.dumps(document).encode(), environment=None, source="plan.json")
    except Problem as problem:
        assert "\n" not in str(problem)
    else:
        repr(snapshot).encode()


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_plan_that_is_cut_or_scribbled_on(data):
    text = (PLANS / "changed_trust.json").read_bytes()
    at = data.draw(st.integers(0, len(text)))
    scribble = data.draw(st.binary(max_size=5))
    rest = data.draw(st.booleans())
    changed = text[:at] + scribble + (text[at + len(scribble) :] if rest else b"")
    try:
        read_plan(changed, environment="tes", source="plan.json")
    except Problem as problem:
        assert "\n" not in str(problem)


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_spoilt_output_of_an_app(data, tmp_path):
    source = PLANS / "cases/provider_and_role/after/main.tf.json"
    document = json.loads(source.read_text())
    before = tmp_path / "before.json"
    before.write_text(json.dumps(document))
    after = tmp_path / "after.json"
    after.write_text(json.dumps(_spoilt(document, data.draw)))
    try:
        repr(read_synthesized(before, after)).encode()
    except Problem as problem:
        assert "\n" not in str(problem)


@pytest.mark.parametrize("name", _NAMES)
def test_the_same_plan_is_read_the_same_way(name, made):
    assert made(name) == made(name)

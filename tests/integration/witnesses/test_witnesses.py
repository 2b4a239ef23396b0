"""Witnesses of `compare` make their call for real: refused under the one trust policy, and
let in under the other, with credentials that work.

What cannot be told to the embedded AWS is counted by its reason, so that neither the sample
nor what it leaves out changes unnoticed.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Difference, compare
from tests.integration.witnesses.replay import replay
from tests.integration.witnesses.world import NotReplayable, World, running_world
from tests.policy.compare.changes.reading import changes
from tests.policy.compare.generated import OWN, pair
from tests.policy.compare.labelled import PAIRS

pytestmark = pytest.mark.xdist_group("witnesses")

#: The least of each call that is really made.
LEAST = {"user": 70, "role": 15, "web identity": 30, "SAML": 15}
#: Every reason not to replay a witness; anything else is a fault of the replay.
REASONS = (
    "no API lets an AWS service call",
    "the embedded AWS cannot be told such an aws:sourceip",
    "the embedded AWS cannot be told such an aws:multifactorauthpresent",  # of a role
    "the embedded AWS cannot be told such an aws:multifactorauthage",
    "the embedded AWS cannot be told such an aws:principalorgid",
    "the embedded AWS cannot be told such an aws:principalorgpaths",
    "the embedded AWS cannot be told such an aws:federatedprovider",
    "the embedded AWS cannot be told such an claims",
    "an assertion for another endpoint is refused before any policy",
    "IAM refuses the policy: ",
)
#: At most so many of all witnesses are left out.
LEFT_OUT = 0.45


@dataclass(frozen=True)
class Case:
    name: str
    old: PolicyDocument
    new: PolicyDocument
    difference: Difference


def generated() -> list[int]:
    """Some of each kind; and of SAML more, which those written by hand have little of."""
    saml = [n for n in range(250) if "saml-provider" in pair(n)[0].to_json()]
    return [*range(10), *saml[:22]]


def cases() -> Iterator[Case]:
    pairs = [(each.name, each.old, each.new, each.account) for each in PAIRS]
    pairs += [
        (each.name, PolicyDocument.parse(each.old), PolicyDocument.parse(each.new), each.account)
        for each in changes()
    ]
    pairs += [(f"generated {number}", *pair(number), OWN) for number in generated()]
    for name, old, new, account in pairs:
        found = compare(old, new, account=account, tokens=TOKEN_KEYS)
        for each in (*found.gains, *found.losses):
            yield Case(name, old, new, each)


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with running_world() as world:
        yield world


def test_a_witness_is_let_in_by_the_one_policy_and_refused_by_the_other(world: World) -> None:
    replayed: Counter[str] = Counter()
    left_out: Counter[str] = Counter()
    wrong: list[object] = []
    for case in cases():
        try:
            found = replay(world, case.old, case.new, case.difference.witness)
        except NotReplayable as reason:
            left_out[str(reason)] += 1
            continue
        replayed[found.kind] += 1
        gain = case.difference.gain
        admitted, refused = (found.new, found.old) if gain else (found.old, found.new)
        if admitted.arn != found.expected_arn or refused.code != "AccessDenied":
            wrong.append((case.name, case.difference.words(), found))
    assert wrong == []
    assert {kind: replayed[kind] for kind in LEAST if replayed[kind] < LEAST[kind]} == {}
    assert [reason for reason in left_out if not reason.startswith(REASONS)] == []
    assert left_out.total() < LEFT_OUT * (left_out.total() + replayed.total()), left_out

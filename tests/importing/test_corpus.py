"""Every policy of the corpus comes out as the entities it should, proven equal."""

import json
from collections import Counter

import pytest

from rolecall.importing.existing import ExistingRole
from rolecall.importing.home import Home
from rolecall.importing.imported import Imported, import_roles
from rolecall.importing.read_back import read_back
from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.policy import PolicyDocument
from rolecall.policy.compare import Outcome, compare
from rolecall.trust import TrustContext
from tests.importing.corpus import CASES, OWN, RAW, YOURS, Case


def imported(case: Case) -> Imported:
    context = TrustContext(OWN, case.partition, case.region, frozenset({YOURS}))
    role = ExistingRole(
        trust=PolicyDocument.parse(case.policy),
        text=json.dumps(case.policy),
        name="tes-role",
        arn=f"arn:{case.partition}:iam::{OWN}:role/tes-role",
        account_id=OWN,
        partition=case.partition,
    )
    home = Home(context, "tes")
    return import_roles([role], home, names={}, environment_tags={}, imports_inside=True)


@pytest.mark.parametrize("name", CASES)
def test_a_policy_as_it_is_found(name: str) -> None:
    case = CASES[name]
    found = imported(case)
    (declared,) = found.declared
    expressed = declared.expressed
    assert tuple(each.call.name for each in expressed.entities) == case.kinds
    assert expressed.unproven is None
    assert expressed.fell is None
    assert (expressed.refused is not None) == case.refused
    # Once more without the importer: what the text says, against the policy as it was.
    (read,) = read_back(found.text)
    context = TrustContext(OWN, case.partition, case.region, frozenset({YOURS}))
    new = PolicyDocument(
        tuple(each for entity in read.entities for each in entity.statements(context))
    )
    old, role = PolicyDocument.parse(case.policy), declared.role.arn
    for pair in ((old, new), (new, old)):
        assert compare(*pair, role_arn=role, tokens=TOKEN_KEYS).verdict is Outcome.SAME
    for entity in expressed.entities:
        assert (entity.reason is not None) == (entity.call.name == RAW)


def test_most_of_them_become_classes() -> None:
    kinds = Counter(kind for case in CASES.values() for kind in case.kinds)
    whole = sum(RAW not in case.kinds for case in CASES.values())
    assert len(CASES) >= 60
    assert (len(CASES), whole, kinds.total() - kinds[RAW], kinds[RAW]) == (109, 68, 93, 41)

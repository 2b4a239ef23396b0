"""Corpora of forged SAML responses: a refusal, or exactly whom the provider signed for.

The whole products run by `make corpora`; here runs a sample of the large ones.
"""

from collections.abc import Iterator

import pytest

from rolecall.local.api import AwsError
from rolecall.local.saml.verify import verified_assertion
from tests.local.saml.idp import encoded
from tests.local.saml.world import SamlWorld, running_world
from tests.security.corpora import (
    saml_cves,
    saml_judge,
    saml_signatures,
    saml_texts,
    saml_wrapping,
)
from tests.security.corpora.counting import Counts


def well(counts: Counts, *, accepted: int = 0) -> None:
    assert counts.findings == []
    assert counts.accepted >= accepted, "what is good gets in, or nothing was tried"
    assert counts.refused > 10


def test_the_genuine_response_is_good() -> None:
    for sign in saml_judge.SIGNED:
        value = encoded(saml_judge.genuine(sign))
        found = verified_assertion(value, saml_judge.metadata(), now=saml_judge.NOW)
        assert found.subject == saml_judge.MALLORY


def test_wrapped_assertions() -> None:
    well(saml_wrapping.assertions(step=97))


def test_wrapped_responses() -> None:
    well(saml_wrapping.responses(step=97))


def test_texts_that_are_cut_and_filled() -> None:
    well(saml_texts.texts(step=13), accepted=5)


def test_attributes_that_are_changed() -> None:
    well(saml_texts.attributes(step=5), accepted=1)


def test_documents_written_otherwise() -> None:
    well(saml_texts.spellings(), accepted=10)


def test_signatures_that_are_not_the_plain_one() -> None:
    well(saml_signatures.signed_by_the_provider(step=5), accepted=1)


def test_keys_that_a_message_brings_along() -> None:
    well(saml_signatures.signed_by_the_forger(step=7))


def test_known_faults_of_libraries() -> None:
    well(saml_cves.known_faults())


def test_attributes_without_end_are_not_looked_through() -> None:
    """That would take the square of their number, for somebody who has shown nothing yet."""
    root = saml_judge.fresh("assertion")
    for number in range(101 - len(root.attrib)):
        root.set(f"a{number}", "")
    with pytest.raises(AwsError) as refused:
        verified_assertion(encoded(root), saml_judge.metadata(), now=saml_judge.NOW)
    assert "more than 100 attributes" in refused.value.reason


@pytest.fixture(scope="module")
def world() -> Iterator[SamlWorld]:
    with running_world() as world:
        yield world
        assert world.ask().admitted, "after all this the server goes on"


def test_known_faults_of_libraries_over_http(world: SamlWorld) -> None:
    well(saml_cves.over_http(world), accepted=1)

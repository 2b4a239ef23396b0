"""JSON torture: whoever reads a policy says what is wrong with it, or means what it says.

The whole corpus runs by `make corpora`; here runs a sample.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.conftest import CloudServer, running_cloud
from tests.security.corpora import policy_json
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.policy_http import poster


def well(counts: Counts, *, accepted: int = 1) -> None:
    assert counts.findings == []
    assert counts.accepted >= accepted, "what is good gets in, or nothing was tried"
    assert counts.refused > 10


def test_the_parser_and_jsontestsuite() -> None:
    well(policy_json.parsed(policy_json.of_the_suite(step=5), "JSONTestSuite"))


def test_the_parser_and_our_own() -> None:
    well(policy_json.parsed(policy_json.of_our_own(), "our own"), accepted=20)


def test_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    well(policy_json.commands(every(policy_json.of_our_own(), 61), tmp_path))


@pytest.fixture(scope="module")
def cloud() -> Iterator[CloudServer]:
    with running_cloud() as server:
        yield server


def test_create_role_over_http(cloud: CloudServer) -> None:
    post = poster(cloud)
    well(policy_json.over_http(every(policy_json.of_our_own(), 9), post))
    well(policy_json.over_http(policy_json.of_the_suite(step=61), post), accepted=0)


def test_other_calls_that_take_a_policy(cloud: CloudServer) -> None:
    well(policy_json.elsewhere(every(policy_json.of_our_own(), 71), poster(cloud)))

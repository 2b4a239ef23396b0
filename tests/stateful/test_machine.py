"""Users, roles, policies, providers and sessions in any order: what must hold holds."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.stateful.machine import EmbeddedAws, OverHttpMachine
from tests.stateful.together import together
from tests.stateful.world import stop_issuer


@pytest.fixture(scope="module", autouse=True)
def _issuer() -> Iterator[None]:
    yield
    stop_issuer()


def few(examples: int, steps: int) -> settings:
    """The same examples each time, so that the suite never surprises anybody."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_in_this_process() -> None:
    run_state_machine_as_test(EmbeddedAws, settings=few(10, 40))


def test_over_http_with_boto3() -> None:
    run_state_machine_as_test(OverHttpMachine, settings=few(1, 30))


@pytest.mark.parametrize("seed", [1])
def test_many_clients_at_once(seed: int) -> None:
    together(seed)

"""One jsii app a module: starting Node costs most of a second."""

import itertools
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from rolecall.environment import Environment
from rolecall_cdktf import EnvironmentStack
from rolecall_cdktf._cdktf import App, Testing

FACTS = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    identity_account_id="999999999999",
    external_id="acme-tes",
)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def app() -> App:
    return Testing.app()


@pytest.fixture
def new_stack(app: App) -> Callable[..., EnvironmentStack]:
    """A stack of an environment of its own name, with the given facts."""

    def build(**facts: Any) -> EnvironmentStack:
        name = facts.pop("name", f"e{next(_numbers)}")
        return EnvironmentStack(app, replace(FACTS, name=name, **facts))

    return build


@pytest.fixture
def stack(new_stack: Callable[..., EnvironmentStack]) -> EnvironmentStack:
    return new_stack()


@pytest.fixture
def synthesized() -> Callable[[EnvironmentStack], dict[str, Any]]:
    """The cdk.tf.json of a stack, parsed."""

    def synth(stack: EnvironmentStack) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Testing.synth(stack))
        return found

    return synth

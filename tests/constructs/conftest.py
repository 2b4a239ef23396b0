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
from tests.constructs.issued import Issued

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


@pytest.fixture
def real_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without endpoint variables, whatever the shell of the developer has."""
    for name in (
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_IAM",
        "AWS_ENDPOINT_URL_STS",
        "AWS_IAM_ENDPOINT",
        "TF_AWS_IAM_ENDPOINT",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def issued() -> Issued:
    return Issued.new()


@pytest.fixture
def warnings_of() -> Callable[[Any], list[str]]:
    """What `cdktf synth` would print of a construct."""

    def told(construct: Any) -> list[str]:
        return [entry.data for entry in construct.node.metadata if entry.type == "@cdktf/warn"]

    return told

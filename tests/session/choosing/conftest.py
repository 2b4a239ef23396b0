"""The fixtures of this room: a company on an embedded AWS, and a project for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.bare import bare_environment, sts
from tests.session.choosing.company import FACTS, IDENTITY, Company
from tests.session.choosing.company import company as an_embedded_aws

__all__ = ["bare_environment", "sts"]


@pytest.fixture(scope="session")
def embedded() -> Iterator[Company]:
    """One for all; tests that use it are of the group `choosing`."""
    with an_embedded_aws() as company:
        yield company


@pytest.fixture
def project(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with four environments, as working directory."""
    (bare_environment / "environments").mkdir()
    for name, facts in FACTS.items():
        (bare_environment / f"environments/{name}.yaml").write_text(facts)
    monkeypatch.chdir(bare_environment)
    monkeypatch.setattr("getpass.getuser", lambda: "alice")
    return bare_environment


@pytest.fixture
def company(embedded: Company, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The embedded AWS, with the keys of the identity account's administrator."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.url)
    for name, value in embedded.keys[IDENTITY].items():
        monkeypatch.setenv(name, value)
    yield embedded
    embedded.cloud.reset_clock()

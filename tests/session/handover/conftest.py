"""The fixtures of this room: an environment without credentials, an STS that remembers, and
an embedded AWS."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.bare import bare_environment, sts
from tests.session.handover.company import ACCOUNT, Company
from tests.session.handover.company import company as an_embedded_aws

__all__ = ["bare_environment", "sts"]

TES = f'account_id: "{ACCOUNT}"\nregion: eu-central-1\nexternal_id: acme-tes\n'


@pytest.fixture(scope="module")
def embedded() -> Iterator[Company]:
    """One for a module, because its backends are one for a process; modules that use it are of
    the group `handover`."""
    with an_embedded_aws() as company:
        yield company


@pytest.fixture
def project(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one environment, as working directory."""
    (bare_environment / "environments").mkdir()
    (bare_environment / "environments/tes.yaml").write_text(TES)
    monkeypatch.chdir(bare_environment)
    monkeypatch.setattr("getpass.getuser", lambda: "alice")
    return bare_environment


@pytest.fixture
def company(embedded: Company, project: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The embedded AWS, with its administrator's keys in the environment; its clock is right."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.url)
    for name, value in embedded.keys.items():
        monkeypatch.setenv(name, value)
    yield embedded
    embedded.cloud.reset_clock()

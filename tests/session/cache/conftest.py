"""The fixtures of this room: an environment without credentials, and an embedded AWS."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.session.bare import bare_environment, sts
from tests.session.cache.answers import Files
from tests.session.cache.world import ACCOUNT, World
from tests.session.cache.world import world as an_embedded_aws

__all__ = ["bare_environment", "sts"]

TES = f'account_id: "{ACCOUNT}"\nregion: eu-central-1\n'


@pytest.fixture(scope="module")
def embedded() -> Iterator[World]:
    """One for a module; its tests are of the group `cache`."""
    with an_embedded_aws() as world:
        yield world


@pytest.fixture
def home(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder that is a project with one environment, and the working directory."""
    (bare_environment / "environments").mkdir()
    (bare_environment / "environments/tes.yaml").write_text(TES)
    monkeypatch.chdir(bare_environment)
    monkeypatch.setattr("getpass.getuser", lambda: "alice")
    return bare_environment


@pytest.fixture
def world(embedded: World, home: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """The embedded AWS, its endpoint in the environment; nothing was asked yet."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", embedded.url)
    embedded.asked.clear()
    embedded.ahead = timedelta(0)
    return embedded


@pytest.fixture
def files(tmp_path: Path) -> Files:
    """Places for sessions in an empty folder."""
    return Files(tmp_path)

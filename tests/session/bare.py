"""An environment without credentials, and an STS that remembers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.session.recording_sts import Recorder, recording_sts

#: What this machine, or a CI job that runs the tests, may have set.
_PREFIXES = ("AWS_", "ACTIONS_", "CI_", "GITHUB_", "GITLAB_", "ROLECALL_", "XDG_")


@pytest.fixture
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No credentials, profiles or tokens anywhere; the home folder is an empty one."""
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path


@pytest.fixture
def sts(bare_environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """A recording STS, where AWS_ENDPOINT_URL points to."""
    with recording_sts() as recorder:
        monkeypatch.setenv("AWS_ENDPOINT_URL", recorder.url)
        yield recorder

"""A stage of its own for each drill."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.drills.stage import Stage
from tests.session.recording_sts import Recorder, recording_sts


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    with recording_sts() as recorder:
        yield recorder


@pytest.fixture
def stage(recorder: Recorder, tmp_path: Path) -> Stage:
    stage = Stage(tmp_path / "stage", recorder.url)
    stage.set_up()
    return stage

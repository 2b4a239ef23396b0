"""Inputs that are half-written, zeroed by a power cut, empty, no text, no file, or somebody else's.

Their reader goes on without them or says so in a sentence, and waits for nobody: a pipe in the
place of a file that is kept there has no writer.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.drills.damaged import READERS, SOME
from tests.drills.scripts import drilled
from tests.drills.stage import LONG
from tests.session.recording_sts import Recorder

pytestmark = pytest.mark.xdist_group("drills")


def test_without_it_or_a_sentence(recorder: Recorder, tmp_path: Path, record_property: Any) -> None:
    names = list(READERS) if LONG else SOME
    told = drilled("damaged", recorder, tmp_path, *names)
    number = sum(each["runs"] for each in told)
    record_property("tried", f"{number} readings of {len(told)} inputs")
    assert {each["drill"]: each["findings"] for each in told} == {name: [] for name in names}

"""An odd home folder, an umask that takes everything, no user, no place for temporary files.

Whatever can be done without a home is done; what cannot says why, in a sentence; secrets end up
nowhere else, and their owner can read them. (An empty HOME means `/` to every AWS tool, and is not
drilled.)
"""

from pathlib import Path
from typing import Any

import pytest

from tests.drills.homes import OTHERS, VARIABLES
from tests.drills.scripts import drilled, namespace
from tests.drills.stage import LONG
from tests.session.recording_sts import Recorder

pytestmark = pytest.mark.xdist_group("drills")

KINDS = [*VARIABLES, *OTHERS] if LONG else ["no entry in passwd", "umask 0777"]


def test_the_usual_or_a_sentence(recorder: Recorder, tmp_path: Path, record_property: Any) -> None:
    words = namespace()
    kinds = [kind for kind in KINDS if words or kind != "read-only home"]
    told = drilled("homes", recorder, tmp_path, *kinds, before=words or ())
    record_property("tried", f"{len(kinds)} homes, {sum(each['runs'] for each in told)} commands")
    assert {each["drill"]: each["findings"] for each in told} == {kind: [] for kind in kinds}

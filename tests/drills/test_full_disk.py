"""A disk that takes no more: one sentence with the reason, exit code 1, and all is as it was.

Commands that only keep something for the next time go on as if nothing was. The disk is a real
one, a few kilobytes in a mount namespace, where that may be made; and in any case files that may
not grow beyond some bytes, in the middle of what is written.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.drills.scripts import drilled, namespace
from tests.drills.stage import ACTS, LONG, WRITING
from tests.session.recording_sts import Recorder

pytestmark = pytest.mark.xdist_group("drills")


@pytest.mark.parametrize(
    "kind", ["bytes:300", *(f"bytes:{n}" for n in (0, 1, 1000, 3000, 20_000) if LONG)]
)
def test_files_that_may_not_grow(
    recorder: Recorder, tmp_path: Path, kind: str, record_property: Any
) -> None:
    (told,) = drilled("full_disk", recorder, tmp_path, kind, *(ACTS if LONG else WRITING))
    record_property("tried", f"{told['runs']} commands, {len(told['notes'])} sentences")
    assert told["findings"] == []


@pytest.mark.parametrize("kind", ["tmpfs", *(["inodes"] if LONG else [])])
def test_a_disk_that_is_full(
    recorder: Recorder, tmp_path: Path, kind: str, record_property: Any
) -> None:
    words = namespace()
    if words is None:
        pytest.skip("nobody may mount here: files that may not grow stand for it")
    acts = ACTS if LONG else WRITING
    (told,) = drilled("full_disk", recorder, tmp_path, kind, *acts, before=words)
    record_property("tried", f"{told['runs']} commands, {len(told['notes'])} sentences")
    assert told["findings"] == []

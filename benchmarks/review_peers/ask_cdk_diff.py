"""cdk diff: whether its engine says that permissions were broadened.

`cdk deploy --require-approval broadening` asks for approval by the same answer.
"""

import json
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.review_peers.install import node
from benchmarks.review_peers.tool import Answers, template
from tests.policy.compare.changes.reading import Change

_SCRIPT = Path(__file__).resolve().parent / "cdk_diff.mjs"


def ask(changes: Sequence[Change]) -> Answers:
    """One process for all; each difference is timed inside."""
    folder = node()
    asked = [{"old": template(c.old), "new": template(c.new)} for c in changes]
    run = subprocess.run(
        ["node", str(_SCRIPT), str(folder)],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout)
    package = folder / "node_modules/@aws-cdk/cloudformation-diff/package.json"
    return Answers(
        "cdk diff",
        "cloudformation-diff " + json.loads(package.read_text(encoding="utf-8"))["version"],
        [each["broadened"] for each in found],
        milliseconds=statistics.median(each["milliseconds"] for each in found),
    )

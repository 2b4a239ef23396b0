"""parliament: what it has against each policy.

It expects a Resource in each statement, which a trust policy never has: as they are, all
of them get one error, and nothing else is looked at. So it is asked a second time, with
`"Resource": "*"` added, to let its other checks run.
"""

import json
import statistics
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.review_peers.install import python
from benchmarks.review_peers.tool import Answers, of_findings
from tests.policy.compare.changes.reading import Change

_SCRIPT = Path(__file__).resolve().parent / "run_parliament.py"


def ask(changes: Sequence[Change]) -> tuple[Answers, Answers]:
    """The policies as they are, and with a Resource."""
    return _ask(changes, "parliament", resource=False), _ask(
        changes, "parliament, Resource added", resource=True
    )


def _ask(changes: Sequence[Change], tool: str, *, resource: bool) -> Answers:
    policies = [policy for change in changes for policy in (change.old, change.new)]
    if resource:
        policies = [_with_resource(policy) for policy in policies]
    run = subprocess.run(
        [str(python()), "-W", "ignore", str(_SCRIPT)],
        input=json.dumps(policies),
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(run.stdout)
    each = [frozenset(one["findings"]) for one in told["found"]]
    times = [one["milliseconds"] for one in told["found"]]
    return of_findings(
        tool,
        told["version"],
        list(zip(each[::2], each[1::2], strict=True)),
        milliseconds=statistics.median(
            old + new for old, new in zip(times[::2], times[1::2], strict=True)
        ),
    )


def _with_resource(policy: dict[str, Any]) -> dict[str, Any]:
    listed = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    return {**policy, "Statement": [{**statement, "Resource": "*"} for statement in listed]}

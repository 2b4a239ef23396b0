"""Changes of trust policies written from AWS's documented traps, each with the right answer.

The files beside this one are lists of objects:

| member | meaning |
|---|---|
| name | what is changed, in words; unique in its file |
| label | `same`, `narrower`, `wider` or `both`: what the new policy is against the old |
| account | the account of the role |
| page | the page of AWS's documentation that settles the label |
| why | the reason, in one sentence |
| old, new | the two trust policies |

`benchmarks/review_peers.py` asks other tools about the same changes.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent
LABELS = ("same", "narrower", "wider", "both")


@dataclass(frozen=True)
class Change:
    """One change. `old` and `new` are as they stand in the file."""

    topic: str
    name: str
    label: str
    account: str
    page: str
    why: str
    old: dict[str, Any]
    new: dict[str, Any]

    @property
    def wider(self) -> bool:
        """Whether somebody gains access."""
        return self.label in ("wider", "both")


def changes() -> tuple[Change, ...]:
    """All of them, file by file."""
    return tuple(
        Change(file.stem, **member)
        for file in sorted(FOLDER.glob("*.json"))
        for member in json.loads(file.read_text(encoding="utf-8"))
    )

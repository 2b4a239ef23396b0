"""What the benchmarks share: how a figure is handed on, and what the machine was like.

A benchmark prints for people. Where `ROLECALL_FIGURES` names a file, it also adds a line of
JSON to it for each promise: `scripts/bench.py` makes the table and the plot of them.
"""

import json
import os
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

VARIABLE = "ROLECALL_FIGURES"


@dataclass(frozen=True)
class Figure:
    """One promise and what was measured.

    `promised` is the bound of `measured`: the least where `more_is_better`, else the most.
    `peer` is what Rolecall was measured against; "" where the bound stands alone.
    """

    name: str
    measured: float
    promised: float
    unit: str
    more_is_better: bool
    peer: str = ""
    ours: str = ""
    theirs: str = ""
    memory: str = ""

    @property
    def kept(self) -> bool:
        """Whether the promise is."""
        if self.more_is_better:
            return self.measured >= self.promised
        return self.measured <= self.promised

    @property
    def margin(self) -> float:
        """How far the promise is kept: 1 is just so, 2 twice as good, 0.5 half as good."""
        if self.more_is_better:
            return self.measured / self.promised
        return self.promised / self.measured if self.measured > 0 else float("inf")


def record(*figures: Figure) -> None:
    """Hand figures on, if somebody asked for them."""
    if path := os.environ.get(VARIABLE):
        with Path(path).open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)


def load() -> str:
    """How busy the machine is, in words."""
    return ", ".join(f"{value:.1f}" for value in os.getloadavg())


def machine() -> str:
    """What it is: processors, memory, system and Python."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} processors ({platform.machine()}), {memory:.0f} GiB of memory, "
        f"{platform.system()}, Python {platform.python_version()}"
    )

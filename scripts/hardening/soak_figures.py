"""What the soak measured, and whether it is flat."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.hardening.soak_client import Tally
from scripts.hardening.soak_server import Sample

#: How much more there may be at the end of the fitted line than at its beginning.
TOLERANCES: dict[str, tuple[Callable[[Sample], float], float, str]] = {
    "resident memory": (lambda sample: sample.resident_mb, 6.0, "MB"),
    "open files": (lambda sample: sample.descriptors, 10.0, ""),
    "threads": (lambda sample: sample.threads, 3.0, ""),
    "state folder": (lambda sample: sample.state_kb, 50.0, "KB"),
    "log": (lambda sample: sample.log_kb, 5 * 1024.0, "KB"),
}
#: Fewer minutes than these behind the warm-up say nothing of growth.
SHORTEST = 5.0


@dataclass(frozen=True, slots=True)
class Line:
    """A line fitted through samples."""

    name: str
    unit: str
    first: float
    slope_an_hour: float
    hours: float
    least: float
    most: float
    tolerance: float

    @property
    def growth(self) -> float:
        """How far the line rises within the fitted time."""
        return self.slope_an_hour * self.hours

    @property
    def flat(self) -> bool:
        """Whether it rises no further than it may."""
        return self.growth <= self.tolerance

    def row(self) -> str:
        """A row of the table."""
        return (
            f"{self.name:16} {self.first:10.1f} {self.least:10.1f} {self.most:10.1f} "
            f"{self.slope_an_hour:+12.2f} {self.growth:+10.2f} {self.tolerance:10.0f} {self.unit:3}"
            f"{'' if self.flat else ' GROWS'}"
        )


def longest_life(samples: Sequence[Sample]) -> list[Sample]:
    """The samples of the process that lived longest."""
    pid, _ = Counter(sample.pid for sample in samples).most_common(1)[0]
    return [sample for sample in samples if sample.pid == pid]


def fitted(samples: Sequence[Sample], warm_up: float) -> list[Line]:
    """Lines through the samples of the longest life, from `warm_up` seconds behind its start."""
    life = longest_life(samples) if samples else []
    steady = [s for s in life if s.moment >= life[0].moment + warm_up]
    if len(steady) < 10 or steady[-1].moment - steady[0].moment < SHORTEST * 60:
        return []
    hours = (steady[-1].moment - steady[0].moment) / 3600
    lines = []
    for name, (value, tolerance, unit) in TOLERANCES.items():
        xs = [(sample.moment - steady[0].moment) / 3600 for sample in steady]
        ys = [value(sample) for sample in steady]
        first, slope = _line(xs, ys)
        lines.append(Line(name, unit, first, slope, hours, min(ys), max(ys), tolerance))
    return lines


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return mean_y - slope * mean_x, slope


def latencies(tally: Tally) -> list[str]:
    """A table of the calls: how many, allowed, denied, and how long they took."""
    rows = [
        f"{'call':36} {'calls':>8} {'allowed':>8} {'denied':>8} "
        f"{'p50 ms':>8} {'p90':>8} {'p99':>8} {'max':>8}"
    ]
    for call in sorted(tally.milliseconds):
        values = sorted(tally.milliseconds[call])
        rows.append(
            f"{call:36} {len(values):8} {tally.allowed[call]:8} {tally.denied[call]:8} "
            + " ".join(f"{_at(values, part):8.1f}" for part in (0.5, 0.9, 0.99, 1.0))
        )
    every = sorted(value for values in tally.milliseconds.values() for value in values)
    rows.append(
        f"{'all':36} {len(every):8} {tally.allowed.total():8} {tally.denied.total():8} "
        + " ".join(f"{_at(every, part):8.1f}" for part in (0.5, 0.9, 0.99, 1.0))
    )
    return rows


def _at(values: Sequence[float], part: float) -> float:
    return values[min(len(values) - 1, int(part * len(values)))] if values else 0.0

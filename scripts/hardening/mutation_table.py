"""The figures of a run, by file."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = ("file", "mutants", "killed", "timeout", "survived", "score")


def table(tried: Sequence[Mapping[str, Any]], whole: int) -> str:
    """A row a file and one for all; of a sample, the interval as well."""
    counts: dict[str, Counter[str]] = {}
    for mutant in tried:
        counts.setdefault(mutant["path"], Counter())[mutant["outcome"]] += 1
    total = sum(counts.values(), Counter())
    rows = [_HEAD, *(_row(path, found) for path, found in sorted(counts.items()))]
    rows.append(_row("all", total))
    width = max(len(row[0]) for row in rows)
    lines = [f"{row[0]:<{width}}" + "".join(f"{cell:>10}" for cell in row[1:]) for row in rows]
    if tried:
        low, high = interval(len(tried) - total["survived"], len(tried), whole)
        lines.append(f"{len(tried)} of {whole} mutants; 95 %: {low:.1%} to {high:.1%} are noticed")
    return "\n".join(lines)


def _row(name: str, found: Counter[str]) -> tuple[str, ...]:
    count = found.total()
    noticed = count - found["survived"]
    return (
        name,
        *(str(number) for number in (count, found["killed"], found["timeout"], found["survived"])),
        f"{noticed / count:.1%}" if count else "",
    )


def interval(noticed: int, tried: int, whole: int) -> tuple[float, float]:
    """Wilson's, at 95 %, narrowed by how much of the whole was tried."""
    z = 1.96 * math.sqrt(max(0, whole - tried) / max(1, whole - 1))
    share = noticed / tried
    middle = (share + z * z / (2 * tried)) / (1 + z * z / tried)
    half = z / (1 + z * z / tried) * math.sqrt(
        share * (1 - share) / tried + z * z / (4 * tried * tried)
    )  # fmt: skip
    return middle - half, middle + half

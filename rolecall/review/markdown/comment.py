"""The whole comment, kept within what a comment may have."""

from collections.abc import Callable, Iterator, Sequence

from rolecall.review import told
from rolecall.review.comment.body import MARKER
from rolecall.review.markdown.details import details
from rolecall.review.markdown.escape import text
from rolecall.review.markdown.table import HEAD, row
from rolecall.review.mermaid import READABLE, changed_edges, to_mermaid
from rolecall.review.report import Change, Report

#: What a comment on GitHub may have; counted in bytes, which is never less than characters.
LIMIT = 65_536
#: Kept free: the marker may get a name, and what was left out is said at the end.
_RESERVE = 600
_LEAST = 4_000
_GRAPH = 12_000


class _Room:
    """What is left of the limit."""

    def __init__(self, limit: int) -> None:
        self.left = limit

    def take(self, part: str) -> bool:
        """Whether the part, with a blank line behind it, still fits; then it is taken."""
        size = len(part.encode("utf-8")) + 2
        if size > self.left:
            return False
        self.left -= size
        return True


def to_markdown(report: Report, *, limit: int = LIMIT) -> str:
    """The report as a comment of at most `limit` characters and bytes.

    What does not fit is left out in this order, and the comment says so: details, the
    graph, rows of changes by which nobody gains, rows of the less severe. The verdict and
    why the gate failed always stay. limit: at least 4000.
    """
    if limit < _LEAST:
        raise ValueError(f"a comment has at least {_LEAST} characters")
    room = _Room(limit - _RESERVE)
    head, foot = next(h for h in _heads(report) if room.take(h)), _foot(report)
    if not room.take(foot):
        foot = ""
    changed = [change for change in report.changes if change.state != "same"]
    risky = [change for change in changed if not told.harmless(change)]
    rest = [change for change in changed if told.harmless(change)]
    if changed:
        room.take(HEAD)
    rows = _taken(risky, row, room)
    if len(rows) == len(risky):
        rows += _taken(rest, row, room)
    graph, graph_note = _graph(report)
    if graph and not room.take(graph):
        graph = ""
    folded = _taken([*risky, *rest], details, room)
    left_out = _left_out(len(changed), len(rows), len(folded), bool(graph_note and not graph))
    parts = [
        MARKER + "\n" + head,
        "\n".join([HEAD, *rows]) if rows else "",
        graph,
        "\n\n".join(folded),
        foot,
        left_out,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _taken(changes: Sequence[Change], made: Callable[[Change], str], room: _Room) -> list[str]:
    """As many as fit, in order; the first that does not fit is the last."""
    found: list[str] = []
    for change in changes:
        part = made(change)
        if not room.take(part):
            break
        found.append(part)
    return found


def _heads(report: Report) -> Iterator[str]:
    """The head, and shorter ones, the last of which always fits."""
    for most, characters in ((6, 300), (3, 200), (1, 80), (0, 0)):
        yield _head(report, most, characters)


def _head(report: Report, most: int, characters: int) -> str:
    mark = "passed" if report.gate == "passed" else "failed"
    lines = [
        f"## Access review: {text(report.verdict, 20)}",
        f"**{told.MEANS.get(report.verdict, '').capitalize()}.** Severity: "
        f"{report.severity.word}. {told.counted(report).capitalize()}",
        f"Gate (fails on {text(report.fail_on, 20)}): **{mark}**",
    ]
    if report.gate_reasons:
        lines.append(_bullets(report.gate_reasons, most, characters))
    if report.stale:
        lines.append("Acknowledgements that do not count:")
        lines.append(_bullets(report.stale, most, characters))
    return "\n\n".join(lines)


def _bullets(items: Sequence[str], most: int, characters: int) -> str:
    lines = [f"- {text(item, characters)}" for item in items[:most]]
    if len(items) > most:
        lines.append(f"- and {len(items) - most} more")
    return "\n".join(lines)


def _graph(report: Report) -> tuple[str, str]:
    """The graph with what it does not show; and, if there is any, a word for it."""
    edges = changed_edges(report)
    if not edges:
        return "", ""
    drawn = to_mermaid(report, characters=_GRAPH)
    note = ""
    if len(edges) > READABLE:
        note = f"\n\nThe graph has {READABLE} of {len(edges)} changes of trust, the worst first."
    return f"```mermaid\n{drawn}\n```{note}", "graph"


def _foot(report: Report) -> str:
    environments = ", ".join(text(name, 60) for name in report.environments[:12])
    lines = [f"Environments: {environments}."] if environments else []
    lines += ["Assumed:\n\n" + _bullets(report.assumptions, 8, 220)] if report.assumptions else []
    if report.notes:
        lines.append("Not read:\n\n" + _bullets(report.notes, 3, 220))
    body = "\n\n".join(lines)
    return f"<details>\n<summary>What stands under this</summary>\n\n{body}\n\n</details>"


def _left_out(changed: int, rows: int, folded: int, graph: bool) -> str:
    parts: list[str] = []
    if rows < changed:
        parts.append(f"{changed - rows} of {changed} rows (those that matter least)")
    if folded < changed:
        parts.append(f"the details of {changed - folded} of {changed} changes")
    if graph:
        parts.append("the graph")
    if not parts:
        return ""
    return f"Left out, as a comment has its limit: {'; '.join(parts)}. The HTML report has all."

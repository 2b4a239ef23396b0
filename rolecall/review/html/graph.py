"""The trust graph: trusted entities on the left, roles on the right, one drawing a stack.

All nodes and edges are in the drawing; those that a filter hides have no place in it.
static/graph.js lays out again what a filter leaves, in the same order and by the same rule.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from unicodedata import east_asian_width

from rolecall.review.html.text import one_line, shortened
from rolecall.review.html.trusted import Edge, Trusted

#: Rows are so high, and lines so long; static/graph.js has the same.
ROW, TOP, SPAN = 28, 18, 300
#: Labels are cut to so many letters; one needs so much room in the widest of the fonts.
_LETTERS, _LETTER = 52, 7.4
#: More edges than that nobody can see; the list below the drawing has all of them.
LIMIT = 3_000


@dataclass(frozen=True, slots=True)
class Node:
    """One entity or role. y: None where hidden at first."""

    number: int
    label: str
    title: str
    anchor: str
    y: int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One edge; path: "" where hidden at first. x, y: where its sign stands."""

    edge: Edge
    path: str
    x: str = "0"
    y: str = "0"


@dataclass(frozen=True, slots=True)
class Drawing:
    """The graph of one environment. counts: edges by state, for the words beside it.

    left, right: where entities end and roles begin.
    """

    environment: str
    entities: tuple[Node, ...]
    roles: tuple[Node, ...]
    lines: tuple[Line, ...]
    left: int
    right: int
    width: int
    height: int
    counts: dict[str, int]
    left_out: int


def drawings(trusted: Trusted, *, unchanged: bool) -> tuple[Drawing, ...]:
    """One for each environment, in the order of the roles."""
    by_role = sorted(trusted.edges, key=lambda edge: edge.role)
    return tuple(
        _drawing(name, trusted, list(edges), unchanged)
        for name, edges in groupby(by_role, lambda edge: trusted.roles[edge.role].environment)
    )


def _drawing(name: str, trusted: Trusted, edges: list[Edge], unchanged: bool) -> Drawing:
    counts = Counter(edge.state for edge in edges)
    # Changed edges come first into the limit, and last into the drawing: in front.
    edges.sort(key=lambda edge: edge.changed, reverse=True)
    drawn = edges[:LIMIT][::-1]
    entities, roles = _ordered(drawn)
    seen = [edge for edge in drawn if unchanged or edge.changed]
    left = _places(entities, {edge.entity for edge in seen})
    right = _places(roles, {edge.role for edge in seen})
    entity_nodes = tuple(_node(n, trusted.entities[n].words, "", left) for n in entities)
    role_nodes = tuple(
        _node(n, trusted.roles[n].name, trusted.roles[n].anchor, right) for n in roles
    )
    start = _room(entity_nodes)
    end = start + SPAN
    return Drawing(
        name,
        entity_nodes,
        role_nodes,
        tuple(_line(edge, (start, left), (end, right), unchanged) for edge in drawn),
        start,
        end,
        end + _room(role_nodes),
        2 * TOP + (max(len(left), len(right), 1) - 1) * ROW,
        dict(counts),
        len(edges) - len(drawn),
    )


def _room(nodes: Sequence[Node]) -> int:
    """How much room the labels of one side need, with what stands beside them."""
    return 40 + int(_LETTER * max(map(_letters, (node.label for node in nodes)), default=0))


def _letters(label: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in label)


def _ordered(edges: Sequence[Edge]) -> tuple[list[int], list[int]]:
    """Entities by number, which keeps kinds together; roles near the middle of theirs."""
    entities = sorted({edge.entity for edge in edges})
    place = {number: row for row, number in enumerate(entities)}
    of_role: defaultdict[int, list[int]] = defaultdict(list)
    for edge in edges:
        of_role[edge.role].append(place[edge.entity])
    roles = sorted(of_role, key=lambda role: (sum(of_role[role]) / len(of_role[role]), role))
    return entities, roles


def _places(order: Sequence[int], seen: set[int]) -> dict[int, int]:
    shown = [number for number in order if number in seen]
    return {number: TOP + row * ROW for row, number in enumerate(shown)}


def _node(number: int, words: str, anchor: str, places: dict[int, int]) -> Node:
    title = one_line(words)
    return Node(number, shortened(title, _LETTERS), title, anchor, places.get(number))


def _line(
    edge: Edge,
    left: tuple[int, dict[int, int]],
    right: tuple[int, dict[int, int]],
    unchanged: bool,
) -> Line:
    if not (unchanged or edge.changed):
        return Line(edge, "")
    start, end = left[1][edge.entity], right[1][edge.role]
    begin, stop = left[0] + 8, right[0] - 8
    bend = (begin + stop) // 2
    path = f"M{begin} {start}C{bend} {start} {bend} {end} {stop} {end}"
    # Signs stand at several places of their curves, or those in the middle would meet.
    t = 0.3 + 0.1 * (edge.entity % 5)
    near, far = (1 - t) ** 2 * (1 + 2 * t), t * t * (3 - 2 * t)
    x = (1 - t) ** 3 * begin + 3 * t * (1 - t) * bend + t**3 * stop
    return Line(edge, path, f"{x:.1f}", f"{near * start + far * end:.1f}")

"""The first sight of the trust matrix. static/matrix.js makes the same of a filter's result."""

from dataclasses import dataclass
from itertools import groupby

from rolecall.review.html.trusted import Edge, Entity, Role, Trusted

#: A page of columns, and the rows that are shown at once; static/matrix.js has the same.
COLUMNS, ROWS = 16, 200


@dataclass(frozen=True, slots=True)
class Matrix:
    """One page. environments: each with how many columns it spans; cells: edges by place."""

    environments: tuple[tuple[str, int], ...]
    columns: tuple[tuple[int, Role], ...]
    kinds: tuple[tuple[str, tuple[tuple[int, Entity], ...]], ...]
    cells: dict[tuple[int, int], tuple[Edge, ...]]
    all_columns: int
    all_rows: int


def first_page(trusted: Trusted, *, unchanged: bool) -> Matrix:
    """The first columns that have anything to show, and the rows that matter there."""
    wanted = [edge for edge in trusted.edges if unchanged or edge.changed]
    columns = sorted({edge.role for edge in wanted})
    page = columns[:COLUMNS]
    shown = set(page)
    rows = sorted({edge.entity for edge in wanted if edge.role in shown})
    first = rows[:ROWS]
    cells: dict[tuple[int, int], tuple[Edge, ...]] = {}
    for edge in trusted.edges:
        place = (edge.entity, edge.role)
        cells[place] = (*cells.get(place, ()), edge)
    return Matrix(
        tuple(
            (name, len(list(group)))
            for name, group in groupby(trusted.roles[number].environment for number in page)
        ),
        tuple((number, trusted.roles[number]) for number in page),
        tuple(
            (kind, tuple(group))
            for kind, group in groupby(
                ((number, trusted.entities[number]) for number in first),
                key=lambda row: row[1].kind,
            )
        ),
        cells,
        len(columns),
        len(rows),
    )

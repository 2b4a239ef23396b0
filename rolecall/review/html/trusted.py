"""Which entity is trusted by which role: one table of all edges, for matrix, graph and list."""

from dataclasses import dataclass

from rolecall.review.html.changes import ChangeView
from rolecall.review.report import Report, TrustEdge

#: A sign for each state of an edge, shown beside its word.
STATES = {"gained": "+", "lost": "−", "changed": "~", "open": "?", "kept": "•"}


@dataclass(frozen=True, slots=True)
class Role:
    """A column. anchor: of its change on the page, or ""."""

    environment: str
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A row."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Edge:
    """Numbers of its entity and role, and what became of it."""

    entity: int
    role: int
    state: str

    @property
    def changed(self) -> bool:
        """Whether it is another one than before, or may be."""
        return self.state != "kept"


@dataclass(frozen=True, slots=True)
class Trusted:
    """All of them. Entities are sorted by kind, roles by environment."""

    entities: tuple[Entity, ...]
    roles: tuple[Role, ...]
    edges: tuple[Edge, ...]


def trusted(report: Report, changes: tuple[ChangeView, ...]) -> Trusted:
    """The edges of a report with whatever they connect."""
    anchors = {
        (view.change.environment, view.change.name): view.anchor
        for view in changes
        if view.change.kind == "role"
    }
    entities = sorted({_entity(each) for each in report.edges}, key=lambda e: (e.kind, e.words))
    order = {name: place for place, name in enumerate(report.environments)}
    names = sorted(
        {(each.environment, each.role) for each in report.edges},
        key=lambda name: (order.get(name[0], len(order)), name),
    )
    entity_number = {entity: number for number, entity in enumerate(entities)}
    role_number = {name: number for number, name in enumerate(names)}
    found = {
        (entity_number[_entity(each)], role_number[each.environment, each.role], _state(each))
        for each in report.edges
    }
    return Trusted(
        tuple(entities),
        tuple(Role(*name, anchors.get(name, "")) for name in names),
        tuple(Edge(*each) for each in sorted(found)),
    )


def _entity(edge: TrustEdge) -> Entity:
    return Entity(edge.entity_kind, edge.entity)


def _state(edge: TrustEdge) -> str:
    return edge.state if edge.state in STATES else "open"

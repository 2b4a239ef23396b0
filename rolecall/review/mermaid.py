"""The graph of who is trusted newly, no longer or otherwise, in Mermaid's language.

GitHub draws up to 500 edges and 50,000 characters; about 30 edges can be read. Whatever is
in the graph is in the table too: nobody has to see colours.
"""

import re

from rolecall.policy.errors import printable
from rolecall.review.report import Report, TrustEdge

READABLE = 30
MOST_EDGES, MOST_CHARACTERS = 499, 49_999
_ORDER = {"gained": 0, "open": 1, "changed": 2, "lost": 3}
_ARROWS = {
    "gained": "-->|gains|",
    "open": "-.->|not decided|",
    "changed": "-->|changed|",
    "lost": "-.->|loses|",
}
# Told apart on white and on black.
_COLOURS = {"gained": "#d1242f", "open": "#bf8700", "changed": "#8250df", "lost": "#57606a"}
_PLAIN = frozenset(" ./:-,()=+")


def changed_edges(report: Report) -> tuple[TrustEdge, ...]:
    """The edges that are not as before, the most dangerous first."""
    worst: dict[tuple[str, str], int] = {}
    for change in report.changes:
        if change.kind == "role":
            key = (change.environment, change.name)
            worst[key] = max(worst.get(key, 0), int(change.severity))
    found = [edge for edge in report.edges if edge.state in _ORDER]
    return tuple(
        sorted(
            found,
            key=lambda e: (
                -worst.get((e.environment, e.role), 0),
                _ORDER[e.state],
                e.environment,
                e.role,
                e.entity,
                e.entity_kind,
            ),
        )
    )


def to_mermaid(report: Report, *, edges: int = READABLE, characters: int = MOST_CHARACTERS) -> str:
    """The graph; "" if no edge changed. edges, characters: at most so many, the worst first."""
    wanted = changed_edges(report)[: max(0, min(edges, MOST_EDGES))]
    while wanted:
        text = _drawn(wanted)
        if len(text) <= min(characters, MOST_CHARACTERS):
            return text
        wanted = wanted[: len(wanted) * 3 // 4]
    return ""


def _drawn(edges: tuple[TrustEdge, ...]) -> str:
    entities: dict[tuple[str, str], str] = {}
    roles: dict[str, dict[str, str]] = {}
    for edge in edges:
        entities.setdefault((edge.entity, edge.entity_kind), f"e{len(entities)}")
        names = roles.setdefault(edge.environment, {})
        names.setdefault(edge.role, f"r{sum(map(len, roles.values()))}")
    lines = ["flowchart LR"]
    lines += [f'  {node}["{label(words)}"]' for (words, _), node in entities.items()]
    for number, (environment, names) in enumerate(roles.items()):
        lines.append(f'  subgraph s{number}["{label(environment)}"]')
        lines += [f'    {node}(["{label(name)}"])' for name, node in names.items()]
        lines.append("  end")
    for edge in edges:
        source = entities[(edge.entity, edge.entity_kind)]
        lines.append(f"  {source} {_ARROWS[edge.state]} {roles[edge.environment][edge.role]}")
    for state, colour in _COLOURS.items():
        numbers = [str(n) for n, edge in enumerate(edges) if edge.state == state]
        if numbers:
            lines.append(f"  linkStyle {','.join(numbers)} stroke:{colour},stroke-width:2px")
    return "\n".join(lines)


def label(text: str, limit: int = 60) -> str:
    """A text between Mermaid's quotes: all but letters, digits and a few signs by number.

    Mermaid reads directives, Markdown and icons (`fa:fa-car`) even there.
    """
    shown = re.sub(r"\s+", " ", printable(text)).strip() or "-"
    shown = shown if len(shown) <= limit else shown[: limit - 1] + "…"
    found = "".join(c if c.isalnum() or c in _PLAIN else f"#{ord(c)};" for c in shown)
    # "1. a" and "- a" would be lists, "fa:fa-car" an icon.
    found = re.sub(r"^([-+]|\d+[.)])(?= )", lambda m: m[1][:-1] + f"#{ord(m[1][-1])};", found)
    found = re.sub(r"(?<=fa):(?=fa-)", "#58;", found)
    return re.sub(r"://", ":#47;#47;", found)

"""One trusted entity in words, apart from the conditions it must meet."""

from dataclasses import dataclass

from rolecall.explain.wording import any_of


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody a statement lets in.

    kind: `IAM user`, `GitHub Actions`, … short: in a few words, for tables and graphs.
    lead, item, tail: the same at the beginning of a sentence, where several items with one
    lead and one tail are told together; all that share them have an item, or none has.
    key: its identity, without names for people.
    """

    kind: str
    short: str
    lead: str
    item: str = ""
    tail: str = ""
    key: str = ""


def together(found: list[Who]) -> list[str]:
    """Beginnings of sentences, each with all the entities that have its words in common."""
    groups: dict[tuple[str, str], set[str]] = {}
    for who in found:
        groups.setdefault((who.lead, who.tail), set()).add(who.item)
    return [
        " ".join(part for part in (lead, any_of(sorted(items)), tail) if part)
        for (lead, tail), items in groups.items()
    ]

"""One condition key: which values it can have for conditions to come out as wanted."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.domains import Domain, Kind
from rolecall.policy.compare.patterns import Pattern
from rolecall.policy.compare.plausible import texts_for
from rolecall.policy.compare.texts import TextKey, Unsure, Wanted
from rolecall.policy.operators import SetQualifier
from rolecall.policy.template import Context

Value: TypeAlias = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """Condition keys that make the conditions come out as wanted."""

    keys: Context


Answer: TypeAlias = Hit | Unsure | None


class Dimension(Protocol):
    """What conditions can ask about independently of everything else in a request."""

    def satisfy(self, true: int, false: int, budget: Budget) -> Answer:
        """Values for which these atoms are true and those false; None: proved impossible."""


class OpaqueDimension:
    """A condition whose truth is not known before its variables are: either may be."""

    def satisfy(self, true: int, false: int, budget: Budget) -> Answer:
        """Anything is possible."""
        del true, false, budget
        return Hit({})


class KeyDimension:
    """One key, or several that always have the same value."""

    def __init__(
        self,
        atoms: Atoms,
        keys: Sequence[str],
        domain: Domain,
        *,
        probe: Callable[[str], Context] | None = None,
        lift: Callable[[Atom], tuple[Pattern, ...] | None] | None = None,
        plausible: tuple[str, ...] = (),
    ) -> None:
        self._atoms = atoms
        self._keys = tuple(keys)
        self._domain = domain
        self._probe = probe
        direct = None if lift is not None else self._keys[0]
        self._direct = direct
        self._text = TextKey(
            domain,
            probe or (lambda text: dict.fromkeys(self._keys, text)),
            lift or (lambda atom: atom.patterns),
            direct=direct or "aws:principalarn",
            plausible=plausible or texts_for(self._keys[0]),
        )
        self._known: dict[tuple[int, int], Answer] = {}

    def prepare(self, atoms: Sequence[Atom]) -> None:
        """Tell beforehand which atoms may be asked for, for speed alone."""
        self._text.prepare(atoms)

    def satisfy(self, true: int, false: int, budget: Budget) -> Answer:
        """Values for which these atoms are true and those false; None: proved impossible."""
        found = self._known.get((true, false))
        if found is None and (true, false) not in self._known:
            wanted = [(atom, True) for atom in self._atoms.at(true)]
            wanted += [(atom, False) for atom in self._atoms.at(false)]
            found = self._known[true, false] = self._satisfy(wanted, budget)
        return found

    def _all(self, wanted: Sequence[Wanted], value: Value | None) -> bool:
        context: Context = {} if value is None else dict.fromkeys(self._keys, value)
        return all(atom.holds(context) is outcome for atom, outcome in wanted)

    def _satisfy(self, wanted: list[Wanted], budget: Budget) -> Answer:
        domain = self._domain
        if domain.absent and self._all(wanted, None):
            return Hit({})
        if not domain.single and not domain.several:
            return None
        asked = [pair for pair in wanted if not pair[0].is_null]
        if not self._all([pair for pair in wanted if pair[0].is_null], "x"):
            return None
        unsure: Unsure | None = None
        empty = domain.least == 0 and domain.kind is Kind.TEXT
        if domain.single:
            text = self._text.find(asked, budget)
            if isinstance(text, str):
                probed = self._probe(text) if self._probe else dict.fromkeys(self._keys, text)
                return Hit(probed)
            if empty and self._all(asked, ""):
                return Hit(dict.fromkeys(self._keys, ""))
            unsure = text
        if domain.several:
            values = self._several(asked, budget)
            if isinstance(values, tuple):
                return Hit(dict.fromkeys(self._keys, values))
            if empty and domain.fewest == 1 and self._all(asked, ("",)):
                return Hit(dict.fromkeys(self._keys, ("",)))
            unsure = values or unsure
        return unsure

    def _several(self, asked: list[Wanted], budget: Budget) -> tuple[str, ...] | Unsure | None:
        split = everywhere_and_somewhere(asked)
        if split is None:
            return None
        everywhere, somewhere = split
        items = find_items(self._text, self._holds_of, everywhere, somewhere, budget)
        while isinstance(items, tuple) and len(items) < self._domain.fewest:
            more = self._text.find(everywhere, budget, items)
            if not isinstance(more, str):
                return more
            items = (*items, more)
        return items

    def _holds_of(self, wanted: Wanted, item: str) -> bool:
        atom, outcome = wanted
        return atom.holds(dict.fromkeys(self._keys, item)) is outcome


def everywhere_and_somewhere(
    asked: Sequence[Wanted],
) -> tuple[list[Wanted], list[Wanted]] | None:
    """What every one of several values must fulfil, and what any one of them must.

    None: it cannot be, because an Allow that compares texts never matches several.
    """
    everywhere: list[Wanted] = []
    somewhere: list[Wanted] = []
    for atom, outcome in asked:
        qualifier = atom.operator.qualifier
        if qualifier is SetQualifier.NONE and not atom.deny:
            if outcome:
                return None
        elif (qualifier is SetQualifier.ALL) is outcome:
            everywhere.append((atom, outcome))
        else:
            somewhere.append((atom, outcome))
    return everywhere, somewhere


def find_items(
    text: TextKey,
    holds: Callable[[Wanted, str], bool],
    everywhere: list[Wanted],
    somewhere: list[Wanted],
    budget: Budget,
    start: tuple[str, ...] = (),
) -> tuple[str, ...] | Unsure | None:
    """As few values as do: each fulfils `everywhere`, and one each of `somewhere`."""
    items = list(start)
    for pair in somewhere:
        if any(holds(pair, item) for item in items):
            continue
        found = text.find([*everywhere, pair], budget)
        if not isinstance(found, str):
            return found
        items.append(found)
    if not items:
        found = text.find(everywhere, budget)
        if not isinstance(found, str):
            return found
        items.append(found)
    return tuple(items)

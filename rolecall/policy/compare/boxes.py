"""What a box of requests has beyond others: boxes are conjunctions of atoms, as bits.

A box minus other boxes is split atom by atom; each key is asked whether the atoms on it
can come out that way together. Keys do not depend on each other, so nothing more is
to be asked.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.dimension import Dimension

#: For each atom (by its bit) the dimension it is on, and all atoms of that dimension.
Places: TypeAlias = Callable[[int], tuple[Dimension, int]]


def differences(
    box: int, covers: Sequence[int], places: Places, budget: Budget
) -> Iterator[tuple[int, int]]:
    """The parts of a box that none of the covers has: atoms that are true, atoms that are false.

    Nothing is yielded where the covers are proved to hold the whole box. A part may be
    empty where a dimension could not decide. Raises `BudgetExceeded`.
    """
    if any(not cover & ~box for cover in covers) or not _possible(box, 0, places, budget):
        return
    clauses: list[int] = []
    for cover in covers:
        rest = cover & ~box
        # One atom alone is settled by the split itself.
        if rest.bit_count() == 1 or _possible_with(box, rest, places, budget):
            clauses.append(rest)
    yield from _split(box, 0, clauses, places, budget)


def _possible(true: int, false: int, places: Places, budget: Budget) -> bool:
    """Whether every dimension has values for these atoms, as far as is known."""
    if true & false:
        return False
    rest = true | false
    while rest:
        dimension, atoms = places(rest & -rest)
        if dimension.satisfy(true & atoms, false & atoms, budget) is None:
            return False
        rest &= ~atoms
    return True


def _possible_with(box: int, more: int, places: Places, budget: Budget) -> bool:
    """The same of a box that is possible, with further atoms true."""
    while more:
        dimension, atoms = places(more & -more)
        if dimension.satisfy((box | more) & atoms, 0, budget) is None:
            return False
        more &= ~atoms
    return True


def _split(
    true: int, false: int, clauses: Sequence[int], places: Places, budget: Budget
) -> Iterator[tuple[int, int]]:
    budget.spend()
    rest: list[int] = []
    for clause in clauses:
        if clause & false:
            continue
        undecided = clause & ~true
        if not undecided:
            return
        rest.append(undecided)
    if not rest:
        yield true, false
        return
    rest.sort(key=int.bit_count)
    chosen = rest[0]
    while chosen:
        bit = chosen & -chosen
        chosen ^= bit
        dimension, atoms = places(bit)
        if dimension.satisfy(true & atoms, (false | bit) & atoms, budget) is not None:
            yield from _split(true, false | bit, rest[1:], places, budget)
        true |= bit
        if dimension.satisfy(true & atoms, false & atoms, budget) is None:
            return

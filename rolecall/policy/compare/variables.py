"""Policy variables: one value each, so that a condition with them means something definite."""

from collections.abc import Iterator, Sequence
from itertools import islice, product

from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.dimension import Hit
from rolecall.policy.compare.settings import Setting
from rolecall.policy.compiled_condition import CompiledCondition
from rolecall.policy.condition import Condition

_TRIES = 27


def fillings(
    setting: Setting, atoms: Atoms, true: int, false: int, budget: Budget
) -> Iterator[tuple[int, int]]:
    """The same part with the variables of its conditions pinned to values, in a few ways.

    Each way is a part of what the variables leave open; that none is found proves nothing.
    """
    opaque = [atom for atom in atoms.at(true | false) if atom.opaque]
    names = tuple(dict.fromkeys(name for atom in opaque for name in atom.opaque))
    plain_true, plain_false = true, false
    for atom in opaque:
        plain_true &= ~atom.bit
        plain_false &= ~atom.bit
    options = [
        list(_values(setting, atoms, name, plain_true, plain_false, budget)) for name in names
    ]
    for values in islice(product(*options), _TRIES):
        pinned = dict(zip(names, values, strict=True))
        part = _pin(setting, atoms, pinned, opaque, true, (plain_true, plain_false))
        if part is not None and _possible(setting, part, budget):
            yield part


def _values(
    setting: Setting, atoms: Atoms, name: str, true: int, false: int, budget: Budget
) -> Iterator[str | tuple[str, ...]]:
    """What a variable may be: what its own conditions ask for, something else, nothing."""
    present = _atom(atoms, "Null", name, "false")
    bits = setting.box((present,))
    if bits is None:
        yield ()
        return
    if bits:
        dimension, mask = setting.place(bits)
        answer = dimension.satisfy((true | bits) & mask, false & mask, budget)
        if isinstance(answer, Hit) and name in answer.keys:
            yield answer.keys[name]
    yield "alice"
    yield ()


def _pin(
    setting: Setting,
    atoms: Atoms,
    pinned: dict[str, str | tuple[str, ...]],
    opaque: Sequence[Atom],
    true: int,
    plain: tuple[int, int],
) -> tuple[int, int] | None:
    wanted_true, wanted_false = plain
    for name, value in pinned.items():
        pin = (
            _atom(atoms, "StringEquals", name, value)
            if isinstance(value, str)
            else _atom(atoms, "Null", name, "true")
        )
        box = setting.box((pin,))
        if box is None:
            return None
        wanted_true |= box
    for atom in opaque:
        box = setting.box((atoms.filled(atom, pinned),))
        if true & atom.bit:
            if box is None:
                return None
            wanted_true |= box
        elif box == 0:
            return None
        elif box is not None:
            wanted_false |= box
    return None if wanted_true & wanted_false else (wanted_true, wanted_false)


def _atom(atoms: Atoms, operator: str, key: str, value: str) -> Atom:
    compiled = CompiledCondition(
        Condition(operator, key, (value,)), "Condition", deny=False, variables=False
    )
    return atoms.add(compiled, deny=False, variables=False)


def _possible(setting: Setting, part: tuple[int, int], budget: Budget) -> bool:
    true, false = part
    rest = true | false
    while rest:
        dimension, atoms = setting.place(rest & -rest)
        if not isinstance(dimension.satisfy(true & atoms, false & atoms, budget), Hit):
            return False
        rest &= ~atoms
    return True

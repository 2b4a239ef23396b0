"""One kind of caller making one kind of call: which atoms are settled, which ask what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
)
from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compare.classes import CallerClass
from rolecall.policy.compare.dimension import Dimension, KeyDimension, OpaqueDimension
from rolecall.policy.compare.domains import (
    NEVER,
    Domain,
    TokenKeys,
    Who,
    domain_of,
)
from rolecall.policy.compare.patterns import NAME, PATH, Pattern, Symbol, literal, one_of
from rolecall.policy.compare.plausible import arns_for
from rolecall.policy.compare.tags import TagsDimension, is_about_tags
from rolecall.policy.operators import Family
from rolecall.policy.template import Context

ACTIONS = {
    Who.USER: ASSUME_ROLE,
    Who.ROLE: ASSUME_ROLE,
    Who.SERVICE: ASSUME_ROLE,
    Who.WEB: ASSUME_ROLE_WITH_WEB_IDENTITY,
    Who.SAML: ASSUME_ROLE_WITH_SAML,
}


class Identity(Enum):
    """The source identity of a call."""

    NONE = auto()
    GIVEN = auto()
    LASTING = auto()
    """Of the caller's own session: it cannot be changed."""


@dataclass(frozen=True, slots=True)
class Mode:
    """What a call brings besides asking."""

    tags: bool
    identity: Identity

    def actions(self, who: Who) -> tuple[str, ...]:
        """Every action that must be allowed."""
        found = [ACTIONS[who]]
        if self.tags:
            found.append(TAG_SESSION)
        if self.identity is not Identity.NONE:
            found.append(SET_SOURCE_IDENTITY)
        return tuple(found)


def modes_of(who: Who) -> tuple[Mode, ...]:
    """The kinds of calls, the simplest first."""
    identities = [Identity.NONE, Identity.GIVEN]
    if who is Who.ROLE:
        identities.append(Identity.LASTING)
    return tuple(Mode(tags, identity) for identity in identities for tags in (False, True))


_SOURCE_IDENTITY = Domain(absent=False, charset=NAME, least=2, most=64)
_ARN_KEYS = ("aws:principalarn", "aws:principalaccount", "aws:username")
_SAMPLES: Mapping[str, str] = {
    "aws:principalaccount": "444455556666",
    "aws:username": "alice",
}


class Keys:
    """The dimensions of a comparison, each made once."""

    def __init__(self, atoms: Atoms, tokens: TokenKeys) -> None:
        self.atoms = atoms
        self._tokens = tokens
        self._made: dict[object, Dimension] = {}
        self._domains: dict[tuple[str, Who, str], Domain] = {}
        self._sets = {atom.key for atom in atoms.all if atom.of_several}

    def domain(self, key: str, caller: CallerClass) -> Domain:
        """The values of a key for such callers."""
        identity = (key, caller.who, caller.provider)
        found = self._domains.get(identity)
        if found is None:
            found = self._domains[identity] = domain_of(
                *identity, self._tokens, sets=key in self._sets
            )
        return found

    def opaque(self, atom: Atom) -> Dimension:
        """Either way."""
        return self._once(("opaque", atom.bit), OpaqueDimension)

    def tags(self) -> Dimension:
        """The tags of a call."""
        return self._once("tags", lambda: TagsDimension(self.atoms))

    def one(self, keys: tuple[str, ...], domain: Domain) -> Dimension:
        """One key, under its names."""

        def make() -> Dimension:
            dimension = KeyDimension(self.atoms, keys, domain)
            dimension.prepare([atom for atom in self.atoms.all if atom.key in keys])
            return dimension

        return self._once((keys, domain), make)

    def arn(self, caller: CallerClass) -> Dimension:
        """The caller's ARN and what follows from it."""
        return self._once(("arn", caller.arn, caller.not_arn), lambda: self._arn(caller))

    def _once(self, identity: object, make: Callable[[], Dimension]) -> Dimension:
        found = self._made.get(identity)
        if found is None:
            found = self._made[identity] = make()
        return found

    def _arn(self, caller: CallerClass) -> Dimension:
        user = caller.who is Who.USER

        def probe(arn: str) -> Context:
            parts = arn.split(":", 5)
            found = {"aws:principalarn": arn, "aws:principalaccount": parts[4]}
            if user:
                found["aws:username"] = arn.rpartition("/")[2]
            return found

        domain = Domain(
            absent=False,
            charset=PATH,
            least=1,
            language=caller.arn,
            excluded=caller.not_arn,
        )
        dimension = KeyDimension(
            self.atoms,
            _ARN_KEYS,
            domain,
            probe=probe,
            lift=lambda atom: _lift(atom, caller),
            plausible=arns_for(
                "user" if user else "role",
                caller.account.id if caller.account else None,
                caller.partition,
            ),
        )
        dimension.prepare([atom for atom in self.atoms.all if atom.key in _ARN_KEYS])
        return dimension


def _lift(atom: Atom, caller: CallerClass) -> tuple[Pattern, ...] | None:
    """Patterns of the ARN that say what the atom says of a part of it."""
    rows = atom.patterns
    if rows is None or atom.key == "aws:principalarn":
        return rows
    prefix = literal(f"arn:{caller.partition}:iam::")
    if atom.key == "aws:principalaccount":
        return tuple(
            (*prefix, *_within(row, ":"), *literal(":"), Symbol(True, None))
            for row in rows
            if not _mentions(row, ":")
        )
    number = (Symbol(True, None, ":"),)
    lifted: list[Pattern] = []
    for row in rows:
        if _mentions(row, "/"):
            continue
        name = _within(row, "/")
        lifted.append((*prefix, *number, *literal(":user/"), *name))
        lifted.append((*prefix, *number, *literal(":user/"), *one_of(PATH), *literal("/"), *name))
    return tuple(lifted)


def _within(row: Pattern, excluded: str) -> Pattern:
    return tuple(s._replace(excluded=excluded) if s.chars is None else s for s in row)


def _mentions(row: Pattern, character: str) -> bool:
    return any(symbol.chars == character for symbol in row)


def depends_on_mode(atom: Atom) -> bool:
    """Whether the atom asks for something that only some kinds of calls bring."""
    return any(
        is_about_tags(key) or key.endswith("sourceidentity") for key in (atom.key, *atom.opaque)
    )


class Setting:
    """One class of callers in one mode.

    `settled`: what is known of atoms whatever the mode; it is shared by all of a class.
    """

    def __init__(
        self,
        caller: CallerClass,
        mode: Mode,
        keys: Keys,
        settled: dict[int, tuple[bool | Atom, Dimension | None]],
    ) -> None:
        self.caller = caller
        self.mode = mode
        self._keys = keys
        self._places: dict[int, Dimension] = {}
        self._masks: dict[int, int] = {}
        self._settled: dict[int, bool | Atom] = {}
        self._shared = settled

    def place(self, bit: int) -> tuple[Dimension, int]:
        """The dimension of an atom that is not settled, and all such atoms on it."""
        dimension = self._places[bit]
        return dimension, self._masks[id(dimension)]

    def signature(self, bits: int) -> tuple[int, ...]:
        """What tells the dimensions of these atoms from those of another setting."""
        found: list[int] = []
        while bits:
            bit = bits & -bits
            bits ^= bit
            found.append(id(self._places[bit]))
        return tuple(found)

    def unasked(self, bits: int) -> list[Dimension]:
        """The dimensions that some atom is on, but none of these."""
        found = {id(dimension): dimension for dimension in self._places.values()}
        return [d for identity, d in found.items() if not self._masks[identity] & bits]

    def box(self, atoms: tuple[Atom, ...]) -> int | None:
        """The atoms that are left to be asked, as bits; None: the conjunction is false."""
        bits = 0
        for atom in atoms:
            settled = self._settled.get(atom.bit)
            if settled is None:
                settled = self._settled[atom.bit] = self._look_up(atom)
            if settled is False:
                return None
            if settled is not True:
                bits |= settled.bit
        return bits

    def _look_up(self, atom: Atom) -> bool | Atom:
        if depends_on_mode(atom):
            settled, dimension = self._settle(atom)
        else:
            found = self._shared.get(atom.bit)
            if found is None:
                found = self._shared[atom.bit] = self._settle(atom)
            settled, dimension = found
        if dimension is not None and isinstance(settled, Atom):
            self._places[settled.bit] = dimension
            self._masks[id(dimension)] = self._masks.get(id(dimension), 0) | settled.bit
        return settled

    def _settle(self, atom: Atom) -> tuple[bool | Atom, Dimension | None]:
        if atom.opaque:
            values = {} if atom.unknown else {key: self._known(key) for key in atom.opaque}
            if atom.unknown or None in values.values():
                return atom, self._keys.opaque(atom)
            known = {key: value for key, value in values.items() if value is not None}
            atom = self._keys.atoms.filled(atom, known)
        key = atom.key
        fixed = self._known(key)
        if fixed is not None:
            return atom.holds({key: fixed}), None
        if is_about_tags(key):
            return atom, self._keys.tags()
        caller = self.caller
        if key in _ARN_KEYS:
            if atom.operator.family is Family.ARN and key != "aws:principalarn":
                return atom.holds({key: _SAMPLES[key]}), None  # neither of the two is ever an ARN
            return atom, self._keys.arn(caller)
        if key == "aws:userid":
            domain = Domain(
                absent=False,
                charset=NAME + ":",
                least=1,
                language=caller.userid,
                excluded=caller.not_userid,
            )
            return atom, self._keys.one((key,), domain)
        if key == "aws:principalservicename":
            domain = Domain(absent=False, least=1, language=caller.arn, excluded=caller.not_arn)
            return atom, self._keys.one((key,), domain)
        if key in ("sts:sourceidentity", "aws:sourceidentity"):
            names: tuple[str, ...] = ("sts:sourceidentity",)
            if self.mode.identity is Identity.LASTING:
                names = ("sts:sourceidentity", "aws:sourceidentity")
            return atom, self._keys.one(names, _SOURCE_IDENTITY)
        return atom, self._keys.one((key,), self._keys.domain(key, caller))

    def _known(self, key: str) -> str | tuple[str, ...] | None:
        """The value that a key has in every such request, () for an absent one; None: it varies."""
        caller, mode = self.caller, self.mode
        fixed = caller.fixed.get(key)
        if fixed is not None:
            return fixed
        if is_about_tags(key):
            return None if mode.tags else ()
        if key == "sts:sourceidentity":
            return None if mode.identity is not Identity.NONE else ()
        if key == "aws:sourceidentity":
            return None if mode.identity is Identity.LASTING else ()
        if key in _ARN_KEYS and caller.arn and caller.who is not Who.SERVICE:
            return None if key != "aws:username" or caller.who is Who.USER else ()
        if key == "aws:userid" and caller.userid:
            return None
        if self._keys.domain(key, caller) == NEVER:
            return ()
        return None

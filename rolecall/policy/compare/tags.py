"""Session tags: their keys, their values and the transitive ones, which hang together.

aws:RequestTag/<key> is there exactly if one of aws:TagKeys is <key>, ignoring case; a
transitive key is the key of a tag.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compare.budget import Budget
from rolecall.policy.compare.dimension import (
    Answer,
    Hit,
    KeyDimension,
    everywhere_and_somewhere,
    find_items,
)
from rolecall.policy.compare.domains import TAG_KEY, TAG_VALUE
from rolecall.policy.compare.plausible import texts_for
from rolecall.policy.compare.texts import TextKey, Unsure, Wanted
from rolecall.policy.compiled_condition import CompiledCondition
from rolecall.policy.condition import Condition

TAG_KEYS, TRANSITIVE, ONE_TAG = "aws:tagkeys", "sts:transitivetagkeys", "aws:requesttag/"
_MOST_SPLITS = 6
_ANY_VALUE = "yes"


def is_about_tags(key: str) -> bool:
    """Whether the key (in lower case) belongs to the tags that a call brings."""
    return key in (TAG_KEYS, TRANSITIVE) or key.startswith(ONE_TAG)


class TagsDimension:
    """The tags of a call that brings at least one."""

    def __init__(self, atoms: Atoms) -> None:
        self._atoms = atoms
        self._names = TextKey(
            TAG_KEY,
            lambda text: {TAG_KEYS: text, TRANSITIVE: text},
            direct=TAG_KEYS,
            plausible=texts_for(TAG_KEYS),
        )
        self._values: dict[str, KeyDimension] = {}
        self._is_named: dict[str, Atom] = {}
        self._known: dict[tuple[int, int], Answer] = {}

    def satisfy(self, true: int, false: int, budget: Budget) -> Answer:
        """Tags for which these atoms are true and those false; None: proved impossible."""
        if (true, false) not in self._known:
            wanted = [(atom, True) for atom in self._atoms.at(true)]
            wanted += [(atom, False) for atom in self._atoms.at(false)]
            self._known[true, false] = self._satisfy(wanted, budget)
        return self._known[true, false]

    def _satisfy(self, wanted: list[Wanted], budget: Budget) -> Answer:
        single: dict[str, list[Wanted]] = {}
        keys: list[Wanted] = []
        transitive: list[Wanted] = []
        for pair in wanted:
            key = pair[0].key
            if key == TAG_KEYS:
                keys.append(pair)
            elif key == TRANSITIVE:
                transitive.append(pair)
            else:
                single.setdefault(key.removeprefix(ONE_TAG), []).append(pair)
        unsure: Unsure | None = None
        if len(single) > _MOST_SPLITS:
            return Unsure("too many session tags are asked for at once")
        for given in self._splits(single, budget):
            if isinstance(given, Unsure):
                unsure = given
                continue
            answer = self._with_keys(given, keys, transitive, budget)
            if isinstance(answer, Hit):
                return answer
            unsure = answer or unsure
        return unsure

    def _splits(
        self, single: dict[str, list[Wanted]], budget: Budget
    ) -> Iterator[dict[str, str | None] | Unsure]:
        """Each way in which the mentioned tags can be there (with a value) or not."""
        if not single:
            yield {}
            return
        (name, asked), *rest = single.items()
        others = dict(rest)
        options: list[str | None] = []
        if all(atom.holds({}) is outcome for atom, outcome in asked):
            options.append(None)
        value = self._value(name, asked, budget)
        if isinstance(value, Unsure):
            yield value
        elif value is not None:
            options.append(value)
        for option in options:
            for more in self._splits(others, budget):
                yield more if isinstance(more, Unsure) else {name: option, **more}

    def _value(self, name: str, asked: list[Wanted], budget: Budget) -> str | Unsure | None:
        dimension = self._values.get(name)
        if dimension is None:
            dimension = self._values[name] = KeyDimension(
                self._atoms, (ONE_TAG + name,), replace(TAG_VALUE, absent=False)
            )
        true = sum(atom.bit for atom, outcome in asked if outcome)
        false = sum(atom.bit for atom, outcome in asked if not outcome)
        answer = dimension.satisfy(true, false, budget)
        return str(answer.keys[ONE_TAG + name]) if isinstance(answer, Hit) else answer

    def _named(self, name: str) -> Atom:
        """The question whether a tag's key is this one, ignoring case."""
        atom = self._is_named.get(name)
        if atom is None:
            condition = Condition("StringEqualsIgnoreCase", TAG_KEYS, (name,))
            compiled = CompiledCondition(condition, "Condition", deny=False, variables=False)
            atom = self._is_named[name] = self._atoms.add(compiled, deny=False, variables=False)
        return atom

    def _with_keys(
        self,
        given: dict[str, str | None],
        keys: Sequence[Wanted],
        transitive: Sequence[Wanted],
        budget: Budget,
    ) -> Answer:
        if not all(a.holds({TAG_KEYS: ("x",)}) is wanted for a, wanted in keys if a.is_null):
            return None
        split = everywhere_and_somewhere([pair for pair in keys if not pair[0].is_null])
        if split is None:
            return None
        everywhere, somewhere = split
        everywhere += [(self._named(name), False) for name, v in given.items() if v is None]
        somewhere += [(self._named(name), True) for name, v in given.items() if v is not None]
        found = self._transitive_keys(everywhere, transitive, budget)
        if not isinstance(found, tuple):
            return found
        names = find_items(self._names, _holds, everywhere, somewhere, budget, start=found)
        if not isinstance(names, tuple):
            return names
        distinct = tuple(dict.fromkeys(names))
        if len({name.lower() for name in distinct}) < len(distinct):
            return Unsure("the same tag would be needed in two spellings")
        values = {ONE_TAG + name: given.get(name.lower(), _ANY_VALUE) or "" for name in distinct}
        context: dict[str, str | tuple[str, ...]] = {TAG_KEYS: distinct, **values}
        if found:
            context[TRANSITIVE] = found
        return Hit(context)

    def _transitive_keys(
        self, everywhere: list[Wanted], transitive: Sequence[Wanted], budget: Budget
    ) -> tuple[str, ...] | Unsure | None:
        """The transitive keys; each is a tag's key as well, so it fulfils what those must."""
        if all(atom.holds({}) is wanted for atom, wanted in transitive):
            return ()
        if not all(a.holds({TRANSITIVE: ("x",)}) is w for a, w in transitive if a.is_null):
            return None
        split = everywhere_and_somewhere([pair for pair in transitive if not pair[0].is_null])
        if split is None:
            return None
        own, somewhere = split
        found = find_items(self._names, _holds, [*everywhere, *own], somewhere, budget)
        if found is not None or not everywhere:
            return found
        for alone in ((everywhere, []), (own, somewhere)):
            if find_items(self._names, _holds, *alone, budget) is None:
                return None
        return Unsure("a transitive tag would be needed in two spellings")


def _holds(wanted: Wanted, item: str) -> bool:
    atom, outcome = wanted
    return atom.holds({atom.key: item}) is outcome

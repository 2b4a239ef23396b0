"""The work of a comparison: one kind of callers after the other, both ways."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from rolecall.policy.arn import role_arn as role_arn_of
from rolecall.policy.compare.atoms import Atom
from rolecall.policy.compare.boxes import differences
from rolecall.policy.compare.budget import Budget, BudgetExceeded
from rolecall.policy.compare.classes import CallerClass
from rolecall.policy.compare.comparison import Difference, Undecided, Witness
from rolecall.policy.compare.dimension import Dimension, Hit
from rolecall.policy.compare.holes import unknown_principals
from rolecall.policy.compare.settings import Keys, Setting, modes_of
from rolecall.policy.compare.sides import Boxes, boxes_of, meant_by, shape_of
from rolecall.policy.compare.statements import Policy, Rule
from rolecall.policy.compare.texts import Unsure
from rolecall.policy.compare.variables import fillings
from rolecall.policy.compare.witness import attempt_of, witness_of
from rolecall.policy.decision import Decision
from rolecall.policy.template import Context

_PARTS_TRIED = 40
_SOME_ACCOUNT = "111122223333"


@dataclass(slots=True)
class Work:
    """A comparison while it goes on: what was found, and the budget that is left."""

    old: Policy
    new: Policy
    keys: Keys
    role_arn: str | None
    account: str | None
    spellings: Mapping[str, str]
    budget: Budget
    gains: list[Difference] = field(default_factory=list)
    losses: list[Difference] = field(default_factory=list)
    undecided: dict[tuple[bool, str], Undecided] = field(default_factory=dict)
    _seen: dict[object, str] = field(default_factory=dict)

    def look_at(self, caller: CallerClass) -> None:
        """Compare both ways for one kind of callers."""
        old, new = (meant_by(side, caller, self._role(caller)) for side in (self.old, self.new))
        if not old.allows and not new.allows:
            return
        settled: dict[int, tuple[bool | Atom, Dimension | None]] = {}
        rounds: list[tuple[Setting, tuple[str, ...], Boxes, Boxes]] = []
        shapes: list[object] = []
        simplest: object = None
        for mode in modes_of(caller.who):
            actions = mode.actions(caller.who)
            setting = Setting(caller, mode, self.keys, settled)
            boxes = [boxes_of(meant, setting, actions) for meant in (old, new)]
            if not any(all(side.allows[a] for a in actions) for side in boxes):
                continue
            shape = boxes[0].alike(actions), boxes[1].alike(actions)
            if None not in shape:
                # Nothing in this mode is another question than in the simplest.
                if shape == simplest:
                    continue
                simplest = simplest or shape
            rounds.append((setting, actions, boxes[0], boxes[1]))
            shapes.append(shape_of(setting, actions, boxes))
        signature = (caller.unknown, *shapes)
        same = self._seen.setdefault(signature, caller.words)
        if same is not caller.words:
            self._also(same, caller.words)
            return
        found: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
        for setting, actions, before, after in rounds:
            for gain in (True, False):
                here, there = (after, before) if gain else (before, after)
                try:
                    self._one_way(setting, actions, here, there, gain, found[gain])
                except BudgetExceeded:
                    self._open(caller, gain, "the comparison needs more steps than the budget has")

    def _also(self, first: str, words: str) -> None:
        """Another class of callers for whom everything is as for one that was looked at."""
        for differences_ in (self.gains, self.losses):
            for number, each in enumerate(differences_):
                if each.who == first:
                    differences_[number] = replace(each, also=(*each.also, words))
        for key, each_open in list(self.undecided.items()):
            if each_open.who == first:
                also = (*each_open.also, words)
                self.undecided[key] = replace(each_open, also=also)

    def leave_open(self, who: str, gain: bool, why: str) -> None:
        """Say that something is not decided."""
        self.undecided.setdefault((gain, who), Undecided(who, gain, why))

    def _open(self, caller: CallerClass, gain: bool, why: str) -> None:
        self.undecided.setdefault((gain, caller.words), Undecided(caller.words, gain, why))

    def _one_way(
        self,
        setting: Setting,
        actions: tuple[str, ...],
        here: Boxes,
        there: Boxes,
        gain: bool,
        found: set[tuple[int, str]],
    ) -> None:
        if not all(here.allows[action] for action in actions):
            return
        refusing = list(dict.fromkeys(box for action in actions for box in here.denies[action]))
        if 0 in refusing:
            return
        for action in actions:
            others: list[int] = [0]
            for other in actions:
                if other != action:
                    others = list(
                        dict.fromkeys(a | b for a in others for _, b, _ in here.allows[other])
                    )
            for worth, box, rule in here.allows[action]:
                if (rule.index, action) in found:
                    continue
                covers = [b for w, b, _ in there.allows[action] if w >= worth]
                parts = self._parts(setting, box, others, refusing, covers, there.denies[action])
                if self._report(setting, parts, action, worth, rule, gain):
                    found.add((rule.index, action))

    def _parts(
        self,
        setting: Setting,
        box: int,
        others: Iterable[int],
        refusing: list[int],
        covers: list[int],
        denied: list[int],
    ) -> Iterator[tuple[int, int]]:
        for other in others:
            whole = box | other
            yield from differences(whole, [*covers, *refusing], setting.place, self.budget)
            for deny in denied:
                yield from differences(whole | deny, refusing, setting.place, self.budget)

    def _report(
        self,
        setting: Setting,
        parts: Iterator[tuple[int, int]],
        action: str,
        worth: int,
        rule: Rule,
        gain: bool,
    ) -> bool:
        """Report the first part for which there is a witness; where none is, leave it open."""
        why = ""
        for number, (true, false) in enumerate(parts):
            reason = self._settle(setting, true, false, action, worth, rule, gain)
            if reason is None:
                return True
            why = why or reason
            if number >= _PARTS_TRIED:
                break
        if why:
            self._open(setting.caller, gain, why)
        return False

    def _settle(
        self,
        setting: Setting,
        true: int,
        false: int,
        action: str,
        worth: int,
        rule: Rule,
        gain: bool,
    ) -> str | None:
        """Find and report a witness of this part; if there is none, say why."""
        unknown = self._unknown(true | false)
        if unknown:
            return unknown
        caller = setting.caller
        if caller.unknown and not self.known_alike(caller.unknown):
            return f"it is not known yet whom {caller.unknown} means"
        here, there = (self.new, self.old) if gain else (self.old, self.new)
        why = "a witness was found that the evaluator does not confirm"
        for part in self._definite(setting, true, false):
            keys = self._values(setting, *part)
            if isinstance(keys, Unsure):
                why = keys.why
                continue
            attempt = attempt_of(caller, setting.mode, keys, self._role(caller), self.spellings)
            witness = witness_of(caller, attempt, action, worth)
            refused = witness.under(there.compiled)
            if not refused.allowed and witness.under(here.compiled).allowed:
                self._add(setting, witness, worth, rule, gain, refused)
                return None
        variables = self._variables(true | false)
        return f"it depends on {variables}" if variables else why

    def _role(self, caller: CallerClass) -> str:
        """The role's ARN, or that of some role in its account."""
        if self.role_arn is not None:
            return self.role_arn
        account = self.account
        if account is None:
            own = caller.sample.account
            account = own if own and caller.account is not None else _SOME_ACCOUNT
        return role_arn_of(account, "the-role", partition=caller.partition)

    def known_alike(self, principal: str) -> bool:
        """Whether both policies name somebody who is not known yet, in the same words."""
        return all(
            principal in unknown_principals(policy.compiled.document)
            for policy in (self.old, self.new)
        )

    def _definite(self, setting: Setting, true: int, false: int) -> Iterator[tuple[int, int]]:
        """The part itself; where variables are in it, with values for them."""
        if not self._variables(true | false):
            yield true, false
            return
        yield from fillings(setting, self.keys.atoms, true, false, self.budget)

    def _variables(self, bits: int) -> str:
        names = (name for atom in self.keys.atoms.at(bits) for name in atom.opaque)
        return ", ".join(f"${{{name}}}" for name in dict.fromkeys(names))

    def _unknown(self, bits: int) -> str:
        unknown = (atom for atom in self.keys.atoms.at(bits) if atom.unknown)
        names = dict.fromkeys(name for atom in unknown for name in atom.opaque)
        listed = ", ".join(f"${{{name}}}" for name in names)
        return f"it depends on values that are not known yet: {listed}" if names else ""

    def _add(
        self,
        setting: Setting,
        witness: Witness,
        worth: int,
        rule: Rule,
        gain: bool,
        refused: Decision,
    ) -> None:
        difference = Difference(
            gain,
            setting.caller.words,
            witness,
            rule.index,
            rule.placed.statement.sid,
            worth,
            refused,
        )
        (self.gains if gain else self.losses).append(difference)

    def _values(self, setting: Setting, true: int, false: int) -> Context | Unsure:
        keys: dict[str, str | tuple[str, ...]] = {}
        unsure: Unsure | None = None
        rest = true | false
        while rest:
            dimension, atoms = setting.place(rest & -rest)
            answer = dimension.satisfy(true & atoms, false & atoms, self.budget)
            if isinstance(answer, Hit):
                keys.update(answer.keys)
            elif answer is not None:
                unsure = unsure or answer
            rest &= ~atoms
        # Keys that no condition of this part asks about are there all the same.
        for dimension in setting.unasked(true | false):
            answer = dimension.satisfy(0, 0, self.budget)
            if isinstance(answer, Hit):
                keys.update(answer.keys)
        return unsure or keys

"""Whether a new trust policy lets in anybody whom the old one does not, and who."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from rolecall.policy.arn import role_arn as role_arn_of
from rolecall.policy.assume_role import SET_SOURCE_IDENTITY
from rolecall.policy.compare.atoms import Atom, Atoms
from rolecall.policy.compare.boxes import differences
from rolecall.policy.compare.budget import Budget, BudgetExceeded
from rolecall.policy.compare.classes import CallerClass, caller_classes
from rolecall.policy.compare.comparison import Comparison, Difference, Undecided, Witness
from rolecall.policy.compare.dimension import Dimension, Hit
from rolecall.policy.compare.domains import TokenKeys, Who
from rolecall.policy.compare.holes import open_denials, unknown_principals
from rolecall.policy.compare.names import Account, names_of, partition_of
from rolecall.policy.compare.settings import ACTIONS, Keys, Setting, modes_of
from rolecall.policy.compare.statements import Asked, Policy, Rule, policy_of
from rolecall.policy.compare.texts import Unsure
from rolecall.policy.compare.variables import fillings
from rolecall.policy.compare.witness import attempt_of, witness_of
from rolecall.policy.compiled_policy import CompiledPolicy
from rolecall.policy.decision import Decision
from rolecall.policy.document import CURRENT_VERSION, PolicyDocument
from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.template import Context

Documents: TypeAlias = PolicyDocument | Sequence[PolicyDocument]
#: Steps of one comparison: about a second of work.
BUDGET = 300_000
_PARTS_TRIED = 40
_SOME_ACCOUNT = "111122223333"


def compare(
    old: Documents,
    new: Documents,
    *,
    role_arn: str | None = None,
    account: str | None = None,
    tokens: TokenKeys | None = None,
    budget: int = BUDGET,
) -> Comparison:
    """Compare the trust policy of a role before and after a change.

    `role_arn` or `account`: the role's; without either, every account may be the role's
    own. `tokens`: what is known of issuers' tokens. Several documents on one side are
    in force together; none at all means a role that is not there.

    Raises PolicyError for a document that says nonsense.
    """
    before, after = CompiledPolicy(_merged(old)), CompiledPolicy(_merged(new))
    partition, own = _home(role_arn, account, (before.document, after.document))
    if before.document == after.document:
        return Comparison((), (), (), ASSUMPTIONS)
    atoms = Atoms()
    sides = policy_of(before, atoms), policy_of(after, atoms)
    names = names_of((before.document, after.document), partition)
    work = _Work(
        sides[0],
        sides[1],
        Keys(atoms, tokens or TokenKeys()),
        role_arn,
        account,
        _spellings(before.document, after.document),
        Budget(budget),
    )
    for caller in caller_classes(names, own, partition=partition):
        # A role of another partition is out of reach.
        if role_arn is None or not caller.sample.account or caller.partition == partition:
            work.look_at(caller)
    for name in open_denials(before.document, after.document):
        for gain in (True, False):
            work.leave_open(
                f"whoever {name} denies", gain, f"it is not known yet whom {name} means"
            )
    if role_arn is None and any(_names_resources(side.document) for side in (before, after)):
        for gain in (True, False):
            work.leave_open(
                "every caller", gain, "a statement names resources, the role is unknown"
            )
    return Comparison(
        tuple(work.gains), tuple(work.losses), tuple(work.undecided.values()), ASSUMPTIONS
    )


ASSUMPTIONS = (
    "Policies of the organization (SCP, RCP) and of VPC endpoints are not looked at.",
    "A caller of another account also needs the permission of that account.",
    "Keys of a request do not depend on each other, except those of the caller and the tags.",
)


def _home(
    role_arn: str | None, account: str | None, documents: Sequence[PolicyDocument]
) -> tuple[str, Account | None]:
    """The role's partition and account; without its ARN the partition of whom it trusts."""
    if role_arn is not None:
        parts = role_arn.split(":", 5)
        if len(parts) != 6:
            raise PolicyError("role", f"{quoted(role_arn)} is not an ARN", "write arn:aws:iam::…")
        return parts[1], Account(parts[4], parts[1])
    partition = partition_of(documents)
    return partition, None if account is None else Account(account, partition)


def _merged(documents: Documents) -> PolicyDocument:
    if isinstance(documents, PolicyDocument):
        return documents
    versions = {document.version for document in documents}
    if len(versions) > 1:
        raise PolicyError(
            "Version", "documents of two versions of the language are mixed", "write one version"
        )
    return PolicyDocument(
        tuple(statement for document in documents for statement in document.statements),
        versions.pop() if versions else CURRENT_VERSION,
    )


def _spellings(*documents: PolicyDocument) -> Mapping[str, str]:
    """Condition keys as the policies write them."""
    return {
        condition.key.lower(): condition.key
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
    }


Box: TypeAlias = tuple[int, int, Rule]
"""What the box is worth, its atoms, and the statement."""


@dataclass(slots=True)
class _Boxes:
    """The statements that mean a caller in a mode, by action."""

    allows: dict[str, list[Box]] = field(default_factory=dict)
    denies: dict[str, list[int]] = field(default_factory=dict)

    def alike(self, actions: Sequence[str]) -> tuple[object, ...] | None:
        """The boxes of the first action, if those of the others are the same."""
        shapes = {
            (
                tuple((box, rule.index) for _, box, rule in self.allows[action]),
                tuple(self.denies[action]),
            )
            for action in actions
        }
        return shapes.pop() if len(shapes) == 1 else None


@dataclass(slots=True)
class _Meant:
    """The statements of a policy whose principal means a class of callers."""

    allows: list[tuple[int, Rule]]
    denies: list[tuple[Rule, tuple[tuple[Atom, ...], ...]]]


@dataclass(slots=True)
class _Work:
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
        old, new = self._meant(self.old, caller), self._meant(self.new, caller)
        if not old.allows and not new.allows:
            return
        settled: dict[int, tuple[bool | Atom, Dimension | None]] = {}
        rounds: list[tuple[Setting, tuple[str, ...], _Boxes, _Boxes]] = []
        shapes: list[object] = []
        simplest: object = None
        for mode in modes_of(caller.who):
            actions = mode.actions(caller.who)
            setting = Setting(caller, mode, self.keys, settled)
            boxes = [self._boxes(meant, setting, actions) for meant in (old, new)]
            if not any(all(side.allows[a] for a in actions) for side in boxes):
                continue
            shape = boxes[0].alike(actions), boxes[1].alike(actions)
            if None not in shape:
                # Nothing in this mode is another question than in the simplest.
                if shape == simplest:
                    continue
                simplest = simplest or shape
            rounds.append((setting, actions, boxes[0], boxes[1]))
            shapes.append(_shape(setting, actions, boxes))
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

    def _meant(self, policy: Policy, caller: CallerClass) -> _Meant:
        asked = Asked(ACTIONS[caller.who], self._role(caller), caller.sample, {})
        bounded = bool(caller.bounded)
        allows = [
            (int(rule.worth(asked)), rule)
            for rule in policy.allows
            if rule.means(asked, bounded=bounded) and rule.reaches(asked)
        ]
        if not caller.own:
            allows = [(min(worth, 1), rule) for worth, rule in allows]
        elif caller.who is Who.USER and caller.bounded is False:
            # Only a boundary tells whether a grant is direct.
            allows = [(min(worth, 2), rule) for worth, rule in allows]
        denies: list[tuple[Rule, tuple[tuple[Atom, ...], ...]]] = []
        for rule in policy.denies:
            if not rule.reaches(asked):
                continue
            if rule.means(asked, bounded=bounded):
                denies.append((rule, rule.rows))
            elif caller.who is Who.ROLE and rule.federated is not None:
                rows = tuple((*row, rule.federated) for row in rule.rows)
                denies.append((rule, rows))
        return _Meant(allows, denies)

    def _boxes(self, meant: _Meant, setting: Setting, actions: tuple[str, ...]) -> _Boxes:
        boxes = _Boxes()
        allowed = [(w, setting.box(row), rule) for w, rule in meant.allows for row in rule.rows]
        denied = [(setting.box(row), rule) for rule, rows in meant.denies for row in rows]
        for action in actions:
            # In a chain of roles the source identity is needed on both sides, the same
            # account included.
            capped = action == SET_SOURCE_IDENTITY and setting.caller.who is Who.ROLE
            boxes.allows[action] = [
                (1 if capped else worth, box, rule)
                for worth, box, rule in allowed
                if box is not None and action in rule.actions
            ]
            boxes.denies[action] = [
                box for box, rule in denied if box is not None and action in rule.actions
            ]
        return boxes

    def _one_way(
        self,
        setting: Setting,
        actions: tuple[str, ...],
        here: _Boxes,
        there: _Boxes,
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


def _names_resources(document: PolicyDocument) -> bool:
    return any(
        pattern != "*"
        for statement in document.statements
        for pattern in (*statement.resources, *statement.not_resources)
    )


def _shape(
    setting: Setting, actions: tuple[str, ...], boxes: Sequence[_Boxes]
) -> tuple[object, ...]:
    """All that an answer depends on but for the names of the callers."""
    used = 0
    rows: list[object] = [actions]
    for side in boxes:
        for action in actions:
            allowed, denied = side.allows[action], side.denies[action]
            rows.append(tuple((worth, box, rule.index) for worth, box, rule in allowed))
            rows.append(tuple(denied))
            for _, box, _ in allowed:
                used |= box
            for box in denied:
                used |= box
    return (*rows, setting.signature(used))

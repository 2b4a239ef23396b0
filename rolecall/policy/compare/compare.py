"""Whether a new trust policy lets in anybody whom the old one does not, and who."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from rolecall.policy.assume_role import SET_SOURCE_IDENTITY
from rolecall.policy.compare.atoms import Atoms
from rolecall.policy.compare.boxes import differences
from rolecall.policy.compare.budget import Budget, BudgetExceeded
from rolecall.policy.compare.classes import CallerClass, caller_classes
from rolecall.policy.compare.comparison import Comparison, Difference, Undecided, Witness
from rolecall.policy.compare.dimension import Hit
from rolecall.policy.compare.domains import TokenKeys, Who
from rolecall.policy.compare.names import Account, names_of
from rolecall.policy.compare.settings import Keys, Setting, modes_of
from rolecall.policy.compare.statements import Asked, Policy, Rule, policy_of
from rolecall.policy.compare.texts import Unsure
from rolecall.policy.compare.witness import attempt_of, witness_of
from rolecall.policy.compiled_policy import CompiledPolicy
from rolecall.policy.document import CURRENT_VERSION, PolicyDocument
from rolecall.policy.errors import PolicyError
from rolecall.policy.grants import Grant
from rolecall.policy.template import Context

Documents: TypeAlias = PolicyDocument | Sequence[PolicyDocument]
#: Steps of one comparison: about a second of work.
BUDGET = 300_000
_PARTS_TRIED = 40


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
    partition, own = _home(role_arn, account)
    before, after = CompiledPolicy(_merged(old)), CompiledPolicy(_merged(new))
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
        _spellings(before.document, after.document),
        Budget(budget),
    )
    for caller in caller_classes(names, own, partition=partition):
        if own is None or not caller.sample.account or caller.partition == own.partition:
            work.look_at(caller)
    return Comparison(
        tuple(work.gains), tuple(work.losses), tuple(work.undecided.values()), ASSUMPTIONS
    )


ASSUMPTIONS = (
    "Policies of the organization (SCP, RCP) and of VPC endpoints are not looked at.",
    "A caller of another account also needs the permission of that account.",
    "Keys of a request do not depend on each other, except those of the caller and the tags.",
)


def _home(role_arn: str | None, account: str | None) -> tuple[str, Account | None]:
    if role_arn is not None:
        parts = role_arn.split(":", 5)
        return parts[1], Account(parts[4], parts[1])
    return "aws", None if account is None else Account(account)


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


@dataclass(slots=True)
class _Work:
    old: Policy
    new: Policy
    keys: Keys
    role_arn: str | None
    spellings: Mapping[str, str]
    budget: Budget
    gains: list[Difference] = field(default_factory=list)
    losses: list[Difference] = field(default_factory=list)
    undecided: dict[tuple[bool, str], Undecided] = field(default_factory=dict)
    _equal: set[object] = field(default_factory=set)

    def look_at(self, caller: CallerClass) -> None:
        """Compare both ways for one kind of callers."""
        found: dict[bool, set[tuple[int, str]]] = {True: set(), False: set()}
        for mode in modes_of(caller.who):
            setting = Setting(caller, mode, self.keys)
            actions = mode.actions(caller.who)
            boxes = {
                policy is self.new: self._boxes(policy, setting, actions)
                for policy in (self.old, self.new)
            }
            for gain in (True, False):
                here, there = boxes[gain], boxes[not gain]
                try:
                    self._one_way(setting, actions, here, there, gain, found[gain])
                except BudgetExceeded:
                    self._open(caller, gain, "the comparison needs more steps than the budget has")

    def _open(self, caller: CallerClass, gain: bool, why: str) -> None:
        self.undecided.setdefault((gain, caller.words), Undecided(caller.words, gain, why))

    def _boxes(self, policy: Policy, setting: Setting, actions: tuple[str, ...]) -> _Boxes:
        caller = setting.caller
        resource = self.role_arn or f"arn:{caller.partition}:iam::111122223333:role/the-role"
        bounded = bool(caller.bounded)
        boxes = _Boxes()
        for action in actions:
            asked = Asked(action, resource, caller.sample, {})
            allows = boxes.allows[action] = []
            for rule in policy.allows:
                if rule.about(asked, bounded=bounded):
                    worth = self._worth(caller, action, rule.worth(asked))
                    box = setting.box(rule.atoms)
                    if worth and box is not None:
                        allows.append((worth, box, rule))
            denies = boxes.denies[action] = []
            for rule in policy.denies:
                atoms = rule.atoms
                if not rule.about(asked, bounded=bounded):
                    if caller.who is not Who.ROLE or rule.federated is None:
                        continue
                    if not _only_principal_fails(rule, asked):
                        continue
                    atoms = (*atoms, rule.federated)
                box = setting.box(atoms)
                if box is not None:
                    denies.append(box)
        return boxes

    def _worth(self, caller: CallerClass, action: str, worth: Grant) -> int:
        if not caller.own:
            return min(worth, 1)
        if action == SET_SOURCE_IDENTITY and caller.who is Who.ROLE:
            # In a chain of roles it is needed on both sides, the same account included.
            return min(worth, 1)
        if caller.who is Who.USER and caller.bounded is False:
            return min(worth, 2)
        return int(worth)

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
        refusing = [box for action in actions for box in here.denies[action]]
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
        here, there = (self.new, self.old) if gain else (self.old, self.new)
        why = ""
        for number, (true, false) in enumerate(parts):
            keys = self._values(setting, true, false)
            if isinstance(keys, Unsure):
                why = keys.why
            else:
                attempt = attempt_of(
                    setting.caller, setting.mode, keys, self.role_arn, self.spellings
                )
                witness = witness_of(setting.caller, attempt, action, worth)
                refused = witness.under(there.compiled)
                if not refused.allowed and witness.under(here.compiled).allowed:
                    self._add(setting, witness, worth, rule, gain, refused.explain())
                    return True
                why = why or self._unknown(true | false)
            if number >= _PARTS_TRIED:
                break
        if why:
            self._open(setting.caller, gain, why)
        return False

    def _add(
        self,
        setting: Setting,
        witness: Witness,
        worth: int,
        rule: Rule,
        gain: bool,
        refused: str,
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

    def _unknown(self, bits: int) -> str:
        named = dict.fromkeys(key for atom in self.keys.atoms.at(bits) for key in atom.opaque)
        if named:
            return "it depends on " + ", ".join(f"${{{key}}}" for key in named)
        return "a witness was found that the evaluator does not confirm"


def _only_principal_fails(rule: Rule, asked: Asked) -> bool:
    return all(
        check(asked)  # type: ignore[arg-type]
        for element, check in zip(rule.placed.elements, rule.placed.checks, strict=True)
        if isinstance(element, str) and element != "Principal"
    )

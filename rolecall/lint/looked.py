"""One statement in its policy, and the question that decides most rules: who gets in?

A rule does not look for a condition, it asks for a witness: does the statement, with every
Deny of the policy, let in a caller whom nobody can have meant? `compare` answers that
exactly; what it cannot decide is no finding.
"""

from collections.abc import Iterable
from dataclasses import replace

from rolecall.issuers.token_keys import TOKEN_KEYS
from rolecall.lint.conditions import Asked, apart, asked
from rolecall.lint.model import Facts, Finding, Rule
from rolecall.lint.trusted import BESIDES, Kind, Trusted, actions, trusted
from rolecall.policy import (
    Condition,
    Effect,
    PolicyDocument,
    PolicyError,
    Principals,
    Statement,
    is_account_id,
)
from rolecall.policy.compare import Comparison, compare
from rolecall.policy.errors import printable

#: Steps of one question: some tens of milliseconds at worst.
BUDGET = 20_000


class Looked:
    """A statement of a document, and what is known of the role."""

    def __init__(self, document: PolicyDocument, index: int, facts: Facts) -> None:
        self.document = document
        self.index = index
        self.facts = facts
        self.statement = document.statements[index]
        self.conditions: tuple[Asked, ...] = tuple(map(asked, self.statement.conditions))
        who = self.statement.principals
        self.trusted: tuple[Trusted, ...] = () if who is None else trusted(who)
        self.actions = actions(self.statement)
        self._around: tuple[Statement, ...] | None = None
        self._known: dict[tuple[Principals, tuple[Condition, ...]], bool] = {}

    @property
    def allows(self) -> bool:
        """Whether it is an Allow."""
        return self.statement.effect is Effect.ALLOW

    @property
    def where(self) -> str:
        """The statement as a message calls it."""
        return f"Statement {self.statement.sid or self.index}"

    def find(self, rule: Rule, problem: str, fix: str, severity: str = "") -> Finding:
        """A finding in this statement."""
        return Finding(
            rule,
            severity or rule.severity,
            printable(f"{self.where}: {problem}; {fix}."),
            self.index,
            self.statement.sid,
        )

    def about(self, keys: Iterable[str]) -> list[Asked]:
        """The conditions on one of these keys (in lower case)."""
        wanted = set(keys)
        return [each for each in self.conditions if each.key in wanted]

    @property
    def limited_to(self) -> tuple[Trusted, ...]:
        """The accounts that conditions hold "*" to: trusted as if Principal named them."""
        everybody = [each for each in self.trusted if each.kind is Kind.EVERYBODY]
        accounts = [
            account
            for each in self.about(_ACCOUNTS)
            if each.positive
            for account in map(account_in, each.condition.values)
            if account
        ]
        return tuple(
            replace(who, kind=Kind.ACCOUNT, account=account)
            for who in everybody[:1]
            for account in dict.fromkeys(accounts)
        )

    def mentions(self, key: str) -> bool:
        """Whether this statement or a Deny asks about a key (in lower case)."""
        return any(
            condition.key.lower() == key
            for statement in (self.statement, *self.around())
            for condition in statement.conditions
        )

    def around(self) -> tuple[Statement, ...]:
        """What else of the policy decides about a caller of this statement: each Deny, and
        the Allows of what a call may need besides (sts:TagSession, sts:SetSourceIdentity)."""
        if self._around is None:
            found: list[Statement] = []
            for index, statement in enumerate(self.document.statements):
                if index == self.index:
                    continue
                if statement.effect is Effect.DENY:
                    found.append(statement)
                    continue
                besides = tuple(name for name in BESIDES if name in actions(statement))
                if besides:
                    found.append(replace(statement, actions=besides, not_actions=()))
            self._around = tuple(found)
        return self._around

    def admits(self, who: Principals, *extra: Condition) -> bool:
        """Whether it is proved that a caller of `who` gets in for whom `extra` holds as well."""
        wanted = tuple(map(asked, extra))
        if any(apart(have, want) for want in wanted for have in self.conditions):
            return False
        found = self._known.get((who, extra))
        if found is None:
            statement = replace(
                self.statement,
                principals=who,
                not_principals=None,
                conditions=(*self.statement.conditions, *extra),
            )
            document = PolicyDocument((statement, *self.around()), self.document.version)
            answer = compared((), document, self.facts)
            found = self._known[who, extra] = answer is not None and bool(answer.gains)
        return found


_ACCOUNTS = ("aws:principalaccount", "aws:principalarn")


def account_in(value: str) -> str:
    """The account that a value is, or has in its ARN."""
    account = (value.split(":", 5) + [""] * 5)[4] if value.startswith("arn:") else value
    return account if is_account_id(account) else ""


def compared(
    old: PolicyDocument | tuple[()], new: PolicyDocument, facts: Facts
) -> Comparison | None:
    """What `compare` says; None for a document that says nonsense."""
    try:
        return compare(old, new, account=facts.account, tokens=TOKEN_KEYS, budget=BUDGET)
    except PolicyError:
        return None

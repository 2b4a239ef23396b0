"""What the linter says of a new trust policy, and which of it is new."""

from collections.abc import Sequence
from datetime import date

from rolecall.lint import Facts, Suppression, lint
from rolecall.policy import PolicyDocument
from rolecall.review.judge.ground import Ground
from rolecall.review.model import Policy
from rolecall.review.report import Finding, Severity


def findings(
    before: Policy | None,
    after: Policy | None,
    *,
    role: str,
    account: str | None,
    partition: str,
    environment: str,
    ground: Ground,
    suppressions: Sequence[Suppression] = (),
    today: date | None = None,
) -> tuple[Finding, ...]:
    """Rules that the new policy breaks; `fresh` where the old one did not, in the same words."""
    if not isinstance(after, PolicyDocument):
        return ()
    facts = Facts(
        account=account,
        partition=partition,
        environment=ground.home(environment, account),
        own_accounts=ground.own if ground.told else frozenset(),
        environments=ground.names,
        issuers={h: next(iter(e)) for h, e in ground.issuers.items() if len(e) == 1},
        role=role,
    )
    old = lint(before, facts) if isinstance(before, PolicyDocument) else ()
    known = {(each.rule.id, each.text) for each in old}
    return tuple(
        Finding(
            rule=each.rule.id,
            title=each.rule.title,
            text=each.text,
            severity=Severity[each.severity.upper()],
            fresh=(each.rule.id, each.text) not in known,
            suppressed=each.suppressed,
        )
        for each in lint(after, facts, suppressions=suppressions, today=today)
    )

"""What the statements of a trust policy do: who is let in, who may do more, who is kept out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rolecall.explain.conditions import Setting, clause
from rolecall.explain.pods import pods
from rolecall.explain.principals import (
    account_of,
    aws_who,
    may_bring,
    named,
    provider_host,
    saml_who,
    service_who,
    unknown,
)
from rolecall.explain.tokens import token_holders
from rolecall.explain.who import Who
from rolecall.explain.wording import shown
from rolecall.policy import Condition, Effect, PolicyDocument, PolicyError, Statement
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
)
from rolecall.policy.glob import glob
from rolecall.policy.template import fill_in, parse_template

SET_CONTEXT = "sts:SetContext"
ASSUMING = (ASSUME_ROLE, ASSUME_ROLE_WITH_WEB_IDENTITY, ASSUME_ROLE_WITH_SAML)
BESIDES = (TAG_SESSION, SET_SOURCE_IDENTITY, SET_CONTEXT)


@dataclass(frozen=True, slots=True)
class Admission:
    """Entities that one statement means, and how.

    ways: those of the three calls of assuming a role that it is about and they can make.
    besides: what else it lets them do. conditions: those that the entities do not tell
    already. principal: kind and name, as the document has them.
    """

    who: tuple[Who, ...]
    ways: frozenset[str]
    besides: frozenset[str]
    conditions: tuple[Condition, ...]
    setting: Setting
    statement: Statement
    principal: tuple[str, str]

    def clauses(self) -> tuple[str, ...]:
        """The conditions in words, in a stable order."""
        told = {clause(each, self.setting) for each in self.conditions}
        return (*sorted(told), *resources(self.statement))


def resources(statement: Statement) -> tuple[str, ...]:
    """A Resource element, which no trust policy should have."""
    if statement.resources:
        return (f"the role's ARN is like {', '.join(map(shown, sorted(statement.resources)))}",)
    if statement.not_resources:
        return (
            f"the role's ARN is not like {', '.join(map(shown, sorted(statement.not_resources)))}",
        )
    return ()


def actions_of(statement: Statement) -> frozenset[str]:
    """The actions around assuming a role that a statement is about."""
    patterns = statement.actions or statement.not_actions
    listed = {
        action for action in (*ASSUMING, *BESIDES) if any(_means(text, action) for text in patterns)
    }
    if statement.not_actions:
        return frozenset((*ASSUMING, *BESIDES)) - listed
    return frozenset(listed)


def _means(pattern: str, action: str) -> bool:
    try:
        parts = parse_template(pattern.lower(), "Action", variables=False, wildcards=True)
    except PolicyError:
        return False
    return glob(fill_in(parts, {}) or ())(action.lower())


def admissions(document: PolicyDocument, names: Mapping[str, str]) -> tuple[Admission, ...]:
    """What the Allow statements let in, statement by statement and name by name."""
    return tuple(
        admission
        for statement in document.statements
        if statement.effect is Effect.ALLOW
        for admission in _of_statement(statement, names)
    )


def _of_statement(statement: Statement, names: Mapping[str, str]) -> Iterator[Admission]:
    actions = actions_of(statement)
    besides = actions & set(BESIDES)
    if statement.not_principals is not None:
        yield _all_but(statement, actions, names)
        return
    if statement.principals is None:
        return  # grants nothing
    for kind, text in named(statement.principals):
        if kind == "Federated":
            yield from _federated(statement, text, actions, names)
            continue
        if kind == "CanonicalUser":
            continue  # known to Amazon S3 only
        who = aws_who(text, names) if kind == "AWS" else service_who(text)
        # AWS gives the credentials of GetFederationToken no way into a role.
        ways = actions & {ASSUME_ROLE} if who.kind != "federated user" else frozenset()
        found, conditions = [who], statement.conditions
        if kind == "Service":
            found, conditions = pods(who, text, conditions)
        yield Admission(
            tuple(found),
            frozenset(ways),
            besides,
            conditions,
            Setting(service=text if kind == "Service" else "", names=names),
            statement,
            (kind, text),
        )


def _all_but(statement: Statement, actions: frozenset[str], names: Mapping[str, str]) -> Admission:
    """AWS supports no NotPrincipal here; the evaluator asks for the account's own permission."""
    but = sorted(
        (aws_who(text, names) if kind == "AWS" else unknown(kind, text)).short
        for kind, text in named(statement.not_principals)  # type: ignore[arg-type]
    )
    told = f"everybody in AWS but {', '.join(but)}"
    who = Who(
        "everybody but some",
        told,
        "Every user and role of every AWS account",
        f"but {', '.join(but)}",
        "that its administrators allow",
        f"NotPrincipal={sorted(named(statement.not_principals))}",  # type: ignore[arg-type]
    )
    return Admission(
        (who,),
        actions & {ASSUME_ROLE},
        actions & set(BESIDES),
        statement.conditions,
        Setting(names=names),
        statement,
        ("NotPrincipal", ""),
    )


def _federated(
    statement: Statement, text: str, actions: frozenset[str], names: Mapping[str, str]
) -> Iterator[Admission]:
    token, assertion = may_bring(text)
    besides = actions & set(BESIDES)
    if token:
        who, rest = token_holders(text, statement.conditions)
        yield Admission(
            tuple(who),
            actions & {ASSUME_ROLE_WITH_WEB_IDENTITY},
            besides,
            rest,
            Setting(host=provider_host(text), names=names),
            statement,
            ("Federated", text),
        )
    if assertion:
        yield Admission(
            (saml_who(text, names),),
            actions & {ASSUME_ROLE_WITH_SAML},
            besides,
            statement.conditions,
            Setting(names=names),
            statement,
            ("Federated", text),
        )


def concerns(deny: Statement, admission: Admission) -> bool:
    """Whether a Deny may mean an entity of the admission; in doubt it does."""
    if not actions_of(deny) & (admission.ways | admission.besides):
        return False
    if deny.principals is None:
        return True
    return any(_may_be_same(name, admission.principal) for name in named(deny.principals))


def _may_be_same(denied: tuple[str, str], admitted: tuple[str, str]) -> bool:
    if denied == ("AWS", "*") or admitted[0] == "NotPrincipal" or admitted == ("AWS", "*"):
        return True
    if denied[0] == "CanonicalUser" or denied[0] == "Federated":
        # A provider also means the sessions that came in through it.
        return denied == admitted or admitted[0] == "AWS"
    if denied[0] != admitted[0]:
        return False
    account = account_of(denied[1])
    other = account_of(admitted[1])
    return denied == admitted or account is None or other is None or account == other


def shut_out(denies: Sequence[Statement], admission: Admission) -> frozenset[str]:
    """The ways that a Deny without any condition closes for all of the admission."""
    closed: set[str] = set()
    for deny in denies:
        if deny.conditions or deny.resources or deny.not_resources or deny.not_principals:
            continue
        if deny.principals is None or any(
            _covers(name, admission.principal) for name in named(deny.principals)
        ):
            closed |= actions_of(deny)
    return frozenset(closed)


def _covers(denied: tuple[str, str], admitted: tuple[str, str]) -> bool:
    if denied == ("AWS", "*") or (denied == admitted and denied[0] != "CanonicalUser"):
        return True
    account = account_of(denied[1])
    whole = denied[0] == "AWS" and account is not None and denied[1].endswith((account, ":root"))
    return whole and admitted[0] == "AWS" and account_of(admitted[1]) == account

"""A trust policy as trusted entities: a class where one says the same, else as it is written."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rolecall.importing import aws_principals, saml, services, tokens
from rolecall.importing.building import built
from rolecall.importing.expression import Call, Expression, call
from rolecall.importing.home import Home, Inexpressible
from rolecall.importing.joining import joined
from rolecall.importing.proof import why_not_same
from rolecall.policy import (
    Condition,
    Effect,
    PolicyDocument,
    Principals,
    Statement,
    TrustDocumentError,
    check_trust_document,
)
from rolecall.trust import LARGEST_SIZE_LIMIT, RawStatement, TrustError, trust_policy

_BESIDES = ("sts:tagsession", "sts:setsourceidentity")
_MAIN = {
    "aws": ("sts:assumerole", "sts:assumerole*"),
    "service": ("sts:assumerole", "sts:assumerole*"),
    "web": ("sts:assumerolewithwebidentity", "sts:assumerole*"),
    "saml": ("sts:assumerolewithsaml", "sts:assumerole*"),
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One trusted entity. reason: why it is a raw statement; None for a class."""

    call: Call
    reason: str | None = None


@dataclass(slots=True)
class Expressed:
    """A trust policy as entities, proven to mean the same, or why that is not proven.

    fell: why every statement is written raw though classes were found for some.
    refused: what AWS would say to the policy today; then the declaration says it too.
    unproven: why it is not known to mean the same.
    """

    entities: list[Entity] = field(default_factory=list)
    document: PolicyDocument | None = None
    fell: str | None = None
    refused: str | None = None
    unproven: str | None = None

    @property
    def classes(self) -> int:
        """How many entities are of a class."""
        return sum(each.reason is None for each in self.entities)

    @property
    def raw(self) -> int:
        """How many statements are kept as they are."""
        return len(self.entities) - self.classes


def express(original: PolicyDocument, home: Home) -> Expressed:
    """The entities of a trust policy; nothing of it is left out."""
    document = _current(original)
    refused = _refused(document)
    if refused is not None:
        listed = [Entity(raw(each, refused), refused) for each in document.statements]
        found = Expressed(listed, document, refused=refused)
        found.unproven = why_not_same(original, document, home)
        return found
    found = Expressed(_entities(document, home))
    try:
        found.document = _rendered(found.entities, home)
        fault = why_not_same(original, found.document, home)
    except TrustError as error:
        fault = str(error)
    if fault is None or not found.classes:
        found.unproven = fault
        return found
    why = f"the classes together do not say the same: {fault}"
    found = Expressed([Entity(raw(each, why), why) for each in document.statements], fell=fault)
    try:
        found.document = _rendered(found.entities, home)
        found.unproven = why_not_same(original, found.document, home)
    except TrustError as error:
        found.unproven = str(error)
    return found


def raw(statement: Statement, why: str) -> Call:
    """A statement as it is written, and why."""
    return call("RawStatement", _plain(statement.to_dict()), why=why)


def _entities(document: PolicyDocument, home: Home) -> list[Entity]:
    found: list[Entity] = []
    said: set[int] = set()
    for index, statement in enumerate(document.statements):
        if index in said:
            continue
        left = [(n, each) for n, each in enumerate(document.statements) if n not in {*said, index}]
        more = [(n, each) for n, each in left if _belongs_to(each, statement)]
        akin = [(n, each) for n, each in left if joined(statement, each) is not None]
        if akin:
            # An entity of whole subjects and patterns has a statement for each.
            whole = statement
            for _, each in akin:
                whole = joined(whole, each) or whole
            own, with_more = _of_statement(whole, [each for _, each in more], found, home)
            if all(each.reason is None for each in own):
                found += own
                said.update(n for n, _ in [*akin, *(more if with_more else [])])
                continue
        own, with_more = _of_statement(statement, [each for _, each in more], found, home)
        found += own
        if with_more:
            said.update(n for n, _ in more)
    return found


def _of_statement(
    statement: Statement, more: Sequence[Statement], before: Sequence[Entity], home: Home
) -> tuple[list[Entity], bool]:
    """The entities of a statement; and whether they say the statements that belong to it too."""
    why = ""
    for together in [more, []] if more else [[]]:
        found: list[Entity] = []
        try:
            for mine, part in _parts(statement, together, home):
                try:
                    _check_beside([*before, *found], part, home)
                    found += part
                except Inexpressible as reason:
                    if together:
                        raise
                    found.append(Entity(raw(mine, str(reason)), str(reason)))
        except Inexpressible as reason:
            why = str(reason)
            continue
        if any(each.reason is None for each in found):
            return found, bool(together)
        why = found[0].reason or ""
    return [Entity(raw(statement, why), why)], False


def _check_beside(before: Sequence[Entity], part: Sequence[Entity], home: Home) -> None:
    """Refuse entities that would undo those before them, or be undone."""
    try:
        _rendered([*before, *part], home)
    except TrustError as error:
        raise Inexpressible(str(error)) from None


def _parts(
    statement: Statement, more: Sequence[Statement], home: Home
) -> list[tuple[Statement, list[Entity]]]:
    """The entities of each group of principals. Raises `Inexpressible` for all of it."""
    if statement.effect is not Effect.ALLOW:
        raise Inexpressible("no class denies")
    who = statement.principals
    if who is None or who.everyone or who.canonical_user:
        raise Inexpressible("no class admits everyone")
    if statement.not_actions or statement.resources or statement.not_resources:
        raise Inexpressible("NotAction and Resource are in no class")
    found: list[tuple[Statement, list[Entity]]] = []

    def add(kind: str, own: Principals, say: Saying) -> None:
        mine = replace(statement, principals=own, sid=None)
        found.append((mine, _group(kind, mine, more, say, home)))

    for names in aws_principals.grouped(who.aws):
        say = partial(aws_principals.express, names, home=home)
        add("aws", Principals(aws=names), say)
    for host in dict.fromkeys(who.service):
        if host in services.ALL_ACTIONS_TOGETHER:
            mine = replace(statement, principals=Principals(service=(host,)), sid=None)
            found.append((mine, _together(host, mine, home)))
            continue
        say = partial(services.express, host, home=home)
        add("service", Principals(service=(host,)), say)
    for name in dict.fromkeys(who.federated):
        kind = "saml" if ":saml-provider/" in name else "web"
        express_one = saml.express if kind == "saml" else tokens.express
        say = partial(express_one, name, home=home)
        add(kind, Principals(federated=(name,)), say)
    if more and len(found) > 1:
        raise Inexpressible("several principals share statements for tags or a source identity")
    return found


Saying = Callable[[Sequence[Condition]], list[Call]]


def _group(
    kind: str, mine: Statement, more: Sequence[Statement], say: Saying, home: Home
) -> list[Entity]:
    """The entities for one group of principals, raw where no class says the same."""
    main = tuple(each for each in mine.actions if each.lower() in _MAIN[kind])
    rest = tuple(each for each in mine.actions if each not in main)
    try:
        if not main:
            raise Inexpressible(f"it allows {', '.join(mine.actions)} only")
        calls = say(mine.conditions)
        whole = _fault([mine, *more], calls, home)
        if whole is None:
            return [Entity(each) for each in calls]
        if more or not rest:
            raise Inexpressible(whole)
        alone = _fault([replace(mine, actions=main)], calls, home)
        if alone is not None:
            raise Inexpressible(alone)
    except Inexpressible as reason:
        if kind == "web" and not more and (apart := _by_subject(mine, say, home)):
            return apart
        return [Entity(raw(mine, str(reason)), str(reason))]
    why = f"no class allows {', '.join(rest)} besides on these terms"
    return [*(Entity(each) for each in calls), Entity(raw(replace(mine, actions=rest), why), why)]


def _by_subject(mine: Statement, say: Saying, home: Home) -> list[Entity] | None:
    """The subjects that a class can say apart from those that none can."""
    listed = [
        each
        for each in mine.conditions
        if each.key.lower().endswith(":sub")
        and each.operator in ("StringEquals", "StringLike")
        and len(each.values) > 1
    ]
    if len(listed) != 1:
        return None

    def only(values: Sequence[str]) -> Statement:
        narrowed = replace(listed[0], values=tuple(values))
        own = tuple(narrowed if each is listed[0] else each for each in mine.conditions)
        return replace(mine, conditions=own)

    good: list[str] = []
    bad: list[str] = []
    why = ""
    for value in dict.fromkeys(listed[0].values):
        try:
            fault = _fault([only([value])], say(only([value]).conditions), home)
        except Inexpressible as reason:
            fault = str(reason)
        (good if fault is None else bad).append(value)
        why = why or fault or ""
    if not good or not bad:
        return None
    return [*_group("web", only(good), [], say, home), Entity(raw(only(bad), why), why)]


def _together(host: str, mine: Statement, home: Home) -> list[Entity]:
    """Pods and certificates: their entities have all actions in one statement."""
    try:
        calls = services.express_together(host, mine.conditions)
        fault = _fault([mine], calls, home)
    except Inexpressible as reason:
        fault = str(reason)
    if fault is None:
        return [Entity(each) for each in calls]
    found = _group("service", mine, [], partial(services.express, host, home=home), home)
    if len(found) == 1 and found[0].reason is not None:
        return [Entity(raw(mine, fault), fault)]
    return found


def _fault(statements: Sequence[Statement], calls: Sequence[Call], home: Home) -> str | None:
    """Why the entities do not say the same as the statements; None where they do."""
    try:
        new = _rendered([Entity(each) for each in calls], home)
    except TrustError as error:
        return str(error)
    return why_not_same(PolicyDocument(tuple(statements)), new, home, short_cut=True)


def _rendered(entities: Sequence[Entity], home: Home) -> PolicyDocument:
    values = home.values()
    return trust_policy(
        [built(each.call, values) for each in entities],
        home.context,
        size_limit=LARGEST_SIZE_LIMIT,
    )


def _belongs_to(each: Statement, main: Statement) -> bool:
    """Whether a statement may be what an entity's guards add: tags, a source identity."""
    return (
        each.effect is Effect.ALLOW
        and main.effect is Effect.ALLOW
        and each.principals is not None
        and each.principals == main.principals
        and bool(each.actions)
        and all(action.lower() in _BESIDES for action in each.actions)
        and any(action.lower() not in _BESIDES for action in main.actions)
    )


def _refused(document: PolicyDocument) -> str | None:
    """What AWS would say to the policy today."""
    for each in document.statements:
        try:
            RawStatement(each.to_dict(), why="-")
        except TrustError as error:
            return str(error).removeprefix("RawStatement: ")

    try:
        check_trust_document(document)
    except TrustDocumentError as error:
        return f"AWS would refuse it ({error.aws_message}): {error.problem}; {error.remedy}."
    size = len(document.to_json())
    if size > LARGEST_SIZE_LIMIT:
        return f"AWS would refuse it: it has {size} characters, and {LARGEST_SIZE_LIMIT} are most."
    return None


def _current(document: PolicyDocument) -> PolicyDocument:
    """The document in the language of today, in which a "$" before a brace is a variable's."""
    if document.version == PolicyDocument(()).version:
        return replace(document, id=None)
    return PolicyDocument(
        tuple(
            replace(
                each,
                conditions=tuple(
                    replace(one, values=tuple(v.replace("${", "${$}{") for v in one.values))
                    for one in each.conditions
                ),
                resources=tuple(v.replace("${", "${$}{") for v in each.resources),
                not_resources=tuple(v.replace("${", "${$}{") for v in each.not_resources),
            )
            for each in document.statements
        )
    )


def _plain(value: object) -> Expression:
    """A statement's members as an expression."""
    found: Expression = json.loads(json.dumps(value))
    return found

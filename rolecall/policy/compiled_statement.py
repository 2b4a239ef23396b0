"""A statement as a row of checks. Deciding and explaining run the same row."""

from dataclasses import dataclass
from typing import TypeAlias

from rolecall.policy.compiled_condition import CompiledCondition, Predicate
from rolecall.policy.errors import PolicyError
from rolecall.policy.glob import Matcher, glob
from rolecall.policy.grants import Grant
from rolecall.policy.principal_match import (
    GrantOf,
    allowed_except,
    allowed_principals,
    denied_except,
    denied_principals,
)
from rolecall.policy.request import Request
from rolecall.policy.statement import Effect, Statement
from rolecall.policy.template import Part, Token, Wild, fill_in, parse_template
from rolecall.policy.value_tests import split_static

Element: TypeAlias = str | CompiledCondition


@dataclass(frozen=True, slots=True)
class PlacedStatement:
    """A statement in the place where it stands: in a resource's policy or an identity's.

    `checks` are run in order until one fails; `elements` says what each one checks.
    """

    index: int
    statement: Statement
    checks: tuple[Predicate, ...]
    elements: tuple[Element, ...]
    grant: GrantOf

    def failing(self, request: Request) -> int:
        """The number of the first check that fails, or -1: the statement applies."""
        for number, check in enumerate(self.checks):
            if not check(request):
                return number
        return -1


class CompiledStatement:
    """One statement, compiled for every place where its policy may stand."""

    __slots__ = ("in_bounded_resource", "in_identity", "in_resource")

    def __init__(self, index: int, statement: Statement, *, variables: bool) -> None:
        where = f"Statement[{index}]"
        deny = statement.effect is Effect.DENY
        action = _action_check(statement, where)
        resource = _resource_check(statement, where, deny=deny, variables=variables)
        principal = _principal(statement, deny=deny)
        conditions = tuple(
            CompiledCondition(
                condition,
                f"{where}.Condition.{condition.operator}.{condition.key}",
                deny=deny,
                variables=variables,
            )
            for condition in statement.conditions
        )
        sure: Predicate = _always if deny else _never

        def place(who: Predicate | None, what: Predicate | None) -> PlacedStatement:
            row: list[tuple[Element, Predicate]] = [("Action", action)]
            if who is not None:
                row.append(("Principal", who))
            if what is not None:
                row.append(("Resource", what))
            row.extend((condition, condition.holds) for condition in conditions)
            # A check that always holds costs time and says nothing.
            row = [(element, check) for element, check in row if check is not _always]
            return PlacedStatement(
                index,
                statement,
                tuple(check for _, check in row),
                tuple(element for element, _ in row),
                principal or _no_grant,
            )

        # An element that the place requires and the statement lacks is no valid policy
        # for AWS: an Allow without it grants nothing, a Deny without it denies.
        self.in_resource = place(principal or sure, resource)
        self.in_identity = place(principal, resource or sure)
        # "NotPrincipal": with Deny it always denies a caller who has a boundary.
        excepted = deny and statement.not_principals is not None
        self.in_bounded_resource = place(_always, resource) if excepted else self.in_resource


def _always(_request: Request) -> bool:
    return True


def _never(_request: Request) -> bool:
    return False


def _no_grant(_request: Request) -> Grant:
    return Grant.NONE


def _principal(statement: Statement, *, deny: bool) -> GrantOf | None:
    if statement.principals is not None:
        return (denied_principals if deny else allowed_principals)(statement.principals)
    if statement.not_principals is not None:
        return (denied_except if deny else allowed_except)(statement.not_principals)
    return None


def _action_check(statement: Statement, where: str) -> Predicate:
    """Action names are compared ignoring case ("IAM JSON policy elements: Action")."""
    patterns = statement.actions or statement.not_actions
    if not patterns or (statement.actions and statement.not_actions):
        raise PolicyError(where, "it needs Action or NotAction", "write exactly one of them")
    if "*" in patterns:
        return _never if statement.not_actions else _always
    exact = frozenset(pattern.lower() for pattern in patterns)
    globs = _globs_by_service(exact, where)

    def listed(request: Request) -> bool:
        action = request.action.lower()
        if action in exact:
            return True
        for service in (action.partition(":")[0], ""):
            for matches in globs.get(service, ()):
                if matches(action):
                    return True
        return False

    if statement.not_actions:
        return lambda request: not listed(request)
    return listed if globs else lambda request: request.action.lower() in exact


def _globs_by_service(patterns: frozenset[str], where: str) -> dict[str, tuple[Matcher, ...]]:
    """The patterns with wildcards, under the service they name, or under '' where it is wild.

    AWS's own managed policies list hundreds; only those of one service can match.
    """
    found: dict[str, tuple[Matcher, ...]] = {}
    for pattern in sorted(patterns):
        if "*" in pattern or "?" in pattern:
            service = pattern.partition(":")[0]
            key = "" if "*" in service or "?" in service else service
            found[key] = (*found.get(key, ()), glob(_tokens(pattern, where)))
    return found


def _tokens(text: str, where: str) -> tuple[Token, ...]:
    parts = parse_template(text, where, variables=False, wildcards=True)
    return fill_in(parts, {}) or ()


def _resource_check(
    statement: Statement, where: str, *, deny: bool, variables: bool
) -> Predicate | None:
    """Resources are compared with regard to case ("IAM JSON policy elements: Resource")."""
    excluded = bool(statement.not_resources)
    if excluded and statement.resources:
        raise PolicyError(where, "it has Resource and NotResource", "write one of the two")
    patterns = statement.not_resources or statement.resources
    if not patterns:
        return None
    if "*" in patterns:
        return _never if excluded else _always
    # What an Allow reaches is read narrowly, what a Deny reaches widely.
    narrow = deny is excluded
    place = f"{where}.{'NotResource' if excluded else 'Resource'}"
    fixed, varying = split_static(
        [parse_template(p, place, variables=variables, wildcards=True) for p in patterns]
    )
    exact, globs = _sort_patterns(fixed, narrow=narrow)
    if not varying and not excluded:
        if not globs:
            return lambda request: request.resource in exact
        if len(globs) == 1 and not exact:
            only = globs[0]
            return lambda request: only(request.resource)
    return _any_resource(exact, globs, varying, narrow=narrow, excluded=excluded, deny=deny)


def _sort_patterns(
    fixed: list[tuple[Token, ...]], *, narrow: bool
) -> tuple[frozenset[str], tuple[Matcher, ...]]:
    exact: set[str] = set()
    globs: list[Matcher] = []
    for tokens in fixed:
        if any(isinstance(token, Wild) for token in tokens):
            globs.append(_resource_glob(tokens, narrow=narrow))
        else:
            exact.add("".join(token for token in tokens if isinstance(token, str)))
    return frozenset(exact), tuple(globs)


def _any_resource(
    exact: frozenset[str],
    globs: tuple[Matcher, ...],
    varying: list[tuple[Part, ...]],
    *,
    narrow: bool,
    excluded: bool,
    deny: bool,
) -> Predicate:
    def check(request: Request) -> bool:
        resource = request.resource
        if resource in exact or any(matches(resource) for matches in globs):
            return not excluded
        for parts in varying:
            tokens = fill_in(parts, request.context)
            if tokens is None:
                # A variable without a value: the pattern matches no resource. In
                # NotResource that would widen an Allow, so then it does not apply.
                if excluded and not deny:
                    return False
                continue
            if _resource_glob(tokens, narrow=narrow)(resource):
                return not excluded
        return excluded

    return check


def _resource_glob(tokens: tuple[Token, ...], *, narrow: bool) -> Matcher:
    """A resource pattern; read narrowly, an asterisk inside a segment ends at its colon.

    "IAM JSON policy elements: Resource": wildcards stand within the segments of an
    ARN; an asterisk that ends a segment can expand beyond the colon.
    """
    if not narrow:
        return glob(tokens)
    restricted: list[Token] = []
    colons = 0
    for index, token in enumerate(tokens):
        if token is Wild.ANY and colons < 5 and index + 1 < len(tokens):
            following = tokens[index + 1]
            ends_segment = isinstance(following, str) and following.startswith(":")
            restricted.append(Wild.ANY if ends_segment else Wild.WITHIN_SEGMENT)
        else:
            restricted.append(token)
        if isinstance(token, str):
            colons += token.count(":")
    return glob(tuple(restricted))

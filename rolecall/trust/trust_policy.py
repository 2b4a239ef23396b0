"""From trusted entities to the one document a role carries."""

from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import permutations

from rolecall.issuers import check_shared_issuers
from rolecall.policy import (
    Condition,
    PolicyDocument,
    PolicyError,
    Principals,
    Statement,
    check_trust_document,
)
from rolecall.trust.arguments import Arguments, shown
from rolecall.trust.context import TrustContext
from rolecall.trust.entity import TrustedEntity
from rolecall.trust.errors import TrustError
from rolecall.trust.raw_statement import RawStatement

LARGEST_SIZE_LIMIT = 4096
_ARGUMENTS = Arguments("", TrustError)


def trust_policy(
    entities: Sequence[TrustedEntity], context: TrustContext, *, size_limit: int = 2048
) -> PolicyDocument:
    """The trust policy that admits these entities and nobody else.

    Each entity keeps statements of its own, in the order given, so that a review shows
    which line admits whom; a `RawStatement` stays as it is written. `size_limit` is the
    account's quota in characters: 2048, or up to 4096 once AWS has raised it ("IAM and AWS
    STS quotas", IAM User Guide).

    Raises `TrustError`: no entity, an entity twice, an entity whose guards another one
    undoes, a document over the limit, or one AWS would refuse.
    """
    found = _ARGUMENTS.several("trusted_entities", entities, "[IamUsers(…), …]")
    if not found:
        raise TrustError(
            "trusted_entities is empty, so nobody could ever assume the role; name at least one, "
            'for example IamUsers("111122223333", ["alice"]).'
        )
    _ARGUMENTS.number("size_limit", size_limit, "2048")
    if not 0 < size_limit <= LARGEST_SIZE_LIMIT:
        raise TrustError(
            f"The size limit of a trust policy is {size_limit}; AWS grants at most "
            f"{LARGEST_SIZE_LIMIT} characters."
        )
    rendered: list[tuple[str, Statement]] = []
    as_written: set[int] = set()
    for entity in entities:
        # The class itself has the attribute too: somebody forgot to say whom it admits.
        if isinstance(entity, type) or not callable(getattr(entity, "statements", None)):
            raise TrustError(
                f"{shown(entity)} is not a trusted entity; write IamUsers(…), IamRoles(…), "
                "AwsService(…), GitHubActions(…) or another of rolecall.trust."
            )
        name = type(entity).__name__
        own = entity.statements(context)
        if isinstance(entity, RawStatement):
            as_written.update(range(len(rendered), len(rendered) + len(own)))
        rendered.extend((name, statement) for statement in own)
    # Who writes a raw statement says that he means it; a Deny is no trust at all.
    _refuse_overlap([each for n, each in enumerate(rendered) if n not in as_written])
    document = PolicyDocument(_with_own_sids([each for _, each in rendered], as_written))
    _check_size(document, size_limit, len(entities))
    try:
        check_trust_document(document)
        check_shared_issuers(document)
    except PolicyError as error:
        raise TrustError(f"The trust policy would be refused by AWS: {error}") from error
    return document


def _with_own_sids(statements: Sequence[Statement], as_written: Set[int]) -> tuple[Statement, ...]:
    """Number the later ones of equal sids: AWS wants each once in a document.

    A raw statement may have none, and keeps its own before all others.
    """
    taken = {sid for n in as_written if (sid := statements[n].sid)}
    kept: set[str] = set()
    found: list[Statement] = []
    for index, statement in enumerate(statements):
        if index in as_written and statement.sid not in kept:
            found.append(statement)
            kept.update(filter(None, [statement.sid]))
            continue
        base = statement.sid or "Statement"
        sid, number = base, 1
        while sid in taken:
            number += 1
            sid = f"{base}n{number}"
        taken.add(sid)
        found.append(replace(statement, sid=sid))
    return tuple(found)


def _refuse_overlap(rendered: Sequence[tuple[str, Statement]]) -> None:
    """Statements are ORed: of two for one principal, the weaker one decides."""
    for (first_name, first), (second_name, second) in permutations(rendered, 2):
        if not set(first.actions) & set(second.actions):
            continue
        ours, theirs = set(first.conditions), set(second.conditions)
        same = _named(first.principals) & _named(second.principals)
        if same and ours == theirs:
            raise TrustError(f"{min(same)} is trusted twice in the same way; write it once.")
        who = same | _covered(_named(first.principals), _named(second.principals))
        if who and ours < theirs:
            raise TrustError(
                f"{min(who)} is trusted by {first_name}(…) with fewer conditions than by "
                f"{second_name}(…), so the further conditions guard nothing; keep the one you mean."
            )
        if who and all(_asked_by(condition, theirs) for condition in ours):
            raise TrustError(
                f"{min(who)} is trusted by {first_name}(…) for all that {second_name}(…) trusts it "
                f"for, so what {second_name}(…) asks besides guards nothing; keep the one you mean."
            )


def _asked_by(condition: Condition, others: set[Condition]) -> bool:
    """Whether whoever meets the others meets this condition."""
    if condition in others:
        return True
    return any(
        other.key.lower() == condition.key.lower()
        and other.operator in ("StringEquals", "StringLike")
        and _within(other, condition)
        for other in others
    )


def _within(narrow: Condition, wide: Condition) -> bool:
    """Whether each value of one is a value of the other, or lies below one of its patterns."""
    if wide.operator not in ("StringEquals", "StringLike"):
        return False
    return all(
        (value in wide.values and (wide.operator == narrow.operator or "*" not in value))
        or (
            wide.operator == "StringLike"
            and any(
                pattern.endswith("*")
                and not set("*?") & set(pattern[:-1])
                and value.startswith(pattern[:-1])
                for pattern in wide.values
            )
        )
        for value in narrow.values
    )


def _covered(wide: set[str], narrow: set[str]) -> set[str]:
    """Those of `narrow` whose whole account `wide` names."""
    accounts = {arn.removesuffix("root") for arn in wide if arn.endswith(":root")}
    return {arn for arn in narrow if any(arn.startswith(account) for account in accounts)}


def _named(principals: Principals | None) -> set[str]:
    if principals is None:
        return set()
    return {*principals.aws, *principals.service, *principals.federated}


def _check_size(document: PolicyDocument, limit: int, entities: int) -> None:
    size = len(document.to_json())
    if size > limit:
        remedy = (
            f"ask AWS to raise the quota and pass trust_size_limit={LARGEST_SIZE_LIMIT}, or "
            if limit < LARGEST_SIZE_LIMIT
            else ""
        )
        raise TrustError(
            f"The trust policy of {entities} trusted entities has {size} characters, and {limit} "
            f"are allowed; {remedy}split the role in two."
        )

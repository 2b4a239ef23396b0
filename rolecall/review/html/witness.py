"""A witness as a reader wants it: one sentence, and the request key by key."""

from dataclasses import dataclass

from rolecall.policy import AwsService, Request, RoleSession, WebIdentity
from rolecall.policy.callers import SamlIdentity
from rolecall.policy.compare import Difference, Witness
from rolecall.policy.compare.words import ORDINARY
from rolecall.review.told import example

_EXAMPLE = "for example "
#: How AWS writes keys that a witness has in small letters; to AWS both are the same.
_WRITTEN = {
    name.lower(): name
    for name in (
        "aws:CurrentTime",
        "aws:EpochTime",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:RequestedRegion",
        "aws:SecureTransport",
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpce",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:VpcSourceIp",
    )
}


@dataclass(frozen=True, slots=True)
class Row:
    """A key of the request; ordinary: every call has it, and it did not matter."""

    key: str
    values: tuple[str, ...]
    ordinary: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A difference as the page shows it."""

    who: str
    words: str
    also: tuple[str, ...]
    other: str
    direct: bool
    rows: tuple[Row, ...]


def shown(difference: Difference) -> Shown:
    """The difference with its witness spelled out."""
    return Shown(
        who=difference.who,
        words=_sentence(difference),
        also=difference.also,
        other=difference.refused.explain(),
        direct=difference.level > 1,
        rows=_rows(difference.witness, needed=difference.level <= 1),
    )


def _sentence(difference: Difference) -> str:
    text, found, _ = difference.words().removeprefix(f"{difference.who}: ").partition(_EXAMPLE)
    return f"{text[:1].upper()}{text[1:]}{found and f'{found}{example(difference)}.'}"


def _rows(witness: Witness, *, needed: bool) -> tuple[Row, ...]:
    attempt = witness.attempt
    names = {key.lower(): key for key in attempt.keys()}  # noqa: SIM118 - a method of ours
    names |= {key.lower(): key for key in attempt.caller.context()}
    request = Request.build(witness.action, attempt.role_arn, attempt.caller, attempt.keys())
    rows = [
        Row(
            _WRITTEN.get(key) or names.get(key, key),
            (value,) if isinstance(value, str) else value,
            ORDINARY.get(key) == value,
        )
        for key, value in request.context.items()
    ]
    rows.sort(key=lambda row: (row.ordinary, row.key.lower()))
    own = "must allow the call" if needed else "need not allow the call"
    caller = attempt.caller
    outside = isinstance(caller, (AwsService, WebIdentity, SamlIdentity))
    return (
        Row(_what_the_caller_is(witness), (caller.arn,)),
        Row("call", (witness.action,)),
        Row("role", (attempt.role_arn,)),
        *(() if outside else (Row("the caller's own policy", (own,)),)),
        *rows,
    )


def _what_the_caller_is(witness: Witness) -> str:
    caller = witness.attempt.caller
    if isinstance(caller, AwsService):
        return "caller (service)"
    if isinstance(caller, (WebIdentity, SamlIdentity)):
        return "caller (signed in at)"
    return "caller (role)" if isinstance(caller, RoleSession) else "caller"

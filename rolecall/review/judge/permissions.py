"""What became of the permissions of a role, user or group, in sentences.

A sentence about permissions is `wider` from severity high on: only then does it count for
the gate. What is less is told.
"""

from collections.abc import Iterator

from rolecall.policy.errors import printable
from rolecall.review.judge.documents import NOTHING as NO_POLICY
from rolecall.review.judge.documents import shift
from rolecall.review.judge.power import aws_policy_name, only_denies, power_of_name
from rolecall.review.model import Permissions, Policy, Unread
from rolecall.review.report import Sentence, Severity

NOTHING = Permissions()
_OUTSIDE = " Somebody outside the organization can assume it."


def judge_permissions(
    before: Permissions | None, after: Permissions | None, *, outside: bool = False
) -> tuple[Sentence, ...]:
    """Compare. None: the thing is not there. outside: strangers can assume the role.

    Of what is deleted nothing is said: whoever cannot be assumed has no power.
    """
    if after is None or before == after:
        return ()
    old = before or NOTHING
    found = [
        *_managed(old, after),
        *_texts(old, after),
        *_inline(old, after),
        *_boundary(old, after, created=before is None),
    ]
    return tuple(_told(each, outside) for each in found)


def _told(each: Sentence, outside: bool) -> Sentence:
    severity, text = each.severity, each.text
    if outside and not each.narrower and severity >= Severity.MEDIUM:
        severity = Severity(min(severity + 1, Severity.CRITICAL))
        text += _OUTSIDE
    wider = not each.narrower and severity >= Severity.HIGH and not each.open
    return Sentence(printable(text), severity, wider, each.open, each.narrower)


def _managed(old: Permissions, new: Permissions) -> Iterator[Sentence]:
    for arn in sorted(new.managed - old.managed):
        what = f"The managed policy {_called(arn)} is attached"
        document = new.documents.get(arn)
        if document is not None:
            yield from _come(what, document, words=False)
        elif only_denies(arn):
            yield Sentence(f"{what}.", Severity.LOW, narrower=True)
        elif aws_policy_name(arn):
            yield Sentence(f"{what}.", power_of_name(arn))
        else:
            yield _elsewhere(f"{what}, whose text is elsewhere: it may give anything.")
    for arn in sorted(old.managed - new.managed):
        what = f"The managed policy {_called(arn)} is detached"
        document = old.documents.get(arn)
        if document is not None:
            yield from _go(what, document)
        elif only_denies(arn):
            yield Sentence(f"{what}, which took power away.", Severity.HIGH)
        elif aws_policy_name(arn):
            yield Sentence(f"{what}.", Severity.LOW, narrower=True)
        else:
            yield _elsewhere(f"{what}, whose text is elsewhere: it may have denied something.")


def _elsewhere(text: str) -> Sentence:
    return Sentence(text, Severity.MEDIUM, open=True)


def _come(what: str, policy: Policy, *, words: bool) -> Iterator[Sentence]:
    """A policy that was not there before."""
    if isinstance(policy, Unread):
        yield _open(what, policy)
        return
    found = shift(NO_POLICY, policy)
    told = f"{what}: it {found.words}." if words and found.words else f"{what}."
    yield Sentence(told, found.gained or Severity.LOW, narrower=not found.gained)


def _go(what: str, policy: Policy) -> Iterator[Sentence]:
    """A policy that is not there any more: what it denied may be allowed now."""
    if isinstance(policy, Unread):
        text = f"{what}, and what it denied could not be read: {reason(policy)}."
        yield _elsewhere(text)
        return
    gained = shift(policy, NO_POLICY).gained
    if gained:
        yield Sentence(f"{what}, which denied something.", gained)
    else:
        yield Sentence(f"{what}.", Severity.LOW, narrower=True)


def _texts(old: Permissions, new: Permissions) -> Iterator[Sentence]:
    """Attached before and after, with another text."""
    for arn in sorted(old.managed & new.managed):
        before, after = old.documents.get(arn), new.documents.get(arn)
        if before == after:
            continue
        what = f"The managed policy {_called(arn)}"
        if before is not None and after is not None:
            yield from _changed(what, before, after)
        else:
            when = "before" if before is None else "after"
            yield _elsewhere(
                f"{what} changes, and its text {when} the change is not there to read."
            )


def _inline(old: Permissions, new: Permissions) -> Iterator[Sentence]:
    for name in sorted({*old.inline, *new.inline}):
        before, after = old.inline.get(name), new.inline.get(name)
        what = f"The inline policy {name}"
        if before == after:
            continue
        if before is not None and after is not None:
            yield from _changed(what, before, after)
        elif after is not None:
            yield from _come(f"{what} is added", after, words=True)
        elif before is not None:
            yield from _go(f"{what} is removed", before)


def _changed(what: str, before: Policy, after: Policy) -> Iterator[Sentence]:
    if isinstance(after, Unread):
        yield _open(f"{what} changed", after)
        return
    if isinstance(before, Unread):
        yield _open(f"{what} changed", before)
        return
    found = shift(before, after)
    if found.gained and not found.decided:
        yield Sentence(f"{what} changed: it {found.words}.", found.gained)
    elif found.gained:
        yield Sentence(f"{what} gives more: it {found.words}.", found.gained)
        if found.lost:
            yield Sentence(f"{what} gives less elsewhere.", Severity.LOW, narrower=True)
    elif found.lost:
        yield Sentence(f"{what} gives less: it {found.words}.", Severity.LOW, narrower=True)
    else:
        yield Sentence(f"{what} is written in another way and gives the same.")


def _boundary(old: Permissions, new: Permissions, *, created: bool) -> Iterator[Sentence]:
    before, after = old.boundary, new.boundary
    one, other = old.documents.get(before or ""), new.documents.get(after or "")
    if before == after:
        if one != other:
            yield from _bounded(f"The permissions boundary {_called(after or '')}", one, other)
    elif after is None:
        yield Sentence(
            f"The permissions boundary {_called(before or '')} is removed: its policies are "
            "limited by nothing.",
            Severity.HIGH,
        )
    elif before is None:
        if not created:
            yield Sentence(
                f"The permissions boundary {_called(after)} is set.", Severity.LOW, narrower=True
            )
    else:
        what = f"The permissions boundary {_called(after)} takes the place of {_called(before)}"
        was, power = power_of_name(before), power_of_name(after)
        if one is not None and other is not None:
            yield from _bounded(f"{what}, and its text", one, other)
        elif aws_policy_name(after) and power >= Severity.HIGH and one is None and power > was:
            yield Sentence(f"{what}: it limits little.", power)
        else:
            yield _elsewhere(f"{what}: whether it limits as much is not known.")


def _bounded(what: str, before: Policy | None, after: Policy | None) -> Iterator[Sentence]:
    if before is None or after is None:
        when = "before" if before is None else "after"
        yield _elsewhere(f"{what} changes, and its text {when} the change is not there to read.")
    else:
        yield from _changed(what, before, after)


def _open(what: str, unread: Unread) -> Sentence:
    text = f"{what}, and what it gives could not be read: {reason(unread)}."
    return Sentence(text, Severity.MEDIUM, open=True)


def reason(unread: Unread) -> str:
    """Why something could not be read, to stand behind a colon."""
    why = unread.why.rstrip(".")
    return why[:1].lower() + why[1:] if why[1:2].islower() or why[1:2] == " " else why


def _called(arn: str) -> str:
    """AWS's own by their names, all others whole."""
    return aws_policy_name(arn) or arn

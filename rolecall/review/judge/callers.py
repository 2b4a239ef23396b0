"""Users, groups and roles as callers: what they may do now, and where they come in by it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rolecall.policy import IamUser, RoleSession
from rolecall.policy.errors import printable
from rolecall.review.judge.permissions import judge_permissions
from rolecall.review.judge.reach import Door, Opened, Powers, account_of, doors_opened, named
from rolecall.review.model import CallerSide, Pair, Permissions, RoleSide, Snapshot
from rolecall.review.report import Sentence, Severity


@dataclass(frozen=True, slots=True)
class CallerTold:
    """The sentences about one caller, and the facts that the fingerprint takes in."""

    sentences: tuple[Sentence, ...]
    facts: tuple[str, ...] = ()


def groups_of(snapshot: Snapshot) -> Mapping[str, Pair[CallerSide]]:
    """The groups of a stack by name."""
    found: dict[str, Pair[CallerSide]] = {}
    for pair in snapshot.callers:
        side = pair.after or pair.before
        if side is not None and side.kind == "group":
            found[side.name] = pair
    return found


def judge_caller(
    pair: Pair[CallerSide],
    groups: Mapping[str, Pair[CallerSide]],
    doors: Sequence[Door],
    partition: str,
) -> CallerTold:
    """What a user or group may now do, and which roles a user comes into."""
    before, after = pair.before, pair.after
    if after is None:
        if before is None:
            return CallerTold(())
        return CallerTold(
            (Sentence(f"The {before.kind} is deleted.", Severity.LOW, narrower=True),)
        )
    found = list(
        judge_permissions(None if before is None else before.permissions, after.permissions)
    )
    found += _memberships(before, after, groups)
    if pair.replaced:
        found.append(
            Sentence(
                f"The {after.kind} is replaced and gets a new unique ID: trust policies that "
                "name the old one lose it until they are saved again.",
                Severity.LOW,
                narrower=True,
            )
        )
    reached = _told(_opened(before, after, groups, doors, partition))
    # What a group gives is said of no side, and is part of what somebody looks at.
    said = (
        tuple(each.text for each in found)
        if before is None or before.groups != after.groups
        else ()
    )
    return CallerTold((*found, *reached.sentences), (*reached.facts, *said))


def judge_role_as_caller(pair: Pair[RoleSide], doors: Sequence[Door], partition: str) -> CallerTold:
    """Which other roles a role comes into by its changed permissions."""
    before, after = pair.before, pair.after
    account = None if after is None else after.account or account_of(after.arn)
    if after is None or account is None:
        return CallerTold(())
    if before is not None and before.permissions == after.permissions:
        return CallerTold(())
    session = RoleSession(account, after.name, "review", after.path, partition=partition)
    others = [door for door in doors if door.arn != after.arn]
    old = None if before is None else Powers.of([before.permissions], before.permissions)
    new = Powers.of([after.permissions], after.permissions)
    return _told(doors_opened(session, old, new, others))


def _told(opened: Opened) -> CallerTold:
    sentences: list[Sentence] = []
    if opened.doors:
        text = (
            f"It may now assume {named(opened.doors)}: the trust policy admits it, and its "
            "permissions allow sts:AssumeRole."
        )
        sentences.append(Sentence(printable(text), Severity.HIGH, wider=True))
    if opened.more:
        text = (
            f"It may assume {named(opened.more)} in more ways than before: without a condition, "
            "or with session tags or a source identity."
        )
        sentences.append(Sentence(printable(text), Severity.MEDIUM, wider=True))
    if opened.open:
        text = f"Whether it may now assume {named(opened.open)} is not decided."
        sentences.append(Sentence(printable(text), Severity.MEDIUM, open=True))
    every = (*opened.doors, *opened.more, *opened.open)
    facts = tuple(f"{each.environment}/{each.name}" for each in every)
    return CallerTold(tuple(sentences), facts)


def _memberships(
    before: CallerSide | None, after: CallerSide, groups: Mapping[str, Pair[CallerSide]]
) -> Iterator[Sentence]:
    """What comes and goes with the groups of a user."""
    old = frozenset() if before is None else before.groups
    for name in sorted(after.groups - old):
        pair = groups.get(name)
        what = f"It joins the group {name}"
        if pair is None or pair.after is None:
            text = f"{what}, which this stack does not make: it may give anything."
            yield Sentence(printable(text), Severity.MEDIUM, open=True)
            continue
        given = judge_permissions(None, pair.after.permissions)
        yield Sentence(printable(f"{what}."), Severity.MEDIUM)
        yield from (_by_group(name, each) for each in given if not each.narrower)
    for name in sorted(old - after.groups):
        pair = groups.get(name)
        yield Sentence(printable(f"It leaves the group {name}."), Severity.LOW, narrower=True)
        if pair is not None and pair.before is not None:
            lost = judge_permissions(pair.before.permissions, Permissions())
            yield from (_by_group(name, each) for each in lost if not each.narrower)


def _by_group(name: str, each: Sentence) -> Sentence:
    return replace(each, text=printable(f"Of the group {name}: {each.text}"))


def _opened(
    before: CallerSide | None,
    after: CallerSide,
    groups: Mapping[str, Pair[CallerSide]],
    doors: Sequence[Door],
    partition: str,
) -> Opened:
    account = account_of(after.arn)
    if after.kind != "user" or account is None:
        return Opened()
    name = (after.arn or "").split(":user", 1)[-1]
    path = name[: name.rfind("/") + 1] or "/"
    user = IamUser(account, after.name, path, partition=partition)
    new = _permissions(after, groups, after=True)
    old = None if before is None else _permissions(before, groups, after=False)
    if old == new:
        return Opened()
    was = None if old is None or before is None else Powers.of(old, before.permissions)
    return doors_opened(user, was, Powers.of(new, after.permissions), doors)


def _permissions(
    side: CallerSide, groups: Mapping[str, Pair[CallerSide]], *, after: bool
) -> list[Permissions]:
    found = [side.permissions]
    for name in sorted(side.groups):
        pair = groups.get(name)
        group = None if pair is None else pair.after if after else pair.before
        if group is not None:
            found.append(group.permissions)
    return found

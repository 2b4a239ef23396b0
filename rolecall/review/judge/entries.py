"""Other ways into roles: associations of pods, profiles, identity pools."""

from rolecall.policy.errors import printable
from rolecall.review.model import EntrySide, Pair
from rolecall.review.report import Sentence, Severity


def judge_entry(pair: Pair[EntrySide]) -> tuple[Sentence, ...]:
    """What an entry lets in now, and no longer.

    An entry alone lets nobody in: the role's trust policy has to admit its service too, and
    usually does so for all entries alike. So a new entry, or other words, is a gain.
    """
    before, after = _working(pair.before), _working(pair.after)
    if before == after or (before is None and after is None):
        return ()
    if after is None:
        assert before is not None  # noqa: S101 - narrows the type
        return (_told(f"It no longer lets in {_words(before)}.", narrower=True),)
    if before is None:
        # A pool alone gives no credentials: its roles are attached by another entry.
        alone = after.kind == "identity pool" and not after.roles
        return (_told(f"It lets in {_words(after)}.", wider=not alone),)
    if before.words == after.words and set(after.roles) < set(before.roles):
        gone = ", ".join(sorted(set(before.roles) - set(after.roles)))
        return (_told(f"It no longer leads to {gone}.", narrower=True),)
    return (_told(f"It lets in {_words(after)}; before: {_words(before)}.", wider=True),)


def _working(side: EntrySide | None) -> EntrySide | None:
    return None if side is None or side.stopped else side


def _words(side: EntrySide) -> str:
    roles = [role for role in side.roles if role not in side.words]
    more = len(roles) - 4
    shown = ", ".join(roles[:4]) + (f" and {more} more" if more > 0 else "")
    return f"{side.words}; to {shown}" if roles else side.words


def _told(text: str, *, wider: bool = False, narrower: bool = False) -> Sentence:
    return Sentence(
        printable(text),
        Severity.HIGH if wider else Severity.LOW,
        wider=wider,
        narrower=narrower,
    )

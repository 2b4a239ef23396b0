"""What a report says, in words that all outputs share."""

import difflib
from collections.abc import Iterable, Iterator, Sequence

from rolecall.policy.compare import Difference
from rolecall.review.guests import noun_of
from rolecall.review.report import Change, Report

#: Headline words by verdict.
MEANS = {
    "same": "nobody gains or loses access",
    "narrower": "nobody gains access, somebody loses it",
    "wider": "somebody gains access",
    "both": "somebody gains access, somebody else loses it",
    "undecided": "whether somebody gains access is not decided",
}


def headline(report: Report) -> str:
    """The verdict in one line."""
    return f"{report.verdict}: {MEANS.get(report.verdict, '')}, severity {report.severity.word}"


def counted(report: Report) -> str:
    """How many things changed in which way, and how many stayed."""
    changed = [c for c in report.changes if c.state != "same"]
    parts = [
        f"{count} {word}"
        for word, count in (
            ("wider", sum(c.verdict in ("wider", "both") for c in changed)),
            ("undecided", sum(c.verdict == "undecided" for c in changed)),
            ("narrower", sum(c.verdict == "narrower" for c in changed)),
            ("without gain or loss", sum(c.verdict == "same" for c in changed)),
        )
        if count
    ]
    kept = len(report.changes) - len(changed)
    told = ", ".join(parts) if parts else "no change"
    return f"{told}; {kept} as before." if kept else f"{told}."


def who(each: Difference) -> str:
    """The callers of one difference: the first kinds of them, and how many more."""
    names = (each.who, *each.also)
    shown = "; ".join(names[:3])
    return shown + (f"; {len(names) - 3} more" if len(names) > 3 else "")


def example(each: Difference) -> str:
    """The witness in words."""
    words = each.words()
    shown = words.partition("for example ")[2].rstrip(" ,.") or words
    noun = noun_of(each.witness)
    claims = shown.partition(" with ")[2]
    return f"{noun} ({claims})" if noun is not None and claims else shown


def _with_example(each: Difference) -> str:
    told, shown = who(each), example(each)
    if told != shown:
        told += f", for example {shown}"
    return f"{told} (without a permission of their own account)" if each.level > 1 else told


def _in_words(found: Sequence[Difference]) -> Iterable[str]:
    """One entry each; kinds of callers that the words do not tell apart are told once."""
    return dict.fromkeys(map(_with_example, found))


def gains(change: Change) -> Iterator[str]:
    """Who gains what, one entry each."""
    if change.comparison is not None:
        yield from _in_words(change.comparison.gains)
    for sentence in change.sentences:
        if sentence.wider:
            yield sentence.text


def losses(change: Change) -> Iterator[str]:
    """Who loses what."""
    if change.comparison is not None:
        yield from _in_words(change.comparison.losses)
    for sentence in change.sentences:
        if sentence.narrower:
            yield sentence.text


def opens(change: Change) -> Iterator[str]:
    """What is not decided."""
    if change.comparison is not None:
        for each in change.comparison.undecided:
            yield each.words()
    for sentence in change.sentences:
        if sentence.open:
            yield sentence.text


def others(change: Change) -> Iterator[str]:
    """What else is to be known."""
    for sentence in change.sentences:
        if not (sentence.wider or sentence.narrower or sentence.open):
            yield sentence.text


def harmless(change: Change) -> bool:
    """Whether nobody gains by it, and nothing about it is open."""
    return change.verdict in ("same", "narrower") and change.severity.word in ("none", "low")


def difference(change: Change) -> str:
    """The trust policy before and after as a unified diff; "" where it is the same."""
    if change.trust_before == change.trust_after:
        return ""
    lines = difflib.unified_diff(
        change.trust_before.splitlines(),
        change.trust_after.splitlines(),
        "before",
        "after",
        n=4,
        lineterm="",
    )
    return "\n".join(lines)

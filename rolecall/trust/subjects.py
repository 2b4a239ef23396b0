"""The subjects of tokens: whole ones, and patterns for everything below a whole segment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.trust.errors import TrustError


@dataclass(frozen=True, slots=True)
class Subjects:
    """Whose tokens are meant, by their `sub`.

    exact: compared by StringEquals. patterns: compared by StringLike; each ends in the
    one wildcard it has, behind `/` or `:`. everyone: the wide variant of a private issuer.
    """

    exact: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    everyone: bool = False


def subject(kind: str, text: str) -> str:
    """A text that can stand in a policy as a part of a subject, or a whole one."""
    if not text or text != text.strip():
        raise TrustError(f"{kind}: {text!r} is empty or has a space at an end; write it out.")
    if "$" in text:
        # "${" would be a policy variable: filled in from the request.
        raise TrustError(
            f'{kind}: {text!r} holds a "$", which a policy reads as a variable; name another.'
        )
    if not all(" " <= letter <= "\xff" and letter.isprintable() for letter in text):
        # The characters IAM takes in a policy document ("CreateRole", IAM API Reference).
        raise TrustError(f"{kind}: {text!r} has a character that IAM takes in no policy.")
    return text


def split(kind: str, texts: Sequence[str], wide: str) -> Subjects:
    """Whole subjects and patterns of a list apart; `wide` is the fix for one that is too wide.

    A pattern ends in `/*` or `:*`, so that `acme*` cannot mean `acme-evil`. A wildcard in
    the middle is refused: it also stands for the separators around it.
    """
    exact: list[str] = []
    patterns: list[str] = []
    for text in texts:
        subject(kind, text)
        if not set("*?") & set(text):
            exact.append(text)
            continue
        stem = text.removesuffix("*")
        if set("*?") & set(stem) or not re.search(r"[^/:][/:]\Z", stem):
            raise TrustError(
                f"{kind}: the wildcard in {text!r} would match others that merely begin alike; "
                f'one "*" at the end, behind "/" or ":", stands for all below it{wide}.'
            )
        patterns.append(text)
    return Subjects(tuple(exact), tuple(patterns))


def one_name(kind: str, field: str, text: str, pattern: str, example: str) -> str:
    """A name that becomes a segment of a subject, whole and without wildcards."""
    if not re.fullmatch(pattern, text, re.ASCII):
        raise TrustError(f"{kind}: {field} {text!r} is not a whole name; write {example}.")
    return text

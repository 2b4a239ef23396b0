"""How values, lists, accounts and lengths of time are written in sentences."""

import re
from collections.abc import Iterable, Mapping

from rolecall.policy.errors import printable

_PLAIN = re.compile(r"[\w@:/.=+{}|-]*[\w@/=+{}-]", re.ASCII)
_ACCOUNT = re.compile(r"[0-9]{12}", re.ASCII)


def shown(value: str) -> str:
    """A value on one line: bare where it cannot be misread, else in quotes. Never cut."""
    text = printable(value)
    return text if _PLAIN.fullmatch(text) else f"'{text}'"


def ordered(values: Iterable[str]) -> list[str]:
    """The values, sorted and each once: the order in a policy says nothing."""
    return sorted(set(values))


def any_of(texts: Iterable[str]) -> str:
    """`A`, `A or B`, `A, B or C`."""
    return _joined(list(texts), "or")


def all_of(texts: Iterable[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return _joined(list(texts), "and")


def conditions_of(clauses: Iterable[str]) -> str:
    """`A`, `A, and B`, `A, B, and C`: the comma keeps an "or" inside of a clause apart."""
    found = list(clauses)
    return found[0] if len(found) == 1 else f"{', '.join(found[:-1])}, and {found[-1]}"


def _joined(found: list[str], word: str) -> str:
    if len(found) < 2:
        return "".join(found)
    return f"{', '.join(found[:-1])} {word} {found[-1]}"


def account_words(account: str, names: Mapping[str, str]) -> str:
    """`tes (111111111111)` where the account has a name, else `account 111111111111`."""
    if not _ACCOUNT.fullmatch(account):
        return f"account {shown(account)}"
    name = names.get(account)
    return f"{printable(name)} ({account})" if name else f"account {account}"


def length(seconds: int) -> str:
    """`2 hours`, `1 hour 30 minutes`, `45 seconds`."""
    parts = []
    rest = seconds
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        # One day in hours: that is how AWS writes the lengths of sessions.
        if unit == "day" and (seconds < 2 * 86400 or seconds % 3600):
            rest = seconds
            continue
        if count:
            parts.append(f"{count} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"


def first_upper(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]

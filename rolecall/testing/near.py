"""Texts that come close to a given one: what an attacker may get for himself."""

from collections.abc import Iterator

#: What stands where a pattern leaves everything open.
FILLING = "x"


def sample(pattern: str) -> str:
    """A text that a pattern means: `release/*` → `release/x`."""
    return pattern.replace("*", FILLING).replace("?", FILLING[:1])


def is_open(pattern: str) -> bool:
    """Whether a pattern means any text."""
    return bool(pattern) and set(pattern) <= {"*"}


def near(pattern: str) -> Iterator[str]:
    """Texts that begin or end like the one meant, in another case, or are wildcards.

    A wildcard behind a separator (`release/*`) stands for what is below, so the stem is
    varied. One inside of a name (`acme*`) admits names of others, and is varied as the
    name that it was cut from.
    """
    if is_open(pattern) or not pattern:
        return
    below = ""
    stem = pattern
    if pattern[-2:] in ("/*", ":*"):
        stem, below = pattern[:-2], pattern[-2] + FILLING
    stem = stem.replace("*", "").replace("?", FILLING[:1])
    if not stem:
        return
    seen = {sample(pattern)}
    for text in (
        f"{stem}-evil",
        f"{stem}{stem[-1]}",
        f"evil-{stem}",
        stem.swapcase(),
        "evil",
        "*",
        "?" * min(len(stem), 3),
    ):
        if text + below not in seen:
            seen.add(text + below)
            yield text + below


def other_digits(text: str) -> str:
    """A number of the same length that is another one."""
    return "".join(str((int(digit) + 3) % 10) if digit.isdigit() else digit for digit in text)

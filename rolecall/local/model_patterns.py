"""The patterns that the AWS service models set for texts, as far as Python can judge them."""

import re
from functools import lru_cache

_FIVE_DIGITS = re.compile(r"\\u[0-9A-Fa-f]{5}")


@lru_cache(maxsize=1024)
def compiled_pattern(pattern: str | None) -> re.Pattern[str] | None:
    """The pattern, or None for one that Python reads differently from Java.

    None as well for those that mean characters beyond U+FFFF and write them with five
    digits (`\\u10000`), which neither of the two reads so.
    """
    if pattern is None or "\\p{" in pattern or _FIVE_DIGITS.search(pattern):
        return None
    try:
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None

"""The patterns that the AWS service models set for texts, as far as Python can judge them."""

import re
from functools import lru_cache


@lru_cache(maxsize=1024)
def compiled_pattern(pattern: str | None) -> re.Pattern[str] | None:
    """The pattern, or None for one that Python reads differently from Java."""
    if pattern is None or "\\p{" in pattern or "\\u" in pattern:
        return None
    try:
        return re.compile(pattern, re.ASCII)
    except re.error:
        return None

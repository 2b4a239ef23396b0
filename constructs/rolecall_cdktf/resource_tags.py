"""The rules for tags on IAM resources."""

import re
from collections.abc import Mapping

from rolecall.problems import Problem

_KEY = re.compile(r"[\w .:/=+@-]{1,128}\Z")
_VALUE = re.compile(r"[\w .:/=+@-]{0,256}\Z")


def check_tags(owner: str, tags: Mapping[str, str]) -> None:
    """Refuse tags IAM would ("Rules for tagging in IAM and AWS STS", IAM User Guide)."""
    if len(tags) > 50:
        raise Problem(f"{owner}: {len(tags)} tags; AWS allows 50 a resource.")
    seen: set[str] = set()
    for key, value in tags.items():
        if not isinstance(key, str) or not _KEY.match(key) or key.lower().startswith("aws:"):
            raise Problem(
                f"{owner}: {key!r} is not a tag key; it has 1 to 128 letters, digits, spaces and "
                "_.:/=+@-, and does not begin with aws:."
            )
        if not isinstance(value, str) or not _VALUE.match(value):
            raise Problem(
                f"{owner}: the tag {key!r} is {value!r}; a value has up to 256 letters, digits, "
                "spaces and _.:/=+@-."
            )
        if key.casefold() in seen:
            # "Tag keys are not case sensitive" for IAM principals.
            raise Problem(f"{owner}: the tag {key!r} is written in two cases; keep one.")
        seen.add(key.casefold())

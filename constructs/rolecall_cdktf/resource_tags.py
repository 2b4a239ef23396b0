"""The rules for tags on IAM resources."""

import re
from collections.abc import Mapping

from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown

_KEY = re.compile(r"[\w .:/=+@-]{1,128}\Z")
_VALUE = re.compile(r"[\w .:/=+@-]{0,256}\Z")


def checked_tags(owner: str, tags: object, defaults: Mapping[str, str]) -> dict[str, str]:
    """The tags, unless IAM would refuse them ("Rules for tagging in IAM and AWS STS").

    `defaults` are the environment's: Terraform puts both on the resource, and of one key
    the resource's own value. Raises `Problem`.
    """
    written = Arguments(owner).mapping("tags", tags, '{"team": "blue"}')
    together = len({*written, *defaults})
    if together > 50:
        also = " with the environment's" if defaults else ""
        raise Problem(f"{owner}: {together} tags{also}; AWS allows 50 a resource.")
    spelt = {key.casefold(): key for key in defaults}
    found: dict[str, str] = {}
    for key, value in written.items():
        if not isinstance(key, str) or not _KEY.match(key) or key.lower().startswith("aws:"):
            raise Problem(
                f"{owner}: {shown(key)} is not a tag key; it has 1 to 128 letters, digits, spaces "
                "and _.:/=+@-, and does not begin with aws:."
            )
        if not isinstance(value, str) or not _VALUE.match(value):
            raise Problem(
                f"{owner}: the tag {key!r} is {shown(value)}; a value has up to 256 letters, "
                "digits, spaces and _.:/=+@-."
            )
        # "Tag keys are not case sensitive" for IAM principals.
        other = spelt.setdefault(key.casefold(), key)
        if other != key:
            where = " in the environment" if other in defaults else ""
            raise Problem(
                f"{owner}: the tag {key!r} is written {other!r}{where}, and IAM takes two cases "
                "for one key; keep one."
            )
        found[key] = value
    return found

"""Names of branches and tags, as they stand at the end of a subject."""

import re

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import subject

# Of what git-check-ref-format(1) forbids: no name can leave its place in a subject by a colon.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f:?*\[\\^~]|\.\.|//|@\{|^/|/$|^\.|\.$|\.lock$|^@$")


def ref_names(kind: str, field: str, values: object, wide: str) -> tuple[str, ...]:
    """Whole names, or everything below a folder of them (`release/*`).

    A wildcard alone is refused with the name of the wide variant.
    """
    found = checks.one_or_several(kind, field, values, '"main"')
    for name in found:
        if not name.strip("*?"):
            raise TrustError(
                f'{kind}: {field} {name!r} is every one; write {wide} if you mean that, or "main".'
            )
        stem = name.removesuffix("/*")
        if "*" in stem or "?" in stem:
            raise TrustError(
                f"{kind}: the wildcard in {field} {name!r} ends inside a name; write a whole name, "
                'or "release/*" for all below release/.'
            )
        if _FORBIDDEN.search(stem):
            raise TrustError(
                f"{kind}: {field} {name!r} is not a name that git allows; write it as git shows "
                'it, without refs/heads/ or refs/tags/, for example "main".'
            )
        if stem.startswith(("refs/heads/", "refs/tags/")):
            raise TrustError(
                f"{kind}: {field} {name!r} is a whole ref; write "
                f'"{re.sub("^refs/(heads|tags)/", "", name)}".'
            )
        subject(kind, stem)
    return found


def just_one(kind: str, given: dict[str, object], wide: str) -> str:
    """The one of several alternatives that is given; TrustError for none and for two."""
    there = [name for name, value in given.items() if value is not None]
    if not there:
        raise TrustError(
            f"{kind}: nothing limits which job is meant; write one of "
            f"{', '.join(f'{name}=…' for name in given)}, or {wide} if you mean all of them."
        )
    if len(there) > 1:
        raise TrustError(
            f"{kind}: {' and '.join(there)} cannot both hold of one job; write one of them, "
            "and another entity for the other."
        )
    return there[0]

"""Places in a policy that are filled in later: values that are not known at plan time.

They look like Terraform's references (`${aws_iam_role.ci.arn}`); a policy variable has a
colon in its name (`${aws:username}`). Equal text stands for the same value; different
text may or may not.
"""

import re
from collections.abc import Iterable

from rolecall.policy.document import PolicyDocument
from rolecall.policy.principals import Principals
from rolecall.policy.statement import Effect, Statement

_HOLE = re.compile(r"\$\{\s*([^\s:{}$*?,']+)\s*\}")


def holes_in(text: str) -> tuple[str, ...]:
    """The names of all places of the text that are filled in later."""
    return tuple(_HOLE.findall(text)) if "${" in text else ()


def names_of_nobody_known(principals: Principals) -> tuple[str, ...]:
    """Principals that are not known yet."""
    texts = (*principals.aws, *principals.federated, *principals.service)
    return tuple(text for text in texts if "${" in text)


def unknown_principals(document: PolicyDocument) -> frozenset[str]:
    """All principals of a policy that are not known yet."""
    return frozenset(name for each in document.statements for name in _named(each))


def open_denials(one: PolicyDocument, other: PolicyDocument) -> tuple[str, ...]:
    """Principals not known yet whom one of the policies denies something and the other not."""
    found: dict[str, None] = {}
    for here, there in ((one, other), (other, one)):
        for statement in here.statements:
            if statement.effect is Effect.DENY and statement not in there.statements:
                found.update(dict.fromkeys(_named(statement)))
    return tuple(found)


def _named(statement: Statement) -> Iterable[str]:
    for principals in (statement.principals, statement.not_principals):
        if principals is not None:
            yield from names_of_nobody_known(principals)

"""What the tables say of a deployed role: which tokens its author meant, and which not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.idp import shapes

#: Claims, dated by `now`.
Claims = Callable[..., shapes.Claims]


@dataclass(frozen=True)
class Kind:
    """A deployed role, and tokens by what is remarkable of them.

    meant: who is to come in; the first is the one that the other cases spoil.
    others: whose tokens are good, and who is somebody else (or at another place). None
        where everyone of the issuer is meant.
    built_in: AWS compares no client IDs; the trust policy alone does.
    """

    meant: Mapping[str, Claims]
    others: Mapping[str, Claims] | None
    built_in: bool = False

"""What every trusted entity is: something that renders to statements."""

from typing import Protocol

from rolecall.policy import Statement
from rolecall.trust.context import TrustContext


class TrustedEntity(Protocol):
    """Someone or something that may assume a role.

    An entity is a frozen value. What can be judged from its own fields is judged when
    it is built; what depends on the role's account is judged in `statements`. Both
    raise `TrustError`.
    """

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """The statements that admit this entity, each with a `sid` of its own."""
        ...

"""How the stacks write their roles."""

from rolecall.trust import TrustedEntity
from rolecall_cdktf import AssumableRole, EnvironmentStack

#: A client that every provider accepts and no role trusts.
SECOND = "second-client"


def role(stack: EnvironmentStack, id: str, *entities: TrustedEntity) -> AssumableRole:
    """A role that these may assume, and that may do nothing."""
    return AssumableRole(stack, id, trusted_entities=entities, exclusive=False)

"""How far a resource policy's Allow reaches, by the name it gives the caller."""

from enum import IntEnum


class Grant(IntEnum):
    """What a matching Principal is worth to a caller of the resource's own account.

    Source: "Policy evaluation for requests within a single account", "Permissions
    boundaries for IAM entities" and "AWS JSON policy elements: Principal".
    """

    NONE = 0
    DELEGATED = 1
    """The account is named: its identity policies decide."""
    LIMITED = 2
    """A role (or everyone) is named: granted, within boundary and session policies."""
    DIRECT = 3
    """A user or a session is named: granted, whatever boundary and session leave out."""

"""Roles as arguments of other resources."""

from rolecall.policy import Arn, PolicyError
from rolecall.problems import Problem
from rolecall.trust.arguments import shown
from rolecall_cdktf._cdktf import TerraformResource
from rolecall_cdktf.assumable_role import AssumableRole
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import is_reference
from rolecall_cdktf.vouching import Whereabouts, waits_for

Role = AssumableRole | str
_OWN_ROLE = "name a role of this account"


def role_argument(
    owner: str, field: str, role: object, stack: EnvironmentStack
) -> tuple[str, list[TerraformResource]]:
    """The ARN of a role of the stack's account, and what must be made before it is used.

    A role is an `AssumableRole`, an ARN, or a reference; the ARN is in letters unless it is
    a reference. Raises `Problem`.
    """
    if isinstance(role, AssumableRole):
        return role.role_arn, waits_for(owner, stack, role, _OWN_ROLE)
    if isinstance(role, str) and is_reference(role):
        return role, []
    try:
        arn = Arn.parse(role) if isinstance(role, str) else None
    except PolicyError:
        arn = None
    if (
        arn is None
        or arn.service != "iam"
        or arn.region
        or not arn.resource.startswith("role/")
        or set("*?") & set(arn.resource)
    ):
        raise Problem(
            f"{owner}: {field} is {shown(role)}; write an AssumableRole, or an ARN such as "
            "arn:aws:iam::111122223333:role/tes-app."
        )
    place = Whereabouts(f"the role {arn}", arn.account, arn.partition)
    place.check(owner, stack, _OWN_ROLE)
    return str(role), []

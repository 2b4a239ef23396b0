"""Exclusive policies: what somebody attaches by hand shows in the next plan.

One `aws_iam_…_exclusive` resource of each kind a stack, with an instance a role
(`for_each`), not one a role: a thousand roles would otherwise bring two thousand more
constructs. The instances are keyed by name, so a plan reads
`aws_iam_role_policies_exclusive.exclusive_policies["tes-deployer"]`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rolecall_cdktf._cdktf import (
    IamRolePoliciesExclusive,
    IamRolePolicyAttachmentsExclusive,
    IamUserPoliciesExclusive,
    IamUserPolicyAttachmentsExclusive,
    TerraformResource,
    TerraformStack,
    at_synthesis,
)


@dataclass(frozen=True, slots=True)
class _Holder:
    reference: str
    policy_names: tuple[str, ...]
    policy_arns: tuple[str, ...]


class Exclusive:
    """The roles (or the users) of one stack whose policies nobody else may touch."""

    def __init__(self, stack: TerraformStack, kind: str) -> None:
        self._stack = stack
        self._kind = kind
        self._holders: dict[str, _Holder] = {}

    def add(
        self, name: str, reference: str, policy_names: Sequence[str], policy_arns: Sequence[str]
    ) -> None:
        """Claim the policies of a role or user. `reference` makes Terraform wait for it."""
        if not self._holders:
            self._create()
        self._holders[name] = _Holder(reference, tuple(policy_names), tuple(policy_arns))

    def _create(self) -> None:
        stack, holder = self._stack, "${each.value.holder}"
        names: TerraformResource
        arns: TerraformResource
        if self._kind == "role":
            names = IamRolePoliciesExclusive(
                stack, "exclusive_policies", policy_names=[], role_name=holder
            )
            arns = IamRolePolicyAttachmentsExclusive(
                stack, "exclusive_attachments", policy_arns=[], role_name=holder
            )
        else:
            names = IamUserPoliciesExclusive(
                stack, "exclusive_user_policies", policy_names=[], user_name=holder
            )
            arns = IamUserPolicyAttachmentsExclusive(
                stack, "exclusive_user_attachments", policy_arns=[], user_name=holder
            )
        names.add_override("policy_names", "${each.value.policies}")
        arns.add_override("policy_arns", "${each.value.policies}")
        names.add_override("for_each", at_synthesis(self._each(lambda held: held.policy_names)))
        arns.add_override("for_each", at_synthesis(self._each(lambda held: held.policy_arns)))

    def _each(
        self, policies: Callable[[_Holder], tuple[str, ...]]
    ) -> Callable[[], dict[str, object]]:
        return lambda: {
            name: {"holder": held.reference, "policies": sorted(policies(held))}
            for name, held in sorted(self._holders.items())
        }

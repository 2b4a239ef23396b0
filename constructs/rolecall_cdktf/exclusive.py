"""Exclusive policies: what somebody attaches by hand shows in the next plan.

One `aws_iam_…_exclusive` resource of each kind a stack, with an instance a role
(`for_each`), not one a role: a thousand roles would otherwise bring two thousand more
constructs. The instances are keyed by name, so a plan reads
`aws_iam_role_policies_exclusive.exclusive_role_policies["tes-deployer"]`. What each holds is a
local value that both resources read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from rolecall_cdktf._cdktf import (
    IamRolePoliciesExclusive,
    IamRolePolicyAttachmentsExclusive,
    IamUserPoliciesExclusive,
    IamUserPolicyAttachmentsExclusive,
    TerraformLocal,
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
        stack, kind = self._stack, self._kind
        TerraformLocal(stack, f"exclusive_{kind}s", at_synthesis(self._rendered))
        holder = "${each.value.name}"
        policies: TerraformResource
        attachments: TerraformResource
        if kind == "role":
            policies = IamRolePoliciesExclusive(
                stack, "exclusive_role_policies", policy_names=[], role_name=holder
            )
            attachments = IamRolePolicyAttachmentsExclusive(
                stack, "exclusive_role_attachments", policy_arns=[], role_name=holder
            )
        else:
            policies = IamUserPoliciesExclusive(
                stack, "exclusive_user_policies", policy_names=[], user_name=holder
            )
            attachments = IamUserPolicyAttachmentsExclusive(
                stack, "exclusive_user_attachments", policy_arns=[], user_name=holder
            )
        policies.add_override("for_each", f"${{local.exclusive_{kind}s}}")
        policies.add_override("policy_names", "${each.value.policies}")
        attachments.add_override("for_each", f"${{local.exclusive_{kind}s}}")
        attachments.add_override("policy_arns", "${each.value.attachments}")

    def _rendered(self) -> dict[str, object]:
        return {
            name: {
                "name": held.reference,
                "policies": sorted(held.policy_names),
                "attachments": sorted(held.policy_arns),
            }
            for name, held in sorted(self._holders.items())
        }

"""Exclusive policies: what somebody attaches by hand shows in the next plan.

One `aws_iam_…_exclusive` resource of each kind a stack, with an instance a role
(`for_each`), not one a role: a thousand roles would otherwise bring two thousand more
constructs. The instances are keyed by name, so a plan reads
`aws_iam_role_policies_exclusive.exclusive_role_policies["tes-deployer"]`. What each holds is a
local value that both resources read.
"""

from collections.abc import Mapping
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
    policies: Mapping[str, str]
    attachments: Mapping[str, str]


class Exclusive:
    """The roles (or the users) of one stack whose policies nobody else may touch."""

    def __init__(self, stack: TerraformStack, kind: str) -> None:
        self._stack = stack
        self._kind = kind
        self._holders: dict[str, _Holder] = {}

    def add(
        self,
        name: str,
        reference: str,
        policies: Mapping[str, str],
        attachments: Mapping[str, str],
    ) -> None:
        """Claim the policies of a role or user.

        `policies` maps each inline policy's name, `attachments` each managed policy's ARN,
        to a reference to the resource that makes it. Terraform waits for what is referred
        to: an exclusive list that is applied before its policies finds them missing.
        """
        if not self._holders:
            self._create()
        self._holders[name] = _Holder(reference, dict(policies), dict(attachments))

    def _create(self) -> None:
        stack, kind = self._stack, self._kind
        local = TerraformLocal(stack, f"exclusive_{kind}s", at_synthesis(self._rendered))
        holders = f"${{local.{local.friendly_unique_id}}}"
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
        policies.add_override("for_each", holders)
        policies.add_override("policy_names", "${each.value.policies}")
        attachments.add_override("for_each", holders)
        attachments.add_override("policy_arns", "${each.value.attachments}")

    def _rendered(self) -> dict[str, object]:
        return {
            name: {
                "name": held.reference,
                "policies": [held.policies[key] for key in sorted(held.policies)],
                "attachments": [held.attachments[key] for key in sorted(held.attachments)],
            }
            for name, held in sorted(self._holders.items())
        }

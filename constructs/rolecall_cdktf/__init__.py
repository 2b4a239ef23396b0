"""Rolecall's constructs for CDK for Terraform: roles that say who may assume them."""

from rolecall_cdktf.assumable_role import AssumableRole
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.trusted_user import TrustedUser

__all__ = ["AssumableRole", "EnvironmentStack", "TrustedUser"]

"""Rolecall's constructs for CDK for Terraform: roles that say who may assume them.

Names are resolved when they are asked for (PEP 562): an app loads the bindings of what it
uses, and no others.
"""

from typing import TYPE_CHECKING

from rolecall.lazy import names_of

if TYPE_CHECKING:
    from rolecall_cdktf._cdktf import App
    from rolecall_cdktf.assumable_role import AssumableRole
    from rolecall_cdktf.environment_stack import EnvironmentStack
    from rolecall_cdktf.identity_pool import IdentityPool
    from rolecall_cdktf.oidc_provider import OidcProvider
    from rolecall_cdktf.pod_identity_association import PodIdentityAssociation
    from rolecall_cdktf.roles_anywhere import RolesAnywhereProfile, RolesAnywhereTrustAnchor
    from rolecall_cdktf.saml_provider import SamlProvider
    from rolecall_cdktf.trusted_user import TrustedUser

_HOME = {
    # cdktf's own, or cdktn's: here for apps and tests, since it loads the quick way from here.
    "App": "_cdktf",
    "AssumableRole": "assumable_role",
    "EnvironmentStack": "environment_stack",
    "IdentityPool": "identity_pool",
    "OidcProvider": "oidc_provider",
    "PodIdentityAssociation": "pod_identity_association",
    "RolesAnywhereProfile": "roles_anywhere",
    "RolesAnywhereTrustAnchor": "roles_anywhere",
    "SamlProvider": "saml_provider",
    "TrustedUser": "trusted_user",
}

__all__ = [
    "App",
    "AssumableRole",
    "EnvironmentStack",
    "IdentityPool",
    "OidcProvider",
    "PodIdentityAssociation",
    "RolesAnywhereProfile",
    "RolesAnywhereTrustAnchor",
    "SamlProvider",
    "TrustedUser",
]


__getattr__ = names_of(__name__, _HOME)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

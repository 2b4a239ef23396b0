"""The only file that imports cdktf (or cdktn, its fork) and the AWS provider bindings.

Names are resolved when they are asked for (PEP 562), so that an app loads the bindings
of the resources it uses and no others. Which of the two it is: `_which_cdk.py`.
"""

import importlib
from collections.abc import Callable
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rolecall.extras import missing_package
from rolecall_cdktf import _fast_loading
from rolecall_cdktf._fast_loading import log
from rolecall_cdktf._which_cdk import choose, refuse_the_other

if TYPE_CHECKING:
    # For tools that read imports without running them, such as import-linter.
    import cdktf  # noqa: F401
    import cdktf_cdktf_provider_aws  # noqa: F401
    import cdktn  # noqa: F401
    import cdktn_provider_aws  # noqa: F401

CDK = choose()
PROVIDER = CDK.provider

_HOME = {
    "Construct": "constructs",
    "Annotations": CDK.name,
    "App": CDK.name,
    "LocalBackend": CDK.name,
    "S3Backend": CDK.name,
    "TerraformLocal": CDK.name,
    "TerraformOutput": CDK.name,
    "TerraformResource": CDK.name,
    "TerraformStack": CDK.name,
    "Testing": CDK.name,
    "AwsProvider": f"{PROVIDER}.provider",
    "AwsProviderDefaultTags": f"{PROVIDER}.provider",
    "CognitoIdentityPool": f"{PROVIDER}.cognito_identity_pool",
    "CognitoIdentityPoolCognitoIdentityProviders": f"{PROVIDER}.cognito_identity_pool",
    "CognitoIdentityPoolRolesAttachment": f"{PROVIDER}.cognito_identity_pool_roles_attachment",
    "EksPodIdentityAssociation": f"{PROVIDER}.eks_pod_identity_association",
    "IamAccessKey": f"{PROVIDER}.iam_access_key",
    "IamOpenidConnectProvider": f"{PROVIDER}.iam_openid_connect_provider",
    "IamRole": f"{PROVIDER}.iam_role",
    "IamRolePoliciesExclusive": f"{PROVIDER}.iam_role_policies_exclusive",
    "IamRolePolicy": f"{PROVIDER}.iam_role_policy",
    "IamRolePolicyAttachment": f"{PROVIDER}.iam_role_policy_attachment",
    "IamRolePolicyAttachmentsExclusive": f"{PROVIDER}.iam_role_policy_attachments_exclusive",
    "IamSamlProvider": f"{PROVIDER}.iam_saml_provider",
    "IamUser": f"{PROVIDER}.iam_user",
    "IamUserPolicy": f"{PROVIDER}.iam_user_policy",
    "IamUserPoliciesExclusive": f"{PROVIDER}.iam_user_policies_exclusive",
    "IamUserPolicyAttachmentsExclusive": f"{PROVIDER}.iam_user_policy_attachments_exclusive",
    "RolesanywhereProfile": f"{PROVIDER}.rolesanywhere_profile",
    "RolesanywhereTrustAnchor": f"{PROVIDER}.rolesanywhere_trust_anchor",
    "RolesanywhereTrustAnchorSource": f"{PROVIDER}.rolesanywhere_trust_anchor",
    "RolesanywhereTrustAnchorSourceSourceData": f"{PROVIDER}.rolesanywhere_trust_anchor",
}

_fast_loading.prepare(PROVIDER)


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _start_node()
    found = getattr(_module(home), name)
    globals()[name] = found
    return found


def refuse_mixture(construct: object) -> None:
    """Raise `Problem` for a construct of the other CDK: mixed, they would miss each other."""
    refuse_the_other(CDK, construct)


def at_synthesis(value: Callable[[], object]) -> object:
    """A value that is asked for when the stack is synthesized, not before."""
    return _module(CDK.name).Lazy.any_value(_producer()(value))


@cache
def _start_node() -> None:
    _fast_loading.start_node(("constructs", CDK.name, PROVIDER))


@cache
def _producer() -> Any:
    jsii = _module("jsii")

    @jsii.implements(_module(CDK.name).IAnyProducer)  # type: ignore[untyped-decorator]
    class Producer:
        def __init__(self, value: Callable[[], object]) -> None:
            self._value = value

        def produce(self, context: object) -> object:  # noqa: ARG002
            return self._value()

    return Producer


def _module(home: str) -> ModuleType:
    # jsii starts Node with the first assembly it loads, which is inside this block.
    with _fast_loading.node_hook():
        try:
            return importlib.import_module(home)
        except ImportError as error:
            missing = isinstance(error, ModuleNotFoundError)
            if missing and (told := missing_package(error, CDK.name)):
                raise told from None
            if not home.startswith(PROVIDER) or not _fast_loading.restore_package_body(PROVIDER):
                raise
            log.debug("The stock import of %s is used: %s", PROVIDER, error)
            return importlib.import_module(home)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})

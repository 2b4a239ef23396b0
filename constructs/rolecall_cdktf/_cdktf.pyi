"""Types of the names `_cdktf.py` resolves.

The provider's own types would make mypy read its 1,500 modules (a minute and some
gigabytes), so what the constructs use of them is declared here. Types cannot follow
`ROLECALL_CDK`: where only cdktn is installed, what comes from cdktf below is `Any`.
"""

from collections.abc import Callable, Mapping, Sequence

from cdktf import Annotations as Annotations
from cdktf import App as App
from cdktf import LocalBackend as LocalBackend
from cdktf import S3Backend as S3Backend
from cdktf import TerraformLocal as TerraformLocal
from cdktf import TerraformOutput as TerraformOutput
from cdktf import TerraformProvider
from cdktf import TerraformResource as TerraformResource
from cdktf import TerraformStack as TerraformStack
from cdktf import Testing as Testing

from constructs import Construct as Construct

def refuse_mixture(construct: object) -> None: ...
def at_synthesis(value: Callable[[], object]) -> object: ...

class AwsProviderDefaultTags:
    def __init__(self, *, tags: Mapping[str, str] | None = None) -> None: ...

class AwsProvider(TerraformProvider):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        region: str | None = None,
        allowed_account_ids: Sequence[str] | None = None,
        default_tags: Sequence[AwsProviderDefaultTags] | None = None,
    ) -> None: ...

class IamRole(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        assume_role_policy: str,
        depends_on: Sequence[TerraformResource] | None = None,
        description: str | None = None,
        force_detach_policies: bool | None = None,
        max_session_duration: int | None = None,
        name: str | None = None,
        path: str | None = None,
        permissions_boundary: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...

class IamRolePolicy(TerraformResource):
    def __init__(
        self, scope: Construct, id_: str, *, policy: str, role: str, name: str | None = None
    ) -> None: ...
    @property
    def name(self) -> str: ...

class IamRolePolicyAttachment(TerraformResource):
    def __init__(self, scope: Construct, id_: str, *, policy_arn: str, role: str) -> None: ...
    @property
    def policy_arn(self) -> str: ...

class IamRolePoliciesExclusive(TerraformResource):
    def __init__(
        self, scope: Construct, id: str, *, policy_names: Sequence[str], role_name: str
    ) -> None: ...

class IamRolePolicyAttachmentsExclusive(TerraformResource):
    def __init__(
        self, scope: Construct, id: str, *, policy_arns: Sequence[str], role_name: str
    ) -> None: ...

class IamUser(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        force_destroy: bool | None = None,
        path: str | None = None,
        permissions_boundary: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...
    @property
    def name(self) -> str: ...

class IamUserPolicy(TerraformResource):
    def __init__(
        self, scope: Construct, id_: str, *, policy: str, user: str, name: str | None = None
    ) -> None: ...
    @property
    def name(self) -> str: ...

class IamUserPoliciesExclusive(TerraformResource):
    def __init__(
        self, scope: Construct, id: str, *, policy_names: Sequence[str], user_name: str
    ) -> None: ...

class IamUserPolicyAttachmentsExclusive(TerraformResource):
    def __init__(
        self, scope: Construct, id: str, *, policy_arns: Sequence[str], user_name: str
    ) -> None: ...

class IamAccessKey(TerraformResource):
    def __init__(self, scope: Construct, id_: str, *, user: str) -> None: ...
    @property
    def id(self) -> str: ...
    @property
    def secret(self) -> str: ...

class IamOpenidConnectProvider(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        client_id_list: Sequence[str],
        url: str,
        tags: Mapping[str, str] | None = None,
        thumbprint_list: Sequence[str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...

class IamSamlProvider(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        saml_metadata_document: str,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...

class CognitoIdentityPoolCognitoIdentityProviders:
    def __init__(
        self, *, client_id: str, provider_name: str, server_side_token_check: bool | None = None
    ) -> None: ...

class CognitoIdentityPool(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity_pool_name: str,
        allow_classic_flow: bool | None = None,
        allow_unauthenticated_identities: bool | None = None,
        cognito_identity_providers: Sequence[CognitoIdentityPoolCognitoIdentityProviders]
        | None = None,
        depends_on: Sequence[TerraformResource] | None = None,
        developer_provider_name: str | None = None,
        openid_connect_provider_arns: Sequence[str] | None = None,
        saml_provider_arns: Sequence[str] | None = None,
        supported_login_providers: Mapping[str, str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...

class CognitoIdentityPoolRolesAttachment(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identity_pool_id: str,
        roles: Mapping[str, str],
        depends_on: Sequence[TerraformResource] | None = None,
    ) -> None: ...

class EksPodIdentityAssociation(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster_name: str,
        namespace: str,
        role_arn: str,
        service_account: str,
        depends_on: Sequence[TerraformResource] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...

class RolesanywhereTrustAnchorSourceSourceData:
    def __init__(
        self, *, acm_pca_arn: str | None = None, x509_certificate_data: str | None = None
    ) -> None: ...

class RolesanywhereTrustAnchorSource:
    def __init__(
        self, *, source_data: RolesanywhereTrustAnchorSourceSourceData, source_type: str
    ) -> None: ...

class RolesanywhereTrustAnchor(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        source: RolesanywhereTrustAnchorSource,
        enabled: bool | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...

class RolesanywhereProfile(TerraformResource):
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        depends_on: Sequence[TerraformResource] | None = None,
        duration_seconds: int | None = None,
        enabled: bool | None = None,
        managed_policy_arns: Sequence[str] | None = None,
        role_arns: Sequence[str] | None = None,
        session_policy: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None: ...
    @property
    def arn(self) -> str: ...

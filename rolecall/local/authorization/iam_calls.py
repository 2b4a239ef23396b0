"""Which permission each IAM operation needs, and on which resource.

Source: "Actions, resources, and condition keys for AWS Identity and Access Management
(IAM)" in the Service Authorization Reference. The action is the operation's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, Identity
from rolecall.local.authorization.context import Context, resource_tags
from rolecall.local.directory import user_boundary
from rolecall.local.iam import kept_tags, oidc_providers
from rolecall.local.iam.parameters import tag_keys_of, tags_of
from rolecall.policy import IamUser

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_NEW = frozenset(
    {"CreateGroup", "CreateInstanceProfile", "CreatePolicy", "CreateRole", "CreateUser"}
)
_USER = """
    AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile
    CreateServiceSpecificCredential CreateUser DeactivateMFADevice DeleteAccessKey
    DeleteLoginProfile DeleteServiceSpecificCredential DeleteSigningCertificate
    DeleteSSHPublicKey DeleteUser DeleteUserPermissionsBoundary DeleteUserPolicy
    DetachUserPolicy EnableMFADevice GetAccessKeyLastUsed GetLoginProfile GetMFADevice
    GetSSHPublicKey GetUser GetUserPolicy ListAccessKeys ListAttachedUserPolicies
    ListGroupsForUser ListMFADevices ListServiceSpecificCredentials ListSigningCertificates
    ListSSHPublicKeys ListUserPolicies ListUserTags PutUserPermissionsBoundary PutUserPolicy
    ResetServiceSpecificCredential ResyncMFADevice TagUser UntagUser UpdateAccessKey
    UpdateLoginProfile UpdateServiceSpecificCredential UpdateSigningCertificate
    UpdateSSHPublicKey UpdateUser UploadSigningCertificate UploadSSHPublicKey
"""
_ROLE = """
    AttachRolePolicy CreateRole DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy
    DeleteServiceLinkedRole DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
    ListInstanceProfilesForRole ListRolePolicies ListRoleTags PutRolePermissionsBoundary
    PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription
"""
_GROUP = """
    AddUserToGroup AttachGroupPolicy CreateGroup DeleteGroup DeleteGroupPolicy
    DetachGroupPolicy GetGroup GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies
    PutGroupPolicy RemoveUserFromGroup UpdateGroup
"""
_POLICY = """
    CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy
    GetPolicyVersion ListEntitiesForPolicy ListPolicyTags ListPolicyVersions
    SetDefaultPolicyVersion TagPolicy UntagPolicy
"""
_INSTANCE_PROFILE = """
    AddRoleToInstanceProfile CreateInstanceProfile DeleteInstanceProfile GetInstanceProfile
    ListInstanceProfileTags RemoveRoleFromInstanceProfile TagInstanceProfile
    UntagInstanceProfile
"""
_OIDC = """
    AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider
    DeleteOpenIDConnectProvider GetOpenIDConnectProvider ListOpenIDConnectProviderTags
    RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider
    UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint
"""
_SAML = """
    CreateSAMLProvider DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags
    TagSAMLProvider UntagSAMLProvider UpdateSAMLProvider
"""
_CERTIFICATE = """
    DeleteServerCertificate GetServerCertificate ListServerCertificateTags
    TagServerCertificate UntagServerCertificate UpdateServerCertificate
    UploadServerCertificate
"""
_MFA = """
    CreateVirtualMFADevice DeleteVirtualMFADevice ListMFADeviceTags TagMFADevice
    UntagMFADevice
"""
#: Lists are asked on the path that they list, as AWS's messages show.
_LISTS = {
    "ListGroups": "group",
    "ListInstanceProfiles": "instance-profile",
    "ListPolicies": "policy",
    "ListRoles": "role",
    "ListServerCertificates": "server-certificate",
    "ListUsers": "user",
    "ListVirtualMFADevices": "mfa",
}
_ACCOUNT = """
    CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy
    GenerateCredentialReport GenerateServiceLastAccessedDetails
    GetAccountAuthorizationDetails GetAccountPasswordPolicy GetAccountSummary
    GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy GetCredentialReport
    GetServiceLastAccessedDetails GetServiceLinkedRoleDeletionStatus ListAccountAliases
    ListOpenIDConnectProviders ListPoliciesGrantingServiceAccess ListSAMLProviders
    SetSecurityTokenServicePreferences SimulateCustomPolicy SimulatePrincipalPolicy
    UpdateAccountPasswordPolicy
"""


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission that a call needs; `shown` is how AWS's message names the resource."""

    action: str
    resource: str
    shown: str
    facts: Context = field(default_factory=dict)


def permissions_for(call: ApiCall, identity: Identity, cloud: "Cloud") -> list[Permission] | None:
    """Everything an IAM call needs, or None for an operation that IAM does not have."""
    action, params, account = call.action, call.params, identity.account
    kind = _KIND.get(action)
    if kind is None:
        return None
    resource, shown, subject = _resource(kind, action, params, identity, cloud)
    facts = _facts(params, account, subject)
    needed = [Permission(f"iam:{action}", resource, shown, facts)]
    if action in _TAGGED_AT_BIRTH and tags_of(params):
        # "you must have permission for both actions" ("Tags for IAM resources").
        needed.append(Permission(f"iam:{_TAGGED_AT_BIRTH[action]}", resource, shown, facts))
    if action in ("UpdateUser", "UpdateGroup"):
        needed += _renamed(action, params, account, resource, facts)
    if action == "AddRoleToInstanceProfile":
        role = params.get("RoleName", "")
        arn = _named("role", account, _role_path(account, role, cloud), role)
        passed: Context = {"iam:PassedToService": "ec2.amazonaws.com"}
        needed.append(Permission("iam:PassRole", arn, arn, passed))
    return needed


_KIND: dict[str, str] = {
    **{
        action: kind
        for kind, actions in (
            ("user", _USER),
            ("role", _ROLE),
            ("group", _GROUP),
            ("policy", _POLICY),
            ("instance-profile", _INSTANCE_PROFILE),
            ("oidc-provider", _OIDC),
            ("saml-provider", _SAML),
            ("server-certificate", _CERTIFICATE),
            ("mfa", _MFA),
            ("account", _ACCOUNT),
        )
        for action in actions.split()
    },
    **dict.fromkeys(_LISTS, "list"),
    "CreateServiceLinkedRole": "service-linked",
}
_TAGGED_AT_BIRTH = {
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateUser": "TagUser",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}
_NAME_PARAMETER = {
    "user": "UserName",
    "role": "RoleName",
    "group": "GroupName",
    "instance-profile": "InstanceProfileName",
    "server-certificate": "ServerCertificateName",
}


def _resource(
    kind: str, action: str, params: Mapping[str, str], identity: Identity, cloud: "Cloud"
) -> tuple[str, str, Any]:
    """ARN, name in messages, and moto's object if it exists."""
    account = identity.account
    if kind == "account":
        return "*", "*", None
    if kind == "list":
        arn = f"arn:aws:iam::{account}:{_LISTS[action]}{params.get('PathPrefix') or '/'}"
        return arn, arn, None
    if kind == "service-linked":
        host = params.get("AWSServiceName", "")
        arn = f"arn:aws:iam::{account}:role/aws-service-role/{host}/*"
        return arn, arn, None
    backend = iam_backends[account]["aws"]
    if kind == "policy" and action != "CreatePolicy":
        arn = params.get("PolicyArn", "")
        return arn, f"policy {arn}", backend.managed_policies.get(arn)
    if kind == "policy":
        arn = _named("policy", account, params.get("Path") or "/", params.get("PolicyName", ""))
        return arn, arn, None
    if kind == "oidc-provider":
        arn = oidc_providers.arn_of(action, params, account)
        return arn, arn, oidc_providers.provider_by_arn(arn, account)
    if kind == "saml-provider":
        # Only what the operation itself reads says what is meant: an ARN sent along with a
        # name would be asked about while the name is made.
        created = f"arn:aws:iam::{account}:saml-provider/{params.get('Name', '')}"
        arn = created if action == "CreateSAMLProvider" else params.get("SAMLProviderArn", "")
        return arn, arn, _with_kept_tags(cloud, account, arn)
    if kind == "mfa":
        arn = params.get("SerialNumber", "")
        if action == "CreateVirtualMFADevice" or not arn:
            device = params.get("VirtualMFADeviceName", "")
            arn = _named("mfa", account, params.get("Path") or "/", device)
            return arn, arn, None
        return arn, arn, _with_kept_tags(cloud, account, arn)
    name = params.get(_NAME_PARAMETER[kind], "")
    if kind == "user" and not name:
        name = _default_user(action, params, identity, cloud)
    if action in _NEW or action == "UploadServerCertificate":
        arn = _named(kind, account, params.get("Path") or "/", name)
        return arn, arn, None
    subject = _subject(kind, account, name, cloud)
    path = getattr(subject, "path", None) or "/"
    # Names are unique ignoring case for roles: permissions go by the real name.
    real = getattr(subject, "name", name)
    return _named(kind, account, path, real), f"{kind.replace('-', ' ')} {name}", subject


def _default_user(
    action: str, params: Mapping[str, str], identity: Identity, cloud: "Cloud"
) -> str:
    if action == "GetAccessKeyLastUsed":
        key = cloud.directory.long_lived_key(params.get("AccessKeyId", ""))
        return key.user_name if key is not None and key.account == identity.account else ""
    return identity.caller.name if isinstance(identity.caller, IamUser) else ""


def _subject(kind: str, account: str, name: str, cloud: "Cloud") -> Any | None:
    backend = iam_backends[account]["aws"]
    if kind == "role":
        return cloud.directory.moto_role(account, name)
    if kind == "server-certificate":
        for held in list(backend.certificates.values()):
            if held.cert_name == name:
                return _with_kept_tags(cloud, account, name, path=held.path)
        return None
    if kind == "instance-profile":
        profiles = list(backend.instance_profiles.values())
        return next((profile for profile in profiles if profile.name == name), None)
    tables: Mapping[str, Mapping[str, Any]] = {"user": backend.users, "group": backend.groups}
    return tables.get(kind, {}).get(name)


def _with_kept_tags(cloud: "Cloud", account: str, name: str, **more: str) -> SimpleNamespace:
    """What moto would keep the tags of a thing on, if it kept them."""
    held = kept_tags.tags_by_name(cloud, account, name)
    return SimpleNamespace(tags=[{"Key": k, "Value": v} for k, v in held.items()], **more)


def _role_path(account: str, name: str, cloud: "Cloud") -> str:
    role = cloud.directory.role_named(account, name)
    return role.path if role is not None else "/"


def _named(kind: str, account: str, path: str, name: str) -> str:
    return f"arn:aws:iam::{account}:{kind}{path}{name}"


def _renamed(
    action: str, params: Mapping[str, str], account: str, resource: str, facts: Context
) -> list[Permission]:
    """The permission on the new name, which AWS wants as well (UpdateGroup, API reference)."""
    kind = "user" if action == "UpdateUser" else "group"
    place, _, name = resource.rpartition("/")
    path = params.get("NewPath") or place.removeprefix(f"arn:aws:iam::{account}:{kind}") + "/"
    arn = _named(kind, account, path, params.get(f"New{_NAME_PARAMETER[kind]}") or name)
    return [] if arn == resource else [Permission(f"iam:{action}", arn, arn, facts)]


def _facts(params: Mapping[str, str], account: str, subject: Any) -> Context:
    facts: Context = {"aws:ResourceAccount": account}
    tags = tags_of(params)
    for key, value in tags.items():
        facts[f"aws:RequestTag/{key}"] = value
    keys = tag_keys_of(params) or tuple(tags)
    if keys:
        facts["aws:TagKeys"] = keys
    if "PolicyArn" in params:
        facts["iam:PolicyARN"] = params["PolicyArn"]
    if "AWSServiceName" in params:
        facts["iam:AWSServiceName"] = params["AWSServiceName"]
    boundary = params.get("PermissionsBoundary") or _boundary_of(subject)
    if boundary:
        facts["iam:PermissionsBoundary"] = boundary
    return {**facts, **resource_tags(_tags_of_subject(subject))}


def _boundary_of(subject: Any) -> str | None:
    arn = getattr(subject, "permissions_boundary_arn", None)
    return str(arn) if arn else user_boundary(subject)


def _tags_of_subject(subject: Any) -> dict[str, str]:
    tags = getattr(subject, "tags", None)
    if isinstance(tags, Mapping):  # policies keep {key: {"Key": …, "Value": …}}
        tags = [tag for tag in tags.values() if isinstance(tag, Mapping)]
    if not isinstance(tags, list):
        return {}
    return {tag["Key"]: tag["Value"] for tag in tags}

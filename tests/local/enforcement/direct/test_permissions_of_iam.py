"""Which permission each IAM operation needs, and on which resource.

Source of the lists: "Actions, resources, and condition keys for AWS Identity and Access
Management (IAM)" in the Service Authorization Reference, the column of resource types.
"""

from typing import Any

import pytest

from rolecall.local.authorization.iam_calls import permissions_for
from rolecall.policy import IamUser
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.enforcement.direct.conftest import Place, api_call

ARN = f"arn:aws:iam::{HOME}:"
POLICY = f"{ARN}policy/p/pol"
OIDC = f"{ARN}oidc-provider/x.example.com"
SAML = f"{ARN}saml-provider/idp"
DEVICE = f"{ARN}mfa/d"
#: What names something of every kind, so that only the operation says what counts.
EVERY = {
    "UserName": "u",
    "RoleName": "r",
    "GroupName": "g",
    "InstanceProfileName": "prof",
    "ServerCertificateName": "cert",
    "PolicyArn": POLICY,
    "PolicyName": "inline",
    "OpenIDConnectProviderArn": OIDC,
    "SAMLProviderArn": SAML,
    "SerialNumber": DEVICE,
    "VirtualMFADeviceName": "d",
    "Name": "idp",
    "Url": "https://x.example.com",
    "AWSServiceName": "x.amazonaws.com",
}

OF_A_USER = """
    AttachUserPolicy ChangePassword CreateAccessKey CreateLoginProfile
    CreateServiceSpecificCredential DeactivateMFADevice DeleteAccessKey DeleteLoginProfile
    DeleteServiceSpecificCredential DeleteSigningCertificate DeleteSSHPublicKey DeleteUser
    DeleteUserPermissionsBoundary DeleteUserPolicy DetachUserPolicy EnableMFADevice
    GetAccessKeyLastUsed GetLoginProfile GetMFADevice GetSSHPublicKey GetUser GetUserPolicy
    ListAccessKeys ListAttachedUserPolicies ListGroupsForUser ListMFADevices
    ListServiceSpecificCredentials ListSigningCertificates ListSSHPublicKeys ListUserPolicies
    ListUserTags PutUserPermissionsBoundary PutUserPolicy ResetServiceSpecificCredential
    ResyncMFADevice TagUser UntagUser UpdateAccessKey UpdateLoginProfile
    UpdateServiceSpecificCredential UpdateSigningCertificate UpdateSSHPublicKey UpdateUser
    UploadSigningCertificate UploadSSHPublicKey
"""
OF_A_ROLE = """
    AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy
    DeleteServiceLinkedRole DetachRolePolicy GetRole GetRolePolicy ListAttachedRolePolicies
    ListInstanceProfilesForRole ListRolePolicies ListRoleTags PutRolePermissionsBoundary
    PutRolePolicy TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription
"""
OF_A_GROUP = """
    AddUserToGroup AttachGroupPolicy DeleteGroup DeleteGroupPolicy DetachGroupPolicy GetGroup
    GetGroupPolicy ListAttachedGroupPolicies ListGroupPolicies PutGroupPolicy
    RemoveUserFromGroup UpdateGroup
"""
OF_A_PROFILE = """
    DeleteInstanceProfile GetInstanceProfile ListInstanceProfileTags
    RemoveRoleFromInstanceProfile TagInstanceProfile UntagInstanceProfile
"""
OF_A_CERTIFICATE = """
    DeleteServerCertificate GetServerCertificate ListServerCertificateTags
    TagServerCertificate UntagServerCertificate UpdateServerCertificate
"""
OF_A_POLICY = """
    CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion
    ListEntitiesForPolicy ListPolicyTags ListPolicyVersions SetDefaultPolicyVersion TagPolicy
    UntagPolicy
"""
OF_OIDC = """
    AddClientIDToOpenIDConnectProvider DeleteOpenIDConnectProvider GetOpenIDConnectProvider
    ListOpenIDConnectProviderTags RemoveClientIDFromOpenIDConnectProvider
    TagOpenIDConnectProvider UntagOpenIDConnectProvider UpdateOpenIDConnectProviderThumbprint
"""
OF_SAML = """
    DeleteSAMLProvider GetSAMLProvider ListSAMLProviderTags TagSAMLProvider UntagSAMLProvider
    UpdateSAMLProvider
"""
OF_A_DEVICE = "DeleteVirtualMFADevice ListMFADeviceTags TagMFADevice UntagMFADevice"
OF_NOTHING = """
    CreateAccountAlias DeleteAccountAlias DeleteAccountPasswordPolicy GenerateCredentialReport
    GenerateServiceLastAccessedDetails GetAccountAuthorizationDetails GetAccountPasswordPolicy
    GetAccountSummary GetContextKeysForCustomPolicy GetContextKeysForPrincipalPolicy
    GetCredentialReport GetServiceLastAccessedDetails GetServiceLinkedRoleDeletionStatus
    ListAccountAliases ListOpenIDConnectProviders ListPoliciesGrantingServiceAccess
    ListSAMLProviders SetSecurityTokenServicePreferences SimulateCustomPolicy
    SimulatePrincipalPolicy UpdateAccountPasswordPolicy
"""
LISTS = {
    "ListGroups": "group",
    "ListInstanceProfiles": "instance-profile",
    "ListPolicies": "policy",
    "ListRoles": "role",
    "ListServerCertificates": "server-certificate",
    "ListUsers": "user",
    "ListVirtualMFADevices": "mfa",
}
MADE = {
    "CreateUser": "user/p/u",
    "CreateRole": "role/p/r",
    "CreateGroup": "group/p/g",
    "CreateInstanceProfile": "instance-profile/p/prof",
    "CreatePolicy": "policy/p/inline",
    "CreateVirtualMFADevice": "mfa/p/d",
    "UploadServerCertificate": "server-certificate/p/cert",
}


@pytest.fixture
def staffed(place: Place) -> Place:
    """One thing of each kind; those that can have a path are at /t/."""
    iam = place.iam()
    place.user("u", path="/t/")
    place.role("r", path="/t/")
    iam.create_group("g", "/t/")
    iam.create_instance_profile("other", "/", [])
    iam.create_instance_profile("prof", "/t/", [])
    iam.upload_server_certificate("cert", "body", "key", path="/t/")
    return place


def needed(place: Place, action: str, params: dict[str, str], who: Any = None) -> Any:
    identity = place.caller(who=who)
    return permissions_for(api_call("iam", action, params=params), identity, place.cloud)


def asked(place: Place, action: str, params: dict[str, str], **more: Any) -> list[Any]:
    """Action, resource and the name in messages of every permission."""
    found = needed(place, action, params, **more)
    return [(each.action.removeprefix("iam:"), each.resource, each.shown) for each in found]


@pytest.mark.parametrize(
    ("actions", "resource", "shown"),
    [
        (OF_A_USER, f"{ARN}user/t/u", "user u"),
        (OF_A_ROLE, f"{ARN}role/t/r", "role r"),
        (OF_A_GROUP, f"{ARN}group/t/g", "group g"),
        (OF_A_PROFILE, f"{ARN}instance-profile/t/prof", "instance profile prof"),
        (OF_A_CERTIFICATE, f"{ARN}server-certificate/t/cert", "server certificate cert"),
        (OF_A_POLICY, POLICY, f"policy {POLICY}"),
        (OF_OIDC, OIDC, OIDC),
        (OF_SAML, SAML, SAML),
        (OF_A_DEVICE, DEVICE, DEVICE),
        (OF_NOTHING, "*", "*"),
    ],
)
def test_the_resource_of_an_operation(
    staffed: Place, actions: str, resource: str, shown: str
) -> None:
    for action in actions.split():
        assert asked(staffed, action, EVERY) == [(action, resource, shown)]


@pytest.mark.parametrize(("action", "kind"), LISTS.items())
def test_lists_are_asked_on_the_path_that_they_list(place: Place, action: str, kind: str) -> None:
    for params, path in (({}, "/"), ({"PathPrefix": ""}, "/"), ({"PathPrefix": "/p/"}, "/p/")):
        arn = f"{ARN}{kind}{path}"
        assert asked(place, action, params) == [(action, arn, arn)]


@pytest.mark.parametrize(("action", "resource"), MADE.items())
def test_a_new_thing_is_where_the_call_says(staffed: Place, action: str, resource: str) -> None:
    """Whatever stands there: a name that is taken elsewhere is refused by the operation."""
    for path in ("/p/", "/", "", None):
        params = {**EVERY, "Path": path} if path is not None else EVERY
        arn = ARN + resource.replace("/p/", path or "/")
        assert asked(staffed, action, params) == [(action, arn, arn)]


def test_a_new_provider(place: Place) -> None:
    arn = f"{ARN}oidc-provider/x.example.com"
    assert asked(
        place, "CreateOpenIDConnectProvider", {**EVERY, "OpenIDConnectProviderArn": "y"}
    ) == [("CreateOpenIDConnectProvider", arn, arn)]
    arn = f"{ARN}saml-provider/idp"
    assert asked(place, "CreateSAMLProvider", {**EVERY, "SAMLProviderArn": "y"}) == [
        ("CreateSAMLProvider", arn, arn)
    ]


def test_a_role_of_a_service(place: Place) -> None:
    arn = f"{ARN}role/aws-service-role/x.amazonaws.com/*"
    assert asked(place, "CreateServiceLinkedRole", EVERY) == [("CreateServiceLinkedRole", arn, arn)]
    (bare,) = asked(place, "CreateServiceLinkedRole", {})
    assert bare[1] == f"{ARN}role/aws-service-role//*"


def test_what_is_not_there_is_asked_without_a_path(place: Place) -> None:
    for action, resource in (
        ("GetUser", "user/u"),
        ("GetRole", "role/r"),
        ("GetGroup", "group/g"),
        ("GetInstanceProfile", "instance-profile/prof"),
        ("GetServerCertificate", "server-certificate/cert"),
    ):
        assert asked(place, action, EVERY)[0][1] == ARN + resource
        (bare,) = asked(place, action, {"x": "y"}, who=IamUser(HOME, ""))
        assert bare[1] == ARN + resource.partition("/")[0] + "/"
    for action in ("GetPolicy", "GetOpenIDConnectProvider", "GetSAMLProvider"):
        assert asked(place, action, {})[0][1] == ""
    assert asked(place, "CreatePolicy", {})[0][1] == f"{ARN}policy/"
    assert asked(place, "CreateSAMLProvider", {})[0][1] == f"{ARN}saml-provider/"
    assert asked(place, "TagMFADevice", {})[0][1] == f"{ARN}mfa/"
    assert asked(place, "TagMFADevice", {"VirtualMFADeviceName": "d"})[0][1] == f"{ARN}mfa/d"


def test_a_role_is_asked_by_its_real_name(staffed: Place) -> None:
    staffed.role("Worker", path="/w/")
    assert asked(staffed, "GetRole", {"RoleName": "WORKER"}) == [
        ("GetRole", f"{ARN}role/w/Worker", "role WORKER")
    ]


def test_things_of_another_account_are_not_found(staffed: Place) -> None:
    there = IamUser(OTHER, "x")
    found = asked(staffed, "GetRole", {"RoleName": "r"}, who=there)
    assert found == [("GetRole", f"arn:aws:iam::{OTHER}:role/r", "role r")]


def test_an_operation_that_iam_does_not_have(place: Place) -> None:
    for action in ("GetUsers", "getuser", "", "PassRole"):
        assert needed(place, action, EVERY) is None


def test_a_caller_who_names_no_user_means_himself(staffed: Place) -> None:
    himself = IamUser(HOME, "u")
    for params in ({}, {"UserName": ""}):
        assert asked(staffed, "GetUser", params, who=himself)[0][1] == f"{ARN}user/t/u"
    root = permissions_for(api_call("iam", "GetUser"), staffed.root(), staffed.cloud)
    assert root is not None
    assert root[0].resource == f"{ARN}user/"


def test_the_last_use_of_a_key_is_that_of_its_user(staffed: Place) -> None:
    key = staffed.iam().create_access_key("u").access_key_id
    staffed.user("theirs", OTHER)
    other = staffed.iam(OTHER).create_access_key("theirs").access_key_id
    action = "GetAccessKeyLastUsed"
    who = IamUser(HOME, "somebody")
    assert asked(staffed, action, {"AccessKeyId": key}, who=who)[0][1] == f"{ARN}user/t/u"
    for unknown in ({"AccessKeyId": other}, {"AccessKeyId": "AKIA0000000000000000"}, {}):
        assert asked(staffed, action, unknown, who=who)[0][1] == f"{ARN}user/"

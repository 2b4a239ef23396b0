"""Further permissions of one IAM call: for tags at birth, for a new name, for a role."""

from typing import Any

import pytest

from rolecall.local.authorization.iam_calls import Permission, permissions_for
from tests.local.enforcement.conftest import HOME
from tests.local.enforcement.direct.conftest import Place, api_call

ARN = f"arn:aws:iam::{HOME}:"
EVERY = {
    "UserName": "u",
    "RoleName": "r",
    "GroupName": "g",
    "InstanceProfileName": "prof",
    "ServerCertificateName": "cert",
    "PolicyName": "pol",
    "VirtualMFADeviceName": "d",
    "Name": "idp",
    "Url": "https://x.example.com",
}


@pytest.fixture
def staffed(place: Place) -> Place:
    place.user("u", path="/t/")
    place.role("r", path="/t/")
    place.iam().create_group("g", "/t/")
    place.iam().create_instance_profile("prof", "/t/", [])
    return place


def needed(place: Place, action: str, params: dict[str, str]) -> list[Permission]:
    call = api_call("iam", action, params=params)
    found = permissions_for(call, place.caller(), place.cloud)
    assert found is not None
    return found


TAGGED = {
    "CreateInstanceProfile": "TagInstanceProfile",
    "CreateOpenIDConnectProvider": "TagOpenIDConnectProvider",
    "CreatePolicy": "TagPolicy",
    "CreateRole": "TagRole",
    "CreateSAMLProvider": "TagSAMLProvider",
    "CreateUser": "TagUser",
    "CreateVirtualMFADevice": "TagMFADevice",
    "UploadServerCertificate": "TagServerCertificate",
}
TAGS = {"Tags.member.1.Key": "a", "Tags.member.1.Value": "1"}


@pytest.mark.parametrize(("action", "tagging"), TAGGED.items())
def test_tags_at_birth_need_a_permission_of_their_own(
    place: Place, action: str, tagging: str
) -> None:
    """ "you must have permission for both actions" ("Tags for IAM resources")."""
    created, tagged = needed(place, action, {**EVERY, **TAGS})
    assert (created.action, tagged.action) == (f"iam:{action}", f"iam:{tagging}")
    assert (created.resource, created.shown, created.facts) == (
        tagged.resource,
        tagged.shown,
        tagged.facts,
    )
    assert len(needed(place, action, EVERY)) == 1
    assert len(needed(place, "TagUser", {**EVERY, **TAGS})) == 1


@pytest.mark.parametrize(
    ("action", "kind", "own", "new"),
    [("UpdateUser", "user", "u", "NewUserName"), ("UpdateGroup", "group", "g", "NewGroupName")],
)
def test_a_new_name_needs_the_permission_as_well(
    staffed: Place, action: str, kind: str, own: str, new: str
) -> None:
    """ "you must have appropriate permissions on both the source object and the target"."""

    def targets(**params: str) -> list[str]:
        first, *others = needed(staffed, action, {**EVERY, **params})
        assert first.resource == f"{ARN}{kind}/t/{own}"
        assert all(
            (each.action, each.shown, each.facts) == (f"iam:{action}", each.resource, first.facts)
            for each in others
        )
        return [each.resource.removeprefix(ARN) for each in others]

    assert targets() == []
    assert targets(NewPath="/t/") == []
    assert targets(**{new: own}) == []
    assert targets(**{new: "n"}) == [f"{kind}/t/n"]
    assert targets(NewPath="/x/y/") == [f"{kind}/x/y/{own}"]
    assert targets(**{new: "n", "NewPath": "/"}) == [f"{kind}/n"]
    assert targets(**{new: "", "NewPath": ""}) == []


def test_a_name_in_a_deep_path_keeps_it(place: Place) -> None:
    place.user("deep", path="/a/user/b/")
    params = {"UserName": "deep", "NewUserName": "n"}
    assert needed(place, "UpdateUser", params)[1].resource == f"{ARN}user/a/user/b/n"


def test_a_role_in_a_profile_is_handed_to_ec2(staffed: Place) -> None:
    action = "AddRoleToInstanceProfile"
    profile, passed = needed(staffed, action, EVERY)
    assert (profile.action, profile.resource) == (f"iam:{action}", f"{ARN}instance-profile/t/prof")
    role = f"{ARN}role/t/r"
    to_ec2: Any = {"iam:PassedToService": "ec2.amazonaws.com"}
    assert passed == Permission("iam:PassRole", role, role, to_ec2)
    for name, resource in (("none", "role/none"), ("", "role/")):
        again = needed(staffed, action, {**EVERY, "RoleName": name})
        assert again[1].resource == ARN + resource

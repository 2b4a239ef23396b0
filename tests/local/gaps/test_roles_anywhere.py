"""Trust anchors and profiles as they are kept."""

from typing import Any

import pytest

from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, refused, trust
from tests.local.gaps.certificates import Authority
from tests.local.gaps.conftest import REGION, World

ALL = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@pytest.fixture
def anywhere(world: World) -> Any:
    return world.admin("rolesanywhere")


def source(authority: Authority) -> dict[str, Any]:
    return {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": authority.pem},
    }


def role(world: World, name: str = "workload") -> str:
    return world.people.role(name, trust({"Service": "rolesanywhere.amazonaws.com"}, ALL))


def test_a_trust_anchor(world: World, anywhere: Any) -> None:
    first, second = Authority.shared("one"), Authority.shared("two")
    made = anywhere.create_trust_anchor(
        name="site", source=source(first), tags=[{"key": "team", "value": "ops"}]
    )["trustAnchor"]
    number = made["trustAnchorId"]
    arn = f"arn:aws:rolesanywhere:{REGION}:{HOME}:trust-anchor/{number}"
    assert (made["trustAnchorArn"], made["enabled"]) == (arn, False)
    assert anywhere.get_trust_anchor(trustAnchorId=number)["trustAnchor"] == made
    changed = anywhere.update_trust_anchor(
        trustAnchorId=number, name="renamed", source=source(second)
    )["trustAnchor"]
    assert (changed["name"], changed["source"]) == ("renamed", source(second))
    assert anywhere.enable_trust_anchor(trustAnchorId=number)["trustAnchor"]["enabled"]
    assert not anywhere.disable_trust_anchor(trustAnchorId=number)["trustAnchor"]["enabled"]
    anywhere.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "tes"}])
    anywhere.untag_resource(resourceArn=arn, tagKeys=["team"])
    shown = anywhere.list_tags_for_resource(resourceArn=arn)["tags"]
    assert shown == [{"key": "stage", "value": "tes"}]
    listed = anywhere.list_trust_anchors()["trustAnchors"]
    assert [each["trustAnchorId"] for each in listed] == [number]
    anywhere.delete_trust_anchor(trustAnchorId=number)
    answer = refused(anywhere.get_trust_anchor, trustAnchorId=number)
    assert (answer.code, answer.status) == ("ResourceNotFoundException", 404)


def test_a_profile(world: World, anywhere: Any) -> None:
    made = anywhere.create_profile(
        name="workloads",
        roleArns=[role(world)],
        enabled=True,
        sessionPolicy=policy(allow("s3:*")),
        tags=[{"key": "team", "value": "ops"}],
    )["profile"]
    number = made["profileId"]
    assert (made["durationSeconds"], made["enabled"]) == (3600, True)
    assert anywhere.get_profile(profileId=number)["profile"] == made
    other = role(world, "other")
    changed = anywhere.update_profile(profileId=number, roleArns=[other], durationSeconds=900)
    assert changed["profile"]["roleArns"] == [other]
    assert changed["profile"]["sessionPolicy"] == made["sessionPolicy"]
    assert not anywhere.disable_profile(profileId=number)["profile"]["enabled"]
    assert anywhere.enable_profile(profileId=number)["profile"]["enabled"]
    anywhere.delete_profile(profileId=number)
    assert anywhere.list_profiles()["profiles"] == []


def test_attribute_mappings(world: World, anywhere: Any) -> None:
    number = anywhere.create_profile(name="x", roleArns=[role(world)])["profile"]["profileId"]

    def mappings(profile: Any) -> dict[str, list[str]]:
        return {
            each["certificateField"]: [rule["specifier"] for rule in each["mappingRules"]]
            for each in profile["profile"]["attributeMappings"]
        }

    assert mappings(anywhere.get_profile(profileId=number)) == {
        "x509Subject": ["*"],
        "x509Issuer": ["*"],
        "x509SAN": ["DNS", "URI", "Name/*"],
    }
    changed = anywhere.put_attribute_mapping(
        profileId=number, certificateField="x509Subject", mappingRules=[{"specifier": "CN"}]
    )
    assert mappings(changed)["x509Subject"] == ["CN"]
    changed = anywhere.delete_attribute_mapping(
        profileId=number, certificateField="x509SAN", specifiers=["URI"]
    )
    assert mappings(changed)["x509SAN"] == ["DNS", "Name/*"]
    assert "x509Issuer" not in mappings(
        anywhere.delete_attribute_mapping(profileId=number, certificateField="x509Issuer")
    )
    answer = refused(
        anywhere.put_attribute_mapping,
        profileId=number,
        certificateField="x509Subject",
        mappingRules=[{"specifier": "DNS/2"}],
    )
    assert answer.code == "ValidationException"


def test_what_no_trust_anchor_can_be(anywhere: Any) -> None:
    authority = Authority.shared("one")
    leaf, _ = authority.issue("leaf")
    wrong: list[dict[str, Any]] = [
        {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": "none"}},
        {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"x509CertificateData": leaf.pem}},
        {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": {"acmPcaArn": "arn:aws:x"}},
        {"sourceType": "SELF_SIGNED_REPOSITORY"},
    ]
    for each in wrong:
        answer = refused(anywhere.create_trust_anchor, name="x", source=each)
        assert (answer.code, answer.status) == ("ValidationException", 400)
    answer = refused(anywhere.create_trust_anchor, name="a/b", source=source(authority))
    assert answer.code == "ValidationException"


def test_every_call_needs_its_permission(world: World, anywhere: Any) -> None:
    first, second = (
        anywhere.create_trust_anchor(name=name, source=source(Authority.shared("one")))[
            "trustAnchor"
        ]
        for name in ("a", "b")
    )
    mine = world.caller(
        "rolesanywhere", allow("rolesanywhere:*TrustAnchor", first["trustAnchorArn"])
    )
    assert mine.enable_trust_anchor(trustAnchorId=first["trustAnchorId"])
    for call, number in (
        (mine.get_trust_anchor, second["trustAnchorId"]),
        (mine.delete_trust_anchor, second["trustAnchorId"]),
    ):
        assert refused(call, trustAnchorId=number).code == "AccessDeniedException"
    assert refused(mine.list_trust_anchors).code == "AccessDeniedException"


def test_the_role_is_passed_to_the_service(world: World) -> None:
    arn = role(world)
    create = allow("rolesanywhere:CreateProfile")
    without = world.caller("rolesanywhere", create)
    answer = refused(without.create_profile, name="x", roleArns=[arn])
    assert "iam:PassRole" in answer.message
    # Also one whose path has unusual characters, which no check may overlook.
    odd = world.people.role("odd", trust({"Service": "rolesanywhere.amazonaws.com"}), Path="/a!b/")
    for each in (odd, "no-arn"):
        assert refused(without.create_profile, name="x", roleArns=[each]).code in (
            "AccessDeniedException",
            "ValidationException",
        )
    condition = {"StringEquals": {"iam:PassedToService": "rolesanywhere.amazonaws.com"}}
    passing = allow("iam:PassRole", arn, Condition=condition)
    right = world.caller("rolesanywhere", create, passing, name="right")
    assert right.create_profile(name="x", roleArns=[arn])


def test_another_account_sees_nothing_of_it(world: World, anywhere: Any) -> None:
    made = anywhere.create_trust_anchor(name="a", source=source(Authority.shared("one")))
    theirs = world.admin("rolesanywhere", OTHER)
    assert theirs.list_trust_anchors()["trustAnchors"] == []
    number = made["trustAnchor"]["trustAnchorId"]
    answer = refused(theirs.get_trust_anchor, trustAnchorId=number)
    assert answer.code == "ResourceNotFoundException"


def test_what_is_not_offered_is_refused_at_once(anywhere: Any) -> None:
    for call in (anywhere.list_crls, anywhere.list_subjects):
        assert refused(call).status == 400

"""AssumeRoleWithSAML by itself: the assertion is given, its signature is another room's."""

from datetime import timedelta
from typing import Any

import pytest

from rolecall.issuers.saml_keys import SamlFacts
from rolecall.local.api import SessionGrant
from tests.local.saml.idp import BASE, SIGN_IN
from tests.local.sts.conftest import (
    HOME,
    NOW,
    OTHER,
    allow,
    paths,
    policy,
    told,
    trust,
)
from tests.local.sts.saml_world import (
    AFFILIATION,
    ASSUME,
    PROVIDER,
    ROLE,
    World,
    assertion,
    denied,
    world,
)

__all__ = ["world"]


def test_a_session_of_an_assertion(world: World) -> None:
    world.role()
    said = assertion(
        attributes=((AFFILIATION, ("staff",)), ("urn:oid:2.5.4.3", ("x",)),
                    (AFFILIATION, ("student", "alum")))
    )  # fmt: skip
    reply = world.ask(said, SAMLAssertion="the response")
    assert world.verified == [("the response", "https://idp.acme.example/saml", NOW)]
    unique_id = world.here.iam.get_role("saml").id
    qualifier = SamlFacts(
        recipient="", issuer=said.issuer, subject="", account=HOME, provider_name="acme"
    ).name_qualifier
    assert world.here.bare_grant(reply) == SessionGrant(
        kind="assumed-role",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        role_arn=ROLE,
        role_id=unique_id,
        session_name="alice",
        federation={
            "saml:namequalifier": qualifier,
            "saml:sub": "alice@acme",
            "saml:sub_type": "persistent",
            "aws:FederatedProvider": PROVIDER,
        },
    )
    found = told(reply)
    assert found["AssumedRoleId"] == f"{unique_id}:alice"
    assert {name: found[name] for name in list(found)[-5:]} == {
        "Subject": "alice@acme",
        "SubjectType": "persistent",
        "Issuer": said.issuer,
        "Audience": SIGN_IN,
        "NameQualifier": qualifier,
    }
    top = "AssumeRoleWithSAMLResponse/AssumeRoleWithSAMLResult/"
    assert [path.removeprefix(top) for path in paths(reply)] == [
        "AssumedRoleUser/AssumedRoleId",
        "AssumedRoleUser/Arn",
        "Credentials/AccessKeyId",
        "Credentials/SecretAccessKey",
        "Credentials/SessionToken",
        "Credentials/Expiration",
        "Subject",
        "SubjectType",
        "Issuer",
        "Audience",
        "NameQualifier",
        "AssumeRoleWithSAMLResponse/ResponseMetadata/RequestId",
    ]


def test_a_subject_without_a_format(world: World) -> None:
    world.role()
    reply = world.ask(assertion(subject_format=None))
    assert "SubjectType" not in told(reply)
    assert "saml:sub_type" not in world.here.grant(reply).federation


EVERY_ATTRIBUTE = (
    (f"{BASE}PrincipalTag:Team", ("red",)),
    (f"{BASE}TransitiveTagKeys", ("Team",)),
    (f"{BASE}SourceIdentity", ("al",)),
)


def test_a_session_with_everything(world: World) -> None:
    world.role()
    text = policy(allow("s3:*"))
    reply = world.ask(assertion(attributes=EVERY_ATTRIBUTE), Policy=text, DurationSeconds="900")
    grant = world.here.grant(reply)
    assert grant.expires_at == NOW + timedelta(seconds=900)
    assert (grant.session_policies, grant.session_policy_arns) == ((text,), None)
    assert (grant.tags, grant.transitive_tag_keys) == ({"Team": "red"}, ("Team",))
    assert grant.source_identity == told(reply)["SourceIdentity"] == "al"
    assert int(told(reply)["PackedPolicySize"]) > 1


# -- what the trust policy sees --------------------------------------------------------


@pytest.mark.parametrize(
    ("test", "good", "bad"),
    [
        ({"StringEquals": {"saml:sub": "alice@acme"}}, (), {"subject": "bob"}),
        ({"StringEquals": {"saml:sub_type": "persistent"}}, (), {"subject_format": "other"}),
        ({"StringEquals": {"saml:iss": "https://idp.acme.example/saml"}}, (), {"issuer": "other"}),
        ({"StringEquals": {"saml:aud": SIGN_IN}}, (), {"recipient": SIGN_IN + "x"}),
        ({"StringEquals": {"saml:doc": f"{HOME}/acme"}}, (), None),
        (
            {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "alum"}},
            ((AFFILIATION, ("staff",)), (AFFILIATION, ("student", "alum"))),
            {},
        ),
        (
            {"ForAnyValue:StringEquals": {"saml:edupersonaffiliation": "staff"}},
            ((AFFILIATION, ("staff",)), (AFFILIATION, ("student", "alum"))),
            {},
        ),
        ({"StringEquals": {"sts:RoleSessionName": "alice"}}, (), None),
        ({"StringEquals": {"sts:SourceIdentity": "al"}}, EVERY_ATTRIBUTE, {}),
        ({"StringEquals": {"aws:RequestTag/Team": "red"}}, EVERY_ATTRIBUTE, {}),
        ({"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "Team"}}, EVERY_ATTRIBUTE, {}),
        ({"StringEquals": {"aws:UserAgent": "a-client"}}, (), None),
        ({"StringEquals": {"iam:ResourceTag/Kind": "ci"}}, (), None),
    ],
)
def test_what_the_trust_policy_sees(
    world: World, test: dict[str, Any], good: tuple[Any, ...], bad: dict[str, Any] | None
) -> None:
    world.role(test=test, tags={"Kind": "ci"})
    assert world.ask(assertion(attributes=good)).status == 200
    if bad is not None:
        told_of = world.refused(assertion(**bad))
        assert told_of == denied(told_of.reason)
        assert told_of.reason


@pytest.mark.parametrize(
    ("attributes", "action"),
    [(EVERY_ATTRIBUTE[:1], "sts:TagSession"), (EVERY_ATTRIBUTE[2:], "sts:SetSourceIdentity")],
)
def test_tags_and_source_identity_need_their_own_permission(
    world: World, attributes: tuple[Any, ...], action: str
) -> None:
    world.role(action=ASSUME)
    assert world.ask().status == 200
    assert world.refused(assertion(attributes=attributes)).code == "AccessDenied"
    del world.here.iam.roles[world.here.iam.get_role("saml").id]
    world.role(action=[ASSUME, action])
    assert world.ask(assertion(attributes=attributes)).status == 200


def test_a_role_that_trusts_nobody_of_the_kind(world: World) -> None:
    world.here.role("saml", trust("*", "sts:AssumeRole"))
    assert world.refused().code == "AccessDenied"


def test_a_role_that_does_not_exist(world: World) -> None:
    assert world.refused() == denied(f"there is no role {ROLE}")


def test_a_role_of_another_account(world: World) -> None:
    """Even one that trusts the provider: both must be in one account."""
    other = world.role("saml", account=OTHER)
    assert world.refused(assertion(role=other), RoleArn=other) == denied(
        "the SAML provider is not in the role's account"
    )


def test_the_assertion_must_offer_the_role(world: World) -> None:
    world.role()
    other = world.role("other")
    assert world.refused(RoleArn=other).message.startswith("SAML Assertion doesn't contain")

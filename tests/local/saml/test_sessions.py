"""What a session of AssumeRoleWithSAML is: its reply, its length, and what lasts in it."""

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from lxml import etree

from tests.local.saml.forgery import one
from tests.local.saml.idp import PERSISTENT, SIGN_IN, Idp, child
from tests.local.saml.world import HOME, SamlWorld


def test_the_reply_says_who_it_is_for(world: SamlWorld) -> None:
    said = world.said(source_identity="alice@acme", tags={"team": "red"})
    reply = world.ask(said).reply
    told = "https://idp.acme.example/saml" + HOME + "/acme"
    digest = hashlib.sha1(told.encode(), usedforsecurity=False).digest()
    assert reply["Subject"] == said.subject
    assert reply["SubjectType"] == "persistent"
    assert reply["Issuer"] == "https://idp.acme.example/saml"
    assert reply["Audience"] == SIGN_IN
    assert reply["NameQualifier"] == base64.b64encode(digest).decode()
    assert reply["SourceIdentity"] == "alice@acme"
    assert 1 <= int(reply["PackedPolicySize"]) <= 100
    name = said.role.rsplit("/", 1)[-1]
    assert reply["Arn"] == f"arn:aws:sts::{HOME}:assumed-role/{name}/alice"
    assert reply["AssumedRoleId"].endswith(":alice")


def test_a_format_that_is_not_of_saml_2_is_told_as_it_is(world: SamlWorld) -> None:
    email = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    assert world.ask(world.said(subject_format=email)).reply["SubjectType"] == email
    assert "SubjectType" not in world.ask(world.said(subject_format=None)).reply
    assert PERSISTENT.endswith(":persistent")


def test_boto3_gets_the_same(world: SamlWorld) -> None:
    said = world.said()
    value = base64.b64encode(_document(world, said)).decode()
    reply = world.unsigned().assume_role_with_saml(
        RoleArn=world.role, PrincipalArn=world.provider, SAMLAssertion=value
    )
    assert reply["Subject"] == said.subject
    identity = world.server.client("sts", reply["Credentials"]).get_caller_identity()
    assert identity["Arn"] == reply["AssumedRoleUser"]["Arn"]


@pytest.mark.parametrize(
    ("said", "seconds", "params"),
    [
        ({}, 3600, {}),
        ({}, 900, {"DurationSeconds": "900"}),
        ({"duration": "1200"}, 1200, {}),
        ({"duration": "43200"}, 3600, {}),
        ({"duration": "1200"}, 900, {"DurationSeconds": "900"}),
        ({"session_ends": timedelta(minutes=20)}, 1200, {}),
        ({"session_ends": timedelta(minutes=20), "duration": "1000"}, 1000, {}),
        ({"session_ends": timedelta(minutes=2)}, 120, {}),
        ({"session_ends": timedelta(hours=9)}, 3600, {}),
    ],
)
def test_the_shortest_of_all_durations_counts(
    said: dict[str, Any], seconds: int, params: dict[str, Any], world: SamlWorld
) -> None:
    before = datetime.now(UTC)
    answer = world.ask(world.said(**said), **params)
    ends = datetime.fromisoformat(answer.reply["Expiration"])
    assert abs((ends - before).total_seconds() - seconds) < 30


def test_keys_of_the_provider_last_as_long_as_the_session(world: SamlWorld) -> None:
    said = world.said(tags={"team": "red"}, transitive=["team"], source_identity="alice")
    role = said.role.rsplit("/", 1)[-1]
    allowed = {
        "Effect": "Allow",
        "Action": "iam:ListRoles",
        "Resource": "*",
        "Condition": {
            "StringEquals": {
                "saml:sub": said.subject,
                "saml:sub_type": "persistent",
                "aws:FederatedProvider": world.provider,
                "aws:PrincipalTag/team": "red",
                "aws:SourceIdentity": "alice",
            }
        },
    }
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    world.iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(document))
    try:
        world.session(world.ask(said), "iam").list_roles()
        for other in (said.but(subject="_other"), said.but(tags={"team": "blue"})):
            with pytest.raises(ClientError, match="AccessDenied"):
                world.session(world.ask(other), "iam").list_roles()
        # Only in the trust policy, not later: the endpoint and the issuer.
        allowed["Condition"] = {"StringEquals": {"saml:aud": SIGN_IN}}
        world.iam.put_role_policy(
            RoleName=role, PolicyName="own", PolicyDocument=json.dumps(document)
        )
        with pytest.raises(ClientError, match="AccessDenied"):
            world.session(world.ask(said), "iam").list_roles()
    finally:
        world.iam.delete_role_policy(RoleName=role, PolicyName="own")


def test_a_session_may_assume_the_next_role_with_what_it_hands_on(world: SamlWorld) -> None:
    arn = world.role
    world.iam.put_role_policy(
        RoleName=arn.rsplit("/", 1)[-1],
        PolicyName="next",
        PolicyDocument=json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [{"Effect": "Allow", "Action": "sts:*", "Resource": "*"}],
            }
        ),
    )
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": arn},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
        "Condition": {
            "StringEquals": {"aws:RequestTag/team": "red", "sts:SourceIdentity": "alice"}
        },
    }
    following = world.iam.create_role(
        RoleName="next",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )["Role"]["Arn"]
    answer = world.ask(
        world.said(tags={"team": "red"}, transitive=["team"], source_identity="alice")
    )
    reply = world.session(answer, "sts").assume_role(RoleArn=following, RoleSessionName="next")
    assert reply["SourceIdentity"] == "alice"
    with pytest.raises(ClientError, match="1 hour session limit"):
        world.session(answer, "sts").assume_role(
            RoleArn=following, RoleSessionName="next", DurationSeconds=7200
        )


def test_one_assertion_may_be_used_again_and_for_another_role(world: SamlWorld) -> None:
    other = world.make_role()
    pairs = [f"{role},{world.provider}" for role in (world.role, other)]
    document = _document(world, world.said(roles=pairs))
    assert world.send(document).admitted
    assert world.send(document).admitted
    assert world.send(document, RoleArn=other).admitted


def test_an_assertion_for_one_use_is_used_once(world: SamlWorld) -> None:
    def before(assertion: etree._Element) -> None:
        child(one(assertion, "saml:Conditions"), "saml:OneTimeUse")

    first, second = (_document(world, world.said(before=before)) for _ in range(2))
    other = world.make_role({"StringEquals": {"saml:sub": "nobody"}})
    # A refused call uses nothing up.
    assert not world.send(first, RoleArn=other).admitted
    assert world.send(first).admitted
    again = world.send(first)
    assert (again.code, again.message) == ("ExpiredTokenException", "Response has expired")
    assert world.send(second).admitted


def test_many_at_once(world: SamlWorld) -> None:
    documents = [_document(world, world.said(subject=f"_{n}")) for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(world.send, documents))
    assert [answer.reply["Subject"] for answer in answers] == [f"_{n}" for n in range(40)]


def test_an_assertion_ends_with_the_clock_of_the_embedded_aws(world: SamlWorld) -> None:
    document = _document(world, world.said())
    world.server.cloud.advance(600)
    try:
        assert world.send(document).message.startswith("Token must be redeemed within 5 minutes")
        assert world.ask().admitted
    finally:
        world.server.cloud.reset_clock()


def test_new_metadata_count_at_once(world: SamlWorld) -> None:
    old, new = world.idp, Idp(key_name="rotated")
    document, rotated = _document(world, world.said()), _document(world, world.said(), new)

    def update(metadata: str) -> None:
        world.iam.update_saml_provider(
            SAMLProviderArn=world.provider, SAMLMetadataDocument=metadata
        )

    try:
        assert world.send(rotated).message == "Response signature invalid"
        update(old.metadata(new))
        assert world.send(document).admitted
        assert world.send(rotated).admitted
        update(new.metadata())
        assert world.send(document).message == "Response signature invalid"
        assert world.send(rotated).admitted
    finally:
        update(old.metadata())


def test_metadata_that_have_ended_by_their_own_word_verify_nothing(world: SamlWorld) -> None:
    now = datetime.now(UTC)
    try:
        for ends, admitted in ((now + timedelta(hours=1), True), (now, False)):
            world.iam.update_saml_provider(
                SAMLProviderArn=world.provider,
                SAMLMetadataDocument=world.idp.metadata(valid_until=ends),
            )
            assert world.ask().admitted is admitted
    finally:
        world.iam.update_saml_provider(
            SAMLProviderArn=world.provider, SAMLMetadataDocument=world.idp.metadata()
        )


def test_a_provider_that_is_gone_admits_nobody_and_its_sessions_stay(world: SamlWorld) -> None:
    provider = world.iam.create_saml_provider(
        Name="passing", SAMLMetadataDocument=world.idp.metadata()
    )["SAMLProviderArn"]
    role = world.make_role(provider=provider)
    said = world.said(role=role, provider=provider)
    answer = world.ask(said, PrincipalArn=provider)
    assert answer.admitted
    world.iam.delete_saml_provider(SAMLProviderArn=provider)
    assert world.ask(said, PrincipalArn=provider).message == "Specified provider doesn't exist"
    world.session(answer, "sts").get_caller_identity()


def test_wrapped_base64_is_base64(world: SamlWorld) -> None:
    wrapped = base64.encodebytes(_document(world, world.said())).decode()
    assert world.post(wrapped).admitted
    assert world.post(wrapped.replace("\n", "\r\n")).admitted


def _document(world: SamlWorld, said: Any, idp: Idp | None = None) -> bytes:

    return etree.tostring((idp or world.idp).response(said))

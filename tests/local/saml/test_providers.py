"""SAML providers in IAM: made, changed, tagged and removed, as Terraform does it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.config import Config

from tests.local.saml.idp import Idp
from tests.local.saml.world import HOME, OTHER, SamlWorld

#: Patterns and minimums are checked by the server, so the client must not.
UNCHECKED = Config(parameter_validation=False)


@pytest.fixture
def iam(world: SamlWorld) -> Any:
    return world.server.client("iam", OTHER, config=UNCHECKED)


@pytest.fixture
def arn(iam: Any, world: SamlWorld) -> Any:
    made = iam.create_saml_provider(
        Name="made",
        SAMLMetadataDocument=world.idp.metadata(),
        Tags=[{"Key": "team", "Value": "red"}],
    )["SAMLProviderArn"]
    yield made
    if made in [each["Arn"] for each in iam.list_saml_providers()["SAMLProviderList"]]:
        iam.delete_saml_provider(SAMLProviderArn=made)


def test_create_change_and_destroy(world: SamlWorld, iam: Any) -> None:
    metadata = world.idp.metadata()
    made = iam.create_saml_provider(
        Name="acme", SAMLMetadataDocument=metadata, Tags=[{"Key": "team", "Value": "red"}]
    )
    arn = made["SAMLProviderArn"]
    assert arn == f"arn:aws:iam::{OTHER}:saml-provider/acme"
    assert made["Tags"] == [{"Key": "team", "Value": "red"}]
    got = iam.get_saml_provider(SAMLProviderArn=arn)
    assert got["SAMLMetadataDocument"] == metadata
    assert got["Tags"] == [{"Key": "team", "Value": "red"}]
    assert got["SAMLProviderUUID"].startswith("SAMLSP")
    assert abs(datetime.now(UTC) - got["CreateDate"]) < timedelta(minutes=1)
    listed = iam.list_saml_providers()["SAMLProviderList"]
    assert [(each["Arn"], each["ValidUntil"]) for each in listed] == [(arn, got["ValidUntil"])]
    changed = world.idp.metadata(Idp(key_name="rotated"))
    updated = iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=changed)
    assert updated["SAMLProviderArn"] == arn
    assert iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] == changed
    iam.delete_saml_provider(SAMLProviderArn=arn)
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_saml_provider(SAMLProviderArn=arn)
    assert iam.list_saml_providers()["SAMLProviderList"] == []


@pytest.mark.parametrize("text", ["<!-- é ü & < > -->\r\n", "\n\t\n", " \r "])
def test_a_document_comes_back_as_it_was_given(text: str, iam: Any, arn: str) -> None:
    document = Idp().metadata().replace("<IDPSSO", text + "<IDPSSO").replace("?>\n", "?>\r\n")
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=document)
    assert iam.get_saml_provider(SAMLProviderArn=arn)["SAMLMetadataDocument"] == document


def test_valid_until_is_what_the_metadata_say_or_far_away(iam: Any, arn: str) -> None:
    far = iam.get_saml_provider(SAMLProviderArn=arn)["ValidUntil"]
    assert far.year == datetime.now(UTC).year + 100
    ends = datetime(2040, 1, 31, 12, tzinfo=UTC)
    iam.update_saml_provider(
        SAMLProviderArn=arn, SAMLMetadataDocument=Idp().metadata(valid_until=ends)
    )
    assert iam.get_saml_provider(SAMLProviderArn=arn)["ValidUntil"] == ends


def test_an_expired_certificate_is_taken(iam: Any, arn: str) -> None:
    expired = Idp(ends=-timedelta(days=1))
    iam.update_saml_provider(SAMLProviderArn=arn, SAMLMetadataDocument=expired.metadata())


def test_tags(iam: Any, arn: str) -> None:
    def tags() -> Any:
        listed = iam.list_saml_provider_tags(SAMLProviderArn=arn)
        assert listed["IsTruncated"] is False
        return {tag["Key"]: tag["Value"] for tag in listed["Tags"]}

    iam.tag_saml_provider(
        SAMLProviderArn=arn,
        Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "stage", "Value": "tes"}],
    )
    assert tags() == {"Team": "blue", "stage": "tes"}
    iam.untag_saml_provider(SAMLProviderArn=arn, TagKeys=["team", "other"])
    assert tags() == {"stage": "tes"}
    many = [{"Key": f"k{n}", "Value": ""} for n in range(50)]
    with pytest.raises(iam.exceptions.LimitExceededException):
        iam.tag_saml_provider(SAMLProviderArn=arn, Tags=many)
    assert tags() == {"stage": "tes"}


def test_tags_are_gone_with_the_provider(iam: Any, arn: str, world: SamlWorld) -> None:
    iam.delete_saml_provider(SAMLProviderArn=arn)
    iam.create_saml_provider(Name="made", SAMLMetadataDocument=world.idp.metadata())
    assert iam.list_saml_provider_tags(SAMLProviderArn=arn)["Tags"] == []


GOOD = Idp().metadata()
CREATE: list[tuple[str, dict[str, Any], str, str]] = [
    ("name with a slash", {"Name": "a/b"}, "ValidationError", r"pattern: [\w._-]+"),
    ("name with a space", {"Name": "a b"}, "ValidationError", r"pattern: [\w._-]+"),
    ("name of 129 characters", {"Name": "a" * 129}, "ValidationError", "equal to 128"),
    ("empty name", {"Name": ""}, "ValidationError", "name"),
    ("short", {"SAMLMetadataDocument": "x" * 999}, "ValidationError", "equal to 1000"),
    ("no XML", {"SAMLMetadataDocument": "x" * 1000}, "InvalidInput", "Could not parse metadata"),
    (
        "a service provider",
        {"SAMLMetadataDocument": GOOD.replace("IDPSSO", "SPSSO")},
        "InvalidInput",
        "Could not parse metadata",
    ),
    (
        "a document type",
        {"SAMLMetadataDocument": GOOD.replace("?>\n", '?>\n<!DOCTYPE x [<!ENTITY a "b">]>')},
        "InvalidInput",
        "Could not parse metadata",
    ),
    ("encryption", {"AssertionEncryptionMode": "Required"}, "InvalidInput", "no private key"),
    ("a private key", {"AddPrivateKey": "-----BEGIN"}, "InvalidInput", "Invalid private key"),
    ("a mode of no kind", {"AssertionEncryptionMode": "x"}, "ValidationError", "enum value set"),
    (
        "a tag of AWS",
        {"Tags": [{"Key": "aws:x", "Value": "y"}]},
        "InvalidInput",
        "reserved for AWS",
    ),
    (
        "a tag twice",
        {"Tags": [{"Key": "x", "Value": "y"}, {"Key": "X", "Value": "y"}]},
        "InvalidInput",
        "Duplicate tag keys",
    ),
]


@pytest.mark.parametrize(
    ("given", "code", "message"), [row[1:] for row in CREATE], ids=[row[0] for row in CREATE]
)
def test_what_cannot_be_created(given: dict[str, Any], code: str, message: str, iam: Any) -> None:
    params = {"Name": "acme", "SAMLMetadataDocument": GOOD, **given}
    with pytest.raises(iam.exceptions.ClientError) as caught:
        iam.create_saml_provider(**params)
    told = caught.value.response["Error"]
    assert told["Code"] == code
    assert message in told["Message"]
    assert iam.list_saml_providers()["SAMLProviderList"] == []


def test_a_name_can_be_used_once(iam: Any, arn: str) -> None:
    with pytest.raises(iam.exceptions.EntityAlreadyExistsException):
        iam.create_saml_provider(Name="made", SAMLMetadataDocument=GOOD)


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"RemovePrivateKey": "A" * 22},
        {"AddPrivateKey": "x"},
        {"SAMLMetadataDocument": "x" * 1000},
    ],
)
def test_updates_that_say_nothing_possible(given: dict[str, str], iam: Any, arn: str) -> None:
    before = iam.get_saml_provider(SAMLProviderArn=arn)
    with pytest.raises(iam.exceptions.InvalidInputException):
        iam.update_saml_provider(SAMLProviderArn=arn, **given)
    after = iam.get_saml_provider(SAMLProviderArn=arn)
    assert after["SAMLMetadataDocument"] == before["SAMLMetadataDocument"]


@pytest.mark.parametrize(
    "operation",
    [
        "get_saml_provider",
        "delete_saml_provider",
        "list_saml_provider_tags",
        "update_saml_provider",
    ],
)
def test_a_provider_that_does_not_exist(operation: str, iam: Any, world: SamlWorld) -> None:
    more = {"SAMLMetadataDocument": GOOD} if operation.startswith("update") else {}
    for arn in (f"arn:aws:iam::{OTHER}:saml-provider/nobody", world.provider):
        with pytest.raises(iam.exceptions.NoSuchEntityException):
            getattr(iam, operation)(SAMLProviderArn=arn, **more)


def test_another_account_is_never_reached(world: SamlWorld, iam: Any) -> None:
    assert iam.list_saml_providers()["SAMLProviderList"] == []
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.delete_saml_provider(SAMLProviderArn=world.provider)
    assert world.ask().admitted


def test_permissions_go_by_the_providers_arn_and_tags(world: SamlWorld) -> None:
    iam = world.server.client("iam", HOME)
    iam.create_user(UserName="saml-admin")
    statements = [
        {
            "Effect": "Allow",
            "Action": "iam:*SAMLProvider*",
            "Resource": f"arn:aws:iam::{HOME}:saml-provider/team-*",
            "Condition": {"StringEqualsIfExists": {"aws:ResourceTag/team": "red"}},
        }
    ]
    iam.put_user_policy(
        UserName="saml-admin",
        PolicyName="own",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )
    key = iam.create_access_key(UserName="saml-admin")["AccessKey"]
    his = world.server.client(
        "iam",
        {
            "aws_access_key_id": key["AccessKeyId"],
            "aws_secret_access_key": key["SecretAccessKey"],
        },
    )
    arns = [
        his.create_saml_provider(
            Name=f"team-{team}",
            SAMLMetadataDocument=GOOD,
            Tags=[{"Key": "team", "Value": team}],
        )["SAMLProviderArn"]
        for team in ("red", "blue")
    ]
    his.get_saml_provider(SAMLProviderArn=arns[0])
    for call in (
        lambda: his.get_saml_provider(SAMLProviderArn=arns[1]),
        lambda: his.get_saml_provider(SAMLProviderArn=world.provider),
        lambda: his.create_saml_provider(Name="other", SAMLMetadataDocument=GOOD),
        his.list_saml_providers,
    ):
        with pytest.raises(his.exceptions.ClientError, match="AccessDenied"):
            call()
    for arn in arns:
        iam.delete_saml_provider(SAMLProviderArn=arn)

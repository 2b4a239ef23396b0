"""SAML providers of an account: what IAM refuses, keeps and shows of them."""

import time
from datetime import UTC, datetime

import pytest

from rolecall.local.api import AwsError
from rolecall.local.iam import kept_tags, saml_providers
from rolecall.policy import RootUser
from tests.local.iam.conftest import HOME, OTHER, Iam, tag_params
from tests.local.saml.idp import Idp

ARN = f"arn:aws:iam::{HOME}:saml-provider/partner"


def document() -> str:
    return Idp().metadata()


def until(moment: str) -> str:
    """The document with a `validUntil`."""
    return document().replace("EntityDescriptor ", f'EntityDescriptor validUntil="{moment}" ', 1)


def made(here: Iam, name: str = "partner", text: str | None = None, **more: str) -> str:
    given = {"Name": name, "SAMLMetadataDocument": text or document(), **more}
    return str(here.ask("CreateSAMLProvider", given)["SAMLProviderArn"])


def test_a_provider_is_what_was_asked_for(here: Iam) -> None:
    given = {"Name": "partner", "SAMLMetadataDocument": document()}
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    reply = here.ask("CreateSAMLProvider", {**given, **tag_params({"b": "2", "a": "1"})})
    assert reply == {"SAMLProviderArn": ARN, "Tags": tags}
    shown = here.ask("GetSAMLProvider", SAMLProviderArn=ARN)
    uuid = shown.pop("SAMLProviderUUID")
    assert (uuid[:6], len(uuid), uuid.isalnum(), uuid.isupper()) == ("SAMLSP", 21, True, True)
    assert shown == {
        "SAMLMetadataDocument": document(),
        "ValidUntil": "2130-05-06T00:00:00Z",
        "CreateDate": "2030-05-06T07:08:09Z",
        "Tags": tags,
        "AssertionEncryptionMode": "Allowed",
        "PrivateKeyList": "",
    }
    assert here.ask("CreateSAMLProvider", given, Name="bare") == {
        "SAMLProviderArn": ARN.replace("partner", "bare")
    }
    assert here.ask("GetSAMLProvider", SAMLProviderArn=ARN)["SAMLProviderUUID"] == uuid


def test_all_providers_by_name(here: Iam) -> None:
    made(here, "b", until("2031-01-02T03:04:05Z"))
    here.later(60)
    made(here, "a")
    entries = here.ask("ListSAMLProviders")["SAMLProviderList"]
    prefix = ARN.removesuffix("partner")
    assert entries == [
        {
            "Arn": f"{prefix}a",
            "ValidUntil": "2130-05-06T00:00:00Z",
            "CreateDate": "2030-05-06T07:09:09Z",
        },
        {
            "Arn": f"{prefix}b",
            "ValidUntil": "2031-01-02T03:04:05Z",
            "CreateDate": "2030-05-06T07:08:09Z",
        },
    ]
    stranger = here.identity(RootUser(account=OTHER))
    assert here.ask("ListSAMLProviders", by=stranger) == {"SAMLProviderList": ""}


def test_a_hundred_years_from_the_last_of_february(here: Iam) -> None:
    here.time = datetime(2032, 2, 29, tzinfo=UTC)
    made(here)
    shown = here.ask("GetSAMLProvider", SAMLProviderArn=ARN)
    assert shown["ValidUntil"] == "2132-02-28T00:00:00Z"


def test_dates_that_moto_made_are_utc(here: Iam, monkeypatch: pytest.MonkeyPatch) -> None:
    provider = here.home.create_saml_provider("partner", document())
    provider.create_date = datetime(2030, 1, 2, 3, 4, 5)  # noqa: DTZ001 - as moto writes it
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/New_York")
        time.tzset()
        try:
            shown = here.ask("GetSAMLProvider", SAMLProviderArn=ARN)
        finally:
            elsewhere.undo()
            time.tzset()
    assert shown["CreateDate"] == "2030-01-02T03:04:05Z"
    assert "SAMLProviderUUID" not in shown


def test_another_document(here: Iam) -> None:
    made(here)
    text = until("2031-01-02T03:04:05Z")
    here.later(3600)
    update = {"SAMLProviderArn": ARN, "SAMLMetadataDocument": text}
    assert here.ask("UpdateSAMLProvider", update) == {"SAMLProviderArn": ARN}
    shown = here.ask("GetSAMLProvider", SAMLProviderArn=ARN)
    assert (shown["SAMLMetadataDocument"], shown["ValidUntil"], shown["CreateDate"]) == (
        text,
        "2031-01-02T03:04:05Z",
        "2030-05-06T07:08:09Z",
    )
    here.ask("UpdateSAMLProvider", SAMLProviderArn=ARN, AssertionEncryptionMode="Allowed")
    assert here.ask("GetSAMLProvider", SAMLProviderArn=ARN)["SAMLMetadataDocument"] == text


@pytest.mark.parametrize("text", ["x" * 1000, "<x/>" + " " * 1000], ids=["no XML", "other XML"])
def test_what_is_no_metadata(here: Iam, text: str) -> None:
    made(here)
    told = ("InvalidInput", "Could not parse metadata", 400)
    create = {"Name": "new", "SAMLMetadataDocument": text}
    assert here.refused("CreateSAMLProvider", create) == told
    assert (
        here.refused("UpdateSAMLProvider", SAMLProviderArn=ARN, SAMLMetadataDocument=text) == told
    )
    assert here.ask("GetSAMLProvider", SAMLProviderArn=ARN)["SAMLMetadataDocument"] == document()


def test_an_update_of_nothing(here: Iam) -> None:
    made(here)
    code, message, _ = here.refused("UpdateSAMLProvider", SAMLProviderArn=ARN)
    assert (code, message[:42]) == ("InvalidInput", "Unable to update identity provider. No upd")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"AddPrivateKey": "k", "RemovePrivateKey": "X" * 22}, "in the same request"),
        ({"AddPrivateKey": "k"}, "Invalid private key."),
        ({"AssertionEncryptionMode": "Required"}, "because no private key is provided."),
    ],
)
def test_encrypted_assertions_are_not_offered(here: Iam, given: dict[str, str], told: str) -> None:
    made(here)
    code, message, _ = here.refused("UpdateSAMLProvider", given, SAMLProviderArn=ARN)
    assert (code, told in message) == ("InvalidInput", True)
    if "RemovePrivateKey" not in given:
        new = {"Name": "new", "SAMLMetadataDocument": document(), **given}
        assert told in here.refused("CreateSAMLProvider", new)[1]


def test_a_key_that_is_not_there_is_not_removed(here: Iam) -> None:
    made(here)
    refusal = here.refused("UpdateSAMLProvider", SAMLProviderArn=ARN, RemovePrivateKey="X" * 22)
    assert "does not match a private key" in refusal[1]
    assert here.code("UpdateSAMLProvider", SAMLProviderArn=ARN, RemovePrivateKey="x") != ""


BY_ARN = [
    ("DeleteSAMLProvider", {}),
    ("GetSAMLProvider", {}),
    ("ListSAMLProviderTags", {}),
    ("TagSAMLProvider", tag_params({"a": "b"})),
    ("UntagSAMLProvider", {"TagKeys.member.1": "a"}),
    ("UpdateSAMLProvider", {"AssertionEncryptionMode": "Allowed"}),
]


@pytest.mark.parametrize(("action", "more"), BY_ARN)
def test_a_provider_that_is_not_there(here: Iam, action: str, more: dict[str, str]) -> None:
    made(here)
    for gone in (f"{ARN}x", ARN.replace(HOME, OTHER)):
        assert here.refused(action, more, SAMLProviderArn=gone) == (
            "NoSuchEntity",
            f"Manifest not found for arn {gone}",
            404,
        )
    stranger = here.identity(RootUser(account=OTHER))
    given = {"SAMLProviderArn": ARN, **more}
    assert here.refused(action, given, by=stranger)[0] == "NoSuchEntity"
    for wrong in (
        ARN.replace("arn:", "xrn:"),
        ARN.replace(":iam:", ":sts:"),
        ARN.replace("saml-provider", "oidc-provider"),
        "saml-provider/partner:x-long-enough",
        "arn:saml-provider/partner",
    ):
        refusal = here.refused(action, more, SAMLProviderArn=wrong)
        assert refusal == ("InvalidInput", f"Invalid SAML provider ARN: {wrong}", 400)
    assert here.code(action, more) == "ValidationError"
    assert here.code(action, more, SAMLProviderArn="x") == "ValidationError"
    assert here.code(action, more, SAMLProviderArn=ARN) == ""


def test_finding_a_provider_by_its_whole_arn(here: Iam) -> None:
    made(here)
    assert saml_providers.find(HOME, ARN) is here.home.saml_providers["partner"]
    for account, arn in (
        (OTHER, ARN),
        ("000000000009", ARN),
        (HOME, "partner"),
        (HOME, ARN.replace("saml-provider", "x")),
        (HOME, ARN.replace(HOME, OTHER)),
        (HOME, f"{ARN}x"),
    ):
        assert saml_providers.find(account, arn) is None, arn


def test_one_provider_of_a_name_and_100_in_all(here: Iam) -> None:
    made(here)
    new = {"Name": "partner", "SAMLMetadataDocument": document()}
    message = "SAMLProvider with name partner already exists."
    assert here.refused("CreateSAMLProvider", new) == ("EntityAlreadyExists", message, 409)
    for number in range(98):
        here.home.saml_providers[str(number)] = object()
    assert made(here, "last")
    limit = "Cannot exceed quota for SAMLProvidersPerAccount: 100"
    assert here.refused("CreateSAMLProvider", new, Name="more") == ("LimitExceeded", limit, 409)


def test_what_the_service_model_asks(here: Iam) -> None:
    new = {"Name": "partner", "SAMLMetadataDocument": document()}
    for wrong in ({"Name": "x" * 129}, {"Name": "a b"}, {"SAMLMetadataDocument": "x" * 999}):
        assert here.code("CreateSAMLProvider", {**new, **wrong}) == "ValidationError"
    for missing in new:
        given = {name: value for name, value in new.items() if name != missing}
        assert here.code("CreateSAMLProvider", given) == "ValidationError"
        assert here.code("CreateSAMLProvider", {**new, missing: ""}) == "ValidationError"
    assert here.code("CreateSAMLProvider", new | tag_params({"aws:a": "b"})) == "InvalidInput"
    made(here)
    short = {"SAMLProviderArn": ARN, "SAMLMetadataDocument": "x" * 999}
    assert here.code("UpdateSAMLProvider", short) == "ValidationError"


def test_a_deleted_provider_takes_its_tags_along(here: Iam) -> None:
    given = {"Name": "partner", "SAMLMetadataDocument": document(), **tag_params({"a": "1"})}
    here.ask("CreateSAMLProvider", given)
    assert kept_tags.tags_by_name(here.cloud, HOME, ARN) == {"a": "1"}
    saved = here.saved
    assert here.ask("DeleteSAMLProvider", SAMLProviderArn=ARN) == {}
    assert here.saved > saved
    assert here.home.saml_providers == {}
    assert kept_tags.tags_by_name(here.cloud, HOME, ARN) == {}


def test_tagging_is_left_to_the_table_of_tags(here: Iam) -> None:
    made(here)
    for action, more in BY_ARN[2:5]:
        assert here.before(action, more, SAMLProviderArn=ARN) is None
    call = here.call("TagSAMLProvider", tag_params({"aws:a": "b"}), SAMLProviderArn=ARN)
    with pytest.raises(AwsError):
        kept_tags.tag(call, here.root, here.cloud)

"""Tags of MFA devices, SAML providers, server certificates and instance profiles."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.iam import kept_tags
from rolecall.policy import RootUser
from tests.local.iam.conftest import HOME, OTHER, Iam, listed, tag_params, tree

SERIAL = f"arn:aws:iam::{HOME}:mfa/phone"
PROVIDER = f"arn:aws:iam::{HOME}:saml-provider/partner"
#: What is tagged, and what each call names it with.
TAGGED = [
    ("MFADevice", "SerialNumber", SERIAL),
    ("SAMLProvider", "SAMLProviderArn", PROVIDER),
    ("ServerCertificate", "ServerCertificateName", "site"),
]


@pytest.fixture
def things(here: Iam) -> Iam:
    here.home.create_virtual_mfa_device("phone", "/")
    here.home.create_saml_provider("partner", "document")
    here.home.certificates["site"] = object()
    return here


def done(here: Iam, operation: Any, action: str, params: dict[str, str]) -> Any:
    return tree(operation(here.call(action, params), here.root, here.cloud))


def shown(here: Iam, kind: str, name: str, value: str) -> Any:
    return done(here, kept_tags.list_tags, f"List{kind}Tags", {name: value})


@pytest.mark.parametrize(("kind", "name", "value"), TAGGED)
def test_tagged_listed_untagged(things: Iam, kind: str, name: str, value: str) -> None:
    assert shown(things, kind, name, value) == {"Tags": "", "IsTruncated": "false"}
    saved = things.saved
    first = {name: value, **tag_params({"team": "web", "Cost": "1"})}
    assert done(things, kept_tags.tag, f"Tag{kind}", first) == {}
    done(things, kept_tags.tag, f"Tag{kind}", {name: value, **tag_params({"TEAM": "x", "a": ""})})
    assert things.saved >= saved + 2
    assert shown(things, kind, name, value) == {
        "Tags": [
            {"Key": "Cost", "Value": "1"},
            {"Key": "TEAM", "Value": "x"},
            {"Key": "a", "Value": ""},
        ],
        "IsTruncated": "false",
    }
    saved = things.saved
    gone = {name: value, **listed("TagKeys", ["cOST", "unknown", "team"])}
    assert done(things, kept_tags.untag, f"Untag{kind}", gone) == {}
    assert things.saved > saved
    assert kept_tags.tags_by_name(things.cloud, HOME, value) == {"a": ""}


@pytest.mark.parametrize(("kind", "name", "value"), TAGGED)
def test_what_is_not_there_has_no_tags(things: Iam, kind: str, name: str, value: str) -> None:
    operations = ((kept_tags.tag, "Tag"), (kept_tags.untag, "Untag"), (kept_tags.list_tags, "List"))
    for operation, verb in operations:
        action = f"{verb}{kind}{'Tags' if verb == 'List' else ''}"
        with pytest.raises(AwsError) as caught:
            done(things, operation, action, {name: f"{value}x"})
        assert (caught.value.code, caught.value.message, caught.value.status) == (
            "NoSuchEntity",
            f"{value}x does not exist.",
            404,
        )
        with pytest.raises(AwsError, match="Value null"):
            done(things, operation, action, {})


def test_another_accounts_things_are_not_there(things: Iam) -> None:
    kept_tags.remember_first_tags(things.cloud, HOME, SERIAL, {"team": "web"})
    call = things.call("ListMFADeviceTags", SerialNumber=SERIAL)
    stranger = things.identity(RootUser(account=OTHER))
    with pytest.raises(AwsError, match="does not exist"):
        kept_tags.list_tags(call, stranger, things.cloud)
    assert kept_tags.tags_by_name(things.cloud, OTHER, SERIAL) == {}


def test_first_tags_replace_those_of_a_former_namesake(here: Iam) -> None:
    saved = here.saved
    kept_tags.remember_first_tags(here.cloud, HOME, "x", {"a": "1"})
    assert kept_tags.tags_by_name(here.cloud, HOME, "x") == {"a": "1"}
    kept_tags.remember_first_tags(here.cloud, HOME, "x", {"b": "2"})
    assert kept_tags.tags_by_name(here.cloud, HOME, "x") == {"b": "2"}
    kept_tags.remember_first_tags(here.cloud, HOME, "x", {})
    assert here.cloud.records["iam_tags"] == {}
    assert here.saved == saved + 3
    assert kept_tags.tags_by_name(here.cloud, HOME, "x") == {}


def test_what_is_told_is_a_copy(here: Iam) -> None:
    kept_tags.remember_first_tags(here.cloud, HOME, "x", {"a": "1"})
    kept_tags.tags_by_name(here.cloud, HOME, "x").clear()
    assert kept_tags.tags_by_name(here.cloud, HOME, "x") == {"a": "1"}


def test_nothing_was_ever_tagged(here: Iam) -> None:
    assert kept_tags.tags_by_name(here.cloud, HOME, "x") == {}


def test_tags_of_an_instance_profile_are_motos(here: Iam) -> None:
    here.home.create_instance_profile("other", "/", [], [{"Key": "no", "Value": "x"}])
    made = here.home.create_instance_profile(
        "web", "/", [], [{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]
    )
    expected = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert shown(here, "InstanceProfile", "InstanceProfileName", "web")["Tags"] == expected
    made.tags = {tag["Key"]: tag for tag in expected}
    assert shown(here, "InstanceProfile", "InstanceProfileName", "web")["Tags"] == expected
    made.tags = None
    assert shown(here, "InstanceProfile", "InstanceProfileName", "web")["Tags"] == ""
    with pytest.raises(AwsError, match="none does not exist"):
        shown(here, "InstanceProfile", "InstanceProfileName", "none")


@pytest.mark.parametrize(("kind", "name", "value"), TAGGED)
def test_tags_that_iam_refuses(things: Iam, kind: str, name: str, value: str) -> None:
    for wrong in ({"aws:x": "y"}, {"a": "1", "A": "2"}, {"!": "x"}):
        with pytest.raises(AwsError):
            done(things, kept_tags.tag, f"Tag{kind}", {name: value, **tag_params(wrong)})
    assert kept_tags.tags_by_name(things.cloud, HOME, value) == {}


@pytest.mark.parametrize(("kind", "name", "value"), TAGGED)
def test_50_tags_and_no_more(things: Iam, kind: str, name: str, value: str) -> None:
    fifty = {f"k{n}": "" for n in range(50)}
    done(things, kept_tags.tag, f"Tag{kind}", {name: value, **tag_params(fifty)})
    done(things, kept_tags.tag, f"Tag{kind}", {name: value, **tag_params({"K1": "new"})})
    with pytest.raises(AwsError, match="Cannot exceed quota for TagsPerResource: 50") as caught:
        done(things, kept_tags.tag, f"Tag{kind}", {name: value, **tag_params({"one": ""})})
    assert caught.value.code == "LimitExceeded"

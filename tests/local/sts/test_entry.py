"""Every call to STS: which operations there are, and with which credentials."""

from dataclasses import replace

import pytest

from rolecall.local.sts import check_alive, handle
from tests.local.sts.conftest import HOME, Here, Refusal, call, refusal, told, trust


def test_another_service_is_not_answered_here(here: Here) -> None:
    other = replace(call("GetCallerIdentity", Version="x"), service="iam")
    assert handle(other, None, here.cloud) is None


def test_whoever_signs_is_told_who_he_is(here: Here) -> None:
    reply = handle(call("GetCallerIdentity"), here.user("alice"), here.cloud)
    assert reply is not None
    assert told(reply)["Arn"] == f"arn:aws:iam::{HOME}:user/alice"


@pytest.mark.parametrize(
    ("version", "shown"),
    [("2011-06-16", "2011-06-16"), ("", "NO_VERSION_SPECIFIED")],
)
@pytest.mark.parametrize("action", ["GetCallerIdentity", "AssumeRoleWithSAML", "Nonsense"])
def test_sts_has_one_version(here: Here, action: str, version: str, shown: str) -> None:
    wanted = Refusal(
        "InvalidAction", f"Could not find operation {action} for version {shown}", 400, ""
    )
    assert refusal(handle, call(action, Version=version), here.root(), here.cloud) == wanted
    assert refusal(handle, call(action, Version=version), None, here.cloud) == wanted


def test_a_call_that_names_no_version(here: Here) -> None:
    unversioned = replace(call("GetCallerIdentity"), params={})
    assert refusal(handle, unversioned, here.root(), here.cloud).message.endswith(
        "for version NO_VERSION_SPECIFIED"
    )


@pytest.mark.parametrize("action", ["AssumeRole", "GetCallerIdentity", "AssumeRoot", "Nonsense"])
def test_without_a_signature(here: Here, action: str) -> None:
    assert refusal(handle, call(action), None, here.cloud) == Refusal(
        "MissingAuthenticationToken", "Request is missing Authentication Token", 403, ""
    )


def test_an_operation_that_does_not_exist(here: Here) -> None:
    assert refusal(handle, call("Nonsense"), here.user("alice"), here.cloud) == Refusal(
        "InvalidAction", "Could not find operation Nonsense for version 2011-06-15", 400, ""
    )


@pytest.mark.parametrize(
    "action",
    ["AssumeRoot", "DecodeAuthorizationMessage", "GetDelegatedAccessToken", "GetWebIdentityToken"],
)
def test_an_operation_that_is_not_offered_is_denied(here: Here, action: str) -> None:
    """Also to the root user: nobody takes it for allowed and done."""
    assert refusal(handle, call(action), here.root(), here.cloud) == Refusal(
        "AccessDenied",
        f"User: arn:aws:iam::{HOME}:root is not authorized to perform: sts:{action}",
        403,
        f"the embedded AWS does not offer {action}",
    )


@pytest.mark.parametrize(
    ("action", "shows"),
    [
        ("AssumeRole", "roleArn"),
        ("GetSessionToken", "tokenCode"),
        ("GetFederationToken", "name"),
        ("GetAccessKeyInfo", "accessKeyId"),
        ("AssumeRoleWithWebIdentity", "webIdentityToken"),
        ("AssumeRoleWithSAML", "sAMLAssertion"),
    ],
)
def test_every_operation_reads_its_own_parameters(here: Here, action: str, shows: str) -> None:
    asked = call(action, TokenCode="x")
    assert f"at '{shows}'" in refusal(handle, asked, here.root(), here.cloud).message


@pytest.mark.parametrize("action", ["AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"])
def test_tokens_and_assertions_need_no_signature(here: Here, action: str) -> None:
    assert refusal(handle, call(action), None, here.cloud).code == "ValidationError"


# -- which operations temporary credentials may call -----------------------------------


def beyond(here: Here, action: str, arn: str) -> Refusal:
    return Refusal(
        "AccessDenied",
        f"Cannot call {action} with session credentials",
        403,
        "credentials of GetSessionToken may call AssumeRole and GetCallerIdentity only, "
        f"those of GetFederationToken GetCallerIdentity only; these are {arn}",
    )


def test_what_a_session_token_may_call(here: Here) -> None:
    alice = here.user("alice")
    reply = handle(call("GetSessionToken"), alice, here.cloud)
    assert reply is not None
    holder = here.holder(reply)
    for action in ("GetFederationToken", "GetAccessKeyInfo"):
        assert refusal(handle, call(action), holder, here.cloud) == beyond(
            here, action, alice.caller.arn
        )
    assert handle(call("GetCallerIdentity"), holder, here.cloud) is not None
    assert refusal(handle, call("AssumeRole"), holder, here.cloud).code == "ValidationError"
    assert refusal(handle, call("GetSessionToken"), holder, here.cloud).reason == (
        "GetSessionToken needs the long-lived access key of an IAM user"
    )


def test_what_a_federated_user_may_call(here: Here) -> None:
    reply = handle(call("GetFederationToken", Name="fed"), here.root(), here.cloud)
    assert reply is not None
    holder = here.holder(reply)
    assert refusal(handle, call("GetAccessKeyInfo"), holder, here.cloud) == beyond(
        here, "GetAccessKeyInfo", f"arn:aws:sts::{HOME}:federated-user/fed"
    )
    assert handle(call("GetCallerIdentity"), holder, here.cloud) is not None
    assert refusal(handle, call("AssumeRole"), holder, here.cloud).code == "ValidationError"
    for action in ("GetSessionToken", "GetFederationToken"):
        asked = call(action, Name="again")
        assert refusal(handle, asked, holder, here.cloud).reason == (
            f"{action} needs the long-lived access key of an IAM user"
        )


def test_the_session_of_a_role_may_ask_about_access_keys(here: Here) -> None:
    alice = here.user("alice")
    arn = here.role("reader", trust(alice.caller.arn))
    asked = call("AssumeRole", RoleArn=arn, RoleSessionName="reads")
    reply = handle(asked, alice, here.cloud)
    assert reply is not None
    holder = here.holder(reply)
    assert refusal(handle, call("GetAccessKeyInfo"), holder, here.cloud).code == "ValidationError"


# -- credentials of those who are gone -------------------------------------------------


def test_credentials_end_with_their_user(here: Here) -> None:
    alice = here.user("alice")
    check_alive(alice, here.cloud)
    reply = handle(call("GetSessionToken"), alice, here.cloud)
    assert reply is not None
    holder = here.holder(reply)
    check_alive(holder, here.cloud)
    del here.iam.users["alice"]
    gone = Refusal(
        "InvalidClientTokenId",
        "The security token included in the request is invalid.",
        403,
        "the role or user that these credentials were issued for no longer exists",
    )
    assert refusal(check_alive, holder, here.cloud) == gone
    assert refusal(handle, call("GetCallerIdentity"), holder, here.cloud) == gone
    check_alive(alice, here.cloud)  # a long-lived key is found or not found

"""GetCallerIdentity, GetSessionToken and GetAccessKeyInfo, and who may ask for a session."""

from datetime import timedelta

import pyotp
import pytest

from rolecall.local.api import Identity, SessionGrant
from rolecall.local.sts.access_key_info import get_access_key_info
from rolecall.local.sts.caller_identity import get_caller_identity
from rolecall.local.sts.federation_token import get_federation_token
from rolecall.local.sts.session_token import get_session_token
from rolecall.policy import FederatedUserSession, IamUser, RoleSession
from tests.local.sts.conftest import (
    ANY_FED,
    FED,
    HOME,
    NOW,
    OTHER,
    Here,
    Refusal,
    allow,
    call,
    paths,
    refusal,
    told,
)

# -- GetCallerIdentity -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("caller", "arn", "user_id"),
    [
        (IamUser(HOME, "alice", "/x/", "AIDA1"), f"arn:aws:iam::{HOME}:user/x/alice", "AIDA1"),
        (
            RoleSession(HOME, "r", "s", "/x/", "AROA1"),
            f"arn:aws:sts::{HOME}:assumed-role/r/s",
            "AROA1:s",
        ),
        (FederatedUserSession(HOME, "fed"), FED, f"{HOME}:fed"),
    ],
)
def test_who_a_caller_is(here: Here, caller: IamUser, arn: str, user_id: str) -> None:
    reply = get_caller_identity(call("GetCallerIdentity"), Identity(caller, "AKIA"), here.cloud)
    assert told(reply) == {"Arn": arn, "UserId": user_id, "Account": HOME}


def test_who_a_root_user_is(here: Here) -> None:
    reply = get_caller_identity(call("GetCallerIdentity"), here.root(), here.cloud)
    assert told(reply) == {"Arn": f"arn:aws:iam::{HOME}:root", "UserId": HOME, "Account": HOME}
    top = "GetCallerIdentityResponse/"
    assert paths(reply) == [
        f"{top}GetCallerIdentityResult/Arn",
        f"{top}GetCallerIdentityResult/UserId",
        f"{top}GetCallerIdentityResult/Account",
        f"{top}ResponseMetadata/RequestId",
    ]


# -- GetSessionToken -------------------------------------------------------------------


def session_grant(identity: Identity, seconds: int) -> SessionGrant:
    caller = identity.caller
    return SessionGrant(
        kind="session-token",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(seconds=seconds),
        user_name=caller.name if isinstance(caller, IamUser) else "",
        user_id=caller.unique_id if isinstance(caller, IamUser) else "",
    )


@pytest.mark.parametrize(
    ("given", "seconds"), [(None, 43200), ("900", 900), ("129600", 129600), ("3601", 3601)]
)
def test_a_session_token_of_a_user(here: Here, given: str | None, seconds: int) -> None:
    alice = here.user("alice")
    asked = call("GetSessionToken", {} if given is None else {"DurationSeconds": given})
    reply = get_session_token(asked, alice, here.cloud)
    assert here.bare_grant(reply) == session_grant(alice, seconds)
    ends = NOW + timedelta(seconds=seconds)
    assert told(reply)["Expiration"] == ends.strftime("%Y-%m-%dT%H:%M:%SZ")
    top = "GetSessionTokenResponse/GetSessionTokenResult/Credentials/"
    assert paths(reply) == [
        f"{top}AccessKeyId",
        f"{top}SecretAccessKey",
        f"{top}SessionToken",
        f"{top}Expiration",
        "GetSessionTokenResponse/ResponseMetadata/RequestId",
    ]
    grant = here.grant(reply)
    assert told(reply)["AccessKeyId"] == grant.access_key_id
    assert told(reply)["SecretAccessKey"] == grant.secret_access_key


@pytest.mark.parametrize(
    ("given", "seconds"), [(None, 3600), ("3600", 3600), ("3601", 3600), ("900", 900)]
)
def test_a_root_user_has_an_hour_at_the_most(here: Here, given: str | None, seconds: int) -> None:
    asked = call("GetSessionToken", {} if given is None else {"DurationSeconds": given})
    root = here.root()
    reply = get_session_token(asked, root, here.cloud)
    assert here.bare_grant(reply) == session_grant(root, seconds)


@pytest.mark.parametrize("operation", ["GetSessionToken", "GetFederationToken"])
@pytest.mark.parametrize(
    ("params", "where"),
    [
        ({"DurationSeconds": "899"}, "durationSeconds"),
        ({"DurationSeconds": "129601"}, "durationSeconds"),
    ],
)
def test_how_long_credentials_last(
    here: Here, operation: str, params: dict[str, str], where: str
) -> None:
    answer = get_session_token if operation == "GetSessionToken" else get_federation_token
    asked = call(operation, {"Name": "fed", **params})
    message = refusal(answer, asked, here.root(), here.cloud).message
    assert message.startswith("1 validation error detected: Value ")
    assert f"at '{where}'" in message


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("SerialNumber", ["a" * 9, "a" * 256, "aA0_+=/:,.@-"], ["a" * 8, "a" * 257, "a" * 9 + "!"]),
        ("TokenCode", ["012345"], ["01234", "0123456", "01234a", "01234 "]),
    ],
)
def test_the_parameters_of_mfa(here: Here, name: str, good: list[str], bad: list[str]) -> None:
    for value in good:
        asked = call("GetSessionToken", {name: value})
        assert refusal(get_session_token, asked, here.root(), here.cloud).code == "AccessDenied"
    for value in bad:
        asked = call("GetSessionToken", {name: value})
        told_of = refusal(get_session_token, asked, here.root(), here.cloud)
        assert told_of.code == "ValidationError"
        assert f"at '{name[0].lower()}{name[1:]}'" in told_of.message


def test_a_session_token_with_mfa_remembers_when(here: Here) -> None:
    alice = here.user("alice")
    device = here.iam.create_virtual_mfa_device("alice", "/")
    here.iam.enable_mfa_device("alice", device.serial_number, "000000", "000000")
    code = pyotp.TOTP(device.base32_string_seed).at(NOW.timestamp())
    asked = call("GetSessionToken", SerialNumber=device.serial_number, TokenCode=code)
    reply = get_session_token(asked, alice, here.cloud)
    assert here.grant(reply).mfa_at == NOW
    assert refusal(get_session_token, asked, alice, here.cloud).code == "AccessDenied"


@pytest.mark.parametrize("operation", ["GetSessionToken", "GetFederationToken"])
def test_temporary_credentials_make_no_further_ones(here: Here, operation: str) -> None:
    alice = here.user("alice", ANY_FED)
    holder = here.holder(get_session_token(call("GetSessionToken"), alice, here.cloud))
    answer = get_session_token if operation == "GetSessionToken" else get_federation_token
    no = Refusal(
        "AccessDenied",
        f"Cannot call {operation} with session credentials",
        403,
        f"{operation} needs the long-lived access key of an IAM user",
    )
    # A user with a session, and a role whose session is not known: either is enough.
    roles = Identity(RoleSession(HOME, "r", "s"), "ASIA")
    for identity in (holder, roles):
        assert refusal(answer, call(operation, Name="fed"), identity, here.cloud) == no


# -- GetAccessKeyInfo ------------------------------------------------------------------


def key_info(here: Here, key: str) -> str:
    asked = call("GetAccessKeyInfo", AccessKeyId=key)
    reply = get_access_key_info(asked, here.root(), here.cloud)
    assert list(told(reply)) == ["Account"]
    assert paths(reply)[0] == "GetAccessKeyInfoResponse/GetAccessKeyInfoResult/Account"
    return told(reply)["Account"]


def test_the_account_of_an_access_key(here: Here) -> None:
    """Of a key that works, of one that does not, and of one under an id of its own."""
    alice = here.user("alice")
    assert key_info(here, alice.access_key_id) == HOME
    assert key_info(here, "ASIAY34FZKBOKMUTVV7A") == "609629065308"  # the documentation's
    own = here.iam.access_keys.pop(alice.access_key_id)
    own.access_key_id = "AKIAIOSFODNN7EXAMPLE"
    here.iam.access_keys["AKIAIOSFODNN7EXAMPLE"] = own
    assert key_info(here, "AKIAIOSFODNN7EXAMPLE") == HOME
    assert OTHER != HOME


def test_a_key_of_no_known_form(here: Here) -> None:
    asked = call("GetAccessKeyInfo", AccessKeyId="AKIA" + "A" * 12)
    assert refusal(get_access_key_info, asked, here.root(), here.cloud) == Refusal(
        "ValidationError", "The access key id AKIAAAAAAAAAAAAA is not of a known form", 400, ""
    )


@pytest.mark.parametrize(
    ("key", "valid"),
    [("A" * 15, False), ("A" * 129, False), ("A" * 15 + "-", False), (None, False),
     ("A" * 16, True), ("A" * 128, True)],
)  # fmt: skip
def test_the_length_of_an_access_key_id(here: Here, key: str | None, valid: bool) -> None:
    asked = call("GetAccessKeyInfo", {} if key is None else {"AccessKeyId": key})
    message = refusal(get_access_key_info, asked, here.root(), here.cloud).message
    assert ("not of a known form" in message) is valid
    assert ("at 'accessKeyId'" in message) is not valid


def test_the_permission_to_ask_about_keys(here: Here) -> None:
    nobody = here.user("nobody")
    asked = call("GetAccessKeyInfo", AccessKeyId=nobody.access_key_id)
    denied = refusal(get_access_key_info, asked, nobody, here.cloud)
    assert denied.message == (
        f"User: arn:aws:iam::{HOME}:user/nobody is not authorized to perform: "
        "sts:GetAccessKeyInfo on resource: * because no identity-based policy allows the "
        "sts:GetAccessKeyInfo action"
    )
    somewhere = {"IpAddress": {"aws:SourceIp": "203.0.113.7"}}
    alice = here.user("alice", allow("sts:GetAccessKeyInfo", Condition=somewhere))
    assert told(get_access_key_info(asked, alice, here.cloud)) == {"Account": HOME}

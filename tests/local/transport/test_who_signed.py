"""Who signed a call: `authenticate` by itself, with a directory that knows whom it is told."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from rolecall.local.api import ApiCall, AwsError, Identity, LongLivedKey, SessionGrant
from rolecall.local.authenticate import authenticate, in_protocol, missing
from rolecall.local.cloud import Cloud
from rolecall.local.http_call import parse
from rolecall.local.session_token import Sealer
from rolecall.policy import Caller, IamUser, RoleSession
from tests.local.transport.written import KEY_ID, SECRET, SIGNED_AT, Signing, environ

ACCOUNT = "111122223333"
ALICE = IamUser(account=ACCOUNT, name="alice")
READER = RoleSession(account=ACCOUNT, role_name="reader", session_name="s")
KEY = LongLivedKey(KEY_ID, SECRET, ACCOUNT, "alice")
GRANT = SessionGrant(
    kind="assumed-role",
    account=ACCOUNT,
    access_key_id="ASIAIOSFODNN7EXAMPLE",
    secret_access_key=SECRET,
    issued_at=SIGNED_AT,
    expires_at=SIGNED_AT + timedelta(hours=1),
)
SEALER = Sealer(bytes(32))
TOKEN = SEALER.seal(GRANT)

UNKNOWN = {
    "iam": ("InvalidClientTokenId", 403, "The security token included in the request is invalid."),
    "lambda": (
        "UnrecognizedClientException",
        403,
        "The security token included in the request is invalid.",
    ),
    "s3": (
        "InvalidAccessKeyId",
        403,
        "The AWS Access Key Id you provided does not exist in our records.",
    ),
}
BAD_TOKEN = {
    **UNKNOWN,
    "s3": ("InvalidToken", 400, "The provided token is malformed or otherwise invalid."),
}
SERVICES = sorted(UNKNOWN)


@dataclass
class Directory:
    """Knows one key, and whether the principal of a session lives."""

    key: LongLivedKey | None = KEY
    alive: bool = True

    def long_lived_key(self, access_key_id: str) -> LongLivedKey | None:
        known = self.key is not None and self.key.access_key_id == access_key_id
        return self.key if known else None

    def caller_of_key(self, key: LongLivedKey) -> Caller:
        assert key is self.key
        return ALICE

    def session_alive(self, grant: SessionGrant) -> bool:
        assert grant == GRANT
        return self.alive

    def caller_of_session(self, grant: SessionGrant) -> Caller:
        assert grant == GRANT
        return READER


@dataclass
class World:
    """As much of a cloud as authentication asks; its clock may be moved."""

    directory: Directory = field(default_factory=Directory)
    moved: timedelta = timedelta(0)
    real: datetime = SIGNED_AT
    sealer: Sealer = SEALER

    def real_now(self) -> datetime:
        return self.real

    def now(self) -> datetime:
        return self.real + self.moved


def who(call: ApiCall, world: World | None = None) -> Identity | None:
    return authenticate(call, cast(Cloud, world or World()))


def refused(call: ApiCall, world: World | None = None) -> AwsError:
    with pytest.raises(AwsError) as error:
        who(call, world)
    return error.value


def told(error: AwsError) -> tuple[str, int, str]:
    return error.code, error.status, error.message


def long(service: str = "iam", **more: Any) -> Signing:
    return Signing(service, **more)


def session(service: str = "iam", **more: Any) -> Signing:
    return Signing(service, **{"key_id": GRANT.access_key_id, "token": TOKEN, **more})


@pytest.mark.parametrize("service", SERVICES)
def test_a_key_or_a_session_is_somebody(service: str) -> None:
    assert who(long(service).call("GET", "/x")) == Identity(ALICE, KEY_ID)
    assert who(session(service).call("GET", "/x")) == Identity(READER, GRANT.access_key_id, GRANT)
    assert who(parse(environ())) is None


@pytest.mark.parametrize("service", SERVICES)
def test_a_key_that_nobody_has_is_refused(service: str) -> None:
    for client in (long(service, key_id="AKIAOTHEROTHEROTHER1"), session(service, token=None)):
        error = refused(client.call("GET", "/x"))
        assert told(error) == UNKNOWN[service]
        assert error.reason == "No access key with this id exists in the embedded AWS."


@pytest.mark.parametrize("service", SERVICES)
def test_an_inactive_key_is_refused_after_its_signature(service: str) -> None:
    world = World(Directory(replace(KEY, active=False)))
    error = refused(long(service).call("GET", "/x"), world)
    assert told(error) == UNKNOWN[service]
    assert error.reason == "The access key is inactive."
    wrong = refused(long(service, secret="x").call("GET", "/x"), world)
    assert wrong.code in ("SignatureDoesNotMatch", "InvalidSignatureException")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("client", [long, session])
def test_without_the_secret_nobody_is_anybody(service: str, client: Any) -> None:
    error = refused(client(service, secret="x").call("GET", "/x"))
    code = "InvalidSignatureException" if service == "lambda" else "SignatureDoesNotMatch"
    assert (error.code, error.status) == (code, 403)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("client", [long, session])
def test_a_signature_goes_by_the_real_time_however_far_the_clock_was_moved(
    service: str, client: Any
) -> None:
    late = World(real=SIGNED_AT + timedelta(minutes=15))
    assert who(client(service).call("GET", "/x"), late) is not None
    late = World(real=SIGNED_AT + timedelta(minutes=15, seconds=1), moved=-timedelta(minutes=5))
    code = {"s3": "RequestTimeTooSkewed", "lambda": "InvalidSignatureException"}
    assert refused(client(service).call("GET", "/x"), late).code == code.get(
        service, "SignatureDoesNotMatch"
    )
    assert who(long(service).call("GET", "/x"), World(moved=timedelta(days=99))) is not None


# -- sessions -----------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("token", "key_id", "reason"),
    [
        ("x", GRANT.access_key_id, "The embedded AWS did not issue this session token."),
        ("another's", GRANT.access_key_id, "The embedded AWS did not issue this session token."),
        ("ours", KEY_ID, "The session token belongs to another access key."),
        ("ours", "ASIAIOSFODNN7EXAMPL1", "The session token belongs to another access key."),
    ],
)
def test_a_token_is_ours_and_its_key_is_its_own(
    service: str, token: str, key_id: str, reason: str
) -> None:
    tokens = {"ours": TOKEN, "another's": Sealer(bytes([1] * 32)).seal(GRANT)}
    client = session(service, token=tokens.get(token, token), key_id=key_id)
    error = refused(client.call("GET", "/x"))
    assert told(error) == BAD_TOKEN[service]
    assert error.reason == reason


@pytest.mark.parametrize("service", SERVICES)
def test_a_session_lasts_until_its_second_in_the_embedded_aws(service: str) -> None:
    hour = timedelta(hours=1)
    call = session(service).call("GET", "/x")
    assert who(call, World(moved=hour - timedelta(microseconds=1))) is not None
    error = refused(call, World(moved=hour + timedelta(seconds=5)))
    assert (
        told(error)
        == {
            "iam": ("ExpiredToken", 403, "The security token included in the request is expired"),
            "lambda": (
                "ExpiredTokenException",
                403,
                "The security token included in the request is expired",
            ),
            "s3": ("ExpiredToken", 400, "The provided token has expired."),
        }[service]
    )
    assert error.reason == (
        "The session expired at 2015-08-30T13:36:00Z; it is now 2015-08-30T13:36:05Z in the "
        "embedded AWS."
    )
    assert refused(call, World(moved=hour)).code.startswith("ExpiredToken")


@pytest.mark.parametrize("service", SERVICES)
def test_a_session_dies_with_its_principal(service: str) -> None:
    gone = World(Directory(alive=False))
    error = refused(session(service).call("GET", "/x"), gone)
    assert told(error) == BAD_TOKEN[service]
    assert error.reason == "The principal that this session was issued for is gone."


@pytest.mark.parametrize(
    "region", ["cn-north-1", "us-gov-west-1", "us-iso-east-1", "us-isob-east-1", "eu-isoe-west-1",
               "eusc-de-east-1"]
)  # fmt: skip
@pytest.mark.parametrize("client", [long, session])
def test_a_key_is_of_one_partition(region: str, client: Any) -> None:
    for service in SERVICES:
        error = refused(client(service, region=region).call("GET", "/x"))
        assert told(error) == UNKNOWN[service]
        assert error.reason == "The embedded AWS serves the partition aws only."


@pytest.mark.parametrize("region", ["us-east-1", "eu-central-1", "ca-west-1", "ap-east-1", "x"])
def test_all_regions_of_that_one_are_served(region: str) -> None:
    for client in (long, session):
        assert who(client(region=region).call()) is not None


# -- in the words of a protocol -------------------------------------------------------------


CODES = {
    "InvalidClientTokenId": "UnrecognizedClientException",
    "SignatureDoesNotMatch": "InvalidSignatureException",
    "ExpiredToken": "ExpiredTokenException",
    "IncompleteSignature": "IncompleteSignatureException",
    "MissingAuthenticationToken": "MissingAuthenticationTokenException",
}


def of(protocol: str, service: str = "x") -> ApiCall:
    return replace(parse(environ()), protocol=protocol, service=service)


@pytest.mark.parametrize("code", CODES)
def test_json_services_have_codes_of_their_own(code: str) -> None:
    error = AwsError(code, "message", 401, "reason")
    for protocol, status in (("json", 400), ("rest-json", 403)):
        found = in_protocol(error, of(protocol))
        assert (*told(found), found.reason) == (CODES[code], status, "message", "reason")
    for protocol in ("query", "ec2", "rest-xml", ""):
        assert in_protocol(error, of(protocol)) is error
    other = AwsError("AccessDenied", "message")
    assert in_protocol(other, of("json")) is other
    assert in_protocol(other, of("rest-json")) is other


def test_a_call_without_a_signature_is_refused_in_the_words_of_its_service() -> None:
    message = "Request is missing Authentication Token"
    assert told(missing(of("query", "iam"))) == ("MissingAuthenticationToken", 403, message)
    assert told(missing(of("json"))) == ("MissingAuthenticationTokenException", 400, message)
    assert told(missing(of("rest-json"))) == ("MissingAuthenticationTokenException", 403, message)
    error = missing(of("rest-xml", "s3"))
    assert told(error) == ("AccessDenied", 403, "Access Denied")
    assert error.reason == "The call carries no signature."

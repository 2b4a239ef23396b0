"""Only what was signed, with a key that counts, now, is let in."""

import base64
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT, FORM, query, send, signed, whoami

Start = Callable[..., CloudServer]
NewSession = Callable[..., dict[str, str]]


def code(error: pytest.ExceptionInfo[ClientError]) -> tuple[str, int]:
    answer = error.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def test_the_administrator_of_each_account_is_told_who_he_is(cloud_server: CloudServer) -> None:
    for account in (ACCOUNT, "222233334444"):
        identity = cloud_server.client("sts", account).get_caller_identity()
        assert identity["Account"] == account
        assert identity["Arn"] == f"arn:aws:iam::{account}:user/rolecall-administrator"


def test_a_session_signs_as_its_role(cloud_server: CloudServer, new_session: NewSession) -> None:
    identity = cloud_server.client("sts", new_session(cloud_server)).get_caller_identity()
    assert identity["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/test"


def test_a_wrong_secret_is_refused(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT) | {"aws_secret_access_key": "x" * 40}
    with pytest.raises(ClientError) as error:
        cloud_server.client("sts", keys).get_caller_identity()
    assert code(error) == ("SignatureDoesNotMatch", 403)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("sts", ("InvalidClientTokenId", 403)),
        ("iam", ("InvalidClientTokenId", 403)),
        ("s3", ("InvalidAccessKeyId", 403)),
        ("dynamodb", ("UnrecognizedClientException", 400)),
    ],
)
def test_an_unknown_key_is_refused_in_the_words_of_the_service(
    cloud_server: CloudServer, service: str, expected: tuple[str, int]
) -> None:
    keys = {"aws_access_key_id": "AKIA" + "Q" * 16, "aws_secret_access_key": "x" * 40}
    client = cloud_server.client(service, keys)
    call = {
        "sts": "get_caller_identity",
        "iam": "list_users",
        "s3": "list_buckets",
        "dynamodb": "list_tables",
    }
    with pytest.raises(ClientError) as error:
        getattr(client, call[service])()
    assert code(error) == expected


def test_an_inactive_key_is_refused_and_an_active_one_is_not(cloud_server: CloudServer) -> None:
    iam = cloud_server.client("iam", ACCOUNT)
    iam.create_user(UserName="alice")
    key = iam.create_access_key(UserName="alice")["AccessKey"]
    keys = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    assert whoami(cloud_server, keys).status == 200
    iam.update_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert whoami(cloud_server, keys).status == 403
    iam.delete_access_key(UserName="alice", AccessKeyId=key["AccessKeyId"])
    assert "InvalidClientTokenId" in whoami(cloud_server, keys).text


def test_a_changed_body_is_refused(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    assert send(cloud_server, "POST", "/", headers, body).status == 200
    changed = query("GetSessionToken")
    reply = send(cloud_server, "POST", "/", headers, changed)
    assert (reply.status, "SignatureDoesNotMatch" in reply.text) == (403, True)


def test_a_changed_path_method_or_query_is_refused(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    for method, target in (("PUT", "/"), ("POST", "/x"), ("POST", "/?Action=Other")):
        assert send(cloud_server, method, target, headers, body).status == 403


def test_a_request_for_another_host_is_no_use_here(cloud_server: CloudServer) -> None:
    body = query("GetCallerIdentity")
    keys = cloud_server.admin(ACCOUNT)
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    headers["Host"] = f"localhost:{cloud_server.server.port}"
    reply = send(cloud_server, "POST", "/", headers, body)
    assert (reply.status, "SignatureDoesNotMatch" in reply.text) == (403, True)


def test_a_claimed_payload_digest_does_not_replace_the_body(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    digest = hashlib.sha256(body).hexdigest()
    given = {"Content-Type": FORM, "X-Amz-Content-SHA256": digest}
    headers = signed(cloud_server, keys, body=body, headers=given)
    assert send(cloud_server, "POST", "/", headers, body).status == 200
    assert send(cloud_server, "POST", "/", headers, query("GetSessionToken")).status == 403
    given = {"Content-Type": FORM, "X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}
    headers = signed(cloud_server, keys, body=body, headers=given)
    assert send(cloud_server, "POST", "/", headers, body).status == 403


def test_an_unsigned_amz_header_is_refused(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    for name in ("X-Amz-Target", "X-Amz-Security-Token", "x-amz-copy-source"):
        reply = send(cloud_server, "POST", "/", {**headers, name: "a.B"}, body)
        assert 400 <= reply.status < 500, name


def test_the_host_must_be_signed(cloud_server: CloudServer) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    headers["Authorization"] = headers["Authorization"].replace("host;", "")
    reply = send(cloud_server, "POST", "/", headers, body)
    assert (reply.status, "must be a 'SignedHeader'" in reply.text) == (403, True)


def test_an_account_header_of_moto_has_no_effect(cloud_server: CloudServer) -> None:
    body = query("GetAccountSummary", version="2010-05-08")
    other = cloud_server.admin("222233334444")
    iam = cloud_server.client("iam", ACCOUNT)
    iam.create_user(UserName="only-here")
    headers = signed(cloud_server, other, service="iam", body=body, headers={"Content-Type": FORM})
    reply = send(cloud_server, "POST", "/", {**headers, "X-Moto-Account-Id": ACCOUNT}, body)
    assert reply.status == 200
    assert "<key>Users</key>\n            <value>1</value>" in reply.text or (
        cloud_server.client("iam", other).get_account_summary()["SummaryMap"]["Users"] == 1
    )
    body = query("GetUser", version="2010-05-08", UserName="only-here")
    headers = signed(cloud_server, other, service="iam", body=body, headers={"Content-Type": FORM})
    reply = send(cloud_server, "POST", "/", {**headers, "X-Moto-Account-Id": ACCOUNT}, body)
    assert reply.status == 404


@pytest.mark.parametrize("minutes", [-16, 16])
@pytest.mark.parametrize(
    ("service", "expected"), [("sts", "SignatureDoesNotMatch"), ("s3", "RequestTimeTooSkewed")]
)
def test_a_clock_that_is_off_by_more_than_15_minutes_is_refused(
    start_cloud: Start, minutes: int, service: str, expected: str
) -> None:
    server = start_cloud(clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    client = server.client(service, ACCOUNT)
    with pytest.raises(ClientError) as error:
        client.get_caller_identity() if service == "sts" else client.list_buckets()
    assert code(error) == (expected, 403)


@pytest.mark.parametrize("minutes", [-14, 14])
def test_a_clock_that_is_off_by_less_is_not(start_cloud: Start, minutes: int) -> None:
    server = start_cloud(clock=lambda: datetime.now(UTC) + timedelta(minutes=minutes))
    assert whoami(server, server.admin(ACCOUNT)).status == 200


def test_keys_mean_nothing_in_another_partition(cloud_server: CloudServer) -> None:
    for region in ("cn-north-1", "us-gov-west-1"):
        client = cloud_server.client("sts", ACCOUNT, region_name=region)
        with pytest.raises(ClientError) as error:
            client.get_caller_identity()
        assert code(error) == ("InvalidClientTokenId", 403)


# -- session tokens ------------------------------------------------------------------


def test_a_session_needs_its_token(cloud_server: CloudServer, new_session: NewSession) -> None:
    keys = new_session(cloud_server)
    del keys["aws_session_token"]
    reply = whoami(cloud_server, keys)
    assert (reply.status, "InvalidClientTokenId" in reply.text) == (403, True)


def test_a_token_serves_no_other_key(cloud_server: CloudServer, new_session: NewSession) -> None:
    one, two = new_session(cloud_server, "one"), new_session(cloud_server, "two")
    for keys in (
        one | {"aws_session_token": two["aws_session_token"]},
        cloud_server.admin(ACCOUNT) | {"aws_session_token": one["aws_session_token"]},
    ):
        reply = whoami(cloud_server, keys)
        assert (reply.status, "InvalidClientTokenId" in reply.text) == (403, True)


def test_a_changed_or_invented_token_is_refused(
    cloud_server: CloudServer, new_session: NewSession
) -> None:
    keys = new_session(cloud_server)
    raw = bytearray(base64.b64decode(keys["aws_session_token"]))
    raw[len(raw) // 2] ^= 1
    for token in (base64.b64encode(raw).decode(), "FwoGZXIvYXdzEXAMPLE", "x" * 70_000, "ü"):
        forged = keys | {"aws_session_token": token}
        reply = whoami(cloud_server, forged)
        assert (reply.status, "InvalidClientTokenId" in reply.text) == (403, True)


def test_a_token_of_another_embedded_aws_is_refused(
    start_cloud: Start, new_session: NewSession
) -> None:
    here, there = start_cloud(), start_cloud()
    assert whoami(there, new_session(here)).status == 403


def test_an_expired_session_is_refused(cloud_server: CloudServer, new_session: NewSession) -> None:
    keys = new_session(cloud_server)
    assert whoami(cloud_server, keys).status == 200
    cloud_server.cloud.advance(3601)
    with pytest.raises(ClientError) as error:
        cloud_server.client("sts", keys).get_caller_identity()
    assert code(error) == ("ExpiredToken", 403)
    assert error.value.response["Error"]["Message"] == (
        "The security token included in the request is expired"
    )
    with pytest.raises(ClientError) as error:
        cloud_server.client("s3", keys).list_buckets()
    assert code(error) == ("ExpiredToken", 400)
    with pytest.raises(ClientError) as error:
        cloud_server.client("dynamodb", keys).list_tables()
    assert code(error) == ("ExpiredTokenException", 400)


def test_a_session_ends_at_its_second(start_cloud: Start, new_session: NewSession) -> None:
    moment = datetime.now(UTC).replace(microsecond=0)
    server = start_cloud(clock=lambda: moment)
    keys = new_session(server)
    server.cloud.advance(3599)
    assert whoami(server, keys).status == 200
    server.cloud.advance(1)
    assert whoami(server, keys).status == 403


def test_a_session_dies_with_its_role(cloud_server: CloudServer, new_session: NewSession) -> None:
    keys = new_session(cloud_server)
    iam = cloud_server.client("iam", ACCOUNT)
    for _ in iam.list_attached_role_policies(RoleName="reader")["AttachedPolicies"]:
        iam.detach_role_policy(
            RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"
        )
    iam.delete_role(RoleName="reader")
    assert whoami(cloud_server, keys).status == 403
    new_session(cloud_server)  # the same name again, another role
    assert whoami(cloud_server, keys).status == 403


# -- presigned -----------------------------------------------------------------------


def _presigned(server: CloudServer, keys: Any = ACCOUNT, seconds: int = 60) -> str:
    s3 = server.client("s3", ACCOUNT)
    s3.create_bucket(
        Bucket="papers", CreateBucketConfiguration={"LocationConstraint": server.region}
    )
    s3.put_object(Bucket="papers", Key="one", Body=b"text")
    url = server.client("s3", keys).generate_presigned_url(
        "get_object", Params={"Bucket": "papers", "Key": "one"}, ExpiresIn=seconds
    )
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_presigned_url_opens_its_object_only(cloud_server: CloudServer) -> None:
    target = _presigned(cloud_server)
    assert send(cloud_server, "GET", target).body == b"text"
    assert send(cloud_server, "GET", target.replace("/one?", "/two?")).status == 403
    assert send(cloud_server, "PUT", target, body=b"x").status == 403
    assert send(cloud_server, "GET", target.replace("Expires=60", "Expires=600")).status == 403
    assert send(cloud_server, "GET", target + "&versionId=x").status == 403


def test_a_presigned_url_of_a_session_works(
    cloud_server: CloudServer, new_session: NewSession
) -> None:
    target = _presigned(cloud_server, new_session(cloud_server))
    assert send(cloud_server, "GET", target).body == b"text"


@pytest.mark.parametrize(("ago", "status"), [(59, 200), (61, 403)])
def test_a_presigned_url_expires(start_cloud: Start, ago: int, status: int) -> None:
    later = [timedelta()]
    begin = datetime.now(UTC)
    server = start_cloud(clock=lambda: begin + later[0])
    target = _presigned(server)
    later[0] = timedelta(seconds=ago)
    reply = send(server, "GET", target)
    assert reply.status == status
    if status == 403:
        assert "Request has expired" in reply.text


def test_a_presigned_url_lives_seven_days_at_most(cloud_server: CloudServer) -> None:
    reply = send(cloud_server, "GET", _presigned(cloud_server, seconds=604_801))
    assert (reply.status, "AuthorizationQueryParametersError" in reply.text) == (400, True)


@pytest.mark.parametrize(
    "moment", [datetime.max.replace(tzinfo=UTC), datetime(1000, 1, 1, tzinfo=UTC)]
)
def test_a_presigned_url_of_the_edge_of_the_calendar(
    cloud_server: CloudServer, monkeypatch: pytest.MonkeyPatch, moment: datetime
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: moment)
    client = cloud_server.client("sts", ACCOUNT)
    parts = urlsplit(
        client.generate_presigned_url("get_caller_identity", HttpMethod="GET", ExpiresIn=604_800)
    )
    reply = send(cloud_server, "GET", f"{parts.path}?{parts.query}")
    assert reply.status == 403


def test_header_and_query_signature_together_are_refused(cloud_server: CloudServer) -> None:
    target = _presigned(cloud_server)
    headers = signed(cloud_server, cloud_server.admin(ACCOUNT), service="s3", method="GET")
    reply = send(cloud_server, "GET", target, headers)
    assert (reply.status, "Only one auth mechanism allowed" in reply.text) == (400, True)


def test_a_presigned_identity_works_as_eks_uses_it(
    cloud_server: CloudServer, new_session: NewSession
) -> None:
    client = cloud_server.client("sts", new_session(cloud_server))
    parts = urlsplit(client.generate_presigned_url("get_caller_identity", HttpMethod="GET"))
    reply = send(cloud_server, "GET", f"{parts.path}?{parts.query}")
    assert (reply.status, "assumed-role/reader/test" in reply.text) == (200, True)
    changed = parts.query.replace("GetCallerIdentity", "GetSessionToken")
    assert send(cloud_server, "GET", f"{parts.path}?{changed}").status == 403


def test_no_signature_no_entry(cloud_server: CloudServer) -> None:
    reply = send(cloud_server, "POST", "/", {"Content-Type": FORM}, query("GetCallerIdentity"))
    assert (reply.status, "MissingAuthenticationToken" in reply.text) == (403, True)
    reply = send(cloud_server, "GET", "/papers/one")
    assert (reply.status, "<Code>AccessDenied</Code>" in reply.text) == (403, True)
    reply = send(cloud_server, "POST", "/", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}")
    assert "MissingAuthenticationTokenException" in reply.text
    old = "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg="  # signature version 2
    assert send(cloud_server, "GET", "/papers/one", {"Authorization": old}).status == 400
    target = "/papers/one?AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=x&Expires=9999999999"
    assert send(cloud_server, "GET", target).status == 403

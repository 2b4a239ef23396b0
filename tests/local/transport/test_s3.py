"""S3 through the front: keys as they are, buckets in paths and hosts, digests."""

import hashlib
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from rolecall.local.sigv4 import signing_key
from rolecall.local.streaming import SIGNED, SIGNED_WITH_TRAILER, ChunkSigner
from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT, REGION, send, signed

KEYS = [
    "plain", "with space", "plus+sign", "ümlaut/ß", "a//b", "../up", "./dot", "100%25", "q?a=b#c",
    "tilde~_.-", "(paren)*'!", "colon:@$&,;=", "%2Fslash", "日本語", "trailing/",
]  # fmt: skip


class Upload(NamedTuple):
    headers: dict[str, str]
    body: bytes


def _bucket(server: CloudServer, name: str = "boxes", account: str = ACCOUNT) -> None:
    server.client("s3", account).create_bucket(
        Bucket=name, CreateBucketConfiguration={"LocationConstraint": server.region}
    )


def test_any_key_comes_back_as_it_went(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    s3 = cloud_server.client("s3", ACCOUNT)
    for key in KEYS:
        s3.put_object(Bucket="boxes", Key=key, Body=key.encode())
    listed = [each["Key"] for each in s3.list_objects_v2(Bucket="boxes")["Contents"]]
    assert sorted(listed) == sorted(KEYS)
    for key in KEYS:
        assert s3.get_object(Bucket="boxes", Key=key)["Body"].read() == key.encode(), key
        assert s3.head_object(Bucket="boxes", Key=key)["ContentLength"] == len(key.encode())
    assert s3.list_objects_v2(Bucket="boxes", Prefix="plus+")["KeyCount"] == 1


def test_metadata_and_large_bodies_survive(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    s3 = cloud_server.client("s3", ACCOUNT)
    body = bytes(range(256)) * 40_000
    s3.put_object(
        Bucket="boxes", Key="big", Body=body, Metadata={"owner": "a  b", "under_score": "1"}
    )
    got = s3.get_object(Bucket="boxes", Key="big")
    assert got["Body"].read() == body
    assert got["Metadata"] == {"owner": "a  b", "under_score": "1"}


def test_a_bucket_may_stand_in_the_host(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    keys = cloud_server.admin(ACCOUNT)
    cloud_server.client("s3", keys).put_object(Bucket="boxes", Key="k", Body=b"in the box")
    host = f"boxes.s3.localhost:{cloud_server.server.port}"
    request = AWSRequest("GET", f"http://{host}/k", headers={"Host": host})
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    S3SigV4Auth(credentials, "s3", REGION).add_auth(request)
    headers = dict(request.headers.items())
    assert send(cloud_server, "GET", "/k", headers).body == b"in the box"


def test_a_body_that_is_not_what_its_digest_says_is_refused(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    keys = cloud_server.admin(ACCOUNT)
    headers = signed(
        cloud_server, keys, service="s3", method="PUT", path="/boxes/k", body=b"promised"
    )
    assert headers["X-Amz-Content-SHA256"] == hashlib.sha256(b"promised").hexdigest()
    reply = send(cloud_server, "PUT", "/boxes/k", headers, b"swapped!")
    assert (reply.status, "XAmzContentSHA256Mismatch" in reply.text) == (400, True)
    assert send(cloud_server, "PUT", "/boxes/k", headers, b"promised").status == 200


def test_a_missing_digest_is_refused(cloud_server: CloudServer) -> None:
    headers = signed(cloud_server, cloud_server.admin(ACCOUNT), service="s3", method="GET")
    del headers["X-Amz-Content-SHA256"]
    headers["Authorization"] = headers["Authorization"].replace(";x-amz-content-sha256", "")
    reply = send(cloud_server, "GET", "/", headers)
    assert (reply.status, "InvalidRequest" in reply.text) == (400, True)


def _chunked(server: CloudServer, parts: list[bytes], trailer: bytes = b"") -> Upload:
    """A request signed chunk by chunk, as the AWS SDK for Java sends it."""
    keys = server.admin(ACCOUNT)
    kind = SIGNED_WITH_TRAILER if trailer else SIGNED
    host = f"127.0.0.1:{server.server.port}"
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {
        "Host": host,
        "X-Amz-Date": stamp,
        "X-Amz-Content-SHA256": kind,
        "X-Amz-Decoded-Content-Length": str(sum(map(len, parts))),
        "Content-Encoding": "aws-chunked",
    }
    if trailer:
        headers["X-Amz-Trailer"] = trailer.split(b":")[0].decode()
    request = AWSRequest("PUT", f"http://{host}/boxes/chunked", headers=headers)
    request.context["timestamp"] = stamp
    credentials = Credentials(keys["aws_access_key_id"], keys["aws_secret_access_key"])
    auth: Any = S3SigV4Auth(credentials, "s3", REGION)
    seed = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    auth._inject_signature_to_request(request, seed)
    key = signing_key(keys["aws_secret_access_key"], stamp[:8], REGION, "s3")
    signer = ChunkSigner(key, stamp, f"{stamp[:8]}/{REGION}/s3/aws4_request", seed)
    body, previous = b"", seed
    for part in [*parts, b""]:
        previous = signer.chunk(previous, part)
        body += f"{len(part):x};chunk-signature={previous}\r\n".encode() + part
        body += b"\r\n" if part or not trailer else b""
    if trailer:
        signature = signer.trailer(previous, trailer + b"\n")
        body += trailer + b"\r\nx-amz-trailer-signature:" + signature.encode() + b"\r\n\r\n"
    return Upload(dict(request.headers.items()), body)


@pytest.mark.parametrize("trailer", [b"", b"x-amz-checksum-crc32:DUoRhQ=="])
def test_chunks_are_verified_one_by_one(cloud_server: CloudServer, trailer: bytes) -> None:
    _bucket(cloud_server)
    upload = _chunked(cloud_server, [b"hello ", b"world"], trailer)
    assert send(cloud_server, "PUT", "/boxes/chunked", *upload).status == 200
    s3 = cloud_server.client("s3", ACCOUNT)
    assert s3.get_object(Bucket="boxes", Key="chunked")["Body"].read() == b"hello world"
    broken = [
        upload.body.replace(b"world", b"w0rld"),
        upload.body.replace(b"hello ", b"jello "),
        upload.body[:-30],
        b"",
        b"5;chunk-signature=" + b"0" * 64 + b"\r\nhello\r\n",
    ]
    if trailer:
        broken.append(upload.body.replace(b"DUoRhQ", b"DUoRhR"))
    for body in broken:
        reply = send(cloud_server, "PUT", "/boxes/chunked", upload.headers, body)
        assert 400 <= reply.status < 500, body
    assert s3.get_object(Bucket="boxes", Key="chunked")["Body"].read() == b"hello world"


def test_what_is_missing_is_missing_in_s3s_words(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    s3 = cloud_server.client("s3", ACCOUNT)
    with pytest.raises(ClientError, match="NoSuchBucket"):
        s3.list_objects_v2(Bucket="nowhere-to-be-found")
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(Bucket="boxes", Key="nothing")
    with pytest.raises(ClientError) as error:
        s3.head_object(Bucket="boxes", Key="nothing")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_bucket_of_another_account_is_out_of_reach(cloud_server: CloudServer) -> None:
    _bucket(cloud_server, "theirs", "222233334444")
    cloud_server.client("s3", "222233334444").put_object(Bucket="theirs", Key="k", Body=b"x")
    s3 = cloud_server.client("s3", ACCOUNT)
    calls: list[Callable[[], Any]] = [
        lambda: s3.get_object(Bucket="theirs", Key="k"),
        lambda: s3.list_objects_v2(Bucket="theirs"),
        lambda: s3.put_object(Bucket="theirs", Key="k", Body=b"y"),
        lambda: s3.delete_bucket(Bucket="theirs"),
    ]
    for call in calls:
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_terraforms_lock_file_can_be_taken_once(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    s3 = cloud_server.client("s3", ACCOUNT)
    s3.put_object(Bucket="boxes", Key="state.tflock", Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed") as error:
        s3.put_object(Bucket="boxes", Key="state.tflock", Body=b"2", IfNoneMatch="*")
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    s3.delete_object(Bucket="boxes", Key="state.tflock")
    s3.put_object(Bucket="boxes", Key="state.tflock", Body=b"3", IfNoneMatch="*")


def test_of_many_who_take_the_lock_one_gets_it(cloud_server: CloudServer) -> None:
    _bucket(cloud_server)
    clients = [cloud_server.client("s3", ACCOUNT) for _ in range(6)]
    start = threading.Barrier(len(clients))
    got: list[bool] = []

    def take(s3: Any) -> None:
        start.wait()
        try:
            s3.put_object(Bucket="boxes", Key="lock", Body=b"x" * 50_000, IfNoneMatch="*")
            got.append(True)
        except ClientError:
            got.append(False)

    threads = [threading.Thread(target=take, args=(s3,)) for s3 in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got) == [False] * 5 + [True]


def test_an_empty_object_is_put_without_waiting(cloud_server: CloudServer) -> None:
    """SDKs send `Expect: 100-continue` with a length of 0; nothing follows."""
    s3 = cloud_server.client("s3", ACCOUNT)
    where = {"CreateBucketConfiguration": {"LocationConstraint": cloud_server.region}}
    s3.create_bucket(Bucket="empties", **where)
    s3.put_object(Bucket="empties", Key="folder/")
    s3.put_object(Bucket="empties", Key="folder/none", Body=b"")
    assert s3.head_object(Bucket="empties", Key="folder/")["ContentLength"] == 0


def test_idle_connections_do_not_keep_others_out(cloud_server: CloudServer) -> None:
    idle = [socket.create_connection(("127.0.0.1", cloud_server.server.port)) for _ in range(150)]
    try:
        assert send(cloud_server, "GET", "/_rolecall/health").status == 200
    finally:
        for connection in idle:
            connection.close()

"""S3 through the front: keys as they are, buckets in paths and hosts, digests."""

import hashlib

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT, REGION, send, signed

KEYS = [
    "plain", "with space", "plus+sign", "ümlaut/ß", "a//b", "../up", "./dot", "100%25", "q?a=b#c",
    "tilde~_.-", "(paren)*'!", "colon:@$&,;=", "%2Fslash", "日本語", "trailing/",
]  # fmt: skip


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
    for call in (
        lambda: s3.get_object(Bucket="theirs", Key="k"),
        lambda: s3.list_objects_v2(Bucket="theirs"),
        lambda: s3.put_object(Bucket="theirs", Key="k", Body=b"y"),
        lambda: s3.delete_bucket(Bucket="theirs"),
    ):
        with pytest.raises(ClientError) as error:
            call()
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403

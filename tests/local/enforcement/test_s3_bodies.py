"""What an S3 call says in its body and headers is read as the backend reads it, or refused."""

from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.local.api import AwsError
from rolecall.local.authorization.s3_bodies import copy_source, read_xml, tags_in_body
from tests.local.enforcement.conftest import People, allow, deny, refused, trust
from tests.local.transport.raw import Reply, send, signed

BUCKET = "things"
ARN = f"arn:aws:s3:::{BUCKET}"


@pytest.fixture
def bucket(people: People) -> Any:
    s3 = people.admin("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket=BUCKET, Key="secret.key", Body=b"s")
    return s3


def call(
    people: People,
    key: Any,
    method: str,
    path: str,
    headers: dict[str, str] | None = None,
    body: bytes = b"",
) -> Reply:
    server = people.server
    sent = signed(server, key, service="s3", method=method, path=path, headers=headers, body=body)
    return send(server, method, path, sent, body)


@pytest.mark.parametrize(
    "source",
    [
        "things/secret.key#.txt",
        "things/secret.key;.txt",
        "/things/secret.key;.txt",
        "x:things/secret.key;.txt",
        "//x/things/secret.key.txt",
        "http://x.txt/things/secret.key",
    ],
)
def test_the_source_of_a_copy_has_one_reading(people: People, bucket: Any, source: str) -> None:
    caller = people.user(
        "caller", allow("s3:PutObject", f"{ARN}/out"), allow("s3:GetObject", f"{ARN}/*.txt")
    )
    reply = call(people, caller, "PUT", f"/{BUCKET}/out", {"x-amz-copy-source": source})
    assert reply.status in (400, 403)
    assert [each["Key"] for each in bucket.list_objects_v2(Bucket=BUCKET)["Contents"]] == [
        "secret.key"
    ]


@given(st.text(min_size=1).filter(lambda key: "\x00" not in key))
def test_an_encoded_source_of_a_copy_is_itself(key: str) -> None:
    try:
        encoded = quote(f"things/{key}", safe="/~")
    except UnicodeEncodeError:  # lone surrogates are no text
        return
    assert copy_source(encoded) == ("things", key, None)
    assert copy_source(f"/{encoded}?versionId=v") == ("things", key, "v")


@pytest.mark.parametrize("header", ["env=prod&env=dev", "env=dev&env=prod", "Env=prod&env=dev"])
def test_a_tag_in_the_header_is_given_once(people: People, bucket: Any, header: str) -> None:
    only_dev = {"StringEquals": {"s3:RequestObjectTag/env": "dev"}}
    caller = people.user("caller", allow("s3:PutObject*", Condition=only_dev))
    path = f"/{BUCKET}/new"
    assert call(people, caller, "PUT", path, {"x-amz-tagging": header}).status == 400
    assert call(people, caller, "PUT", path, {"x-amz-tagging": "env=dev"}).status == 200
    assert bucket.get_object_tagging(Bucket=BUCKET, Key="new")["TagSet"] == [
        {"Key": "env", "Value": "dev"}
    ]


PROD = "<Tag><Key>env</Key><Value>prod</Value></Tag>"
DEV = "<Tag><Key>env</Key><Value>dev</Value></Tag>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<TagSet>{PROD}</TagSet><X>{DEV}</X>",
        f"<X>{DEV}</X><TagSet>{PROD}</TagSet>",
        f"<TagSet>{PROD}{DEV}</TagSet>",
        f"<TagSet>{PROD.replace('env', ' env ')}{DEV}</TagSet>",
        "<TagSet><Tag><Key>env</Key><Value>prod</Value><Value>dev</Value></Tag></TagSet>",
        "<TagSet><Tag><Key>env</Key><Value>dev<X/>prod</Value></Tag></TagSet>",
    ],
)
def test_a_tag_in_the_body_is_given_once(people: People, bucket: Any, inner: str) -> None:
    only_dev = {"StringEquals": {"s3:RequestObjectTag/env": "dev"}}
    caller = people.user("caller", allow("s3:PutObjectTagging", Condition=only_dev))
    body = f"<Tagging>{inner}</Tagging>".encode()
    reply = call(people, caller, "PUT", f"/{BUCKET}/secret.key?tagging", None, body)
    assert reply.status in (400, 403)
    assert bucket.get_object_tagging(Bucket=BUCKET, Key="secret.key")["TagSet"] == []


def test_white_space_around_tags_means_nothing() -> None:
    spaced = "<Tagging><TagSet><Tag><Key> a\n</Key><Value>\t1 </Value></Tag></TagSet></Tagging>"
    assert tags_in_body(spaced.encode()) == {"a": "1"}


@pytest.mark.parametrize(
    "body",
    [
        b"<?xml version='1.0' encoding='utf-7'?><Delete/>",
        b"<?xml version='1.0' encoding='nonsense'?><Delete/>",
        "<?xml version='1.0' encoding='utf-16'?><Delete/>".encode("utf-16"),
        b"<?xml version='1.0' encoding='utf-16'?><Delete/>",
        b"<!DOCTYPE a [<!ENTITY s 'x'>]><Delete>&s;</Delete>",
        b"\xff\xfe",
        b"<a>" * 100_000,
        b"",
    ],
)
def test_xml_that_readers_could_disagree_on_is_no_xml(body: bytes) -> None:
    assert read_xml(body) is None


@pytest.mark.parametrize(
    "inner",
    [
        "<Key>secret.key</Key><Key>other</Key>",
        "<Key>other</Key><Key>secret.key</Key>",
        "<Key>secret<b/>.key</Key>",
        "<Key>&#115;ecret.key</Key>",
        "<Key>secret.key</Key><VersionId></VersionId>",
    ],
)
def test_a_key_to_delete_has_one_reading(people: People, bucket: Any, inner: str) -> None:
    caller = people.user("caller", allow("s3:*"), deny("s3:DeleteObject", f"{ARN}/secret.key"))
    body = f"<Delete><Object>{inner}</Object></Delete>".encode()
    headers = {"content-type": "application/xml"}
    assert call(people, caller, "POST", f"/{BUCKET}?delete", headers, body).status in (400, 403)
    assert bucket.get_object(Bucket=BUCKET, Key="secret.key")["Body"].read() == b"s"


def test_replication_passes_a_role(people: People, bucket: Any) -> None:
    passed = people.role("replicator", trust({"Service": "s3.amazonaws.com"}))
    caller = people.user("caller", allow("s3:*"))
    bucket.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    setting = {
        "Bucket": BUCKET,
        "ReplicationConfiguration": {
            "Role": passed,
            "Rules": [{"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": ARN}}],
        },
    }
    s3 = people.server.client("s3", caller)
    assert "iam:PassRole" in refused(s3.put_bucket_replication, **setting).reason
    people.admin().put_user_policy(
        UserName="caller",
        PolicyName="pass",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":'
        f'"iam:PassRole","Resource":"{passed}"}}]}}',
    )
    s3.put_bucket_replication(**setting)


def test_a_source_that_is_no_object() -> None:
    for header in ("", "/", "things", "arn:aws:s3:eu-west-1:1:accesspoint/x/object/k"):
        with pytest.raises(AwsError, match="Copy Source"):
            copy_source(header)

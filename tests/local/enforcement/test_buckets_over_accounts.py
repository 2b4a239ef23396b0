"""Buckets that another account, or anybody, is let into: over HTTP, as clients come."""

from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config

from tests.local.enforcement.conftest import HOME, OTHER, People, allow, policy, refused

BUCKET = "open-to-others"
OBJECTS = f"arn:aws:s3:::{BUCKET}/docs/*"


@pytest.fixture
def bucket(people: People) -> Any:
    s3 = people.admin("s3")
    s3.create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    s3.put_object(Bucket=BUCKET, Key="docs/a.txt", Body=b"a")
    s3.put_object(Bucket=BUCKET, Key="secret/b.txt", Body=b"b")
    return s3


def test_both_accounts_have_to_allow(people: People, bucket: Any) -> None:
    call = {"Bucket": BUCKET, "Key": "docs/a.txt"}
    named = people.user("named", allow("s3:GetObject", OBJECTS), account=OTHER)
    unarmed = people.user("unarmed", account=OTHER)
    grant = {
        **allow("s3:GetObject", OBJECTS),
        "Principal": {
            "AWS": [f"arn:aws:iam::{OTHER}:user/{name}" for name in ("named", "unarmed")]
        },
    }
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(grant))
    named_s3 = people.server.client("s3", named)
    assert named_s3.get_object(**call)["Body"].read() == b"a"
    assert refused(named_s3.get_object, Bucket=BUCKET, Key="secret/b.txt").code == "AccessDenied"
    assert refused(named_s3.put_object, **call, Body=b"x").code == "AccessDenied"
    unarmed_s3 = people.server.client("s3", unarmed)
    assert refused(unarmed_s3.get_object, **call).code == "AccessDenied"


def test_without_a_signature_the_bucket_policy_alone_decides(people: People, bucket: Any) -> None:
    anybody = people.server.client("s3", config=Config(signature_version=UNSIGNED))
    assert refused(anybody.get_object, Bucket=BUCKET, Key="docs/a.txt").code == "AccessDenied"
    public = {**allow("s3:GetObject", OBJECTS), "Principal": "*"}
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(public))
    assert anybody.get_object(Bucket=BUCKET, Key="docs/a.txt")["Body"].read() == b"a"
    for method, parameters in (
        ("get_object", {"Key": "secret/b.txt"}),
        ("put_object", {"Key": "docs/a.txt", "Body": b"x"}),
        ("delete_object", {"Key": "docs/a.txt"}),
        ("list_objects_v2", {}),
    ):
        answer = refused(getattr(anybody, method), Bucket=BUCKET, **parameters)
        assert answer.code == "AccessDenied", method


def test_without_a_signature_nothing_is_made_or_told(people: People, bucket: Any) -> None:
    anybody = people.server.client("s3", config=Config(signature_version=UNSIGNED))
    assert refused(anybody.list_buckets).code == "AccessDenied"
    assert refused(anybody.create_bucket, Bucket="from-nobody").code == "AccessDenied"
    # AWS says NoSuchBucket here; a refusal tells a stranger less.
    absent = refused(anybody.get_object, Bucket="absent-bucket", Key="k")
    assert absent.code in ("AccessDenied", "NoSuchBucket")
    names = [found["Name"] for found in people.admin("s3", HOME).list_buckets()["Buckets"]]
    assert names == [BUCKET]


def test_a_user_is_deleted_as_terraform_deletes_one(people: People) -> None:
    people.user("leaver")
    iam = people.admin()
    listed = iam.list_service_specific_credentials(UserName="leaver")
    assert listed["ServiceSpecificCredentials"] == []
    absent = refused(iam.list_service_specific_credentials, UserName="nobody")
    assert absent.code == "NoSuchEntity"


def test_the_administrator_has_an_id_of_awss_shape(people: People) -> None:
    me = people.admin("sts").get_caller_identity()
    assert me["UserId"].startswith("AIDA")
    assert len(me["UserId"]) == 21

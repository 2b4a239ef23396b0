"""S3 decides by the caller's policies and the bucket's."""

from typing import Any

import pytest

from rolecall.local.api import ApiCall, AwsError, Identity
from rolecall.local.authorization import acting_account, authorize
from rolecall.local.authorization.s3 import needed_for
from tests.local.enforcement.conftest import (
    HOME,
    OTHER,
    People,
    allow,
    deny,
    policy,
    refused,
    trust,
)

BUCKET = "shared-things"
BUCKET_ARN = f"arn:aws:s3:::{BUCKET}"
HERE = {"CreateBucketConfiguration": {"LocationConstraint": "eu-central-1"}}


@pytest.fixture
def bucket(people: People) -> Any:
    s3 = people.admin("s3")
    s3.create_bucket(Bucket=BUCKET, **HERE)
    s3.put_object(Bucket=BUCKET, Key="docs/a.txt", Body=b"a")
    s3.put_object(Bucket=BUCKET, Key="secret/b.txt", Body=b"b")
    return s3


CALLS: list[tuple[str, dict[str, Any], str, str]] = [
    ("list_buckets", {}, "ListAllMyBuckets", "*"),
    ("create_bucket", {"Bucket": "brand-new", **HERE}, "CreateBucket", "arn:aws:s3:::brand-new"),
    ("head_bucket", {"Bucket": BUCKET}, "ListBucket", BUCKET_ARN),
    ("list_objects_v2", {"Bucket": BUCKET}, "ListBucket", BUCKET_ARN),
    ("list_objects", {"Bucket": BUCKET}, "ListBucket", BUCKET_ARN),
    ("list_object_versions", {"Bucket": BUCKET}, "ListBucketVersions", BUCKET_ARN),
    ("list_multipart_uploads", {"Bucket": BUCKET}, "ListBucketMultipartUploads", BUCKET_ARN),
    ("get_bucket_location", {"Bucket": BUCKET}, "GetBucketLocation", BUCKET_ARN),
    ("get_bucket_versioning", {"Bucket": BUCKET}, "GetBucketVersioning", BUCKET_ARN),
    (
        "put_bucket_versioning",
        {"Bucket": BUCKET, "VersioningConfiguration": {"Status": "Enabled"}},
        "PutBucketVersioning",
        BUCKET_ARN,
    ),
    (
        "put_bucket_policy",
        {"Bucket": BUCKET, "Policy": policy({**deny("s3:*", f"{BUCKET_ARN}/x"), "Principal": "*"})},
        "PutBucketPolicy",
        BUCKET_ARN,
    ),
    ("delete_bucket_policy", {"Bucket": BUCKET}, "DeleteBucketPolicy", BUCKET_ARN),
    (
        "put_bucket_tagging",
        {"Bucket": BUCKET, "Tagging": {"TagSet": [{"Key": "a", "Value": "1"}]}},
        "PutBucketTagging",
        BUCKET_ARN,
    ),
    ("get_bucket_acl", {"Bucket": BUCKET}, "GetBucketAcl", BUCKET_ARN),
    (
        "put_public_access_block",
        {"Bucket": BUCKET, "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        "PutBucketPublicAccessBlock",
        BUCKET_ARN,
    ),
    (
        "get_object",
        {"Bucket": BUCKET, "Key": "docs/a.txt"},
        "GetObject",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    (
        "head_object",
        {"Bucket": BUCKET, "Key": "docs/a.txt"},
        "GetObject",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    (
        "get_object_tagging",
        {"Bucket": BUCKET, "Key": "docs/a.txt"},
        "GetObjectTagging",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    (
        "get_object_acl",
        {"Bucket": BUCKET, "Key": "docs/a.txt"},
        "GetObjectAcl",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    ("put_object", {"Bucket": BUCKET, "Key": "new key+ü"}, "PutObject", f"{BUCKET_ARN}/new key+ü"),
    (
        "delete_object",
        {"Bucket": BUCKET, "Key": "docs/a.txt"},
        "DeleteObject",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    ("create_multipart_upload", {"Bucket": BUCKET, "Key": "big"}, "PutObject", f"{BUCKET_ARN}/big"),
    (
        "put_object_tagging",
        {
            "Bucket": BUCKET,
            "Key": "docs/a.txt",
            "Tagging": {"TagSet": [{"Key": "a", "Value": "1"}]},
        },
        "PutObjectTagging",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
    (
        "delete_objects",
        {"Bucket": BUCKET, "Delete": {"Objects": [{"Key": "docs/a.txt"}]}},
        "DeleteObject",
        f"{BUCKET_ARN}/docs/a.txt",
    ),
]


@pytest.mark.parametrize(("operation", "params", "action", "resource"), CALLS)
def test_exactly_this_permission_is_needed(
    people: People, bucket: Any, operation: str, params: dict[str, Any], action: str, resource: str
) -> None:
    wrong = allow(f"s3:{action}", "arn:aws:s3:::another-bucket*")
    caller = people.user("caller", wrong, deny("s3:None"))
    s3 = people.server.client("s3", caller)
    answer = refused(getattr(s3, operation), **params)
    assert answer.status == 403
    if not operation.startswith("head"):
        assert (answer.code, answer.message) == ("AccessDenied", "Access Denied")
    assert f"s3:{action}" in answer.reason
    people.admin().put_user_policy(
        UserName="caller",
        PolicyName="own",
        PolicyDocument=policy(allow(f"s3:{action}", resource)),
    )
    getattr(s3, operation)(**params)


def test_a_prefix_can_be_demanded(people: People, bucket: Any) -> None:
    caller = people.user(
        "caller",
        allow("s3:ListBucket", BUCKET_ARN, Condition={"StringLike": {"s3:prefix": "docs/*"}}),
    )
    s3 = people.server.client("s3", caller)
    assert s3.list_objects_v2(Bucket=BUCKET, Prefix="docs/")["KeyCount"] == 1
    assert refused(s3.list_objects_v2, Bucket=BUCKET).code == "AccessDenied"
    assert refused(s3.list_objects_v2, Bucket=BUCKET, Prefix="secret/").code == "AccessDenied"


def test_copying_reads_the_source(people: People, bucket: Any) -> None:
    caller = people.user(
        "caller", allow("s3:PutObject"), allow("s3:GetObject", f"{BUCKET_ARN}/docs/*")
    )
    s3 = people.server.client("s3", caller)
    s3.copy_object(Bucket=BUCKET, Key="copy", CopySource={"Bucket": BUCKET, "Key": "docs/a.txt"})
    answer = refused(
        s3.copy_object,
        Bucket=BUCKET,
        Key="copy",
        CopySource={"Bucket": BUCKET, "Key": "secret/b.txt"},
    )
    assert answer.code == "AccessDenied"


def test_an_acl_or_tags_need_their_own_permission(people: People, bucket: Any) -> None:
    caller = people.user("caller", allow("s3:PutObject"))
    s3 = people.server.client("s3", caller)
    s3.put_object(Bucket=BUCKET, Key="k")
    answer = refused(s3.put_object, Bucket=BUCKET, Key="k", ACL="public-read")
    assert "s3:PutObjectAcl" in answer.reason
    answer = refused(s3.put_object, Bucket=BUCKET, Key="k", Tagging="a=1")
    assert "s3:PutObjectTagging" in answer.reason


def test_tags_of_an_object_can_be_demanded(people: People, bucket: Any) -> None:
    bucket.put_object_tagging(
        Bucket=BUCKET, Key="docs/a.txt", Tagging={"TagSet": [{"Key": "class", "Value": "open"}]}
    )
    caller = people.user(
        "caller",
        allow("s3:GetObject", Condition={"StringEquals": {"s3:ExistingObjectTag/class": "open"}}),
    )
    s3 = people.server.client("s3", caller)
    assert s3.get_object(Bucket=BUCKET, Key="docs/a.txt")
    assert refused(s3.get_object, Bucket=BUCKET, Key="secret/b.txt").code == "AccessDenied"


def test_versions_are_another_permission(people: People, bucket: Any) -> None:
    bucket.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    version = bucket.put_object(Bucket=BUCKET, Key="v", Body=b"1")["VersionId"]
    caller = people.user("caller", allow(["s3:GetObject", "s3:DeleteObject"]))
    s3 = people.server.client("s3", caller)
    assert s3.get_object(Bucket=BUCKET, Key="v")
    assert refused(s3.get_object, Bucket=BUCKET, Key="v", VersionId=version).status == 403
    assert refused(s3.delete_object, Bucket=BUCKET, Key="v", VersionId=version).status == 403
    assert (
        refused(
            s3.delete_objects,
            Bucket=BUCKET,
            Delete={"Objects": [{"Key": "v", "VersionId": version}]},
        ).status
        == 403
    )


def test_one_key_that_is_not_allowed_refuses_delete_objects(people: People, bucket: Any) -> None:
    caller = people.user("caller", allow("s3:DeleteObject", f"{BUCKET_ARN}/docs/*"))
    s3 = people.server.client("s3", caller)
    both = {"Objects": [{"Key": "docs/a.txt"}, {"Key": "secret/b.txt"}]}
    assert refused(s3.delete_objects, Bucket=BUCKET, Delete=both).code == "AccessDenied"
    assert bucket.get_object(Bucket=BUCKET, Key="docs/a.txt")


def test_a_bucket_policy_lets_in_and_keeps_out(people: People, bucket: Any) -> None:
    bob, carol = people.user("bob"), people.user("carol", allow("s3:*"))
    grant = {
        **allow("s3:GetObject", f"{BUCKET_ARN}/docs/*"),
        "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/bob"},
    }
    keep_out = {
        **deny("s3:GetObject", f"{BUCKET_ARN}/secret/*"),
        "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/carol"},
    }
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(grant, keep_out))
    s3 = people.server.client("s3", bob)
    assert s3.get_object(Bucket=BUCKET, Key="docs/a.txt")
    assert refused(s3.get_object, Bucket=BUCKET, Key="secret/b.txt").code == "AccessDenied"
    s3 = people.server.client("s3", carol)
    assert s3.get_object(Bucket=BUCKET, Key="docs/a.txt")
    assert "resource" in refused(s3.get_object, Bucket=BUCKET, Key="secret/b.txt").reason


@pytest.mark.parametrize(
    "document",
    [
        "nonsense",
        "{",
        policy(allow("s3:*", BUCKET_ARN)),
        policy({"Effect": "Allow", "Action": "s3:*", "Principal": "*"}),
        policy({**allow("s3:*", BUCKET_ARN), "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/x"}}),
    ],
)
def test_a_malformed_bucket_policy(people: People, bucket: Any, document: str) -> None:
    answer = refused(bucket.put_bucket_policy, Bucket=BUCKET, Policy=document)
    assert (answer.code, answer.status) == ("MalformedPolicy", 400)
    assert bucket.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 2


def test_a_bucket_policy_does_not_mean_a_user_made_again(people: People, bucket: Any) -> None:
    bob = people.user("bob")
    grant = {
        **allow("s3:GetObject", f"{BUCKET_ARN}/*"),
        "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/bob"},
    }
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(grant))
    call = {"Bucket": BUCKET, "Key": "docs/a.txt"}
    assert people.server.client("s3", bob).get_object(**call)
    iam = people.admin()
    iam.delete_access_key(UserName="bob", AccessKeyId=bob["aws_access_key_id"])
    iam.delete_user(UserName="bob")
    again = people.server.client("s3", people.user("bob"))
    assert refused(again.get_object, **call).code == "AccessDenied"
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(grant))
    assert again.get_object(**call)


def test_another_account_without_a_bucket_policy(people: People, bucket: Any) -> None:
    foreign = people.user("foreign", allow("s3:*"), account=OTHER)
    s3 = people.server.client("s3", foreign)
    assert refused(s3.get_object, Bucket=BUCKET, Key="docs/a.txt").code == "AccessDenied"
    assert refused(s3.list_objects_v2, Bucket=BUCKET).code == "AccessDenied"
    assert refused(s3.delete_bucket, Bucket=BUCKET).code == "AccessDenied"


def object_call(method: str = "GET", key: str = "docs/a.txt", **more: Any) -> ApiCall:
    fields: dict[str, Any] = {
        "method": method,
        "path": f"/{BUCKET}/{key}",
        "query_string": "",
        "headers": {},
        "body": b"",
        "service": "s3",
        "region": "eu-central-1",
        "action": "",
        "params": {},
        "signed": None,
        "source_ip": "127.0.0.1",
        "environ": {},
        "protocol": "rest-xml",
    }
    return ApiCall(**{**fields, **more})


def test_unsigned_calls_go_by_the_bucket_policy_alone(people: People, bucket: Any) -> None:
    cloud = people.server.cloud
    with pytest.raises(AwsError) as caught:
        authorize(object_call(), None, cloud)
    assert caught.value.message == "Access Denied"
    public = {**allow("s3:GetObject", f"{BUCKET_ARN}/docs/*"), "Principal": "*"}
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(public))
    authorize(object_call(), None, cloud)
    assert acting_account(object_call(), None) == HOME
    for call in (object_call(key="secret/b.txt"), object_call("PUT"), object_call("DELETE")):
        with pytest.raises(AwsError):
            authorize(call, None, cloud)
    bucket.put_public_access_block(
        Bucket=BUCKET, PublicAccessBlockConfiguration={"RestrictPublicBuckets": True}
    )
    with pytest.raises(AwsError):
        authorize(object_call(), None, cloud)


def test_several_subresources_need_every_permission() -> None:
    call = object_call("PUT", params={"acl": "", "tagging": ""})
    assert {action for action, _ in needed_for(call)} == {
        "s3:PutObjectAcl",
        "s3:PutObjectTagging",
    }


@pytest.mark.parametrize(
    ("call", "actions"),
    [
        (object_call("GET", params={"uploadId": ""}), {"ListMultipartUploadParts", "GetObject"}),
        (object_call("GET", params={"uploadId": "x"}), {"ListMultipartUploadParts"}),
        (object_call("GET", params={"retention": ""}), {"GetObjectRetention", "GetObject"}),
        (object_call("DELETE", params={"uploadId": ""}), {"AbortMultipartUpload", "DeleteObject"}),
        (
            object_call("PUT", params={"acl": "", "uploadId": "x", "partNumber": "1"}),
            {"PutObjectAcl", "PutObject"},
        ),
        (
            object_call("PUT", params={"acl": ""}, headers={"x-amz-copy-source": "b/k"}),
            {"PutObjectAcl", "PutObject", "GetObject"},
        ),
        (
            object_call("GET", key="", params={"analytics": ""}),
            {"GetAnalyticsConfiguration", "ListBucket"},
        ),
        (
            object_call("DELETE", key="", params={"metrics": "", "id": "x"}),
            {"PutMetricsConfiguration", "DeleteBucket"},
        ),
        (object_call("GET", key="", params={"policy": ""}), {"GetBucketPolicy"}),
    ],
)
def test_what_the_backend_would_do_is_what_is_asked_for(call: ApiCall, actions: set[str]) -> None:
    assert {action for action, _ in needed_for(call)} == {f"s3:{name}" for name in actions}


@pytest.mark.parametrize(
    "call",
    [
        object_call("PATCH"),
        object_call("POST"),
        object_call("POST", key=""),
        object_call("PUT", headers={"x-amz-copy-source": "arn:aws:s3:eu:1:accesspoint/x/y"}),
        object_call(path="/v20180820/configuration/publicAccessBlock"),
        object_call("PUT", path="/"),
    ],
    ids=lambda call: f"{call.method} {call.path}",
)
def test_what_is_not_known_is_refused(call: ApiCall) -> None:
    with pytest.raises(AwsError) as caught:
        needed_for(call)
    assert caught.value.status == 403
    assert "does not know which permission" in caught.value.reason


def test_a_bucket_name_that_is_taken(people: People, bucket: Any) -> None:
    answer = refused(people.admin("s3", OTHER).create_bucket, Bucket=BUCKET, **HERE)
    assert (answer.code, answer.status) == ("BucketAlreadyExists", 409)


def test_a_session_of_another_account_owns_what_it_makes(people: People) -> None:
    bob = people.user("bob", allow("sts:*"))
    role = people.role(
        "worker", trust(f"arn:aws:iam::{HOME}:user/bob"), allow("s3:*"), account=OTHER
    )
    s3 = people.server.client("s3", people.session(bob, role))
    s3.create_bucket(Bucket="made-over-there", **HERE)
    assert refused(people.admin("s3").list_objects_v2, Bucket="made-over-there").status == 403
    names = [b["Name"] for b in people.admin("s3", OTHER).list_buckets()["Buckets"]]
    assert names == ["made-over-there"]


def test_a_deny_in_a_bucket_policy_means_whom_it_names(people: People, bucket: Any) -> None:
    """Not everybody, which moto would do: with NotPrincipal and conditions it is common."""
    admin = f"arn:aws:iam::{HOME}:user/rolecall-administrator"
    named = people.user("named", allow("s3:*"))
    other = people.user("other", allow("s3:*"))
    objects = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"]
    insecure = {"Bool": {"aws:SecureTransport": "false"}}
    bucket.put_bucket_policy(
        Bucket=BUCKET,
        Policy=policy(
            {
                **deny(objects, f"{BUCKET_ARN}/*"),
                "NotPrincipal": {"AWS": [HOME, admin, f"arn:aws:iam::{HOME}:user/named"]},
            },
            {**deny("s3:*", f"{BUCKET_ARN}/*", Condition=insecure), "Principal": "*"},
        ),
    )
    s3 = people.server.client("s3", named)
    assert s3.get_object(Bucket=BUCKET, Key="docs/a.txt")["Body"].read() == b"a"
    s3.put_object(Bucket=BUCKET, Key="docs/b.txt", Body=b"b")
    s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "docs/b.txt"}]})
    s3.delete_object(Bucket=BUCKET, Key="secret/b.txt")
    left = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert left == ["docs/a.txt"]
    s3 = people.server.client("s3", other)
    assert refused(s3.get_object, Bucket=BUCKET, Key="docs/a.txt").status == 403
    answer = refused(s3.delete_objects, Bucket=BUCKET, Delete={"Objects": [{"Key": "docs/a.txt"}]})
    assert answer.status == 403


def test_a_refused_call_leaves_whom_the_policy_means(people: People, bucket: Any) -> None:
    people.user("bob")
    bob = {"AWS": f"arn:aws:iam::{HOME}:user/bob"}
    grant = {**allow("s3:GetObject", f"{BUCKET_ARN}/*"), "Principal": bob}
    bucket.put_bucket_policy(Bucket=BUCKET, Policy=policy(grant))
    cloud = people.server.cloud
    meant = dict(cloud.records["bucket_principals"][BUCKET])
    key = people.user("half", allow("s3:PutBucketPolicy", BUCKET_ARN))
    other = {**grant, "Principal": {"AWS": f"arn:aws:iam::{HOME}:user/half"}}
    call = object_call(
        "PUT",
        path=f"/{BUCKET}",
        query_string="policy&versioning",
        params={"policy": "", "versioning": ""},
        body=policy(other).encode(),
    )
    identity = Identity(cloud.directory.caller_of_key(key_of(cloud, key)), "AKIA")
    with pytest.raises(AwsError):
        authorize(call, identity, cloud)
    assert cloud.records["bucket_principals"][BUCKET] == meant


def key_of(cloud: Any, credentials: dict[str, str]) -> Any:
    return cloud.directory.long_lived_key(credentials["aws_access_key_id"])

"""S3 decides by the caller's policies, the bucket's, and whose bucket it is."""

from dataclasses import replace
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.authorization.s3 import authorize, owner_of
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny, policy
from tests.local.enforcement.direct.conftest import SIGNED, Place, api_call, refusal, told

B, K = "arn:aws:s3:::bbb", "arn:aws:s3:::bbb/k"
ME = f"arn:aws:iam::{HOME}:user/caller"
EVERYBODY = {"Principal": "*"}
LOCATION = {"location": ""}


def get(path: str = "/bbb/k", **said: Any) -> Any:
    return api_call("s3", path=path, **said)


def may(place: Place, call: Any, *statements: Any, **more: Any) -> bool:
    """Whether somebody with these statements may; a refusal is AWS's."""
    try:
        authorize(call, place.caller(*statements, **more), place.cloud)
    except AwsError as error:
        assert error.code == "AccessDenied"
        return False
    return True


def test_the_owner_of_a_bucket(place: Place) -> None:
    place.bucket("bbb", OTHER)
    assert owner_of("bbb") == OTHER
    assert owner_of("c") is None


def test_a_refusal_names_the_caller_the_action_and_the_resource(place: Place) -> None:
    error = refusal(authorize, get(), place.caller(), place.cloud)
    assert told(error) == (
        "AccessDenied",
        f"User: {ME} is not authorized to perform: s3:GetObject on resource: {K} "
        "because no identity-based policy allows the s3:GetObject action",
        403,
    )


def test_each_permission_of_a_call_is_needed(place: Place) -> None:
    put = api_call("s3", method="PUT", path="/bbb/k", headers={"x-amz-tagging": "a=1"})
    assert not may(place, put, allow("s3:PutObject"))
    assert not may(place, put, allow("s3:PutObjectTagging"))
    assert may(place, put, allow(["s3:PutObject", "s3:PutObjectTagging"], K))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("s3:prefix", "p/"),
        ("s3:delimiter", "/"),
        ("s3:max-keys", "7"),
        ("s3:VersionId", "v"),
        ("aws:SourceIp", "203.0.113.9"),
        ("aws:ResourceAccount", HOME),
        ("s3:ResourceAccount", HOME),
        ("s3:signatureversion", "AWS4-HMAC-SHA256"),
        ("s3:authType", "REST-HEADER"),
    ],
)
def test_condition_keys_of_the_query_and_the_signature(place: Place, key: str, value: str) -> None:
    call = get("/bbb", params={"prefix": "p/", "delimiter": "/", "max-keys": "7", "versionId": "v"})
    operator = "IpAddress" if key == "aws:SourceIp" else "StringEquals"
    assert may(place, call, allow("s3:*", Condition={operator: {key: value}}))
    other = "198.51.100.1" if key == "aws:SourceIp" else f"{value}x"
    assert not may(place, call, allow("s3:*", Condition={operator: {key: other}}))


@pytest.mark.parametrize(
    "key",
    [
        "s3:prefix",
        "s3:delimiter",
        "s3:max-keys",
        "s3:VersionId",
        "s3:x-amz-acl",
        "s3:RequestObjectTagKeys",
        "s3:RequestObjectTag/a",
        "s3:ExistingObjectTag/a",
        "s3:authType",
        "s3:signatureversion",
    ],
)
def test_a_key_that_a_call_does_not_bring(place: Place, key: str) -> None:
    place.bucket("bbb")
    call = get(signed=None)
    assert may(place, call, allow("s3:*", Condition={"Null": {key: "true"}}))
    assert not may(place, call, allow("s3:*", Condition={"Null": {key: "false"}}))


def test_a_presigned_url_says_so(place: Place) -> None:
    call = get(signed=replace(SIGNED, presigned=True))
    by_query = {"StringEquals": {"s3:authType": "REST-QUERY-STRING"}}
    assert may(place, call, allow("s3:*", Condition=by_query))
    assert not may(place, get(), allow("s3:*", Condition=by_query))
    version = {"StringEquals": {"s3:signatureversion": "AWS4-HMAC-SHA256"}}
    assert may(place, call, allow("s3:*", Condition=version))


HEADERS = """
    x-amz-acl x-amz-copy-source x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp
    x-amz-grant-write x-amz-grant-write-acp x-amz-metadata-directive x-amz-object-ownership
    x-amz-server-side-encryption x-amz-server-side-encryption-aws-kms-key-id
    x-amz-server-side-encryption-customer-algorithm x-amz-storage-class
    x-amz-website-redirect-location x-amz-content-sha256
"""


@pytest.mark.parametrize("header", HEADERS.split())
def test_headers_that_are_condition_keys(place: Place, header: str) -> None:
    """ "Actions, resources, and condition keys for Amazon S3": the keys s3:x-amz-…"""
    call = get(headers={header: "src/x"})
    assert may(place, call, allow("s3:*", Condition={"StringEquals": {f"s3:{header}": "src/x"}}))
    assert not may(place, call, allow("s3:*", Condition={"Null": {f"s3:{header}": "true"}}))


def tagging(body: str, **said: Any) -> Any:
    text = f"<Tagging><TagSet>{body}</TagSet></Tagging>".encode()
    return api_call(
        "s3", **{"method": "PUT", "path": "/bbb/k", "params": {"tagging": ""}, "body": text, **said}
    )


TWO = "<Tag><Key>a</Key><Value>1</Value></Tag><Tag><Key>b</Key><Value>2</Value></Tag>"


def wants_tags(a: str = "1") -> list[dict[str, Any]]:
    return [
        allow(
            "s3:*",
            Condition={
                "StringEquals": {"s3:RequestObjectTag/a": a, "s3:RequestObjectTag/b": "2"},
                "ForAllValues:StringEquals": {"s3:RequestObjectTagKeys": ["a", "b"]},
                "Null": {"s3:RequestObjectTagKeys": "false"},
            },
        )
    ]


def test_the_tags_that_a_call_gives(place: Place) -> None:
    in_header = api_call("s3", method="PUT", path="/bbb/k", headers={"x-amz-tagging": "a=1&b=2"})
    for call in (in_header, tagging(TWO), tagging(TWO, headers={"x-amz-tagging": "a=9"})):
        assert may(place, call, *wants_tags())
        assert not may(place, call, *wants_tags("9"))
    three = TWO + "<Tag><Key>c</Key><Value>3</Value></Tag>"
    assert not may(place, tagging(three), *wants_tags())
    # Only PUT ?tagging has tags in its body.
    assert not may(place, tagging(TWO, params={}), *wants_tags())
    assert not may(place, tagging(TWO, method="DELETE"), *wants_tags())


def test_the_tags_that_an_object_has(place: Place) -> None:
    place.bucket("bbb")
    place.thing("bbb", "k", {"a": "1"})
    place.thing("bbb", "l", {"a": "2"})
    one = allow("s3:*", Condition={"StringEquals": {"s3:ExistingObjectTag/a": "1"}})
    assert may(place, get(), one)
    for path in ("/bbb/l", "/bbb/none", "/ccc/k"):
        assert not may(place, get(path), one)
    assert not may(place, get("/bbb"), one)


def test_a_bucket_policy_lets_its_own_account_in(place: Place) -> None:
    place.bucket("bbb", policy=policy(allow("s3:GetObject", K, Principal={"AWS": ME})))
    assert may(place, get())
    assert not may(place, get("/bbb/l"))
    assert not may(place, get(), deny("s3:*"))


def test_a_bucket_of_another_account(place: Place) -> None:
    place.bucket("bbb", OTHER, policy(allow("s3:GetObject", K, Principal={"AWS": HOME})))
    place.bucket("ccc", OTHER)
    assert may(place, get(), allow("s3:*"))
    assert not may(place, get())
    assert not may(place, get("/bbb/l"), allow("s3:*"))
    assert not may(place, get("/ccc/k"), allow("s3:*"))
    for key in ("aws:ResourceAccount", "s3:ResourceAccount"):
        theirs = allow("s3:*", Condition={"StringEquals": {key: OTHER}})
        assert may(place, get(), theirs)
        assert not may(place, get(), allow("s3:*", Condition={"StringEquals": {key: HOME}}))


def test_a_bucket_that_does_not_exist_is_asked_of_the_caller_alone(place: Place) -> None:
    assert may(place, get("/none/k"), allow("s3:GetObject", "arn:aws:s3:::none/k"))
    assert may(place, get("/"), allow("s3:ListAllMyBuckets"))
    assert not may(place, get("/"), allow("s3:ListBucket"))


def test_a_name_that_is_taken(place: Place) -> None:
    """To make a bucket is a matter of one's own account, and no bucket policy speaks of it."""
    place.bucket("bbb", OTHER, policy(deny("s3:*", B, **EVERYBODY)))
    place.bucket("mine", policy=policy(deny("s3:*", "arn:aws:s3:::mine", **EVERYBODY)))
    make = api_call("s3", method="PUT", path="/bbb")
    own = allow("s3:*", Condition={"StringEquals": {"aws:ResourceAccount": HOME}})
    assert told(refusal(authorize, make, place.caller(own), place.cloud)) == (
        "BucketAlreadyExists",
        "The requested bucket name is not available. The bucket namespace is shared by all "
        "users of the system. Please select a different name and try again.",
        409,
    )
    assert refusal(authorize, make, place.caller(), place.cloud).code == "AccessDenied"
    assert may(place, api_call("s3", method="PUT", path="/mine"), own)
    assert may(place, api_call("s3", method="PUT", path="/new"), own)
    assert not may(place, get("/mine", params=LOCATION), own)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_owner_cannot_be_locked_out_of_the_policy(place: Place, method: str) -> None:
    """ "Bucket policies": the root user of the owner may always change the policy."""
    locked = policy(deny("s3:*", [B, f"{B}/*"], **EVERYBODY))
    place.bucket("bbb", policy=locked)
    call = api_call("s3", method=method, path="/bbb", params={"policy": ""}, body=locked.encode())
    authorize(call, place.root(), place.cloud)
    assert not may(place, call, allow("*"))
    for who, other in (
        (place.root(OTHER), call),
        (place.root(), get("/bbb", params=LOCATION)),
        (place.root(), get("/bbb", params={"policyStatus": ""})),
    ):
        assert refusal(authorize, other, who, place.cloud).code == "AccessDenied"


def test_another_roots_bucket_is_not_his(place: Place) -> None:
    place.bucket("bbb", OTHER)
    call = get("/bbb", params={"policy": ""})
    assert refusal(authorize, call, place.root(), place.cloud).code == "AccessDenied"
    authorize(call, place.root(OTHER), place.cloud)

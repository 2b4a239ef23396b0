"""Which permissions an S3 call needs.

Source: "Required permissions for Amazon S3 API operations" in the Amazon S3 User Guide.
"""

from typing import Any

import pytest

from rolecall.local.authorization.s3 import bucket_of, needed_for
from tests.local.enforcement.direct.conftest import api_call, refusal, told

B, K = "arn:aws:s3:::b", "arn:aws:s3:::b/k"


def needs(method: str, path: str, *flags: str, **said: Any) -> list[tuple[str, str]]:
    params = {**dict.fromkeys(flags, ""), **said.pop("params", {})}
    return needed_for(api_call("s3", method=method, path=path, params=params, **said))


def actions(method: str, path: str, *flags: str, **said: Any) -> list[str]:
    found = needs(method, path, *flags, **said)
    assert {resource for _, resource in found} == {K if "k" in path else B}
    return [action.removeprefix("s3:") for action, _ in found]


#: Subresource: the actions of GET, PUT and DELETE, where there is such a call.
OF_A_BUCKET = """
    accelerate         GetAccelerateConfiguration    PutAccelerateConfiguration    -
    acl                GetBucketAcl                  PutBucketAcl                  -
    cors               GetBucketCORS                 PutBucketCORS                 PutBucketCORS
    encryption         GetEncryptionConfiguration PutEncryptionConfiguration PutEncryptionConfiguration
    inventory          GetInventoryConfiguration     PutInventoryConfiguration     -
    lifecycle          GetLifecycleConfiguration PutLifecycleConfiguration PutLifecycleConfiguration
    location           GetBucketLocation             -                             -
    logging            GetBucketLogging              PutBucketLogging              -
    notification       GetBucketNotification         PutBucketNotification         -
    object-lock        GetBucketObjectLockConfiguration PutBucketObjectLockConfiguration -
    ownershipControls  GetBucketOwnershipControls PutBucketOwnershipControls PutBucketOwnershipControls
    policy             GetBucketPolicy               PutBucketPolicy               DeleteBucketPolicy
    policyStatus       GetBucketPolicyStatus         -                             -
    publicAccessBlock  GetBucketPublicAccessBlock PutBucketPublicAccessBlock PutBucketPublicAccessBlock
    replication  GetReplicationConfiguration PutReplicationConfiguration PutReplicationConfiguration
    tagging            GetBucketTagging              PutBucketTagging              PutBucketTagging
    uploads            ListBucketMultipartUploads    -                             -
    versioning         GetBucketVersioning           PutBucketVersioning           -
    versions           ListBucketVersions            -                             -
    website            GetBucketWebsite              PutBucketWebsite              DeleteBucketWebsite
"""  # noqa: E501
#: The backend does not look at these: it does the plain call, whose permission is needed too.
NOT_LOOKED_AT = """
    analytics GetAnalyticsConfiguration PutAnalyticsConfiguration PutAnalyticsConfiguration
    intelligent-tiering GetIntelligentTieringConfiguration PutIntelligentTieringConfiguration PutIntelligentTieringConfiguration
    metrics GetMetricsConfiguration PutMetricsConfiguration PutMetricsConfiguration
    inventory - - PutInventoryConfiguration
    requestPayment GetBucketRequestPayment PutBucketRequestPayment -
"""  # noqa: E501
PLAIN = {"GET": "ListBucket", "PUT": "CreateBucket", "DELETE": "DeleteBucket"}


def rows(table: str) -> list[tuple[str, str, str]]:
    found = []
    for line in table.strip().splitlines():
        subresource, *named = line.split()
        for method, action in zip(("GET", "PUT", "DELETE"), named, strict=True):
            if action != "-":
                found.append((method, subresource, action))
    return found


@pytest.mark.parametrize(("method", "subresource", "action"), rows(OF_A_BUCKET))
def test_a_subresource_of_a_bucket(method: str, subresource: str, action: str) -> None:
    assert actions(method, "/b", subresource) == [action]
    assert actions(method, "/b/", subresource) == [action]


@pytest.mark.parametrize(("method", "subresource", "action"), rows(NOT_LOOKED_AT))
def test_a_subresource_that_the_backend_does_not_look_at(
    method: str, subresource: str, action: str
) -> None:
    assert actions(method, "/b", subresource) == [action, PLAIN[method]]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_a_bucket_itself(method: str) -> None:
    assert actions(method, "/b") == [PLAIN[method]]
    assert actions(method, "/b", "x-id", "list-type", "location2") == [PLAIN[method]]


def test_the_head_of_a_bucket_and_of_an_object() -> None:
    assert actions("HEAD", "/b") == ["ListBucket"]
    assert actions("HEAD", "/b", "acl") == ["ListBucket"]
    assert actions("HEAD", "/b/k") == ["GetObject"]
    assert actions("HEAD", "/b/k", params={"versionId": "v"}) == ["GetObjectVersion"]


@pytest.mark.parametrize(
    ("method", "flags", "wanted", "of_a_version"),
    [
        ("GET", (), ["GetObject"], ["GetObjectVersion"]),
        ("GET", ("acl",), ["GetObjectAcl"], ["GetObjectVersionAcl"]),
        (
            "GET",
            ("attributes",),
            ["GetObjectAttributes", "GetObject"],
            ["GetObjectVersionAttributes", "GetObjectVersion"],
        ),
        ("GET", ("legal-hold",), ["GetObjectLegalHold"], ["GetObjectLegalHold"]),
        (
            "GET",
            ("retention",),
            ["GetObjectRetention", "GetObject"],
            ["GetObjectRetention", "GetObjectVersion"],
        ),
        ("GET", ("tagging",), ["GetObjectTagging"], ["GetObjectVersionTagging"]),
        (
            "GET",
            ("torrent",),
            ["GetObjectTorrent", "GetObject"],
            ["GetObjectVersionTorrent", "GetObjectVersion"],
        ),
        ("PUT", (), ["PutObject"], ["PutObject"]),
        ("PUT", ("acl",), ["PutObjectAcl"], ["PutObjectVersionAcl"]),
        ("PUT", ("legal-hold",), ["PutObjectLegalHold"], ["PutObjectLegalHold"]),
        ("PUT", ("retention",), ["PutObjectRetention"], ["PutObjectRetention"]),
        ("PUT", ("tagging",), ["PutObjectTagging"], ["PutObjectVersionTagging"]),
        ("PUT", ("partNumber",), ["PutObject"], ["PutObject"]),
        ("POST", ("restore",), ["RestoreObject"], ["RestoreObject"]),
        ("POST", ("select",), ["GetObject"], ["GetObjectVersion"]),
        ("POST", ("uploads",), ["PutObject"], ["PutObject"]),
        ("DELETE", (), ["DeleteObject"], ["DeleteObjectVersion"]),
        ("DELETE", ("tagging",), ["DeleteObjectTagging"], ["DeleteObjectVersionTagging"]),
    ],
)
def test_an_object(
    method: str, flags: tuple[str, ...], wanted: list[str], of_a_version: list[str]
) -> None:
    assert actions(method, "/b/k", *flags) == wanted
    assert actions(method, "/b/k", *flags, params={"versionId": ""}) == of_a_version


def test_parts_of_an_upload() -> None:
    upload = {"uploadId": "u"}
    assert actions("GET", "/b/k", params=upload) == ["ListMultipartUploadParts"]
    assert actions("PUT", "/b/k", params={**upload, "partNumber": "1"}) == ["PutObject"]
    assert actions("PUT", "/b/k", params=upload) == ["PutObject"]
    assert actions("POST", "/b/k", params=upload) == ["PutObject"]
    assert actions("DELETE", "/b/k", params=upload) == ["AbortMultipartUpload"]


def test_an_upload_without_an_id_is_the_plain_call_to_the_backend() -> None:
    none = {"uploadId": ""}
    assert actions("GET", "/b/k", params=none) == ["ListMultipartUploadParts", "GetObject"]
    assert actions("DELETE", "/b/k", params=none) == ["AbortMultipartUpload", "DeleteObject"]


def test_a_call_with_two_subresources_needs_the_permission_for_each() -> None:
    assert actions("GET", "/b", "policy", "acl") == ["GetBucketAcl", "GetBucketPolicy"]
    assert actions("GET", "/b/k", "torrent", "acl") == ["GetObjectAcl", "GetObjectTorrent"]
    assert actions("PUT", "/b", "metrics", "cors") == ["PutBucketCORS", "PutMetricsConfiguration"]
    # The backend may look at the first of them, whichever that is.
    both = ["PutObjectTagging", "PutObject"]
    assert actions("PUT", "/b/k", "tagging", params={"uploadId": "u"}) == both


def test_a_parameter_without_a_name_hides_nothing() -> None:
    nameless = {"": "x"}
    assert actions("GET", "/b/k", params=nameless) == ["GetObject"]
    assert actions("GET", "/b/k", "torrent", params=nameless) == ["GetObjectTorrent", "GetObject"]
    assert actions("DELETE", "/b", "metrics", params=nameless) == [
        "PutMetricsConfiguration",
        "DeleteBucket",
    ]


def test_the_list_of_buckets() -> None:
    for method in ("GET", "HEAD"):
        assert needs(method, "/") == [("s3:ListAllMyBuckets", "*")]
    for method, path in (("PUT", "/"), ("POST", "/"), ("DELETE", "/"), ("GET", "//k")):
        error = refusal(needed_for, api_call("s3", method=method, path=path))
        assert told(error) == ("AccessDenied", "Access Denied", 403)
        assert error.reason == (
            "the embedded AWS does not know which permission a call without a bucket needs "
            f"({method})"
        )


@pytest.mark.parametrize(
    ("method", "path", "what"),
    [
        ("GET", "/v20180820/jobs", "S3 Control"),
        ("POST", "/b", "a form upload"),
        ("PATCH", "/b", "PATCH on a bucket"),
        ("PATCH", "/b/k", "PATCH on an object"),
        ("POST", "/b/k", "POST on an object"),
    ],
)
def test_calls_that_are_not_known(method: str, path: str, what: str) -> None:
    error = refusal(needed_for, api_call("s3", method=method, path=path))
    assert told(error) == ("AccessDenied", "Access Denied", 403)
    assert error.reason == (
        f"the embedded AWS does not know which permission {what} needs ({method})"
    )


def test_a_bucket_that_only_begins_like_s3_control() -> None:
    assert needs("GET", "/v20180820") == [("s3:ListBucket", "arn:aws:s3:::v20180820")]
    assert needs("GET", "/b/v20180820/x")[0][1] == "arn:aws:s3:::b/v20180820/x"


def test_a_plus_in_the_query_is_read_by_some_as_a_space() -> None:
    error = refusal(needed_for, api_call("s3", path="/b", query_string="prefix=a+b"))
    assert told(error) == ("InvalidURI", "Couldn't parse the specified URI.", 400)
    assert needs("GET", "/b", query_string="prefix=a%2Bb")


def test_keys_keep_every_slash() -> None:
    for key in ("/k", "a//b", "a/", "../k"):
        assert needs("GET", f"/b/{key}") == [("s3:GetObject", f"arn:aws:s3:::b/{key}")]


def test_the_bucket_of_a_call() -> None:
    for path, bucket in (("/b", "b"), ("/b/", "b"), ("/b/k/l", "b"), ("/", ""), ("b/k", "")):
        assert bucket_of(api_call("s3", path=path)) == bucket


@pytest.mark.parametrize(
    ("headers", "more"),
    [
        ({"x-amz-acl": ""}, ["PutBucketAcl"]),
        ({"x-amz-grant-read": "id=1"}, ["PutBucketAcl"]),
        ({"x-amz-grant-": ""}, ["PutBucketAcl"]),
        ({"x-amz-acl-x": "a", "x-amz-grants": ""}, []),
        (
            {"x-amz-bucket-object-lock-enabled": "True"},
            ["PutBucketObjectLockConfiguration", "PutBucketVersioning"],
        ),
        ({"x-amz-bucket-object-lock-enabled": "false"}, []),
        ({"x-amz-object-ownership": "x"}, ["PutBucketOwnershipControls"]),
    ],
)
def test_what_a_new_bucket_comes_with(headers: dict[str, str], more: list[str]) -> None:
    assert actions("PUT", "/b", headers=headers) == ["CreateBucket", *more]
    assert actions("PUT", "/b", "tagging", headers=headers) == ["PutBucketTagging"]


OBJECT_HEADERS = [
    ({"x-amz-acl": ""}, ["PutObjectAcl"]),
    ({"x-amz-grant-full-control": "id=1"}, ["PutObjectAcl"]),
    ({"x-amz-tagging": ""}, ["PutObjectTagging"]),
    ({"x-amz-object-lock-legal-hold": "OFF"}, ["PutObjectLegalHold"]),
    ({"x-amz-object-lock-mode": "x"}, ["PutObjectRetention"]),
]


@pytest.mark.parametrize(("headers", "more"), OBJECT_HEADERS)
def test_what_a_new_object_comes_with(headers: dict[str, str], more: list[str]) -> None:
    assert actions("PUT", "/b/k", headers=headers) == ["PutObject", *more]
    assert actions("POST", "/b/k", "uploads", headers=headers) == ["PutObject", *more]
    assert actions("POST", "/b/k", "restore", headers=headers) == ["RestoreObject", *more]
    assert actions("GET", "/b/k", headers=headers) == ["GetObject"]
    assert actions("PUT", "/b/k", "retention", headers=headers) == ["PutObjectRetention"]


@pytest.mark.parametrize(("value", "more"), [("True", True), ("false", False), ("", False)])
def test_who_goes_past_a_retention(value: str, more: bool) -> None:
    headers = {"x-amz-bypass-governance-retention": value}
    for method, flags, action in (
        ("DELETE", (), "DeleteObject"),
        ("PUT", ("retention",), "PutObjectRetention"),
    ):
        wanted = [action, "BypassGovernanceRetention"] if more else [action]
        assert actions(method, "/b/k", *flags, headers=headers) == wanted

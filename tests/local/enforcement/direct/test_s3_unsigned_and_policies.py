"""Unsigned calls of S3, changes of a bucket policy, and replication."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.authorization.s3 import authorize, authorize_anonymous
from tests.local.enforcement.conftest import HOME, allow, policy
from tests.local.enforcement.direct.conftest import Place, api_call, refusal, told

B, K = "arn:aws:s3:::bbb", "arn:aws:s3:::bbb/k"
EVERYBODY = {"Principal": "*"}


def get(path: str = "/bbb/k", **said: Any) -> Any:
    return api_call("s3", path=path, **said)


def may(place: Place, call: Any, *statements: Any) -> bool:
    try:
        authorize(call, place.caller(*statements), place.cloud)
    except AwsError as error:
        assert error.code == "AccessDenied"
        return False
    return True


OPEN = policy(allow("s3:GetObject", f"{B}/*", **EVERYBODY))


def anonymous(place: Place, call: Any) -> str:
    """The reason why an unsigned call is refused; '' if it is not."""
    try:
        authorize_anonymous(call, place.cloud)
    except AwsError as error:
        assert told(error) == ("AccessDenied", "Access Denied", 403)
        return error.reason
    return ""


def test_an_unsigned_call(place: Place) -> None:
    place.bucket("bbb", policy=OPEN)
    place.bucket("ccc")
    assert anonymous(place, get(signed=None)) == ""
    assert "s3:ListBucket" in anonymous(place, get("/bbb", signed=None))
    no_policy = "an unsigned call, and no bucket policy of {} lets it in"
    assert anonymous(place, get("/ccc/k", signed=None)) == no_policy.format("ccc")
    assert anonymous(place, get("/none/k", signed=None)) == no_policy.format("none")
    assert anonymous(place, get("/", signed=None)) == no_policy.format("(no bucket)")
    two = api_call("s3", path="/bbb/k", params={"attributes": ""}, signed=None)
    assert "s3:GetObjectAttributes" in anonymous(place, two)


def test_conditions_on_an_unsigned_call(place: Place) -> None:
    wants = {
        "StringEquals": {
            "s3:VersionId": "v",
            "aws:SourceIp": "203.0.113.9",
            "s3:ExistingObjectTag/a": "1",
        }
    }
    place.bucket("bbb", policy=policy(allow("s3:GetObject*", K, **EVERYBODY, Condition=wants)))
    place.thing("bbb", "k", {"a": "1"})
    for params, let_in in (({"versionId": "v"}, True), ({"versionId": "w"}, False)):
        assert (anonymous(place, get(params=params, signed=None)) == "") is let_in


@pytest.mark.parametrize(("restricted", "let_in"), [(True, False), (False, True)])
def test_a_bucket_that_is_closed_to_the_public(
    place: Place, restricted: bool, let_in: bool
) -> None:
    from moto.s3.models import PublicAccessBlock

    said = str(restricted).lower()
    place.bucket("bbb", policy=OPEN).public_access_block = PublicAccessBlock(
        "true", "true", "true", said
    )
    assert (anonymous(place, get(signed=None)) == "") is let_in


def test_an_unsigned_change_of_a_policy_is_checked_too(place: Place) -> None:
    anyone = policy(allow("s3:PutBucketPolicy", B, **EVERYBODY))
    place.bucket("bbb", policy=anyone)
    put = api_call("s3", method="PUT", path="/bbb", params={"policy": ""}, body=b"x", signed=None)
    assert refusal(authorize_anonymous, put, place.cloud).code == "MalformedPolicy"
    assert place.cloud.records.get("bucket_principals", {}) == {}


def test_who_is_meant_is_noted_after_the_permission(place: Place) -> None:
    place.bucket("bbb")
    user = place.user("x")
    body = policy(allow("s3:*", B, Principal={"AWS": user.arn})).encode()
    put = api_call("s3", method="PUT", path="/bbb", params={"policy": ""}, body=body)
    assert not may(place, put, allow("s3:GetBucketPolicy"))
    assert place.cloud.records.get("bucket_principals", {}) == {}
    assert may(place, put, allow("s3:PutBucketPolicy", B))
    assert place.cloud.records["bucket_principals"] == {"bbb": {user.arn: user.id}}
    # Another call's body is none of a policy.
    other = api_call("s3", method="PUT", path="/bbb", params={"cors": ""}, body=b"x")
    assert may(place, other, allow("s3:*"))


ROLE = f"arn:aws:iam::{HOME}:role/r"


def test_replication_hands_over_each_role(place: Place) -> None:
    place.bucket("bbb")
    passes = allow(
        "iam:PassRole",
        ROLE,
        Condition={
            "StringEquals": {
                "iam:PassedToService": "s3.amazonaws.com",
                "aws:RequestedRegion": "eu-central-1",
            }
        },
    )
    put = allow("s3:PutReplicationConfiguration")

    def replicating(inner: str, method: str = "PUT") -> Any:
        body = f"<ReplicationConfiguration>{inner}</ReplicationConfiguration>"
        flags = {"replication": ""}
        return api_call("s3", method=method, path="/bbb", params=flags, body=body.encode())

    one = replicating(f"<Role> {ROLE}\n</Role>")
    assert may(place, one, put, passes)
    assert not may(place, one, put)
    assert not may(place, one, passes)
    two = replicating(f"<Role>{ROLE}</Role><X><Role>{ROLE}2</Role></X>")
    assert not may(place, two, put, passes)
    assert not may(place, replicating("<Role/>"), put, passes)
    assert may(place, replicating("<Role/>"), put, allow("iam:PassRole"))
    caller = place.caller(put, passes)
    assert refusal(authorize, replicating("&x;"), caller, place.cloud).code == "MalformedXML"
    assert may(place, replicating("&x;", "DELETE"), put)

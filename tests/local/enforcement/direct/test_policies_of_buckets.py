"""What a bucket policy may be, and whom it means ("AWS JSON policy elements: Principal")."""

from typing import Any

import pytest

from rolecall.local.authorization.bucket_policies import accept, policy_of
from rolecall.local.documents import TRUST_NOBODY
from tests.local.enforcement.conftest import HOME, OTHER, allow, deny, policy
from tests.local.enforcement.direct.conftest import Place, refusal, told

THINGS = "arn:aws:s3:::bbb/*"


def saved(place: Place, *statements: Any, bucket: str = "bbb") -> dict[str, str]:
    """The unique ids that were noted for a policy of these statements."""
    accept(policy(*statements).encode(), bucket, place.cloud)
    noted: dict[str, str] = place.cloud.records["bucket_principals"][bucket]
    return noted


def malformed(place: Place, body: str | bytes) -> tuple[str, str]:
    sent = body if isinstance(body, bytes) else body.encode()
    error = refusal(accept, sent, "bbb", place.cloud)
    assert (error.code, error.status) == ("MalformedPolicy", 400)
    assert "bucket_principals" not in place.cloud.records
    return error.message, error.reason


def test_how_large_a_policy_may_be(place: Place) -> None:
    text = policy(allow("s3:*", THINGS, Principal="*"))
    accept(text.ljust(20480).encode(), "bbb", place.cloud)
    too_large = refusal(accept, text.ljust(20481).encode(), "bbb", place.cloud)
    assert told(too_large) == (
        "MalformedPolicy",
        "Policy exceeds the maximum allowed size of 20480",
        400,
    )


@pytest.mark.parametrize("body", [b"", b"x", b"[]", b" {}", b"\xef\xbb\xbf{}"])
def test_the_first_byte_of_a_policy(place: Place, body: bytes) -> None:
    message = "Policies must be valid JSON and the first byte must be '{'"
    assert malformed(place, body) == (message, "")


@pytest.mark.parametrize("body", ["{", "{}", '{"Statement": [{"Effect": "allow"}]}'])
def test_a_text_that_is_no_policy(place: Place, body: str) -> None:
    message, reason = malformed(place, body)
    assert message == "Policy has invalid syntax"
    assert reason


def test_what_each_statement_must_have(place: Place) -> None:
    whole = allow("s3:*", THINGS, Principal="*")
    for statements in ([allow("s3:*", THINGS)], [whole, allow("s3:*", THINGS)]):
        missing = malformed(place, policy(*statements))
        assert missing == ("Missing required field Principal", "")
    bare = {"Effect": "Allow", "Action": "s3:*", "Principal": "*"}
    assert malformed(place, policy(whole, bare)) == ("Missing required field Resource", "")
    but = {"Effect": "Deny", "Action": "s3:*", "NotPrincipal": {"AWS": HOME}, "NotResource": "x"}
    assert saved(place, whole, but) == {}


def test_whom_a_policy_means(place: Place) -> None:
    user, role = place.user("u", path="/p/"), place.role("r", OTHER)
    session = f"arn:aws:sts::{OTHER}:assumed-role/r/s"
    role_id = place.cloud.directory.unique_id(role)
    assert saved(
        place,
        allow("s3:*", THINGS, Principal={"AWS": [user.arn, HOME, "*"]}),
        allow("s3:*", THINGS, Principal={"AWS": [session, f"arn:aws:iam::{HOME}:root"]}),
        {
            "Effect": "Deny",
            "NotPrincipal": {"AWS": role},
            "Action": "s3:*",
            "Resource": THINGS,
        },
        allow("s3:*", THINGS, Principal={"Service": "logging.s3.amazonaws.com"}),
        allow("s3:*", THINGS, Principal="*"),
    ) == {user.arn: user.id, session: role_id, role: role_id}


def test_ids_are_kept_for_each_bucket_anew(place: Place) -> None:
    user = place.user("u")
    named = allow("s3:*", THINGS, Principal={"AWS": user.arn})
    saved(place, named)
    saved(place, named, bucket="ccc")
    assert saved(place, allow("s3:*", THINGS, Principal="*")) == {}
    assert place.cloud.records["bucket_principals"] == {"bbb": {}, "ccc": {user.arn: user.id}}


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{HOME}:user/none",
        f"arn:aws:iam::{HOME}:role/none",
        f"arn:aws:sts::{HOME}:assumed-role/none/s",
        f"arn:aws:iam::{HOME}:user/p/u",
    ],
)
def test_a_principal_that_does_not_exist(place: Place, arn: str) -> None:
    place.user("u")
    text = policy(allow("s3:*", THINGS, Principal={"AWS": arn}))
    assert malformed(place, text) == ("Invalid principal in policy", f"{arn} does not exist")


def test_a_bucket_without_a_policy(place: Place) -> None:
    assert policy_of(None, place.cloud) is None
    assert policy_of(place.bucket("bbb"), place.cloud) is None
    assert policy_of(place.bucket("ccc", policy=""), place.cloud) is None


def test_a_policy_that_cannot_be_read_denies_everybody(place: Place) -> None:
    for name, text in (("bbb", "x"), ("bbbb", "{}")):
        assert policy_of(place.bucket(name, policy=text), place.cloud) is TRUST_NOBODY
    bucket = place.bucket("ccc")
    bucket.policy = b'{"\xff'
    assert policy_of(bucket, place.cloud) is TRUST_NOBODY


def principals(place: Place, bucket: Any) -> list[str]:
    made = policy_of(bucket, place.cloud)
    assert made is not None
    names = [each.principals or each.not_principals for each in made.document.statements]
    return [name for each in names if each is not None for name in each.aws]


def test_a_namesake_is_not_meant(place: Place) -> None:
    user, other = place.user("u"), place.user("v")
    text = policy(
        allow("s3:*", THINGS, Principal={"AWS": [user.arn, other.arn]}),
        {**deny("s3:*", THINGS), "NotPrincipal": {"AWS": user.arn}},
    )
    bucket = place.bucket("bbb", policy=text)
    accept(text.encode(), "bbb", place.cloud)
    assert principals(place, bucket) == [user.arn, other.arn, user.arn]
    bucket.policy = text  # as a snapshot may hold it
    assert principals(place, bucket) == [user.arn, other.arn, user.arn]
    place.iam().delete_user("u")
    assert principals(place, bucket) == [user.id, other.arn, user.id]
    place.user("u")
    assert principals(place, bucket) == [user.id, other.arn, user.id]
    # What was never saved through us has no ids, and means whoever bears the name.
    assert principals(place, place.bucket("ccc", policy=text)) == [user.arn, other.arn, user.arn]

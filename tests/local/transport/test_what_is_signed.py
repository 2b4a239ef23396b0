"""What a signature covers: `verify` by itself."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from rolecall.local.api import ApiCall
from rolecall.local.http_call import parse
from tests.local.transport.written import (
    Signing,
    check,
    environ,
    presigned,
    refusal,
    signed_differently,
)

IAM, S3 = Signing("iam"), Signing("s3")
MISMATCH = "The request signature we calculated does not match the signature you provided. "


def with_headers(call: ApiCall, **headers: str) -> ApiCall:
    """The call with headers that nobody signed."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return replace(call, headers={**call.headers, **more})


def test_what_is_not_signed_cannot_be_verified() -> None:
    assert refusal(parse(environ(headers={"Host": "localhost"}))) == (
        "MissingAuthenticationToken",
        403,
        "Request is missing Authentication Token",
    )


def test_what_the_key_signed_is_good() -> None:
    check(IAM.call("POST", "/", {"Content-Type": "text/plain"}, b"body"))
    check(S3.call("PUT", "/bucket/key", {"X-Amz-Meta-A": "1"}, b"body"))
    check(presigned())
    check(presigned("sts"))


# -- each part of a signature ---------------------------------------------------------------


@pytest.mark.parametrize("client", [IAM, S3])
@pytest.mark.parametrize(
    "change",
    [
        {"region": "eu-central-1"},
        {"service": "sts"},
        {"signature": "0" * 64},
        {"signed_headers": ("host",)},
        {"date": "20150830T123601Z"},
    ],
)
def test_no_part_of_a_statement_can_be_exchanged(client: Signing, change: dict[str, Any]) -> None:
    call = client.call("GET", "/x")
    if change == {"signed_headers": ("host",)}:
        # Without the date: nothing with `x-amz-` may be loose, so that it is the digest's turn.
        call = replace(
            call, headers={k: v for k, v in call.headers.items() if not k.startswith("x-amz-d")}
        )
        if client is S3:
            change = {"signed_headers": ("host", "x-amz-content-sha256")}
    code, status, message = refusal(signed_differently(call, **change))
    assert (code, status) == ("SignatureDoesNotMatch", 403)
    assert message.startswith(MISMATCH)


@pytest.mark.parametrize(
    ("name", "value"), [("host", "localhost:1"), ("x-amz-meta-a", "2"), ("x-amz-date", "x")]
)
def test_the_value_of_a_signed_header_is_signed(name: str, value: str) -> None:
    call = S3.call("PUT", "/bucket/key", {"X-Amz-Meta-A": "1"})
    changed = replace(call, headers={**call.headers, name: value})
    assert refusal(changed)[0] == "SignatureDoesNotMatch"
    without = {k: v for k, v in call.headers.items() if k != name}
    assert refusal(replace(call, headers=without))[0] == "SignatureDoesNotMatch"


def test_spaces_of_a_header_are_one() -> None:
    call = S3.call("PUT", "/bucket/key", {"X-Amz-Meta-A": "1 2"})
    check(replace(call, headers={**call.headers, "x-amz-meta-a": "  1   2 "}))


def test_a_header_is_text_as_it_was_sent() -> None:
    """A server reads bytes as Latin-1; clients sign UTF-8, or what they take for Latin-1."""
    for value in ("grün", "日本"):
        call = S3.call("PUT", "/bucket/key", {"X-Amz-Meta-A": value})
        as_read = value.encode().decode("latin-1")
        check(replace(call, headers={**call.headers, "x-amz-meta-a": as_read}))
    check(S3.call("PUT", "/bucket/key", {"X-Amz-Meta-A": "gr\xfcn"}))


@pytest.mark.parametrize("service", ["iam", "s3"])
def test_the_host_is_always_signed(service: str) -> None:
    call = Signing(service).call("GET", "/")
    assert call.signed is not None
    names = tuple(name for name in call.signed.signed_headers if name != "host")
    assert refusal(signed_differently(call, signed_headers=names)) == (
        "SignatureDoesNotMatch",
        403,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    )


def test_a_header_that_is_signed_is_there() -> None:
    for client in (IAM, S3):
        call = client.call("GET", "/")
        assert call.signed is not None
        names = (*call.signed.signed_headers, "x-other")
        code, status, message = refusal(signed_differently(call, signed_headers=names))
        assert (code, status) == ("SignatureDoesNotMatch", 403)
        assert message.startswith(MISMATCH)


def test_a_header_of_amazon_is_signed() -> None:
    loose = {"x-amz-target": "a.B", "x-amz-copy-source": "/a/b", "x-amzn-trace-id": "1"}
    told = (
        "There were headers present in the request which were not signed: "
        "x-amz-copy-source, x-amz-target"
    )
    assert refusal(with_headers(IAM.call(), **loose)) == ("SignatureDoesNotMatch", 403, told)
    assert refusal(with_headers(S3.call(), **loose)) == ("AccessDenied", 403, told)
    assert refusal(with_headers(presigned(), **loose)) == ("AccessDenied", 403, told)
    assert refusal(with_headers(presigned("sts"), **loose)) == ("SignatureDoesNotMatch", 403, told)
    check(with_headers(IAM.call(), content_type="x", x_amzn_trace_id="1", user_agent="x"))


def test_of_a_presigned_url_a_digest_may_be_loose() -> None:
    for service in ("s3", "sts"):
        check(with_headers(presigned(service), x_amz_content_sha256="0" * 64))
    assert refusal(with_headers(IAM.call(), x_amz_content_sha256="0" * 64)) == (
        "SignatureDoesNotMatch",
        403,
        "There were headers present in the request which were not signed: x-amz-content-sha256",
    )


# -- path and query -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/bucket/a~b", "/bucket/a%7Eb"),
        ("/bucket/a/b", "/bucket/a%2Fb"),
        ("/bucket/a%20b", "/bucket/a b"),
        ("/bucket/%C3%BC", "/bucket/%c3%bc"),
        ("/bucket/%C3%BC", "/bucket/\xc3\xbc"),
        ("/bucket/a%28b", "/bucket/a(b"),
        ("/bucket//a", "/bucket//a"),
        ("//bucket/a", "//bucket/a"),
        ("/bucket/../a", "/bucket/../a"),
        ("/bucket/a%09b", "/bucket/a\tb"),
        ("/bucket/a?x=1&y=2", "/bucket/a?y=2&&x=%31&"),
        ("/bucket/a?x=", "/bucket/a?x"),
        ("/bucket/a?x=b%3Dc", "/bucket/a?x=b=c"),
        ("/bucket/a?x=a%2Bb", "/bucket/a?x=a+b"),
        ("/bucket/a?x=~_.-%2F", "/bucket/a?x=%7E_.-/"),
        ("/bucket/a?x%20y=1", "/bucket/a?x y=1"),
        ("/bucket/a?x=1&x=2", "/bucket/a?x=2&x=1"),
        ("/bucket/a?%FF=1", "/bucket/a?%ff=1"),
        ("/bucket/a", "/bucket/a#x?y#z"),
        ("/bucket/a?x=1", "/bucket/a?x=1#y"),
        ("/bucket/a", "/bucket/a?X-Amz-Signature=1&%58-Amz-Signature=2"),
    ],
)
def test_another_spelling_of_a_target_is_signed_too(signed: str, sent: str) -> None:
    given = S3.environ("GET", signed)
    check(parse({**given, "REQUEST_URI": sent}))


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/bucket/a", "/bucket/b"),
        ("/bucket/a", "/Bucket/a"),
        ("/bucket/a", "/bucket//a"),
        ("/bucket/a", "/bucket/./a"),
        ("/bucket/a", "/bucket/x/../a"),
        ("/bucket/a", "/bucket/%2561"),
        ("/bucket/a+b", "/bucket/a%20b"),
        ("/bucket/ab", "/bucket/a\tb"),
        ("/bucket/a", "/bucket/a\t"),
        ("/bucket/a", "/bucket/a/"),
        ("/bucket/a", "/bucket/a?x"),
        ("/bucket/a?x=1", "/bucket/a?x=2"),
        ("/bucket/a?x=1", "/bucket/a?y=1"),
        ("/bucket/a?x=1&y=2", "/bucket/a?x=2&y=1"),
        ("/bucket/a?x=1&y=2", "/bucket/a?x=1%26y=2"),
        ("/bucket/a?x=a%20b", "/bucket/a?x=a+b"),
        ("/bucket/a?x=ab", "/bucket/a?x=a\tb"),
        ("/bucket/a", "/bucket/a?x-amz-signature=1"),
    ],
)
def test_another_target_is_not(signed: str, sent: str) -> None:
    given = S3.environ("GET", signed)
    assert refusal(parse({**given, "REQUEST_URI": sent}))[0] == "SignatureDoesNotMatch"


def test_other_services_read_a_path_as_a_file_s() -> None:
    """RFC 3986 for all but S3, and what is escaped is escaped once more."""
    client = Signing("lambda")
    given = client.environ("GET", "/a/b%3Ac/")
    check(parse(given))
    check(parse({**given, "REQUEST_URI": "/x/../a//./b%3Ac/"}))
    for other in ("/a/b%3ac/", "/a/b:c/", "/a/b%3Ac", "/a/b%253Ac/", "/a/b%3Ac\t/"):
        assert refusal(parse({**given, "REQUEST_URI": other}))[0] == "SignatureDoesNotMatch"


# -- the body -------------------------------------------------------------------------------


def test_a_body_is_signed_whatever_its_header_says() -> None:
    for digest in (None, sha256(b"body").hexdigest()):
        call = IAM.call("POST", "/", {}, b"body", digest=digest)
        check(call)
        assert refusal(replace(call, body=b"Body"))[0] == "SignatureDoesNotMatch"
    for digest in ("UNSIGNED-PAYLOAD", sha256(b"other").hexdigest()):
        call = IAM.call("POST", "/", {}, b"body", digest=digest)
        assert refusal(call)[0] == "SignatureDoesNotMatch"
    assert refusal(replace(presigned("sts"), body=b"x"))[0] == "SignatureDoesNotMatch"


def test_s3_wants_to_be_told_the_digest_of_a_body() -> None:
    call = S3.call("PUT", "/bucket/key", {}, b"body")
    check(call)
    assert refusal(replace(call, body=b"Body")) == (
        "XAmzContentSHA256Mismatch",
        400,
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
    headers = {k: v for k, v in call.headers.items() if k != "x-amz-content-sha256"}
    bare = signed_differently(replace(call, headers=headers), signed_headers=("host", "x-amz-date"))
    assert refusal(bare) == (
        "InvalidRequest",
        400,
        "Missing required header for this request: x-amz-content-sha256",
    )


def test_a_digest_may_be_in_capitals_and_must_be_one() -> None:
    upper = sha256(b"body").hexdigest().upper()
    check(S3.call("PUT", "/bucket/key", {}, b"body", digest=upper))
    for digest in ("", "unsigned-payload", "STREAMING-PAYLOAD", "ü", "0" * 64):
        call = S3.call("PUT", "/bucket/key", {}, b"body", digest=digest)
        assert refusal(call)[0] == "XAmzContentSHA256Mismatch"
    call = S3.call("PUT", "/bucket/key", {}, b"body")
    odd = replace(call, headers={**call.headers, "x-amz-content-sha256": "\ud800"})
    assert refusal(odd)[0] == "XAmzContentSHA256Mismatch"


@pytest.mark.parametrize("marker", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_s3_takes_a_body_that_is_not_signed_where_that_is_signed(marker: str) -> None:
    call = S3.call("PUT", "/bucket/key", {}, b"body", digest=marker)
    check(call)
    check(replace(call, body=b"other"))
    other = {**call.headers, "x-amz-content-sha256": sha256(b"body").hexdigest()}
    assert refusal(replace(call, headers=other))[0] == "SignatureDoesNotMatch"


@pytest.mark.parametrize("kind", ["PAYLOAD", "PAYLOAD-TRAILER"])
def test_chunks_that_are_signed_one_by_one_are_looked_at(kind: str) -> None:
    call = S3.call("PUT", "/bucket/key", {}, b"body", digest=f"STREAMING-AWS4-HMAC-SHA256-{kind}")
    assert refusal(call)[0] == "IncompleteBody"


def test_a_presigned_url_leaves_the_body_open_unless_its_digest_is_signed() -> None:
    check(replace(presigned(), body=b"anything"))
    digest = sha256(b"body").hexdigest()
    check(replace(with_headers(presigned(), x_amz_content_sha256=digest), body=b"anything"))
    call = presigned(headers={"X-Amz-Content-SHA256": digest})
    assert refusal(call)[0] == "XAmzContentSHA256Mismatch"
    check(replace(call, body=b"body"))
    headers = {k: v for k, v in call.headers.items() if k != "x-amz-content-sha256"}
    assert refusal(replace(call, headers=headers))[0] == "SignatureDoesNotMatch"

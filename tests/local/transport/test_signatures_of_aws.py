"""The signatures that AWS's own pages show for their examples are good here, and no others.

IAM User Guide, "Create a signed AWS API request"; S3 API Reference, "Authenticating Requests:
Using the Authorization Header", "… Using Query Parameters" and "… transferring payload in
multiple chunks".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.http_call import parse
from rolecall.local.sigv4 import signing_key, verify
from tests.local.transport.written import KEY_ID, SECRET, authorization, environ

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
IN_2013 = datetime(2013, 5, 24, tzinfo=UTC)
IN_2015 = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
IAM_SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


def s3(
    signature: str,
    target: str,
    signed_headers: str = "host;x-amz-content-sha256;x-amz-date",
    method: str = "GET",
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
) -> dict[str, Any]:
    given = {
        "Host": "examplebucket.s3.amazonaws.com",
        "X-Amz-Content-SHA256": EMPTY,
        "X-Amz-Date": "20130524T000000Z",
        "Authorization": authorization(
            "s3", date="20130524", headers=signed_headers, signature=signature
        ),
        **(headers or {}),
    }
    return environ(method, target, given, body)


def chunked(*parts: tuple[bytes, str]) -> dict[str, Any]:
    body = b"".join(
        f"{len(data):x};chunk-signature={signature}\r\n".encode() + data + b"\r\n"
        for data, signature in parts
    )
    return s3(
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
        "/examplebucket/chunkObject.txt",
        "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date"
        ";x-amz-decoded-content-length;x-amz-storage-class",
        "PUT",
        {
            "Host": "s3.amazonaws.com",
            "X-Amz-Storage-Class": "REDUCED_REDUNDANCY",
            "X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
            "Content-Encoding": "aws-chunked",
            "X-Amz-Decoded-Content-Length": "66560",
            "Content-Length": "66824",
        },
        body,
    )


CHUNKS = (
    (b"a" * 65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (b"a" * 1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (b"", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)
S3_EXAMPLES = {
    "GET object": s3(
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        "/test.txt",
        "host;range;x-amz-content-sha256;x-amz-date",
        headers={"Range": "bytes=0-9"},
    ),
    "PUT object": s3(
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        "/test$file.text",
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "PUT",
        {
            "Date": "Fri, 24 May 2013 00:00:00 GMT",
            "X-Amz-Storage-Class": "REDUCED_REDUNDANCY",
            "X-Amz-Content-SHA256": (
                "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"
            ),
        },
        b"Welcome to Amazon S3.",
    ),
    "GET lifecycle": s3(
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543", "/?lifecycle"
    ),
    "GET list": s3(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        "/?max-keys=2&prefix=J",
    ),
    "GET list, in another order": s3(
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        "/?prefix=%4a&&max-keys=2",
    ),
    "GET presigned": environ(
        "GET",
        "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256"
        f"&X-Amz-Credential={KEY_ID}%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
        {"Host": "examplebucket.s3.amazonaws.com"},
    ),
}


def body_again(given: dict[str, Any]) -> dict[str, Any]:
    stream = given.get("wsgi.input")
    if stream is not None:
        stream.seek(0)
    return given


def refused(given: dict[str, Any], secret: str = SECRET, now: datetime = IN_2013) -> AwsError:
    with pytest.raises(AwsError) as error:
        verify(parse(body_again(given)), secret, now)
    return error.value


@pytest.mark.parametrize("name", S3_EXAMPLES)
def test_an_example_of_s3_is_good(name: str) -> None:
    verify(parse(body_again(S3_EXAMPLES[name])), SECRET, IN_2013)


@pytest.mark.parametrize("name", S3_EXAMPLES)
@pytest.mark.parametrize(
    "change",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_URI": "/test.txt2"},
        {"HTTP_HOST": "otherbucket.s3.amazonaws.com"},
    ],
)
def test_anything_else_about_it_is_not(name: str, change: dict[str, str]) -> None:
    given = {**S3_EXAMPLES[name], **change}
    if name == "GET presigned" and "REQUEST_URI" in change:
        given["REQUEST_URI"] = S3_EXAMPLES[name]["REQUEST_URI"].replace("test.txt", "test.txt2")
    error = refused(given)
    assert (error.code, error.status) == ("SignatureDoesNotMatch", 403)
    assert error.message == (
        "The request signature we calculated does not match the signature you provided. "
        "Check your key and signing method."
    )


@pytest.mark.parametrize("name", S3_EXAMPLES)
def test_another_secret_does_not_sign_it(name: str) -> None:
    for secret in (SECRET[:-1], SECRET + "Y", SECRET.lower(), ""):
        assert refused(S3_EXAMPLES[name], secret).code == "SignatureDoesNotMatch"


def test_the_example_of_iam_is_good() -> None:
    headers = {
        "Host": "iam.amazonaws.com",
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "X-Amz-Date": "20150830T123600Z",
        "Authorization": authorization(
            "iam",
            headers="content-type;host;x-amz-date",
            signature="5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        ),
    }
    target = "/?Action=ListUsers&Version=2010-05-08"
    verify(parse(environ("GET", target, headers)), IAM_SECRET, IN_2015)
    for changed in (
        environ("POST", target, headers),
        environ("GET", target + "&PathPrefix=%2F", headers),
        environ("GET", "/?Action=ListRoles&Version=2010-05-08", headers),
        environ("GET", "/x" + target[1:], headers),
        environ("GET", target, {**headers, "Host": "sts.amazonaws.com"}),
        environ("GET", target, headers, b"x"),
    ):
        error = refused(changed, IAM_SECRET, IN_2015)
        assert (error.code, error.status) == ("SignatureDoesNotMatch", 403)
        assert error.message == (
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method. Consult the service "
            "documentation for details."
        )


def test_the_example_of_a_signing_key() -> None:
    assert signing_key(IAM_SECRET, "20150830", "us-east-1", "iam").hex() == (
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"
    )


def test_the_example_in_chunks_is_good() -> None:
    verify(parse(chunked(*CHUNKS)), SECRET, IN_2013)


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([(b"b" * 65536, CHUNKS[0][1]), *CHUNKS[1:]], "SignatureDoesNotMatch"),
        ([CHUNKS[0], (b"a" * 1024, "0" * 64), CHUNKS[2]], "SignatureDoesNotMatch"),
        ([CHUNKS[0], CHUNKS[2]], "SignatureDoesNotMatch"),
        ([CHUNKS[1], CHUNKS[0], CHUNKS[2]], "SignatureDoesNotMatch"),
        ([CHUNKS[0], CHUNKS[1], (b"", "0" * 64)], "SignatureDoesNotMatch"),
        ([CHUNKS[0], CHUNKS[1]], "IncompleteBody"),
        ([], "IncompleteBody"),
    ],
)
def test_a_chunk_that_was_changed_left_out_or_moved_is_refused(
    parts: list[tuple[bytes, str]], code: str
) -> None:
    given = chunked(*parts)
    given["CONTENT_LENGTH"] = "66824"
    assert refused(given).code == code


TRAILED = (
    (b"a" * 65536, "b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2"),
    (b"a" * 1024, "1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7"),
    (b"", "2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992"),
)


def trailed(checksum: bytes, signature: bytes) -> dict[str, Any]:
    body = b"".join(
        f"{len(data):x};chunk-signature={each}\r\n".encode() + data + (b"\r\n" if data else b"")
        for data, each in TRAILED
    )
    trailer = b"x-amz-checksum-crc32c:%s\r\nx-amz-trailer-signature:%s\r\n\r\n"
    return s3(
        "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
        "/examplebucket/chunkObject.txt",
        "content-encoding;host;x-amz-content-sha256;x-amz-date"
        ";x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
        "PUT",
        {
            "Host": "s3.amazonaws.com",
            "X-Amz-Storage-Class": "REDUCED_REDUNDANCY",
            "X-Amz-Content-SHA256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
            "Content-Encoding": "aws-chunked",
            "X-Amz-Decoded-Content-Length": "66560",
            "X-Amz-Trailer": "x-amz-checksum-crc32c",
        },
        body + trailer % (checksum, signature),
    )


def test_the_example_with_a_trailer_is_good_and_no_other_trailer() -> None:
    signature = b"d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435"
    verify(parse(trailed(b"sOO8/Q==", signature)), SECRET, IN_2013)
    assert refused(trailed(b"sOO8/R==", signature)).code == "SignatureDoesNotMatch"
    assert refused(trailed(b"sOO8/Q==", b"0" * 64)).code == "SignatureDoesNotMatch"

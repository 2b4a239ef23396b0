"""Host, target, headers, path and body of a request: what is believed of each."""

import io
import json

import pytest

from rolecall.local import http_call
from rolecall.local.api import AwsError
from rolecall.local.http_call import host_name, parse, raw_path_of, raw_target
from tests.local.transport.written import FORM, environ, stated

MIB = 1024 * 1024


def refused(given: dict[str, object]) -> tuple[str, int]:
    with pytest.raises(AwsError) as error:
        parse(given)
    return error.value.code, error.value.status


# -- host --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        (" LocalHost:4566 ", "localhost"),
        ("a.example.", "a.example"),
        ("a.example.:80", "a.example"),
        ("a.example:", "a.example"),
        ("127.0.0.1:1", "127.0.0.1"),
        ("[::1]", "::1"),
        ("[::FFFF:127.0.0.1]:80", "::ffff:127.0.0.1"),
        ("[]", ""),
        ("", ""),
        (":80", ""),
        ("::1", ""),
        ("a:b", ""),
        ("127.0.0.1:1.evil.example", ""),
        ("[::1]x", ""),
        ("[::1]:80x", ""),
        ("[localhost]", ""),
        ("x[::1]", ""),
    ],
)
def test_of_a_host_the_name_counts(host: str, name: str) -> None:
    assert host_name(host) == name


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("papers.s3.localhost:4566", "/papers/key"),
        ("Papers.S3.amazonaws.com", "/papers/key"),
        ("my.papers.s3.eu-central-1.amazonaws.com", "/my.papers/key"),
        ("papers.s3-eu-west-1.amazonaws.com", "/papers/key"),
        ("abc.s3", "/abc/key"),
        (f"{'a' * 63}.s3.localhost", f"/{'a' * 63}/key"),
        (f"{'a' * 64}.s3.localhost", "/key"),
        ("ab.s3.localhost", "/key"),
        ("a-.s3.localhost", "/key"),
        ("ab-.s3.localhost", "/key"),
        ("-ab.s3.localhost", "/key"),
        ("a_b.s3.localhost", "/key"),
        ("s3.localhost", "/key"),
        ("papers.sqs.localhost", "/key"),
        ("papers.s3_x", "/key"),
        ("localhost", "/key"),
        (".s3.localhost:1.evil.example", "/key"),
    ],
)
def test_a_bucket_in_the_host_comes_into_the_path(host: str, path: str) -> None:
    assert parse(environ("GET", "/key", {"Host": host})).path == path


def test_only_s3_has_buckets_in_its_hosts() -> None:
    headers = {**stated("lambda"), "Host": "papers.s3.localhost"}
    assert parse(environ("GET", "/key", headers)).path == "/key"
    headers = {**stated("s3"), "Host": "papers.s3.localhost"}
    assert parse(environ("GET", "/key", headers)).path == "/papers/key"


# -- target ------------------------------------------------------------------------------


def test_the_target_is_the_one_that_was_sent() -> None:
    everything = {"REQUEST_URI": "/a%20b?c", "RAW_URI": "/other", "PATH_INFO": "/third"}
    assert raw_target(everything) == "/a%20b?c"
    assert raw_target({**everything, "REQUEST_URI": ""}) == "/other"
    assert raw_target({"RAW_URI": "/other", "PATH_INFO": "/third"}) == "/other"
    assert raw_target({"RAW_URI": "", "PATH_INFO": "/third"}) == "/third"
    assert raw_target({"PATH_INFO": "/third"}) == "/third"
    assert raw_target({}) == ""
    for name in ("REQUEST_URI", "RAW_URI", "PATH_INFO"):
        assert parse({name: "/a%2520b"}).path == "/a%20b"


@pytest.mark.parametrize(
    ("target", "raw", "path", "query"),
    [
        ("/a%20b", "/a%20b", "/a b", ""),
        ("/a?b?c", "/a", "/a", "b?c"),
        ("/a?b#c?d#e", "/a", "/a", "b"),
        ("/a#b?c#d", "/a", "/a", ""),
        ("/?", "/", "/", ""),
        ("//a//b", "//a//b", "//a//b", ""),
        ("/%C3%BC/%2f", "/%C3%BC/%2f", "/ü//", ""),
        ("/a%3Fb%23", "/a%3Fb%23", "/a?b#", ""),
        ("/a+b", "/a+b", "/a+b", ""),
    ],
)
def test_a_target_is_path_and_query(target: str, raw: str, path: str, query: str) -> None:
    given = environ(target=target)
    call = parse(given)
    assert (raw_path_of(given), call.path, call.query_string) == (raw, path, query)


@pytest.mark.parametrize("target", ["", "*", "a/b", "http://localhost/", "?a", "localhost:80"])
def test_a_target_begins_with_a_slash(target: str) -> None:
    assert refused(environ(target=target)) == ("InvalidRequest", 400)


@pytest.mark.parametrize("path", ["/%ff", "/%c3%28", "/%00", "/a%00b", "/\xfc", "/\u65e5"])
def test_a_path_is_text_without_zeros(path: str) -> None:
    assert refused({"REQUEST_URI": path}) == ("InvalidURI", 400)


# -- headers -----------------------------------------------------------------------------


def test_headers_are_in_lower_case_with_dashes() -> None:
    given = {
        "PATH_INFO": "/",
        "HTTP_X_AMZ_META_A": 1,
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": "text/plain",
        "CONTENT_LENGTH": "3",
        "SERVER_NAME": "x",
        "X_HTTP_Y": "x",
        "http_z": "x",
    }
    assert parse(given).headers == {
        "x-amz-meta-a": "1",
        "host": "localhost",
        "content-type": "text/plain",
        "content-length": "3",
    }
    assert parse({**given, "CONTENT_TYPE": "", "CONTENT_LENGTH": None}).headers == {
        "x-amz-meta-a": "1",
        "host": "localhost",
    }


def test_a_header_with_an_underscore_is_spelled_as_it_was_sent() -> None:
    spelled = {"HTTP_X_AMZ_META_A_B": "x-amz-meta-a_b", "HTTP_X_AMZ_META_GONE": "x"}
    given = {
        "PATH_INFO": "/",
        "HTTP_X_AMZ_META_A_B": "1",
        "HTTP_X_AMZ_META_C_D": "2",
        "HTTP_ROLECALL_SPELLING": json.dumps(spelled),
    }
    assert parse(given).headers == {"x-amz-meta-a_b": "1", "x-amz-meta-c-d": "2"}


# -- body --------------------------------------------------------------------------------


class Asked(io.BytesIO):
    """A body that remembers how much of it was asked for."""

    most = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.most = size if size is not None else -1
        return super().read(size)


@pytest.mark.parametrize(
    ("length", "asked"),
    [
        ("3", 3),
        ("0", 0),
        (str(256 * MIB), 256 * MIB),
        (str(10**12), 256 * MIB + 1),
        ("x", 256 * MIB + 1),
        ("-1", 256 * MIB + 1),
        ("\xb2", 256 * MIB + 1),
        (None, 256 * MIB + 1),
        ("", 256 * MIB + 1),
    ],
)
def test_of_a_body_no_more_is_read_than_was_said_or_fits(length: str | None, asked: int) -> None:
    stream = Asked(b"0123456789")
    given = {"wsgi.input": stream, "CONTENT_LENGTH": length, "wsgi.input_terminated": True}
    call = parse({"PATH_INFO": "/b/k", **given})
    assert (stream.most, call.body) == (asked, b"0123456789"[:asked])


def test_a_body_without_length_or_end_is_none() -> None:
    for more in ({}, {"CONTENT_LENGTH": ""}, {"wsgi.input_terminated": False}):
        given = {"PATH_INFO": "/b/k", "wsgi.input": io.BytesIO(b"012"), **more}
        assert parse(given).body == b""
    assert parse({"PATH_INFO": "/b/k", "CONTENT_LENGTH": "3"}).body == b""


@pytest.mark.parametrize("size", [10, 11])
def test_a_body_of_more_than_fits_is_refused(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(http_call, "LARGEST_BODY", 10)
    given = environ("PUT", "/b/k", stated("s3"), b"x" * size)
    if size == 10:
        assert parse(given).body == b"x" * 10
    else:
        assert refused(given) == ("EntityTooLarge", 400)


def test_a_strangers_form_has_two_mebibytes() -> None:
    """Also one that names no service, and would be S3's: forms are read before that is known."""
    for target in ("/bucket", "/?Version=2011-06-15"):
        for kind in (FORM, "application/x-www-form-urlencoded"):
            fits = environ("POST", target, {"Content-Type": kind}, b"x" * (2 * MIB))
            assert parse(fits).body == b"x" * (2 * MIB)
            more = environ("POST", target, {"Content-Type": kind}, b"x" * (2 * MIB + 1))
            assert refused(more) == ("RequestEntityTooLarge", 413)


def test_so_has_any_other_call_of_a_stranger_but_an_upload() -> None:
    header = {"X-Amz-Target": "AWSCognitoIdentityService.GetId"}
    assert parse(environ("POST", "/", header, b"x" * (2 * MIB))).action == "GetId"
    with pytest.raises(AwsError, match="more than 2097152 bytes") as error:
        parse(environ("POST", "/", header, b"x" * (2 * MIB + 1)))
    assert (error.value.code, error.value.status) == ("RequestEntityTooLarge", 413)
    upload = b"x" * (2 * MIB + 1)
    assert parse(environ("PUT", "/bucket/key", {}, upload)).body == upload
    assert parse(environ("POST", "/", stated("logs"), upload)).body == upload


def test_a_signed_form_has_thirty_two_mebibytes() -> None:
    headers = {**stated("iam"), "Content-Type": FORM}
    body = b"SAMLMetadataDocument=" + b"x" * (32 * MIB - 21)
    assert len(parse(environ("POST", "/", headers, body)).params["SAMLMetadataDocument"]) == (
        32 * MIB - 21
    )
    assert refused(environ("POST", "/", headers, body + b"x")) == ("RequestEntityTooLarge", 413)
    headers = {**stated("s3"), "Content-Type": "text/plain"}
    assert len(parse(environ("PUT", "/b/k", headers, body + b"x")).body) == 32 * MIB + 1

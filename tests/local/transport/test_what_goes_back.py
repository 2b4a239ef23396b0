"""What the front sends back: to whom at all, and with which headers and body."""

import json
from typing import Any

import pytest

from rolecall.local.api import ApiReply, AwsError
from tests.local.transport.way import Way
from tests.local.transport.written import environ

Reply = tuple[str, list[tuple[str, str]], bytes]


@pytest.fixture
def way() -> Way:
    return Way()


def sent(way: Way, given: dict[str, Any]) -> Reply:
    """Status line, headers and body; the id of the request is `one`."""
    way.cloud.new_request_id = lambda: "one"  # type: ignore[method-assign]
    caught: list[Any] = []
    chunks = way.front(given, lambda *status_and_headers: caught.extend(status_and_headers))
    return caught[0], caught[1], b"".join(chunks)


def answered(way: Way, reply: ApiReply, method: str = "GET") -> Reply:
    way.answers["sts"] = reply
    return sent(way, environ(method, "/bucket", {"Host": "localhost"}))


# -- whom it answers ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "welcome"),
    [
        ("localhost", True),
        ("LOCALHOST:4566", True),
        ("localhost.", True),
        ("my-bucket.s3.localhost", True),
        ("_a.localhost", True),
        (".localhost", True),
        ("127.0.0.1:1", True),
        ("127.255.3.1", True),
        ("[::1]:80", True),
        ("", False),
        ("127.0.0", False),
        ("127.0.0.1.1", False),
        ("127.0.0.1234", False),
        ("127a0.0.1", False),
        ("128.0.0.1", False),
        ("[::2]", False),
        ("::1", False),
        ("localhosts", False),
        ("evillocalhost", False),
        ("-a.localhost", True),
        ("a b.localhost", False),
        ("localhost.evil.example", False),
        ("127.0.0.1:1.evil.example", False),
    ],
)
def test_it_answers_to_this_machine_only(way: Way, host: str, welcome: bool) -> None:
    status, headers, body = sent(way, environ("GET", "/_rolecall/health", {"Host": host}))
    if welcome:
        assert status == "200 OK"
    else:
        assert status == "403 Forbidden"
        assert headers == [
            ("Content-Type", "text/plain"),
            ("x-amzn-RequestId", "one"),
            ("Content-Length", "44"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        assert body == b"The embedded AWS answers to localhost only.\n"
        assert sent(way, environ("GET", "/bucket", {"Host": host}))[0] == "403 Forbidden"
        assert way.came == []


def test_without_a_host_there_is_no_answer(way: Way) -> None:
    assert sent(way, environ("GET", "/_rolecall/health"))[0] == "403 Forbidden"


@pytest.mark.parametrize(
    ("path", "closed"),
    [
        ("/moto-api", True),
        ("/moto-api/reset", True),
        ("/moto-api.x", True),
        ("/latest/meta-data", True),
        ("/latest/", True),
        ("/favicon.ico", True),
        ("/latest", False),
        ("/x/moto-api", False),
        ("/bucket/favicon.ico", False),
    ],
)
def test_what_is_motos_own_is_closed(way: Way, path: str, closed: bool) -> None:
    reply = sent(way, environ("GET", path, {"Host": "localhost"}))
    if closed:
        assert (reply[0], reply[2], way.came) == ("404 Not Found", b"", [])
        assert reply[1][0] == ("Content-Type", "text/plain")
    else:
        assert way.came[0] == "sts"


# -- the control endpoints ------------------------------------------------------------------


def test_control_calls_come_with_their_headers_and_body(way: Way) -> None:
    body = json.dumps({"advance_seconds": 5}).encode()
    headers = {"Host": "localhost", "X-Rolecall-Token": "token"}
    given = environ("POST", "/_rolecall/clock", headers, body)
    status, told, answer = sent(way, given)
    assert (status, json.loads(answer)["offset_seconds"]) == ("200 OK", 5.0)
    assert told == [
        ("Content-Type", "application/json"),
        ("Cache-Control", "no-store"),
        ("x-amzn-RequestId", "one"),
        ("Content-Length", str(len(answer))),
        ("X-Content-Type-Options", "nosniff"),
    ]
    assert way.came == []
    assert way.cloud.clock_offset == 5
    for name in ("REQUEST_X_ROLECALL_TOKEN", "X_ROLECALL_TOKEN", "http_x_rolecall_token"):
        other = environ("POST", "/_rolecall/clock", {"Host": "localhost"}, body)
        assert sent(way, {**other, name: "token"})[0] == "403 Forbidden"
    page = {**headers, "Origin": "null"}
    assert sent(way, environ("GET", "/_rolecall/health", page))[0] == "403 Forbidden"


def test_a_control_call_may_have_no_body_and_no_long_one(way: Way) -> None:
    headers = {"Host": "localhost", "X-Rolecall-Token": "token"}
    assert sent(way, environ("POST", "/_rolecall/save", headers))[0] == "200 OK"
    # No more than a mebibyte is read, whatever follows.
    long = environ("POST", "/_rolecall/save", headers, b"{}" + b" " * (2**20 - 2) + b"x")
    assert sent(way, long)[0] == "200 OK"
    assert way.came == []
    sent(way, environ("GET", "/_rolecall", headers))  # a bucket of that name, who knows
    assert way.came == ["sts", "authorize", "before", "gaps", "account", "moto", "after"]


# -- headers and bodies ---------------------------------------------------------------------


def test_a_reply_goes_back_with_its_length_and_id(way: Way) -> None:
    assert answered(way, ApiReply(200, b"text", (("A", "b"), ("A", "c")))) == (
        "200 OK",
        [
            ("A", "b"),
            ("A", "c"),
            ("x-amzn-RequestId", "one"),
            ("Content-Length", "4"),
            ("X-Content-Type-Options", "nosniff"),
        ],
        b"text",
    )


def test_what_a_reply_says_of_itself_counts(way: Way) -> None:
    for names in (("x-amzn-RequestId", "Content-Length"), ("X-AMZN-REQUESTID", "content-length")):
        headers = ((names[0], "two"), (names[1], "4"))
        told = [*headers, ("X-Content-Type-Options", "nosniff")]
        assert answered(way, ApiReply(200, b"text", headers))[1] == told


@pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_some_replies_have_no_body(way: Way, status: str, method: str) -> None:
    found = answered(way, ApiReply(int(status[:3]), b"text"), method)
    told = [("x-amzn-RequestId", "one"), ("X-Content-Type-Options", "nosniff")]
    assert found == (status, told, b"")


@pytest.mark.parametrize("status", ["200 OK", "206 Partial Content", "404 Not Found"])
def test_a_head_gets_the_length_alone(way: Way, status: str) -> None:
    length = ("Content-Length", "4")
    line, headers, body = answered(way, ApiReply(int(status[:3]), b"text"), "HEAD")
    assert (line, length in headers, body) == (status, True, b"")
    line, headers, body = answered(way, ApiReply(int(status[:3]), b"text"))
    assert (line, length in headers, body) == (status, True, b"text")
    told = (("Content-Length", "4000"),)
    line, headers, body = answered(way, ApiReply(200, b"", told), "HEAD")
    assert headers[0] == told[0]
    assert [value for name, value in headers if name == "Content-Length"] == ["4000"]
    assert body == b""


def test_a_status_that_has_no_name_goes_back_too(way: Way) -> None:
    assert answered(way, ApiReply(299, b""))[0] == "299 Unknown"
    assert answered(way, ApiReply(418, b""))[0] == "418 I'm a Teapot"


def test_an_error_goes_back_with_the_id_of_the_request_and_its_reason(way: Way) -> None:
    way.answers["sts"] = AwsError("AccessDenied", "no", 403, "because")
    status, headers, body = sent(way, environ("GET", "/bucket", {"Host": "localhost"}))
    assert status == "403 Forbidden"
    assert ("x-rolecall-reason", "because") in headers
    assert [value for name, value in headers if name == "x-amzn-RequestId"] == ["one"]
    assert b"<RequestId>one</RequestId>" in body
    status, headers, body = sent(way, environ("GET", "/%ff", {"Host": "localhost"}))
    assert (status, b"<Code>InvalidURI</Code>" in body) == ("400 Bad Request", True)
    assert [value for name, value in headers if name == "x-amzn-RequestId"] == ["one"]

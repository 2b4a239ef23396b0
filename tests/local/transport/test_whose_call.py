"""Who signs without the secret is nobody, whatever else he has; and what is read of a call."""

import io
import json
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError

from rolecall.local import http_call, sigv4
from rolecall.local.api import ApiCall, ApiReply, AwsError, SignedWith
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.front import Front, Handlers
from rolecall.local.http_call import parse
from rolecall.local.session_token import Sealer
from tests.local.conftest import CloudServer
from tests.local.transport.raw import ACCOUNT, FORM, control, query, send, signed, whoami

NewSession = Callable[..., dict[str, str]]


# -- signatures ----------------------------------------------------------------------


def test_a_token_without_its_secret_is_worth_nothing(
    cloud_server: CloudServer, new_session: NewSession
) -> None:
    """A token is seen by whoever sees a request; the secret never leaves its owner."""
    keys = new_session(cloud_server)
    assert cloud_server.client("iam", keys).list_users()["Users"]
    seen = keys | {"aws_secret_access_key": "x" * 40}
    for service, operation in (
        ("sts", "get_caller_identity"),
        ("iam", "list_users"),
        ("s3", "list_buckets"),
        ("dynamodb", "list_tables"),
    ):
        with pytest.raises(ClientError) as error:
            getattr(cloud_server.client(service, seen), operation)()
        answer = error.value.response["Error"]["Code"]
        assert answer in ("SignatureDoesNotMatch", "InvalidSignatureException"), service
    for client in (cloud_server.client("sts", seen), cloud_server.client("s3", seen)):
        operation = (
            "get_caller_identity"
            if client.meta.service_model.service_name == "sts"
            else ("list_buckets")
        )
        parts = urlsplit(client.generate_presigned_url(operation, HttpMethod="GET"))
        reply = send(cloud_server, "GET", f"{parts.path}?{parts.query}")
        assert (reply.status, "SignatureDoesNotMatch" in reply.text) == (403, True)


def test_an_unsigned_digest_is_refused_in_a_header_signature(cloud_server: CloudServer) -> None:
    keys = cloud_server.admin(ACCOUNT)
    headers = signed(cloud_server, keys, service="s3", method="GET")
    assert send(cloud_server, "GET", "/", headers).status == 200
    headers["Authorization"] = headers["Authorization"].replace("x-amz-content-sha256;", "")
    reply = send(cloud_server, "GET", "/", headers)
    assert (reply.status, "which were not signed" in reply.text) == (403, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("AWS4-HMAC-SHA256 ", "AWS4-HMAC-SHA512 "),
        ("AWS4-HMAC-SHA256 ", "AWS4-ECDSA-P256-SHA256 "),
        ("SignedHeaders=", "SignedHeader="),
        ("SignedHeaders=", "SignedHeaders=host;"),
        (";host;", ";Host;"),
        ("SignedHeaders=", "SignedHeaders=host, SignedHeaders="),
        ("Signature=", "Signature=0"),
        ("Signature=", "Signature=G"),
        (", Signature=", ", Sig="),
        ("aws4_request", "aws5_request"),
        ("Credential=", "Credential=x y"),
        (", SignedHeaders", ", nothing, SignedHeaders"),
    ],
)
def test_a_signature_has_one_form(cloud_server: CloudServer, old: str, new: str) -> None:
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    assert old in headers["Authorization"]
    headers["Authorization"] = headers["Authorization"].replace(old, new, 1)
    reply = send(cloud_server, "POST", "/", headers, body)
    assert (reply.status, "IncompleteSignature" in reply.text) == (400, True)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=AWS4-HMAC-SHA512"),
        ("X-Amz-Expires=", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires="),
        ("X-Amz-SignedHeaders=", "X-Amz-Signed="),
        ("X-Amz-Date=", "X-Amz-Day="),
    ],
)
def test_a_presigned_url_has_one_form(cloud_server: CloudServer, old: str, new: str) -> None:
    client = cloud_server.client("sts", ACCOUNT)
    parts = urlsplit(client.generate_presigned_url("get_caller_identity", HttpMethod="GET"))
    assert send(cloud_server, "GET", f"{parts.path}?{parts.query}").status == 200
    assert old in parts.query
    changed = parts.query.replace(old, new, 1)
    reply = send(cloud_server, "GET", f"{parts.path}?{changed}")
    assert (reply.status, "IncompleteSignature" in reply.text) == (400, True)


def test_a_date_is_in_utc_wherever_the_machine_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    given = SignedWith(
        access_key_id="AKIAIOSFODNN7EXAMPLE",
        date="Tue, 24 Nov 2026 16:00:00 -0000",
        scope_date="20261124",
        region="eu-central-1",
        service="sts",
        signed_headers=("host",),
        signature="0" * 64,
        session_token=None,
        presigned=False,
    )
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    time.tzset()
    try:
        moments = [
            sigv4._moment(replace(given, date=date))
            for date in (given.date, "Tue, 24 Nov 2026 18:00:00 +0200", "20261124T160000Z")
        ]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert set(moments) == {datetime(2026, 11, 24, 16, tzinfo=UTC)}


def test_a_token_has_one_spelling(cloud_server: CloudServer, new_session: NewSession) -> None:
    import base64

    from rolecall.embedded_token import EMBEDDED_TOKEN_PREFIX

    token = new_session(cloud_server)["aws_session_token"]
    sealer: Sealer = cloud_server.cloud.sealer
    prefix = base64.b64decode(EMBEDDED_TOKEN_PREFIX)
    bare = base64.b64decode(token).removeprefix(prefix)
    assert sealer.open(token) is not None
    for other in (bare, prefix + prefix + bare, prefix[:-1] + bare):
        assert sealer.open(base64.b64encode(other).decode()) is None


# -- what is read of a call ----------------------------------------------------------


def test_a_stranger_may_not_send_much(cloud_server: CloudServer) -> None:
    most = 2 * 1024 * 1024
    form = {"Content-Type": FORM}
    target = {"X-Amz-Target": "AWSCognitoIdentityService.GetId"}
    for headers, body in (
        (form, query("AssumeRoleWithSAML") + b"&x=" + b"y" * most),
        (target, b" " * (most + 1)),
    ):
        assert send(cloud_server, "POST", "/", headers, body).status == 413
        assert send(cloud_server, "POST", "/", headers, body[:1000]).status in (400, 403)


def environ(**changes: Any) -> dict[str, object]:
    given: dict[str, object] = {
        "REQUEST_METHOD": "PUT",
        "PATH_INFO": "/bucket/key",
        "REQUEST_URI": "/bucket/key",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
    }
    return {**given, **changes}


def code_of(given: dict[str, object]) -> str:
    with pytest.raises(AwsError) as refused:
        parse(given)
    return refused.value.code


def test_a_body_has_a_length_and_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_call, "LARGEST_BODY", 10)
    whole: dict[str, Any] = {"wsgi.input": io.BytesIO(b"0123456789"), "CONTENT_LENGTH": "10"}
    assert parse(environ(**whole)).body == b"0123456789"
    for length in ("11", "-1", "1e1", "x"):
        long = {"wsgi.input": io.BytesIO(b"01234567890"), "CONTENT_LENGTH": length}
        assert code_of(environ(**long)) == "EntityTooLarge"
    # A body without its length is read only where the server knows its end.
    loose: dict[str, Any] = {"wsgi.input": io.BytesIO(b"012")}
    assert parse(environ(**loose)).body == b""
    assert parse(environ(**loose, **{"wsgi.input_terminated": True})).body == b"012"
    assert parse(environ()).body == b""


@pytest.mark.parametrize("path", ["/bucket/a%00b", "/%00", "/bucket/%ff", "/bucket/%c3%28"])
def test_a_path_is_text(path: str) -> None:
    assert code_of(environ(REQUEST_URI=path, PATH_INFO=path)) == "InvalidURI"


@pytest.mark.parametrize("target", ["http://localhost/bucket/key", "bucket/key", "*", ""])
def test_a_target_is_a_path(target: str) -> None:
    assert code_of(environ(REQUEST_URI=target, PATH_INFO=target)) == "InvalidRequest"


def test_a_header_is_the_one_that_was_written(cloud_server: CloudServer) -> None:
    """Servers read `X_Amz_Target` as `X-Amz-Target`, which was never signed."""
    keys, body = cloud_server.admin(ACCOUNT), query("GetCallerIdentity")
    headers = signed(cloud_server, keys, body=body, headers={"Content-Type": FORM})
    for name in ("X_Amz_Target", "X_Amz-Target", "X_Amz_Security_Token"):
        assert send(cloud_server, "POST", "/", {**headers, name: "a.B"}, body).status == 200


def test_an_unsigned_call_is_of_the_service_that_it_names() -> None:
    def service(body: bytes = b"", **changes: Any) -> str:
        sent = {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body)), **changes}
        return parse(environ(REQUEST_METHOD="POST", PATH_INFO="/", REQUEST_URI="/", **sent)).service

    form = {"CONTENT_TYPE": FORM}
    assert service(query("AssumeRoleWithSAML"), **form) == "sts"
    assert service(query("ListUsers", version="2010-05-08"), **form) == "iam"
    assert service(query("SendMessage", version="2012-11-05"), **form) == ""
    assert service(b"{}", HTTP_X_AMZ_TARGET="AWSCognitoIdentityService.GetId") == "cognito-identity"
    assert service(b"{}", HTTP_X_AMZ_TARGET="DynamoDB_20120810.ListTables") == ""
    assert service(b"text") == "s3"


# -- what an unsigned call can reach -------------------------------------------------


class Recorded:
    """Handlers that let everything pass, and what came to them."""

    def __init__(self, *, public: bool, account: str | None = None) -> None:
        self.came: list[str] = []

        def noted(name: str, answer: Any = None) -> Callable[..., Any]:
            def handler(*_: Any) -> Any:
                self.came.append(name)
                return answer

            return handler

        def after(_call: ApiCall, reply: ApiReply, _cloud: Cloud) -> ApiReply:
            self.came.append("moto")
            return reply

        self.handlers = Handlers(
            sts=noted("sts"),
            authorize=noted("authorize"),
            acting_account=noted("account", account),
            iam_before=noted("iam"),
            gaps=noted("gaps"),
            iam_after=after,
            public=lambda _call: public,
        )


def answered(front: Front, given: dict[str, object]) -> str:
    statuses: list[str] = []
    list(front(dict(given), lambda status, _headers: statuses.append(status)))
    return statuses[0][:3]


def test_an_unsigned_call_comes_no_further_than_to_whoever_answers_such(
    cloud_server: CloudServer,
) -> None:
    asked = environ(
        REQUEST_METHOD="POST",
        PATH_INFO="/",
        REQUEST_URI="/",
        HTTP_X_AMZ_TARGET="AWSCognitoIdentityService.GetId",
    )
    cloud = cloud_server.cloud
    for public, came in ((True, ["sts", "gaps"]), (False, ["sts"])):
        recorded = Recorded(public=public, account=ACCOUNT)
        front = Front(cloud, Control(cloud, "token"), recorded.handlers)
        assert (answered(front, asked), recorded.came) == ("400", came)


def test_without_an_account_the_backend_is_not_asked(cloud_server: CloudServer) -> None:
    cloud = cloud_server.cloud
    recorded = Recorded(public=False, account=None)
    front = Front(cloud, Control(cloud, "token"), recorded.handlers)
    assert answered(front, environ(REQUEST_METHOD="GET")) == "403"
    assert recorded.came == ["sts", "authorize", "iam", "gaps", "account"]


def test_what_may_have_changed_something_is_saved_and_nothing_else(
    cloud_server: CloudServer,
) -> None:
    changes: list[int] = []
    iam, s3 = cloud_server.client("iam", ACCOUNT), cloud_server.client("s3", ACCOUNT)
    where = {"LocationConstraint": cloud_server.region}
    cloud_server.cloud.on_change = lambda: changes.append(1)

    def changed(operation: Callable[..., Any], **parameters: Any) -> bool:
        changes.clear()
        try:
            operation(**parameters)
        except ClientError:
            parameters["refused"] = True
        return bool(changes)

    assert changed(iam.create_user, UserName="alice")
    assert changed(iam.create_user, UserName="alice"), "refused, but perhaps only half of it"
    assert not changed(iam.get_user, UserName="alice")
    assert not changed(iam.list_users)
    assert changed(s3.create_bucket, Bucket="papers", CreateBucketConfiguration=where)
    assert changed(s3.put_object, Bucket="papers", Key="a", Body=b"1")
    assert not changed(s3.get_object, Bucket="papers", Key="a")
    assert not changed(s3.head_object, Bucket="papers", Key="a")
    assert changed(s3.delete_object, Bucket="papers", Key="a")


def test_a_head_has_no_body(cloud_server: CloudServer) -> None:
    headers = signed(cloud_server, cloud_server.admin(ACCOUNT), service="s3", method="HEAD")
    reply = send(cloud_server, "HEAD", "/", headers)
    assert reply.body == b""
    assert reply.headers["x-content-type-options"] == "nosniff"


# -- control -------------------------------------------------------------------------


def test_a_server_without_a_control_token_obeys_nobody() -> None:
    for given in ({}, {"x-rolecall-token": ""}):
        reply = Control(Cloud(), "").handle("GET", "/_rolecall/status", given, b"")
        assert reply.status == 403


@pytest.mark.parametrize("origin", ["null", "http://127.0.0.1:4566", ""])
def test_a_page_learns_not_even_whether_it_is_there(origin: str) -> None:
    reply = Control(Cloud(), "token").handle("GET", "/_rolecall/health", {"origin": origin}, b"")
    assert reply.status == 403


def test_health_is_a_get(cloud_server: CloudServer) -> None:
    assert send(cloud_server, "POST", "/_rolecall/health", body=b"").status == 403


@pytest.mark.parametrize("characters", [2047, 4097, True, "4096", None, 3000.0])
def test_the_quota_of_trust_policies_has_bounds(
    cloud_server: CloudServer, characters: object
) -> None:
    given = {"characters": characters}
    assert control(cloud_server, "POST", "trust-policy-quota", given).status == 400
    assert "quotas" not in cloud_server.cloud.records
    for good in (2048, 4096):
        reply = control(cloud_server, "POST", "trust-policy-quota", {"characters": good})
        assert reply.status == 200


def test_what_control_does_not_know_it_does_not_do(cloud_server: CloudServer) -> None:
    for method, name in (
        ("GET", "accounts/111122223333"),
        ("GET", "clock"),
        ("GET", "shutdown"),
        ("POST", "status"),
        ("POST", "oidc"),
        ("POST", "saml/nothing"),
        ("POST", "oidcs/token"),
    ):
        assert control(cloud_server, method, name, {}).status in (400, 404), name
    assert control(cloud_server, "POST", "clock", []).status == 400
    assert whoami(cloud_server, cloud_server.admin(ACCOUNT)).status == 200


def test_what_control_changes_is_saved(cloud_server: CloudServer) -> None:
    done: list[str] = []
    cloud = cloud_server.cloud
    served = Control(
        cloud,
        "token",
        facts={"port": 4566},
        save=lambda: done.append("saved"),
        stop=lambda: done.append("stopped"),
    )

    def ask(method: str, name: str, given: Any = None) -> tuple[int, list[str]]:
        done.clear()
        body = b"" if given is None else json.dumps(given).encode()
        headers = {"x-rolecall-token": "token"}
        return served.handle(method, f"/_rolecall/{name}", headers, body).status, list(done)

    issuer = {"issuer": "https://issuer.example", "subject": "s", "audience": "a"}
    gone = {"issuer": "https://gone.example"}
    bucket = {"account": ACCOUNT, "bucket": "state-bucket", "region": "eu-central-1"}
    cloud.on_change = lambda: done.append("changed")
    assert ask("POST", "save") == (200, ["saved"])
    assert ask("POST", "shutdown") == (202, ["stopped"])
    assert ask("POST", "trust-policy-quota", {"characters": 3000}) == (200, ["changed", "saved"])
    for name, given in (
        (f"accounts/{ACCOUNT}", None),
        ("buckets", bucket),
        ("oidc/token", issuer),
        ("oidc/disconnect", gone),
    ):
        status, found = ask("POST", name, given)
        assert (status, found[-1], found[0]) == (200, "saved", "changed"), name
    assert ask("GET", "oidc/connections") == (200, [])
    status = json.loads(
        served.handle("GET", "/_rolecall/status", {"x-rolecall-token": "token"}, b"").body
    )
    assert status["port"] == 4566
    large = served.handle("POST", "/_rolecall/save", {"x-rolecall-token": "token"}, b" " * 2**21)
    assert large.status == 400

"""The console: a session becomes a URL, at an HTTPS endpoint that answers like AWS's."""

import http.client
import json
import ssl
import threading
import webbrowser
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from rolecall.cli.main import main
from rolecall.embedded_token import EMBEDDED_TOKEN_PREFIX
from rolecall.problems import Exit, Problem
from rolecall.session import AssumedRole
from rolecall.session.console import SITES, ConsoleRequest, SignIn, check_of_aws
from rolecall.session.one_redirect import open_in_browser
from tests.session.proofs import jwt
from tests.session.recording_sts import SECRET_KEY, SESSION_TOKEN, Recorder

Output = pytest.CaptureFixture[str]
TOKEN = "the-sign-in/token+="


@dataclass
class Federation:
    """The sign-in endpoint, what it was asked, and what it answers."""

    url: str = ""
    ca: trustme.CA = field(default_factory=trustme.CA)
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    body: str = json.dumps({"SigninToken": TOKEN})
    headers: dict[str, str] = field(default_factory=dict)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def federation(
    authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Federation]:
    told = Federation(ca=authority)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert urlsplit(self.path).path == "/federation"
            told.asked.append(dict(parse_qsl(urlsplit(self.path).query)))
            self.send_response(told.status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(told.body.encode())))
            self.end_headers()
            self.wfile.write(told.body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    told.url = f"https://localhost:{server.server_port}/federation"
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    yield told
    server.shutdown()
    thread.join(10)
    server.server_close()


@pytest.fixture
def keys(
    sts: Recorder,
    project: Path,
    federation: Federation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A user's keys, and both endpoints."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
    monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", federation.url)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "ca.pem"))


def console(*words: str) -> int:
    return main(["console", "tes", "deployer", *words])


def login(text: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(text.strip()).query))


@pytest.mark.usefixtures("keys")
def test_the_session_is_exchanged_for_a_url(federation: Federation, capsys: Output) -> None:
    assert console() == Exit.OK
    out, err = capsys.readouterr()
    [asked] = federation.asked
    assert json.loads(asked.pop("Session")) == {
        "sessionId": "ASIAEXAMPLEEXAMPLE12",
        "sessionKey": SECRET_KEY,
        "sessionToken": SESSION_TOKEN,
    }
    assert asked == {"Action": "getSigninToken"}
    assert out.startswith(f"{federation.url}?")
    assert out.count("\n") == 1
    assert login(out) == {
        "Action": "login",
        "Issuer": "rolecall",
        "Destination": "https://console.aws.amazon.com/console/home?region=eu-central-1",
        "SigninToken": TOKEN,
    }
    for secret in (TOKEN, SESSION_TOKEN, SECRET_KEY):
        assert secret not in err


@pytest.mark.usefixtures("keys")
def test_what_is_wished_for(federation: Federation, capsys: Output) -> None:
    options = ["--destination", "s3", "--issuer", "https://acme.example/", "--json"]
    assert console(*options, "--session-duration", "7200", "--region", "eu-west-1") == Exit.OK
    printed = json.loads(capsys.readouterr().out)
    assert federation.asked[0]["SessionDuration"] == "7200"
    assert printed["valid_seconds"] == 900
    found = login(printed["url"])
    assert found["Destination"] == "https://console.aws.amazon.com/s3/home?region=eu-west-1"
    assert found["Issuer"] == "https://acme.example/"


@pytest.mark.usefixtures("keys")
def test_chained_sessions_have_no_duration_of_their_own(
    sts: Recorder,
    federation: Federation,
    project: Path,
    capsys: Output,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "the-callers-own-session")
    assert console("--session-duration", "7200") == Exit.BAD_INPUT
    assert "role chaining" in capsys.readouterr().err
    assert (sts.asked, federation.asked) == ([], [])
    assert console() == Exit.OK
    (project / "token").write_text(jwt(sub="me"))
    options = ["--web-identity-token-file", "token", "--session-duration", "7200"]
    assert console(*options) == Exit.OK, "a token's session is the first of its chain"


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("status", "body", "code", "words"),
    [
        (400, "Invalid credentials", Exit.DENIED, "HTTP 400"),
        (403, "", Exit.DENIED, "HTTP 403"),
        (500, "", Exit.UNREACHABLE, "try again"),
        (302, "", Exit.DENIED, "HTTP 302"),
        (200, "hello", Exit.FAILED, "not with a token"),
        (200, '{"SigninToken": 1}', Exit.FAILED, "not with a token"),
        (200, "[" * 60_000, Exit.FAILED, "not with a token"),
    ],
)
def test_an_answer_that_is_none_is_said(
    federation: Federation, capsys: Output, status: int, body: str, code: Exit, words: str
) -> None:
    federation.status, federation.body = status, body
    federation.headers = {"Location": "https://evil.example/"} if status == 302 else {}
    assert console() == code
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert SESSION_TOKEN not in err
    assert SECRET_KEY not in err
    assert len(federation.asked) == 1


@pytest.mark.usefixtures("keys")
def test_a_certificate_of_somebody_else_gets_no_session(
    federation: Federation, capsys: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "other.pem"))
    assert console() == Exit.UNREACHABLE
    assert federation.asked == []
    err = capsys.readouterr().err
    assert "SSLCertVerificationError" in err
    assert SESSION_TOKEN not in err
    monkeypatch.setenv("AWS_CA_BUNDLE", str(tmp_path / "missing.pem"))
    assert console() == Exit.BAD_INPUT
    assert "AWS_CA_BUNDLE" in capsys.readouterr().err


@pytest.mark.usefixtures("keys")
def test_sessions_that_are_not_of_aws_are_not_sent_there(
    sts: Recorder, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ENDPOINT_URL_SIGNIN")
    assert console() == Exit.BAD_INPUT
    assert "are not AWS's" in capsys.readouterr().err
    assert sts.asked == []
    for url in ("http://localhost/", "https://", "https://me@localhost/"):
        monkeypatch.setenv("AWS_ENDPOINT_URL_SIGNIN", url)
        assert console() == Exit.BAD_INPUT
        assert "https://" in capsys.readouterr().err


def test_a_session_of_the_embedded_aws_stays_here_wherever_it_came_from() -> None:
    session = AssumedRole(
        access_key_id="ASIAEXAMPLE",
        secret_access_key="x",
        session_token=EMBEDDED_TOKEN_PREFIX + "x",
        expiration=datetime(2099, 1, 1, tzinfo=UTC),
        arn="arn:aws:sts::111111111111:assumed-role/tes-reader/me",
    )
    wanted = ConsoleRequest("aws", "eu-central-1")
    with pytest.raises(Problem, match="embedded AWS"):
        SignIn.of(wanted.site, {}).url_for(session, wanted)


@pytest.mark.parametrize(
    ("endpoint", "of_aws"),
    [
        ("https://sts.eu-central-1.amazonaws.com", True),
        ("https://sts.cn-north-1.amazonaws.com.cn", True),
        ("https://sts.eu-central-1.api.aws", True),
        ("http://127.0.0.1:4566", False),
        ("https://amazonaws.com.evil.example", False),
    ],
)
def test_whose_sessions_they_are(endpoint: str, of_aws: bool) -> None:
    if of_aws:
        check_of_aws(endpoint, {})
    else:
        with pytest.raises(Problem):
            check_of_aws(endpoint, {})


@pytest.mark.parametrize(
    ("partition", "region", "endpoint", "page"),
    [
        (
            "aws-cn",
            "cn-north-1",
            "https://signin.amazonaws.cn/federation",
            "https://console.amazonaws.cn/console/home?region=cn-north-1",
        ),
        (
            "aws-us-gov",
            "us-gov-west-1",
            "https://signin.amazonaws-us-gov.com/federation",
            "https://console.amazonaws-us-gov.com/console/home?region=us-gov-west-1",
        ),
        (
            "aws",
            "us-east-1",
            "https://signin.aws.amazon.com/federation",
            "https://console.aws.amazon.com/console/home?region=us-east-1",
        ),
    ],
)
def test_every_partition_has_its_own_console(
    partition: str, region: str, endpoint: str, page: str
) -> None:
    request = ConsoleRequest(partition, region)
    assert SignIn.of(request.site, {}).endpoint == endpoint
    assert request.page == page


@pytest.mark.parametrize(
    "place",
    [
        "https://eu-central-1.console.aws.amazon.com/s3/buckets?region=eu-central-1#x",
        "https://console.aws.amazon.com/",
        "cloudformation",
    ],
)
def test_pages_of_the_console(place: str) -> None:
    page = ConsoleRequest("aws", "eu-central-1", place).page
    assert urlsplit(page).hostname in {urlsplit(place).hostname, "console.aws.amazon.com"}


@pytest.mark.parametrize(
    "place",
    [
        "https://evil.example/",
        "https://console.aws.amazon.com.evil.example/",
        "https://evilaws.amazon.com/",
        "http://console.aws.amazon.com/",
        "https://me@console.aws.amazon.com/",
        "https://console.aws.amazon.com:444/",
        "https://console.amazonaws.cn/",
        "javascript:alert(1)",
        "https://console.aws.amazon.com/\n",
        "//console.aws.amazon.com/",
        "",
        "S3",
    ],
)
def test_other_pages_are_refused(place: str) -> None:
    with pytest.raises(Problem, match="--destination"):
        ConsoleRequest("aws", "eu-central-1", place)


@settings(deadline=None)
@given(st.text(max_size=40), st.integers(-10, 100_000))
def test_no_argument_brings_a_traceback(place: str, seconds: int) -> None:
    try:
        request = ConsoleRequest("aws", "eu-central-1", place, seconds)
    except Problem:
        return
    host = urlsplit(request.page).hostname or ""
    assert host.endswith(SITES["aws"].domain)
    assert 900 <= seconds <= 43200


def test_an_unknown_partition_is_said() -> None:
    with pytest.raises(Problem, match="aws-iso"):
        ConsoleRequest("aws-iso", "us-iso-east-1")


class Browser:
    """Stands in for a browser: fetches what it is started with, and follows no redirect."""

    def __init__(self) -> None:
        self.started_with: list[str] = []
        self.answers: list[tuple[int, str | None]] = []
        self.threads: list[threading.Thread] = []

    def open(self, url: str) -> bool:
        self.started_with.append(url)
        thread = threading.Thread(target=self.fetch, args=(url,))
        self.threads.append(thread)
        thread.start()
        return True

    def fetch(self, url: str) -> None:
        parts = urlsplit(url)
        for path in ("/favicon.ico", parts.path):
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
            connection.request("GET", path)
            answer = connection.getresponse()
            self.answers.append((answer.status, answer.getheader("Location")))
            connection.close()


def test_the_browser_is_sent_on_without_the_url_in_its_arguments(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    browser = Browser()
    monkeypatch.setattr(webbrowser, "open", browser.open)
    open_in_browser("https://signin.example/?SigninToken=secret")
    for thread in browser.threads:
        thread.join(10)
    [started] = browser.started_with
    assert "secret" not in started
    assert browser.answers == [(404, None), (302, "https://signin.example/?SigninToken=secret")]


@pytest.mark.usefixtures("keys")
def test_open_prints_nothing(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = Browser()
    monkeypatch.setattr(webbrowser, "open", browser.open)
    assert console("--open") == Exit.OK
    for thread in browser.threads:
        thread.join(10)
    out, err = capsys.readouterr()
    assert out == ""
    assert TOKEN not in err
    assert login(browser.answers[-1][1] or "")["SigninToken"] == TOKEN


@pytest.mark.usefixtures("keys")
def test_without_a_browser_it_is_said(capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webbrowser, "open", lambda url: False)
    assert console("--open") == Exit.FAILED
    assert "--open" in capsys.readouterr().err

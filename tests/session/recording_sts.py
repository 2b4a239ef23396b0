"""A small real HTTP server that answers like STS and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"
SECRET_KEY = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEYxy"
SESSION_TOKEN = "the-session-token-of-the-answer"


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    parameters: dict[str, str]

    @property
    def action(self) -> str:
        return self.parameters.get("Action", "")

    @property
    def signed(self) -> bool:
        return "authorization" in self.headers


#: Status, body and further headers.
Answer = tuple[int, str, dict[str, str]]


@dataclass
class Recorder:
    """What was asked, and what to answer instead of a success."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    instead: Callable[[Asked], Answer | None] = lambda asked: None
    account: str = "111111111111"

    @property
    def actions(self) -> list[str]:
        return [asked.action for asked in self.asked]

    def refuse(self, code: str, message: str, status: int = 400, **headers: str) -> None:
        body = (
            f'<ErrorResponse xmlns="{NAMESPACE}"><Error><Type>Sender</Type><Code>{code}</Code>'
            f"<Message>{message}</Message></Error><RequestId>r</RequestId></ErrorResponse>"
        )
        self.instead = lambda asked: (status, body, headers)

    def answer(self, asked: Asked) -> Answer:
        found = self.instead(asked)
        if found is not None:
            return found
        if asked.action == "GetCallerIdentity":
            inner = (
                f"<Account>{self.account}</Account><UserId>AROA:me</UserId>"
                f"<Arn>arn:aws:sts::{self.account}:assumed-role/tes-reader/me</Arn>"
            )
        else:
            wanted = asked.parameters["RoleArn"]
            partition, role = wanted.split(":")[1], wanted.rpartition("/")[2]
            name = asked.parameters.get("RoleSessionName", "from-the-response")
            inner = (
                "<Credentials><AccessKeyId>ASIAEXAMPLEEXAMPLE12</AccessKeyId>"
                f"<SecretAccessKey>{SECRET_KEY}</SecretAccessKey>"
                f"<SessionToken>{SESSION_TOKEN}</SessionToken>"
                "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>"
                "<AssumedRoleUser><AssumedRoleId>AROAEXAMPLEEXAMPLE123:me</AssumedRoleId>"
                f"<Arn>arn:{partition}:sts::{self.account}:assumed-role/{role}/{name}</Arn>"
                "</AssumedRoleUser>"
            )
        name = asked.action
        body = (
            f'<{name}Response xmlns="{NAMESPACE}"><{name}Result>{inner}</{name}Result>'
            f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{name}Response>"
        )
        return 200, body, {}


@contextmanager
def recording_sts() -> Iterator[Recorder]:
    """The server on a free port of loopback, while the context lasts."""
    recorder = Recorder()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("content-length", 0))
            form = parse_qs(self.rfile.read(length).decode())
            self.handle_one({key: values[0] for key, values in form.items()})

        def do_GET(self) -> None:
            self.handle_one({})

        def handle_one(self, parameters: dict[str, str]) -> None:
            headers = {key.lower(): value for key, value in self.headers.items()}
            asked = Asked(self.command, self.path, headers, parameters)
            recorder.asked.append(asked)
            status, body, more = recorder.answer(asked)
            self.send_response(status)
            for key, value in more.items():
                self.send_header(key.replace("_", "-"), value)
            self.send_header("content-length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    recorder.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield recorder
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()

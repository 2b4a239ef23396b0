"""GitHub's and GitLab's APIs on loopback, as far as a review's comment needs them.

They behave as the platforms' documentation says: pages by the Link header, 401 without a
token that is known, 403 for a token that only reads, 404, 422, and what a test tells them
to answer first.
"""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Reply = tuple[int, dict[str, str], Any]


@dataclass
class Token:
    """login: None for the token of a job, which may not ask who it is."""

    login: str | None
    writes: bool = True


@dataclass
class Platform:
    """One platform. first: answers that come before any other, one a request."""

    tokens: dict[str, Token]
    comments: list[dict[str, Any]] = field(default_factory=list)
    first: list[Reply] = field(default_factory=list)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    numbers: Iterator[int] = field(default_factory=lambda: iter(range(1000, 10_000)))

    def answer(self, method: str, target: str, token: str, body: Any) -> Reply:
        self.asked.append((method, target, token))
        if self.first:
            return self.first.pop(0)
        known = self.tokens.get(token)
        if known is None:
            return 401, {}, {"message": "Bad credentials"}
        return self.known(method, urlsplit(target).path, target, known, body)

    def known(self, method: str, path: str, target: str, token: Token, body: Any) -> Reply:
        raise NotImplementedError

    def page(self, target: str) -> Reply:
        wanted = parse_qs(urlsplit(target).query)
        size = min(100, int(wanted.get("per_page", ["30"])[0]))
        page = int(wanted.get("page", ["1"])[0])
        last = max(1, -(-len(self.comments) // size))
        bare = f"{self.url}{urlsplit(target).path}?per_page={size}"
        links = [f'<{bare}&page={last}>; rel="last"', f'<{bare}&page=1>; rel="first"']
        if page < last:
            links.insert(0, f'<{bare}&page={page + 1}>; rel="next"')
        start = (page - 1) * size
        return 200, {"Link": ", ".join(links)}, self.comments[start : start + size]

    def at(self, number: int) -> dict[str, Any] | None:
        return next((each for each in self.comments if each["id"] == number), None)

    def writes(self) -> list[str]:
        return [method for method, _, _ in self.asked if method != "GET"]


class GitHubApi(Platform):
    """One repository, acme/infra, with the pull request 7."""

    repository = "acme/infra"
    number = 7

    def add(self, body: str, login: str = "github-actions[bot]") -> int:
        number = next(self.numbers)
        user = {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"}
        url = f"https://github.com/{self.repository}/pull/{self.number}#issuecomment-{number}"
        self.comments.append({"id": number, "body": body, "user": user, "html_url": url})
        return number

    def known(self, method: str, path: str, target: str, token: Token, body: Any) -> Reply:
        if path == "/user":
            if token.login is None:
                return 403, {}, {"message": "Resource not accessible by integration"}
            return 200, {}, {"login": token.login}
        issue = f"/repos/{self.repository}/issues/{self.number}/comments"
        one = re.fullmatch(rf"/repos/{self.repository}/issues/comments/(\d+)", path)
        if method == "GET" and path == issue:
            return self.page(target)
        if path != issue and one is None:
            return 404, {}, {"message": "Not Found"}
        if not token.writes:
            return 403, {}, {"message": "Resource not accessible by integration"}
        if method != "DELETE" and len(body["body"]) > 65_536:
            return 422, {}, {"message": "Validation Failed"}
        if method == "POST":
            number = self.add(body["body"], token.login or "github-actions[bot]")
            return 201, {}, self.at(number)
        found = self.at(int(one[1])) if one else None
        if found is None:
            return 404, {}, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(found)
            return 204, {}, None
        found["body"] = body["body"]
        return 200, {}, found


class GitLabApi(Platform):
    """One project, 42, with the merge request 7."""

    def add(self, body: str, username: str, *, system: bool = False) -> int:
        number = next(self.numbers)
        author = {"id": 1, "username": username}
        self.comments.append({"id": number, "body": body, "author": author, "system": system})
        return number

    def known(self, method: str, path: str, target: str, token: Token, body: Any) -> Reply:
        if path == "/user":
            return 200, {}, {"username": token.login}
        notes = "/projects/42/merge_requests/7/notes"
        if method == "GET" and path == notes:
            return self.page(target)
        if not path.startswith(notes):
            return 404, {}, {"message": "404 Not found"}
        if not token.writes:
            return 403, {}, {"message": "403 Forbidden"}
        if method == "POST":
            return 201, {}, self.at(self.add(body["body"], token.login or ""))
        found = self.at(int(path.rpartition("/")[2]))
        if found is None:
            return 404, {}, {"message": "404 Not found"}
        if method == "DELETE":
            self.comments.remove(found)
            return 204, {}, None
        found["body"] = body["body"]
        return 200, {}, found


@contextmanager
def served(answer: Callable[[str, str, str, Any], Reply]) -> Iterator[str]:
    """An HTTP server on loopback that answers with this; its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            given = self.headers.get("Authorization") or self.headers.get("PRIVATE-TOKEN") or ""
            token = given.rpartition(" ")[2]
            status, headers, body = answer(
                self.command, self.path, token, json.loads(data) if data else None
            )
            text = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _any  # noqa: N815 - as the base class calls them

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

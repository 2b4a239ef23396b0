"""Requests with a token to the API of GitHub or GitLab: bounded in time, size and attempts.

The token goes to the API's own address and nowhere else: no redirect is followed, a next
page on another address is refused, and nothing that is raised holds it.
"""

import json
import re
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPResponse
from urllib.parse import urlsplit

from rolecall.addresses import check_address, is_loopback
from rolecall.no_redirect import NoRedirect
from rolecall.problems import Exit, Problem

_SECONDS = 20.0
_LARGEST_ANSWER = 32 * 1024 * 1024  # a page of a hundred comments of 65,536 characters each
_MOST_PAGES = 100
#: How long a platform may ask to wait, altogether; a job costs money while it waits.
_LONGEST_WAIT = 120.0
_PAUSES = (1.0, 4.0)
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,]*\brel="?next"?')


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `data` is the JSON, None where there was none."""

    status: int
    data: object
    headers: Message = field(repr=False)

    @property
    def words(self) -> str:
        """What the platform says is wrong, on one line and short."""
        found = self.data.get("message") if isinstance(self.data, dict) else None
        text = " ".join(str(found).split()) if found else "no reason given"
        return text if len(text) <= 200 else text[:199] + "…"


@dataclass(frozen=True, slots=True)
class Api:
    """One API of one platform. headers: with the token in one of them."""

    name: str
    url: str
    headers: Mapping[str, str] = field(repr=False)

    def call(self, method: str, path: str, body: object = None) -> Answer:
        """Ask, and ask again where the platform says to wait or fails for the moment.

        What changes nothing, or the same whenever it is repeated, is asked again after a
        failure of the network; a POST is not, for it may have been heard. Raises `Problem`
        where no answer is to be had; refusals are answers.
        """
        waited, failures = 0.0, 0
        while True:
            try:
                answer = self._ask(method, path, body)
            except _UnheardError as error:
                if method == "POST" or failures == len(_PAUSES):
                    raise Problem(
                        f"{self.name} does not answer at {self._where()} ({error}): run the job "
                        "again later.",
                        Exit.UNREACHABLE,
                    ) from None
                pause = _PAUSES[failures]
                failures += 1
            else:
                wish = self._wish(method, answer, failures)
                if wish is None:
                    return answer
                if answer.status >= 500:
                    failures += 1
                if waited + wish > _LONGEST_WAIT:
                    raise Problem(
                        f"{self.name} limits how often it is asked and wants {wish:.0f} more "
                        "seconds: run the job again later.",
                        Exit.UNREACHABLE,
                    )
                pause = wish
            waited += pause
            _sleep(pause)

    def pages(self, path: str) -> Iterator[object]:
        """The items of a list, page after page, as the Link header leads (RFC 8288)."""
        for _ in range(_MOST_PAGES):
            answer = self.call("GET", path)
            if answer.status != 200 or not isinstance(answer.data, list):
                raise RefusedError(answer)
            yield from answer.data
            following = self._next(answer)
            if following is None:
                return
            path = following
        raise Problem(
            f"{self.name} has more than {_MOST_PAGES} pages of comments here; delete some.",
            Exit.FAILED,
        )

    def _next(self, answer: Answer) -> str | None:
        for line in answer.headers.get_all("Link", []):
            found = _NEXT.search(line)
            if found:
                if not found[1].startswith(self.url.rstrip("/") + "/"):
                    raise Problem(
                        f"{self.name} leads to a next page at another address than "
                        f"{self._where()}; the token does not go there.",
                        Exit.FAILED,
                    )
                return found[1][len(self.url.rstrip("/")) :]
        return None

    def _wish(self, method: str, answer: Answer, failures: int) -> float | None:
        """How long to wait before asking again; None where the answer stands."""
        if answer.status >= 500:
            return None if method == "POST" or failures == len(_PAUSES) else _PAUSES[failures]
        limited = answer.status == 429 or (
            answer.status == 403
            and (
                "Retry-After" in answer.headers
                or answer.headers.get("X-RateLimit-Remaining") == "0"
                or "rate limit" in answer.words.lower()
            )
        )
        if not limited:
            return None
        # GitHub Docs, "Troubleshooting the REST API", rate limit errors; GitLab Docs, "Rate
        # limits": Retry-After in seconds, else the reset as a time, else a minute.
        after = _number(answer.headers.get("Retry-After"))
        if after is not None:
            return max(1.0, after)
        reset = _number(
            answer.headers.get("X-RateLimit-Reset") or answer.headers.get("RateLimit-Reset")
        )
        if reset is not None:
            return max(1.0, reset - _now())
        return 60.0

    def _ask(self, method: str, path: str, body: object) -> Answer:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url.rstrip("/") + path,
            data=data,
            method=method,
            headers={
                **self.headers,
                "User-Agent": "rolecall",
                **({} if data is None else {"Content-Type": "application/json"}),
            },
        )
        handlers: list[urllib.request.BaseHandler] = [NoRedirect()]
        if is_loopback(urlsplit(self.url).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))
        opener = urllib.request.build_opener(*handlers)
        try:
            with opener.open(request, timeout=_SECONDS) as reply:
                return _answer(reply.status, reply.headers, _bounded(reply))
        except urllib.error.HTTPError as error:
            with error:
                try:
                    return _answer(error.code, error.headers, _bounded(error))
                except (OSError, HTTPException):
                    return _answer(error.code, error.headers, b"")
        except (OSError, HTTPException, ValueError) as error:
            # The text of these may hold the request; the kind says enough.
            reason = getattr(error, "reason", None)
            kind = reason if isinstance(reason, Exception) else error
            raise _UnheardError(type(kind).__name__) from None

    def _where(self) -> str:
        return urlsplit(self.url).netloc


class RefusedError(Exception):
    """An answer that is none of those hoped for; the platform's room makes a `Problem` of it."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class _UnheardError(Exception):
    """Nothing came back, or not in time."""


def checked_url(url: str, variable: str) -> str:
    """The API's address. Raises `Problem` for one that would get the token in clear."""
    check_address(url, f"{variable} is not the address of an API: ", "the token")
    return url.rstrip("/")


def checked_token(token: str, variable: str) -> str:
    """A token that fits into a header; the message of the refusal does not hold it."""
    if not token.isascii() or not token.isprintable() or " " in token or len(token) > 4096:
        raise Problem(f"{variable} holds no token: it must be one word of printable ASCII.")
    return token


def _sleep(seconds: float) -> None:
    time.sleep(seconds)


def _now() -> float:
    return time.time()


def _answer(status: int, headers: Message, body: bytes) -> Answer:
    try:
        data = json.loads(body) if body.strip() else None
    except (ValueError, RecursionError):
        data = None
    return Answer(status, data, headers)


def _bounded(reply: "HTTPResponse | urllib.error.HTTPError") -> bytes:
    """The body, up to a size and a time: a socket's timeout alone starts anew at each byte."""
    end = time.monotonic() + _SECONDS
    pieces: list[bytes] = []
    size = 0
    while time.monotonic() < end:
        piece = reply.read1(_LARGEST_ANSWER + 1 - size)
        if not piece:
            return b"".join(pieces)
        pieces.append(piece)
        size += len(piece)
        if size > _LARGEST_ANSWER:
            raise HTTPException("too long")
    raise TimeoutError


def _number(text: str | None) -> float | None:
    try:
        value = float(text) if text else None
    except ValueError:
        return None
    return value if value is not None and 0 <= value < 1e12 else None

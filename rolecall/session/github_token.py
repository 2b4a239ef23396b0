"""Tokens of GitHub Actions: the endpoint that a job with `id-token: write` is given.

Source: GitHub Docs, "OpenID Connect reference" (methods for requesting the OIDC token).
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse
from urllib.parse import quote, urlsplit

from rolecall.addresses import check_address, is_loopback
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.no_redirect import NoRedirect
from rolecall.problems import Exit, Problem
from rolecall.session.tokens import LONGEST_TOKEN, checked_token

URL_VARIABLE = "ACTIONS_ID_TOKEN_REQUEST_URL"
BEARER_VARIABLE = "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
DEFAULT_AUDIENCE = GITHUB_ACTIONS.audience or "sts.amazonaws.com"

_WHERE = "GitHub's token endpoint"
_LARGEST_ANSWER = 4 * LONGEST_TOKEN
_LONGEST_AUDIENCE = 255  # a client id of an OIDC provider (CreateOpenIDConnectProvider)
_SECONDS = 10.0
_PAUSES = (1.0, 3.0)


@dataclass(frozen=True, slots=True)
class GitHubToken:
    """A token source inside a GitHub Actions job; `audience` becomes the token's `aud`."""

    url: str
    bearer: str = field(repr=False)
    audience: str = DEFAULT_AUDIENCE
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    @classmethod
    def of_job(cls, environ: Mapping[str, str], audience: str | None = None) -> "GitHubToken":
        """The job's own endpoint. Raises `Problem` outside of a job, without the
        permission, or for an endpoint that would get the request token in clear."""
        url, bearer = environ.get(URL_VARIABLE, ""), environ.get(BEARER_VARIABLE, "")
        if not url or not bearer:
            where = (
                "this job may not ask for a token"
                if environ.get("GITHUB_ACTIONS") == "true"
                else "this is no GitHub Actions job"
            )
            raise Problem(
                f"{where} ({URL_VARIABLE} and {BEARER_VARIABLE} are not set): write "
                "`permissions: id-token: write` (and `contents: read`) into the job or workflow; "
                "jobs of pull requests from forks are never given it."
            )
        chosen = DEFAULT_AUDIENCE if audience is None else audience
        if not 1 <= len(chosen) <= _LONGEST_AUDIENCE or not chosen.isprintable():
            raise Problem(
                f"--audience must be 1 to {_LONGEST_AUDIENCE} printable characters: write one of "
                "the provider's client ids."
            )
        check_address(
            url, f"{URL_VARIABLE} is not what GitHub sets: ", "the request token", query=True
        )
        if not bearer.isascii() or not bearer.isprintable():
            raise Problem(f"{BEARER_VARIABLE} is not what GitHub sets: leave it alone.")
        return cls(url, bearer, chosen)

    def read(self) -> str:
        """Ask for a token; tried three times where the endpoint fails for the moment."""
        for pause in _PAUSES:
            try:
                return self._ask()
            except _MomentaryError:
                self.sleep(pause)
        try:
            return self._ask()
        except _MomentaryError as error:
            raise Problem(
                f"{_WHERE} gave no token in {len(_PAUSES) + 1} attempts ({error}): run the job "
                "again later.",
                Exit.UNREACHABLE,
            ) from None

    def _ask(self) -> str:
        joint = "&" if "?" in self.url else "?"
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self.url}{joint}audience={quote(self.audience, safe='')}",
            headers={"Authorization": f"bearer {self.bearer}", "Accept": "application/json"},
        )
        handlers: list[urllib.request.BaseHandler] = [NoRedirect()]
        if is_loopback(urlsplit(self.url).hostname or ""):
            handlers.append(urllib.request.ProxyHandler({}))
        opener = urllib.request.build_opener(*handlers)
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                body = _bounded(answer)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code >= 500 or error.code == 429:
                raise _MomentaryError(f"HTTP {error.code}") from None
            raise Problem(
                f"{_WHERE} refused with HTTP {error.code}: the job's permission or its time is "
                "over; check `permissions: id-token: write` and run it again.",
                Exit.DENIED,
            ) from None
        except (OSError, HTTPException, ValueError) as error:
            # The text of these may hold the request; the kind says enough.
            raise _MomentaryError(type(error).__name__) from None
        return _token_of(body)


class _MomentaryError(Exception):
    """A failure that may be over in a moment."""


def _bounded(answer: HTTPResponse) -> bytes:
    """The body, up to a size and a time: a socket's timeout alone starts anew at each byte."""
    end = time.monotonic() + _SECONDS
    body = b""
    while len(body) <= _LARGEST_ANSWER and time.monotonic() < end:
        piece = answer.read1(_LARGEST_ANSWER + 1 - len(body))
        if not piece:
            return body
        body += piece
    raise _MomentaryError("the answer was too long or too slow")


def _token_of(body: bytes) -> str:
    try:
        token = json.loads(body)["value"]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = None
    if not isinstance(token, str):
        raise Problem(f"{_WHERE} answered, but not with a token.", Exit.FAILED)
    return checked_token(token, _WHERE)

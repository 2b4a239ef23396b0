"""A browser as small as it can be: cookies, redirects and HTML forms, by the standard library.

It opens URLs without a port (`https://idp.rolecall.test/auth`) at a loopback address, as the
embedded AWS does with a connection record: the certificate is checked against the URL's own
host and the private authority.
"""

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

_TIMEOUT = 30


@dataclass(frozen=True)
class Form:
    """A form of a page: where it goes and what it holds."""

    action: str
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """What the server answered at last, after all redirects."""

    url: str
    status: int
    body: str
    location: str | None = None
    forms: tuple[Form, ...] = field(default=())

    def form(self, holding: str) -> Form | None:
        """The form that has a field of that name."""
        return next((form for form in self.forms if holding in form.fields), None)


class Browser:
    """One person's browser: a cookie jar of its own.

    addresses: host of a URL → loopback address where it really listens ("127.0.0.1:8443").
    ca: the private authority that signed the hosts' certificates, PEM.
    stop_at: a URL that is not opened when a redirect leads there (an application's callback).
    """

    def __init__(
        self,
        addresses: Mapping[str, str] | None = None,
        ca: str | None = None,
        stop_at: str | None = None,
    ) -> None:
        context = ssl.create_default_context(cadata=ca)
        handlers: list[urllib.request.BaseHandler] = [
            # No proxy: these hosts exist on this machine only.
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(CookieJar()),
            _Https(context, dict(addresses or {})),
            _Redirects(stop_at),
        ]
        self._opener = urllib.request.build_opener(*handlers)

    def get(self, url: str) -> Page:
        """Open a URL."""
        return self._open(urllib.request.Request(url))

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        """Send a form."""
        return self._open(urllib.request.Request(url, data=urlencode(fields).encode()))

    def submit(self, form: Form, **filled: str) -> Page:
        """Send a form of a page with these fields filled in."""
        return self.post(form.action, {**form.fields, **filled})

    def _open(self, request: urllib.request.Request) -> Page:
        try:
            answer: Any = self._opener.open(request, timeout=_TIMEOUT)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            body = answer.read().decode("utf-8", "replace")
            url = answer.geturl()
            kind = answer.headers.get_content_type()
            return Page(
                url,
                answer.status,
                body,
                answer.headers.get("Location"),
                _forms(body, url) if kind == "text/html" and body.strip() else (),
            )


def _forms(body: str, url: str) -> tuple[Form, ...]:
    document: Any = html.document_fromstring(body)
    return tuple(
        Form(
            urljoin(url, form.get("action") or url),
            {name: value or "" for name, value in form.fields.items()},
        )
        for form in document.forms
    )


class _Https(urllib.request.HTTPSHandler):
    """HTTPS to the addresses of the map; the host of the URL stays the one that is checked."""

    def __init__(self, context: ssl.SSLContext, addresses: Mapping[str, str]) -> None:
        super().__init__(context=context)
        self._tls = context
        self._addresses = addresses

    def https_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(self._connection, request)

    def _connection(self, host: str, **options: Any) -> http.client.HTTPSConnection:
        connection: Any = http.client.HTTPSConnection(host, context=self._tls, **options)
        where = urlsplit(f"//{self._addresses.get(host, host)}")
        address = (where.hostname, where.port or 443)
        connection._create_connection = lambda _, *rest: socket.create_connection(address, *rest)
        made: http.client.HTTPSConnection = connection
        return made


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but not to `stop_at`."""

    def __init__(self, stop_at: str | None) -> None:
        self._stop_at = stop_at

    def redirect_request(
        self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if self._stop_at and newurl.startswith(self._stop_at):
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)

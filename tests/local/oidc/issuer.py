"""An OpenID Connect issuer of the tests: a real HTTPS server, and keys to sign with."""

import base64
import contextlib
import json
import ssl
import threading
import time
import warnings
from collections.abc import Callable
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.errors import SecurityWarning
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

URL = "https://id.example.com/tenant"
DISCOVERY = "/tenant/.well-known/openid-configuration"
KEYS = "/tenant/keys"

Key = RSAKey | ECKey
#: What a page answers: status, body, further headers; or something done with the handler.
Page = tuple[int, bytes, dict[str, str]] | Callable[[BaseHTTPRequestHandler], None]


@cache
def authority() -> trustme.CA:
    return trustme.CA()


def rsa_key(name: str = "rsa", bits: int = 2048) -> RSAKey:
    """One key for a name, whichever way it is asked for."""
    return _rsa_key(name, bits)


def ec_key(curve: str = "P-256", name: str = "") -> ECKey:
    return _ec_key(curve, name or curve)


@cache
def _rsa_key(name: str, bits: int) -> RSAKey:
    # Not by joserfc, which warns of short ones.
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)
        return RSAKey.import_key(pem, {"kid": name})


@cache
def _ec_key(curve: str, name: str) -> ECKey:
    return ECKey.generate_key(curve, {"kid": name})


def public(key: Key, **changes: Any) -> dict[str, Any]:
    return {**key.as_dict(private=False), "use": "sig", **changes}


def encoded(value: Any) -> str:
    """Base64url of bytes, of a text, or of a value as JSON."""
    if isinstance(value, str):
        value = value.encode()
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def signed(header: Any, payload: Any, key: Any, algorithm: str) -> str:
    """A compact JWS of anything, signed by `key` with `algorithm` whatever the header says."""
    signing_input = f"{encoded(header)}.{encoded(payload)}"
    model = JWSRegistry(algorithms=[algorithm]).get_alg(algorithm)
    return f"{signing_input}.{encoded(model.sign(signing_input.encode(), key))}"


class Issuer:
    """Serves `pages` by path; a discovery document and a key set unless changed."""

    def __init__(self, url: str = URL, host: str = "") -> None:
        self.url = url
        self.host = host or url.removeprefix("https://").partition("/")[0]
        self.key = rsa_key()
        self.asked: list[str] = []
        self.pages: dict[str, Page] = {}
        self.restore()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority().issue_cert(self.host).configure_cert(context)
        self._http = _Http(("127.0.0.1", 0), _handler(self))
        self._http.socket = context.wrap_socket(
            self._http.socket, server_side=True, do_handshake_on_connect=False
        )
        threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        ).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._http.socket.getsockname()[1]}"

    @property
    def ca(self) -> str:
        return authority().cert_pem.bytes().decode()

    def stop(self) -> None:
        self._http.shutdown()
        self._http.server_close()

    def restore(self) -> None:
        """Back to an issuer that does everything right."""
        self.asked.clear()
        self.pages = {
            DISCOVERY: document({"issuer": self.url, "jwks_uri": f"https://{self.host}{KEYS}"}),
            KEYS: document({"keys": [public(self.key), *map(public, _EC.values())]}),
        }

    def claims(self, now: float | None = None, **changes: Any) -> dict[str, Any]:
        """The claims of a good token; None leaves one out."""
        second = int(time.time() if now is None else now)
        good = {
            "iss": self.url,
            "sub": "somebody",
            "aud": "client",
            "iat": second,
            "exp": second + 300,
        }
        return {k: v for k, v in {**good, **changes}.items() if v is not None}

    def token(
        self, header: dict[str, Any] | None = None, key: Key | None = None, **claims: Any
    ) -> str:
        """A good token, with changes."""
        key = key or self.key
        algorithm = "RS256" if isinstance(key, RSAKey) else ALGORITHM_OF[key.curve_name]
        members = {"alg": algorithm, "kid": key.kid, "typ": "JWT", **(header or {})}
        members = {k: v for k, v in members.items() if v is not None}
        return signed(members, self.claims(**claims), key, algorithm)


ALGORITHM_OF = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_EC = {curve: ec_key(curve) for curve in ALGORITHM_OF}


def dripping(start: bytes, drop: bytes) -> Page:
    """A page that begins and then brings a byte now and then, for longer than anybody waits."""

    def drip(handler: BaseHTTPRequestHandler) -> None:
        with contextlib.suppress(OSError):
            handler.wfile.write(start)
            for _ in range(500):
                handler.wfile.write(drop)
                time.sleep(0.01)

    return drip


def hang_up(handler: BaseHTTPRequestHandler) -> None:
    """No answer at all."""
    handler.connection.close()


def document(value: Any, status: int = 200, **headers: str) -> Page:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return status, body, {"Content-Type": "application/json", **headers}


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that give up are part of the tests."""


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            page = issuer.pages.get(self.path, document({}, 404))
            if not isinstance(page, tuple):
                page(self)
                return
            status, body, headers = page
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler

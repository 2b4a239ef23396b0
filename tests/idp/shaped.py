"""Issuers that do not run on a laptop (EKS, GitHub, Keycloak …), as far as AWS sees them.

Real HTTPS with a certificate for the issuer's own host, a discovery document and a key set
where the issuer has them, keys made for the run. What is not theirs is the signing key.
"""

import json
import re
import ssl
import tempfile
import threading
from collections import Counter
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.idp import shapes
from tests.idp.authority import Authority

Key = RSAKey | ECKey | OKPKey

# Where the discovery documents of well-known issuers say that the keys are, after the issuer's
# URL. Google has them on another host; here they stay on the issuer's own, as a connection
# leads to one host.
_KEYS_AT = (
    (r"https://oidc\.eks\..*", "/keys"),
    (r"https://.*/realms/[^/]+", "/protocol/openid-connect/certs"),
    (r"https://token\.actions\..*|https://agent\.buildkite\.com|https://app\.terraform\.io",
     "/.well-known/jwks"),
    (r"https://gitlab\..*", "/oauth/discovery/keys"),
    (r"https://api\.bitbucket\.org/.*", "/keys.json"),
    (r"https://oidc\.circleci\.com/.*", "/.well-known/jwks-pub.json"),
    (r"https://accounts\.google\.com", "/oauth2/v3/certs"),
    (r"https://cognito-identity\..*", "/.well-known/jwks_uri"),
    (r".*", "/.well-known/jwks.json"),
)  # fmt: skip
# Protected headers besides alg and kid.
_HEADERS: tuple[tuple[str, dict[str, str]], ...] = (
    (r"https://oidc\.eks\..*", {}),
    (r"https://token\.actions\..*", {"typ": "JWT", "x5t": "eBZ_cn3sXYAd0ch4THBKHIgOwOE"}),
    (r"https://cognito-identity\..*", {"typ": "JWS"}),
    (r".*", {"typ": "JWT"}),
)
_WELL_KNOWN = "/.well-known/openid-configuration"


class ShapedIssuer:
    """One issuer: its URL, where it listens, and the tokens it signs.

    url: the `iss`. address, ca: for the embedded AWS's connection record.
    documents: what it serves, by path; a test may replace or remove one.
    fetches: how often each path has been fetched.
    """

    def __init__(self, url: str, address: str, ca: str, *, algorithm: str = "RS256") -> None:
        self.url = url
        self.address = address
        self.ca = ca
        self.algorithm = algorithm
        self.fetches: Counter[str] = Counter()
        self.documents: dict[str, bytes] = {}
        base = url.rstrip("/")
        self.jwks_uri = base + _first(_KEYS_AT, url)
        self._keys = [_key(algorithm)]
        self.documents[urlsplit(base + _WELL_KNOWN).path] = json.dumps(
            {
                "issuer": url,
                "jwks_uri": self.jwks_uri,
                "authorization_endpoint": f"{base}/authorize",
                "response_types_supported": ["id_token"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [algorithm],
                "claims_supported": ["sub", "aud", "exp", "iat", "iss"],
            }
        ).encode()
        self._publish()

    @property
    def host(self) -> str:
        """The URL without its scheme, as condition keys call the issuer."""
        return self.url.removeprefix("https://")

    @property
    def key(self) -> Key:
        """What it signs with now."""
        return self._keys[-1]

    @property
    def jwks(self) -> dict[str, Any]:
        """Its public keys."""
        return {"keys": [key.as_dict(private=False) for key in self._keys]}

    def token(
        self,
        claims: Mapping[str, Any],
        *,
        header: Mapping[str, Any] | None = None,
        key: Key | None = None,
    ) -> str:
        """Sign these claims as they are. `header` replaces or (None) removes header fields."""
        key = key or self.key
        fields = {
            "alg": self.algorithm,
            "kid": key.kid,
            **_first(_HEADERS, self.url),
            **(header or {}),
        }
        kept = {name: value for name, value in fields.items() if value is not None}
        payload = json.dumps(claims).encode()
        registry = jws.JWSRegistry(strict_check_header=False, algorithms=[kept["alg"]])
        return jws.serialize_compact(kept, payload, key, registry=registry)

    def rotate(self, *, forget: bool = False) -> None:
        """Sign with a new key from now on; the old ones stay published unless forgotten."""
        self._keys = [*([] if forget else self._keys), _key(self.algorithm)]
        self._publish()

    def _publish(self) -> None:
        self.documents[urlsplit(self.jwks_uri).path] = json.dumps(self.jwks).encode()


class ShapedIssuers:
    """All issuers of a run behind one loopback address, told apart by host name and path.

    `issuers(url)` makes one at its first call; `issuers.token(claims)` signs as the issuer
    that `iss` names; `github_token(…)` and its like take the arguments of `tests/idp/shapes/`.
    """

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._issuers: dict[str, ShapedIssuer] = {}
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        context = self._context("unknown.rolecall.test")
        context.sni_callback = self._choose
        self._server = _QuietServer(("127.0.0.1", 0), self._handler())
        # The handshake is each connection's own affair: a client that stalls stalls nobody.
        self._server.socket = context.wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._thread.start()

    def __call__(self, url: str, *, algorithm: str = "RS256") -> ShapedIssuer:
        """The issuer of that URL, the same one at every call."""
        with self._lock:
            if url not in self._issuers:
                host = urlsplit(url).hostname
                assert host, url
                self._contexts.setdefault(host, self._context(host))
                self._issuers[url] = ShapedIssuer(
                    url, self.address, self._authority.pem, algorithm=algorithm
                )
            return self._issuers[url]

    def token(self, claims: Mapping[str, Any], **options: Any) -> str:
        """Sign claims as the issuer that their `iss` names."""
        issuer = claims["iss"]
        algorithm = "RS512" if issuer == shapes.COGNITO else "RS256"
        return self(issuer, algorithm=algorithm).token(claims, **options)

    def kubernetes_token(self, **facts: Any) -> str:
        return self.token(shapes.kubernetes(**facts))

    def keycloak_token(self, **facts: Any) -> str:
        return self.token(shapes.keycloak(**facts))

    def keycloak_access_token(self, **facts: Any) -> str:
        return self.token(shapes.keycloak_access(**facts))

    def github_token(self, **facts: Any) -> str:
        return self.token(shapes.github(**facts))

    def gitlab_token(self, **facts: Any) -> str:
        return self.token(shapes.gitlab(**facts))

    def bitbucket_token(self, **facts: Any) -> str:
        return self.token(shapes.bitbucket(**facts))

    def hcp_terraform_token(self, **facts: Any) -> str:
        return self.token(shapes.hcp_terraform(**facts))

    def circleci_token(self, **facts: Any) -> str:
        return self.token(shapes.circleci(**facts))

    def buildkite_token(self, **facts: Any) -> str:
        return self.token(shapes.buildkite(**facts))

    def google_token(self, **facts: Any) -> str:
        return self.token(shapes.google(**facts))

    def cognito_token(self, **facts: Any) -> str:
        return self.token(shapes.cognito(**facts))

    def auth0_token(self, **facts: Any) -> str:
        return self.token(shapes.auth0(**facts))

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)

    def _choose(self, connection: ssl.SSLObject, host: str | None, _: ssl.SSLContext) -> None:
        if host in self._contexts:
            connection.context = self._contexts[host]

    def _context(self, host: str) -> ssl.SSLContext:
        key, chain = self._authority.certificate(host)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with tempfile.TemporaryDirectory() as folder:  # the ssl module reads files only
            file = Path(folder) / "host.pem"
            file.write_text(key + chain)
            context.load_cert_chain(file)
        return context

    def _document(self, host: str, path: str) -> bytes | None:
        for issuer in list(self._issuers.values()):
            if urlsplit(issuer.url).hostname == host and path in issuer.documents:
                issuer.fetches[path] += 1
                return issuer.documents[path]
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        document = self._document

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 10

            def do_GET(self) -> None:
                host = (self.headers.get("Host") or "").partition(":")[0]
                found = document(host, urlsplit(self.path).path)
                body = found if found is not None else b'{"error": "not found"}'
                self.send_response(404 if found is None else 200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing: what was fetched stands in `fetches`."""

        return Handler


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that does not trust the certificate is what some tests are about."""


def _first(table: tuple[tuple[str, Any], ...], url: str) -> Any:
    return next(value for pattern, value in table if re.fullmatch(pattern, url))


def _key(algorithm: str) -> Key:
    parameters: Any = {"alg": algorithm, "use": "sig"}
    if algorithm.startswith("ES"):
        curve = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}[algorithm]
        return ECKey.generate_key(curve, parameters, auto_kid=True)
    return RSAKey.generate_key(2048, parameters, auto_kid=True)

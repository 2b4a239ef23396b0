"""npm oidc-provider, a certified OpenID Provider, with people who sign in by its pages."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.idp.authority import Authority
from tests.idp.browser import Browser
from tests.idp.processes import Provider

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "https://idp.rolecall.test"
#: Client ids that people sign in to: the application, one whose tokens are ES256, and one
#: that no role should trust.
APPLICATION = "rolecall-console"
APPLICATION_ES256 = "rolecall-console-es256"
OTHER_APPLICATION = "somebody-elses-application"
#: A client that gets JWT access tokens for a resource, without a person.
MACHINE = "nightly-report"
RESOURCE = "https://sts.rolecall.test"
_CALLBACK = "https://console.rolecall.test/callback"
_TAGS = {
    "principal_tags": {"Department": ["platform"], "CostCentre": ["4711"]},
    "transitive_tag_keys": ["Department"],
}
#: Who may sign in, and what the provider says of them besides `sub` (their name).
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    "alice": {"email": "alice@rolecall.test", "groups": ["admins", "developers"]},
    "bob": {"email": "bob@rolecall.test", "groups": ["developers"]},
    "carol": {"email": "carol@rolecall.test", "https://aws.amazon.com/tags": _TAGS},
    "dave": {"email": "dave@rolecall.test", "https://aws.amazon.com/source_identity": "dave"},
}


class SignInRefused(Exception):
    """The provider did not let the person in."""


@dataclass(frozen=True)
class OidcIdp:
    """The running provider.

    issuer: its URL, as the IAM provider has it.
    address: where it listens; the embedded AWS gets `issuer` → `address`, `ca`.
    ca: the authority that signed its certificate, PEM.
    client_ids: the applications that `sign_in` takes.
    """

    issuer: str
    address: str
    ca: str
    _passwords: Mapping[str, str] = field(repr=False)
    _machine_secret: str = field(repr=False)
    client_ids: tuple[str, ...] = (APPLICATION, APPLICATION_ES256, OTHER_APPLICATION)

    @property
    def host(self) -> str:
        return self.issuer.removeprefix("https://")

    def sign_in(
        self, user: str, client_id: str = APPLICATION, *, password: str | None = None
    ) -> str:
        """The ID token that an application gets: authorization code flow with PKCE.

        Raises SignInRefused where the provider shows its login page again.
        """
        browser = self._browser()
        verifier = secrets.token_urlsafe(32)
        digest = hashlib.sha256(verifier.encode()).digest()
        state = secrets.token_urlsafe(16)
        asked = {
            "client_id": client_id,
            "response_type": "code",
            "redirect_uri": _CALLBACK,
            "scope": "openid",
            "state": state,
            "nonce": secrets.token_urlsafe(16),
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        page = browser.get(f"{self.discovery()['authorization_endpoint']}?{urlencode(asked)}")
        if form := page.form(holding="password"):
            given = self._passwords[user] if password is None else password
            page = browser.submit(form, login=user, password=given)
        if form := page.form(holding="consent"):
            page = browser.submit(form)
        if not page.location:
            raise SignInRefused(f"{page.status} {page.body[:200]}")
        answer = parse_qs(urlsplit(page.location).query)
        assert answer["state"] == [state], "the answer is not the one to this request"
        reply = self._token(
            browser,
            grant_type="authorization_code",
            client_id=client_id,
            code=answer["code"][0],
            redirect_uri=_CALLBACK,
            code_verifier=verifier,
        )
        return str(reply["id_token"])

    def machine_token(self, resource: str = RESOURCE) -> str:
        """A JWT access token for a resource (client credentials): its `aud` is the resource."""
        reply = self._token(
            self._browser(),
            grant_type="client_credentials",
            client_id=MACHINE,
            client_secret=self._machine_secret,
            resource=resource,
        )
        return str(reply["access_token"])

    def discovery(self) -> dict[str, Any]:
        """The discovery document, fetched."""
        return self._json(f"{self.issuer}/.well-known/openid-configuration")

    def jwks(self) -> dict[str, Any]:
        """The public keys, fetched from where the discovery document says."""
        return self._json(self.discovery()["jwks_uri"])

    def _browser(self) -> Browser:
        return Browser({self.host: self.address}, self.ca, stop_at=_CALLBACK)

    def _json(self, url: str) -> dict[str, Any]:
        return dict(json.loads(self._browser().get(url).body))

    def _token(self, browser: Browser, **fields: str) -> dict[str, Any]:
        page = browser.post(self.discovery()["token_endpoint"], fields)
        if page.status != 200:
            raise SignInRefused(f"{page.status} {page.body[:200]}")
        return dict(json.loads(page.body))


def start(folder: Path, authority: Authority) -> tuple[OidcIdp, Provider]:
    """Start the provider; the caller stops the second of what is returned."""
    host = ISSUER.removeprefix("https://")
    key, chain = authority.certificate(host)
    passwords = {name: secrets.token_urlsafe(12) for name in PEOPLE}
    machine_secret = secrets.token_urlsafe(24)
    person = {
        "redirect_uris": [_CALLBACK],
        "response_types": ["code"],
        "grant_types": ["authorization_code"],
        "token_endpoint_auth_method": "none",
    }
    configuration = {
        "issuer": ISSUER,
        "tls": {"key": key, "cert": chain},
        "users": {
            name: {"password": passwords[name], "claims": claims} for name, claims in PEOPLE.items()
        },
        "clients": [
            {**person, "client_id": APPLICATION},
            {
                **person,
                "client_id": APPLICATION_ES256,
                "id_token_signed_response_alg": "ES256",
            },
            {**person, "client_id": OTHER_APPLICATION},
            {
                "client_id": MACHINE,
                "client_secret": machine_secret,
                "redirect_uris": [],
                "response_types": [],
                "grant_types": ["client_credentials"],
                "token_endpoint_auth_method": "client_secret_post",
            },
        ],
        "resources": [RESOURCE],
    }
    provider = Provider(
        ["node", "--no-deprecation", str(Path(__file__).with_name("oidc_provider.mjs"))],
        ready=r'^\{"ready":true,"port":(\d+)\}',
        log=folder / "oidc-provider.log",
        first=json.dumps(configuration) + "\n",
        cwd=ROOT,
    )
    address = f"127.0.0.1:{provider.ready[1]}"
    return OidcIdp(ISSUER, address, authority.pem, passwords, machine_secret), provider

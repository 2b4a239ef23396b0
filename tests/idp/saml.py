"""SimpleSAMLphp, a real SAML identity provider, with people who sign in by its login page."""

import json
import os
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from tests.idp.browser import Browser
from tests.idp.processes import Provider, tied_to_stdin

ROOT = Path(__file__).resolve().parents[2]
_CONFIGURATION = Path(__file__).with_name("simplesamlphp")
_INSTALL = "the tests' SAML identity provider is missing; run: sh scripts/system_packages.sh"

ENTITY_ID = "https://sso.rolecall.test/saml2/idp"
AWS = "urn:amazon:webservices"
AWS_CHINA = "urn:amazon:webservices:cn-north-1"
AWS_GOVCLOUD = "urn:amazon:webservices:govcloud"
WIKI = "https://wiki.rolecall.test/saml"
MISNAMED = "https://aws.rolecall.test/misnamed"
_ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes/"
_NAME_IDS = {
    "persistent": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    "transient": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
    "email": "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
}
_ALGORITHMS = {
    "rsa-sha256": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    "rsa-sha512": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
    "rsa-sha1": "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
}


class SignInRefused(Exception):
    """The provider did not let the person in."""


def aws_attributes(
    roles: Iterable[tuple[str, str]],
    *,
    session_name: str | None,
    session_duration: int | None = None,
    tags: Mapping[str, str] | None = None,
    transitive_tags: Sequence[str] = (),
    source_identity: str | None = None,
) -> dict[str, list[str]]:
    """The attributes that AWS reads: pairs of role ARN and provider ARN, and the rest.

    Source: "Configure SAML assertions for the authentication response" in IAM's user guide.
    """
    made = {f"{_ATTRIBUTES}Role": [f"{role},{provider}" for role, provider in roles]}
    if session_name is not None:
        made[f"{_ATTRIBUTES}RoleSessionName"] = [session_name]
    if session_duration is not None:
        made[f"{_ATTRIBUTES}SessionDuration"] = [str(session_duration)]
    for key, value in (tags or {}).items():
        made[f"{_ATTRIBUTES}PrincipalTag:{key}"] = [value]
    if transitive_tags:
        made[f"{_ATTRIBUTES}TransitiveTagKeys"] = list(transitive_tags)
    if source_identity is not None:
        made[f"{_ATTRIBUTES}SourceIdentity"] = [source_identity]
    return made


@dataclass
class SamlIdp:
    """The running provider.

    entity_id: its name in metadata and in every assertion's Issuer.
    url: where it listens; IAM never connects to it.
    certificate: what it signs with, as the metadata has it.
    """

    entity_id: str
    url: str
    certificate: x509.Certificate
    _state_file: Path
    _state: dict[str, Any] = field(repr=False)
    _passwords: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def metadata(self) -> str:
        """Its metadata document, fetched: what IAM's SAML provider is made of."""
        page = Browser().get(f"{self.url}/saml2/idp/metadata.php")
        assert page.status == 200, page.body
        return page.body

    def person(self, name: str, attributes: Mapping[str, Sequence[str]]) -> str:
        """Let a person sign in from now on, and return the password.

        The attributes are sent as they are, besides `uid`, `mail` and `eduPersonAffiliation`,
        which everybody has; `aws_attributes` makes those that AWS reads.
        """
        if name in self._passwords:
            del self._state["people"][f"{name}:{self._passwords[name]}"]
        password = self._passwords[name] = secrets.token_urlsafe(12)
        self._state["people"][f"{name}:{password}"] = {
            "uid": [name],
            "mail": [f"{name}@rolecall.test"],
            "eduPersonAffiliation": ["member", "staff"],
            **{key: list(values) for key, values in attributes.items()},
        }
        self._save()
        return password

    def sign_in(
        self,
        user: str,
        password: str | None = None,
        *,
        service_provider: str = AWS,
        endpoint: str | None = None,
        name_id: Literal["persistent", "transient", "email"] = "persistent",
        signed: Literal["assertion", "response", "both", "nothing"] = "assertion",
        algorithm: Literal["rsa-sha256", "rsa-sha512", "rsa-sha1"] = "rsa-sha256",
        seconds: int = 300,
    ) -> str:
        """The base64 SAMLResponse that the browser would post to AWS (IdP-initiated sign-on).

        endpoint: the sign-in URL that it is for, if not the service provider's first; it
            becomes the Recipient.
        seconds: how long the assertion is valid.
        Raises SignInRefused where the provider shows its login page again.
        """
        self._state["response"] = {
            "NameIDFormat": _NAME_IDS[name_id],
            "saml20.sign.assertion": signed in ("assertion", "both"),
            "saml20.sign.response": signed in ("response", "both"),
            "signature.algorithm": _ALGORITHMS[algorithm],
            "assertion.lifetime": seconds,
        }
        self._save()
        asked = {"spentityid": service_provider}
        if endpoint:
            asked["ConsumerURL"] = endpoint
        browser = Browser()
        page = browser.get(f"{self.url}/saml2/idp/SSOService.php?{urlencode(asked)}")
        if form := page.form(holding="password"):
            given = self._passwords[user] if password is None else password
            page = browser.submit(form, username=user, password=given)
        answer = page.form(holding="SAMLResponse")
        if answer is None:
            raise SignInRefused(f"{page.status} at {page.url}")
        # SimpleSAMLphp falls back to the first endpoint where it does not know the asked one.
        assert endpoint in (None, answer.action), f"not an endpoint of AWS: {endpoint}"
        return answer.fields["SAMLResponse"]

    def _save(self) -> None:
        new = self._state_file.with_suffix(".new")
        new.write_text(json.dumps(self._state))
        new.replace(self._state_file)


def start(folder: Path) -> tuple[SamlIdp, Provider]:
    """Start the provider in a folder of its own; the caller stops the second of the two."""
    home = folder / "simplesamlphp"
    shutil.copytree(_CONFIGURATION, home)
    for name in ("cert", "data", "log", "sessions", "tmp"):
        (home / name).mkdir()
    certificate = _signing_key(home / "cert")
    state: dict[str, Any] = {
        "entity_id": ENTITY_ID,
        "salt": secrets.token_hex(16),
        "admin_password": secrets.token_urlsafe(16),
        "people": {},
        "response": {},
    }
    (home / "state.json").write_text(json.dumps(state))
    program = _simplesamlphp()
    provider = Provider(
        tied_to_stdin(["php", "-S", "127.0.0.1:0", "-t", str(program / "www")]),
        ready=r"Development Server \((http://127\.0\.0\.1:\d+)\) started",
        log=folder / "simplesamlphp.log",
        env={**os.environ, "SIMPLESAMLPHP_CONFIG_DIR": str(home), "TMPDIR": str(home / "tmp")},
    )
    return SamlIdp(ENTITY_ID, provider.ready[1], certificate, home / "state.json", state), provider


def _simplesamlphp() -> Path:
    """Where it is installed: the same places as in scripts/system_packages.sh."""
    named = os.environ.get("ROLECALL_SIMPLESAMLPHP")
    here = ROOT / ".rolecall/simplesamlphp/usr/share/simplesamlphp"
    for folder in (*([Path(named)] if named else []), Path("/usr/share/simplesamlphp"), here):
        if (folder / "lib/_autoload.php").is_file() and shutil.which("php"):
            return folder
    raise AssertionError(_INSTALL)


def _signing_key(folder: Path) -> x509.Certificate:
    """A key and a self-signed certificate, as an identity provider's administrator makes them."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sso.rolecall.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    (folder / "idp.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "idp.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate

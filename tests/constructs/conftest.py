"""One jsii app a module: starting Node costs most of a second."""

import base64
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from rolecall.environment import Environment
from rolecall_cdktf import EnvironmentStack
from rolecall_cdktf._cdktf import App, Testing

FACTS = Environment(
    name="tes",
    account_id="111111111111",
    region="eu-central-1",
    identity_account_id="999999999999",
    external_id="acme-tes",
)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def app() -> App:
    return Testing.app()


@pytest.fixture
def new_stack(app: App) -> Callable[..., EnvironmentStack]:
    """A stack of an environment of its own name, with the given facts."""

    def build(**facts: Any) -> EnvironmentStack:
        name = facts.pop("name", f"e{next(_numbers)}")
        return EnvironmentStack(app, replace(FACTS, name=name, **facts))

    return build


@pytest.fixture
def stack(new_stack: Callable[..., EnvironmentStack]) -> EnvironmentStack:
    return new_stack()


@pytest.fixture
def synthesized() -> Callable[[EnvironmentStack], dict[str, Any]]:
    """The cdk.tf.json of a stack, parsed."""

    def synth(stack: EnvironmentStack) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(Testing.synth(stack))
        return found

    return synth


@pytest.fixture
def real_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without endpoint variables, whatever the shell of the developer has."""
    for name in (
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_IAM",
        "AWS_ENDPOINT_URL_STS",
        "AWS_IAM_ENDPOINT",
        "TF_AWS_IAM_ENDPOINT",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Issued:
    """Certificates of one key, as a test needs them."""

    key: rsa.RSAPrivateKey

    def certificate(
        self,
        days: float = 365,
        *,
        authority: bool | None = True,
        signs: bool | None = True,
        name: str = "acme",
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=100))
            .not_valid_after(now + timedelta(days=days))
        )
        if authority is not None:
            builder = builder.add_extension(x509.BasicConstraints(authority, None), critical=True)
        if signs is not None:
            usage = x509.KeyUsage(
                digital_signature=not signs,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=signs,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            )
            builder = builder.add_extension(usage, critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def pem(self, **options: Any) -> str:
        return self.certificate(**options).public_bytes(Encoding.PEM).decode()

    def metadata(
        self,
        *days: float,
        entity_id: str = "https://id.example.com/saml",
        valid_until: str = "",
        more: str = "",
    ) -> str:
        """SAML metadata of an identity provider with a certificate for each number of days."""
        keys = "".join(
            '<KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
            + base64.b64encode(
                self.certificate(each, name=f"idp {index}").public_bytes(Encoding.DER)
            ).decode()
            + "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
            for index, each in enumerate(days or (365,))
        )
        until = f' validUntil="{valid_until}"' if valid_until else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            '<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" '
            f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#" entityID="{entity_id}"{until}>'
            '<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">'
            f"{keys}"
            '<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" '
            f'Location="https://id.example.com/sso"/>{more}</IDPSSODescriptor></EntityDescriptor>\n'
        )


@pytest.fixture(scope="session")
def issued() -> Issued:
    return Issued(rsa.generate_private_key(public_exponent=65537, key_size=2048))


@pytest.fixture
def warnings_of() -> Callable[[Any], list[str]]:
    """What `cdktf synth` would print of a construct."""

    def told(construct: Any) -> list[str]:
        return [entry.data for entry in construct.node.metadata if entry.type == "@cdktf/warn"]

    return told

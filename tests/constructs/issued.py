"""Certificates and SAML metadata for the tests of constructs."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Issued:
    """Certificates of one key, as a test needs them."""

    key: rsa.RSAPrivateKey

    @classmethod
    def new(cls) -> "Issued":
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

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

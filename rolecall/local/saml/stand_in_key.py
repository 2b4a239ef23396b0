"""The stand-in's key, and the providers that it is believed for.

It is made once and kept with the state, as private as the other keys there.
"""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from rolecall.issuers.saml_metadata import SamlMetadata

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "saml_stand_in"
_making = threading.Lock()


def stand_in_for(provider_arn: str, entity_id: str, cloud: "Cloud") -> None:
    """From now on believe the stand-in's key for a provider. Call it inside the gate.

    It ends when the provider's metadata name another entity.
    """
    held_key(cloud)
    providers = cloud.records[_TABLE].setdefault("providers", {})
    if providers.get(provider_arn) != entity_id:
        providers[provider_arn] = entity_id
        cloud.mark_changed()


def believed(metadata: SamlMetadata, provider_arn: str, cloud: "Cloud") -> SamlMetadata:
    """The provider's metadata, with the stand-in's certificate where it stands in for it."""
    held = cloud.records.get(_TABLE, {})
    if held.get("providers", {}).get(provider_arn) != metadata.entity_id:
        return metadata
    own = x509.load_pem_x509_certificate(held["certificate"].encode())
    return replace(metadata, signing_certificates=(*metadata.signing_certificates, own))


def held_key(cloud: "Cloud") -> Mapping[str, str]:
    """Key and certificate, made when they are needed first."""
    with _making:
        held = cloud.records.get(_TABLE)
        if held is None:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            held = {
                "key": key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                ).decode(),
                "certificate": _certificate(key, cloud.real_now()),
            }
            cloud.records[_TABLE] = held
            cloud.mark_changed()
    return held


def _certificate(key: rsa.RSAPrivateKey, now: datetime) -> str:
    name = x509.Name(
        [x509.NameAttribute(x509.NameOID.COMMON_NAME, "Rolecall stand-in identity provider")]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()

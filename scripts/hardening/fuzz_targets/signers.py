"""An issuer's keys and tokens, made once a process: of each the fuzzer sees what is public."""

import base64
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey
from joserfc.jws import JWSRegistry

from rolecall.issuers import oidc_issuer
from rolecall.local.oidc import identity, signature
from rolecall.local.oidc.jwks import read_key_set
from rolecall.local.oidc.providers import Provider

ACCOUNT = "111122223333"
ISSUER = "https://token.actions.githubusercontent.com"
PROVIDER = Provider(
    f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com",
    oidc_issuer(ISSUER),
    ("client", "sts.amazonaws.com"),
)
NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
SECOND = int(NOW.timestamp())
ALGORITHMS = {
    "RS256": "rsa", "RS384": "rsa", "RS512": "rsa", "ES256": "P-256", "ES384": "P-384",
    "ES512": "P-521",
}  # fmt: skip
CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "sub": "repo:acme/infra:ref:refs/heads/main",
    "aud": "client",
    "iat": SECOND - 5,
    "exp": SECOND + 300,
    "repository": "acme/infra",
    "actor": "alice",
    "https://aws.amazon.com/tags": {
        "principal_tags": {"team": ["core"]},
        "transitive_tag_keys": ["team"],
    },
    "https://aws.amazon.com/source_identity": "alice",
}
CLOUD: Any = type("Cloud", (), {"now": staticmethod(lambda: NOW)})()


@cache
def key(name: str) -> RSAKey | ECKey:
    """`rsa`, a curve, or either of them with `other-` before it: somebody else's."""
    kind = name.removeprefix("other-")
    if kind != "rsa":
        return ECKey.generate_key(kind, {"kid": kind})
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return RSAKey.import_key(pem, {"kid": kind})


def encoded(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def sign(signing_input: str, algorithm: str, name: str = "") -> bytes:
    """A signature, by the issuer's key for the algorithm or by the named one."""
    model = JWSRegistry(algorithms=[algorithm]).get_alg(algorithm)
    signed: bytes = model.sign(signing_input.encode(), key(name or ALGORITHMS[algorithm]))
    return signed


@dataclass(frozen=True)
class Genuine:
    """A token as the issuer signed it."""

    header: bytes
    payload: bytes
    signature: bytes

    @property
    def text(self) -> str:
        """The compact form."""
        return ".".join(map(encoded, (self.header, self.payload, self.signature)))


@cache
def genuine() -> tuple[Genuine, ...]:
    """One token for each algorithm."""
    # Neither a network nor a backend: the issuer's keys are known, its provider is there.
    set_in(identity, "provider_of", lambda issuer, _account: _provider(issuer))
    keys = tuple(read_key_set({"keys": [public(name) for name in set(ALGORITHMS.values())]}))
    set_in(signature, "signing_keys", lambda *_arguments, **_options: keys)
    made = []
    for algorithm, name in ALGORITHMS.items():
        header = json.dumps({"alg": algorithm, "kid": name, "typ": "JWT"}).encode()
        payload = json.dumps(CLAIMS).encode()
        signing_input = f"{encoded(header)}.{encoded(payload)}"
        made.append(Genuine(header, payload, sign(signing_input, algorithm)))
    return tuple(made)


def set_in(module: object, name: str, value: object) -> None:
    """Replace what a module calls."""
    vars(module)[name] = value


def public(name: str) -> dict[str, Any]:
    """A key as its issuer publishes it."""
    return {**key(name).as_dict(private=False), "use": "sig"}


def _provider(issuer: str) -> Provider:
    from rolecall.local.oidc.errors import no_provider

    if issuer == ISSUER:
        return PROVIDER
    raise no_provider(issuer, "there is none")

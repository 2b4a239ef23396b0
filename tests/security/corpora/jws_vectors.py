"""Wycheproof's vectors and the RFCs' examples against what verifies tokens.

Their payloads are no claims, and their keys often have no name: so the payload is not
looked at, and each key gets the name that its token says. The rest is the path of every
token, from the text to `check_signature`.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest import mock

from rolecall.local.api import AwsError
from rolecall.local.cloud import Cloud
from rolecall.local.oidc import compact, signature
from rolecall.local.oidc.compact import ALGORITHMS, Token, read_token
from rolecall.local.oidc.jwks import SigningKey, read_key_set
from rolecall.local.oidc.signature import check_signature
from tests.security.corpora.counting import Counts, every

HERE = Path(__file__).parent
Jwk = Mapping[str, Any]
_CURVES = {"secp256r1": ("P-256", 32), "secp384r1": ("P-384", 48), "secp521r1": ("P-521", 66)}
_SIGNATURES = {
    "rsa_signature_2048_sha256": "RS256",
    "rsa_signature_2048_sha384": "RS384",
    "rsa_signature_2048_sha512": "RS512",
    "ecdsa_secp256r1_sha256_p1363": "ES256",
    "ecdsa_secp384r1_sha384_p1363": "ES384",
    "ecdsa_secp521r1_sha512_p1363": "ES512",
}


NOT_OFFERED = "good, but of an algorithm that AWS does not offer: refused"


def load(name: str) -> Any:
    return json.loads((HERE / name).read_text(encoding="utf-8"))


def signatures(step: int = 1) -> Iterator[Counts]:
    """RSA PKCS #1 v1.5 and ECDSA signatures, as signatures of tokens."""
    for name, algorithm in _SIGNATURES.items():
        counts = Counts(f"Wycheproof {name}")
        for what, key, message, signed, result in every(_raw(name), step):
            token = Token(algorithm, "key", {}, message, signed)
            # What Wycheproof leaves to the verifier is refused here, or does no harm.
            if result == "acceptable":
                counts.set_aside["left open by Wycheproof"] += 1
                continue
            keys = read_key_set({"keys": [{**key, "kid": "key", "alg": algorithm}]})
            counts.note(what, good=result == "valid", admitted=_verified(token, keys))
        yield counts


def pss(step: int = 1) -> Counts:
    """RSA-PSS, which AWS does not offer, is no RS256 either."""
    counts = Counts("Wycheproof rsa_pss_2048_sha256_mgf1_32, as RS256")
    for what, key, message, signed, _ in every(_raw("rsa_pss_2048_sha256_mgf1_32"), step):
        keys = read_key_set({"keys": [{**key, "kid": "key", "alg": "RS256"}]})
        token = Token("RS256", "key", {}, message, signed)
        # One vector is a signature of PKCS #1, and none of PSS.
        counts.note(what, good="PKCS #1" in what, admitted=_verified(token, keys))
    return counts


def tokens() -> Iterator[Counts]:
    """JSON Web Signatures and Keys."""
    for name in ("json_web_signature_test", "json_web_key_test"):
        counts = Counts(f"Wycheproof {name}")
        for key_set, test in of_wycheproof(name):
            what, good = f"{test['tcId']} {test['comment']}", test["result"] == "valid"
            took = admitted(test["jws"], key_set)
            if good and not took and not offered(test["jws"]):
                counts.set_aside[NOT_OFFERED] += 1
            else:
                counts.note(what, good=good, admitted=took)
        yield counts


def examples() -> Counts:
    """The examples of the RFCs: compact ones with an algorithm that is offered are good."""
    counts = Counts("RFC 7515 and 7520")
    for case in load("rfc/jws.json"):
        text, key = case["jws"], case["key"]
        what = f"{case['source']} {case['name']}"
        took = admitted(text, [key] if key else [])
        if key and not took and not offered(text) and ".." not in text:
            counts.set_aside[NOT_OFFERED] += 1
        elif not offered(text) or not key:
            # Unsigned, detached, or JSON in place of a compact token.
            counts.note(what, good=False, admitted=took)
        elif "kid" in json.loads(_decoded(text.split(".")[0])):
            counts.note(what, good=True, admitted=took)
        else:
            counts.note(f"{what}, no kid", good=False, admitted=took)
            # The signature alone is good all the same.
            keys = read_key_set({"keys": [{**key, "kid": "key"}]})
            counts.note(f"{what}, named", good=True, admitted=_verified(_unnamed(text), keys))
    return counts


def offered(jws: str) -> bool:
    """Whether the text is a compact JWS with an algorithm that AWS takes."""
    header = jws.split(".")[0]
    try:
        return json.loads(_decoded(header)).get("alg") in ALGORITHMS
    except (ValueError, AttributeError):
        return False


def of_wycheproof(name: str) -> Iterator[tuple[list[Jwk], Any]]:
    """Key set and vector."""
    for published, _, tests in groups(name):
        for test in tests:
            yield published, test


def groups(name: str) -> Iterator[tuple[list[Jwk], list[Jwk], list[Any]]]:
    """Published keys (where the file has none, the private ones), private keys, vectors."""
    for group in load(f"wycheproof/{name}.json")["testGroups"]:
        private = _key_set(group.get("private"))
        yield _key_set(group.get("public")) or private, private, group["tests"]


def _key_set(value: Any) -> list[Jwk]:
    if value is None:
        return []
    keys: list[Jwk] = value.get("keys", [value])
    return keys


def admitted(jws: str, key_set: list[Jwk]) -> bool:
    """Whether the token's reader and `check_signature` take it."""
    original = compact._object

    def no_claims(content: bytes, what: str) -> dict[str, Any]:
        return {} if what == "payload" else original(content, what)

    with mock.patch.object(compact, "_object", no_claims):
        try:
            token = read_token(jws)
        except AwsError as error:
            assert error.code == "InvalidIdentityToken"
            return False
    return _verified(token, read_key_set({"keys": key_set}))


def _unnamed(jws: str) -> Token:
    header, payload, signed = jws.split(".")
    return Token(
        json.loads(_decoded(header))["alg"],
        "key",
        {},
        f"{header}.{payload}".encode(),
        _decoded(signed),
    )


def _verified(token: Token, keys: tuple[SigningKey, ...]) -> bool:
    def published(_issuer: str, _cloud: Cloud, *, beyond: str = "") -> tuple[SigningKey, ...]:
        return keys

    with mock.patch.object(signature, "signing_keys", published):
        try:
            check_signature(token, "https://id.example.com", mock.Mock(spec=Cloud))
        except AwsError as error:
            assert error.code == "InvalidIdentityToken"
            return False
    return True


def _raw(name: str) -> Iterator[tuple[str, Jwk, bytes, bytes, str]]:
    """What it is, the key, the message, the signature, the result."""
    for group in load(f"wycheproof/{name}_test.json")["testGroups"]:
        key = group.get("publicKeyJwk") or group.get("keyJwk") or _jwk(group["publicKey"])
        for test in group["tests"]:
            yield (
                f"{test['tcId']} {test['comment']}",
                {name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key},
                bytes.fromhex(test["msg"]),
                bytes.fromhex(test["sig"]),
                test["result"],
            )


def _jwk(key: Mapping[str, str]) -> Jwk:
    if key.get("type") == "EcPublicKey":
        crv, size = _CURVES[key["curve"]]
        return {
            "kty": "EC",
            "crv": crv,
            "x": _number(key["wx"], size),
            "y": _number(key["wy"], size),
        }
    return {"kty": "RSA", "n": _number(key["modulus"]), "e": _number(key["publicExponent"])}


def _number(digits: str, size: int = 0) -> str:
    content = bytes.fromhex(digits).lstrip(b"\0").rjust(size, b"\0")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

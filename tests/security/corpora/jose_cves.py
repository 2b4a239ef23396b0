"""Shapes of known faults of JOSE libraries, with the number of one that had it.

Every token says that it is `somebody`, whom the role trusts, and none is signed by the
issuer, or not in the way that it says.
"""

import base64
import hashlib
import hmac
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives import serialization
from joserfc import jwe
from joserfc.jwk import ECKey, RSAKey

from tests.local.oidc.issuer import Issuer, ec_key, encoded, public, rsa_key, signed
from tests.local.oidc.world import OidcWorld
from tests.security.corpora.counting import Counts

RS256 = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}
ES256 = {"alg": "ES256", "kid": "P-256", "typ": "JWT"}
Forge = Callable[[Issuer], str]


def forgeries() -> dict[str, Forge]:
    return {
        **{f"{number or 'no number'}: {what}": forge for number, what, forge in _cases()},
        **{f"header with {what}": _header(text) for what, text in _HEADERS.items()},
    }


def over_http(world: OidcWorld) -> Counts:
    """Each of them sent as anybody could send it."""
    counts = Counts("JOSE: known faults of libraries, over HTTP")
    counts.note("a good token", good=True, admitted=world.ask().admitted)
    for what, forge in forgeries().items():
        answer = world.send(forge(world.issuer))
        if not answer.admitted and (answer.code, answer.status) != ("InvalidIdentityToken", 400):
            counts.findings.append(f"{what}: {answer.status} {answer.code}")
        else:
            counts.note(what, good=False, admitted=answer.admitted)
    return counts


def _cases() -> Iterator[tuple[str, str, Forge]]:
    for name in ("none", "None", "nOnE", "NONE"):
        yield "CVE-2022-23540", f"alg {name}", _unsigned({**RS256, "alg": name})
    yield "CVE-2021-22160", "none, and the signature of another", _none_with_signature
    yield "CVE-2020-28042", "an empty signature", _cut
    yield "CVE-2015-9235", "HMAC with the EC key in PEM", _hmac("P-256", _pem)
    yield (
        "CVE-2026-34950",
        "HMAC with the RSA key in PEM behind a line break",
        _hmac("rsa", lambda key: b"\n" + _pem(key)),
    )
    yield "CVE-2016-10555", "HMAC with the RSA key in PEM", _hmac("rsa", _pem)
    yield "CVE-2022-29217", "HMAC with the EC key as OpenSSH writes it", _hmac("P-256", _ssh)
    yield "CVE-2024-33663", "HMAC with the RSA key as OpenSSH writes it", _hmac("rsa", _ssh)
    yield "CVE-2024-37568", "HMAC with the RSA key in DER", _hmac("rsa", _der)
    yield "CVE-2017-11424", "HMAC with the key in PEM of PKCS #1", _hmac("rsa", _pkcs1)
    yield "CVE-2018-0114", "a key in the header", _own_key("jwk")
    yield "CVE-2018-0114", "a certificate in the header", _own_key("x5c")
    yield "", "an address of keys in the header", _own_key("jku")
    yield "", "an address of certificates in the header", _own_key("x5u")
    yield "CVE-2022-21449", "zeros", _signature(ES256, b"\0" * 64)
    yield "CVE-2022-21449", "r and s of the order of the curve", _signature(ES256, _ORDER * 2)
    yield "CVE-2019-14859", "ECDSA in DER", _in_der
    yield "CVE-2006-4339", "PKCS #1 with rubbish behind the digest", _bleichenbacher
    yield "CVE-2022-39227", "JSON around two tokens", _two_in_one
    yield "CVE-2022-39227", "JSON around two tokens, compact", _two_in_one_compact
    yield "CVE-2023-51774", "encrypted to the issuer's public key", _encrypted
    yield (
        "",
        "JSON with no signatures",
        lambda i: json.dumps({"payload": encoded(i.claims()), "signatures": []}),
    )
    yield (
        "CVE-2025-59420",
        "crit that nobody knows",
        lambda i: signed(
            {**RS256, "crit": ["urn:x"], "urn:x": True}, i.claims(), rsa_key(), "RS256"
        ),
    )
    yield "CVE-2025-59420", "crit of a payload that is not encoded", _unencoded
    yield "CVE-2024-28176", "a compressed payload", _compressed
    yield (
        "",
        "five parts of nothing",
        lambda i: (
            f"{encoded({'alg': 'RSA-OAEP', 'enc': 'A256GCM', 'zip': 'DEF', 'kid': 'rsa'})}"
            f".{encoded(b'k' * 256)}.{encoded(b'i' * 12)}.{encoded(i.claims())}"
            f".{encoded(b't' * 16)}"
        ),
    )
    yield (
        "",
        "an algorithm of the other kind",
        lambda i: signed({**RS256, "alg": "ES256"}, i.claims(), rsa_key(), "RS256"),
    )
    yield "CVE-2019-20933", "HMAC with no key", _hmac("rsa", lambda _: b"")
    yield (
        "",
        "a token in a token",
        lambda i: signed({**RS256, "cty": "JWT"}, i.token(), rsa_key("mallory"), "RS256"),
    )


def _unsigned(header: Any) -> Forge:
    return lambda issuer: f"{encoded(header)}.{encoded(issuer.claims())}."


def _none_with_signature(issuer: Issuer) -> str:
    good = issuer.token().split(".")[2]
    return f"{encoded({**RS256, 'alg': 'none'})}.{encoded(issuer.claims())}.{good}"


def _cut(issuer: Issuer) -> str:
    return issuer.token().rpartition(".")[0] + "."


def _key(name: str) -> RSAKey | ECKey:
    return rsa_key() if name == "rsa" else ec_key(name)


def _hmac(name: str, secret: Callable[[Any], bytes]) -> Forge:
    def forge(issuer: Issuer) -> str:
        text = f"{encoded({'alg': 'HS256', 'kid': name})}.{encoded(issuer.claims())}"
        made = hmac.new(secret(_key(name).public_key), text.encode(), hashlib.sha256).digest()
        return f"{text}.{encoded(made)}"

    return forge


_SPKI = serialization.PublicFormat.SubjectPublicKeyInfo


def _pem(key: Any) -> bytes:
    return bytes(key.public_bytes(serialization.Encoding.PEM, _SPKI))


def _der(key: Any) -> bytes:
    return bytes(key.public_bytes(serialization.Encoding.DER, _SPKI))


def _pkcs1(key: Any) -> bytes:
    form = serialization.PublicFormat.PKCS1
    return bytes(key.public_bytes(serialization.Encoding.PEM, form))


def _ssh(key: Any) -> bytes:
    form = serialization.PublicFormat.OpenSSH
    return bytes(key.public_bytes(serialization.Encoding.OpenSSH, form))


def _own_key(member: str) -> Forge:
    def forge(issuer: Issuer) -> str:
        mallory = rsa_key("mallory")
        der = mallory.public_key.public_bytes(serialization.Encoding.DER, _SPKI)
        brought = {
            "jwk": public(mallory, kid="rsa"),
            "x5c": [base64.b64encode(der).decode()],
            "jku": f"{issuer.url}/keys",
            "x5u": f"{issuer.url}/keys",
        }
        header = {**RS256, member: brought[member]}
        return signed(header, issuer.claims(), mallory, "RS256")

    return forge


_ORDER = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")


def _signature(header: Any, content: bytes) -> Forge:
    return lambda issuer: f"{encoded(header)}.{encoded(issuer.claims())}.{encoded(content)}"


def _in_der(issuer: Issuer) -> str:
    good = signed(ES256, issuer.claims(), ec_key(), "ES256")
    text, _, raw = good.rpartition(".")
    content = base64.urlsafe_b64decode(raw + "==")

    def integer(part: bytes) -> bytes:
        part = part.lstrip(b"\0")
        part = b"\0" + part if part[0] & 0x80 else part
        return bytes([2, len(part)]) + part

    body = integer(content[:32]) + integer(content[32:])
    return f"{text}.{encoded(bytes([0x30, len(body)]) + body)}"


def _bleichenbacher(issuer: Issuer) -> str:
    """The cube root of a block whose digest stands in front of rubbish, for the exponent 3."""
    text = f"{encoded(RS256)}.{encoded(issuer.claims())}"
    info = bytes.fromhex("3031300d060960864801650304020105000420")
    block = b"\0\1\xff\0" + info + hashlib.sha256(text.encode()).digest()
    wanted = int.from_bytes(block.ljust(256, b"\xff"), "big")
    low, high = 0, 1 << 700
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= wanted else (low, middle - 1)
    return f"{text}.{encoded(low.to_bytes(256, 'big'))}"


def _two_in_one(issuer: Issuer) -> str:
    good = issuer.token(sub="nobody")
    header, payload, signature = good.split(".")
    forged = encoded(issuer.claims())
    return json.dumps(
        {
            f"  {header}.{forged}.": "",
            "protected": header,
            "payload": payload,
            "signature": signature,
        }
    )


def _two_in_one_compact(issuer: Issuer) -> str:
    good = issuer.token(sub="nobody")
    header, payload, signature = good.split(".")
    return json.dumps(
        {"a": f".{encoded(issuer.claims())}.", "protected": header, "payload": payload}
        | {"signature": signature},
        separators=(",", ":"),
    )


def _encrypted(issuer: Issuer) -> str:
    """An unsigned token inside of one that everybody could encrypt."""
    header = {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa", "cty": "JWT"}
    inner = _unsigned({**RS256, "alg": "none"})(issuer)
    key = RSAKey.import_key(public(rsa_key(), use="enc"))
    return jwe.encrypt_compact(header, inner.encode(), key)


def _unencoded(issuer: Issuer) -> str:
    claims = json.dumps(issuer.claims(), separators=(",", ":"))
    header = {**RS256, "b64": False, "crit": ["b64"]}
    text = f"{encoded(header)}.{claims}"
    made = signed(header, claims, rsa_key(), "RS256").rpartition(".")[2]
    return f"{text}.{made}"


def _compressed(issuer: Issuer) -> str:
    packed = zlib.compress(json.dumps(issuer.claims()).encode())[2:-4]
    return signed({**RS256, "zip": "DEF"}, packed, rsa_key(), "RS256")


#: Headers that two readers may read differently. Signed by the issuer's own key.
_HEADERS = {
    "alg twice": '{"alg":"RS256","alg":"none","kid":"rsa"}',
    "alg twice, the other way": '{"alg":"none","alg":"RS256","kid":"rsa"}',
    "alg twice, once escaped": '{"alg":"RS256","\\u0061lg":"none","kid":"rsa"}',
    "kid twice, once escaped": '{"alg":"RS256","kid":"rsa","k\\u0069d":"mallory"}',
    "crit escaped": '{"alg":"RS256","kid":"rsa","cr\\u0069t":["x"],"x":1}',
    "b64 escaped": '{"alg":"RS256","kid":"rsa","b\\u00364":false}',
    "b64 twice": '{"alg":"RS256","kid":"rsa","b64":true,"b64":false}',
    "a comment": '{"alg":"RS256",/*,"alg":"none",*/"kid":"rsa"}',
    "a trailing comma": '{"alg":"RS256","kid":"rsa",}',
    "single quotes": "{'alg':'RS256','kid':'rsa'}",
    "a mark of byte order": '\ufeff{"alg":"RS256","kid":"rsa"}',
    "two objects": '{"alg":"RS256","kid":"rsa"}{"alg":"none"}',
    "a list": '[{"alg":"RS256","kid":"rsa"}]',
    "NaN": '{"alg":"RS256","kid":"rsa","x":NaN}',
    "half a character": '{"alg":"RS256","kid":"rsa","x":"\\ud800"}',
    "a line break in a text": '{"alg":"RS256","kid":"rs\na"}',
    "NUL behind kid": '{"alg":"RS256","kid":"rsa\\u0000"}',
    "kid of another width": '{"alg":"RS256","kid":"\uff52\uff53\uff41"}',
    "alg of another width": '{"alg":"\uff32\uff33256","kid":"rsa"}',
    "alg in a list": '{"alg":["RS256"],"kid":"rsa"}',
    "6,000 levels": '{"alg":"RS256","kid":"rsa","x":' + "[" * 6000 + "]" * 6000 + "}",
}


def _header(text: str) -> Forge:
    return lambda issuer: signed(text, issuer.claims(), rsa_key(), "RS256")

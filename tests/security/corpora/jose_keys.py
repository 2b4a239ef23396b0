"""Key sets and headers, every one with every other: which key may verify which token.

The oracle is written anew, from docs/enforcement.md and RFC 7517: a key counts if it is
for signatures, of the kind that the token's `alg` wants, long and sound enough, and has
the token's `kid`.
"""

import base64
import math
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

from tests.local.oidc.issuer import Key, ec_key, encoded, public, rsa_key, signed
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.jws_vectors import admitted

_KEYS: dict[str, str] = {"RSA": "RS256", "P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}
_FITTING = {"RSA": ("RS256", "RS384", "RS512"), "P-256": ("ES256",), "P-384": ("ES384",)}
_FITTING["P-521"] = ("ES512",)
_ALGORITHMS = [
    *("RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "HS256", "ES256K", "EdDSA"),
    *("none", "rs256", "RS256 ", "ES521", "Ed25519", "RSA", "", None, 0, ["RS256"], {"RS256": 1}),
]
_ABSENT = object()
#: What a key's member may be, and whether the key still counts.
_USES = [("sig", True), (_ABSENT, True)] + [
    (use, False) for use in ("enc", "SIG", "sig ", "", None, 1, ["sig"], {"sig": 1})
]
_OPERATIONS = [(_ABSENT, True), (["verify"], True), (["sign", "verify"], True)] + [
    (operations, False)
    for operations in (["sign"], ["encrypt"], [], ["VERIFY"], "verify", {"verify": 1}, None, [1])
]
_KEY_IDS = [("key", True)] + [
    (name, False) for name in ("Key", "key ", " key", "", _ABSENT, None, 0, ["key"], "../key")
]


def headers(step: int = 1) -> Counts:
    """Each kind of key, with each `alg` of its own, under each `alg` of a token."""
    counts = Counts("JOSE: alg of the key x alg of the token")
    for (kind, made), own, named in every(
        product(_KEYS.items(), [_ABSENT, *_ALGORITHMS], _ALGORITHMS), step
    ):
        token = signed({"alg": named, "kid": "key"}, {}, _key(kind), _making(kind, named, made))
        fitting = isinstance(named, str) and named in _FITTING[kind]
        counts.note(
            f"{kind} key with alg {own!r}, token with alg {named!r}",
            good=fitting and (own is _ABSENT or own == "" or own == named),
            admitted=admitted(token, [_changed(public(_key(kind)), alg=own)]),
        )
    return counts


def members(step: int = 1) -> Counts:
    """Each kind of key with each `use`, `key_ops` and `kid`."""
    counts = Counts("JOSE: use x key_ops x kid of the key")
    for (kind, made), use, operations, key_id in every(
        product(_KEYS.items(), _USES, _OPERATIONS, _KEY_IDS), step
    ):
        published = _changed(
            public(_key(kind)), use=use[0], key_ops=operations[0], kid=key_id[0], alg=_ABSENT
        )
        counts.note(
            f"{kind} key with use {use[0]!r}, key_ops {operations[0]!r}, kid {key_id[0]!r}",
            good=use[1] and operations[1] and key_id[1],
            admitted=admitted(_token(kind, made), [published]),
        )
    return counts


def broken() -> Counts:
    """Keys that are none, or that anybody can break. Each is beside a token that it signed."""
    counts = Counts("JOSE: broken keys")
    for what, key, token, good in (*_weak(), *_malformed()):
        counts.note(what, good=good, admitted=admitted(token, [key]))
    return counts


def _weak() -> Iterator[tuple[str, Any, str, bool]]:
    """Moduli and exponents; every signature is right by arithmetic."""
    private = rsa_key().private_key
    assert isinstance(private, RSAPrivateKey)
    numbers = private.private_numbers()
    p, q = numbers.p, numbers.q
    good = public(rsa_key(), kid="key")
    text = f"{encoded({'alg': 'RS256', 'kid': 'key'})}.{encoded({})}"

    def forged(factors: list[int], exponent: int) -> tuple[Any, str]:
        modulus = math.prod(factors)
        order = math.prod(factor - 1 for factor in factors)
        if factors == [p, p]:
            order = p * (p - 1)
        size = (modulus.bit_length() + 7) // 8
        # The padded digest, from a signature of a good key of the same length.
        block = _padded(text.encode(), size)
        made = pow(block, pow(exponent, -1, order), modulus)
        key = {**good, "n": _number(modulus), "e": _number(exponent)}
        return key, f"{text}.{encoded(made.to_bytes(size, 'big'))}"

    e = 65537
    yield ("a good key", *forged([p, q], e), True)
    for bits in (512, 768, 1024, 1536, 2046):
        if bits < 1024:
            factors = [_prime(bits // 2, 1), _prime(bits // 2, 2)]
        else:
            short = generate_private_key(public_exponent=e, key_size=bits).private_numbers()
            factors = [short.p, short.q]
        yield (f"{math.prod(factors).bit_length()} bits", *forged(factors, e), False)
    yield ("a factor 3", *forged([3, p, q], _free(e, [3, p, q])), False)
    yield ("a factor 751", *forged([751, p, q], e), False)
    yield ("a square", *forged([p, p], e), False)
    for exponent in (2**256 + 1, 2**300 + 1, p * 2 + 1):
        free = _free(exponent, [p, q])
        yield (f"an exponent of {free.bit_length()} bits", *forged([p, q], free), False)
    for exponent in (1, 0, 2, 65536):
        key = {**good, "e": _number(exponent)}
        block = _padded(text.encode(), 256).to_bytes(256, "big")
        yield (f"the exponent {exponent}", key, f"{text}.{encoded(block)}", False)
    key = {**good, "n": _number(p * q + 1)}
    yield ("an even modulus", key, _token("RSA", "RS256"), False)
    yield ("a good key of the exponent 3", *forged(_for_three(), 3), True)


def _malformed() -> Iterator[tuple[str, Any, str, bool]]:
    """Members of keys that can be read in more than one way, or in none."""
    for kind, made in _KEYS.items():
        good, token = public(_key(kind), kid="key"), _token(kind, made)
        for name in ("n", "e") if kind == "RSA" else ("x", "y"):
            value = good[name]
            for what, other in (
                ("padding", value + "=="),
                ("a space", value[:2] + " " + value[2:]),
                ("a line break", value + "\n"),
                ("nothing", ""),
                ("a number", 65537),
                ("a list", [value]),
                ("null", None),
                ("another alphabet", value[:-1] + "+"),
                ("an underscore more", value + "_"),
                ("a great deal", "A" * 50_000),
                ("zero", "AA"),
            ):
                yield f"{kind}: {name} with {what}", {**good, name: other}, token, False
            left_out = {member: text for member, text in good.items() if member != name}
            yield f"{kind}: no {name}", left_out, token, False
        for kty in ("oct", "OKP", "rsa", "ec", "", None, ["RSA"], "EC" if kind == "RSA" else "RSA"):
            yield f"{kind}: kty {kty!r}", {**good, "kty": kty}, token, False
        for curve in ("P-256", "P-384", "P-521", "secp256k1", "p-256", "", None, ["P-256"]):
            if kind != "RSA" and curve != kind:
                yield f"{kind}: crv {curve!r}", {**good, "crv": curve}, token, False
        if kind != "RSA":
            size = (int(kind[2:]) + 7) // 8
            for what, x, y in (
                ("the point at infinity", 0, 0),
                ("a point of the twist", 1, 1),
                ("coordinates past the field", 2 ** (size * 8) - 1, 2 ** (size * 8) - 1),
            ):
                point = {**good, "x": _number(x, size), "y": _number(y, size)}
                yield f"{kind}: {what}", point, token, False
            exchanged = {**good, "x": good["y"], "y": good["x"]}
            yield f"{kind}: x and y exchanged", exchanged, token, False


@cache
def _key(kind: str) -> Key:
    return rsa_key() if kind == "RSA" else ec_key(kind)


@cache
def _token(kind: str, made: str) -> str:
    return signed({"alg": made, "kid": "key"}, {}, _key(kind), made)


def _making(kind: str, named: Any, made: str) -> str:
    """What a key of that kind really signs with, for a token that names an algorithm."""
    return named if isinstance(named, str) and named in _FITTING[kind] else made


def _changed(key: dict[str, Any], **changes: Any) -> dict[str, Any]:
    merged = {**key, "kid": "key", **changes}
    return {name: value for name, value in merged.items() if value is not _ABSENT}


def _padded(message: bytes, size: int) -> int:
    """EMSA-PKCS1-v1_5 with SHA-256 (RFC 8017, 9.2)."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(message)
    info = bytes.fromhex("3031300d060960864801650304020105000420") + digest.finalize()
    return int.from_bytes(b"\0\1" + b"\xff" * (size - 3 - len(info)) + b"\0" + info, "big")


def _number(value: int, size: int = 0) -> str:
    length = max(size, (value.bit_length() + 7) // 8, 1)
    return base64.urlsafe_b64encode(value.to_bytes(length, "big")).rstrip(b"=").decode()


def _free(exponent: int, factors: list[int]) -> int:
    while any(math.gcd(exponent, factor - 1) != 1 for factor in factors):
        exponent += 2
    return exponent


@cache
def _for_three() -> list[int]:
    """Primes of which 3 is an exponent."""
    numbers = generate_private_key(public_exponent=3, key_size=2048).private_numbers()
    return [numbers.p, numbers.q]


@cache
def _prime(bits: int, which: int) -> int:
    """The `which`th prime of so many bits, by Fermat's test."""
    candidate = (3 << (bits - 2)) + 1
    while which:
        candidate += 2
        which -= pow(2, candidate - 1, candidate) == 1
    return candidate

"""An issuer's key set: which of its keys can verify tokens, and which token each did sign."""

import base64
from typing import Any

import pytest
from joserfc.jwk import ECKey, RSAKey

import rolecall.local.sts  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.oidc import signature
from rolecall.local.oidc.compact import Token, read_token
from rolecall.local.oidc.jwks import KeySetProblem, SigningKey, read_key_set
from rolecall.local.oidc.signature import check_signature
from tests.local.oidc.issuer import ec_key, public, rsa_key, signed
from tests.local.sts.conftest import Refusal, refusal

CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
NO_KEY = (
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements"
)


def read(*members: Any) -> tuple[SigningKey, ...]:
    return read_key_set({"keys": list(members)})


def named(keys: tuple[SigningKey, ...]) -> list[tuple[str, str, str]]:
    return [(key.key_id, key.kind, key.algorithm) for key in keys]


# -- which keys ------------------------------------------------------------------------


def test_keys_of_every_kind_that_aws_takes() -> None:
    members = [
        public(rsa_key(), alg="RS384"),
        public(rsa_key(), kid="b"),
        *(public(ec_key(curve), kid=curve, alg=algorithm) for algorithm, curve in CURVES.items()),
        public(ec_key(), kid="c", use="sig", key_ops=["verify", "sign"]),
    ]
    keys = read(*members)
    assert named(keys) == [
        ("rsa", "RSA", "RS384"),
        ("b", "RSA", ""),
        ("P-256", "P-256", "ES256"),
        ("P-384", "P-384", "ES384"),
        ("P-521", "P-521", "ES512"),
        ("c", "P-256", ""),
    ]
    assert isinstance(keys[0].key, RSAKey)
    assert isinstance(keys[2].key, ECKey)


def test_a_key_need_not_say_what_it_is_for() -> None:
    key = public(ec_key(), kid="one")
    del key["use"]
    assert named(read(key)) == [("one", "P-256", "")]


def test_members_that_are_no_keys_are_passed_over() -> None:
    assert named(read("x", None, 7, [], {}, public(ec_key(), kid="one"))) == [("one", "P-256", "")]
    assert read({}) == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"alg": None},
        {"alg": 7},
        {"use": "enc"},
        {"use": None},
        {"use": ""},
        {"key_ops": []},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"key_ops": None},
        {"kty": None},
        {"kty": "oct"},
        {"kty": "OKP"},
        {"kty": "rsa"},
    ],
)
@pytest.mark.parametrize("key", [rsa_key(), ec_key()], ids=["RSA", "EC"])
def test_keys_that_are_not_for_signatures(key: RSAKey | ECKey, changes: dict[str, Any]) -> None:
    assert len(read(public(key))) == 1
    assert read(public(key, **changes)) == ()


@pytest.mark.parametrize(
    "changes",
    [{"crv": "P-192"}, {"crv": "secp256k1"}, {"crv": None}, {"crv": "P-384"}, {"x": "AAAA"},
     {"y": "AAAA"}, {"x": None}, {"y": 7}, {"x": "!"}],
)  # fmt: skip
def test_points_that_are_on_no_curve(changes: dict[str, Any]) -> None:
    assert read(public(ec_key(), **changes)) == ()


@pytest.mark.parametrize("name", ["x", "y", "crv", "kid", "kty"])
def test_an_elliptic_key_without_one_of_its_parts(name: str) -> None:
    key = public(ec_key())
    del key[name]
    assert read(key) == ()


@pytest.mark.parametrize("name", ["n", "e", "kid", "kty"])
def test_an_rsa_key_without_one_of_its_parts(name: str) -> None:
    key = public(rsa_key())
    del key[name]
    assert read(key) == ()


@pytest.mark.parametrize(
    "changes", [{"n": 7}, {"n": "é"}, {"n": ""}, {"e": "AA"}, {"e": "AQ"}, {"e": 7}, {"e": ""}]
)
def test_numbers_that_are_no_rsa_key(changes: dict[str, Any]) -> None:
    assert read(public(rsa_key(), **changes)) == ()


def modulus(bits: int) -> str:
    """A modulus of so many bits, a product of no small primes; nobody has its key."""
    number = (1 << (bits - 1)) + (1 << (bits // 2 + 3)) + 12345678901234567
    while any(number % prime == 0 for prime in SMALL):
        number += 2
    content = number.to_bytes(-(-bits // 8), "big")
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


SMALL = [n for n in range(2, 2000) if all(n % p for p in range(2, int(n**0.5) + 1))]


@pytest.mark.parametrize(
    ("bits", "taken"), [(2047, False), (2048, True), (3071, True), (8192, True), (8193, False)]
)
def test_the_size_of_an_rsa_key(bits: int, taken: bool) -> None:
    assert (len(read(public(rsa_key(), n=modulus(bits)))) == 1) is taken


def test_only_the_public_half_is_kept() -> None:
    for private in (rsa_key().as_dict(private=True), ec_key().as_dict(private=True)):
        (key,) = read(private)
        assert "d" not in key.key.as_dict()
        assert key.key.is_private is False


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": "k"}])
def test_what_is_no_key_set(document: dict[str, Any]) -> None:
    with pytest.raises(KeySetProblem, match=r"^it has no keys$"):
        read_key_set(document)


def test_an_empty_key_set() -> None:
    with pytest.raises(KeySetProblem, match=r"^it has no keys$"):
        read()


@pytest.mark.parametrize("kind", ["RSA", "EC"])
def test_a_hundred_keys_of_a_kind_and_no_more(kind: str) -> None:
    """Counted before they are read, whatever they are good for."""
    other = "EC" if kind == "RSA" else "RSA"
    members = [{"kty": kind}] * 100 + [{"kty": other}] * 100 + [{"kty": "OKP"}] * 101
    assert read(*members) == ()
    with pytest.raises(KeySetProblem, match=f"^it has more than 100 {kind} keys$"):
        read(*members, {"kty": kind})


# -- which token -----------------------------------------------------------------------


def token(algorithm: str, key: Any, key_id: str = "one") -> Token:
    return read_token(signed({"alg": algorithm, "kid": key_id}, {"sub": "x"}, key, algorithm))


def key_for(algorithm: str, name: str = "") -> RSAKey | ECKey:
    return ec_key(CURVES[algorithm], name) if algorithm in CURVES else rsa_key(name or "rsa")


ALGORITHMS = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_key_that_signed_a_token(algorithm: str) -> None:
    (key,) = read(public(key_for(algorithm), kid="one"))
    good = token(algorithm, key_for(algorithm))
    assert key.fits(good) is True
    assert key.signed(good) is True
    assert key.signed(token(algorithm, key_for(algorithm, "another"))) is False
    for wrong in (good.signature[:-1], b"", b"\0" * len(good.signature), good.signature + b"\0"):
        altered = Token(good.algorithm, "one", {}, good.signing_input, wrong)
        assert key.signed(altered) is False
    assert key.signed(Token(algorithm, "one", {}, b"x.y", good.signature)) is False


def test_a_key_of_another_kind_signed_nothing() -> None:
    """A token that calls for an elliptic key is no fault where an RSA key is at hand."""
    (rsa,) = read(public(rsa_key()))
    (small,) = read(public(ec_key()))
    assert rsa.signed(token("ES256", ec_key())) is False
    assert small.signed(token("RS256", rsa_key())) is False
    assert small.signed(token("ES384", ec_key("P-384"))) is False


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("kind", ["RSA", "P-256", "P-384", "P-521"])
def test_an_algorithm_wants_its_kind_of_key(algorithm: str, kind: str) -> None:
    key = SigningKey("one", kind, "", ec_key())
    assert key.fits(token(algorithm, key_for(algorithm))) is (kind == CURVES.get(algorithm, "RSA"))


@pytest.mark.parametrize(
    ("key_id", "algorithm", "fits"),
    [("one", "", True), ("one", "RS256", True), ("one", "RS384", False), ("One", "", False),
     ("two", "RS256", False), ("", "", False)],
)  # fmt: skip
def test_a_key_fits_by_its_name_and_algorithm(key_id: str, algorithm: str, fits: bool) -> None:
    key = SigningKey(key_id, "RSA", algorithm, rsa_key())
    assert key.fits(token("RS256", rsa_key())) is fits


# -- the issuer's word -----------------------------------------------------------------


class Published:
    """What an issuer publishes: first `now`, and when asked beyond it, `anew`."""

    def __init__(self, now: tuple[SigningKey, ...], anew: tuple[SigningKey, ...] = ()) -> None:
        self.now, self.anew = now, anew
        self.asked: list[tuple[str, object, str]] = []

    def __call__(self, issuer: str, cloud: Any, *, beyond: str = "") -> tuple[SigningKey, ...]:
        self.asked.append((issuer, cloud, beyond))
        return self.anew if beyond else self.now


def published(monkeypatch: pytest.MonkeyPatch, *keys: tuple[SigningKey, ...]) -> Published:
    made = Published(*keys)
    monkeypatch.setattr(signature, "signing_keys", made)
    return made


CLOUD: Any = object()


def test_a_key_that_is_known_is_not_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    other, own = read(public(ec_key(name="another"), kid="one"), public(ec_key(), kid="one"))
    issuer = published(monkeypatch, (other, own))
    check_signature(token("ES256", ec_key()), "https://id", CLOUD)
    assert issuer.asked == [("https://id", CLOUD, "")]


def test_a_new_key_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = read(public(ec_key(), kid="old"), public(ec_key(), kid="one"))
    issuer = published(monkeypatch, (old,), (old, new))
    check_signature(token("ES256", ec_key()), "https://id", CLOUD)
    assert issuer.asked == [("https://id", CLOUD, ""), ("https://id", CLOUD, "one")]


def test_no_key_of_that_name(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = read(public(ec_key(), kid="old"), public(ec_key(), kid="one", alg="ES384"))
    published(monkeypatch, keys, keys)
    assert refusal(check_signature, token("ES256", ec_key()), "https://id", CLOUD) == Refusal(
        "InvalidIdentityToken",
        NO_KEY,
        400,
        "the issuer publishes no key with the token's kid that is made for its alg",
    )


def test_another_key_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    keys = read(public(ec_key(), kid="one"), public(ec_key(name="another"), kid="two"))
    published(monkeypatch, keys)
    forged = token("ES256", ec_key(name="another"))
    assert refusal(check_signature, forged, "https://id", CLOUD) == Refusal(
        "InvalidIdentityToken",
        "Token signature invalid",
        400,
        "the issuer's key with the token's kid did not sign this token",
    )

"""Forged OpenID Connect tokens: none gets in, and none makes the server stumble.

The role trusts `somebody` of one issuer for the audience `client`. Each forgery is sent
over HTTP, as anybody could send it.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from joserfc import jwe, jws
from joserfc.jwk import OctKey, OKPKey, RSAKey

from rolecall.local.oidc.keys import forget_keys
from tests.local.oidc.issuer import (
    KEYS,
    Issuer,
    document,
    ec_key,
    encoded,
    public,
    rsa_key,
    signed,
)
from tests.local.oidc.world import HOME, OidcWorld, running_world

GOOD_HEADER = {"alg": "RS256", "kid": "rsa", "typ": "JWT"}
ES256 = {"alg": "ES256", "kid": "P-256", "typ": "JWT"}


@pytest.fixture(scope="module")
def running() -> Iterator[OidcWorld]:
    with running_world() as world:
        yield world
        assert world.ask().admitted, "after all this the server goes on"


@pytest.fixture
def world(running: OidcWorld) -> OidcWorld:
    running.issuer.restore()
    forget_keys(running.server.cloud, running.issuer.url)
    return running


@pytest.fixture
def issuer(world: OidcWorld) -> Issuer:
    return world.issuer


def test_what_is_forged_below_would_get_in_if_it_were_good(world: OidcWorld) -> None:
    assert world.send(signed(GOOD_HEADER, world.issuer.claims(), rsa_key(), "RS256")).admitted
    assert world.send(signed(ES256, world.issuer.claims(), ec_key(), "ES256")).admitted


# -- no signature, or one of another kind ----------------------------------------------


@pytest.mark.parametrize(
    "name", ["none", "None", "NONE", "nOnE", "none ", "", "n\u00f6ne", "null", None, 0, [], {}]
)
@pytest.mark.parametrize("signature", ["", "AA", "good"])
def test_none_is_no_algorithm(world: OidcWorld, name: Any, signature: str) -> None:
    header = {**GOOD_HEADER, "alg": name}
    text = f"{encoded(header)}.{encoded(world.issuer.claims())}."
    if signature == "good":
        signature = signed(header, world.issuer.claims(), rsa_key(), "RS256").split(".")[2]
    world.refuses(text + signature)


def test_a_header_without_an_algorithm(world: OidcWorld) -> None:
    world.refuses(signed({"kid": "rsa"}, world.issuer.claims(), rsa_key(), "RS256"))


def _secrets() -> dict[str, bytes]:
    """All that an attacker knows and that a careless verifier might take for a secret."""
    key = rsa_key().public_key
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    members = public(rsa_key())
    pem = key.public_bytes(serialization.Encoding.PEM, spki)
    return {
        "pem": pem,
        "pem without its end": pem.rstrip(),
        "der": key.public_bytes(serialization.Encoding.DER, spki),
        "pkcs1": key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1),
        "jwk": json.dumps(members).encode(),
        "modulus": str(members["n"]).encode(),
        "modulus as bytes": base64.urlsafe_b64decode(str(members["n"]) + "=="),
        "key id": b"rsa",
        "nothing": b"",
    }


@pytest.mark.parametrize("what", _secrets())
@pytest.mark.parametrize("bits", [256, 384, 512])
def test_a_public_key_is_no_secret(world: OidcWorld, what: str, bits: int) -> None:
    header = {**GOOD_HEADER, "alg": f"HS{bits}"}
    text = f"{encoded(header)}.{encoded(world.issuer.claims())}"
    digest = hmac.new(_secrets()[what], text.encode(), getattr(hashlib, f"sha{bits}")).digest()
    world.refuses(f"{text}.{encoded(digest)}")
    # And under the name of an algorithm that is taken.
    text = f"{encoded(GOOD_HEADER)}.{encoded(world.issuer.claims())}"
    digest = hmac.new(_secrets()[what], text.encode(), getattr(hashlib, f"sha{bits}")).digest()
    assert world.refuses(f"{text}.{encoded(digest)}").message == "Token signature invalid"


def test_an_oct_key_in_the_key_set_signs_nothing(world: OidcWorld) -> None:
    secret = OctKey.import_key({"kty": "oct", "k": encoded(b"s" * 32), "kid": "rsa"})
    world.issuer.pages[KEYS] = document({"keys": [secret.as_dict(private=True)]})
    world.refuses(signed({**GOOD_HEADER, "alg": "HS256"}, world.issuer.claims(), secret, "HS256"))


@pytest.mark.parametrize("algorithm", ["PS256", "PS384", "PS512"])
def test_signatures_that_aws_does_not_know(world: OidcWorld, algorithm: str) -> None:
    """Made by the issuer's own key, and still refused."""
    header = {**GOOD_HEADER, "alg": algorithm}
    world.refuses(signed(header, world.issuer.claims(), rsa_key(), algorithm))


def test_edwards_curves_are_not_known_to_aws(world: OidcWorld) -> None:
    key = OKPKey.generate_key("Ed25519", {"kid": "ed"})
    world.issuer.pages[KEYS] = document({"keys": [key.as_dict(private=False)]})
    for name in ("EdDSA", "Ed25519"):
        header = {"alg": name, "kid": "ed", "typ": "JWT"}
        text = f"{encoded(header)}.{encoded(world.issuer.claims())}"
        signature = key.private_key.sign(text.encode())  # type: ignore[union-attr]
        world.refuses(f"{text}.{encoded(signature)}")


@pytest.mark.parametrize(
    ("named", "made"),
    [("RS256", "RS512"), ("RS512", "RS256"), ("RS256", "PS256"), ("RS384", "RS256")],
)
def test_the_named_algorithm_counts(world: OidcWorld, named: str, made: str) -> None:
    header = {**GOOD_HEADER, "alg": named}
    world.refuses(signed(header, world.issuer.claims(), rsa_key(), made))


# -- keys ------------------------------------------------------------------------------


def test_somebody_elses_key_under_the_issuers_name(world: OidcWorld) -> None:
    token = signed(GOOD_HEADER, world.issuer.claims(), rsa_key("mallory"), "RS256")
    assert world.refuses(token).message == "Token signature invalid"


def test_a_key_that_is_not_in_the_key_set(world: OidcWorld) -> None:
    header = {**GOOD_HEADER, "kid": "mallory"}
    answer = world.refuses(signed(header, world.issuer.claims(), rsa_key("mallory"), "RS256"))
    assert answer.message.startswith("Couldn't retrieve verification key")


@pytest.mark.parametrize(
    "name",
    [
        "../../../../../../dev/null",
        "/dev/null",
        "/etc/passwd",
        "file:///dev/null",
        "https://evil.example.com/keys",
        "http://169.254.169.254/latest/meta-data/",
        "x' UNION SELECT 'secret' --",
        "rsa'; DROP TABLE keys; --",
        "$(id)",
        "| id",
        "{{7*7}}",
        "${jndi:ldap://evil.example.com}",
        "rsa\x00",
        "rsa ",
        "RSA",
        "r\u200bsa",
        "\r\nX-Injected: 1",
        "*",
        "rsa*",
        "%72sa",
        "k" * 10_000,
        "\U0001f511",
    ],
)
def test_a_key_id_is_a_name_and_nothing_else(world: OidcWorld, name: str) -> None:
    header = {**GOOD_HEADER, "kid": name}
    answer = world.refuses(signed(header, world.issuer.claims(), rsa_key("mallory"), "RS256"))
    assert name not in answer.reason
    assert "secret" not in answer.message
    world.refuses(signed(header, world.issuer.claims(), rsa_key(), "RS256"))


@pytest.mark.parametrize("name", [None, 0, 1.5, True, [], ["rsa"], {}, {"rsa": 1}, ""])
def test_a_key_id_is_a_text(world: OidcWorld, name: Any) -> None:
    header = {**GOOD_HEADER, "kid": name}
    world.refuses(signed(header, world.issuer.claims(), rsa_key(), "RS256"))


def test_a_token_must_name_its_key(world: OidcWorld) -> None:
    world.refuses(signed({"alg": "RS256"}, world.issuer.claims(), rsa_key(), "RS256"))


@pytest.mark.parametrize("kid", ["rsa", "mallory"])
def test_keys_that_a_token_brings_along_are_not_looked_at(world: OidcWorld, kid: str) -> None:
    mallory = rsa_key("mallory")
    der = mallory.public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for brought in (
        {"jwk": public(mallory, kid=kid)},
        {"jku": "https://evil.example.com/keys"},
        {"jku": f"https://id.example.com{KEYS}@evil.example.com"},
        {"x5u": "https://evil.example.com/certificate"},
        {"x5c": [base64.b64encode(der).decode()]},
        {"x5t": encoded(hashlib.sha1(der).digest())},
        {"x5t#S256": encoded(hashlib.sha256(der).digest())},
    ):
        header = {**GOOD_HEADER, "kid": kid, **brought}
        world.refuses(signed(header, world.issuer.claims(), mallory, "RS256"))
    assert set(world.issuer.asked) <= {"/tenant/.well-known/openid-configuration", KEYS}


def test_a_weak_key_that_the_issuer_publishes(world: OidcWorld) -> None:
    weak = rsa_key("weak", 1024)
    world.issuer.pages[KEYS] = document({"keys": [public(weak)]})
    header = {**GOOD_HEADER, "kid": "weak"}
    world.refuses(signed(header, world.issuer.claims(), weak, "RS256"))


# -- elliptic curves -------------------------------------------------------------------


@pytest.mark.parametrize("length", [64, 0, 1, 63, 65, 96, 128, 132])
@pytest.mark.parametrize("byte", [b"\x00", b"\xff"])
def test_signatures_out_of_thin_air(world: OidcWorld, length: int, byte: bytes) -> None:
    """Zeros for both numbers once passed for any message (CVE-2022-21449)."""
    text = f"{encoded(ES256)}.{encoded(world.issuer.claims())}"
    world.refuses(f"{text}.{encoded(byte * length)}")


def test_numbers_beyond_the_order_of_the_curve(world: OidcWorld) -> None:
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    text = f"{encoded(ES256)}.{encoded(world.issuer.claims())}"
    for r, s in ((order, order), (0, 1), (1, 0), (order, 1), (1, order), (1, 1)):
        numbers = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        world.refuses(f"{text}.{encoded(numbers)}")


def test_a_signature_in_der_is_not_one_of_jws(world: OidcWorld) -> None:
    text = f"{encoded(ES256)}.{encoded(world.issuer.claims())}"
    key = ec_key().private_key
    assert key is not None
    der = key.sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    world.refuses(f"{text}.{encoded(der)}")


@pytest.mark.parametrize(
    ("named", "curve", "made"),
    [
        ("ES256", "P-384", "ES384"),
        ("ES384", "P-256", "ES256"),
        ("ES512", "P-256", "ES256"),
        ("ES256", "P-521", "ES512"),
        ("RS256", "P-256", "ES256"),
    ],
)
def test_the_curve_must_be_the_algorithms(
    world: OidcWorld, named: str, curve: str, made: str
) -> None:
    header = {"alg": named, "kid": curve, "typ": "JWT"}
    world.refuses(signed(header, world.issuer.claims(), ec_key(curve), made))


def test_a_point_that_is_not_on_the_curve(world: OidcWorld) -> None:
    wrong = public(ec_key(), y=public(ec_key())["x"])
    world.issuer.pages[KEYS] = document({"keys": [wrong]})
    world.refuses(signed(ES256, world.issuer.claims(), ec_key(), "ES256"))


def test_an_rsa_key_asked_for_a_curve(world: OidcWorld) -> None:
    world.refuses(
        signed({**GOOD_HEADER, "alg": "ES256"}, world.issuer.claims(), rsa_key(), "RS256")
    )


# -- headers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "members",
    [
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"crit": ["b64"], "b64": True},
        {"crit": ["b64"], "b64": False},
        {"crit": "b64"},
        {"crit": None},
        {"crit": ["http://example.com/unknown"], "http://example.com/unknown": 1},
        {"b64": False},
        {"b64": True},
        {"zip": "DEF"},
        {"enc": "A256GCM"},
    ],
)
def test_headers_that_change_the_meaning(world: OidcWorld, members: dict[str, Any]) -> None:
    world.refuses(signed({**GOOD_HEADER, **members}, world.issuer.claims(), rsa_key(), "RS256"))


def test_a_payload_that_is_not_encoded(world: OidcWorld) -> None:
    """RFC 7797: with b64 false the payload stands there as it is."""
    header = {**GOOD_HEADER, "b64": False, "crit": ["b64"]}
    claims = json.dumps(world.issuer.claims())
    text = f"{encoded(header)}.{claims}"
    key = rsa_key().private_key
    assert key is not None
    signature = key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    world.refuses(f"{text}.{encoded(signature)}")


@pytest.mark.parametrize(
    "kind",
    [
        "logout+jwt",
        "secevent+jwt",
        "dpop+jwt",
        "JOSE",
        "JOSE+JSON",
        "JWE",
        "saml",
        "",
        " JWT",
        "JWT\x00",
        None,
        1,
        ["JWT"],
        {"JWT": 1},
    ],
)
def test_tokens_of_another_type(world: OidcWorld, kind: Any) -> None:
    world.refuses(signed({**GOOD_HEADER, "typ": kind}, world.issuer.claims(), rsa_key(), "RS256"))


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"RS256","kid":"rsa","alg":"none"}',
        '{"alg":"none","alg":"RS256","kid":"rsa"}',
        '{"alg":"RS256","kid":"mallory","kid":"rsa"}',
        '{"alg":"RS256","kid":"rsa","typ":"JWT","typ":"JWT"}',
        '{"alg":"RS256","kid":"rsa","a":{"b":1,"b":2}}',
        '{"alg":"RS256","\\u0061lg":"none","kid":"rsa"}',
        '{"alg":"RS256","kid":"rsa"} {}',
        '{"alg":"RS256","kid":"rsa"}x',
        '\ufeff{"alg":"RS256","kid":"rsa"}',
        '{"alg":"RS256","kid":"rsa",}',
        "{'alg':'RS256','kid':'rsa'}",
        '{"alg":"RS256","kid":"rsa","n":NaN}',
        '["RS256"]',
        '"RS256"',
        "null",
        "",
        "{}",
        "[" * 5000,
        '{"a":' * 2500,
        '{"alg":"RS256","kid":"\\ud800"}',
    ],
)
def test_headers_with_two_readings_or_none(world: OidcWorld, header: str) -> None:
    world.refuses(signed(header, world.issuer.claims(), rsa_key(), "RS256"))


# -- payloads: signed by the issuer itself, and still not to be taken ------------------


def _with(claims: dict[str, Any], more: str) -> str:
    return json.dumps(claims)[:-1] + "," + more + "}"


@pytest.mark.parametrize(
    "more",
    [
        '"sub":"somebody"',
        '"sub":"admin"',
        '"aud":"another"',
        '"\\u0073ub":"admin"',
        '"exp":99999999999',
        '"iss":"https://evil.example.com"',
        '"x":NaN',
        '"x":Infinity',
        '"x":-Infinity',
        '"x":"\\ud800"',
        '"x":"\\udc00\\ud800"',
        '"x":{"a":1,"a":1}',
        '"x":[{"a":1,"a":1}]',
        '"x":' + "9" * 5000,
        '"x":' + "[" * 50 + "]" * 50,
        '"x":' + "[" * 3000 + "]" * 3000,
        '"x":' + '{"a":' * 1500 + "1" + "}" * 1500,
        '"x":',
        '"x"',
    ],
)
def test_payloads_with_two_readings_or_none(world: OidcWorld, more: str) -> None:
    payload = _with(world.issuer.claims(), more)
    world.refuses(signed(GOOD_HEADER, payload, rsa_key(), "RS256"))


@pytest.mark.parametrize(
    "payload",
    ["", "null", "[]", '"text"', "1", "{", "{}x", b"\xff\xfe{\x00}\x00", b"\x00", "\ufeff{}"],
)
def test_payloads_that_are_no_objects(world: OidcWorld, payload: Any) -> None:
    world.refuses(signed(GOOD_HEADER, payload, rsa_key(), "RS256"))


@pytest.mark.parametrize("claim", ["exp", "iat", "nbf"])
@pytest.mark.parametrize(
    "value",
    [
        '"9999999999"',
        "true",
        "false",
        "[9999999999]",
        "{}",
        "9999999999.5",
        "1e20",
        "1E400",
        "-1",
        "-99999999999",
        "99999999999999999999999999999999",
        "9" * 400,
        "253402300800",
        "null",
        '""',
        '"2030-01-01T00:00:00Z"',
    ],
)
def test_times_that_are_no_dates(world: OidcWorld, claim: str, value: str) -> None:
    if claim == "nbf" and value == "null":
        value = '"null"'
    claims = {k: v for k, v in world.issuer.claims().items() if k != claim}
    payload = _with(claims, f'"{claim}":{value}')
    world.refuses(signed(GOOD_HEADER, payload, rsa_key(), "RS256"))


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "azp"])
@pytest.mark.parametrize(
    "value", [0, True, 1.5, {}, {"client": True}, [[]], [None], [1], ["client", {}], "a\x00b", "\n"]
)
def test_claims_of_other_types(world: OidcWorld, claim: str, value: Any) -> None:
    claims = {**world.issuer.claims(), claim: value}
    world.refuses(signed(GOOD_HEADER, claims, rsa_key(), "RS256"))


@pytest.mark.parametrize(
    "subject",
    [
        "Somebody",
        "somebody ",
        " somebody",
        "some\u200bbody",
        "somebody\u0301",
        "s\u043emebody",
        "*",
    ],
)
def test_a_subject_that_only_looks_alike(world: OidcWorld, subject: str) -> None:
    answer = world.ask(sub=subject)
    assert (answer.status, answer.code) == (403, "AccessDenied")


def test_a_signed_token_of_another_issuer_for_the_same_role(world: OidcWorld) -> None:
    """Mallory has an issuer of her own, which the account even trusts for other roles."""
    mallory = Issuer("https://mallory.example.com/tenant")
    try:
        world.connect(mallory)
        world.make_provider(mallory.url)
        own = world.make_role(
            {"StringEquals": {"mallory.example.com/tenant:sub": "somebody"}},
            provider=f"arn:aws:iam::{HOME}:oidc-provider/mallory.example.com/tenant",
        )
        assert world.send(mallory.token(), RoleArn=own).admitted
        world.refuses(mallory.token(), "AccessDenied")
        # The same key in both sets would be the issuers' own fault; hers is another one.
        mallory.key = rsa_key("mallory")
        world.refuses(mallory.token({"kid": "rsa"}, iss=world.issuer.url))
    finally:
        mallory.stop()


# -- encodings -------------------------------------------------------------------------


def _altered(token: str, part: int, change: Any) -> str:
    parts = token.split(".")
    parts[part] = change(parts[part])
    return ".".join(parts)


CHANGES = {
    "padding": lambda part: part + "=" * (-len(part) % 4 or 4),
    "one more character": lambda part: part + "A",
    "a space in front": lambda part: " " + part,
    "a space behind": lambda part: part + " ",
    "a line break": lambda part: part[:8] + "\n" + part[8:],
    "a tab": lambda part: part[:8] + "\t" + part[8:],
    "a percent sign": lambda part: part[:8] + "%41" + part[8:],
    "a zero byte": lambda part: part + "\x00",
    "a letter beyond ASCII": lambda part: part + "\u00e4",
    "a wide letter": lambda part: part[:-1] + "\uff21",
    "half a surrogate pair": lambda part: part + "\ud800",
    "ordinary base64": lambda part: part + "+/",
    "nothing": lambda _part: "",
    "a dot": lambda part: part + ".",
    "another last character": lambda part: part[:-1] + _sibling(part[-1]),
}


def _sibling(character: str) -> str:
    """A character that differs in its last bit, which often encodes nothing."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(character) ^ 1]


@pytest.mark.parametrize("part", [0, 1, 2])
@pytest.mark.parametrize("change", CHANGES)
def test_one_spelling_of_every_part(world: OidcWorld, change: str, part: int) -> None:
    world.refuses(_altered(world.issuer.token(), part, CHANGES[change]))


def test_other_serializations(world: OidcWorld) -> None:
    token = world.issuer.token()
    header, payload, signature = token.split(".")
    flattened = {"protected": header, "payload": payload, "signature": signature}
    general = {
        "payload": payload,
        "signatures": [{"protected": header, "signature": signature}],
    }
    for text in (
        json.dumps(flattened),
        json.dumps(general),
        encoded(json.dumps(flattened)),
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}.",
        f"{header}.{payload}.{signature}.{signature}",
        f".{payload}.{signature}",
        f"{header}..{signature}",
        "....",
        ".....",
        "Bearer " + token,
        token + "\n",
        "\n" + token,
        token * 2,
        f"{token}~",
    ):
        world.refuses(text)


def test_an_encrypted_token(world: OidcWorld) -> None:
    """To the issuer's own public key, with an unsigned and with a signed token inside."""
    for inner in (json.dumps(world.issuer.claims()), world.issuer.token()):
        sealed = jwe.encrypt_compact(
            {"alg": "RSA-OAEP", "enc": "A256GCM", "kid": "rsa", "typ": "JWT", "cty": "JWT"},
            inner.encode(),
            RSAKey.import_key(public(rsa_key(), use="enc")),
        )
        world.refuses(sealed)


def test_a_token_in_a_token(world: OidcWorld) -> None:
    header = {**GOOD_HEADER, "cty": "JWT"}
    world.refuses(signed(header, world.issuer.token(), rsa_key(), "RS256"))


def test_parts_of_two_good_tokens(world: OidcWorld) -> None:
    one = world.issuer.token().split(".")
    two = world.issuer.token(sub="somebody-else").split(".")
    for mixed in (
        [one[0], one[1], two[2]],
        [two[0], one[1], two[2]],
        [one[0], two[1], one[2]],
    ):
        if mixed not in (one, two):
            world.refuses(".".join(mixed))


def test_a_detached_payload(world: OidcWorld) -> None:
    token = jws.serialize_compact(
        GOOD_HEADER, json.dumps(world.issuer.claims()).encode(), rsa_key(), ["RS256"]
    )
    header, _, signature = token.split(".")
    world.refuses(f"{header}..{signature}")


# -- sizes -----------------------------------------------------------------------------


def test_the_longest_token(world: OidcWorld) -> None:
    claims = world.issuer.claims()
    room = 20_000 - len(signed(GOOD_HEADER, {**claims, "x": ""}, rsa_key(), "RS256"))
    full = signed(GOOD_HEADER, {**claims, "x": "x" * (room * 3 // 4)}, rsa_key(), "RS256")
    assert 19_990 <= len(full) <= 20_000
    assert world.send(full).admitted
    over = signed(GOOD_HEADER, {**claims, "x": "x" * (room * 3 // 4 + 20)}, rsa_key(), "RS256")
    assert len(over) > 20_000
    world.refuses(over, "ValidationError")


@pytest.mark.parametrize("length", [20_001, 1_000_000])
def test_huge_tokens(world: OidcWorld, length: int) -> None:
    began = world.issuer.asked[:]
    for text in ("a" * length, "." * length, "." * 3 + "a" * length):
        world.refuses(text, "ValidationError")
    assert world.issuer.asked == began


def test_a_token_that_no_request_should_have(world: OidcWorld) -> None:
    assert world.send("a" * 5_000_000).status in (400, 413)


def test_many_tags_in_a_token(world: OidcWorld) -> None:
    tags = {f"tag{number}": ["v" * 20] for number in range(300)}
    answer = world.ask(**{"https://aws.amazon.com/tags": {"principal_tags": tags}})
    assert (answer.status, answer.code) == (400, "ValidationError")


# -- what is told of them --------------------------------------------------------------


def test_no_log_and_no_answer_holds_a_token(
    world: OidcWorld, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG"):
        good = world.issuer.token()
        answers = [
            world.send(good),
            world.send(world.issuer.token(sub="somebody-else")),
            world.send(world.issuer.token({"kid": "mallory"})),
            world.send(good[:-4] + "AAAA"),
            world.send(good + "!"),
            world.ask(iat=int(time.time()) - 20, exp=int(time.time()) - 10),
        ]
    told = caplog.text + "".join(f"{a.message}{a.reason}" for a in answers)
    for part in good.split("."):
        assert part not in told

"""A token is taken if the issuer signed exactly its header and its payload, and else never."""

from rolecall.local.api import AwsError
from rolecall.local.oidc.identity import TokenIdentity, verify
from scripts.hardening.fuzz_targets.draw import Draw, edited, require
from scripts.hardening.fuzz_targets.signers import (
    ACCOUNT,
    ALGORITHMS,
    CLAIMS,
    CLOUD,
    encoded,
    genuine,
    public,
    sign,
)

WORDS = [
    b".", b"..", b"=", b"==", b"-", b"_", b"+", b"/", b"\n", b" ", b"\x00", b"none", b"HS256",
    b"RS256", b"ES256", b"PS256", b"EdDSA", b'"alg":', b'"kid":', b'"crit":["b64"]', b'"b64":false',
    b'"zip":"DEF"', b'"typ":"JWT"', b'"jwk":', b'"sub":"repo:acme/infra:environment:prod"',
    b'"aud":"sts.amazonaws.com"', b'"exp":9999999999', b',"sub":"x"', b"{", b"}", b",", b'""',
    b"null", b"true", b"1e3", b"NaN", b"\\u0000", b"\xef\xbb\xbf", b"\xc0\xaf", "é".encode(),
    b"eyJhbGciOiJub25lIn0", b"e30",
]  # fmt: skip


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw, real = Draw(data), genuine()
    token = draw.one_of(real)
    signed = {(each.header, each.payload) for each in real}
    kind = draw.below(5)
    header, payload, signature = token.header, token.payload, token.signature
    if kind == 0:
        text = draw.rest().decode("utf-8", "replace")
    elif kind == 1:
        text = edited(draw, token.text.encode(), WORDS).decode("latin-1")
    else:
        if draw.flag():
            header = edited(draw, header, WORDS)
        if draw.flag():
            payload = edited(draw, payload, WORDS)
        if kind == 2:
            signature = edited(draw, draw.one_of(real).signature, WORDS)
        elif kind == 3:
            # Somebody who has a key of his own of the same kind.
            algorithm = draw.one_of(list(ALGORITHMS))
            text = f"{encoded(header)}.{encoded(payload)}"
            signature = sign(text, algorithm, f"other-{ALGORITHMS[algorithm]}")
            signed = set()
        else:
            signature = _confused(draw, header, payload)
            signed = set()
        text = ".".join(map(encoded, (header, payload, signature)))
    who = verified(text)
    if who is not None:
        genuine_text = any(text.split(".")[:2] == [encoded(h), encoded(p)] for h, p in signed)
        require(genuine_text, "a token that nobody signed is taken")
        require(dict(who.claims) == CLAIMS, "another identity than the signed one")
        require(who.subject == CLAIMS["sub"], "another subject")


def verified(text: str) -> TokenIdentity | None:
    """Who the token says it is; None if it is refused in AWS's words."""
    try:
        return verify(text, ACCOUNT, CLOUD)
    except AwsError as error:
        require(400 <= error.status < 500, "a refusal is the caller's fault")
        require("\n" not in error.message + error.reason, "a refusal is one line")
        return None


def _confused(draw: Draw, header: bytes, payload: bytes) -> bytes:
    """What others made of a public key: the secret of an HMAC; no signature at all."""
    import hashlib
    import hmac
    import json

    text = f"{encoded(header)}.{encoded(payload)}".encode()
    secret = json.dumps(public(draw.one_of(["rsa", "P-256"]))).encode()
    return draw.one_of(
        [b"", b"\x00", b"\x00" * 64, hmac.new(secret, text, hashlib.sha256).digest(), b"\xff" * 132]
    )

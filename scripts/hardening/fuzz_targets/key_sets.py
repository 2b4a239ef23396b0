"""Any bytes are a key set or refused in the documented way; its keys verify their own tokens."""

from rolecall.local.oidc.compact import Token, read_token
from rolecall.local.oidc.jwks import KeySetProblem, read_key_set
from rolecall.local.oidc.strict_json import read_object
from scripts.hardening.fuzz_targets.draw import require
from scripts.hardening.fuzz_targets.signers import ALGORITHMS, genuine, public

JSON_WORDS = [
    "keys", "kty", "RSA", "EC", "oct", "OKP", "kid", "rsa", "P-256", "P-384", "P-521", "secp256k1",
    "crv", "x", "y", "n", "e", "d", "k", "use", "sig", "enc", "alg", *ALGORITHMS, "HS256", "none",
    "key_ops", "verify", "sign", "AQAB", "AQ", "AA", "Aw", "x5c", "x5t", "ext",
    "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8", "A" * 342, "_" * 342, "g" * 683, "=", "+/",
    "@rsa", "@P-256", "@P-384", "@P-521",
]  # fmt: skip


def check(data: bytes) -> None:
    """The oracle of this target."""
    tokens: list[Token] = [read_token(each.text) for each in genuine()]
    try:
        document = read_object(data)
    except ValueError:
        return
    published = _filled_in(document)
    try:
        keys = read_key_set(document)
    except KeySetProblem as error:
        require("\n" not in str(error), "a refusal is one line")
        return
    require(all(key.key_id and key.kind in ("RSA", "P-256", "P-384", "P-521") for key in keys), "k")
    for key in keys:
        for token in tokens:
            if key.fits(token) and key.signed(token):
                require(published, "a key that the issuer does not have verifies its token")


def _filled_in(document: dict[str, object]) -> bool:
    """Put the issuer's own numbers where the fuzzer asked for them; whether it did."""
    members = document.get("keys")
    asked = False
    for member in members if isinstance(members, list) else []:
        for name, value in list(member.items()) if isinstance(member, dict) else []:
            if (
                isinstance(value, str)
                and value.startswith("@")
                and value[1:] in ("rsa", *ALGORITHMS.values())
                and name in public(value[1:])
            ):
                member[name] = public(value[1:])[name]
                asked = True
    return asked

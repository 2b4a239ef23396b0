"""From the claims of a verified token to the condition keys that AWS makes of them.

Source: "Available keys for AWS OIDC federation" on the page "IAM and AWS STS condition context
keys" (IAM User Guide): its table of keys, claims, and what is available in the session.
"""

from collections.abc import Mapping
from typing import TypeAlias

from rolecall.issuers.issuer import OidcIssuer

Keys: TypeAlias = dict[str, str | tuple[str, ...]]

# "Available in session: Yes". `email`, `oaud` and the claims of single issuers are "No".
_LASTING = ("amr", "aud", "sub")
_LARGEST = 10**40


def oidc_context(issuer: OidcIssuer, claims: Mapping[str, object]) -> Keys:
    """The condition keys of a token whose signature and times have been verified.

    - `:sub`, `:email`: the claims.
    - `:aud`: `azp` where the token has one, otherwise `aud`; of every issuer, not of
      Google only. An `aud` of one value is that value; of several it stays several, and
      a plain StringEquals does not match those (AWS leaves open what it does; so deny).
    - `:oaud`: always `aud`.
    - `:amr`: always several values, as AWS calls it multivalued.
    - the claims of `issuer.claims`. No other claim becomes a key.

    A claim that is no text (or number, or truth value) or is empty makes no key.
    """
    found: Keys = {}
    for claim in ("sub", "email"):
        value = claims.get(claim)
        if isinstance(value, str):
            _put(found, issuer.key(claim), value)
    audience = _texts(claims.get("aud"))
    _put(found, issuer.key("oaud"), audience)
    party = claims.get("azp")
    if party is None or party == "":
        _put(found, issuer.key("aud"), audience)
    elif isinstance(party, str):
        _put(found, issuer.key("aud"), party)
    methods = _texts(claims.get("amr"))
    if methods:
        found[issuer.key("amr")] = methods
    for claim in issuer.claims:
        _put(found, issuer.key(claim), _look_up(claims, claim))
    return found


def session_context(issuer: OidcIssuer, context: Mapping[str, str | tuple[str, ...]]) -> Keys:
    """Those of the keys that later calls of the session still have: `aud`, `sub`, `amr`."""
    lasting = {issuer.key(claim).lower() for claim in _LASTING}
    return {key: value for key, value in context.items() if key.lower() in lasting}


def _look_up(claims: Mapping[str, object], name: str) -> object:
    if name in claims:
        return claims[name]
    # google/organization_number is `organization_number` inside the claim `google`.
    outer, slash, inner = name.partition("/")
    nested = claims.get(outer)
    return nested.get(inner) if slash and isinstance(nested, Mapping) else None


def _put(found: Keys, key: str, value: object) -> None:
    if isinstance(value, tuple):
        if value:
            found[key] = value if len(value) > 1 else value[0]
        return
    text = _text(value)
    if text:
        found[key] = text


def _texts(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else (value,)
    return tuple(item for item in items if isinstance(item, str) and item)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        # Python writes no number of thousands of digits, and no claim of these has one.
        return str(value) if abs(value) < _LARGEST else ""
    return value if isinstance(value, str) else ""

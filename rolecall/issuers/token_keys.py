"""Which condition keys tokens and assertions can bring: for whoever compares trust policies.

`claim_keys.oidc_context` and `saml_keys.saml_context` make these keys of a token or an
assertion; here is what they can come to.
"""

from collections.abc import Mapping

from rolecall.issuers.claims import claims_of
from rolecall.issuers.saml_keys import ATTRIBUTES, MULTIVALUED
from rolecall.policy.compare import TokenKey, TokenKeys

_ALWAYS = TokenKey(always=True)
_PERHAPS = TokenKey()
_SEVERAL = TokenKey(single=False, several=True)
_EITHER = TokenKey(several=True)

# IAM knows these two by itself. They are not OpenID Connect, and have keys of their own.
_OTHER_KINDS = ("graph.facebook.com", "www.amazon.com")


def web_keys(host: str) -> Mapping[str, TokenKey] | None:
    """The claims that become keys of the issuer at a host and path; None: any may be there.

    A token without `sub` or `aud` is refused before any policy. Several `aud` stay
    several, as long as nothing says which of them counts.
    """
    if host in _OTHER_KINDS:
        return None
    return {
        "sub": _ALWAYS,
        "aud": TokenKey(always=True, several=True),
        "oaud": _EITHER,
        "email": _PERHAPS,
        "amr": _SEVERAL,
        **{claim.lower(): _PERHAPS for claim in claims_of(host)},
    }


SAML_KEYS: Mapping[str, TokenKey] = {
    **{name.lower(): _EITHER for name in ATTRIBUTES.values()},
    **{name.lower(): _SEVERAL for name in MULTIVALUED},
    **dict.fromkeys(("aud", "iss", "sub", "namequalifier", "doc"), _ALWAYS),
    "sub_type": _PERHAPS,
}
"""The keys of an assertion, without `saml:`."""

TOKEN_KEYS = TokenKeys(web_keys, SAML_KEYS)
"""What is known of the tokens of every issuer."""

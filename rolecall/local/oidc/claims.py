"""Whose token, for whom, and when: the claims that AWS looks at before any policy.

Source: "AssumeRoleWithWebIdentity" (AWS STS API reference), "Create an OpenID Connect
(OIDC) identity provider in IAM" (IAM User Guide), RFC 7519.
"""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from rolecall.local.oidc.errors import expired, invalid, missing_claim, not_a_jwt, wrong_audience

#: Seconds after which no date has four digits for its year.
_LAST_MOMENT = 253402300799
#: The longest `SubjectFromWebIdentityToken`, and the longest `sub` of OpenID Connect Core.
_LONGEST_SUBJECT = 255
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ufffe\uffff]")


def issuer_of(claims: Mapping[str, Any]) -> str:
    """Who says that he wrote the token."""
    return _text(claims, "iss")


def subject_of(claims: Mapping[str, Any]) -> str:
    """Whom the token is about."""
    subject = _text(claims, "sub")
    if len(subject) > _LONGEST_SUBJECT:
        raise not_a_jwt(f"the token's sub has more than {_LONGEST_SUBJECT} characters")
    return subject


def audience_of(claims: Mapping[str, Any], client_ids: Collection[str] | None) -> str:
    """For whom the token was written: `azp` where there is one, otherwise the one `aud`.

    Compared with the provider's client IDs; None where the provider is AWS's own and the
    trust policy alone decides. That `azp` comes before `aud` is documented for Google
    ("IAM and AWS STS condition context keys") and reported of other providers.

    Raises:
        AwsError: InvalidIdentityToken.
    """
    audiences = _audiences(claims)
    party = claims.get("azp")
    if party is not None and (not isinstance(party, str) or not _is_plain(party)):
        raise not_a_jwt("the token's azp is not a text")
    if party is None and len(audiences) > 1:
        # AWS does not document which of several would count. OpenID Connect Core wants
        # an azp then; without it, in doubt none does.
        raise wrong_audience("the token has several audiences and no azp that says which counts")
    audience = party or audiences[0]
    if client_ids is not None and audience not in client_ids:
        which = "azp" if party is not None else "aud"
        raise wrong_audience(
            f"the token's {which} is none of the provider's client IDs; add it to the provider, "
            "or ask for a token with one of them"
        )
    return audience


def check_times(claims: Mapping[str, Any], now: datetime) -> None:
    """`exp` is ahead, `iat` and `nbf` are not. No clock is given any grace.

    Whether AWS gives some is not documented, so none is given.

    Raises:
        AwsError: ExpiredTokenException, InvalidIdentityToken.
    """
    second = int(now.timestamp())
    expires = _moment(claims, "exp")
    issued = _moment(claims, "iat")
    if second >= expires:
        raise expired(second, expires)
    begins = _moment(claims, "nbf") if "nbf" in claims else issued
    for name, moment in (("iat", issued), ("nbf", begins)):
        if moment > second:
            raise invalid(
                "Token is not yet valid",
                f"the token's {name} is {moment - second} seconds ahead of the embedded AWS's "
                "clock",
            )


def _audiences(claims: Mapping[str, Any]) -> list[str]:
    value = claims.get("aud")
    if value is None or value in ("", []):
        raise missing_claim("aud")
    audiences = value if isinstance(value, list) else [value]
    if not all(isinstance(each, str) and _is_plain(each) for each in audiences):
        raise not_a_jwt("the token's aud is neither a text nor a list of texts")
    return audiences


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    if value is None or value == "":
        raise missing_claim(name)
    if not isinstance(value, str) or not _is_plain(value):
        raise not_a_jwt(f"the token's {name} is not a text")
    return value


def _moment(claims: Mapping[str, Any], name: str) -> int:
    """Whole seconds since 1970. RFC 7519 knows fractions too; in doubt AWS does not."""
    value = claims.get(name)
    if value is None:
        raise missing_claim(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LAST_MOMENT:
        raise not_a_jwt(f"the token's {name} is not a date in whole seconds since 1970")
    return value


def _is_plain(text: str) -> bool:
    """Whether a reply and a condition key can carry the text; '' is none."""
    return bool(text) and _UNWRITABLE.search(text) is None

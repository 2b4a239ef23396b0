"""Session tags and source identity that a token brings along.

Source: "Pass session tags in AWS STS" (nested and flattened claims) and "Monitor and
control actions taken with assumed roles".
"""

import re
from collections.abc import Mapping
from typing import Any

from rolecall.local.api import AwsError
from rolecall.local.oidc.errors import not_a_jwt
from rolecall.local.sts import session_tags
from rolecall.local.sts.session_tags import SessionTags
from rolecall.policy import LimitError, check_session_tags, check_source_identity

_TAGS = "https://aws.amazon.com/tags"
_FLAT_TAG = f"{_TAGS}/principal_tags/"
_FLAT_TRANSITIVE = f"{_TAGS}/transitive_tag_keys"
_SOURCE_IDENTITY = "https://aws.amazon.com/source_identity"
_TAG_MEMBERS = frozenset({"principal_tags", "transitive_tag_keys"})


def tags_of(claims: Mapping[str, Any]) -> SessionTags:
    """The session tags in a token; none are no tags.

    Raises:
        AwsError: InvalidIdentityToken for claims of another form, ValidationError and
            InvalidParameterValue for tags that no session can have.
    """
    tags, transitive = _nested(claims)
    flat = [(name, value) for name, value in claims.items() if name.startswith(_FLAT_TAG)]
    tags += [(name.removeprefix(_FLAT_TAG), value) for name, value in flat]
    transitive += _keys(claims.get(_FLAT_TRANSITIVE, []))
    pairs = [(key, _value(value)) for key, value in tags]
    combined = session_tags.combine(pairs, transitive, None)
    try:
        check_session_tags(dict(pairs), tuple(transitive))
    except LimitError as error:
        raise _violation("tags", error) from None
    return combined


def source_identity_of(claims: Mapping[str, Any]) -> str | None:
    """The source identity in a token, or None.

    Raises:
        AwsError: InvalidIdentityToken, ValidationError.
    """
    value = claims.get(_SOURCE_IDENTITY)
    if value is None:
        return None
    if not isinstance(value, str):
        raise not_a_jwt(f"the claim {_SOURCE_IDENTITY} is not a text")
    try:
        check_source_identity(value)
    except LimitError as error:
        raise _violation("sourceIdentity", error) from None
    return value


def _nested(claims: Mapping[str, Any]) -> tuple[list[tuple[str, Any]], list[str]]:
    if _TAGS not in claims:
        return [], []
    given = claims[_TAGS]
    if not isinstance(given, dict) or not given.keys() <= _TAG_MEMBERS:
        raise not_a_jwt(f"the claim {_TAGS} is not an object of {', '.join(sorted(_TAG_MEMBERS))}")
    tags = given.get("principal_tags", {})
    if not isinstance(tags, dict):
        raise not_a_jwt(f"principal_tags in the claim {_TAGS} is not an object")
    return list(tags.items()), _keys(given.get("transitive_tag_keys", []))


def _keys(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(key, str) for key in value):
        raise not_a_jwt("the transitive tag keys of the token are not a list of texts")
    return list(value)


def _value(value: Any) -> str:
    """One text, written as a list of one as AWS's examples do; several are no tag."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, str):
        raise not_a_jwt("a session tag of the token has not exactly one text for its value")
    return value


def _violation(where: str, error: LimitError) -> AwsError:
    # The value is not repeated: it came in the token.
    rule = re.sub(r"\s+", " ", error.rule)
    return AwsError(
        "ValidationError",
        f"1 validation error detected: Value at '{where}' failed to satisfy constraint: {rule}",
        400,
        f"the token's {where} are not what a session can have: {rule}",
    )

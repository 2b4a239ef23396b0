"""The attributes that AWS reads of an assertion: role, session name, duration, tags.

Source: "Configure SAML assertions for the authentication response" and "Troubleshoot
SAML federation with IAM" (IAM User Guide).
"""

import re
from dataclasses import dataclass

from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.errors import invalid_token
from rolecall.local.sts import session_tags
from rolecall.local.sts.parameters import Parameters
from rolecall.local.sts.session_tags import SessionTags

PREFIX = "https://aws.amazon.com/SAML/Attributes/"
ROLE = f"{PREFIX}Role"
SESSION_NAME = f"{PREFIX}RoleSessionName"
DURATION = f"{PREFIX}SessionDuration"
SOURCE_IDENTITY = f"{PREFIX}SourceIdentity"
TRANSITIVE = f"{PREFIX}TransitiveTagKeys"
TAG = f"{PREFIX}PrincipalTag:"

_NAME = re.compile(r"[\w+=,.@-]{2,64}", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,9}", re.ASCII)
_SHORTEST, _LONGEST = 900, 43200


@dataclass(frozen=True, slots=True)
class WishedSession:
    """The session that an assertion asks for. `seconds`: at most so long, if it says so."""

    name: str
    seconds: int | None
    source_identity: str | None
    tags: SessionTags


def check_role(assertion: Assertion, role_arn: str, provider_arn: str) -> None:
    """The assertion offers this role through this provider; a pair may be in either order.

    Raises:
        AwsError: InvalidIdentityToken.
    """
    for value in _only(assertion, ROLE) or ():
        pair = [part.strip() for part in value.split(",")]
        if pair in ([role_arn, provider_arn], [provider_arn, role_arn]):
            return
    raise invalid_token(
        "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
        f"no value of the attribute {ROLE} is the pair of RoleArn and PrincipalArn",
    )


def wished_session(assertion: Assertion) -> WishedSession:
    """Session name, duration, tags and source identity.

    Raises:
        AwsError: InvalidIdentityToken; ValidationError and InvalidParameterValue for
            tags, as AssumeRole has them.
    """
    name = _text(assertion, SESSION_NAME)
    if name is None:
        raise invalid_token("RoleSessionName is required in AuthnResponse")
    if not _NAME.fullmatch(name):
        raise invalid_token("RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}")
    source_identity = _text(assertion, SOURCE_IDENTITY)
    # The pattern has no colon, so what begins with "aws:" does not match it either.
    if source_identity is not None and not _NAME.fullmatch(source_identity):
        raise invalid_token(
            'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"'
        )
    return WishedSession(name, _seconds(assertion), source_identity, _tags(assertion))


def _seconds(assertion: Assertion) -> int | None:
    text = _text(assertion, DURATION)
    if text is None:
        return None
    text = text.strip()
    if not _DIGITS.fullmatch(text) or not _SHORTEST <= int(text) <= _LONGEST:
        raise invalid_token(  # AWS's words for this are not known
            f"SessionDuration in AuthnResponse must be between {_SHORTEST} and {_LONGEST}"
        )
    return int(text)


def _tags(assertion: Assertion) -> SessionTags:
    """Session tags, held to what AssumeRole demands of its tags."""
    given: dict[str, str] = {}
    names = [name for name, _ in assertion.attributes if name.startswith(TAG)]
    for index, name in enumerate(names, 1):
        given[f"Tags.member.{index}.Key"] = name.removeprefix(TAG)
        given[f"Tags.member.{index}.Value"] = _text(assertion, name) or ""
    for index, key in enumerate(_only(assertion, TRANSITIVE) or (), 1):
        given[f"TransitiveTagKeys.member.{index}"] = key
    parameters = Parameters(given)
    tags, transitive = session_tags.read(parameters)
    parameters.finish()
    return session_tags.combine(tags, transitive, None)


def _only(assertion: Assertion, name: str) -> tuple[str, ...] | None:
    """The values of an attribute, or None; given twice, AWS would map one of the two."""
    found = assertion.values_of(name)
    if len(found) > 1:
        raise invalid_token(  # AWS's words for this are not known
            "SAML Assertion contains an attribute of AWS more than once", f"it is {name[:200]}"
        )
    return found[0] if found else None


def _text(assertion: Assertion, name: str) -> str | None:
    """The one value of an attribute, or None without the attribute."""
    values = _only(assertion, name)
    if values is None:
        return None
    if len(values) != 1:
        raise invalid_token(  # AWS's words for this are not known
            "SAML Assertion contains an attribute of AWS without exactly one value",
            f"it is {name[:200]}",
        )
    return values[0]

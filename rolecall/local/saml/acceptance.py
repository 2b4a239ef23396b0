"""Is a verified assertion this provider's, meant for AWS, and meant for now?"""

from datetime import datetime, timedelta

from rolecall.issuers.saml_metadata import SamlMetadata
from rolecall.issuers.saml_sign_in import is_sign_in_endpoint
from rolecall.local.saml.assertion import Assertion
from rolecall.local.saml.errors import expired, invalid_token
from rolecall.local.saml.names import AWS

_REDEEM_WITHIN = timedelta(minutes=5)


def check_issuers(issuers: tuple[str, ...], metadata: SamlMetadata) -> None:
    """Every issuer named is the one of the provider's metadata."""
    if any(issuer != metadata.entity_id for issuer in issuers):
        raise invalid_token(
            "Issuer not present in specified provider",
            f"the issuer is not {metadata.entity_id}, the entityID of the provider's metadata",
        )


def check_time(assertion: Assertion, now: datetime) -> None:
    """The assertion is fresh, and its conditions and its user's sign-in last.

    No allowance is made for clocks that differ: AWS documents none.

    Raises:
        AwsError: ExpiredTokenException, InvalidIdentityToken.
    """
    begin = max(assertion.issued_at, assertion.not_before or assertion.issued_at)
    if begin > now:
        raise invalid_token(  # AWS's words for this are not known
            "Response is not yet valid",
            f"it begins at {begin.isoformat()}, now is {now.isoformat()}",
        )
    if now - assertion.issued_at > _REDEEM_WITHIN:
        raise expired(
            "Token must be redeemed within 5 minutes of issuance",
            f"it was issued at {assertion.issued_at.isoformat()}, now is {now.isoformat()}",
        )
    ends = [assertion.not_on_or_after, assertion.session_ends or assertion.not_on_or_after]
    if min(ends) <= now:
        raise expired(
            "Response has expired", f"it ended at {min(ends).isoformat()}, now is {now.isoformat()}"
        )


def check_addressee(assertion: Assertion, partition: str) -> None:
    """Recipient and audience are AWS.

    Source: "Configure SAML assertions for the authentication response". Encrypted
    assertions alone are sent to an endpoint with the provider's identifier.
    """
    if not is_sign_in_endpoint(assertion.recipient, partition):
        raise invalid_token(
            # Which words AWS has for another recipient is not known.
            "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter",
            "Recipient is not a sign-in endpoint such as https://signin.aws.amazon.com/saml",
        )
    met = [
        any(given == AWS or is_sign_in_endpoint(given, partition) for given in restriction)
        for restriction in assertion.audiences
    ]
    if not met or not all(met):
        raise invalid_token(
            "Response does not contain the required audience",
            f"Audience must be {AWS} or a sign-in endpoint",
        )

"""From the value of SAMLAssertion to an assertion that is true, fresh and meant for AWS."""

from datetime import datetime

from lxml import etree

from rolecall.issuers.saml_metadata import SamlMetadata
from rolecall.issuers.saml_sign_in import is_sign_in_endpoint
from rolecall.local.saml.acceptance import check_addressee, check_issuers, check_time
from rolecall.local.saml.assertion import Assertion, read_assertion
from rolecall.local.saml.errors import bad_signature
from rolecall.local.saml.message import Message, read_message
from rolecall.local.saml.signature import signed_copy


def verified_assertion(
    value: str, metadata: SamlMetadata, *, now: datetime, partition: str = "aws"
) -> Assertion:
    """Verify a response with its provider's metadata, and read its assertion.

    Raises:
        AwsError: InvalidIdentityToken, ExpiredTokenException, IDPRejectedClaim,
            AccessDenied.
    """
    message = read_message(value)
    # As yet unverified, so good enough to refuse: AWS tells a wrong issuer apart from a
    # wrong signature, and an assertion of another provider has both.
    check_issuers(message.issuers, metadata)
    if metadata.valid_until is not None and metadata.valid_until <= now:
        # "Metadata for SAML V2.0", 2.3.2: it has expired, and its keys with it. Whether
        # AWS goes on is not documented; of certificates it is said that it does.
        raise bad_signature("the provider's metadata has ended (validUntil), so it has no key now")
    assertion = read_assertion(_signed(message, metadata))
    check_issuers((assertion.issuer,), metadata)
    _check_destination(message, partition)
    check_time(assertion, now)
    check_addressee(assertion, partition)
    return assertion


def _signed(message: Message, metadata: SamlMetadata) -> etree._Element:
    """The assertion as it was signed.

    AWS's own metadata says WantAssertionsSigned="true", and a signature over the
    response does not meet that ("SAML V2.0 Metadata", 2.4.4 with errata). Where the
    response is signed as well, that signature must be good too.
    """
    certificates = metadata.signing_certificates
    signed_copy(message.response, certificates)
    signed = signed_copy(message.assertion, certificates)
    if signed is None:
        raise bad_signature("the assertion itself is not signed")
    return signed


def _check_destination(message: Message, partition: str) -> None:
    """Where the response says whom it is for, that is AWS ("Bindings for SAML V2.0", 3.5.5.2)."""
    destination = message.response.get("Destination")
    if destination is not None and not is_sign_in_endpoint(destination, partition):
        raise bad_signature("the response is for another place than AWS (Destination)")

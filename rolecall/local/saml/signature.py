"""Verifying a signature, and getting back what was signed: that alone is read afterwards.

The keys are those of the provider's metadata. Certificates inside a message are thrown
away before anything is computed: whoever forges a message can put one there.
"""

from collections.abc import Iterable

from cryptography import x509
from lxml import etree
from signxml.algorithms import DigestAlgorithm, SignatureMethod
from signxml.verifier import SignatureConfiguration, XMLVerifier

from rolecall.local.saml.errors import bad_signature
from rolecall.local.saml.names import ds
from rolecall.local.saml.signature_shape import DIGESTS, METHODS, check_shape

_METHODS = frozenset(SignatureMethod(uri) for uri in METHODS)
_DIGESTS = frozenset(DigestAlgorithm(uri) for uri in DIGESTS)


def signed_copy(
    element: etree._Element, certificates: Iterable[x509.Certificate]
) -> etree._Element | None:
    """What the element's own signature covers, read from the bytes that were signed.

    None if the element has no signature of its own.

    Raises:
        AwsError: InvalidIdentityToken, `Response signature invalid`: no key of the
            provider made the signature, it covers something else, or it is not of the
            plain kind that SAML wants.
    """
    signatures = element.findall(ds("Signature"))
    if not signatures:
        return None
    if len(signatures) != 1:
        raise bad_signature("the element has several signatures")
    check_shape(signatures[0], element)
    # A document of its own: nothing outside of the element can be referred to.
    text = etree.tostring(_without_key_info(element), encoding="utf-8", with_tail=False)
    for certificate in certificates:
        verified = _verified(text, certificate)
        if verified is None:
            continue
        if verified.tag != element.tag or verified.get("ID") != element.get("ID"):
            raise bad_signature("the signature covers another element")
        return verified
    raise bad_signature("no key of the provider's metadata made the signature, or it was altered")


def _without_key_info(element: etree._Element) -> etree._Element:
    """A copy without the KeyInfo of the element's own signature, which covers none of it."""
    text = etree.tostring(element, encoding="utf-8", with_tail=False)
    copy = etree.fromstring(text, _parser())
    for key_info in copy.findall(f"{ds('Signature')}/{ds('KeyInfo')}"):
        parent = key_info.getparent()
        if parent is not None:
            parent.remove(key_info)
    return copy


def _verified(text: bytes, certificate: x509.Certificate) -> etree._Element | None:
    config = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=_METHODS,
        digest_algorithms=_DIGESTS,
        # "IAM does not evaluate or take action on the expiration of X.509 certificates in
        # SAML metadata documents" ("Create a SAML identity provider in IAM"): a moment at
        # which every certificate is valid.
        verification_time=certificate.not_valid_before_utc,
    )
    try:
        result = XMLVerifier().verify(
            text, x509_cert=certificate, expect_config=config, parser=_parser(), id_attribute="ID"
        )
    except Exception:
        # Whatever goes wrong in there, this key did not sign this element. Its messages
        # may quote the document.
        return None
    return result.signed_xml if not isinstance(result, list) else None


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )

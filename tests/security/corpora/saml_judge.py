"""Genuine responses, and what becomes of those that a forger made of them.

The forger has a response of `_mallory`, which the identity provider signed, and wants to
be `_admin`. Whatever he does, the answer is a refusal, or that he is `_mallory`.
"""

from datetime import UTC, datetime
from functools import cache

from lxml import etree

from rolecall.issuers.saml_metadata import SamlMetadata, read_saml_metadata
from rolecall.local.api import AwsError
from rolecall.local.saml.assertion import Assertion, read_assertion
from rolecall.local.saml.signature import signed_copy
from rolecall.local.saml.verify import verified_assertion
from tests.local.saml.idp import ASSERTION, Idp, Said, encoded
from tests.security.corpora.counting import Counts

Element = etree._Element
IDP = Idp()
NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
ROLE = "arn:aws:iam::111122223333:role/operator"
PROVIDER = "arn:aws:iam::111122223333:saml-provider/acme"
ADMIN, MALLORY = "_admin", "_mallory"
SIGNED = ("assertion", "both")


@cache
def metadata() -> SamlMetadata:
    return read_saml_metadata(IDP.metadata())


@cache
def genuine(sign: str) -> bytes:
    """A response of `_mallory`, that the provider signed."""
    said = Said(
        role=ROLE,
        provider=PROVIDER,
        now=NOW,
        subject=MALLORY,
        attributes=[("eduPersonAffiliation", ["staff"])],
        sign=sign,
    )
    return etree.tostring(IDP.response(said), encoding="utf-8")


@cache
def identity(sign: str) -> Assertion:
    """What the genuine response says."""
    return verified_assertion(encoded(genuine(sign)), metadata(), now=NOW)


def fresh(sign: str) -> Element:
    """The genuine response, to be changed."""
    return etree.fromstring(genuine(sign))


def judge(counts: Counts, what: str, sign: str, document: Element | bytes) -> None:
    """Refused, or exactly who the provider said; anything else is a finding."""
    try:
        found = verified_assertion(encoded(document), metadata(), now=NOW)
    except AwsError as error:
        if not 400 <= error.status < 500 or not error.reason:
            counts.findings.append(f"{what}: {error!r}")
        counts.refused += 1
        return
    except Exception as error:
        counts.findings.append(f"{what}: {type(error).__name__}")
        return
    if sign == "response" or found != identity(sign):
        counts.findings.append(f"{what}: admitted as {found.subject}")
    else:
        counts.accepted += 1


def judge_signature(counts: Counts, what: str, sign: str, document: bytes) -> None:
    """The same of each assertion by itself, as if the message's own checks did not exist."""
    try:
        root = etree.fromstring(document)
    except etree.XMLSyntaxError:
        return
    for assertion in root.iter(f"{{{ASSERTION}}}Assertion"):
        try:
            signed = signed_copy(assertion, metadata().signing_certificates)
            found = None if signed is None else read_assertion(signed)
        except AwsError:
            continue
        except Exception as error:
            counts.findings.append(f"{what}, the signature alone: {type(error).__name__}")
            continue
        if found is not None and found != identity(sign):
            counts.findings.append(f"{what}, the signature alone: {found.subject}")

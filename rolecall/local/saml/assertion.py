"""What a verified assertion says, as a value. Give it what `signature` returned, only.

Source: "Assertions and Protocols for SAML V2.0", 2.3 to 2.7; "Configure SAML assertions
for the authentication response" (IAM User Guide).
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree

from rolecall.local.api import AwsError
from rolecall.local.saml.errors import invalid_token, unreadable
from rolecall.local.saml.names import BEARER, ds, saml

_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,12}))?Z", re.ASCII
)
_PARTS = frozenset(
    {
        saml("Issuer"),
        ds("Signature"),
        saml("Subject"),
        saml("Conditions"),
        saml("Advice"),
        saml("AuthnStatement"),
        saml("AttributeStatement"),
        saml("AuthzDecisionStatement"),
    }
)
_OF_AWS = "https://aws.amazon.com/SAML/Attributes/"
_CONDITIONS = frozenset({saml("AudienceRestriction"), saml("OneTimeUse"), saml("ProxyRestriction")})
_NO_CONFIRMATION = (
    # The spelling is AWS's.
    "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter"
)


@dataclass(frozen=True)
class Assertion:
    """One assertion. All moments are in UTC.

    audiences: of each AudienceRestriction the values; every restriction must be met.
    not_before, not_on_or_after: the latest and the earliest of those that count.
    session_ends: the earliest SessionNotOnOrAfter.
    one_time: it may be used once only.
    attributes: names and values in order; a name may come twice.
    """

    id: str
    issuer: str
    issued_at: datetime
    subject: str
    subject_format: str | None
    recipient: str
    audiences: tuple[tuple[str, ...], ...]
    not_before: datetime | None
    not_on_or_after: datetime
    session_ends: datetime | None
    one_time: bool
    attributes: tuple[tuple[str, tuple[str, ...]], ...]

    def values_of(self, name: str) -> list[tuple[str, ...]]:
        """The values of each attribute of that name."""
        return [values for given, values in self.attributes if given == name]


def read_assertion(element: etree._Element) -> Assertion:
    """Read a verified assertion.

    Raises:
        AwsError: InvalidIdentityToken, or AccessDenied without a NameID, as AWS
            documents it.
    """
    if element.tag != saml("Assertion") or element.get("Version") != "2.0":
        raise unreadable("the assertion is none of SAML 2.0")
    if any(child.tag not in _PARTS for child in element):
        raise unreadable("the assertion holds an element that does not belong there")
    conditions = _one(element, "Conditions")
    if any(child.tag not in _CONDITIONS for child in conditions):
        # Who does not understand a condition must not accept the assertion (2.5.1).
        raise unreadable("the assertion has a condition that is not known")
    subject = _one(element, "Subject")
    data = _confirmation(subject)
    ends = [_moment(data, "NotOnOrAfter"), _moment(conditions, "NotOnOrAfter")]
    begins = [_moment(data, "NotBefore"), _moment(conditions, "NotBefore")]
    subject_text, subject_format = _name_id(subject)
    issued_at = _moment(element, "IssueInstant")
    if issued_at is None:
        raise unreadable("the assertion has no IssueInstant")
    return Assertion(
        id=element.get("ID", ""),
        issuer=_text(_one(element, "Issuer")),
        issued_at=issued_at,
        subject=subject_text,
        subject_format=subject_format,
        recipient=data.get("Recipient", ""),
        audiences=tuple(
            tuple(_text(each).strip() for each in restriction.findall(saml("Audience")))
            for restriction in conditions.findall(saml("AudienceRestriction"))
        ),
        not_before=max((begin for begin in begins if begin), default=None),
        not_on_or_after=min(end for end in ends if end),
        session_ends=_session_ends(element),
        one_time=conditions.find(saml("OneTimeUse")) is not None,
        attributes=tuple(_attributes(element)),
    )


def _confirmation(subject: etree._Element) -> etree._Element:
    """The data of "exactly one SubjectConfirmation element", by bearer."""
    confirmations = subject.findall(saml("SubjectConfirmation"))
    if len(confirmations) != 1 or confirmations[0].get("Method") != BEARER:
        raise invalid_token(_NO_CONFIRMATION, "there must be one SubjectConfirmation, by bearer")
    data = confirmations[0].findall(saml("SubjectConfirmationData"))
    if len(data) != 1 or not data[0].get("Recipient") or not data[0].get("NotOnOrAfter"):
        raise invalid_token(_NO_CONFIRMATION, "Recipient or NotOnOrAfter is missing")
    return data[0]


def _name_id(subject: etree._Element) -> tuple[str, str | None]:
    names = subject.findall(saml("NameID"))
    if len(names) != 1 or not _text(names[0]).strip():
        # "can also occur if the SAML response does not include a Subject containing a
        # NameID" ("Troubleshoot SAML federation with IAM").
        raise AwsError(
            "AccessDenied",
            "Not authorized to perform sts:AssumeRoleWithSAML",
            403,
            "the subject of the assertion has no NameID",
        )
    return _text(names[0]), names[0].get("Format")


def _session_ends(element: etree._Element) -> datetime | None:
    statements = element.findall(saml("AuthnStatement"))
    if not statements:
        # "Profiles for SAML V2.0", 4.1.4.2: at least one; AWS's pages do not say.
        raise unreadable(
            "the assertion has no AuthnStatement: it does not say that a user signed in"
        )
    ends = [_moment(each, "SessionNotOnOrAfter") for each in statements]
    return min((end for end in ends if end), default=None)


def _attributes(element: etree._Element) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for statement in element.findall(saml("AttributeStatement")):
        for attribute in statement:
            if attribute.tag != saml("Attribute") or not attribute.get("Name"):
                raise unreadable("an attribute is encrypted, or has no name")
            values = attribute.findall(saml("AttributeValue"))
            if str(attribute.get("Name")).startswith(_OF_AWS) and any(map(len, values)):
                # A value that elements cut in two is read differently by different readers.
                raise unreadable("an attribute of AWS holds more than text")
            texts = tuple("".join(str(part) for part in value.itertext()) for value in values)
            found.append((str(attribute.get("Name")), texts))
    return found


def _one(element: etree._Element, name: str) -> etree._Element:
    found = element.findall(saml(name))
    if len(found) != 1:
        raise unreadable(f"the assertion has {len(found)} elements {name} in place of one")
    return found[0]


def _text(element: etree._Element) -> str:
    """All the text of an element that may hold nothing else."""
    if len(element):
        raise unreadable("an element holds more than text")
    return element.text or ""


def _moment(element: etree._Element, name: str) -> datetime | None:
    """An attribute that is a time: "MUST be expressed in UTC form" (1.3.3)."""
    text = element.get(name)
    if text is None:
        return None
    found = _TIME.fullmatch(text)
    try:
        if found is None:
            raise ValueError
        moment = datetime.fromisoformat(found[1]).replace(tzinfo=UTC)
    except ValueError:
        raise unreadable(f"{name} is no time such as 2030-01-31T12:00:00Z") from None
    return moment.replace(microsecond=int((found[2] or "0")[:6].ljust(6, "0")))

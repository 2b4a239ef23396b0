"""From a verified SAML assertion to the condition keys that AWS makes of it.

Source: "IAM and AWS STS condition context keys" (SAML role trust policies, SAML role
permissions policies), "Configure SAML assertions for the authentication response"
(mapping of attributes) of the IAM User Guide; the types are those of "Actions,
resources, and condition keys for AWS Security Token Service".
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

_FORMAT_PREFIX = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_EDU_PERSON = "urn:oid:1.3.6.1.4.1.5923.1.1.1."
_EDU_ORG = "urn:oid:1.3.6.1.4.1.5923.1.2.1."
_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"

ATTRIBUTES: Mapping[str, str] = MappingProxyType(
    {
        f"{_EDU_PERSON}1": "edupersonaffiliation",
        f"{_EDU_PERSON}2": "edupersonnickname",
        f"{_EDU_PERSON}3": "edupersonorgdn",
        f"{_EDU_PERSON}4": "edupersonorgunitdn",
        f"{_EDU_PERSON}5": "edupersonprimaryaffiliation",
        f"{_EDU_PERSON}6": "edupersonprincipalname",
        f"{_EDU_PERSON}7": "edupersonentitlement",
        f"{_EDU_PERSON}8": "edupersonprimaryorgunitdn",
        f"{_EDU_PERSON}9": "edupersonscopedaffiliation",
        f"{_EDU_PERSON}10": "edupersontargetedid",
        f"{_EDU_PERSON}11": "edupersonassurance",
        f"{_EDU_ORG}2": "eduorghomepageuri",
        f"{_EDU_ORG}3": "eduorgidentityauthnpolicyuri",
        f"{_EDU_ORG}4": "eduorglegalname",
        f"{_EDU_ORG}5": "eduorgsuperioruri",
        f"{_EDU_ORG}6": "eduorgwhitepagesuri",
        "urn:oid:2.5.4.3": "cn",
        f"{_CLAIMS}name": "name",
        "http://schemas.xmlsoap.org/claims/CommonName": "commonName",
        f"{_CLAIMS}givenname": "givenName",
        f"{_CLAIMS}surname": "surname",
        f"{_CLAIMS}emailaddress": "mail",
        # …/claims/primarygroupsid is left out: one page makes saml:uid of it, another knows
        # a key saml:primaryGroupSID that no attribute is said to become.
        "2.5.4.3": "commonName",
        "2.5.4.4": "surname",
        "2.5.4.45": "x500UniqueIdentifier",
        "0.9.2342.19200300.100.1.45": "organizationStatus",
        # These three stand so on the page; their real OIDs are 2.5.4.42 and 0.9.2342.19200300.100….
        "2.4.5.42": "givenName",
        "0.9.2342.19200300100.1.1": "uid",
        "0.9.2342.19200300100.1.3": "mail",
    }
)
"""The names of attributes that AWS maps, and the keys (without `saml:`) that they become.

Any other attribute becomes no key. Names are compared exactly; a FriendlyName is not
looked at.
"""

MULTIVALUED = frozenset(
    name
    for name in ATTRIBUTES.values()
    if name == "cn"
    or (
        name.startswith("edu")
        and name
        not in (
            "edupersonorgdn",
            "edupersonprimaryaffiliation",
            "edupersonprincipalname",
            "edupersonprimaryorgunitdn",
        )
    )
)
"""The keys that hold several values, so that a policy needs a set operator for them."""

_IN_SESSION = ("saml:namequalifier", "saml:sub", "saml:sub_type")


@dataclass(frozen=True, slots=True, kw_only=True)
class SamlFacts:
    """What a verified assertion says, and whose provider it came through.

    recipient: `Recipient` of the subject's confirmation: the endpoint it was sent to.
    issuer: `Issuer` of the assertion.
    subject, subject_format: the NameID and its `Format`, if it has one.
    attributes: the values by the attribute's `Name`, in order.
    account, provider_name: of the SAML provider in IAM, the last part of its ARN.
    """

    recipient: str
    issuer: str
    subject: str
    account: str
    provider_name: str
    subject_format: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @property
    def name_qualifier(self) -> str:
        """What makes `subject` unique among all providers, as AssumeRoleWithSAML returns it."""
        text = f"{self.issuer}{self.account}/{self.provider_name}"
        digest = hashlib.sha1(text.encode(), usedforsecurity=False).digest()
        return base64.b64encode(digest).decode("ascii")

    @property
    def subject_type(self) -> str | None:
        """The format of the NameID, without the prefix of SAML 2.0's own formats."""
        if self.subject_format is None:
            return None
        return self.subject_format.removeprefix(_FORMAT_PREFIX) or None


def saml_context(facts: SamlFacts) -> dict[str, str | tuple[str, ...]]:
    """The condition keys of AssumeRoleWithSAML, and of the trust policy that decides it.

    Keys with one value are texts, keys with several are tuples. Where the assertion has
    several values for a key that has one, AWS maps one of them and does not say which:
    they stay a tuple, which an Allow that compares texts never matches, and a Deny does.
    """
    keys: dict[str, str | tuple[str, ...]] = {
        "saml:aud": facts.recipient,
        "saml:iss": facts.issuer,
        "saml:sub": facts.subject,
        "saml:namequalifier": facts.name_qualifier,
        "saml:doc": f"{facts.account}/{facts.provider_name}",
    }
    if facts.subject_type is not None:
        keys["saml:sub_type"] = facts.subject_type
    found: dict[str, list[str]] = {}
    for attribute, values in facts.attributes.items():
        name = ATTRIBUTES.get(attribute)
        if name is not None:
            found.setdefault(name, []).extend(values)
    for name, given in found.items():
        different = tuple(dict.fromkeys(given))
        if different:
            single = name not in MULTIVALUED and len(different) == 1
            keys[f"saml:{name}"] = different[0] if single else different
    return keys


def session_context(
    context: Mapping[str, str | tuple[str, ...]],
) -> dict[str, str | tuple[str, ...]]:
    """Those of the keys that the later calls of the session have as well."""
    return {key: context[key] for key in _IN_SESSION if key in context}

"""From a certificate's fields to session tags: `x509Subject/CN`, `x509SAN/DNS`, …

Source: "Certificate attribute mapping", user guide. Where a name has an attribute twice
(two OU), it is not documented what the tag is: such a certificate is refused.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from cryptography import x509
from cryptography.x509.oid import NameOID

from rolecall.local.roles_anywhere.errors import invalid

#: The rules of a new profile.
DEFAULT: Mapping[str, Sequence[str]] = {
    "x509Subject": ["*"],
    "x509Issuer": ["*"],
    "x509SAN": ["DNS", "URI", "Name/*"],
}
_SHORT = {
    NameOID.COMMON_NAME: "CN",
    NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
    NameOID.ORGANIZATION_NAME: "O",
    NameOID.LOCALITY_NAME: "L",
    NameOID.STATE_OR_PROVINCE_NAME: "ST",
    NameOID.COUNTRY_NAME: "C",
    NameOID.USER_ID: "UID",
    NameOID.DOMAIN_COMPONENT: "DC",
    NameOID.SERIAL_NUMBER: "SERIALNUMBER",
    NameOID.SURNAME: "SN",
    NameOID.GIVEN_NAME: "GN",
    NameOID.TITLE: "T",
}
_RULE_OF_NAME = re.compile(r"\*|[A-Z]{1,12}", re.ASCII)
_RULE_OF_SAN = re.compile(r"(?:DNS|URI)(?:/[1-9][0-9]?)?|Name/(?:\*|[A-Z]{1,12})", re.ASCII)


class Unmapped(Exception):
    """Which field of a certificate makes no tag, for the developer."""


def check_rules(name: str, rules: Sequence[str]) -> None:
    """Refuse specifiers that are none.

    Raises:
        AwsError: ValidationException.
    """
    pattern = _RULE_OF_SAN if name == "x509SAN" else _RULE_OF_NAME
    for rule in rules:
        if pattern.fullmatch(rule) is None:
            raise invalid(f"{rule!r} is no specifier for {name}.")


def tags_of(certificate: x509.Certificate, mappings: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The session tags that the rules of a profile make of a certificate.

    Raises:
        Unmapped: an attribute occurs twice in a name.
    """
    tags: dict[str, str] = {}
    for field, name in (("x509Subject", certificate.subject), ("x509Issuer", certificate.issuer)):
        for rule in mappings.get(field, ()):
            tags.update(_of_name(name, rule, f"{field}/"))
    names = _alternative_names(certificate)
    if names is not None:
        for rule in mappings.get("x509SAN", ()):
            tags.update(_of_alternative(names, rule))
    return tags


def common_name(certificate: x509.Certificate) -> str | None:
    """The one CN of the subject, or None."""
    found = _attributes(certificate.subject)
    return found.get("CN")


def _of_name(name: x509.Name, rule: str, prefix: str) -> dict[str, str]:
    found = _attributes(name)
    if rule == "*":
        return {f"{prefix}{short}": value for short, value in found.items()}
    return {f"{prefix}{rule}": found[rule]} if rule in found else {}


def _attributes(name: x509.Name) -> dict[str, str]:
    known = [each for each in name if each.oid in _SHORT]
    counts = Counter(_SHORT[each.oid] for each in known)
    twice = sorted(short for short, count in counts.items() if count > 1)
    if twice:
        raise Unmapped(f"a name in the certificate has {', '.join(twice)} more than once")
    return {_SHORT[each.oid]: str(each.value) for each in known}


def _of_alternative(names: x509.SubjectAlternativeName, rule: str) -> dict[str, str]:
    if rule.startswith("Name/"):
        directory = names.get_values_for_type(x509.DirectoryName)
        return _of_name(directory[0], rule[5:], "x509SAN/Name/") if directory else {}
    kind, _, number = rule.partition("/")
    values = names.get_values_for_type(
        x509.DNSName if kind == "DNS" else x509.UniformResourceIdentifier
    )
    index = int(number or 1) - 1
    return {f"x509SAN/{rule}": values[index]} if index < len(values) else {}


def _alternative_names(certificate: x509.Certificate) -> x509.SubjectAlternativeName | None:
    try:
        return certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return None

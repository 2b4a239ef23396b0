"""Tokens and SAML responses of a plausible shape, which nobody signed."""

import base64
import json


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(**claims: object) -> str:
    """Three parts; the signature is a word to look for."""
    return f"{part({'alg': 'RS256'})}.{part(claims)}.SIGNATURE-nobody-may-see"


SAML = "urn:oasis:names:tc:SAML:2.0:assertion"


def saml_xml(*values: str, inside: str = "") -> str:
    """A response whose Role attribute has these values."""
    listed = "".join(f"<s:AttributeValue>{value}</s:AttributeValue>" for value in values)
    return (
        '<p:Response xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" '
        f'xmlns:s="{SAML}"><s:Assertion ID="_SECRET-assertion"><s:AttributeStatement>'
        f'<s:Attribute Name="https://aws.amazon.com/SAML/Attributes/Role">{listed}</s:Attribute>'
        f"</s:AttributeStatement></s:Assertion>{inside}</p:Response>"
    )


def encoded(xml: str) -> str:
    return base64.b64encode(xml.encode()).decode()

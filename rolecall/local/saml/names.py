"""Names of SAML 2.0 and XML Signature, as lxml writes them."""

PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
ASSERTION = "urn:oasis:names:tc:SAML:2.0:assertion"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
#: AWS as a service provider: the entity ID of its metadata.
AWS = "urn:amazon:webservices"


def samlp(name: str) -> str:
    """An element of the SAML protocol."""
    return f"{{{PROTOCOL}}}{name}"


def saml(name: str) -> str:
    """An element of SAML assertions."""
    return f"{{{ASSERTION}}}{name}"


def ds(name: str) -> str:
    """An element of XML Signature."""
    return f"{{{SIGNATURE}}}{name}"

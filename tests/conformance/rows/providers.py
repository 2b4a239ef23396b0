"""Identity providers: what CreateOpenIDConnectProvider and CreateSAMLProvider refuse"""

from typing import Any

from tests.conformance.aws_call import Call
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import tags
from tests.conformance.pages import CREATE_OIDC, CREATE_SAML, CREATE_SAML_PROVIDER
from tests.local.saml.idp import Idp

BAD = "Invalid Open ID Connect Provider URL"
THUMB = "0123456789abcdef0123456789ABCDEF01234567"
METADATA = Idp().metadata()
TOO_LONG = (
    "ValidationError",
    "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must have "
    "length less than or equal to 255",
)


def oidc(name: str, url: str, expected: Expected = ALLOWED, **params: Any) -> Case:
    return Call(
        name,
        CREATE_OIDC,
        expected,
        operation="create_open_id_connect_provider",
        params={"Url": url, **params},
    )


def good(name: str, expected: Expected = ALLOWED, **params: Any) -> Case:
    """An issuer of its own, and these parameters."""
    return oidc(name, "https://{new}.example.com", expected, **params)


def saml(name: str, expected: Expected = ALLOWED, page: str = CREATE_SAML, **params: Any) -> Case:
    return Call(
        name,
        page,
        expected,
        operation="create_saml_provider",
        params={"Name": "{new}", "SAMLMetadataDocument": METADATA, **params},
    )


def metadata(name: str, document: str) -> Case:
    return saml(
        name,
        ("InvalidInput", "Could not parse metadata"),
        CREATE_SAML_PROVIDER,
        SAMLMetadataDocument=document,
    )


ROWS: list[Case] = [
    good("an issuer"),
    oidc("an issuer with a path", "https://{new}.example.com/a/b"),
    oidc("an issuer with a slash at its end", "https://{new}.example.com/"),
    oidc("http", "http://id.example.com",
         ("InvalidInput", f"{BAD}. The URL must begin with https://.")),
    oidc("HTTPS in capitals", "HTTPS://id.example.com", ("InvalidInput", None)),
    oidc("no scheme", "id.example.com", ("ValidationError", BAD)),
    oidc("no host", "https://", ("ValidationError", BAD)),
    oidc("an empty URL", "", ("ValidationError", None)),
    oidc("a port", "https://id.example.com:443", ("InvalidInput", f"{BAD}.")),
    oidc("a user", "https://me@id.example.com", ("InvalidInput", f"{BAD}.")),
    oidc("a query", "https://id.example.com/?a=b", ("InvalidInput", f"{BAD}.")),
    oidc("a fragment", "https://id.example.com/#a", ("InvalidInput", f"{BAD}.")),
    oidc("a space", "https://id.example.com/a b", ("InvalidInput", f"{BAD}.")),
    oidc("a line feed", "https://id.example.com\n", ("InvalidInput", None)),
    oidc("a host without a dot", "https://localhost", ("InvalidInput", f"{BAD}.")),
    oidc("a host beyond ASCII", "https://ïd.example.com", ("InvalidInput", f"{BAD}.")),
    oidc("a host with an underscore", "https://i_d.example.com", ("InvalidInput", f"{BAD}.")),
    oidc("a URL of 256 characters", "https://id.example.com/" + "p" * 233,
         (TOO_LONG[0], TOO_LONG[1].format("url"))),
    Call("an issuer that is there", CREATE_OIDC, ("EntityAlreadyExists", None),
         operation="create_open_id_connect_provider", params={"Url": "https://{new}.example.com"},
         before=(("create_open_id_connect_provider", {"Url": "https://{new}.example.com"}),)),
    good("a client ID of 255 characters", ClientIDList=["c" * 255]),
    good("a client ID of 256 characters", (TOO_LONG[0], TOO_LONG[1].format("clientID")),
         ClientIDList=["c" * 256]),
    good("an empty client ID", ("ValidationError", None), ClientIDList=[""]),
    good("100 client IDs", ClientIDList=[f"client-{n}" for n in range(100)]),
    good("101 client IDs",
         ("LimitExceeded", "Cannot exceed quota for ClientIdsPerOpenIdConnectProvider: 100"),
         ClientIDList=[f"client-{n}" for n in range(101)]),
    good("a thumbprint", ThumbprintList=[THUMB]),
    good("five thumbprints", ThumbprintList=[THUMB[:-1] + str(n) for n in range(5)]),
    good("six thumbprints", ("InvalidInput", None),
         ThumbprintList=[THUMB[:-1] + str(n) for n in range(6)]),
    good("a thumbprint of 39 characters",
         ("InvalidInput", "Thumbprint must be exactly 40 characters."), ThumbprintList=[THUMB[1:]]),
    good("a thumbprint with other letters", ("InvalidInput", None),
         ThumbprintList=["g" + THUMB[1:]]),
    good("a thumbprint with colons", ("InvalidInput", None), ThumbprintList=["01:" + THUMB[:37]]),
    good("a tag twice", ("InvalidInput", None), Tags=tags(a="1", A="1")),
    good("a tag of AWS's", ("InvalidInput", None), Tags=tags(**{"aws:a": "1"})),
    Call("who may not make providers", CREATE_OIDC, ("AccessDenied", None),
         operation="create_open_id_connect_provider", params={"Url": "https://x.example.com"},
         caller="bob"),
    saml("a SAML provider"),
    saml("a name of 128 characters", Name="a" * 128),
    saml("a name of 129 characters", ("ValidationError", None), Name="a" * 129),
    saml("a name with a slash", ("ValidationError", None), Name="a/b"),
    saml("a name with a plus, which a role may have", ("ValidationError", None), Name="a+b"),
    saml("a name with a line feed", ("ValidationError", None), Name="a\n"),
    saml("an empty name", ("ValidationError", None), Name=""),
    Call("a name that is there", CREATE_SAML,
         ("EntityAlreadyExists", "SAMLProvider with name {new} already exists."),
         operation="create_saml_provider",
         params={"Name": "{new}", "SAMLMetadataDocument": METADATA},
         before=(("create_saml_provider",
                  {"Name": "{new}", "SAMLMetadataDocument": METADATA}),)),
    saml("metadata of 999 characters", ("ValidationError", None), SAMLMetadataDocument="<" * 999),
    metadata("metadata that are no XML", "<" * 1000),
    metadata("metadata with a document type",
             METADATA.replace("<EntityDescriptor", "<!DOCTYPE x [<!ENTITY a 'b'>]>"
                              "<EntityDescriptor", 1)),
    metadata("metadata without an identity provider",
             METADATA.replace("IDPSSODescriptor", "SPSSODescriptor")),
    metadata("metadata without a certificate",
             METADATA.replace("X509Certificate", "X509SubjectName")),
    metadata("metadata of another version",
             METADATA.replace("SAML:2.0:metadata", "SAML:1.0:metadata")),
    saml("a private key", ("InvalidInput", None), AddPrivateKey="-----BEGIN PRIVATE KEY-----"),
    saml("encryption required and no key", ("InvalidInput", None),
         AssertionEncryptionMode="Required"),
    Call("who may not make SAML providers", CREATE_SAML, ("AccessDenied", None),
         operation="create_saml_provider",
         params={"Name": "x", "SAMLMetadataDocument": METADATA}, caller="bob"),
]  # fmt: skip

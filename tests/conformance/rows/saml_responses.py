"""Responses of AssumeRoleWithSAML: signature, audience, recipient, times."""

from signxml.algorithms import DigestAlgorithm, SignatureMethod

from tests.conformance.case import Case
from tests.conformance.pages import CONFIGURE_SAML, LIVE, SAML_2, SAML_TROUBLE, STS_KEYS, WITH_SAML
from tests.conformance.with_saml import DENIED, SIGNATURE, WithSaml, minutes, when
from tests.local.saml.idp import SIGN_IN

ISSUER = ("InvalidIdentityToken", "Issuer not present in specified provider")
NO_PROVIDER = ("InvalidIdentityToken", "Specified provider doesn't exist")
AUDIENCE = ("InvalidIdentityToken", "Response does not contain the required audience")
CONFIRMATION = (
    "InvalidIdentityToken",
    "Responses must contain SubjectConfirmatonData with a Recipient and NotOnOrAfter",
)
EXPIRED = ("ExpiredTokenException", "Response has expired")
TOO_OLD = ("ExpiredTokenException", "Token must be redeemed within 5 minutes of issuance")
EARLY = ("InvalidIdentityToken", "Response is not yet valid")
REGIONAL = "https://eu-central-1.signin.aws.amazon.com/saml"


ROWS: list[Case] = [
    WithSaml("a signed assertion in an unsigned response", CONFIGURE_SAML),
    WithSaml("assertion and response signed", SAML_2, said={"sign": "both"}),
    WithSaml("response signed, assertion not", SAML_2, SIGNATURE, {"sign": "response"}),
    WithSaml("nothing signed", SAML_TROUBLE, SIGNATURE, {"sign": "none"}),
    WithSaml(
        "RSA with SHA-384",
        SAML_2,
        said={"method": SignatureMethod.RSA_SHA384, "digest": DigestAlgorithm.SHA384},
    ),
    WithSaml(
        "RSA with SHA-512",
        SAML_2,
        said={"method": SignatureMethod.RSA_SHA512, "digest": DigestAlgorithm.SHA512},
    ),
    WithSaml(
        "RSA with SHA-1",
        SAML_2,
        SIGNATURE,
        {"method": SignatureMethod.RSA_SHA1, "digest": DigestAlgorithm.SHA1},
    ),
    WithSaml("a digest of SHA-1", SAML_2, SIGNATURE, {"digest": DigestAlgorithm.SHA1}),
    WithSaml("RSA-PSS", SAML_2, SIGNATURE, {"method": SignatureMethod.SHA256_RSA_MGF1}),
    WithSaml("another issuer", SAML_TROUBLE, ISSUER, {"issuer": "https://idp.other.example/saml"}),
    WithSaml(
        "another issuer of the response alone",
        SAML_TROUBLE,
        ISSUER,
        {"response_issuer": "https://idp.other.example/saml"},
    ),
    WithSaml(
        "the issuer with a slash more",
        SAML_TROUBLE,
        ISSUER,
        {"issuer": "https://idp.acme.example/saml/"},
    ),
    WithSaml(
        "a provider that does not exist",
        SAML_TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::111122223333:saml-provider/other"},
    ),
    WithSaml(
        "a provider of an account that does not exist",
        SAML_TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::999988887777:saml-provider/acme"},
    ),
    WithSaml(
        "the provider's name in another case",
        SAML_TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::111122223333:saml-provider/ACME"},
    ),
    WithSaml(
        "audience urn:amazon:webservices among others",
        CONFIGURE_SAML,
        said={"audiences": [["https://wiki.acme.example", "urn:amazon:webservices"]]},
    ),
    WithSaml("the sign-in endpoint as audience", CONFIGURE_SAML, said={"audiences": [[SIGN_IN]]}),
    WithSaml(
        "a regional sign-in endpoint as audience", CONFIGURE_SAML, said={"audiences": [[REGIONAL]]}
    ),
    WithSaml(
        "another audience", SAML_TROUBLE, AUDIENCE, {"audiences": [["https://wiki.acme.example"]]}
    ),
    WithSaml("no audience restriction", CONFIGURE_SAML, AUDIENCE, {"audiences": []}),
    WithSaml("an audience restriction without audience", SAML_2, AUDIENCE, {"audiences": [[]]}),
    WithSaml(
        "two audience restrictions, one of them not met",
        SAML_2,
        AUDIENCE,
        {"audiences": [["urn:amazon:webservices"], ["https://wiki.acme.example"]]},
    ),
    WithSaml(
        "the audience of China",
        CONFIGURE_SAML,
        AUDIENCE,
        {"audiences": [["https://signin.amazonaws.cn/saml"]]},
    ),
    WithSaml(
        "a regional recipient that the role trusts",
        CONFIGURE_SAML,
        said={"recipient": REGIONAL},
        role=when("StringEquals", SAML__aud=[SIGN_IN, REGIONAL]),
    ),
    WithSaml(
        "a regional recipient that the role does not trust",
        STS_KEYS,
        DENIED,
        {"recipient": REGIONAL},
    ),
    WithSaml(
        "another recipient",
        CONFIGURE_SAML,
        CONFIRMATION,
        {"recipient": "https://signin.aws.example.com/saml"},
    ),
    WithSaml(
        "the recipient of China",
        CONFIGURE_SAML,
        CONFIRMATION,
        {"recipient": "https://signin.amazonaws.cn/saml"},
    ),
    WithSaml(
        "the recipient with a query", CONFIGURE_SAML, CONFIRMATION, {"recipient": f"{SIGN_IN}?x=y"}
    ),
    WithSaml("no recipient", LIVE, CONFIRMATION, {"recipient": None}),
    WithSaml("a confirmation without NotOnOrAfter", LIVE, CONFIRMATION, {"confirmed_until": None}),
    WithSaml("two subject confirmations", CONFIGURE_SAML, CONFIRMATION, {"confirmations": 2}),
    WithSaml("no subject confirmation", CONFIGURE_SAML, CONFIRMATION, {"confirmations": 0}),
    WithSaml(
        "a holder-of-key confirmation",
        CONFIGURE_SAML,
        CONFIRMATION,
        {"method_of_confirmation": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
    ),
    WithSaml("no NameID", SAML_TROUBLE, DENIED, {"subject": None}),
    WithSaml(
        "another destination", SAML_2, SIGNATURE, {"destination": "https://wiki.acme.example/acs"}
    ),
    WithSaml("no destination", SAML_2, said={"destination": None}),
    WithSaml(
        "the subject's confirmation has ended",
        LIVE,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "confirmed_until": minutes(-1)},
    ),
    WithSaml(
        "the conditions have ended",
        LIVE,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "not_on_or_after": minutes(-1)},
    ),
    WithSaml(
        "the conditions end at this moment",
        SAML_2,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "not_on_or_after": minutes(0)},
    ),
    WithSaml(
        "the user's sign-in has ended",
        WITH_SAML,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "session_ends": minutes(-1)},
    ),
    WithSaml("no end of the conditions", CONFIGURE_SAML, said={"not_on_or_after": None}),
    WithSaml(
        "issued four minutes ago", LIVE, said={"issued": minutes(-4), "not_before": minutes(-4)}
    ),
    WithSaml(
        "issued six minutes ago, and still valid",
        LIVE,
        TOO_OLD,
        {"issued": minutes(-6), "not_before": minutes(-6)},
    ),
    WithSaml("begins in a minute", SAML_2, EARLY, {"not_before": minutes(1)}),
    WithSaml("issued in a minute", SAML_2, EARLY, {"issued": minutes(1)}),
    WithSaml(
        "the identity provider reports a failure",
        WITH_SAML,
        ("IDPRejectedClaim", "The identity provider (IdP) reported that authentication failed."),
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    ),
]

"""What AWS documents of AssumeRoleWithSAML, one row a behaviour.

A row: a name, the AWS page that says so, what the response says besides the usual, the
role's condition or actions, the parameters, and what comes back: ALLOWED, or code and
message. `{role}` and `{provider}` stand for ARNs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from signxml import DigestAlgorithm, SignatureMethod

from tests.local.saml.idp import BASE, SIGN_IN

ALLOWED = ("", "")
CONFIGURE = "Configure SAML assertions for the authentication response"
TROUBLE = "Troubleshoot SAML federation with IAM"
CREATE = "Create a SAML identity provider in IAM"
CALL = "AssumeRoleWithSAML (AWS STS API reference)"
KEYS = "IAM and AWS STS condition context keys"
TAGS = "Pass session tags in AWS STS"
LIVE = "messages reported from AWS"
CORE = "SAML V2.0 (core, profiles, bindings, metadata)"

DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
SIGNATURE = ("InvalidIdentityToken", "Response signature invalid")
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
NO_ROLE = (
    "InvalidIdentityToken",
    "SAML Assertion doesn't contain the requested Role and Metadata in the attributes",
)
NAME_MISSING = ("InvalidIdentityToken", "RoleSessionName is required in AuthnResponse")
NAME_WRONG = (
    "InvalidIdentityToken",
    "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
)
SOURCE_WRONG = (
    "InvalidIdentityToken",
    'Source Identity must match [a-zA-Z_0-9+=,.@-]{2,64} and not begin with "aws:"',
)
DURATION_WRONG = (
    "InvalidIdentityToken",
    "SessionDuration in AuthnResponse must be between 900 and 43200",
)
TOO_LONG = (
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
)
UNREADABLE = ("InvalidIdentityToken", "Invalid base64 SAMLResponse")
REGIONAL = "https://eu-central-1.signin.aws.amazon.com/saml"
STAFF = ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ("staff", "member"))
S3_ONLY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


@dataclass(frozen=True)
class Case:
    name: str
    page: str
    expected: tuple[str, str] = ALLOWED
    said: Mapping[str, Any] = field(default_factory=dict)
    role: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def assertion_must(shown: str, constraint: str) -> tuple[str, str]:
    """The value is a credential, so AWS does not repeat it."""
    value = f"Value {shown}" if shown else "Value"
    return (
        "ValidationError",
        f"1 validation error detected: {value} at 'sAMLAssertion' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


def when(operator: str, **keys: Any) -> dict[str, Any]:
    """A role with one condition; `__` in a key is a colon."""
    return {"condition": {operator: {k.replace("__", ":"): v for k, v in keys.items()}}}


CASES = [
    Case("a signed assertion in an unsigned response", CONFIGURE),
    Case("assertion and response signed", CORE, said={"sign": "both"}),
    Case("response signed, assertion not", CORE, SIGNATURE, {"sign": "response"}),
    Case("nothing signed", TROUBLE, SIGNATURE, {"sign": "none"}),
    Case(
        "RSA with SHA-384",
        CORE,
        said={"method": SignatureMethod.RSA_SHA384, "digest": DigestAlgorithm.SHA384},
    ),
    Case(
        "RSA with SHA-512",
        CORE,
        said={"method": SignatureMethod.RSA_SHA512, "digest": DigestAlgorithm.SHA512},
    ),
    Case(
        "RSA with SHA-1",
        CORE,
        SIGNATURE,
        {"method": SignatureMethod.RSA_SHA1, "digest": DigestAlgorithm.SHA1},
    ),
    Case("a digest of SHA-1", CORE, SIGNATURE, {"digest": DigestAlgorithm.SHA1}),
    Case("RSA-PSS", CORE, SIGNATURE, {"method": SignatureMethod.SHA256_RSA_MGF1}),
    Case("another issuer", TROUBLE, ISSUER, {"issuer": "https://idp.other.example/saml"}),
    Case(
        "another issuer of the response alone",
        TROUBLE,
        ISSUER,
        {"response_issuer": "https://idp.other.example/saml"},
    ),
    Case(
        "the issuer with a slash more",
        TROUBLE,
        ISSUER,
        {"issuer": "https://idp.acme.example/saml/"},
    ),
    Case(
        "a provider that does not exist",
        TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::111122223333:saml-provider/other"},
    ),
    Case(
        "a provider of an account that does not exist",
        TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::999988887777:saml-provider/acme"},
    ),
    Case(
        "the provider's name in another case",
        TROUBLE,
        NO_PROVIDER,
        params={"PrincipalArn": "arn:aws:iam::111122223333:saml-provider/ACME"},
    ),
    Case(
        "audience urn:amazon:webservices among others",
        CONFIGURE,
        said={"audiences": [["https://wiki.acme.example", "urn:amazon:webservices"]]},
    ),
    Case("the sign-in endpoint as audience", CONFIGURE, said={"audiences": [[SIGN_IN]]}),
    Case("a regional sign-in endpoint as audience", CONFIGURE, said={"audiences": [[REGIONAL]]}),
    Case("another audience", TROUBLE, AUDIENCE, {"audiences": [["https://wiki.acme.example"]]}),
    Case("no audience restriction", CONFIGURE, AUDIENCE, {"audiences": []}),
    Case("an audience restriction without audience", CORE, AUDIENCE, {"audiences": [[]]}),
    Case(
        "two audience restrictions, one of them not met",
        CORE,
        AUDIENCE,
        {"audiences": [["urn:amazon:webservices"], ["https://wiki.acme.example"]]},
    ),
    Case(
        "the audience of China",
        CONFIGURE,
        AUDIENCE,
        {"audiences": [["https://signin.amazonaws.cn/saml"]]},
    ),
    Case(
        "a regional recipient that the role trusts",
        CONFIGURE,
        said={"recipient": REGIONAL},
        role=when("StringEquals", SAML__aud=[SIGN_IN, REGIONAL]),
    ),
    Case(
        "a regional recipient that the role does not trust", KEYS, DENIED, {"recipient": REGIONAL}
    ),
    Case(
        "another recipient",
        CONFIGURE,
        CONFIRMATION,
        {"recipient": "https://signin.aws.example.com/saml"},
    ),
    Case(
        "the recipient of China",
        CONFIGURE,
        CONFIRMATION,
        {"recipient": "https://signin.amazonaws.cn/saml"},
    ),
    Case("the recipient with a query", CONFIGURE, CONFIRMATION, {"recipient": f"{SIGN_IN}?x=y"}),
    Case("no recipient", LIVE, CONFIRMATION, {"recipient": None}),
    Case("a confirmation without NotOnOrAfter", LIVE, CONFIRMATION, {"confirmed_until": None}),
    Case("two subject confirmations", CONFIGURE, CONFIRMATION, {"confirmations": 2}),
    Case("no subject confirmation", CONFIGURE, CONFIRMATION, {"confirmations": 0}),
    Case(
        "a holder-of-key confirmation",
        CONFIGURE,
        CONFIRMATION,
        {"method_of_confirmation": "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"},
    ),
    Case("no NameID", TROUBLE, DENIED, {"subject": None}),
    Case("another destination", CORE, SIGNATURE, {"destination": "https://wiki.acme.example/acs"}),
    Case("no destination", CORE, said={"destination": None}),
    Case(
        "the subject's confirmation has ended",
        LIVE,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "confirmed_until": minutes(-1)},
    ),
    Case(
        "the conditions have ended",
        LIVE,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "not_on_or_after": minutes(-1)},
    ),
    Case(
        "the conditions end at this moment",
        CORE,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "not_on_or_after": minutes(0)},
    ),
    Case(
        "the user's sign-in has ended",
        CALL,
        EXPIRED,
        {"issued": minutes(-2), "not_before": minutes(-2), "session_ends": minutes(-1)},
    ),
    Case("no end of the conditions", CONFIGURE, said={"not_on_or_after": None}),
    Case("issued four minutes ago", LIVE, said={"issued": minutes(-4), "not_before": minutes(-4)}),
    Case(
        "issued six minutes ago, and still valid",
        LIVE,
        TOO_OLD,
        {"issued": minutes(-6), "not_before": minutes(-6)},
    ),
    Case("begins in a minute", CORE, EARLY, {"not_before": minutes(1)}),
    Case("issued in a minute", CORE, EARLY, {"issued": minutes(1)}),
    Case(
        "the identity provider reports a failure",
        CALL,
        ("IDPRejectedClaim", "The identity provider (IdP) reported that authentication failed."),
        {"status": "urn:oasis:names:tc:SAML:2.0:status:Responder"},
    ),
    Case("role and provider in the other order", CONFIGURE, said={"roles": ["{provider},{role}"]}),
    Case("spaces around the pair", CONFIGURE, said={"roles": [" {role} , {provider} "]}),
    Case(
        "several pairs, one of them asked for",
        CONFIGURE,
        said={"roles": ["arn:aws:iam::444455556666:role/x,{provider}", "{role},{provider}"]},
    ),
    Case(
        "the role with another provider",
        LIVE,
        NO_ROLE,
        {"roles": ["{role},arn:aws:iam::111122223333:saml-provider/other"]},
    ),
    Case(
        "another role with the provider",
        LIVE,
        NO_ROLE,
        {"roles": ["arn:aws:iam::111122223333:role/other,{provider}"]},
    ),
    Case(
        "role and provider in different values", LIVE, NO_ROLE, {"roles": ["{role}", "{provider}"]}
    ),
    Case("the role twice and no provider", LIVE, NO_ROLE, {"roles": ["{role},{role}"]}),
    Case("a pair and a third ARN", LIVE, NO_ROLE, {"roles": ["{role},{provider},{role}"]}),
    Case("no pair at all", TROUBLE, NO_ROLE, {"roles": []}),
    Case(
        "a role that does not exist",
        TROUBLE,
        DENIED,
        {"role": "arn:aws:iam::111122223333:role/nobody"},
    ),
    Case("a session name of 64 characters", CONFIGURE, said={"session_name": "s" * 64}),
    Case("a session name of 65 characters", TROUBLE, NAME_WRONG, {"session_name": "s" * 65}),
    Case("a session name of one character", TROUBLE, NAME_WRONG, {"session_name": "s"}),
    Case("a session name with a space", TROUBLE, NAME_WRONG, {"session_name": "John Doe"}),
    Case("a session name with a line feed", TROUBLE, NAME_WRONG, {"session_name": "alice\n"}),
    Case("no session name", TROUBLE, NAME_MISSING, {"session_name": None}),
    Case(
        "two session names",
        CONFIGURE,
        ("InvalidIdentityToken", "SAML Assertion contains an attribute of AWS more than once"),
        {"attributes": [(f"{BASE}RoleSessionName", ["bob"])]},
    ),
    Case("a source identity", CONFIGURE, said={"source_identity": "alice@acme"}),
    Case("a source identity with a space", TROUBLE, SOURCE_WRONG, {"source_identity": "John Doe"}),
    Case(
        "a source identity that begins with aws:",
        TROUBLE,
        SOURCE_WRONG,
        {"source_identity": "aws:alice"},
    ),
    Case(
        "a source identity without sts:SetSourceIdentity",
        TROUBLE,
        DENIED,
        {"source_identity": "alice"},
        {"action": ["sts:AssumeRoleWithSAML", "sts:TagSession"]},
    ),
    Case("session tags", TAGS, said={"tags": {"team": "red"}, "transitive": ["team"]}),
    Case(
        "session tags without sts:TagSession",
        TROUBLE,
        DENIED,
        {"tags": {"team": "red"}},
        {"action": ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"]},
    ),
    Case(
        "a tag that the role wants",
        TAGS,
        said={"tags": {"team": "red"}},
        role={"condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
    ),
    Case(
        "another value of the tag that the role wants",
        TAGS,
        DENIED,
        {"tags": {"team": "blue"}},
        {"condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
    ),
    Case(
        "a transitive key that is no tag",
        TAGS,
        (
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        {"transitive": ["team"]},
    ),
    Case(
        "a tag twice in another case",
        TAGS,
        (
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        {"tags": {"team": "red", "Team": "red"}},
    ),
    Case("a session of fifteen minutes", CONFIGURE, said={"duration": "900"}),
    Case("a SessionDuration below 900", CONFIGURE, DURATION_WRONG, {"duration": "899"}),
    Case("a SessionDuration above 43200", CONFIGURE, DURATION_WRONG, {"duration": "43201"}),
    Case("a SessionDuration in words", CONFIGURE, DURATION_WRONG, {"duration": "an hour"}),
    Case(
        "DurationSeconds above the role's maximum",
        TROUBLE,
        TOO_LONG,
        params={"DurationSeconds": "7200"},
    ),
    Case(
        "DurationSeconds above the role's maximum, SessionDuration below",
        CALL,
        TOO_LONG,
        {"duration": "900"},
        params={"DurationSeconds": "7200"},
    ),
    Case(
        "DurationSeconds within the role's maximum",
        CALL,
        role={"MaxSessionDuration": 7200},
        params={"DurationSeconds": "7200"},
    ),
    Case(
        "saml:sub",
        KEYS,
        role=when("StringEquals", SAML__sub="_cbb88bf52c2510eabe00c1642d4643f41430fe25e3"),
    ),
    Case(
        "another saml:sub",
        KEYS,
        DENIED,
        {"subject": "_other"},
        when("StringEquals", SAML__sub="_cbb88bf52c2510eabe00c1642d4643f41430fe25e3"),
    ),
    Case("saml:sub_type", KEYS, role=when("StringEquals", SAML__sub_type="persistent")),
    Case(
        "another saml:sub_type",
        KEYS,
        DENIED,
        {"subject_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        when("StringEquals", SAML__sub_type="persistent"),
    ),
    Case(
        "no format of the subject",
        KEYS,
        DENIED,
        {"subject_format": None},
        when("StringEquals", SAML__sub_type="persistent"),
    ),
    Case("saml:iss", KEYS, role=when("StringEquals", SAML__iss="https://idp.acme.example/saml")),
    Case("saml:doc", KEYS, role=when("StringEquals", SAML__doc="111122223333/acme")),
    Case(
        "another saml:doc", KEYS, DENIED, role=when("StringEquals", SAML__doc="444455556666/acme")
    ),
    Case(
        "one of the values of saml:edupersonaffiliation",
        CONFIGURE,
        said={"attributes": [STAFF]},
        role=when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    Case(
        "none of the values of saml:edupersonaffiliation",
        CONFIGURE,
        DENIED,
        {"attributes": [("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ("student",))]},
        when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    Case(
        "no saml:edupersonaffiliation",
        CONFIGURE,
        DENIED,
        role=when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    Case(
        "an attribute by its friendly name",
        CONFIGURE,
        DENIED,
        {"attributes": [("eduPersonAffiliation", ("staff",))]},
        when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    Case("sts:RoleSessionName", KEYS, role=when("StringEquals", sts__RoleSessionName="alice")),
    Case(
        "another sts:RoleSessionName",
        KEYS,
        DENIED,
        {"session_name": "bob"},
        when("StringEquals", sts__RoleSessionName="alice"),
    ),
    Case(
        "the action sts:AssumeRole in place of sts:AssumeRoleWithSAML",
        CREATE,
        DENIED,
        role={"action": ["sts:AssumeRole"]},
    ),
    Case(
        "a role that trusts another provider",
        TROUBLE,
        DENIED,
        role={"provider": "arn:aws:iam::111122223333:saml-provider/other"},
    ),
    Case("a role of another account", CREATE, DENIED, role={"account": "444455556666"}),
    Case(
        "a request that needs MFA",
        KEYS,
        DENIED,
        role=when("Bool", aws__MultiFactorAuthPresent="true"),
    ),
    Case(
        "no assertion",
        CALL,
        assertion_must("null", "not be null"),
        params={"SAMLAssertion": None},
    ),
    Case(
        "an assertion of three characters",
        CALL,
        assertion_must("", "have length greater than or equal to 4"),
        params={"SAMLAssertion": "PHg"},
    ),
    Case(
        "an assertion of 100,001 characters",
        CALL,
        assertion_must("", "have length less than or equal to 100000"),
        params={"SAMLAssertion": "A" * 100_001},
    ),
    Case("what is no base64", LIVE, UNREADABLE, params={"SAMLAssertion": "<Response/>"}),
    Case(
        "base64 of something else", LIVE, UNREADABLE, params={"SAMLAssertion": "aGVsbG8sIHdvcmxk"}
    ),
    Case(
        "a provider's ARN that is none",
        CALL,
        ("ValidationError", "a-provider-of-no-account is invalid"),
        params={"PrincipalArn": "a-provider-of-no-account"},
    ),
    Case("a session policy", CALL, params={"Policy": S3_ONLY}),
    Case(
        "a session policy that is none",
        CALL,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
]

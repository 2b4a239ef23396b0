"""AssumeRoleWithSAML: trust policy and parameters."""

from tests.conformance.case import Case
from tests.conformance.pages import (
    CONFIGURE_SAML,
    CREATE_SAML_PROVIDER,
    LIVE,
    SAML_TROUBLE,
    STS_KEYS,
    WITH_SAML,
)
from tests.conformance.with_saml import DENIED, WithSaml, when

UNREADABLE = ("InvalidIdentityToken", "Invalid base64 SAMLResponse")
STAFF = ("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ("staff", "member"))
S3_ONLY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


def assertion_must(shown: str, constraint: str) -> tuple[str, str]:
    """The value is a credential, so AWS does not repeat it."""
    value = f"Value {shown}" if shown else "Value"
    return (
        "ValidationError",
        f"1 validation error detected: {value} at 'sAMLAssertion' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


ROWS: list[Case] = [
    WithSaml(
        "saml:sub",
        STS_KEYS,
        role=when("StringEquals", SAML__sub="_cbb88bf52c2510eabe00c1642d4643f41430fe25e3"),
    ),
    WithSaml(
        "another saml:sub",
        STS_KEYS,
        DENIED,
        {"subject": "_other"},
        when("StringEquals", SAML__sub="_cbb88bf52c2510eabe00c1642d4643f41430fe25e3"),
    ),
    WithSaml("saml:sub_type", STS_KEYS, role=when("StringEquals", SAML__sub_type="persistent")),
    WithSaml(
        "another saml:sub_type",
        STS_KEYS,
        DENIED,
        {"subject_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"},
        when("StringEquals", SAML__sub_type="persistent"),
    ),
    WithSaml(
        "no format of the subject",
        STS_KEYS,
        DENIED,
        {"subject_format": None},
        when("StringEquals", SAML__sub_type="persistent"),
    ),
    WithSaml(
        "saml:iss", STS_KEYS, role=when("StringEquals", SAML__iss="https://idp.acme.example/saml")
    ),
    WithSaml("saml:doc", STS_KEYS, role=when("StringEquals", SAML__doc="111122223333/acme")),
    WithSaml(
        "another saml:doc",
        STS_KEYS,
        DENIED,
        role=when("StringEquals", SAML__doc="444455556666/acme"),
    ),
    WithSaml(
        "one of the values of saml:edupersonaffiliation",
        CONFIGURE_SAML,
        said={"attributes": [STAFF]},
        role=when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    WithSaml(
        "none of the values of saml:edupersonaffiliation",
        CONFIGURE_SAML,
        DENIED,
        {"attributes": [("urn:oid:1.3.6.1.4.1.5923.1.1.1.1", ("student",))]},
        when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    WithSaml(
        "no saml:edupersonaffiliation",
        CONFIGURE_SAML,
        DENIED,
        role=when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    WithSaml(
        "an attribute by its friendly name",
        CONFIGURE_SAML,
        DENIED,
        {"attributes": [("eduPersonAffiliation", ("staff",))]},
        when("ForAnyValue:StringEquals", SAML__edupersonaffiliation=["staff"]),
    ),
    WithSaml(
        "sts:RoleSessionName", STS_KEYS, role=when("StringEquals", sts__RoleSessionName="alice")
    ),
    WithSaml(
        "another sts:RoleSessionName",
        STS_KEYS,
        DENIED,
        {"session_name": "bob"},
        when("StringEquals", sts__RoleSessionName="alice"),
    ),
    WithSaml(
        "the action sts:AssumeRole in place of sts:AssumeRoleWithSAML",
        CREATE_SAML_PROVIDER,
        DENIED,
        role={"action": ["sts:AssumeRole"]},
    ),
    WithSaml(
        "a role that trusts another provider",
        SAML_TROUBLE,
        DENIED,
        role={"provider": "arn:aws:iam::111122223333:saml-provider/other"},
    ),
    WithSaml(
        "a role of another account", CREATE_SAML_PROVIDER, DENIED, role={"account": "444455556666"}
    ),
    WithSaml(
        "a request that needs MFA",
        STS_KEYS,
        DENIED,
        role=when("Bool", aws__MultiFactorAuthPresent="true"),
    ),
    WithSaml(
        "no assertion",
        WITH_SAML,
        assertion_must("null", "not be null"),
        params={"SAMLAssertion": None},
    ),
    WithSaml(
        "an assertion of three characters",
        WITH_SAML,
        assertion_must("", "have length greater than or equal to 4"),
        params={"SAMLAssertion": "PHg"},
    ),
    WithSaml(
        "an assertion of 100,001 characters",
        WITH_SAML,
        assertion_must("", "have length less than or equal to 100000"),
        params={"SAMLAssertion": "A" * 100_001},
    ),
    WithSaml("what is no base64", LIVE, UNREADABLE, params={"SAMLAssertion": "<Response/>"}),
    WithSaml(
        "base64 of something else", LIVE, UNREADABLE, params={"SAMLAssertion": "aGVsbG8sIHdvcmxk"}
    ),
    WithSaml(
        "a provider's ARN that is none",
        WITH_SAML,
        ("ValidationError", "a-provider-of-no-account is invalid"),
        params={"PrincipalArn": "a-provider-of-no-account"},
    ),
    WithSaml("a session policy", WITH_SAML, params={"Policy": S3_ONLY}),
    WithSaml(
        "a session policy that is none",
        WITH_SAML,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
]

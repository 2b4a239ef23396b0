"""Attributes of AssumeRoleWithSAML: roles, names, tags, durations."""

from tests.conformance.case import Case
from tests.conformance.pages import CONFIGURE_SAML, LIVE, SAML_TROUBLE, TAGS, WITH_SAML
from tests.conformance.with_saml import DENIED, WithSaml
from tests.local.saml.idp import BASE

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


ROWS: list[Case] = [
    WithSaml(
        "role and provider in the other order",
        CONFIGURE_SAML,
        said={"roles": ["{provider},{role}"]},
    ),
    WithSaml("spaces around the pair", CONFIGURE_SAML, said={"roles": [" {role} , {provider} "]}),
    WithSaml(
        "several pairs, one of them asked for",
        CONFIGURE_SAML,
        said={"roles": ["arn:aws:iam::444455556666:role/x,{provider}", "{role},{provider}"]},
    ),
    WithSaml(
        "the role with another provider",
        LIVE,
        NO_ROLE,
        {"roles": ["{role},arn:aws:iam::111122223333:saml-provider/other"]},
    ),
    WithSaml(
        "another role with the provider",
        LIVE,
        NO_ROLE,
        {"roles": ["arn:aws:iam::111122223333:role/other,{provider}"]},
    ),
    WithSaml(
        "role and provider in different values", LIVE, NO_ROLE, {"roles": ["{role}", "{provider}"]}
    ),
    WithSaml("the role twice and no provider", LIVE, NO_ROLE, {"roles": ["{role},{role}"]}),
    WithSaml("a pair and a third ARN", LIVE, NO_ROLE, {"roles": ["{role},{provider},{role}"]}),
    WithSaml("no pair at all", SAML_TROUBLE, NO_ROLE, {"roles": []}),
    WithSaml(
        "a role that does not exist",
        SAML_TROUBLE,
        DENIED,
        {"role": "arn:aws:iam::111122223333:role/nobody"},
    ),
    WithSaml("a session name of 64 characters", CONFIGURE_SAML, said={"session_name": "s" * 64}),
    WithSaml(
        "a session name of 65 characters", SAML_TROUBLE, NAME_WRONG, {"session_name": "s" * 65}
    ),
    WithSaml("a session name of one character", SAML_TROUBLE, NAME_WRONG, {"session_name": "s"}),
    WithSaml("a session name with a space", SAML_TROUBLE, NAME_WRONG, {"session_name": "John Doe"}),
    WithSaml(
        "a session name with a line feed", SAML_TROUBLE, NAME_WRONG, {"session_name": "alice\n"}
    ),
    WithSaml("no session name", SAML_TROUBLE, NAME_MISSING, {"session_name": None}),
    WithSaml(
        "two session names",
        CONFIGURE_SAML,
        ("InvalidIdentityToken", "SAML Assertion contains an attribute of AWS more than once"),
        {"attributes": [(f"{BASE}RoleSessionName", ["bob"])]},
    ),
    WithSaml("a source identity", CONFIGURE_SAML, said={"source_identity": "alice@acme"}),
    WithSaml(
        "a source identity with a space",
        SAML_TROUBLE,
        SOURCE_WRONG,
        {"source_identity": "John Doe"},
    ),
    WithSaml(
        "a source identity that begins with aws:",
        SAML_TROUBLE,
        SOURCE_WRONG,
        {"source_identity": "aws:alice"},
    ),
    WithSaml(
        "a source identity without sts:SetSourceIdentity",
        SAML_TROUBLE,
        DENIED,
        {"source_identity": "alice"},
        {"action": ["sts:AssumeRoleWithSAML", "sts:TagSession"]},
    ),
    WithSaml("session tags", TAGS, said={"tags": {"team": "red"}, "transitive": ["team"]}),
    WithSaml(
        "session tags without sts:TagSession",
        SAML_TROUBLE,
        DENIED,
        {"tags": {"team": "red"}},
        {"action": ["sts:AssumeRoleWithSAML", "sts:SetSourceIdentity"]},
    ),
    WithSaml(
        "a tag that the role wants",
        TAGS,
        said={"tags": {"team": "red"}},
        role={"condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
    ),
    WithSaml(
        "another value of the tag that the role wants",
        TAGS,
        DENIED,
        {"tags": {"team": "blue"}},
        {"condition": {"StringEquals": {"aws:RequestTag/team": "red"}}},
    ),
    WithSaml(
        "a transitive key that is no tag",
        TAGS,
        (
            "InvalidParameterValue",
            "The specified transitive tag key must be included in the requested tags.",
        ),
        {"transitive": ["team"]},
    ),
    WithSaml(
        "a tag twice in another case",
        TAGS,
        (
            "InvalidParameterValue",
            "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
        ),
        {"tags": {"team": "red", "Team": "red"}},
    ),
    WithSaml("a session of fifteen minutes", CONFIGURE_SAML, said={"duration": "900"}),
    WithSaml("a SessionDuration below 900", CONFIGURE_SAML, DURATION_WRONG, {"duration": "899"}),
    WithSaml(
        "a SessionDuration above 43200", CONFIGURE_SAML, DURATION_WRONG, {"duration": "43201"}
    ),
    WithSaml("a SessionDuration in words", CONFIGURE_SAML, DURATION_WRONG, {"duration": "an hour"}),
    WithSaml(
        "DurationSeconds above the role's maximum",
        SAML_TROUBLE,
        TOO_LONG,
        params={"DurationSeconds": "7200"},
    ),
    WithSaml(
        "DurationSeconds above the role's maximum, SessionDuration below",
        WITH_SAML,
        TOO_LONG,
        {"duration": "900"},
        params={"DurationSeconds": "7200"},
    ),
    WithSaml(
        "DurationSeconds within the role's maximum",
        WITH_SAML,
        role={"MaxSessionDuration": 7200},
        params={"DurationSeconds": "7200"},
    ),
]

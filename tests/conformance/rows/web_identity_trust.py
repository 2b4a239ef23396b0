"""AssumeRoleWithWebIdentity: trust policy, session and parameters."""

from tests.conformance.case import Case, invalid
from tests.conformance.pages import LIVE, SOURCE, STS_KEYS, TAGS, WEB_IDENTITY
from tests.conformance.web_identity import DENIED, NO_JWT, WebIdentity, when

TOO_LONG = (
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
)
S3_ONLY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
TAG_CLAIM = "https://aws.amazon.com/tags"
SOURCE_CLAIM = "https://aws.amazon.com/source_identity"
ONLY_ASSUME = {"action": ["sts:AssumeRoleWithWebIdentity"]}


ROWS: list[Case] = [
    WebIdentity("another subject", LIVE, DENIED, {"sub": "somebody-else"}),
    WebIdentity("a subject in another case", STS_KEYS, DENIED, {"sub": "Somebody"}),
    WebIdentity("a role that does not exist", LIVE, DENIED, params={"RoleArn": "{role}-gone"}),
    WebIdentity(
        "no sts:AssumeRoleWithWebIdentity",
        WEB_IDENTITY,
        DENIED,
        role={"action": ["sts:TagSession"]},
    ),
    WebIdentity("the subject by a pattern", STS_KEYS, role=when("StringLike", __sub="some*")),
    WebIdentity("oaud is always aud", STS_KEYS, role=when("StringEquals", __oaud="client")),
    WebIdentity(
        "oaud beside azp",
        STS_KEYS,
        claims={"aud": "account", "azp": "client"},
        role=when("StringEquals", __oaud="account", __aud="client"),
    ),
    WebIdentity(
        "amr has several values",
        STS_KEYS,
        claims={"amr": ["pwd", "mfa"]},
        role=when("ForAnyValue:StringEquals", __amr="mfa"),
    ),
    WebIdentity("no amr", STS_KEYS, DENIED, role=when("ForAnyValue:StringEquals", __amr="mfa")),
    WebIdentity(
        "the claim email",
        STS_KEYS,
        claims={"email": "a@example.com"},
        role=when("StringEquals", __email="a@example.com"),
    ),
    WebIdentity(
        "a claim that AWS does not name",
        STS_KEYS,
        DENIED,
        {"groups": "admins"},
        role=when("StringEquals", __groups="admins"),
    ),
    WebIdentity(
        "another issuer's key", STS_KEYS, DENIED, role=when("StringEquals", a__sub="somebody")
    ),
    WebIdentity(
        "sts:RoleSessionName", STS_KEYS, role=when("StringEquals", sts__RoleSessionName="a-session")
    ),
    WebIdentity(
        "another sts:RoleSessionName",
        STS_KEYS,
        DENIED,
        role=when("StringEquals", sts__RoleSessionName="b-session"),
    ),
    WebIdentity(
        "the caller's address", STS_KEYS, role=when("IpAddress", aws__SourceIp="127.0.0.1/32")
    ),
    WebIdentity(
        "another address", STS_KEYS, DENIED, role=when("NotIpAddress", aws__SourceIp="127.0.0.1/32")
    ),
    WebIdentity(
        "nobody has an ARN yet", STS_KEYS, DENIED, role=when("StringLike", aws__PrincipalArn="*")
    ),
    WebIdentity(
        "MFA is not told", STS_KEYS, DENIED, role=when("Bool", aws__MultiFactorAuthPresent="true")
    ),
    WebIdentity(
        "session tags",
        TAGS,
        claims={TAG_CLAIM: {"principal_tags": {"team": ["red"]}}},
        role=when("StringEquals", **{"aws__RequestTag/team": "red"}),
    ),
    WebIdentity(
        "flattened session tags",
        TAGS,
        claims={f"{TAG_CLAIM}/principal_tags/team": ["red"]},
        role=when("StringEquals", **{"aws__RequestTag/team": "red"}),
    ),
    WebIdentity(
        "transitive session tags",
        TAGS,
        claims={TAG_CLAIM: {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}},
        role=when("ForAllValues:StringEquals", sts__TransitiveTagKeys="team"),
    ),
    WebIdentity(
        "session tags without sts:TagSession",
        TAGS,
        DENIED,
        {TAG_CLAIM: {"principal_tags": {"team": ["red"]}}},
        role=ONLY_ASSUME,
    ),
    WebIdentity(
        "a session tag with two values",
        TAGS,
        NO_JWT,
        {TAG_CLAIM: {"principal_tags": {"team": ["red", "blue"]}}},
    ),
    WebIdentity("session tags as a text", TAGS, NO_JWT, {TAG_CLAIM: "team=red"}),
    WebIdentity("a source identity", SOURCE, claims={SOURCE_CLAIM: "alice"}),
    WebIdentity(
        "a source identity without sts:SetSourceIdentity",
        SOURCE,
        DENIED,
        {SOURCE_CLAIM: "alice"},
        role=ONLY_ASSUME,
    ),
    WebIdentity("a source identity that is no text", SOURCE, NO_JWT, {SOURCE_CLAIM: ["alice"]}),
    WebIdentity(
        "twelve hours",
        WEB_IDENTITY,
        role={"MaxSessionDuration": 43200},
        params={"DurationSeconds": 43200},
    ),
    WebIdentity(
        "longer than the role allows", WEB_IDENTITY, TOO_LONG, params={"DurationSeconds": 3601}
    ),
    WebIdentity(
        "899 seconds",
        WEB_IDENTITY,
        invalid("899", "durationSeconds", "have value greater than or equal to 900"),
        params={"DurationSeconds": 899},
    ),
    WebIdentity("a session policy", WEB_IDENTITY, params={"Policy": S3_ONLY}),
    WebIdentity(
        "a session policy that is none",
        WEB_IDENTITY,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
    WebIdentity(
        "a managed session policy",
        WEB_IDENTITY,
        params={"PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    WebIdentity(
        "no token",
        WEB_IDENTITY,
        invalid(None, "webIdentityToken", "not be null"),
        params={"WebIdentityToken": None},
    ),
    WebIdentity(
        "a token of three characters",
        WEB_IDENTITY,
        invalid("***", "webIdentityToken", "have length greater than or equal to 4"),
        params={"WebIdentityToken": "abc"},
    ),
    WebIdentity(
        "a token of 20,001 characters",
        WEB_IDENTITY,
        invalid("***", "webIdentityToken", "have length less than or equal to 20000"),
        params={"WebIdentityToken": "a" * 20001},
    ),
    WebIdentity("an access token", LIVE, NO_JWT, params={"WebIdentityToken": "ya29.opaque"}),
    WebIdentity(
        "no session name",
        WEB_IDENTITY,
        invalid(None, "roleSessionName", "not be null"),
        params={"RoleSessionName": None},
    ),
    WebIdentity(
        "a session name with a space",
        WEB_IDENTITY,
        invalid(
            "a b",
            "roleSessionName",
            r"satisfy regular expression pattern: [\w+=,.@-]*",
        ),
        params={"RoleSessionName": "a b"},
    ),
    WebIdentity(
        "an access token of Login with Amazon",
        WEB_IDENTITY,
        ("InvalidIdentityToken", "Provided Token is not a Login With Amazon token"),
        params={"ProviderId": "www.amazon.com", "WebIdentityToken": "Atza|opaque"},
    ),
]

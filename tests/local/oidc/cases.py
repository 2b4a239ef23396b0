"""What AWS documents of AssumeRoleWithWebIdentity, one row a behaviour.

A row: a name, the page that says so, what the token says besides the usual (`-` in front
of a number of seconds: so long ago), its header, the role's condition or actions, the
parameters, and what comes back: ALLOWED, or code and message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.local.oidc.issuer import URL, Key, ec_key, rsa_key

ALLOWED = ("", "")
CALL = "AssumeRoleWithWebIdentity (AWS STS API reference)"
CREATE = "Create an OpenID Connect (OIDC) identity provider in IAM"
KEYS = "IAM and AWS STS condition context keys"
TAGS = "Pass session tags in AWS STS"
SOURCE = "Monitor and control actions taken with assumed roles"
LIVE = "messages reported from AWS"
JWT = "RFC 7515, 7519 and 8725 (JWS, JWT, best current practices)"
CORE = "OpenID Connect Core and Discovery 1.0"

DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
NO_JWT = (
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access "
    "Token)",
)
AUDIENCE = ("InvalidIdentityToken", "Incorrect token audience")
SIGNATURE = ("InvalidIdentityToken", "Token signature invalid")
EARLY = ("InvalidIdentityToken", "Token is not yet valid")
NO_KEY = (
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements",
)
TOO_LONG = (
    "ValidationError",
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
)
EXPIRED = ("ExpiredTokenException", "Token expired: current date/time ")
HOST = URL.removeprefix("https://")
S3_ONLY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'
TAG_CLAIM = "https://aws.amazon.com/tags"
SOURCE_CLAIM = "https://aws.amazon.com/source_identity"
ONLY_ASSUME = {"action": ["sts:AssumeRoleWithWebIdentity"]}


@dataclass(frozen=True)
class Later:
    """A moment so many seconds from now."""

    seconds: int


@dataclass(frozen=True)
class Case:
    name: str
    page: str
    expected: tuple[str, str] = ALLOWED
    claims: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    key: Key | None = None
    role: Mapping[str, Any] = field(default_factory=dict)
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name.replace(" ", "-")


def missing(claim: str) -> tuple[str, str]:
    return "InvalidIdentityToken", f"Missing a required claim: {claim}"


def no_provider(issuer: str) -> tuple[str, str]:
    return (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {issuer}",
    )


def invalid(shown: str, where: str, constraint: str) -> tuple[str, str]:
    return (
        "ValidationError",
        f"1 validation error detected: Value {shown} at '{where}' failed to satisfy constraint: "
        f"Member must {constraint}",
    )


def when(operator: str, **keys: Any) -> dict[str, Any]:
    """A role with one condition; `__` in a key is a colon, a leading one the issuer's host."""
    named = {
        f"{HOST}:{key[2:]}" if key.startswith("__") else key.replace("__", ":"): value
        for key, value in keys.items()
    }
    return {"condition": {operator: named}}


SIGNATURES = [
    Case("RS256", CREATE),
    Case("ES256", CREATE, key=ec_key("P-256")),
    Case("ES384", CREATE, key=ec_key("P-384")),
    Case("ES512", CREATE, key=ec_key("P-521")),
    Case("alg none", CREATE, NO_JWT, header={"alg": "none"}),
    Case("alg HS256", CREATE, NO_JWT, header={"alg": "HS256"}),
    Case("alg PS256", CREATE, NO_JWT, header={"alg": "PS256"}),
    Case("alg EdDSA", CREATE, NO_JWT, header={"alg": "EdDSA"}),
    Case("no alg", JWT, NO_JWT, header={"alg": None}),
    Case("somebody else's key", LIVE, SIGNATURE, header={"kid": "rsa"}, key=rsa_key("mallory")),
    Case("a key that the issuer does not publish", LIVE, NO_KEY, key=rsa_key("mallory")),
    Case("a key of another kind than alg", JWT, NO_KEY, header={"alg": "ES256"}),
    Case("no kid", CORE, NO_JWT, header={"kid": None}),
    Case("typ JWT in small letters", JWT, header={"typ": "jwt"}),
    Case("typ JWS, as Cognito writes it", LIVE, header={"typ": "JWS"}),
    Case("typ at+jwt", JWT, header={"typ": "at+jwt"}),
    Case("no typ", JWT, header={"typ": None}),
    Case("typ logout+jwt", JWT, NO_JWT, header={"typ": "logout+jwt"}),
    Case("a critical extension", JWT, NO_JWT, header={"crit": ["exp"], "exp": 1}),
    Case("a payload that is not encoded", JWT, NO_JWT, header={"b64": False, "crit": ["b64"]}),
    Case("a thumbprint of a certificate", JWT, header={"x5t": "AAAA"}),
    Case("a link to other keys", JWT, header={"jku": "https://evil.example.com/keys"}),
]

CLAIMS = [
    Case("another issuer", LIVE, no_provider(URL + "/other"), {"iss": URL + "/other"}),
    Case("the issuer with a slash more", CREATE, no_provider(URL + "/"), {"iss": URL + "/"}),
    Case("the issuer in another case", CREATE, no_provider(URL.upper()), {"iss": URL.upper()}),
    Case("the issuer without its scheme", CREATE, no_provider(HOST), {"iss": HOST}),
    Case("no issuer", CORE, missing("iss"), {"iss": None}),
    Case("an issuer that is no text", CORE, NO_JWT, {"iss": [URL]}),
    Case("another audience", LIVE, AUDIENCE, {"aud": "another"}),
    Case("an audience in another case", CREATE, AUDIENCE, {"aud": "Client"}),
    Case("a list of one audience", CORE, claims={"aud": ["client"]}),
    Case("several audiences and no azp", CORE, AUDIENCE, {"aud": ["client", "another"]}),
    Case("several audiences and an azp", CORE, claims={"aud": ["one", "client"], "azp": "client"}),
    Case("azp in place of aud", KEYS, claims={"aud": "account", "azp": "client"}),
    Case("another azp beside the right aud", LIVE, AUDIENCE, {"aud": "client", "azp": "another"}),
    Case("no audience", LIVE, missing("aud"), {"aud": None}),
    Case("an empty list of audiences", LIVE, missing("aud"), {"aud": []}),
    Case("an audience that is an object", CORE, NO_JWT, {"aud": {"client": True}}),
    Case("no subject", CORE, missing("sub"), {"sub": None}),
    Case("an empty subject", CORE, missing("sub"), {"sub": ""}),
    Case("a subject that is a number", CORE, NO_JWT, {"sub": 7}),
    Case("a subject of 256 characters", CALL, NO_JWT, {"sub": "s" * 256}),
    Case("expired a second ago", LIVE, EXPIRED, {"iat": Later(-60), "exp": Later(-1)}),
    Case("expires at this moment", JWT, EXPIRED, {"iat": Later(-60), "exp": Later(0)}),
    Case("no end", CORE, missing("exp"), {"exp": None}),
    Case("an end in words", JWT, NO_JWT, {"exp": "9999999999"}),
    Case("an end in the year 10000", JWT, NO_JWT, {"exp": 253402300800}),
    Case("issued in a minute", CORE, EARLY, {"iat": Later(60)}),
    Case("not issued at any time", CREATE, missing("iat"), {"iat": None}),
    Case("issued before 1970", JWT, NO_JWT, {"iat": -1}),
    Case("begins in a minute", JWT, EARLY, {"nbf": Later(60)}),
    Case("began a minute ago", JWT, claims={"nbf": Later(-60)}),
]

TRUST = [
    Case("another subject", LIVE, DENIED, {"sub": "somebody-else"}),
    Case("a subject in another case", KEYS, DENIED, {"sub": "Somebody"}),
    Case("a role that does not exist", LIVE, DENIED, params={"RoleArn": "{role}-gone"}),
    Case("no sts:AssumeRoleWithWebIdentity", CALL, DENIED, role={"action": ["sts:TagSession"]}),
    Case("the subject by a pattern", KEYS, role=when("StringLike", __sub="some*")),
    Case("oaud is always aud", KEYS, role=when("StringEquals", __oaud="client")),
    Case(
        "oaud beside azp",
        KEYS,
        claims={"aud": "account", "azp": "client"},
        role=when("StringEquals", __oaud="account", __aud="client"),
    ),
    Case(
        "amr has several values",
        KEYS,
        claims={"amr": ["pwd", "mfa"]},
        role=when("ForAnyValue:StringEquals", __amr="mfa"),
    ),
    Case("no amr", KEYS, DENIED, role=when("ForAnyValue:StringEquals", __amr="mfa")),
    Case(
        "the claim email",
        KEYS,
        claims={"email": "a@example.com"},
        role=when("StringEquals", __email="a@example.com"),
    ),
    Case(
        "a claim that AWS does not name",
        KEYS,
        DENIED,
        {"groups": "admins"},
        role=when("StringEquals", __groups="admins"),
    ),
    Case("another issuer's key", KEYS, DENIED, role=when("StringEquals", a__sub="somebody")),
    Case("sts:RoleSessionName", KEYS, role=when("StringEquals", sts__RoleSessionName="a-session")),
    Case(
        "another sts:RoleSessionName",
        KEYS,
        DENIED,
        role=when("StringEquals", sts__RoleSessionName="b-session"),
    ),
    Case("the caller's address", KEYS, role=when("IpAddress", aws__SourceIp="127.0.0.1/32")),
    Case("another address", KEYS, DENIED, role=when("NotIpAddress", aws__SourceIp="127.0.0.1/32")),
    Case("nobody has an ARN yet", KEYS, DENIED, role=when("StringLike", aws__PrincipalArn="*")),
    Case("MFA is not told", KEYS, DENIED, role=when("Bool", aws__MultiFactorAuthPresent="true")),
]

SESSIONS = [
    Case(
        "session tags",
        TAGS,
        claims={TAG_CLAIM: {"principal_tags": {"team": ["red"]}}},
        role=when("StringEquals", **{"aws__RequestTag/team": "red"}),
    ),
    Case(
        "flattened session tags",
        TAGS,
        claims={f"{TAG_CLAIM}/principal_tags/team": ["red"]},
        role=when("StringEquals", **{"aws__RequestTag/team": "red"}),
    ),
    Case(
        "transitive session tags",
        TAGS,
        claims={TAG_CLAIM: {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}},
        role=when("ForAllValues:StringEquals", sts__TransitiveTagKeys="team"),
    ),
    Case(
        "session tags without sts:TagSession",
        TAGS,
        DENIED,
        {TAG_CLAIM: {"principal_tags": {"team": ["red"]}}},
        role=ONLY_ASSUME,
    ),
    Case(
        "a session tag with two values",
        TAGS,
        NO_JWT,
        {TAG_CLAIM: {"principal_tags": {"team": ["red", "blue"]}}},
    ),
    Case("session tags as a text", TAGS, NO_JWT, {TAG_CLAIM: "team=red"}),
    Case("a source identity", SOURCE, claims={SOURCE_CLAIM: "alice"}),
    Case(
        "a source identity without sts:SetSourceIdentity",
        SOURCE,
        DENIED,
        {SOURCE_CLAIM: "alice"},
        role=ONLY_ASSUME,
    ),
    Case("a source identity that is no text", SOURCE, NO_JWT, {SOURCE_CLAIM: ["alice"]}),
    Case(
        "twelve hours", CALL, role={"MaxSessionDuration": 43200}, params={"DurationSeconds": 43200}
    ),
    Case("longer than the role allows", CALL, TOO_LONG, params={"DurationSeconds": 3601}),
    Case(
        "899 seconds",
        CALL,
        invalid("'899'", "durationSeconds", "have value greater than or equal to 900"),
        params={"DurationSeconds": 899},
    ),
    Case("a session policy", CALL, params={"Policy": S3_ONLY}),
    Case(
        "a session policy that is none",
        CALL,
        ("MalformedPolicyDocument", "This policy contains invalid Json"),
        params={"Policy": "{"},
    ),
    Case(
        "a managed session policy",
        CALL,
        params={"PolicyArns.member.1.arn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
]

PARAMETERS = [
    Case(
        "no token",
        CALL,
        invalid("null", "webIdentityToken", "not be null"),
        params={"WebIdentityToken": None},
    ),
    Case(
        "a token of three characters",
        CALL,
        invalid("'***'", "webIdentityToken", "have length greater than or equal to 4"),
        params={"WebIdentityToken": "abc"},
    ),
    Case(
        "a token of 20,001 characters",
        CALL,
        invalid("'***'", "webIdentityToken", "have length less than or equal to 20000"),
        params={"WebIdentityToken": "a" * 20001},
    ),
    Case("an access token", LIVE, NO_JWT, params={"WebIdentityToken": "ya29.opaque"}),
    Case(
        "no session name",
        CALL,
        invalid("null", "roleSessionName", "not be null"),
        params={"RoleSessionName": None},
    ),
    Case(
        "a session name with a space",
        CALL,
        invalid(
            "'a b'",
            "roleSessionName",
            r"satisfy regular expression pattern: [\w+=,.@-]*",
        ),
        params={"RoleSessionName": "a b"},
    ),
    Case(
        "an access token of Login with Amazon",
        CALL,
        ("InvalidIdentityToken", "Provided Token is not a Login With Amazon token"),
        params={"ProviderId": "www.amazon.com", "WebIdentityToken": "Atza|opaque"},
    ),
]

CASES = [*SIGNATURES, *CLAIMS, *TRUST, *SESSIONS, *PARAMETERS]

"""Tokens of AssumeRoleWithWebIdentity: signature and claims."""

from tests.conformance.case import Case
from tests.conformance.pages import CREATE_PROVIDER, JWT, LIVE, OPENID, STS_KEYS, WEB_IDENTITY
from tests.conformance.web_identity import HOST, NO_JWT, Later, WebIdentity, missing
from tests.local.oidc.issuer import URL, ec_key, rsa_key

AUDIENCE = ("InvalidIdentityToken", "Incorrect token audience")
SIGNATURE = ("InvalidIdentityToken", "Token signature invalid")
EARLY = ("InvalidIdentityToken", "Token is not yet valid")
NO_KEY = (
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements",
)
EXPIRED = ("ExpiredTokenException", "Token expired: current date/time …")


def no_provider(issuer: str) -> tuple[str, str]:
    return (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {issuer}",
    )


ROWS: list[Case] = [
    WebIdentity("RS256", CREATE_PROVIDER),
    WebIdentity("ES256", CREATE_PROVIDER, key=ec_key("P-256")),
    WebIdentity("ES384", CREATE_PROVIDER, key=ec_key("P-384")),
    WebIdentity("ES512", CREATE_PROVIDER, key=ec_key("P-521")),
    WebIdentity("alg none", CREATE_PROVIDER, NO_JWT, header={"alg": "none"}),
    WebIdentity("alg HS256", CREATE_PROVIDER, NO_JWT, header={"alg": "HS256"}),
    WebIdentity("alg PS256", CREATE_PROVIDER, NO_JWT, header={"alg": "PS256"}),
    WebIdentity("alg EdDSA", CREATE_PROVIDER, NO_JWT, header={"alg": "EdDSA"}),
    WebIdentity("no alg", JWT, NO_JWT, header={"alg": None}),
    WebIdentity(
        "somebody else's key", LIVE, SIGNATURE, header={"kid": "rsa"}, key=rsa_key("mallory")
    ),
    WebIdentity("a key that the issuer does not publish", LIVE, NO_KEY, key=rsa_key("mallory")),
    WebIdentity("a key of another kind than alg", JWT, NO_KEY, header={"alg": "ES256"}),
    WebIdentity("no kid", OPENID, NO_JWT, header={"kid": None}),
    WebIdentity("typ JWT in small letters", JWT, header={"typ": "jwt"}),
    WebIdentity("typ JWS, as Cognito writes it", LIVE, header={"typ": "JWS"}),
    WebIdentity("typ at+jwt", JWT, header={"typ": "at+jwt"}),
    WebIdentity("no typ", JWT, header={"typ": None}),
    WebIdentity("typ logout+jwt", JWT, NO_JWT, header={"typ": "logout+jwt"}),
    WebIdentity("a critical extension", JWT, NO_JWT, header={"crit": ["exp"], "exp": 1}),
    WebIdentity(
        "a payload that is not encoded", JWT, NO_JWT, header={"b64": False, "crit": ["b64"]}
    ),
    WebIdentity("a thumbprint of a certificate", JWT, header={"x5t": "AAAA"}),
    WebIdentity("a link to other keys", JWT, header={"jku": "https://evil.example.com/keys"}),
    WebIdentity("another issuer", LIVE, no_provider(URL + "/other"), {"iss": URL + "/other"}),
    WebIdentity(
        "the issuer with a slash more", CREATE_PROVIDER, no_provider(URL + "/"), {"iss": URL + "/"}
    ),
    WebIdentity(
        "the issuer in another case",
        CREATE_PROVIDER,
        no_provider(URL.upper()),
        {"iss": URL.upper()},
    ),
    WebIdentity("the issuer without its scheme", CREATE_PROVIDER, no_provider(HOST), {"iss": HOST}),
    WebIdentity("no issuer", OPENID, missing("iss"), {"iss": None}),
    WebIdentity("an issuer that is no text", OPENID, NO_JWT, {"iss": [URL]}),
    WebIdentity("another audience", LIVE, AUDIENCE, {"aud": "another"}),
    WebIdentity("an audience in another case", CREATE_PROVIDER, AUDIENCE, {"aud": "Client"}),
    WebIdentity("a list of one audience", OPENID, claims={"aud": ["client"]}),
    WebIdentity("several audiences and no azp", OPENID, AUDIENCE, {"aud": ["client", "another"]}),
    WebIdentity(
        "several audiences and an azp", OPENID, claims={"aud": ["one", "client"], "azp": "client"}
    ),
    WebIdentity("azp in place of aud", STS_KEYS, claims={"aud": "account", "azp": "client"}),
    WebIdentity(
        "another azp beside the right aud", LIVE, AUDIENCE, {"aud": "client", "azp": "another"}
    ),
    WebIdentity("no audience", LIVE, missing("aud"), {"aud": None}),
    WebIdentity("an empty list of audiences", LIVE, missing("aud"), {"aud": []}),
    WebIdentity("an audience that is an object", OPENID, NO_JWT, {"aud": {"client": True}}),
    WebIdentity("no subject", OPENID, missing("sub"), {"sub": None}),
    WebIdentity("an empty subject", OPENID, missing("sub"), {"sub": ""}),
    WebIdentity("a subject that is a number", OPENID, NO_JWT, {"sub": 7}),
    WebIdentity("a subject of 256 characters", WEB_IDENTITY, NO_JWT, {"sub": "s" * 256}),
    WebIdentity("expired a second ago", LIVE, EXPIRED, {"iat": Later(-60), "exp": Later(-1)}),
    WebIdentity("expires at this moment", JWT, EXPIRED, {"iat": Later(-60), "exp": Later(0)}),
    WebIdentity("no end", OPENID, missing("exp"), {"exp": None}),
    WebIdentity("an end in words", JWT, NO_JWT, {"exp": "9999999999"}),
    WebIdentity("an end in the year 10000", JWT, NO_JWT, {"exp": 253402300800}),
    WebIdentity("issued in a minute", OPENID, EARLY, {"iat": Later(60)}),
    WebIdentity("not issued at any time", CREATE_PROVIDER, missing("iat"), {"iat": None}),
    WebIdentity("issued before 1970", JWT, NO_JWT, {"iat": -1}),
    WebIdentity("begins in a minute", JWT, EARLY, {"nbf": Later(60)}),
    WebIdentity("began a minute ago", JWT, claims={"nbf": Later(-60)}),
]

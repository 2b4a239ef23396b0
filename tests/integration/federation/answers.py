"""What AWS answers: code and message, as docs/enforcement.md and AWS's own pages have them."""

import re

Answer = tuple[str, str]

DENIED: Answer = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
SAML_DENIED: Answer = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithSAML")
WRONG_AUDIENCE: Answer = ("InvalidIdentityToken", "Incorrect token audience")
NOT_A_JWT: Answer = (
    "InvalidIdentityToken",
    "The ID Token provided is not a valid JWT. "
    "(You may see this error if you sent an Access Token)",
)
NO_KEY: Answer = (
    "InvalidIdentityToken",
    "Couldn't retrieve verification key from your identity provider,  please reference "
    "AssumeRoleWithWebIdentity documentation for requirements",
)
BAD_SIGNATURE: Answer = ("InvalidIdentityToken", "Token signature invalid")
#: The two numbers are seconds: now, and when the token ended.
EXPIRED: Answer = (
    "ExpiredTokenException",
    "Token expired: current date/time <N> must be before the expiration date/time <N>",
)


def no_provider(issuer: str) -> Answer:
    """The account has no provider for the issuer."""
    return (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {issuer}",
    )


def assert_answer(given: Answer, wanted: Answer) -> None:
    """The code and the whole message; `<N>` stands for a number."""
    message = re.escape(wanted[1]).replace("<N>", r"\d+")
    assert given[0] == wanted[0], given
    assert re.fullmatch(message, given[1]), given

"""What STS says of tokens that it does not take, in AWS's words.

Source: "AssumeRoleWithWebIdentity" (AWS STS API reference) for the codes; the messages
are those that users report. `reason` is ours, and never quotes the token.
"""

from rolecall.local.api import AwsError


def not_a_jwt(reason: str) -> AwsError:
    """The token cannot be read, or is of a kind that AWS does not take."""
    return invalid(
        "The ID Token provided is not a valid JWT. (You may see this error if you sent an "
        "Access Token)",
        reason,
    )


def missing_claim(name: str) -> AwsError:
    """A claim that every token must have is not there."""
    return invalid(f"Missing a required claim: {name}", f"the token has no usable claim {name}")


def no_provider(issuer: str, reason: str) -> AwsError:
    """The role's account has no provider for the token's issuer."""
    return invalid(f"No OpenIDConnect provider found in your account for {issuer}", reason)


def wrong_audience(reason: str) -> AwsError:
    """The token is meant for somebody else."""
    return invalid("Incorrect token audience", reason)


def no_key(reason: str) -> AwsError:
    """The issuer's keys cannot be had, or the token's is not among them."""
    return invalid(
        # Two spaces after the comma, as AWS writes it.
        "Couldn't retrieve verification key from your identity provider,  please reference "
        "AssumeRoleWithWebIdentity documentation for requirements",
        reason,
    )


def wrong_signature(reason: str) -> AwsError:
    """The issuer did not sign this."""
    return invalid("Token signature invalid", reason)


def expired(now: int, expires: int) -> AwsError:
    """The token was good once."""
    return AwsError(
        "ExpiredTokenException",
        f"Token expired: current date/time {now} must be before the expiration date/time {expires}",
        400,
        f"the token expired {now - expires} seconds ago by the embedded AWS's clock",
    )


def invalid(message: str, reason: str) -> AwsError:
    """InvalidIdentityToken, HTTP 400."""
    return AwsError("InvalidIdentityToken", message, 400, reason)

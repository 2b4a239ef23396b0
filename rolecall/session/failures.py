"""What the SDK raises, in words that say what to do."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSLError,
)
from botocore.exceptions import ConnectionError as NoConnectionError
from botocore.parsers import ResponseParserError

from rolecall.policy.errors import printable
from rolecall.problems import Exit, Problem

#: The embedded AWS says in this reply header why it refused; AWS never does.
REASON_HEADER = "x-rolecall-reason"
_LONGEST_MESSAGE = 2000

#: What to do about a code of STS, and the exit code where it is not "refused".
#: Source: the errors of AssumeRoleWithWebIdentity and AssumeRoleWithSAML, AWS STS API reference.
_REMEDIES: dict[str, tuple[str, Exit]] = {
    "InvalidIdentityToken": (
        "compare the token's issuer and audience (or the assertion's Issuer and Audience) with "
        "the identity provider in the role's account, and sign in again.",
        Exit.DENIED,
    ),
    "ExpiredTokenException": (
        "it is too old: get a fresh token or assertion and use it at once; if it is fresh, "
        "check the clock of this machine and of the identity provider.",
        Exit.DENIED,
    ),
    "ExpiredToken": (
        "the credentials of an earlier session have ended: unset AWS_SESSION_TOKEN and the two "
        "keys beside it, or assume that role again.",
        Exit.DENIED,
    ),
    "IDPRejectedClaim": (
        "the identity provider itself does not stand by it (revoked, or its user is gone): "
        "sign in there again.",
        Exit.DENIED,
    ),
    "IDPCommunicationError": (
        "AWS could not fetch the issuer's keys in time: try again; if it lasts, check that the "
        "issuer's /.well-known/openid-configuration can be reached from the internet.",
        Exit.UNREACHABLE,
    ),
    "InvalidClientTokenId": (
        "AWS does not know the access key: it is deleted or mistyped, or of another partition or "
        "of the embedded AWS; or AWS_SESSION_TOKEN is left over from another session; or the "
        "region is one that the account has not switched on.",
        Exit.DENIED,
    ),
    "RegionDisabledException": (
        "STS is switched off in this region for the account: enable the region, or choose another.",
        Exit.DENIED,
    ),
    "PackedPolicyTooLarge": (
        "session policies and tags together are too large: shorten them.",
        Exit.DENIED,
    ),
}

_TOO_LONG_CHAINED = (
    "the credentials are a role's session already, and from one role to the next AWS gives an "
    "hour at most: --duration 3600, or start from a user's credentials."
)
_TOO_LONG = "the role's own maximum is shorter: give --duration, at most that."


class Refusal(Problem):
    """AWS said no; `code` is the code of its answer, as "AccessDenied"."""

    def __init__(self, sentence: str, code: str, exit_code: Exit = Exit.DENIED) -> None:
        super().__init__(sentence, exit_code)
        self.code = code


@contextmanager
def failures_in_words(hide: Iterable[str] = ()) -> Iterator[None]:
    """Turn what the SDK raises into a `Problem` that says what to do.

    `hide` are secrets of the call; wherever an endpoint sends one back it is left out.
    """
    try:
        yield
    except ClientError as error:
        raise _refusal(error, tuple(hide)) from None
    except (NoCredentialsError, PartialCredentialsError):
        raise Problem(
            "no AWS credentials found: set AWS_PROFILE, or AWS_ACCESS_KEY_ID and "
            'AWS_SECRET_ACCESS_KEY (for the embedded AWS: eval "$(rolecall local env identity)").'
        ) from None
    except ProfileNotFound as error:
        raise Problem(f"{error}: see `aws configure list-profiles` for the known ones.") from None
    except NoRegionError:
        raise Problem("no AWS region is set: export AWS_REGION.") from None
    except EndpointConnectionError as error:
        endpoint = error.kwargs.get("endpoint_url", "the endpoint")
        raise Problem(
            f"nothing answers at {endpoint}: check AWS_ENDPOINT_URL and the network, or start "
            "the embedded AWS with `rolecall local up`.",
            Exit.UNREACHABLE,
        ) from None
    except SSLError:
        raise Problem(
            "AWS's certificate is not trusted here: behind a proxy that opens TLS, name its "
            "authority in AWS_CA_BUNDLE; for http, write http in AWS_ENDPOINT_URL.",
            Exit.UNREACHABLE,
        ) from None
    except NoConnectionError as error:
        raise Problem(
            f"AWS could not be reached ({type(error).__name__}): check the network, and behind a "
            "proxy HTTPS_PROXY, HTTP_PROXY and NO_PROXY.",
            Exit.UNREACHABLE,
        ) from None
    except HTTPClientError as error:
        if isinstance(error.kwargs.get("error"), ValueError):
            # Python refuses a line break in a header; it may be a part of a secret.
            raise Problem(
                "the credentials cannot be sent: a key or the session token holds a line break or "
                "another character that none has; set them again."
            ) from None
        raise Problem(
            f"AWS could not be reached ({type(error).__name__}): check the network and try again.",
            Exit.UNREACHABLE,
        ) from None
    except ResponseParserError:
        # Its text is the whole answer, and an answer may hold credentials.
        raise not_sts() from None
    except BotoCoreError as error:
        sentence = _without(tuple(hide), str(error))
        raise Problem(f"the AWS SDK refused the call: {sentence}") from None


def ask(
    client: Any, operation: str, parameters: Mapping[str, Any], hide: Iterable[str] = ()
) -> Any:
    """Call an operation of a boto3 client; `hide` as for `failures_in_words`."""
    with failures_in_words(hide):
        try:
            return getattr(client, operation)(**parameters)
        except (LookupError, TypeError, ValueError, AttributeError):
            # What the SDK's parsers raise for an answer of another shape.
            raise not_sts() from None


def not_sts() -> Problem:
    """The problem of an endpoint whose answers are not those of AWS."""
    return Problem(
        "the endpoint does not answer as AWS does: check AWS_ENDPOINT_URL and "
        "AWS_ENDPOINT_URL_STS.",
        Exit.FAILED,
    )


def _refusal(error: ClientError, hide: tuple[str, ...]) -> Refusal:
    details = error.response.get("Error", {})
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    code = str(details.get("Code", "Unknown"))
    said = _without(hide, f"AWS refused: {code}: {details.get('Message', '')}")
    remedy, exit_code = _REMEDIES.get(code, ("", Exit.DENIED))
    if code == "ValidationError" and "DurationSeconds" in said:
        remedy = _TOO_LONG_CHAINED if "role chaining" in said else _TOO_LONG
    if reason := headers.get(REASON_HEADER):
        said += f"\n  why: {_without(hide, reason)}"
    if remedy:
        said += f"\n  do:  {remedy}"
    return Refusal(said, code, exit_code)


def _without(secrets: tuple[str, ...], text: str) -> str:
    for secret in secrets:
        if secret:
            text = text.replace(secret, "…")
    return printable(text[:_LONGEST_MESSAGE])

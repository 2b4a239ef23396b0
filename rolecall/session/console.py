"""Signing in to the AWS console with the session of a role.

Source: IAM user guide, "Enable custom identity broker access to the AWS console": the
session is exchanged for a sign-in token, and a URL with that token signs in whoever opens
it within 15 minutes. So the URL is a secret, as the session is.
"""

import json
import re
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any
from urllib.parse import urlencode, urlsplit

from rolecall.embedded_token import is_embedded
from rolecall.no_redirect import NoRedirect
from rolecall.policy import LimitError
from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem
from rolecall.session.assumed_role import AssumedRole

#: Where another sign-in endpoint is named: that of a private network, or of a test.
ENDPOINT_VARIABLE = "AWS_ENDPOINT_URL_SIGNIN"
CA_VARIABLE = "AWS_CA_BUNDLE"
URL_SECONDS = 900
SHORTEST, LONGEST = 900, 43200
_SECONDS = 20
_LARGEST_ANSWER = 65_536
_DEFAULT_ISSUER = "rolecall"
_SERVICE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
#: What AWS's own hosts end in; the sessions of others are of no use to the console.
_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws", ".api.amazonwebservices.com.cn")


@dataclass(frozen=True, slots=True)
class ConsoleSite:
    """The console of a partition: where sessions are exchanged, and where pages are."""

    endpoint: str
    home: str
    #: What the hosts of its pages end in.
    domain: str


#: "Service endpoints" of AWS Management Console sign-in, for each partition.
SITES = {
    "aws": ConsoleSite(
        "https://signin.aws.amazon.com/federation", "console.aws.amazon.com", "aws.amazon.com"
    ),
    "aws-cn": ConsoleSite(
        "https://signin.amazonaws.cn/federation", "console.amazonaws.cn", "amazonaws.cn"
    ),
    "aws-us-gov": ConsoleSite(
        "https://signin.amazonaws-us-gov.com/federation",
        "console.amazonaws-us-gov.com",
        "amazonaws-us-gov.com",
    ),
}


@dataclass(frozen=True, slots=True)
class ConsoleRequest:
    """What is wanted of the console.

    destination: the page to begin at: a service such as `s3`, or a URL of the console.
    session_seconds: how long one stays signed in, 900 to 43200; None for as long as the
        session lasts. AWS refuses it for a session that another role's session asked for.
    issuer: where the console sends one who has to sign in again.

    Raises `Problem` for what AWS would refuse.
    """

    partition: str
    region: str
    destination: str | None = None
    session_seconds: int | None = None
    issuer: str = _DEFAULT_ISSUER

    def __post_init__(self) -> None:
        seconds = self.session_seconds
        if seconds is not None and not SHORTEST <= seconds <= LONGEST:
            raise LimitError(
                "SessionDuration", f"it is {seconds} seconds", f"{SHORTEST} to {LONGEST} seconds"
            )
        _ = self.page

    @property
    def site(self) -> ConsoleSite:
        """The console of the partition."""
        try:
            return SITES[self.partition]
        except KeyError:
            raise Problem(
                f"no console is known for the partition {self.partition}: sign in there by hand."
            ) from None

    @property
    def page(self) -> str:
        """The URL of the page to begin at."""
        home, place = self.site.home, self.destination
        if place is None:
            return f"https://{home}/console/home?region={self.region}"
        if _SERVICE.fullmatch(place):
            return f"https://{home}/{place}/home?region={self.region}"
        try:
            parts = urlsplit(place)
            host, plain = parts.hostname or "", parts.username is None and parts.port is None
        except ValueError:
            host, plain = "", False
        ours = host == self.site.domain or host.endswith(f".{self.site.domain}")
        if not (ours and plain and parts.scheme == "https" and place.isprintable()):
            raise Problem(
                f"--destination {quoted(place, 200)} is no page of the console: write a service, "
                f"such as s3, or a URL that begins with https://{home}/."
            )
        return place


@dataclass(frozen=True)
class SignIn:
    """The endpoint that exchanges a session for a sign-in token.

    Raises `Problem` for an endpoint that is not HTTPS, or certificates that cannot be read.
    """

    endpoint: str
    trusted: ssl.SSLContext = field(repr=False, default_factory=ssl.create_default_context)

    def __post_init__(self) -> None:
        parts = urlsplit(self.endpoint)
        if parts.scheme != "https" or not parts.hostname or parts.username is not None:
            raise Problem(f"{ENDPOINT_VARIABLE} must be a URL that begins with https://.")

    @classmethod
    def of(cls, site: ConsoleSite, environ: Mapping[str, str]) -> "SignIn":
        """The partition's endpoint, or the one that the environment names."""
        bundle = environ.get(CA_VARIABLE) or None
        try:
            trusted = ssl.create_default_context(cafile=bundle)
        except OSError as error:
            raise Problem(
                f"{CA_VARIABLE} cannot be read: {error.strerror or 'it holds no certificates'}."
            ) from None
        return cls(environ.get(ENDPOINT_VARIABLE) or site.endpoint, trusted)

    def url_for(self, session: AssumedRole, wanted: ConsoleRequest) -> str:
        """A URL that signs in, for 15 minutes. Raises `Problem`: exit 5 where AWS refuses the
        session, 6 where it cannot be reached."""
        if is_embedded(session.session_token) and self.endpoint == wanted.site.endpoint:
            raise _not_of_aws("the session is one of the embedded AWS's")
        token = self._token(session, wanted.session_seconds)
        query = {
            "Action": "login",
            "Issuer": wanted.issuer,
            "Destination": wanted.page,
            "SigninToken": token,
        }
        return f"{self.endpoint}?{urlencode(query)}"

    def _token(self, session: AssumedRole, seconds: int | None) -> str:
        credentials = {
            "sessionId": session.access_key_id,
            "sessionKey": session.secret_access_key,
            "sessionToken": session.session_token,
        }
        query = {"Action": "getSigninToken", "Session": json.dumps(credentials)}
        if seconds is not None:
            query["SessionDuration"] = str(seconds)
        # The page documents a GET. What stands in the URL stays inside of TLS, and none of
        # the exceptions below is let out, because their texts may hold it.
        opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=self.trusted), NoRedirect()
        )
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            f"{self.endpoint}?{urlencode(query)}", headers={"Accept": "application/json"}
        )
        try:
            with opener.open(request, timeout=_SECONDS) as answer:
                body = answer.read(_LARGEST_ANSWER)
        except urllib.error.HTTPError as error:
            error.close()
            raise _refusal(error.code, seconds) from None
        except (OSError, HTTPException, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise Problem(
                f"the sign-in endpoint of AWS cannot be reached ({type(reason).__name__}): check "
                "the network and try again.",
                Exit.UNREACHABLE,
            ) from None
        return _token_of(body)


def check_of_aws(sts_endpoint: str, environ: Mapping[str, str]) -> None:
    """Refuse to send AWS the sessions of somebody else, such as the embedded AWS.

    Raises `Problem`.
    """
    host = urlsplit(sts_endpoint).hostname or ""
    if not environ.get(ENDPOINT_VARIABLE) and not host.endswith(_AWS_HOSTS):
        raise _not_of_aws(f"the sessions of {quoted(sts_endpoint, 200)} are not AWS's")


def _not_of_aws(what: str) -> Problem:
    return Problem(
        f"{what}, and there is no console for them: unset AWS_ENDPOINT_URL and "
        "AWS_ENDPOINT_URL_STS."
    )


def asks_with_a_session(client: Any) -> bool:
    """Whether a client's own credentials are temporary, so that its roles are chained.

    boto3 has no public way to ask a client for its credentials.
    """
    credentials = getattr(getattr(client, "_request_signer", None), "_credentials", None)
    return bool(getattr(credentials, "token", None))


def _refusal(status: int, seconds: int | None) -> Problem:
    if status >= 500 or status == 429:
        return Problem(
            f"the sign-in endpoint of AWS answered with HTTP {status}: try again later.",
            Exit.UNREACHABLE,
        )
    hint = "is the clock right?"
    if seconds is not None:
        hint = "leave --session-duration out, which AWS takes of unchained sessions only"
    return Problem(
        f"AWS refused to exchange the session for a sign-in token (HTTP {status}): {hint}",
        Exit.DENIED,
    )


def _token_of(body: bytes) -> str:
    try:
        token = json.loads(body)["SigninToken"]
    except (ValueError, KeyError, TypeError, RecursionError):
        token = None
    if not isinstance(token, str) or not token:
        raise Problem("the sign-in endpoint answered, but not with a token.", Exit.FAILED)
    return token

"""The control calls behind `rolecall local token` and `rolecall local issuer`."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.issuers import (
    BUILDKITE,
    COGNITO,
    GITHUB_ACTIONS,
    GITLAB_COM,
    GOOGLE,
    HCP_TERRAFORM,
    OidcIssuer,
)
from rolecall.local.oidc import connections, stand_in
from rolecall.local.oidc.keys import forget_keys
from rolecall.local.oidc.providers import described
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Short names for issuers that have one URL for everybody.
NAMES: Mapping[str, OidcIssuer] = {
    "buildkite": BUILDKITE,
    "cognito": COGNITO,
    "github": GITHUB_ACTIONS,
    "gitlab": GITLAB_COM,
    "google": GOOGLE,
    "hcp-terraform": HCP_TERRAFORM,
}
#: How far ahead or back a token may expire, in seconds: one that is past is wanted too.
_FURTHEST = 10 * 365 * 24 * 3600


def control(
    method: str, name: str, given: Mapping[str, Any], cloud: "Cloud"
) -> Mapping[str, Any] | None:
    """Answer `oidc/token`, `oidc/connect`, `oidc/connections` and `oidc/disconnect`.

    Raises:
        Problem: the request says something impossible.
    """
    if (method, name) == ("POST", "oidc/token"):
        issuer, claims = _wanted(given, cloud)
        with cloud.gate.shared():
            return {"token": stand_in.mint(issuer, claims, cloud)}
    if (method, name) == ("POST", "oidc/connect"):
        issuer = _url(given)
        with cloud.gate.shared():
            made = connections.connect(cloud, issuer, _text(given, "address"), _text(given, "ca"))
            # Its tokens were the stand-in's; after the real one they shall not count again.
            stand_in.forget(cloud, issuer)
        forget_keys(cloud, issuer)
        return {"issuer": issuer, "address": made.address}
    if (method, name) == ("GET", "oidc/connections"):
        with cloud.gate.shared():
            found = connections.connections(cloud)
            made_here = [each for each in stand_in.stand_ins(cloud) if each not in found]
        return {"connections": found, "stand_ins": made_here}
    if (method, name) == ("POST", "oidc/disconnect"):
        issuer = _url(given)
        with cloud.gate.shared():
            known = connections.disconnect(cloud, issuer) or stand_in.forget(cloud, issuer)
        forget_keys(cloud, issuer)
        return {"issuer": issuer, "disconnected": known}
    return None


def _wanted(given: Mapping[str, Any], cloud: "Cloud") -> tuple[str, dict[str, Any]]:
    issuer = _url(given)
    claims = given.get("claims", {})
    if not isinstance(claims, dict):
        raise Problem("The claims of a token are an object of names and values.")
    seconds = given.get("seconds", stand_in.LIFETIME)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or abs(seconds) > _FURTHEST:
        raise Problem("A token expires in a whole number of seconds, ten years at the most.")
    audience = given.get("audience") or described(issuer).audience
    if not audience:
        raise Problem(
            f"{issuer} has no usual audience; say for whom the token is, as the client ID of the "
            "OIDC provider says it."
        )
    now = int(cloud.now().timestamp())
    # An expired token was once good, so it was issued before it expired.
    issued = min(now, now + seconds - 1)
    times = {"iat": issued, "nbf": issued, "exp": now + seconds}
    return issuer, {"sub": _text(given, "subject"), "aud": audience, **times, **claims}


def _url(given: Mapping[str, Any]) -> str:
    issuer = _text(given, "issuer")
    known = NAMES.get(issuer)
    if known is not None:
        return known.url
    if "://" not in issuer:
        raise Problem(
            f"{issuer!r} is no issuer; write its URL, or one of {', '.join(sorted(NAMES))}."
        )
    return issuer


def _text(given: Mapping[str, Any], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise Problem(f"The {name} must be a text.")
    return value

"""Who asks for a role, and which AWS is asked: what decides where a session may be kept.

Nothing is asked of anybody: the environment variables and AWS files that the SDKs would
use are read, and whatever could lead to another caller counts. A caller that cannot be
known again without asking (a server on this machine, a GitHub job) is nobody here.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from botocore.configprovider import ConfiguredEndpointProvider
from botocore.session import Session

from rolecall.addresses import is_loopback
from rolecall.problems import Problem
from rolecall.session.assumed_role import RoleRequest
from rolecall.session.aws_files import AwsFiles
from rolecall.session.default_profile import LEADS_TO_CREDENTIALS
from rolecall.session.failures import failures_in_words
from rolecall.session.saml import SamlRequest
from rolecall.session.saml_assertion import AssertionFile
from rolecall.session.tokens import TokenFile
from rolecall.session.web_identity import WebIdentityRequest

_SECRET_SETTINGS = frozenset({"aws_secret_access_key", "aws_session_token", "aws_security_token"})
#: Variables that come before a profile's keys in the SDKs' chain, or stand for them. An
#: access key's id is a name, no secret.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
)
#: Old ways to credentials of which nothing is known here.
_UNKNOWN_WAYS = ("AWS_CREDENTIAL_FILE", "BOTO_CONFIG")
#: Claims that differ from one token to the next of the same subject.
_OF_THE_MOMENT = frozenset({"iat", "exp", "nbf", "jti", "auth_time"})
_Profiles = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asker:
    """What is known of who asks.

    identity: text that differs wherever the caller might; None for a caller who cannot be
        known again. No secret is in it.
    endpoint: the URL of STS where it is not AWS's own.
    profile: the profile whose credentials ask, where it is certain that they do.
    token_file: the file of the token that asks.
    profiles: every profile of the AWS files.
    usual_files: whether those files are where the AWS CLI looks by itself.
    """

    identity: str | None
    endpoint: str | None = None
    profile: str | None = None
    token_file: Path | None = None
    profiles: _Profiles = field(default_factory=dict, repr=False)
    usual_files: bool = False


def asker_of(
    request: RoleRequest,
    environ: Mapping[str, str],
    profile: str | None = None,
    first: str | None = None,
) -> Asker:
    """Who asks with a request, in this environment.

    profile: the one that was named.
    first: for role chaining, what `Place.name` says of the session that asks.

    Raises `Problem` for AWS files that the SDKs refuse, or a profile that is not there.
    """
    with failures_in_words():
        session = Session(profile=profile)
        config = session.full_config
        profiles: _Profiles = config.get("profiles", {})
        scoped = session.get_scoped_config()
        ignored = session.get_config_variable("ignore_configured_endpoint_urls")
        endpoint = (
            None
            if ignored
            else ConfiguredEndpointProvider(config, scoped, "sts", environ).provide()
        )
    known: dict[str, Any] = {
        "endpoint": endpoint,
        "profiles": profiles,
        "usual_files": AwsFiles.of(environ) == AwsFiles.of({}),
    }
    if first is not None:
        return Asker(f"chain {first}", **known)
    if not request.signed and _on_this_machine(endpoint or ""):
        # What is tried out at an embedded AWS is the proof itself.
        return Asker(None, **known)
    if isinstance(request, WebIdentityRequest):
        return _by_token(request.token, known)
    if isinstance(request, SamlRequest):
        return _by_assertion(request, known)
    return _by_credentials(environ, profile, known)


def _by_credentials(environ: Mapping[str, str], named: str | None, known: dict[str, Any]) -> Asker:
    profiles: _Profiles = known["profiles"]
    variables = {} if named else {name: environ.get(name, "") for name in _VARIABLES}
    chosen = named or environ.get("AWS_PROFILE") or environ.get("AWS_DEFAULT_PROFILE") or "default"
    settings = _settings(chosen, profiles)
    leads = any(LEADS_TO_CREDENTIALS & one.keys() for one in settings.values())
    if named is None and any(environ.get(name) for name in _UNKNOWN_WAYS):
        return Asker(None, **known)
    for one in settings.values():
        if one.get("credential_source") == "Environment":
            variables["AWS_ACCESS_KEY_ID"] = environ.get("AWS_ACCESS_KEY_ID", "")
        elif one.get("credential_source") is not None:
            for name in _VARIABLES:
                variables[name] = environ.get(name, "")
    if _on_this_machine(variables.get("AWS_CONTAINER_CREDENTIALS_FULL_URI", "")):
        # Whoever serves there serves whom it likes, and another one on the next day.
        keys = variables.get("AWS_ACCESS_KEY_ID") or leads
        if not keys:
            return Asker(None, **known)
    files = AwsFiles.of(environ)
    identity = _text(
        {
            "profile": chosen if leads else "",
            "files": [str(files.config), str(files.credentials)] if leads else [],
            "settings": settings if leads else {},
            "variables": {name: value for name, value in variables.items() if value},
        }
    )
    certain = leads and not any(variables.values())
    return Asker(identity, profile=chosen if certain else None, **known)


def _settings(name: str, profiles: _Profiles) -> dict[str, dict[str, Any]]:
    """The settings of a profile and of those that it starts from, without what is secret."""
    found: dict[str, dict[str, Any]] = {}
    following: Any = name
    while isinstance(following, str) and following not in found and following in profiles:
        profile = profiles[following]
        found[following] = {
            key: value for key, value in profile.items() if key not in _SECRET_SETTINGS
        }
        following = profile.get("source_profile")
    return found


def _by_token(source: object, known: dict[str, Any]) -> Asker:
    if not isinstance(source, TokenFile):
        return Asker(None, **known)
    path = source.path.absolute()
    try:
        payload = source.read().split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        # All the others may become tags of the session, or its source identity.
        whose = {name: value for name, value in claims.items() if name not in _OF_THE_MOMENT}
    except (Problem, ValueError, LookupError, AttributeError, RecursionError):
        # The call itself will say what is wrong with it.
        return Asker(None, **known)
    return Asker(_text({"token": str(path), "claims": whose}), token_file=path, **known)


def _by_assertion(request: SamlRequest, known: dict[str, Any]) -> Asker:
    """A response is of one sign-in: another one, even of the same person, is another caller."""
    if not isinstance(request.assertion, AssertionFile):
        return Asker(None, **known)
    try:
        response = request.assertion.read().base64
    except Problem:
        return Asker(None, **known)
    digest = hashlib.sha256(response.encode()).hexdigest()
    return Asker(_text({"response": digest, "provider": request.provider}), **known)


def _on_this_machine(uri: str) -> bool:
    if not uri:
        return False
    try:
        return is_loopback(urlsplit(uri).hostname or "")
    except ValueError:
        return True


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, sort_keys=True, default=str)

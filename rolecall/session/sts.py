"""Clients of AWS for the credentials, endpoint and region that the environment states."""

from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.session import Session

from rolecall.policy.errors import printable
from rolecall.problems import Problem
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.failures import failures_in_words

__all__ = ["aws_client", "client_as", "failures_in_words", "sts_client", "unsigned_sts_client"]

_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 3})
_UNSIGNED = _CONFIG.merge(Config(signature_version=UNSIGNED))


def sts_client(region: str | None = None, profile: str | None = None) -> Any:
    """An STS client; the regional endpoint is used.

    Source: AWS SDKs reference, "AWS STS Regional endpoints". Raises as `aws_client` does.
    """
    return aws_client("sts", region, profile)


def unsigned_sts_client(region: str | None = None, profile: str | None = None) -> Any:
    """An STS client for the calls that nobody signs: the token or assertion is the proof.

    No credentials are looked for, so none of this machine's can interfere. A profile gives
    its settings of the endpoint.
    """
    with failures_in_words():
        session = boto3.Session(profile_name=profile, region_name=region)
        return _client(session, "sts", _UNSIGNED)


def aws_client(service: str, region: str | None = None, profile: str | None = None) -> Any:
    """A client for the credentials, endpoint and region of the environment variables.

    Raises `Problem` for an unknown profile, where no region is set, for an endpoint that
    is no URL, or where the credentials that were configured cannot be had.
    """
    with failures_in_words():
        session = boto3.Session(profile_name=profile, region_name=region)
        _resolve_credentials(session)
        return _client(session, service, _CONFIG)


def client_as(
    credentials: AssumedRole, service: str, region: str, endpoint_url: str | None = None
) -> Any:
    """A client that signs with a session's credentials, whatever else is configured.

    endpoint_url: where a profile names one that the environment does not.
    """
    with failures_in_words():
        session = boto3.Session(
            aws_access_key_id=credentials.access_key_id,
            aws_secret_access_key=credentials.secret_access_key,
            aws_session_token=credentials.session_token,
            region_name=region,
        )
        return _client(session, service, _CONFIG, endpoint_url)


def client_with_keys(
    access_key_id: str, secret_access_key: str, region: str, endpoint_url: str | None
) -> Any:
    """An STS client that signs with a user's keys, at that endpoint or at AWS's own.

    No profile counts, not even one that AWS_PROFILE names: it may be still to be written.
    """
    with failures_in_words():
        bare = Session(session_vars={"profile": (None, None, None, None)})
        session = boto3.Session(
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            region_name=region,
            botocore_session=bare,
        )
        config = _CONFIG.merge(Config(ignore_configured_endpoint_urls=True))
        return _client(session, "sts", config, endpoint_url)


def _client(session: Any, service: str, config: Config, endpoint_url: str | None = None) -> Any:
    try:
        return session.client(service, config=config, endpoint_url=endpoint_url)
    except ValueError as error:
        raise Problem(
            f"{error}: write AWS_ENDPOINT_URL as http://127.0.0.1:4566, or unset it."
        ) from None


def _resolve_credentials(session: Any) -> None:
    """Let the SDK get the credentials now, where it is still known what goes wrong.

    Its providers read files and ask servers (a pod's token, the container endpoint), and
    raise whatever Python raises there. Sources of credentials: AWS SDKs reference,
    "Standardized credential providers".
    """
    try:
        credentials = session.get_credentials()
        if credentials is not None:
            credentials.get_frozen_credentials()
    except (BotoCoreError, ClientError, Problem):
        raise
    except OSError as error:
        named = f" {printable(str(error.filename))}" if error.filename else ""
        raise Problem(
            f"the configured credentials cannot be had: the file{named} cannot be read "
            f"({error.strerror or type(error).__name__}); check AWS_WEB_IDENTITY_TOKEN_FILE and "
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE."
        ) from None
    except Exception as error:
        # The message could hold what was read; its kind is enough to go on with.
        raise Problem(
            f"the configured credentials cannot be had ({type(error).__name__}): check the "
            "profile, AWS_WEB_IDENTITY_TOKEN_FILE and AWS_CONTAINER_CREDENTIALS_FULL_URI."
        ) from None

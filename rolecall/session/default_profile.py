"""A `[default]` profile with credentials of its own, and how to keep it out of the way.

The SDKs look at profiles before they ask the container endpoint, so that a command would
silently work as the caller's default profile instead of as the role. A second profile
without credentials, chosen by AWS_PROFILE, leads past it. Source: AWS SDKs reference,
"Standardized credential providers".
"""

import os
import tempfile
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path

from botocore.session import Session, get_session

from rolecall.files import write_private
from rolecall.home import below_home
from rolecall.problems import Exit, Problem
from rolecall.session.failures import failures_in_words

_NAME = "rolecall-exec"
#: Settings of a profile that lead to credentials ("Configuration and credential file
#: settings", AWS CLI user guide).
LEADS_TO_CREDENTIALS = frozenset(
    {
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_session_token",
        "aws_security_token",
        "credential_process",
        "credential_source",
        "external_id",
        "login_session",
        "mfa_serial",
        "role_arn",
        "role_session_name",
        "source_profile",
        "sso_account_id",
        "sso_region",
        "sso_role_name",
        "sso_session",
        "sso_start_url",
        "web_identity_token_file",
    }
)
_Profiles = Mapping[str, Mapping[str, object]]


@contextmanager
def past_the_default_profile() -> Iterator[dict[str, str]]:
    """Variables for a command that is to reach the container endpoint.

    None are needed where the default profile has no credentials. Otherwise they name a
    copy of the AWS config file with one profile more, which exists while the context lasts.
    """
    session = get_session()
    with failures_in_words():
        profiles: _Profiles = session.full_config.get("profiles", {})
        config = below_home(session.get_config_variable("config_file"))
    default = profiles.get("default", {})
    if not LEADS_TO_CREDENTIALS & default.keys():
        yield {}
        return
    name = _NAME
    while name in profiles:
        name += "-"
    try:
        with tempfile.TemporaryDirectory(prefix="rolecall-") as folder:
            copy = Path(folder) / "config"
            write_private(copy, _with_profile(_content(config), name, default))
            yield {"AWS_CONFIG_FILE": str(copy), "AWS_PROFILE": name}
    except OSError as error:
        raise Problem(
            f"the default profile has credentials and would be used instead of the role; to "
            f"lead past it, a temporary file is needed: {error.strerror}.",
            Exit.FAILED,
        ) from None


def stand_for_profile(name: str, environ: MutableMapping[str, str]) -> None:
    """Prepare the environment of a process that a profile names as its credential_process.

    A tool that uses the profile through AWS_PROFILE passes that on; asking it for
    credentials again would call the process without end. The profile's endpoint, such as
    the embedded AWS's, is the one to ask, wherever the process is started from.
    """
    for variable in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE"):
        if environ.get(variable) == name:
            del environ[variable]
    with failures_in_words():
        profiles: _Profiles = get_session().full_config.get("profiles", {})
    endpoint = profiles.get(name, {}).get("endpoint_url")
    if isinstance(endpoint, str) and not environ.get("AWS_ENDPOINT_URL"):
        environ["AWS_ENDPOINT_URL"] = endpoint


def endpoint_in_force(profile: str | None, environ: Mapping[str, str]) -> str | None:
    """The endpoint of all services that the environment or the profile names, if any.

    It goes with a session to whoever does not use the profile: a session of the embedded
    AWS is of no use elsewhere. Source: AWS SDKs reference, "Service-specific endpoints".
    """
    if named := environ.get("AWS_ENDPOINT_URL"):
        return named
    with failures_in_words():
        session = Session(profile=profile)
        if session.get_config_variable("ignore_configured_endpoint_urls"):
            return None
        configured = session.get_scoped_config().get("endpoint_url")
    return configured if isinstance(configured, str) and configured else None


def _content(config: Path) -> bytes:
    try:
        return config.read_bytes()
    except FileNotFoundError:
        return b""


def _with_profile(content: bytes, name: str, settings: Mapping[str, object]) -> bytes:
    """The file and a profile with the default one's settings, those of credentials aside."""
    lines = ["", f"[profile {name}]"]
    for key, value in settings.items():
        if key in LEADS_TO_CREDENTIALS:
            continue
        if isinstance(value, Mapping):
            lines += [f"{key} =", *(f"  {inner} = {each}" for inner, each in value.items())]
        else:
            lines.append(f"{key} = {value}")
    separator = b"" if not content or content.endswith(b"\n") else os.linesep.encode()
    return content + separator + "\n".join(lines).encode() + b"\n"

"""Where local state lives: the one place that knows the embedded AWS from the real one.

Stacks have no `if local`: the same program is deployed to both, and environment
variables that Terraform's provider reads anyway decide which. Only the state must not
be shared. One file for both would make Terraform believe that roles deployed to the
embedded AWS exist in the real one, and offer to destroy the real ones as drift.
"""

import ipaddress
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from rolecall.environment import Environment
from rolecall.home import rolecall_home

# Either service is enough: this project deploys IAM resources, and STS answers for the
# account guard ("Service-specific endpoints", AWS SDKs and Tools Reference Guide).
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_IAM", "AWS_ENDPOINT_URL_STS")


def talks_to_embedded_aws(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the AWS endpoint is on this machine.

    An endpoint written in ~/.aws/config is not seen here; the account guard of the
    stack still is, because the embedded AWS answers for other credentials only.
    """
    if environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return False
    return any(_is_loopback(environ.get(name, "")) for name in _ENDPOINTS)


def local_state_path(environment: Environment, environ: Mapping[str, str] = os.environ) -> Path:
    """The file of the local backend, absolute, whatever directory Terraform runs in.

    For the embedded AWS the file lies in its home (`ROLECALL_HOME`, else `.rolecall/` of
    the project), so that another embedded AWS has another state, and deleting the one
    deletes the other.
    """
    project = environment.project.absolute()
    if talks_to_embedded_aws(environ):
        home = rolecall_home(project, environ)
        return home / f"terraform.{environment.name}.embedded.tfstate"
    return project / f"terraform.{environment.name}.tfstate"


def _is_loopback(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

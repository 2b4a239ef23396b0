"""An AWS CLI too old for AWS_ENDPOINT_URL, which would send everything to AWS itself.

Source: AWS SDKs reference, "Service-specific endpoints", the table of support: AWS CLI 1
from 1.29.0, AWS CLI 2 from 2.13.0.
"""

import re
from collections.abc import Iterator

from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

CHECK = "AWS CLI"
_VERSION = re.compile(r"aws-cli/(\d+)\.(\d+)\.(\d+)")
_SINCE = {1: (1, 29, 0), 2: (2, 13, 0)}


def check(machine: Machine) -> Iterator[Finding]:
    """Ask the AWS CLI of the PATH for its version."""
    said = machine.output_of(["aws", "--version"])
    found = _VERSION.search(said or "")
    if found is None:
        yield Finding(CHECK, Level.OK, "not installed; Rolecall does not need it")
        return
    version = (int(found[1]), int(found[2]), int(found[3]))
    shown = ".".join(found.groups())
    since = _SINCE.get(version[0], (0, 0, 0))
    if version >= since:
        yield Finding(CHECK, Level.OK, shown)
        return
    yield Finding(
        CHECK,
        Level.PROBLEM if machine.endpoints else Level.NOTE,
        f"{shown} does not know AWS_ENDPOINT_URL: it goes to AWS itself where the embedded AWS is "
        "meant",
        f"install {'.'.join(map(str, since))} or newer, or give it --endpoint-url each time.",
    )

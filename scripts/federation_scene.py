"""The demo's guests: who has no IAM user here, and comes with a token or an assertion.

The embedded AWS stands in for GitHub, the EKS cluster, Google and the single sign-on: it
signs what they would sign, publishes the keys over HTTPS, and verifies like AWS.
"""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from telling import ROLECALL, ROOT, assume, done, refusal, run, step

from rolecall.environment import load_environment

#: As in stacks/federation.py.
_CLIENT, _ANALYST = "407408718192-analytics.apps.googleusercontent.com", "110169484474386276334"


def federation(variables: Mapping[str, str]) -> None:
    """One guest of each kind comes in, and a near miss of each is refused."""
    bare = {name: value for name, value in variables.items() if "KEY" not in name}
    print("\nGuests with a token or an assertion, and near misses:")
    cluster = load_environment("tes", ROOT / "environments").issuers["eks"]
    pod = "system:serviceaccount:orders:api"
    for role, issuer, good, bad, extra in (
        (
            "pipeline",
            "github",
            "repo:acme/infra:environment:tes",
            "repo:acme/infra:ref:refs/heads/feature",
            (),
        ),
        ("orders", cluster, pod, "system:serviceaccount:orders:web", ()),
        ("analyst", "google", _ANALYST, "110169484474386276335", ("--audience", _CLIENT)),
    ):
        for subject, welcome in ((good, True), (bad, False)):
            step(f"{role}: {subject}")
            with _secret(_token(issuer, subject, *extra)) as file:
                _try(role, bare, welcome, "--web-identity-token-file", file)
    for affiliation, welcome in (("staff", True), ("student", False)):
        step(f"operator: single sign-on, eduPersonAffiliation {affiliation}")
        with _secret(_response("operator", affiliation)) as file:
            _try("operator", bare, welcome, "--saml-assertion", file)


def _try(role: str, variables: Mapping[str, str], welcome: bool, *proof: str) -> None:
    if welcome:
        session = assume(variables, *proof, role=role)
        done(f"comes in until {session['AWS_CREDENTIAL_EXPIRATION']}")
    else:
        done(refusal([ROLECALL, "assume", "tes", role, *proof], variables))


def _token(issuer: str, subject: str, *options: str) -> str:
    command = [ROLECALL, "local", "token", "--issuer", issuer, "--subject", subject, *options]
    return run(command, os.environ)


def _response(role: str, affiliation: str) -> str:
    command = [ROLECALL, "local", "saml", "--environment", "tes", "--provider", "tes-sso"]
    command += ["--role", role, "--attribute", f"edupersonaffiliation={affiliation}"]
    return run(command, os.environ)


@contextmanager
def _secret(text: str) -> Iterator[str]:
    """A file that only its owner reads, gone after the block."""
    with tempfile.NamedTemporaryFile("w", prefix="rolecall-demo-") as file:
        file.write(text)
        file.flush()
        yield str(Path(file.name))

"""Variables that an earlier session left behind, and those that beat each other.

Source: AWS SDKs reference, "Environment variables"; the order is that of botocore.
"""

from collections.abc import Iterator
from pathlib import Path

from rolecall.policy.errors import quoted
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine, host_and_port, is_loopback

CHECK = "variables"


def check(machine: Machine) -> Iterator[Finding]:
    """Look at the variables that lead to credentials."""
    found = [*_keys(machine), *_profile(machine), *_web_identity(machine), *_container(machine)]
    yield from found
    if not found:
        yield Finding(CHECK, Level.OK, "none is stale, and none beats another")


def _problem(what: str, fix: str) -> Finding:
    return Finding(CHECK, Level.PROBLEM, what, fix)


def _keys(machine: Machine) -> Iterator[Finding]:
    environ = machine.environ
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    token, old_token = environ.get("AWS_SESSION_TOKEN"), environ.get("AWS_SECURITY_TOKEN")
    if bool(key) != bool(secret):
        there, missing = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
        if secret:
            there, missing = missing, there
        yield _problem(f"{there} is set, {missing} is not", f"set both, or unset {there}.")
    if token and not key:
        yield _problem(
            "AWS_SESSION_TOKEN is left over: there is no access key beside it",
            "unset AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION",
        )
    if key and token and key.startswith("AKIA"):
        yield _problem(
            "AWS_SESSION_TOKEN is left over: the access key beside it is a user's, which has none",
            "unset AWS_SESSION_TOKEN AWS_CREDENTIAL_EXPIRATION",
        )
    if key and not token and not old_token and key.startswith("ASIA"):
        yield _problem(
            "the access key is a session's, but AWS_SESSION_TOKEN is not set",
            "become the role again, or unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY",
        )
    if old_token and old_token != token:
        yield _problem(
            "AWS_SECURITY_TOKEN is set, the old name of AWS_SESSION_TOKEN, and some SDKs take it "
            "first",
            "unset AWS_SECURITY_TOKEN",
        )


def _profile(machine: Machine) -> Iterator[Finding]:
    environ = machine.environ
    names = {
        name: environ[name] for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE") if environ.get(name)
    }
    if environ.get("AWS_ACCESS_KEY_ID") and names and machine.profile is None:
        variables = " ".join(names)
        yield _problem(
            f"the keys in AWS_ACCESS_KEY_ID beat the profile in {variables}",
            f"unset {variables}, or unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY "
            "AWS_SESSION_TOKEN",
        )
    if len(set(names.values())) > 1:
        yield _problem(
            "AWS_PROFILE and AWS_DEFAULT_PROFILE name two profiles, and tools differ in which of "
            "them they take",
            "unset AWS_DEFAULT_PROFILE",
        )


def _web_identity(machine: Machine) -> Iterator[Finding]:
    token_file = machine.environ.get("AWS_WEB_IDENTITY_TOKEN_FILE")
    if token_file and not Path(token_file).is_file():
        yield _problem(
            f"AWS_WEB_IDENTITY_TOKEN_FILE names {quoted(token_file, 200)}, and there is no such "
            "file",
            "unset AWS_WEB_IDENTITY_TOKEN_FILE AWS_ROLE_ARN",
        )
    if machine.environ.get("AWS_ROLE_ARN") and not token_file:
        yield Finding(
            CHECK,
            Level.NOTE,
            "AWS_ROLE_ARN is set without AWS_WEB_IDENTITY_TOKEN_FILE, so it means nothing",
            "unset AWS_ROLE_ARN AWS_ROLE_SESSION_NAME",
        )


def _container(machine: Machine) -> Iterator[Finding]:
    name = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
    url = machine.environ.get(name, "")
    if is_loopback(url) and not machine.listens(*host_and_port(url)):
        yield _problem(
            f"{name} leads to {quoted(url, 200)}, where nobody listens: the `rolecall exec` or "
            "`rolecall serve` that set it has ended",
            f"unset {name} AWS_CONTAINER_AUTHORIZATION_TOKEN",
        )

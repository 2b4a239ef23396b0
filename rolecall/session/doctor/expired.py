"""Credentials in variables that have ended, as far as their date is known."""

from collections.abc import Iterator
from datetime import timedelta

from rolecall.policy.errors import quoted
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine, as_utc

CHECK = "expiry"
_VARIABLE = "AWS_CREDENTIAL_EXPIRATION"
_SOON = timedelta(minutes=15)


def check(machine: Machine) -> Iterator[Finding]:
    """Hold the date beside the credentials against the clock."""
    written = machine.environ.get(_VARIABLE)
    if not machine.environ.get("AWS_SESSION_TOKEN"):
        yield Finding(CHECK, Level.OK, "no session in the variables")
        return
    if not written:
        yield Finding(CHECK, Level.NOTE, f"a session without {_VARIABLE}: its end is not known")
        return
    ends = as_utc(written)
    if ends is None:
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"{_VARIABLE} is {quoted(written)}, which is no date",
            f"unset {_VARIABLE}, or become the role again",
        )
        return
    left = ends - machine.now()
    if left <= timedelta(0):
        yield Finding(
            CHECK,
            Level.PROBLEM,
            f"the session in the variables ended at {ends.isoformat()}",
            'become the role again (`eval "$(rolecall assume …)"`), or unset AWS_ACCESS_KEY_ID '
            "AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN",
        )
    elif left < _SOON:
        minutes = int(left.total_seconds() // 60)
        yield Finding(CHECK, Level.NOTE, f"the session in the variables ends in {minutes} minutes")
    else:
        yield Finding(CHECK, Level.OK, f"the session in the variables lasts until {ends:%H:%M} UTC")

"""What could stand in the way of becoming a role on this machine, one file a check."""

from collections.abc import Iterator

from rolecall.session.doctor import (
    aws_cli,
    cached,
    clock_skew,
    endpoint,
    expired,
    modes,
    profiles,
    region,
    variables,
)
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

__all__ = ["Finding", "Level", "Machine", "examine"]

_LOCAL = (variables, expired, region, profiles, modes, cached, aws_cli)
_ASKING = (endpoint, clock_skew)


def examine(machine: Machine, *, offline: bool = False) -> Iterator[Finding]:
    """What every check finds, in order; `offline` leaves out those that ask STS."""
    for each in _LOCAL if offline else (*_LOCAL, *_ASKING):
        yield from each.check(machine)

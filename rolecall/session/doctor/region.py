"""Whether every tool knows the region: they do not all read the same variable.

Source: AWS SDKs reference, "AWS Region": most SDKs read AWS_REGION, that for Python and
the AWS CLI 1 read AWS_DEFAULT_REGION.
"""

from collections.abc import Iterator

from rolecall.policy import partition_of_region
from rolecall.policy.errors import quoted
from rolecall.session.doctor.aws_profiles import settings_of
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine

CHECK = "region"
_NAMES = ("AWS_REGION", "AWS_DEFAULT_REGION")


def check(machine: Machine) -> Iterator[Finding]:
    """Look at both variables and at the profile in use."""
    set_ones = {name: machine.environ[name] for name in _NAMES if machine.environ.get(name)}
    of_profile = settings_of(machine, machine.profile_in_use).get("region", "")
    odd = [f"{name}={quoted(value)}" for name, value in set_ones.items() if not _is_region(value)]
    if of_profile and not _is_region(of_profile):
        odd.append(f"region = {quoted(of_profile)} of profile {machine.profile_in_use}")
    for each in odd:
        yield Finding(
            CHECK, Level.PROBLEM, f"{each} is no region of AWS", "write one like eu-central-1."
        )
    if odd:
        return
    if len(set(set_ones.values())) > 1:
        yield Finding(
            CHECK,
            Level.PROBLEM,
            "AWS_REGION and AWS_DEFAULT_REGION differ, and tools differ in which of them they read",
            f"export AWS_DEFAULT_REGION={set_ones['AWS_REGION']}",
        )
    elif len(set_ones) == 1 and not of_profile:
        [(name, value)] = set_ones.items()
        other = _NAMES[1 - _NAMES.index(name)]
        yield Finding(
            CHECK,
            Level.NOTE,
            f"{name} is set and {other} is not, and some tools read that one only",
            f"export {other}={value}",
        )
    elif not set_ones and not of_profile:
        yield Finding(
            CHECK,
            Level.NOTE if machine.region else Level.PROBLEM,
            "no region is set, neither in a variable nor in the profile "
            f"{quoted(machine.profile_in_use)}; Rolecall takes the environment's, other tools "
            "need one",
            "export AWS_REGION=eu-central-1 AWS_DEFAULT_REGION=eu-central-1 (or yours)",
        )
    else:
        yield Finding(CHECK, Level.OK, next(iter(set_ones.values()), of_profile))


def _is_region(text: str) -> bool:
    return partition_of_region(text) is not None

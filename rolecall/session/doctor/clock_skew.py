"""This machine's clock against that of STS, which refuses signatures five minutes off."""

from collections.abc import Iterator
from datetime import timedelta

from rolecall.session.clock import skew_in_words
from rolecall.session.doctor.finding import Finding, Level
from rolecall.session.doctor.machine import Machine, is_loopback

CHECK = "clock"
_EXACT = timedelta(seconds=5)


def check(machine: Machine) -> Iterator[Finding]:
    """Compare with the Date of STS's answer."""
    answer = machine.sts
    if answer.date is None:
        why = "STS gives no answer" if answer.error else "the endpoint's answer has no date"
        yield Finding(CHECK, Level.NOTE, f"not compared: {why}")
        return
    skew = answer.date - answer.received
    words = skew_in_words(skew)
    if words is not None and is_loopback(answer.url):
        seconds = round(skew.total_seconds())
        yield Finding(
            CHECK,
            Level.NOTE,
            f"the endpoint on this machine is {seconds:+d} seconds off: its clock was moved",
            "rolecall local clock reset",
        )
    elif words is not None:
        what, _, fix = words.partition(": ")
        yield Finding(CHECK, Level.PROBLEM, what, fix)
    elif abs(skew) <= _EXACT:
        yield Finding(CHECK, Level.OK, "as exact as can be told")
    else:
        yield Finding(CHECK, Level.OK, f"{abs(round(skew.total_seconds()))} seconds off")

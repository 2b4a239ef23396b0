"""Certificates that end soon: a warning with the date, where a deploy shows it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from rolecall_cdktf._cdktf import Annotations, Construct

SOON = timedelta(days=30)


def warn_of_ends(construct: Construct, what: str, ends: Iterable[datetime], remedy: str) -> None:
    """A warning for each end that lies in the past or within thirty days.

    `cdktf synth`, `diff` and `deploy` print annotations with the construct's path; what an
    app writes to stderr looks like an error of theirs (tried with cdktf 0.21).
    """
    moment = datetime.now(UTC)
    for end in sorted(set(ends)):
        if end <= moment + SOON:
            verb = "expired" if end <= moment else "expires"
            Annotations.of(construct).add_warning(
                f"{what} {verb} on {end.astimezone(UTC):%Y-%m-%d}; {remedy}."
            )

"""Role chaining: from one role's session to the next role.

AWS gives such a session an hour at most, whatever the roles allow ("Roles terms and
concepts", IAM user guide: role chaining). The session of the first role is kept and
renewed, so that a job may last longer than any single link.
"""

import threading
from collections.abc import Callable
from dataclasses import replace

from rolecall.policy.errors import quoted
from rolecall.policy.limits import MAX_CHAINED_DURATION
from rolecall.problems import Problem
from rolecall.session.assumed_role import AssumedRole
from rolecall.session.choose import ChosenRole
from rolecall.session.kept import KeptSession


def within_an_hour(chosen: ChosenRole, asked_seconds: int | None) -> ChosenRole:
    """The same role for an hour at most, because a role's session asks for it.

    Raises `Problem` where more was asked for in so many words.
    """
    if asked_seconds is not None and asked_seconds > MAX_CHAINED_DURATION:
        raise Problem(
            f"--duration {asked_seconds} is too long: {chosen.name} is asked for by another "
            f"role's session (role chaining), which AWS gives {MAX_CHAINED_DURATION} seconds at "
            "most; leave --duration out, or start from a user's credentials."
        )
    return replace(chosen, duration_seconds=min(chosen.duration_seconds, MAX_CHAINED_DURATION))


def link(word: str) -> tuple[str, str]:
    """Environment and role of `<environment>/<role>`, one link of a chain."""
    environment, slash, role = word.partition("/")
    if not slash or not environment or not role:
        raise Problem(
            f"--via {quoted(word)} is no link: write <environment>/<role>, as in identity/hub."
        )
    return environment, role


class Start:
    """Where the next link starts: a session that is assumed when it is first needed, and
    then shared by all who go on from it; for any number of threads.

    name: tells its sessions from others, for who keeps those that follow from it; None
        where they cannot be told.
    """

    def __init__(
        self,
        assume: Callable[[], AssumedRole],
        *,
        renewable: bool,
        name: Callable[[], str | None] = lambda: None,
    ) -> None:
        self._assume, self.renewable, self.name = assume, renewable, name
        self._kept: KeptSession | None = None
        self._lock = threading.Lock()

    def session(self) -> AssumedRole:
        """A session that has not ended. Raises `Problem` as assuming the role does."""
        with self._lock:
            if self._kept is None:
                self._kept = KeptSession(self._assume, renewable=self.renewable)
            kept = self._kept
        return kept.current()

"""Many processes at once; run as a script, because only a process without threads may fork.

`released N PLACE LOG`: N processes wait for one moment, then want the same session; each
call of STS is a line of LOG. Their access key ids are printed.
`torn SECONDS PLACE`: 2 write and 4 read; what was read is counted on stdout.
`killed N PLACE`: N times somebody who writes is killed at a random point; after each the
file is whole, and the lock is free. How many files were seen is printed.
"""

import os
import random
import signal
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from rolecall.session import AssumeRoleRequest, cache
from rolecall.session.assumed_role import answer_of
from rolecall.session.lock import Lock, lock
from rolecall.session.place import Place
from rolecall.session.renew import fresh
from tests.session.cache.answers import KEY, ROLE, answer


def place_in(folder: str) -> Place:
    base = Path(folder)
    return Place(
        base / "sessions" / f"{KEY}.json", base / "locks" / f"{KEY}.lock", ROLE, 3600, of_aws=False
    )


def fork(work: Any) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        work()
        code = 0
    finally:
        os._exit(code)


def all_well(children: list[int]) -> bool:
    return all(os.waitpid(child, 0)[1] == 0 for child in children)


def released(number: int, folder: str) -> int:
    """The client is that of the environment: its endpoint counts the calls."""
    request = AssumeRoleRequest(role_arn=ROLE, session_name="alice")
    boto3.client("sts")  # its model is loaded once, before the others are made
    wait, release = os.pipe()
    place = place_in(folder)

    def one() -> None:
        os.close(release)
        os.read(wait, 1)
        session = fresh(place, lambda: answer_of(boto3.client("sts"), request))
        os.write(1, f"{session.access_key_id}\n".encode())

    children = [fork(one) for _ in range(number)]
    os.close(release)
    return 0 if all_well(children) else 1


def torn(seconds: float, folder: str) -> int:
    place = place_in(folder)
    until = time.monotonic() + seconds
    now = datetime.now(UTC)

    def writes() -> None:
        number = 0
        while time.monotonic() < until:
            number += 1
            # Of different lengths, so that a mixture shows.
            token = f"{os.getpid()}-{number}-" + "x" * (number % 7 * 3000) + "."
            answered = answer(ends=now + timedelta(hours=1), date=now, token=token)
            assert cache.write(place, answered, now)

    def reads() -> None:
        number = 0
        while time.monotonic() < until:
            found = cache.read(place, now, fail)
            if found is not None:
                assert found.session.session_token.endswith(".")
                number += 1
        os.write(1, f"{number}\n".encode())

    return 0 if all_well([fork(writes) for _ in range(2)] + [fork(reads) for _ in range(4)]) else 1


def killed(number: int, folder: str) -> int:
    place, now = place_in(folder), datetime.now(UTC)
    chance = random.Random(number)
    seen = set()

    def writes() -> None:
        for count in range(200):
            token = f"{os.getpid()}-{count}-" + "x" * (count % 5 * 3000) + "."
            answered = answer(ends=now + timedelta(hours=1), date=now, token=token)
            fresh(place, lambda it=answered: it, refresh=True)  # type: ignore[misc]

    for _ in range(number):
        child = fork(writes)
        time.sleep(chance.uniform(0.0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with lock(place.lock, 0) as held:
            assert held is Lock.OURS
        found = cache.read(place, now, fail)
        if found is not None:
            assert found.session.session_token.endswith(".")
            seen.add(found.session.session_token)
    os.write(1, b"%d\n" % len(seen))
    return 0


def fail(words: str) -> None:
    raise AssertionError(words)


if __name__ == "__main__":
    what, amount, where = sys.argv[1:]
    run: Any = {"released": released, "torn": torn, "killed": killed}[what]
    sys.exit(run(float(amount) if what == "torn" else int(amount), where))

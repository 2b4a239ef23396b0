"""One soak, from the first start to the last stop."""

import re
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from rolecall.local.listener import bind
from scripts.hardening.soak_client import Client, Mismatch, Phase, Tally
from scripts.hardening.soak_crew import Crews
from scripts.hardening.soak_figures import Line, fitted
from scripts.hardening.soak_ledger import Bookkeeper
from scripts.hardening.soak_server import Sample, Sampler, Server, Stop
from scripts.hardening.soak_world import World, world_at

#: Restarts, as parts of the whole time, and whether they are kills: some at the beginning and
#: some at the end, so that one process lives long enough for its memory to be judged.
RESTARTS = ((0.04, False), (0.08, True), (0.85, True), (0.9, False), (0.95, True))
_WARM_UP = 0.2
_BOOKKEEPERS = 2
_STORY = re.compile(r"s[0-9]+-[0-9]+$")
#: Visitors whom kills may have brought back.
_MOST_VISITORS = 5


@dataclass
class Outcome:
    """What a soak found."""

    seconds: float
    tally: Tally
    samples: list[Sample]
    lines: list[Line]
    away: list[tuple[str, float]]
    #: Of each restart: how many acknowledged writes were gone, and how old the oldest was.
    lost: list[tuple[int, float]]
    problems: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether nothing was found."""
        return not self.tally.faults and not self.problems and all(x.flat for x in self.lines)


def soak(
    home: Path,
    *,
    seconds: float,
    clients: int,
    processes: int,
    restarts: Sequence[tuple[float, bool]] = RESTARTS,
    every: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Outcome:
    """Run it in an empty folder `home`. The server is stopped whatever happens."""
    with bind(0) as free:
        port = int(free.getsockname()[1])
    phase = Phase(home / "phase")
    phase.set("up-0-0")
    server = Server(home, port, phase)
    server.up()
    with ExitStack() as stack:
        stack.callback(server.down)
        world = world_at(home, port)
        world.make()
        crews = Crews(world, phase, clients, processes, seconds, every)
        stack.callback(crews.end)
        sampler = Sampler(server, every=min(5.0, seconds / 10))
        stack.callback(sampler.stop)
        keepers = [
            Bookkeeper(number, world, Client(port, phase, Tally(), patience=0))
            for number in range(_BOOKKEEPERS)
        ]
        for keeper in keepers:
            stack.callback(keeper.end)
            keeper.start()
        begin = time.monotonic()
        problems: list[str] = []
        reader = Client(port, phase, Tally())
        for part, kill in restarts:
            time.sleep(max(0.0, begin + part * seconds - time.monotonic()))
            problems += _read(keepers, reader, server.restart(kill))
            say(f"{'SIGKILL' if kill else 'down'} and up: {server.away[-1][1]:.1f} s away")
        tally = crews.join()
        for keeper in keepers:
            keeper.end()
            tally.add(keeper.client.tally)
        sampler.stop()
        left, kept = _left_over(world), set(tally.torn)
        problems += [f"left over: {kind} {name}" for kind, name in left if name not in kept]
        lines = fitted(sampler.samples, _WARM_UP * seconds)
        took = time.monotonic() - begin
    lost = [pair for keeper in keepers for pair in keeper.lost]
    return Outcome(took, tally, sampler.samples, lines, server.away, lost, problems)


def _read(keepers: Sequence[Bookkeeper], c: Client, stop: Stop) -> list[str]:
    found = []
    for keeper in keepers:
        if not keeper.wait_until_stopped():
            found.append("a bookkeeper did not notice that the server was away")
        try:
            found += keeper.problems(c, stop)
        except Mismatch as wrong:
            found.append(f"the ledger cannot be read: {wrong}")
        keeper.go_on()
    return found


def _left_over(world: World) -> list[tuple[str, str]]:
    """What stories made that is still there: kind, and name of the story."""
    iam, s3 = world.client("iam"), world.client("s3")
    cognito = world.client("cognito-identity")
    objects = s3.list_objects_v2(Bucket="soak-own", Prefix="o/").get("Contents", [])
    visitors = cognito.list_identities(IdentityPoolId=world.pool, MaxResults=60)["Identities"]
    found = {
        "user": [each["UserName"] for each in iam.list_users()["Users"]],
        "role": [each["RoleName"] for each in iam.list_roles()["Roles"]],
        "policy": [each["PolicyName"] for each in iam.list_policies(Scope="Local")["Policies"]],
        "object": [each["Key"].removeprefix("o/") for each in objects],
    }
    left = [(kind, name) for kind, names in found.items() for name in names if _STORY.match(name)]
    # Visitors have no names of ours, and a kill may bring one back: each costs the same.
    return left + [("visitor", each["IdentityId"]) for each in visitors[_MOST_VISITORS:]]

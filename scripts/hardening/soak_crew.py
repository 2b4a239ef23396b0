"""Many clients at once: which stories they tell, how often, and what comes of it."""

import contextlib
import itertools
import multiprocessing
import random
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess

from scripts.hardening import soak_federation as federation
from scripts.hardening import soak_iam as iam
from scripts.hardening import soak_rude as rude
from scripts.hardening import soak_s3 as s3
from scripts.hardening import soak_sts as sts
from scripts.hardening.soak_client import Client, Mismatch, Phase, Tally
from scripts.hardening.soak_world import World

Story = Callable[[Client, World, str], None]

#: How often each story is told, out of all of them together.
STORIES: dict[Story, int] = {
    sts.allowed: 14,
    sts.denied: 8,
    sts.abroad: 4,
    sts.chained: 5,
    sts.tagged: 4,
    sts.limited: 4,
    sts.whoever: 8,
    sts.session_token: 3,
    federation.web: 4,
    federation.forged_token: 2,
    federation.saml: 3,
    federation.saml_once: 1,
    federation.altered_saml: 2,
    federation.pod: 2,
    federation.anywhere: 3,
    federation.visitor: 2,
    iam.user: 3,
    iam.role: 3,
    iam.managed: 2,
    iam.providers: 2,
    iam.strangers: 2,
    s3.objects: 8,
    s3.foreign: 4,
    s3.lock: 10,
    rude.controls: 2,
    rude.odd_calls: 2,
    rude.oversized: 1,
    rude.broken: 1,
    rude.gone: 2,
    rude.slow: 1,
}


@dataclass
class Teller:
    """One client, who tells stories until the time is over."""

    number: int
    world: World
    phase: Phase
    client: Client
    _kills: str = "0"
    _latest: deque[str] = field(default_factory=lambda: deque(maxlen=6))

    def tell(self, until: float, shared_by: int = 0) -> Tally:
        """Tell stories by their weights until a moment.

        shared_by: how many clients tell each story once between them, however long it takes.
        """
        chance = random.Random(self.number)
        stories, weights = list(STORIES), list(STORIES.values())
        mine = iter(stories[self.number :: shared_by] if shared_by else ())
        for count in itertools.count():
            if shared_by:
                story = next(mine, None)
            else:
                over = time.monotonic() >= until
                story = None if over else chance.choices(stories, weights)[0]
            if story is None:
                break
            # Half of the stories are told over one connection, half with one for each call.
            self.client.keep = chance.random() < 0.5
            self.told(story, f"s{self.number}-{count}")
        self.client.close()
        return self.client.tally

    def told(self, story: Story, name: str) -> None:
        """Tell one story; judge it unless a kill may have undone a part of it."""
        tally, before = self.client.tally, self.phase.now()
        if kills_of(before) != self._kills:
            tally.torn += self._latest
        try:
            story(self.client, self.world, name)
        except Mismatch as wrong:
            if self._torn(before) and wrong.kind != "5xx":
                tally.unjudged += 1
            else:
                tally.fault(wrong.kind, f"{name} {story.__name__}: {wrong.words}")
        tally.stories[story.__name__] += 1
        for undo in reversed(self.client.undo):
            with contextlib.suppress(Mismatch):
                undo()
        self.client.undo.clear()
        self._latest.append(name)
        if self._torn(before):
            # And those that had just ended: what they did last may be undone, too.
            tally.torn += self._latest
        self._kills = kills_of(self.phase.now())

    def _torn(self, before: str) -> bool:
        """Whether the server was killed since a phase, or in it."""
        now = self.phase.now()
        return before.startswith("killing") or kills_of(now) != kills_of(before)


def kills_of(phase: str) -> str:
    """How often the server was killed, as a phase says."""
    return phase.rpartition("-")[2]


def crew(world: World, phase: Phase, numbers: range, until: float, shared_by: int = 0) -> Tally:
    """A thread for each client; what all of them saw. `until` is a moment of `time.monotonic`."""
    whole, lock = Tally(), threading.Lock()

    def work(number: int) -> None:
        tally = Tally()
        try:
            Teller(number, world, phase, Client(world.port, phase, tally)).tell(until, shared_by)
        except Exception as error:
            tally.fault("client", f"{type(error).__name__}: {error}")
        with lock:
            whole.add(tally)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return whole


class Crews:
    """Processes with a crew each; forked, so that keys need not be written out.

    processes: 0 takes threads of this process.
    """

    def __init__(
        self,
        world: World,
        phase: Phase,
        clients: int,
        processes: int,
        seconds: float,
        every: bool = False,
    ) -> None:
        self._until = time.monotonic() + seconds
        self._running: list[tuple[BaseProcess, Connection]] = []
        self._here: list[Tally] = []
        self._thread: threading.Thread | None = None

        def work(index: int, step: int) -> Tally:
            return crew(
                world, phase, range(index, clients, step), self._until, clients if every else 0
            )

        if not processes:
            self._thread = threading.Thread(
                target=lambda: self._here.append(work(0, 1)), daemon=True
            )
            self._thread.start()
        context = multiprocessing.get_context("fork")
        for index in range(processes):
            ours, theirs = context.Pipe(duplex=False)
            process = context.Process(
                target=lambda pipe, number: pipe.send(work(number, processes)),
                args=(theirs, index),
                daemon=True,
            )
            process.start()
            theirs.close()
            self._running.append((process, ours))

    def join(self) -> Tally:
        """Wait for all; a process that ended without a report is a fault."""
        whole = Tally()
        if self._thread is not None:
            self._thread.join()
        for tally in self._here:
            whole.add(tally)
        for process, pipe in self._running:
            left = max(0.0, self._until - time.monotonic()) + 150
            try:
                if not pipe.poll(left):
                    raise EOFError
                whole.add(pipe.recv())
            except EOFError:
                whole.fault("client", f"a process ended without a report ({process.exitcode})")
            process.join(10)
        return whole

    def end(self) -> None:
        """End whoever still runs."""
        for process, _ in self._running:
            if process.is_alive():
                process.kill()
                process.join(10)

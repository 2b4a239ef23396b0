"""What is kept across a stop: a ledger that is written before it and read after it.

A bookkeeper writes numbers, one after the other: an S3 object, a tag of an IAM user, a tag of a
Pod Identity association, and round again, in a few places each. A snapshot shows everything at one
moment, so afterwards the places must show the first so many numbers, without a gap: whatever
number is the last one, all before it are there, in all three services. After a polite stop the
last one is the last that was acknowledged, or one that was under way. After a kill it may be
older: what changed since the newest snapshot began is lost. How long ago that is depends on the
machine (a quarter second, and the time of writing, twice at the worst), so it is printed; what is
checked is exact: the newest snapshot began after the one before it was written, so nothing that
was acknowledged by then is lost.
"""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from scripts.hardening.soak_client import Answer, Client, Mismatch
from scripts.hardening.soak_server import Stop
from scripts.hardening.soak_world import World

_PLACES = 4
_KINDS = 3


@dataclass
class Bookkeeper:
    """Writes numbers until the server goes away; afterwards until it is told to go on."""

    number: int
    world: World
    client: Client
    #: When each number was acknowledged, of the last ones.
    acknowledged: dict[int, float] = field(default_factory=dict)
    attempted: int = -1
    #: Of each restart: how many acknowledged numbers are gone, and how old the oldest was.
    lost: list[tuple[int, float]] = field(default_factory=list)
    _go_on: threading.Event = field(default_factory=threading.Event)
    _waiting: threading.Event = field(default_factory=threading.Event)
    _ended: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to write, in a thread."""
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def wait_until_stopped(self) -> bool:
        """Wait until the server's end was noticed."""
        return self._waiting.wait(60)

    def go_on(self) -> None:
        """Write again, from behind the last number that is there."""
        self._waiting.clear()
        self._go_on.set()

    def end(self) -> None:
        """Write no more."""
        self._ended.set()
        self._go_on.set()
        if self._thread is not None:
            self._thread.join(30)
        self.client.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            number = self.attempted + 1
            self.attempted = number
            try:
                self._write(number).want("")
            except Mismatch as wrong:
                if wrong.kind != "no answer":
                    self.client.tally.fault(wrong.kind, f"ledger: {wrong.words}")
                self._waiting.set()
                self._go_on.wait()
                self._go_on.clear()
                continue
            self.acknowledged[number] = time.monotonic()
            self.acknowledged.pop(number - 2000, None)
            # A few dozen a second: enough to see a gap, and the load is the clients'.
            time.sleep(0.02)

    def _write(self, number: int) -> Answer:
        c, w, place = self.client, self.world, number // _KINDS % _PLACES
        if number % _KINDS == 0:
            body = str(number).encode()
            return c.send("ledger", "s3", w.admin, "PUT", self._object(place), body)
        if number % _KINDS == 1:
            tag = {"Tags.member.1.Key": f"n{place}", "Tags.member.1.Value": str(number)}
            return c.form("iam", w.admin, "TagUser", UserName=f"ledger-{self.number}", **tag)
        body = json.dumps({"tags": {f"l{self.number}n{place}": str(number)}}).encode()
        headers = {"Content-Type": "application/json"}
        return c.send("ledger", "eks", w.admin, "POST", self._tags(), body, headers)

    def _object(self, place: int) -> str:
        return f"/soak-own/ledger/{self.number}/{place}"

    def _tags(self) -> str:
        return f"/tags/{quote(self.world.association, safe='')}"

    def read(self, c: Client) -> dict[int, int]:
        """What the places show: kind and place to number; without those that show nothing."""
        w, found = self.world, {}
        user = c.form("iam", w.admin, "ListUserTags", UserName=f"ledger-{self.number}").want("")
        headers = {"Content-Type": "application/json"}
        tags = c.send("ledger", "eks", w.admin, "GET", self._tags(), b"", headers).want("")
        kept: dict[str, Any] = json.loads(tags.text)["tags"]
        for place in range(_PLACES):
            answer = c.send("ledger", "s3", w.admin, "GET", self._object(place))
            texts = (
                answer.want("", "NoSuchKey").text if answer.status < 400 else "",
                user.text.partition(f"<Key>n{place}</Key>")[2]
                .partition("<Value>")[2]
                .partition("</Value>")[0],
                kept.get(f"l{self.number}n{place}", ""),
            )
            for kind, text in enumerate(texts):
                if text:
                    found[place * _KINDS + kind] = int(text)
        return found

    def problems(self, c: Client, stop: Stop) -> Iterator[str]:
        """What is wrong after a stop and a start; empty is right."""
        found, size = self.read(c), _PLACES * _KINDS
        last = max(found.values(), default=-1)
        newest_in = {slot: last - (last - slot) % size for slot in range(size)}
        if found != {slot: number for slot, number in newest_in.items() if number >= 0}:
            yield f"half a state: up to number {last} of {self.attempted} there is {found}"
        due = [n for n, at in self.acknowledged.items() if at < stop.kept_until]
        if last < max(due, default=-1):
            yield f"lost: number {max(due)} was acknowledged, the last that is there is {last}"
        if last > self.attempted:
            yield f"number {last} was never written"
        gone = [number for number in self.acknowledged if number > last]
        oldest = min((self.acknowledged[number] for number in gone), default=stop.moment)
        self.lost.append((len(gone), stop.moment - oldest))
        for number in gone:
            del self.acknowledged[number]
        self.attempted = last

"""An embedded AWS for the machine to work on, which can be stopped and started again."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rolecall.local import accounts, backend, persistence
from rolecall.local.backend import Backend
from rolecall.local.cloud import Cloud, utc_now
from rolecall.local.control import Control
from rolecall.local.front import Front
from rolecall.local.listener import bind
from rolecall.local.oidc.connections import connect
from rolecall.local.persistence import StateDirectory
from rolecall.local.server import Server
from rolecall.problems import Problem
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.oidc.issuer import Issuer, ec_key
from tests.local.saml.idp import Idp, Said, encoded
from tests.stateful.model import Model
from tests.stateful.vocabulary import ACCOUNTS, ISSUER_HOST
from tests.stateful.wire import Boto, InProcess, Wire

BEGINNING = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDPS = {"acme": Idp(key_name="acme"), "new": Idp(key_name="new")}
_issuers: list[Issuer] = []
_backends: list[Backend] = []


def issuer() -> Issuer:
    """One HTTPS issuer for the process."""
    if not _issuers:
        _issuers.append(Issuer(f"https://{ISSUER_HOST}"))
    return _issuers[0]


def stop_issuer() -> None:
    while _issuers:
        _issuers.pop().stop()


class World:
    """The embedded AWS, kept in `home`; `wire` calls it."""

    wire: Wire
    cloud: Cloud
    margin = timedelta()

    def __init__(self, home: Path) -> None:
        self.home = home
        self.directory = StateDirectory.open(home)
        backend.configure()
        backend.reset()
        self.start({})
        made = issuer()
        with self.cloud.gate.shared():
            connect(self.cloud, made.url, made.address, made.ca)

    def model(self) -> Model:
        """The model of a world with nothing in it but the administrators."""
        model = Model(lambda: self.cloud.now(), self.margin)
        for account in ACCOUNTS:
            with self.cloud.gate.shared():
                key = accounts.administrator(self.cloud, account)
                user = self.cloud.directory.user(account, key.user_name)
            assert user is not None
            model.administrator(account, key.access_key_id, key.secret_access_key, user.unique_id)
        return model

    def start(self, records: persistence.Records) -> None:
        raise NotImplementedError

    def stop(self) -> None:
        """End what was started."""

    def pass_time(self, seconds: int) -> None:
        self.cloud.advance(seconds)

    def restart(self, *, tampered: int | None = None) -> None:
        """Save, stop and start again; a snapshot that was touched must be refused before."""
        self.stop()
        self.directory.save(persistence.encode(self.cloud.records))
        backend.reset()
        if tampered is not None:
            self._check_refused(tampered)
        records: persistence.Records = {}
        directory = StateDirectory.open(self.home)
        warning = directory.load(lambda content: records.update(persistence.decode(content)))
        assert warning is None, warning
        self.start(records)

    def _check_refused(self, place: int) -> None:
        newest, previous = self.home / "snapshot", self.home / "snapshot.previous"
        with suppress(FileNotFoundError):
            previous.unlink()
        good = newest.read_bytes()
        if place % 2:
            # Whole, but another one's: nothing but the key tells it from ours.
            stranger = StateDirectory.open(self.home.with_name("stranger"))
            stranger.save(persistence.encode(self.cloud.records))
            newest.write_bytes((stranger.path / "snapshot").read_bytes())
        else:
            bad = bytearray(good)
            bad[place % len(bad)] ^= 1 << place // 2 % 8
            newest.write_bytes(bytes(bad))
        try:
            StateDirectory.open(self.home).load(_read)
        except Problem:
            newest.write_bytes(good)
            return
        raise AssertionError("a snapshot that was touched was taken")

    # -- proofs of somebody else -------------------------------------------------------------

    def token(self, audience: str, subject: str, claims: dict[str, Any]) -> str:
        now = int(self.cloud.now().timestamp())
        given = {"aud": audience, "sub": subject, "iat": now, "exp": now + 300, **claims}
        return issuer().token(key=ec_key(), **given)

    def assertion(self, idp: str, role: str, provider: str, **said: Any) -> str:
        made = IDPS[idp].response(Said(role=role, provider=provider, now=self.cloud.now(), **said))
        return encoded(made)


def _read(content: bytes) -> None:
    persistence.decode(content)


class Inside(World):
    """In this process, with a clock that moves only when it is told to."""

    def __init__(self, home: Path) -> None:
        self.clock = BEGINNING
        super().__init__(home)

    def start(self, records: persistence.Records) -> None:
        self.cloud = Cloud(
            clock=lambda: self.clock, sealing_key=self.directory.sealing_key, records=records
        )
        front = Front(self.cloud, Control(self.cloud, CONTROL_TOKEN))
        if _backends:  # WSGI applications of moto, without state: making them is slow
            front._backend = _backends[0]
        else:
            _backends.append(front._backend)
        self.wire = InProcess(front, lambda: self.clock)

    def pass_time(self, seconds: int) -> None:
        """Both ways by which time passes: the real time, and the embedded AWS's clock."""
        if seconds % 2:
            self.clock += timedelta(seconds=seconds)
        else:
            self.cloud.advance(seconds)


class OverHttp(World):
    """Over HTTP, with boto3, at the real time."""

    margin = timedelta(seconds=40)

    def __init__(self, home: Path, clock: Callable[[], datetime] = utc_now) -> None:
        self._real = clock
        super().__init__(home)

    def start(self, records: persistence.Records) -> None:
        self.cloud = Cloud(
            clock=self._real, sealing_key=self.directory.sealing_key, records=records
        )
        server = Server(bind(0), self.cloud, Control(self.cloud, CONTROL_TOKEN))
        self._thread: threading.Thread = server.start()
        self.server = CloudServer(self.cloud, server)
        self.wire = Boto(self.server)

    def stop(self) -> None:
        self.server.server.stop()
        self._thread.join(10)

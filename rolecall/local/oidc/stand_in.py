"""Stand-in issuers: tokens of GitHub, Google or anybody, for this embedded AWS alone.

A developer who asks for a token gets one that is signed with a key of the embedded AWS,
and from then on the embedded AWS takes that key for the issuer's. It gets the key as it
gets every issuer's: discovery document and key set, over HTTPS. Nobody else ever trusts
these keys, so such a token opens nothing elsewhere.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from joserfc import jws
from joserfc.jwk import RSAKey

from rolecall.local.oidc.connections import Connection, connection_of, host_of
from rolecall.local.oidc.stand_in_server import StandInServer
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "oidc_stand_ins"
_MOST = 200
#: How long a token is good where nothing else is said, in seconds.
LIFETIME = 3600

_lock = threading.Lock()
_servers: "WeakKeyDictionary[Cloud, StandInServer]" = WeakKeyDictionary()


def mint(issuer_url: str, claims: Mapping[str, Any], cloud: "Cloud") -> str:
    """Sign a token as the stand-in of an issuer (RS256). Call it inside the gate.

    `iss`, `iat` and `exp` are filled in unless `claims` say otherwise, by the embedded
    AWS's clock.

    Raises:
        Problem: the URL is none, or belongs to a real issuer that is connected.
    """
    key = _key(cloud, issuer_url)
    now = int(cloud.now().timestamp())
    filled = {"iss": issuer_url, "iat": now, "exp": now + LIFETIME, **claims}
    header = {"alg": "RS256", "kid": key.thumbprint(), "typ": "JWT"}
    return jws.serialize_compact(header, json.dumps(filled).encode(), key, algorithms=["RS256"])


def stand_ins(cloud: "Cloud") -> tuple[str, ...]:
    """The issuers that somebody asked a token for."""
    return tuple(cloud.records.get(_TABLE, {}))


def forget(cloud: "Cloud", issuer_url: str) -> bool:
    """Throw a stand-in and its key away; False if there was none. Call it inside the gate."""
    known = cloud.records.get(_TABLE, {}).pop(issuer_url, None) is not None
    cloud.mark_changed()
    return known


def stand_in_connection(cloud: "Cloud", issuer_url: str) -> Connection | None:
    """Where the stand-in of an issuer listens, or None if there is none.

    The listener is started now unless it runs; it ends with the server.
    """
    if issuer_url not in cloud.records.get(_TABLE, {}):
        return None
    with _lock:
        server = _servers.get(cloud)
        if server is None:
            server = StandInServer(lambda: _Published(cloud))
            server.start()
            _servers[cloud] = server
            cloud.when_stopped(lambda: _stop(cloud))
    return Connection(server.host, server.port, server.ca)


def _stop(cloud: "Cloud") -> None:
    with _lock:
        server = _servers.pop(cloud)
    server.stop()


def _key(cloud: "Cloud", issuer_url: str) -> RSAKey:
    host_of(issuer_url)
    if connection_of(cloud, issuer_url) is not None:
        raise Problem(
            f"{issuer_url} is connected to a real issuer, whose key is not ours; ask that issuer "
            f"for a token, or run `rolecall local issuer disconnect {issuer_url}`."
        )
    with _lock:
        table = cloud.records.setdefault(_TABLE, {})
        held = table.get(issuer_url)
        if held is None:
            if len(table) >= _MOST:
                raise Problem(f"There are {_MOST} stand-in issuers already; disconnect one first.")
            held = {"key": RSAKey.generate_key(2048).as_pem(private=True).decode()}
            table[issuer_url] = held
            cloud.mark_changed()
    return RSAKey.import_key(held["key"])


class _Published(Mapping[str, list[dict[str, Any]]]):
    """The public keys of every stand-in, by issuer URL.

    A key is read when it is looked at: that takes longer than a handshake, and of two
    hundred keys longer than anybody waits for an issuer.
    """

    def __init__(self, cloud: "Cloud") -> None:
        self._held = dict(cloud.records.get(_TABLE, {}))

    def __getitem__(self, issuer_url: str) -> list[dict[str, Any]]:
        key = RSAKey.import_key(self._held[issuer_url]["key"])
        public = {**key.as_dict(private=False), "kid": key.thumbprint()}
        return [{**public, "use": "sig", "alg": "RS256"}]

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __len__(self) -> int:
        return len(self._held)

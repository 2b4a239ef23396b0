"""Where the issuer of a URL really listens, for issuers that run on this machine.

An issuer's URL has no port in IAM ("The URL should not contain a port number",
CreateOpenIDConnectProvider), and its host name rarely leads to this machine. So a
developer says once where the issuer is, and which authority signed its certificate.
The certificate must bear the issuer's own host name all the same.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rolecall.addresses import is_loopback
from rolecall.problems import Problem

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "oidc_connections"
_MOST = 200
_LARGEST_CA = 100_000


@dataclass(frozen=True, slots=True)
class Connection:
    """An address on this machine, and the authorities (PEM) that vouch for who is there."""

    host: str
    port: int
    ca: str

    @property
    def address(self) -> str:
        """As it was written: `127.0.0.1:8443`."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def connect(cloud: "Cloud", issuer: str, address: str, ca: str) -> Connection:
    """Say where an issuer listens; replaces what was said before. Call it inside the gate.

    Raises:
        Problem: the URL, the address or the certificate is none, or leads elsewhere.
    """
    host_of(issuer)
    made = _connection(address, ca)
    table = cloud.records.setdefault(_TABLE, {})
    if issuer not in table and len(table) >= _MOST:
        raise Problem(f"There are {_MOST} connections already; disconnect one first.")
    table[issuer] = {"address": made.address, "ca": made.ca}
    cloud.mark_changed()
    return made


def disconnect(cloud: "Cloud", issuer: str) -> bool:
    """Forget where an issuer listens; False if nothing was known. Call it inside the gate."""
    known = cloud.records.get(_TABLE, {}).pop(issuer, None) is not None
    cloud.mark_changed()
    return known


def connections(cloud: "Cloud") -> dict[str, str]:
    """All issuers with a connection, and their addresses."""
    return {url: str(held["address"]) for url, held in _table(cloud).items()}


def connection_of(cloud: "Cloud", issuer: str) -> Connection | None:
    """The connection of an issuer, or None where its URL itself is to be asked."""
    held = _table(cloud).get(issuer)
    return None if held is None else _connection(str(held["address"]), str(held["ca"]))


def host_of(issuer: str) -> str:
    """The host name in an issuer's URL, in lower case.

    Raises:
        Problem: it is no https URL of a host.
    """
    try:
        parts = urlsplit(issuer)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    plain = issuer.isascii() and issuer.isprintable() and " " not in issuer
    if parts.scheme != "https" or not host or port or "@" in parts.netloc or not plain:
        raise Problem(
            f"{issuer!r} is no issuer's URL; write https:// and the host, without a port."
        )
    return host


def _table(cloud: "Cloud") -> Mapping[str, Mapping[str, str]]:
    table: Mapping[str, Mapping[str, str]] = cloud.records.get(_TABLE, {})
    return table


def _connection(address: str, ca: str) -> Connection:
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not (port.isascii() and port.isdigit() and 1 <= int(port[:6]) <= 65535):
        raise Problem(f"{address!r} is no address; write 127.0.0.1 and the port, 127.0.0.1:8443.")
    if not is_loopback(host):
        # The request would carry the issuer's name to a place the name does not stand for.
        raise Problem(
            f"{address!r} is not on this machine; write an address like 127.0.0.1:8443. An "
            "issuer elsewhere is found by its own name, without a connection."
        )
    if len(ca) > _LARGEST_CA:
        raise Problem("The certificate of the issuer's authority is too large.")
    try:
        ssl.create_default_context(cadata=ca)
    except (ssl.SSLError, ValueError, TypeError):
        raise Problem(
            "The certificate of the issuer's authority is not readable; give a PEM file."
        ) from None
    return Connection("127.0.0.1" if host == "localhost" else host, int(port), ca)

"""Where a URL of an issuer leads: a connection to this machine, or a public address.

A token names its issuer, and anybody may send one. Without this, a token could make the
embedded AWS knock at services of the machine and its network (server-side request
forgery).
"""

import ipaddress
import socket
import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

from rolecall.local.oidc.connections import Connection, host_of
from rolecall.local.oidc.deadline import Deadline
from rolecall.problems import Problem

_HTTPS = 443
#: Addresses that stand for one of IPv4 (RFC 6052), which may be private.
_TRANSLATED = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """The URL leads nowhere that may be asked; the text says why, without any secret."""


@dataclass(frozen=True, slots=True)
class Route:
    """An address to connect to, the name that must be proven there, and what to ask for."""

    address: str
    port: int
    host: str
    target: str
    context: ssl.SSLContext


def route(url: str, issuer: str, connection: Connection | None, deadline: Deadline) -> Route:
    """The way to `url`, which is an issuer's discovery document or key set.

    A connection stands for everything under the issuer's own host name, whatever port the
    URL names; other hosts, and issuers without a connection, are looked up.

    Raises:
        Unreachable: it is no https URL, or leads to an address that is not public.
    """
    host, port, target = _parts(url)
    if connection is not None and host == _parts(issuer)[0]:
        authorities = connection.ca or None
        context = ssl.create_default_context(cadata=authorities)
        return Route(connection.host, connection.port, host, target, context)
    if port != _HTTPS:
        # The provider's own URL cannot name a port; in doubt its key set cannot either.
        raise Unreachable(f"{host} is to be asked at another port than {_HTTPS}")
    address = _public_address(host, deadline)
    return Route(address, port, host, target, ssl.create_default_context())


def is_public(address: _Address) -> bool:
    """Whether an address is one of the internet, in whatever disguise."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        # Site-local addresses (fec0::/10) are those of a network of one's own, though
        # deprecated (RFC 3879); Python takes them for global ones.
        if address.teredo is not None or address.is_site_local:
            return False
        if inner is not None:
            return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved


def addresses_of(host: str) -> list[str]:
    """The addresses that the resolver gives for a host; none if it knows none."""
    try:
        results = socket.getaddrinfo(host, _HTTPS, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return [str(result[4][0]) for result in results]


def _parts(url: str) -> tuple[str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
        # A port is no part of an issuer, but of the address of its keys it may be.
        host = host_of(f"https://{parts.hostname}" if parts.hostname else url)
    except (ValueError, Problem):
        raise Unreachable("the URL of the issuer's documents is none") from None
    plain = url.isascii() and url.isprintable() and " " not in url
    if parts.scheme != "https" or "@" in parts.netloc or parts.fragment or not plain:
        raise Unreachable("the URL of the issuer's documents is not a plain https URL")
    query = f"?{parts.query}" if parts.query else ""
    return host, _HTTPS if port is None else port, (parts.path or "/") + query


def _public_address(host: str, deadline: Deadline) -> str:
    """The first address of a host, if all of them are public.

    It is the address that is connected to, so the name cannot lead elsewhere a moment
    later (DNS rebinding).
    """
    found: list[str] = []

    # The resolver knows no time limit, so it is asked aside.
    asking = threading.Thread(
        target=lambda: found.extend(addresses_of(host)), name="look-up", daemon=True
    )
    asking.start()
    asking.join(deadline.left())
    addresses = list(found)
    if not addresses:
        raise Unreachable(f"{host} has no address")
    for address in addresses:
        if not is_public(ipaddress.ip_address(address.partition("%")[0])):
            raise Unreachable(
                f"{host} leads to an address that is not public; for an issuer on this machine "
                "run `rolecall local issuer connect`"
            )
    return addresses[0]

"""To which addresses a secret may be sent: over HTTPS, or to this machine."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from rolecall.problems import Problem


def is_loopback(host: str) -> bool:
    """Whether a host is this machine: an address of the loopback range, or localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check_address(url: str, wrong: str, secret: str, *, query: bool = False) -> None:
    """Raise `Problem` for a URL to which a secret cannot be sent, or not safely.

    wrong: how the sentence begins, naming where the URL stands. secret: what would travel.
    query: whether the URL may have one. The URL itself is not told: it may hold a secret.
    """
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise Problem(f"{wrong}it is no URL.") from None
    if not host or not url.isascii() or not url.isprintable() or " " in url:
        raise Problem(f"{wrong}it is no URL.")
    if parts.username is not None or parts.password is not None:
        raise Problem(f"{wrong}it names a user; leave that out.")
    if "#" in url or (parts.query and not query):
        raise Problem(f"{wrong}it has a {'fragment' if '#' in url else 'query'}; leave that out.")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise Problem(f"{wrong}it must be https, or {secret} would travel in clear.")

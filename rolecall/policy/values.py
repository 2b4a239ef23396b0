"""Reading the values that condition operators compare; None means: not of that type.

Source: "IAM JSON policy elements: Condition operators"; the W3C note "Date and Time
Formats" for dates.
"""

import base64
import binascii
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

Number: TypeAlias = int | Decimal
Network: TypeAlias = tuple[int, int, int]
"""IP version, network address, mask."""

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")
_DATE = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?)"
    r"(?:T(?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2}))?"
)
_EPOCH_SECONDS = re.compile(r"[0-9]{1,12}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BOOLEANS = {"true": True, "false": False}


def read_bool(text: str) -> bool | None:
    """True or false, in any case."""
    return _BOOLEANS.get(text.lower())


def read_number(text: str) -> Number | None:
    """An integer or decimal number, exactly; AWS documents no exponents."""
    if text.isascii() and text.isdigit() and len(text) < 300:
        return int(text)
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def read_date(text: str) -> Number | None:
    """A moment, as nanoseconds since 1970: an ISO 8601 date of the W3C profile, or epoch seconds.

    A day alone begins at midnight UTC. A time needs its zone, as in the W3C note: a
    policy must not mean another moment elsewhere.
    """
    if _EPOCH_SECONDS.fullmatch(text):
        return int(text) * 1_000_000_000
    shape = _DATE.fullmatch(text)
    if not shape:
        return None
    day, time, zone = shape["day"], shape["time"] or "00:00", shape["zone"] or "Z"
    if len(day) == 7:
        if shape["time"]:
            return None
        day += "-01"
    try:
        moment = datetime.fromisoformat(f"{day}T{time}{'+00:00' if zone == 'Z' else zone}")
        seconds = (moment - _EPOCH) // timedelta(seconds=1)
    except (ValueError, OverflowError):
        return None
    return seconds * 1_000_000_000 + int((shape["fraction"] or "0").ljust(9, "0"))


def read_binary(text: str) -> bytes | None:
    """The bytes behind base64 text."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def read_network(text: str) -> Network | None:
    """An address or CIDR range of IPv4 or IPv6; an address alone is a range of one."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    # `ip_network` also takes a netmask behind the slash, which AWS does not document.
    _, slash, length = text.partition("/")
    if slash and not (length.isascii() and length.isdigit()):
        return None
    # Nor a zone (`fe80::1%eth0`), which is a machine's own affair.
    if "%" in text:
        return None
    return network.version, int(network.network_address), int(network.netmask)


def read_address(text: str) -> tuple[int, int] | None:
    """An address, as IP version and number."""
    parts = text.split(".")
    if len(parts) == 4 and ":" not in text:
        number = 0
        for part in parts:
            if not (part.isascii() and part.isdigit()) or len(part) > 3:
                return None
            value = int(part)
            # A leading zero would read as octal elsewhere: not an address at all.
            if value > 255 or (part[0] == "0" and len(part) > 1):
                return None
            number = number << 8 | value
        return 4, number
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return None
    return None if address.scope_id else (6, int(address))

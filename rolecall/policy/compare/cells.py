"""Values of types that have an order: one for each stretch that no limit divides.

Numbers, dates and addresses are integers here (or decimals); between two neighbouring
limits all values are alike to every condition, so a few of them are enough.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address, ip_address
from itertools import pairwise

from rolecall.policy.compare.atoms import Atom
from rolecall.policy.compare.domains import Kind
from rolecall.policy.operators import Family
from rolecall.policy.values import Number, read_date, read_network, read_number

_SECOND = 1_000_000_000
_FIRST_DAY, _LAST_SECOND = -62135596800, 253402300799
# A moment that reads well where no limit asks for another.
_ORDINARY_DATE = int(datetime(2030, 1, 15, 9, tzinfo=UTC).timestamp()) * _SECOND
_ORDINARY_NUMBER = 300
_ORDINARY_ADDRESSES = ("203.0.113.7", "198.51.100.7", "192.0.2.7", "2001:db8::7")


def typed_values(atoms: Sequence[Atom], kind: Kind, spare: int) -> Iterator[str]:
    """Texts that show every way in which these conditions can come out together.

    `spare`: how many single texts may be ruled out besides; so many more of each
    stretch are given.
    """
    families = {atom.operator.family for atom in atoms}
    if kind is Kind.BOOL:
        yield from ("true", "false")
        return
    if kind is Kind.DATE or (Family.DATE in families and kind is Kind.TEXT):
        yield from _dates(_limits(atoms, Family.DATE, read_date), spare, text=kind is Kind.TEXT)
    if kind is Kind.NUMBER:
        seconds = [Fraction(n) / _SECOND for n in _limits(atoms, Family.DATE, read_date)]
        numbers = [Fraction(n) for n in _limits(atoms, Family.NUMERIC, read_number)]
        yield from _whole_numbers([*numbers, *seconds], spare)
    elif Family.NUMERIC in families and kind is Kind.TEXT:
        yield from _decimals(_limits(atoms, Family.NUMERIC, read_number), spare)
    if kind is Kind.ADDRESS or (Family.IP in families and kind is Kind.TEXT):
        yield from _addresses(atoms, spare)
    if Family.BINARY in families and kind is Kind.TEXT:
        for atom in atoms:
            if atom.operator.family is Family.BINARY:
                yield from atom.condition.values
        # Distinct from what is listed: longer than every value there is.
        longest = max(len(v) for atom in atoms for v in atom.condition.values)
        yield from ("AAAA" * (longest + 1 + extra) for extra in range(spare + 1))
    if kind is Kind.TEXT:
        # No number, no date, no address, no base64.
        yield from ("x-" + "x" * extra for extra in range(1 + spare))


def _limits(atoms: Iterable[Atom], family: Family, read: object) -> list[Number]:
    reader = read_date if read is read_date else read_number
    values = (
        reader(value)
        for atom in atoms
        if atom.operator.family is family
        for value in atom.condition.values
    )
    return sorted({value for value in values if value is not None})


def _whole_numbers(limits: Sequence[Fraction], spare: int) -> Iterator[str]:
    numbers = {0, *range(_ORDINARY_NUMBER, _ORDINARY_NUMBER + 1 + spare)}
    for limit in limits:
        below = limit.numerator // limit.denominator
        numbers.update(range(below - 1 - spare, below + 3 + spare))
    return (str(number) for number in sorted(numbers) if 0 <= number < 10**12)


def _decimals(limits: Sequence[Number], spare: int) -> Iterator[str]:
    yield str(_ORDINARY_NUMBER)
    exact = [Decimal(limit) for limit in limits]
    between = [exact[0] - 1, exact[-1] + 1] if exact else []
    between += [(a + b) / 2 for a, b in pairwise(exact)]
    for number in (*exact, *between):
        text = f"{number:f}"
        yield text
        # The same number can be written otherwise.
        point = "" if "." in text else "."
        yield from (text + point + "0" * (1 + extra) for extra in range(spare))


def _dates(limits: Sequence[Number], spare: int, *, text: bool) -> Iterator[str]:
    moments = [_ORDINARY_DATE + step * _SECOND for step in range(1 + spare)]
    for limit in limits:
        whole = int(limit) // _SECOND * _SECOND
        # Whole seconds first: they are what AWS writes.
        moments += [whole + step * _SECOND for step in range(-1 - spare, 2 + spare)]
    for limit in limits:
        moments += [int(limit) + step for step in range(-1 - spare, 2 + spare)]
    for moment in dict.fromkeys(moments):
        seconds, fraction = divmod(moment, _SECOND)
        if not _FIRST_DAY <= seconds <= _LAST_SECOND:
            continue
        day = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
        written = day.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
        rest = f".{fraction:09d}".rstrip("0") if fraction else ""
        yield f"{written}{rest}Z"
        if text:
            offsets = (day + timedelta(minutes=m) for m in range(spare))
            for minutes, local in enumerate(offsets):
                shifted = local.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
                yield f"{shifted}{rest}+00:{minutes:02d}"


def _addresses(atoms: Iterable[Atom], spare: int) -> Iterator[str]:
    edges = {(4, 0), (6, 0)}
    for atom in atoms:
        if atom.operator.family is not Family.IP:
            continue
        for value in atom.condition.values:
            network = read_network(value)
            if network is not None:
                version, start, mask = network
                bits = 32 if version == 4 else 128
                edges.add((version, start))
                edges.add((version, start + (1 << bits) - mask))
    yield from _ORDINARY_ADDRESSES
    for version, edge in sorted(edges):
        limit = 1 << (32 if version == 4 else 128)
        # An edge may be a network of one address: its own number comes last, not never.
        for step in (*range(1, 2 + spare), 0):
            if 0 <= edge + step < limit:
                yield str((IPv4Address if version == 4 else IPv6Address)(edge + step))


def is_of(kind: Kind, text: str) -> bool:
    """Whether AWS would write a value of this kind like that."""
    if kind is Kind.BOOL:
        return text in ("true", "false")
    if kind is Kind.NUMBER:
        return text.isascii() and text.isdigit() and (text == "0" or text[0] != "0")
    if kind is Kind.DATE:
        return text.endswith("Z") and "T" in text and read_date(text) is not None
    return _canonical_address(text)


def _canonical_address(text: str) -> bool:
    try:
        return str(ip_address(text)) == text
    except ValueError:
        return False

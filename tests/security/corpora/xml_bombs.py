"""XML that grows, leads elsewhere or never ends, for SAML responses and for metadata.

Run in a process of its own, whose memory and time are bounded by the system: a bomb that
goes off ends that process. What leads elsewhere leads to a listener of the test, or to a
named pipe, at which whoever opened it would wait for ever.
"""

import json
import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rolecall.issuers.saml_metadata import SamlMetadataProblem, read_saml_metadata
from rolecall.local.api import AwsError
from rolecall.local.saml.verify import verified_assertion
from tests.local.saml.idp import encoded
from tests.security.corpora.counting import Counts
from tests.security.corpora.saml_judge import IDP, NOW, genuine, metadata

ROOT = Path(__file__).parents[3]
#: Beyond what the process needs before the first bomb; in bytes, and in seconds of CPU.
MEMORY, CPU, PATIENCE = 768 << 20, 120, 400
#: Begins the names of bombs with a document type, in whatever spelling.
_TYPE = "DTD: "
_XML = b'<?xml version="1.0"?>\n'


@dataclass(frozen=True)
class Outcome:
    """`what`: refused, as ever (it means the same as without), or what went wrong."""

    bomb: str
    reader: str
    what: str
    seconds: float
    grown: int


def run(address: str, pipe: Path, *, only: int = 1, room: int = 9_000_000) -> list[Outcome]:
    """Every `only`th bomb of `room` bytes, in a process that the system bounds."""
    code = "from tests.security.corpora import xml_bombs; xml_bombs.child()"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        input=json.dumps({"address": address, "pipe": str(pipe), "only": only, "room": room}),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode != 0:
        last = done.stdout.splitlines()[-1:] or ["nothing"]
        raise AssertionError(f"exit {done.returncode} after {last[0]}: {done.stderr[-2000:]}")
    return [Outcome(**json.loads(line)) for line in done.stdout.splitlines()]


@contextmanager
def listening() -> Iterator[tuple[str, Callable[[], int]]]:
    """An address, and how many have asked there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)

        def asked() -> int:
            count = 0
            while True:
                try:
                    server.accept()[0].close()
                except BlockingIOError:
                    return count
                count += 1

        yield "{}:{}".format(*server.getsockname()), asked


def pipe_in(folder: Path) -> Path:
    """A pipe that nobody writes to."""
    pipe = folder / "canary"
    os.mkfifo(pipe)
    return pipe


def counted(outcomes: list[Outcome]) -> Iterator[Counts]:
    """Without a document type XML may be taken, if it means what it meant without the bomb."""
    for reader in dict.fromkeys(each.reader for each in outcomes):
        counts = Counts(f"XML bombs: {reader}")
        for each in (each for each in outcomes if each.reader == reader):
            if each.what == "refused":
                counts.refused += 1
            elif each.what == "as ever" and not each.bomb.startswith(_TYPE):
                counts.accepted += 1
            else:
                counts.findings.append(f"{each.bomb}: {each.what}")
        yield counts


def child() -> None:
    """Reads what to do from stdin, writes one outcome a line."""
    wanted = json.load(sys.stdin)
    metadata()
    genuine("assertion")
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (held + MEMORY, held + MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU, CPU))
    for reader, read in _READERS.items():
        room = min(_ROOM[reader], wanted["room"])
        bombs = list(_bombs(wanted["address"], wanted["pipe"], room))
        for name, build in bombs[:: wanted["only"]]:
            print(json.dumps(asdict(_tried(name, reader, build, read))), flush=True)  # noqa: T201


def _tried(
    name: str, reader: str, build: Callable[[bytes], bytes], read: Callable[[bytes], object]
) -> Outcome:
    document = build(_DOCUMENTS[reader]())
    before, began = _peak(), os.times()
    try:
        what = "as ever" if read(document) == read(_DOCUMENTS[reader]()) else "changed"
    except (SamlMetadataProblem, AwsError) as error:
        what = "refused" if "canary" not in f"{error} {error!r}" else "told"
    except BaseException as error:
        what = type(error).__name__
    ended = os.times()
    seconds = ended.user + ended.system - began.user - began.system
    return Outcome(name, reader, what, round(seconds, 2), (_peak() - before) >> 20)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10


_READERS: dict[str, Callable[[bytes], object]] = {
    "a response": lambda text: verified_assertion(encoded(text), metadata(), now=NOW),
    "metadata": read_saml_metadata,
    "metadata as text": lambda text: read_saml_metadata(text.decode("utf-8", "surrogateescape")),
}
#: AWS takes 100,000 characters of base64, and 10,000,000 of metadata; some are needed.
_ROOM = {"a response": 70_000, "metadata": 9_000_000, "metadata as text": 9_000_000}
_DOCUMENTS: dict[str, Callable[[], bytes]] = {
    "a response": lambda: genuine("assertion"),
    "metadata": lambda: IDP.metadata().partition("\n")[2].encode(),
    "metadata as text": lambda: IDP.metadata().partition("\n")[2].encode(),
}


# -- the bombs: each makes one of a good document --------------------------------------


Bomb = tuple[str, Callable[[bytes], bytes]]


def _bombs(address: str, pipe: str, room: int) -> Iterator[Bomb]:
    yield "harmless: nothing changed", lambda good: good
    yield "harmless: a declaration", lambda good: _XML + good
    for name, build in (*_growing(), *_typed_elsewhere(address, pipe), *_written(address)):
        yield _TYPE + name, build
    yield "XML 1.1", lambda good: b'<?xml version="1.1"?>' + good
    yield from _leading_elsewhere(address, pipe)
    yield from _endless(room)


def _typed(inside: str, used: str = "", name: str = "x") -> Callable[[bytes], bytes]:
    """A document type, and something of it in the document's first text."""

    def build(good: bytes) -> bytes:
        head, closing, tail = good.partition(b">")
        text = f"<!DOCTYPE {name} {inside}>".encode()
        return _XML + text + head + closing + used.encode() + tail

    return build


def _growing() -> Iterator[Bomb]:
    levels = "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10 if level else "ha" * 50}">'
        for level in range(12)
    )
    yield "a billion laughs", _typed(f"[{levels}]", "&a11;")
    yield "a billion laughs in an attribute", _typed(f"[{levels}]", '<x y="&a11;"/>')
    large = f'<!ENTITY a "{"x" * 100_000}">'
    yield "a large entity, often", _typed(f"[{large}]", "&a;" * 20_000)
    parameters = '<!ENTITY % a0 "ha">' + "".join(
        f'<!ENTITY % a{level} "{f"&#37;a{level - 1};" * 10}">' for level in range(1, 12)
    )
    yield "a billion parameters", _typed(f"[{parameters} %a11;]")
    yield "an entity of itself", _typed('[<!ENTITY a "&b;"><!ENTITY b "&a;">]', "&a;")
    yield (
        "a default for an attribute",
        _typed(f'[<!ATTLIST x y CDATA "{"y" * 1_000_000}">]', "<x/>" * 50_000),
    )
    declared = "".join(f'<!ENTITY a{n} "">' for n in range(200_000))
    yield "two hundred thousand entities", _typed(f"[{declared}]")
    yield "an entity of a tag", _typed("[<!ENTITY a '<x>'>]", "&a;")
    yield "nothing but a document type", lambda good: _XML + b"<!DOCTYPE x>" + good
    yield "a type behind a comment", lambda good: _XML + b"<!-- --><!DOCTYPE x []>" + good
    yield "a type in two lines", lambda good: _XML + b"<!DOCTYPE\nx\n[\n]\n>" + good
    yield "a type in small letters", lambda good: _XML + b"<!doctype x>" + good


def _places(address: str, pipe: str) -> Iterable[tuple[str, str]]:
    return {
        "a file": Path(pipe).as_uri(),
        "a path": pipe,
        "a page": f"http://{address}/canary",
        "a page over TLS": f"https://{address}/canary",
        "ftp": f"ftp://{address}/canary",
        "a host alone": f"//{address}/canary",
        "data": "data:text/plain,canary",
        "php": f"php://filter/read=convert.base64-encode/resource={pipe}",
        "expect": "expect://id",
        "jar": f"jar:http://{address}/canary!/x",
        "netdoc": f"netdoc:{pipe}",
    }.items()


def _typed_elsewhere(address: str, pipe: str) -> Iterator[Bomb]:
    for what, place in _places(address, pipe):
        yield f"an entity of {what}", _typed(f'[<!ENTITY a SYSTEM "{place}">]', "&a;")
        yield f"a public entity of {what}", _typed(f'[<!ENTITY a PUBLIC "a" "{place}">]', "&a;")
        yield f"a parameter of {what}", _typed(f'[<!ENTITY % a SYSTEM "{place}"> %a;]')
        yield f"a type of {what}", _typed(f'SYSTEM "{place}"')
        yield f"a public type of {what}", _typed(f'PUBLIC "a" "{place}"')
        yield (
            f"an unparsed entity of {what}",
            _typed(f'[<!NOTATION n SYSTEM "{place}"><!ENTITY a SYSTEM "{place}" NDATA n>]'),
        )


def _leading_elsewhere(address: str, pipe: str) -> Iterator[Bomb]:
    """Places that are named outside of a document type; nobody is to ask there."""
    for what, place in _places(address, pipe):
        for parse in ("xml", "text"):
            yield (
                f"an XInclude of {what} as {parse}",
                _inside(
                    f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{place}" '
                    f'parse="{parse}"/>'
                ),
            )
        yield (
            f"a schema of {what}",
            _attribute(
                'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                f'xsi:schemaLocation="urn:x {place}" xsi:noNamespaceSchemaLocation="{place}"'
            ),
        )
        yield (
            f"a style sheet of {what}",
            lambda good, place=place: (  # type: ignore[misc]
                f'<?xml-stylesheet type="text/xsl" href="{place}"?>'.encode() + good
            ),
        )
        yield (
            f"a catalog of {what}",
            lambda good, place=place: (  # type: ignore[misc]
                f'<?oasis-xml-catalog catalog="{place}"?>'.encode() + good
            ),
        )
        yield f"a base of {what}", _attribute(f'xml:base="{place}"')


def _written(address: str) -> Iterator[Bomb]:
    """A document type that only some encodings show."""
    typed = _typed(f'[<!ENTITY a SYSTEM "http://{address}/canary">]', "&a;")
    for name in (
        *("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "utf-7"),
        *("cp037", "cp1026", "iso2022_jp", "shift_jis", "gb18030", "utf-8-sig", "utf-16 as utf-8"),
    ):
        codec = name.split()[0]
        for declared in (name.split()[-1], "utf-8", ""):
            yield (
                f"{name} that says {declared or 'nothing'}",
                (
                    lambda good, codec=codec, declared=declared: _spelled(  # type: ignore[misc]
                        typed(good), codec, declared
                    )
                ),
            )
    yield (
        "UTF-7 inside of UTF-8",
        lambda good: typed(good).replace(b"<!DOCTYPE", b"+ADwAIQ-DOCTYPE"),
    )
    yield "a type of two NULs", lambda good: typed(good).replace(b"<!DOCTYPE", b"<\0!\0DOCTYPE")
    yield "overlong UTF-8", lambda good: typed(good).replace(b"<!DOCTYPE", b"\xc0\xbc!DOCTYPE")
    yield (
        "a declaration in the middle",
        lambda good: good.replace(b">", b"><?xml version='1.0'?>", 1),
    )
    yield (
        "two declarations",
        lambda good: (
            b'<?xml version="1.0" encoding="utf-8"?><?xml version="1.0" encoding="utf-16"?>' + good
        ),
    )


def _spelled(text: bytes, codec: str, declared: str) -> bytes:
    head = f' encoding="{declared}"' if declared else ""
    whole = text.decode().replace('version="1.0"', f'version="1.0"{head}', 1)
    return whole.encode(codec, "xmlcharrefreplace")


def _endless(room: int) -> Iterator[Bomb]:
    """As much of one thing as there is room for."""

    def many(each: Callable[[int], str], share: float = 1) -> str:
        unit = len(each(room)) + 1
        return " ".join(each(number) for number in range(int(room * share) // unit))

    long = "x" * room
    for depth in (300, 5_000, room // 7):
        yield f"{depth} levels", _inside("<x>" * depth + "</x>" * depth)
        yield f"{depth} levels that never close", lambda good, depth=depth: b"<x>" * depth  # type: ignore[misc]
    yield (
        "levels with a namespace each",
        _inside(
            "".join(f'<a{n}:x xmlns:a{n}="urn:{n}">' for n in range(250))
            + "".join(f"</a{n}:x>" for n in reversed(range(250)))
        ),
    )
    yield "a long attribute", _attribute(f'y="{long}"')
    attributes = many(lambda n: f'y{n}=""')
    yield "attributes", _attribute(attributes)
    yield "attributes inside", _inside(f"<x {attributes}/>")
    yield "attributes of one name", _attribute(many(lambda n: f'xmlns:a{n}="urn:{n}" a{n}:y=""'))
    yield "an attribute twice", _attribute(many(lambda _: 'y=""'))
    yield "namespaces", _attribute(many(lambda n: f'xmlns:a{n}="urn:{n}"'))
    yield (
        "namespaces and elements",
        _both(many(lambda n: f'xmlns:a{n}="urn:{n}"', 0.5), many(lambda _: "<x/>", 0.5)),
    )
    yield (
        "namespaces and elements of each",
        _both(
            many(lambda n: f'xmlns:a{n}="urn:{n}"', 0.1), many(lambda n: f"<a{n // 100}:x/>", 0.8)
        ),
    )
    yield "a long namespace", _attribute(f'xmlns:a="urn:{long}"')
    yield "a long name", _inside(f"<{long}/>")
    yield "a long text", _inside(f"<x>{long}</x>")
    yield "instructions", _inside(many(lambda _: "<?x y?>"))
    yield "a long instruction", _inside(f"<?x {long}?>")
    yield "comments", _inside(many(lambda _: "<!---->"))
    yield "a long comment", _inside(f"<!--{long}-->")
    yield "characters as numbers", _inside(f"<x>{many(lambda _: '&#65;')}</x>")
    yield "a long number", _inside(f"<x>&#{'9' * room};</x>")
    yield "sections of CDATA", _inside(f"<x>{many(lambda _: '<![CDATA[x]]>')}</x>")
    yield "elements", _inside(many(lambda _: "<x/>"))
    yield "elements with IDs", _inside(many(lambda n: f'<x ID="_{n}"/>'))
    signature = '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"/>'
    yield "signatures", _inside(many(lambda _: signature))
    yield "prefixes of inclusive namespaces", _prefixes(many(lambda n: f"a{n}"))
    for place in ("X509Certificate>", "DigestValue>", "SignatureValue>", "Issuer>", 'entityID="'):
        yield (
            f"much in {place[:-1]}",
            lambda good, place=place: _first(  # type: ignore[misc]
                good, place.encode(), b"A" * room
            ),
        )
    yield "a broken tag", lambda good: good[:-20]
    yield "nothing but spaces", lambda good: b" " * room
    yield "nothing", lambda good: b""


def _prefixes(listed: str) -> Callable[[bytes], bytes]:
    name = "http://www.w3.org/2001/10/xml-exc-c14n#"
    old = f'<ds:Transform Algorithm="{name}"/>'
    new = (
        f'<ds:Transform Algorithm="{name}"><ec:InclusiveNamespaces xmlns:ec="{name}" '
        f'PrefixList="{listed}"/></ds:Transform>'
    )
    return lambda good: _replaced(good, old.encode(), new.encode())


def _replaced(good: bytes, old: bytes, new: bytes) -> bytes:
    return good.replace(old, new, 1) if old in good else good + b"<"


def _first(good: bytes, mark: bytes, text: bytes) -> bytes:
    return _replaced(good, mark, mark + text)


def _inside(text: str) -> Callable[[bytes], bytes]:
    """Behind the document's first tag."""

    def build(good: bytes) -> bytes:
        head, closing, tail = good.partition(b">")
        return head + closing + text.encode() + tail

    return build


def _attribute(text: str) -> Callable[[bytes], bytes]:
    """In the document's first tag."""
    return lambda good: good.replace(b" ", f" {text} ".encode(), 1)


def _both(attribute: str, inside: str) -> Callable[[bytes], bytes]:
    return lambda good: _inside(inside)(_attribute(attribute)(good))

"""XML bombs go off in neither SAML responses nor metadata, and lead nowhere.

A process of its own reads them, bounded in memory and time by the system. All of them
are read by `make corpora`.
"""

import socket
from pathlib import Path

from tests.security.corpora import xml_bombs
from tests.security.corpora.xml_bombs import listening


def test_xml_bombs(tmp_path: Path) -> None:
    with listening() as (address, asked):
        outcomes = xml_bombs.run(address, xml_bombs.pipe_in(tmp_path), only=3, room=300_000)
        assert asked() == 0
    readers = list(xml_bombs.counted(outcomes))
    assert len(readers) == 3
    for counts in readers:
        assert counts.findings == []
        assert counts.accepted > 0
        assert counts.refused > 20


def test_the_listener_notices_who_asks(tmp_path: Path) -> None:
    with listening() as (address, asked):
        host, _, port = address.partition(":")
        socket.create_connection((host, int(port)), 5).close()
        assert asked() == 1
    assert xml_bombs.pipe_in(tmp_path).is_fifo()

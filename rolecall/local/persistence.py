"""The state on disk: keys, and snapshots of everything the embedded AWS holds.

A state directory holds `key` (32 random bytes, the root of all other keys),
`snapshot` (the newest) and `snapshot.previous`. A snapshot is written to a temporary
file, put on the disk and renamed, so a crash leaves the old one or the new one, never
a part; `kill -9` loses what changed since the newest one began (see `snapshots.DELAY`).

Snapshots are pickles of moto's objects, and unpickling runs code of whoever wrote the
file. So the directory must be its owner's alone, and every snapshot carries an HMAC
under a key derived from `key`: a file that this embedded AWS did not write is refused.
"""

import hmac
import json
import logging
import os
import secrets
import struct
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rolecall.files import read_regular, sweep_beside, sync_directory, write_private
from rolecall.local.moto_state import capture, restore
from rolecall.local.rundir import private_directory
from rolecall.problems import Exit, Problem

_log = logging.getLogger("rolecall.local")

_MAGIC = b"rolecall state 1\n"
_DIGEST = 32
_WORTH_COMPRESSING = 4 * 1024 * 1024
Records = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """A directory of state that is safe to read from: its owner's alone."""

    path: Path
    key: bytes

    @classmethod
    def open(cls, path: Path) -> "StateDirectory":
        """Open a state directory; directory and key are made when missing.

        Raises:
            Problem: the directory or its key belongs to someone else or is open to
                others, or the key is damaged.
        """
        private_directory(path)
        key_file = path / "key"
        if not key_file.exists():
            if (path / "snapshot").exists():
                raise Problem(
                    f"The state in {path} has lost its key file, so it cannot be trusted; "
                    "move the directory away to begin anew.",
                    Exit.CONFLICT,
                )
            try:
                write_private(key_file, secrets.token_bytes(32), durable=True)
            except OSError as error:
                raise Problem(
                    f"The key file {key_file} cannot be written: {error.strerror}; free some "
                    "space, name another directory with --state-dir, or start with --ephemeral.",
                    Exit.FAILED,
                ) from None
        sweep_beside(key_file)
        _check_private(key_file)
        try:
            with read_regular(key_file) as file:
                key = file.read(64)
        except OSError as error:
            raise Problem(
                f"The key file {key_file} cannot be read: {error.strerror}.", Exit.CONFLICT
            ) from None
        if len(key) != 32:
            raise Problem(f"The key file {key_file} is damaged.", Exit.CONFLICT)
        return cls(path, key)

    @property
    def sealing_key(self) -> bytes:
        """The key of session tokens."""
        return self._derived(b"session tokens")

    def save(self, content: bytes) -> None:
        """Make `content` the newest snapshot and the newest so far the previous one.

        Raises:
            OSError: the disk is full, or the directory is gone.
        """
        # Much content is S3 objects: compressing them at every change costs more than disk.
        packed = zlib.compress(content, 1 if len(content) < _WORTH_COMPRESSING else 0)
        header = _MAGIC + struct.pack(">Q", len(packed))
        mac = hmac.new(self._derived(b"snapshots"), header + packed, sha256).digest()
        newest = self.path / "snapshot"
        fresh = self.path / "snapshot.new"
        link = self.path / "snapshot.link"
        try:
            write_private(fresh, header + mac + packed, durable=True)
            if newest.exists():
                # A second name for the newest, so that at no moment there is none.
                previous = self.path / "snapshot.previous"
                link.unlink(missing_ok=True)
                os.link(newest, link)
                link.replace(previous)
            fresh.replace(newest)
        except OSError:
            # On a full disk, what they take is needed.
            for left in (link, fresh):
                with suppress(OSError):
                    left.unlink(missing_ok=True)
            raise
        # Where a killed server had made both names of one file, the rename left both.
        with suppress(OSError):
            link.unlink(missing_ok=True)
        sync_directory(self.path)

    def load(self, use: Callable[[bytes], None]) -> str | None:
        """Give the newest readable snapshot to `use`; return a warning where one is due.

        `use` is called again with the previous snapshot when it raises on the newest.

        Raises:
            Problem: there are snapshots, but none that can be read.
        """
        newest, previous = self.path / "snapshot", self.path / "snapshot.previous"
        if not newest.exists() and not previous.exists():
            return None
        reasons = []
        for path in (newest, previous):
            if not path.exists():
                reasons.append(f"{path.name}: missing")
                continue
            _check_private(path)
            try:
                use(self._content(path))
            except Exception as error:
                # Only the kind: a damaged pickle may quote anything in its message.
                reasons.append(f"{path.name}: {type(error).__name__}")
                continue
            if not reasons:
                return None
            with suppress(OSError):
                newest.replace(self.path / "snapshot.damaged")
            return (
                f"The newest snapshot in {self.path} could not be read, so the one before it "
                "was taken; the damaged file is kept as snapshot.damaged."
            )
        raise Problem(
            f"No snapshot in {self.path} can be read ({'; '.join(reasons)}); move the directory "
            "away to begin anew, or start with --ephemeral.",
            Exit.CONFLICT,
        )

    def _content(self, path: Path) -> bytes:
        with read_regular(path) as file:
            raw = file.read()
        start = len(_MAGIC) + 8
        header, mac, packed = raw[:start], raw[start : start + _DIGEST], raw[start + _DIGEST :]
        expected = hmac.new(self._derived(b"snapshots"), header + packed, sha256).digest()
        if not header.startswith(_MAGIC) or not hmac.compare_digest(mac, expected):
            raise ValueError("not written by this embedded AWS, or damaged")
        return zlib.decompress(packed)

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(self.key, b"rolecall " + purpose, sha256).digest()


def encode(records: Records) -> bytes:
    """Everything the embedded AWS holds, as bytes; call it while nothing changes."""
    side = json.dumps(records).encode()
    return struct.pack(">Q", len(side)) + side + capture()


def decode(content: bytes) -> Records:
    """Put the backends back to what `encode` saw, and return the records."""
    (size,) = struct.unpack(">Q", content[:8])
    records: Records = json.loads(content[8 : 8 + size])
    restore(content[8 + size :])
    return records


def _check_private(path: Path) -> None:
    facts = path.stat()
    if facts.st_uid != os.geteuid() or facts.st_mode & 0o077:
        raise Problem(
            f"The file {path} belongs to another user, or others may read or write it; if it is "
            f"yours and nobody else had a look, run `chmod 600 {path}`.",
            Exit.CONFLICT,
        )

"""Keys by name in the system's key store, and the names of them, which are kept there too.

One item a key, and one with all names: no library lists what a key store holds.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from rolecall.policy.errors import quoted
from rolecall.problems import Exit, Problem
from rolecall.session.keys.long_lived import LongLivedKey
from rolecall.session.keys.store import failures_of_the_store
from rolecall.session.lock import Lock, lock

_SERVICE = "rolecall keys"
#: Where the names are; apart from the keys, so that a key may have any name.
_NAMES_SERVICE, _NAMES = "rolecall names of keys", "names"
_PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class KeptKey:
    """A key under its name.

    arn: whose it is, as AWS said when it was kept; None where AWS was not asked.
    added: the day, by this machine's clock.
    """

    name: str
    key: LongLivedKey
    arn: str | None
    added: str


class KeptKeys:
    """What a key store holds for Rolecall. Raises `Problem` where the store does not do it."""

    def __init__(self, store: Any, locks: Path) -> None:
        self._store = store
        self._lock_file = locks / "keys.lock"

    def names(self) -> list[str]:
        """Every name, in order."""
        with failures_of_the_store():
            text = self._store.get_password(_NAMES_SERVICE, _NAMES)
        try:
            found = json.loads(text or "[]")
        except ValueError:
            found = []
        names = found if isinstance(found, list) else []
        return sorted(name for name in names if isinstance(name, str))

    def find(self, name: str) -> KeptKey | None:
        """The key of that name; None where there is none, or something that is no key."""
        with failures_of_the_store():
            text = self._store.get_password(_SERVICE, name)
        try:
            found = json.loads(text or "{}")
            return KeptKey(
                name=name,
                key=LongLivedKey(found["AccessKeyId"], found["SecretAccessKey"]),
                arn=found.get("Arn"),
                added=str(found.get("Added", "")),
            )
        except (ValueError, LookupError, TypeError, AttributeError, Problem):
            return None

    def get(self, name: str) -> KeptKey:
        """The key of that name. Raises `Problem` where there is none, with the near match."""
        found = self.find(name)
        if found is not None:
            return found
        near = get_close_matches(name, self.names(), 1)
        meant = f" (did you mean {quoted(near[0])}?)" if near else ""
        raise Problem(
            f"the key store has no key {quoted(name)}{meant}: see `rolecall keys list`, or give "
            "it one with `rolecall keys add`."
        )

    def put(self, kept: KeptKey) -> None:
        """Keep a key, over an earlier one of that name."""
        value = {
            "AccessKeyId": kept.key.access_key_id,
            "SecretAccessKey": kept.key.secret_access_key,
            "Arn": kept.arn,
            "Added": kept.added,
        }
        with self._alone():
            with failures_of_the_store():
                self._store.set_password(_SERVICE, kept.name, json.dumps(value))
            self._write_names({*self.names(), kept.name})

    def remove(self, name: str) -> bool:
        """Take a key away; whether there was one."""
        with self._alone():
            names = self.names()
            with failures_of_the_store():
                there = self._store.get_password(_SERVICE, name) is not None
                if there:
                    self._store.delete_password(_SERVICE, name)
            if name in names:
                self._write_names(set(names) - {name})
        return there or name in names

    def _write_names(self, names: set[str]) -> None:
        with failures_of_the_store():
            self._store.set_password(_NAMES_SERVICE, _NAMES, json.dumps(sorted(names)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with lock(self._lock_file, _PATIENCE_SECONDS) as whose:
            if whose is Lock.THEIRS:
                raise Problem(
                    "another process changes the keys: end it and try again.", Exit.CONFLICT
                )
            yield

"""A backend of `keyring` that keeps everything in memory, and may be told to fail."""

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class MemoryStore(KeyringBackend):  # type: ignore[misc]
    """As a system's key store, for one test."""

    priority = 1

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None

    def get_password(self, service: str, username: str) -> str | None:
        self._fail()
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._fail()
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._fail()
        if self.items.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure

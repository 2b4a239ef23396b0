"""What the tests know of a login with a key store."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Desktop:
    """A login with a D-Bus of its own and the GNOME key store, which is unlocked."""

    home: Path
    variables: dict[str, str]

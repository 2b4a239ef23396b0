"""What the tests know and the stacks need."""

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Given:
    """folder: metadata of SAML providers and certificates of authorities.

    partner_pool, partner_identity: an identity pool that is in no stack, and one of its
        identities.
    changed: whether the stack of every resource is to say something else in each.
    """

    folder: Path
    partner_pool: str
    partner_identity: str
    changed: bool

    @classmethod
    def read(cls, folder: Path) -> "Given":
        """From the folder, and `MATRIX_CHANGED` of the environment."""
        facts = json.loads((folder / "facts.json").read_text())
        return cls(folder, **facts, changed=os.environ.get("MATRIX_CHANGED") == "1")

    def metadata(self, name: str) -> Path:
        """The metadata of a SAML provider."""
        return self.folder / f"{name}.xml"

    def authority(self, name: str) -> Path:
        """The certificate of an authority."""
        return self.folder / f"{name}.pem"

"""Users and service accounts of a Keycloak realm.

Source: "Server Administration Guide", Keycloak.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.trust.auth0 import whole_subjects
from rolecall.trust.subjects import Subjects
from rolecall.trust.web_identity import WebIdentities


@dataclass(frozen=True)
class Keycloak(WebIdentities):
    """Holders of tokens of a realm, by subject.

    subjects: the IDs of users, a client's service account included, whole; names and
        roles are not in `sub`, and AWS reads no other claim.
    audience: the client ID. Keycloak writes it into `azp`, which AWS compares before `aud`.

    Raises `TrustError`. The wide variant is `AnySubjectOf`.
    """

    subjects: Sequence[str]

    families: ClassVar[tuple[str, ...]] = ("keycloak",)
    example: ClassVar[str] = "a provider of issuers.keycloak(base_url, realm)"

    def whose(self) -> Subjects:
        """Exact ones."""
        return whole_subjects(self.kind, self.subjects, '["c1e6a3f0-6f0e-4a7e-9d43-6a2c1c3f5b7d"]')

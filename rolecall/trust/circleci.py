"""Jobs of CircleCI.

Source: "Using OpenID Connect tokens in jobs" and "OIDC tokens with custom claims", CircleCI
Docs. The newer tokens (CIRCLE_OIDC_TOKEN_V2) have the origin and the ref behind the user.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.bitbucket import UUID, UUID_EXAMPLE
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects
from rolecall.trust.web_identity import WebIdentities


@dataclass(frozen=True)
class CircleCi(WebIdentities):
    """Jobs of one project, or of those of it that one user triggered.

    project, user: their UUIDs. A branch is not offered: in the subject it stands behind
        parts that only a wildcard could pass over, and a branch may be named like them.

    An organization has an issuer of its own. Raises `TrustError`. The wide variant is
    `AnyProjectOfOrganization`.
    """

    project: str
    user: str | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("circleci",)
    example: ClassVar[str] = 'a provider of issuers.CIRCLECI("<organization UUID>")'

    def whose(self) -> Subjects:
        """`org/<organization>/project/<project>/user/<user>`, old and new tokens."""
        stem = f"{_organization(self)}/project/{self._uuid('project', self.project)}/user/"
        if self.user is None:
            return Subjects(patterns=(stem + "*",))
        stem += self._uuid("user", self.user)
        return Subjects(exact=(stem,), patterns=(stem + "/*",))

    def _uuid(self, name: str, value: object) -> str:
        text = checks.arguments(self.kind).text(name, value, UUID_EXAMPLE)
        if not re.fullmatch(UUID, text, re.ASCII):
            raise TrustError(
                f"{self.kind}: {name} {text!r} is not a UUID; write the whole one in lower case, "
                f"for example {UUID_EXAMPLE}."
            )
        return text


@dataclass(frozen=True)
class AnyProjectOfOrganization(WebIdentities):
    """Jobs of any project of a CircleCI organization. Wide on purpose."""

    families: ClassVar[tuple[str, ...]] = CircleCi.families
    example: ClassVar[str] = CircleCi.example

    def whose(self) -> Subjects:
        """`org/<organization>/*`."""
        return Subjects(patterns=(_organization(self) + "/*",))


def _organization(entity: WebIdentities) -> str:
    return "org/" + entity.issuer.url.rpartition("/")[2]

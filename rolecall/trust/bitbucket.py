"""Steps of Bitbucket Pipelines.

Source: "Deploy on AWS using Bitbucket Pipelines OpenID Connect" and "Integrate Pipelines with
resource servers using OIDC", Atlassian Support.
"""

import re
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects
from rolecall.trust.web_identity import WebIdentities

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
UUID_EXAMPLE = '"6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"'


@dataclass(frozen=True)
class BitbucketPipelines(WebIdentities):
    """Steps of one repository, or of one deployment environment of it.

    repository, environment: their UUIDs, with or without braces; the page "OpenID Connect"
        of the repository's settings shows them. Without an environment every step of the
        repository is meant, deployments included.

    A workspace has an issuer of its own, so nobody else's repository can be meant; a
    branch is not told by the token. Raises `TrustError`. The wide variant is
    `AnyRepositoryOfWorkspace`.
    """

    repository: str
    environment: str | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("bitbucket",)
    example: ClassVar[str] = 'a provider of issuers.BITBUCKET("workspace")'

    def whose(self) -> Subjects:
        """`{repository}:*`, or `{repository}:{environment}:*`; the step's UUID is last."""
        found = self._braced("repository", self.repository) + ":"
        if self.environment is not None:
            found += self._braced("environment", self.environment) + ":"
        return Subjects(patterns=(found + "*",))

    def _braced(self, name: str, value: object) -> str:
        text = checks.arguments(self.kind).text(name, value, UUID_EXAMPLE)
        bare = text[1:-1] if text[:1] == "{" and text[-1:] == "}" else text
        if not re.fullmatch(UUID, bare, re.ASCII):
            raise TrustError(
                f"{self.kind}: {name} {text!r} is not a UUID as Bitbucket writes it; write the "
                f"whole one in lower case, for example {UUID_EXAMPLE}."
            )
        return "{" + bare + "}"


@dataclass(frozen=True)
class AnyRepositoryOfWorkspace(WebIdentities):
    """Any step of any repository of a Bitbucket workspace. Wide on purpose."""

    families: ClassVar[tuple[str, ...]] = ("bitbucket",)
    example: ClassVar[str] = BitbucketPipelines.example

    def whose(self) -> Subjects:
        """Everyone of the issuer, which is the workspace's own."""
        return Subjects(everyone=True)

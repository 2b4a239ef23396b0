"""Runs of HCP Terraform and Terraform Enterprise.

Source: "Use dynamic credentials with the AWS provider" and "Workload identity tokens", HCP
Terraform documentation.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects, one_name
from rolecall.trust.web_identity import WebIdentities

_NAME = r"[A-Za-z0-9_-]{1,100}"
_PROJECT = r"[A-Za-z0-9_-](?:[A-Za-z0-9 _-]{0,98}[A-Za-z0-9_-])?"
PHASES = ("plan", "apply")


@dataclass(frozen=True)
class HcpTerraform(WebIdentities):
    """Runs of a workspace, or of several of one project.

    organization, project, workspace: their names; `"Default Project"` where none was made.
    run_phase: `"plan"` or `"apply"` for a role that is meant for one of them only.

    Names are compared whole, the case included. Raises `TrustError`. The wide variant is
    `AnyWorkspaceOf`.
    """

    organization: str
    project: str
    workspace: str | Sequence[str]
    run_phase: str | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("hcp-terraform",)
    example: ClassVar[str] = "a provider of issuers.HCP_TERRAFORM or issuers.hcp_terraform(…)"

    def whose(self) -> Subjects:
        """`organization:<o>:project:<p>:workspace:<w>:run_phase:<phase>`, each whole."""
        stem = organization_subject(self.kind, self.organization, self.project)
        names = checks.one_or_several(self.kind, "workspace", self.workspace, '"network"')
        for name in names:
            if "*" in name:
                raise TrustError(
                    f"{self.kind}: workspace {name!r} holds a wildcard; name each one, or write "
                    "AnyWorkspaceOf(provider, organization, project) if you mean all of them."
                )
            one_name(self.kind, "workspace", name, _NAME, '"network"')
        phases: tuple[str, ...] = PHASES
        if self.run_phase is not None:
            if self.run_phase not in PHASES:
                raise TrustError(
                    f'{self.kind}: run_phase is "plan" or "apply"; leave it out for both.'
                )
            phases = (self.run_phase,)
        return Subjects(
            exact=tuple(
                f"{stem}:workspace:{name}:run_phase:{phase}" for name in names for phase in phases
            )
        )


@dataclass(frozen=True)
class AnyWorkspaceOf(WebIdentities):
    """Runs of any workspace of an organization, or of one project of it. Wide on purpose."""

    organization: str
    project: str | None = None

    families: ClassVar[tuple[str, ...]] = HcpTerraform.families
    example: ClassVar[str] = HcpTerraform.example

    def whose(self) -> Subjects:
        """`organization:<o>:*`, or `organization:<o>:project:<p>:*`."""
        return Subjects(
            patterns=(organization_subject(self.kind, self.organization, self.project) + ":*",)
        )


def organization_subject(kind: str, organization: object, project: object) -> str:
    """How the subjects of an organization, or of one of its projects, begin."""
    arguments = checks.arguments(kind)
    name = arguments.text("organization", organization, '"acme"')
    found = "organization:" + one_name(kind, "organization", name, _NAME, '"acme"')
    if project is not None:
        name = arguments.text("project", project, '"Default Project"')
        found += ":project:" + one_name(kind, "project", name, _PROJECT, '"Default Project"')
    return found

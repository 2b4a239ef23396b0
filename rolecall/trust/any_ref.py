"""The wide variants of a repository, a project or a pipeline: any branch, any tag, any job."""

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.buildkite import pipeline_subject
from rolecall.trust.errors import TrustError
from rolecall.trust.github_actions import repository_subject
from rolecall.trust.gitlab import PROJECT
from rolecall.trust.subjects import Subjects, one_name
from rolecall.trust.web_identity import WebIdentities


@dataclass(frozen=True)
class _AnyOf(WebIdentities):
    """All of one name: GitHub's `owner/repository`, GitLab's path, Buildkite's `org/pipeline`.

    immutable_ids: GitHub's `(owner_id, repository_id)`, where the subjects hold them.
    """

    name: str
    immutable_ids: tuple[str | int, str | int] | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("github-actions", "gitlab", "buildkite")
    example: ClassVar[str] = "a provider of GitHub Actions, GitLab or Buildkite"

    @abstractmethod
    def ends(self) -> dict[str, str]:
        """What stands behind the name, by family."""

    def whose(self) -> Subjects:
        """The name, and everything that begins in one way behind it."""
        family = self.issuer.family
        name = checks.arguments(self.kind).text("name", self.name, '"acme/infra"')
        if family == "github-actions":
            stem = repository_subject(self.kind, name, self.immutable_ids)
        else:
            if self.immutable_ids is not None:
                raise TrustError(
                    f"{self.kind}: only GitHub's subjects hold immutable_ids; leave them out."
                )
            if family == "gitlab":
                one_name(self.kind, "name", name, PROJECT, '"acme/infra", the whole path')
                stem = f"project_path:{name}"
            else:
                stem = pipeline_subject(self.kind, *self._halves(name))
        return Subjects(patterns=(stem + self.ends()[family] + "*",))

    def _halves(self, name: str) -> tuple[str, str]:
        organization, slash, pipeline = name.partition("/")
        if not slash:
            raise TrustError(f'{self.kind}: name {name!r} is not whole; write "acme/infra".')
        return organization, pipeline


@dataclass(frozen=True)
class AnyBranchOf(_AnyOf):
    """Jobs of any branch of one repository, project or pipeline. Wide on purpose.

    Whoever may push a branch comes in. On GitHub, jobs of pull requests and jobs with an
    environment have other subjects and stay out; on GitLab the pipelines of merge requests
    are jobs of a branch; on Buildkite builds of forks may be.
    """

    def ends(self) -> dict[str, str]:
        """The branch itself is left open."""
        return {
            "github-actions": ":ref:refs/heads/",
            "gitlab": ":ref_type:branch:ref:",
            "buildkite": ":ref:refs/heads/",
        }


@dataclass(frozen=True)
class AnyTagOf(_AnyOf):
    """Jobs of any tag of one repository, project or pipeline. Wide on purpose."""

    def ends(self) -> dict[str, str]:
        """The tag itself is left open."""
        return {
            "github-actions": ":ref:refs/tags/",
            "gitlab": ":ref_type:tag:ref:",
            "buildkite": ":ref:refs/tags/",
        }


@dataclass(frozen=True)
class AnyJobOf(_AnyOf):
    """Any job of one repository, project or pipeline. Wide on purpose.

    Pull requests and every environment are meant as well.
    """

    def ends(self) -> dict[str, str]:
        """All behind the name is left open."""
        return dict.fromkeys(self.families, ":")

"""Jobs of GitLab CI/CD, on gitlab.com and on a GitLab of one's own.

Source: "OpenID Connect (OIDC) Authentication Using ID Tokens" and "Configure OpenID Connect in
AWS", GitLab Docs; "Available keys for AWS OIDC federation", IAM User Guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.policy import Condition
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.errors import TrustError
from rolecall.trust.git_refs import just_one, ref_names
from rolecall.trust.subjects import Subjects, one_name, split
from rolecall.trust.web_identity import WebIdentities

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}"
GROUP = rf"{_SEGMENT}(?:/{_SEGMENT}){{0,20}}"
PROJECT = rf"{_SEGMENT}(?:/{_SEGMENT}){{1,20}}"


@dataclass(frozen=True)
class GitLabJobs(WebIdentities):
    """What the kinds for GitLab share: further claims of the job, on gitlab.com only.

    project_id, namespace_id: the numbers of the project and its group, which a renamed or
        recreated one does not inherit.
    protected: True for jobs of protected branches and tags only (`ref_protected`).
    """

    project_id: str | int | None = field(default=None, kw_only=True)
    namespace_id: str | int | None = field(default=None, kw_only=True)
    protected: bool = field(default=False, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("gitlab",)
    example: ClassVar[str] = "a provider of issuers.GITLAB_COM or issuers.gitlab(…)"

    def narrowing(self) -> tuple[Condition, ...]:
        """Conditions on the claims that AWS makes available of gitlab.com's tokens."""
        found: list[Condition] = []
        for name in ("project_id", "namespace_id"):
            value = getattr(self, name)
            if value is None:
                continue
            text = str(value) if isinstance(value, str | int) else ""
            if isinstance(value, bool) or not text.isascii() or not text.isdigit():
                raise TrustError(
                    f"{self.kind}: {name} {shown(value)} is not one of GitLab's numbers; write it "
                    "as the project's page shows it, for example 278964."
                )
            found.append(self._equal(name, text))
        if checks.arguments(self.kind).flag("protected", self.protected):
            found.append(self._equal("ref_protected", "true"))
        return tuple(found)

    def _equal(self, claim: str, value: str) -> Condition:
        if claim not in self.issuer.claims:
            raise TrustError(
                f"{self.kind}: AWS makes no condition key of the {claim} of {self.issuer.name}, "
                "so nobody could come in; leave it out."
            )
        return Condition("StringEquals", self.issuer.key(claim), (value,))


@dataclass(frozen=True)
class GitLab(GitLabJobs):
    """Jobs of one project, of a branch or a tag.

    project: the whole path, `"acme/platform/infra"`.
    branch, tag: a name or names; `"release/*"` means all below `release/`.
    and what `GitLabJobs` adds.

    Raises `TrustError` unless exactly one of the two is given. The wide variants are
    `AnyBranchOf`, `AnyTagOf`, `AnyJobOf` and `AnyProjectOf`.
    """

    project: str
    branch: str | Sequence[str] | None = field(default=None, kw_only=True)
    tag: str | Sequence[str] | None = field(default=None, kw_only=True)

    def whose(self) -> Subjects:
        """`project_path:<project>:ref_type:<type>:ref:<name>`."""
        project = checks.arguments(self.kind).text("project", self.project, '"acme/infra"')
        if project.endswith("/*"):
            raise TrustError(
                f"{self.kind}: {project!r} is every project of a group; write "
                f'AnyProjectOf(provider, "{project[:-2]}") if you mean that, or name one.'
            )
        one_name(self.kind, "project", project, PROJECT, '"acme/infra", the whole path')
        given: dict[str, object] = {"branch": self.branch, "tag": self.tag}
        one = just_one(self.kind, given, f'AnyJobOf(provider, "{project}")')
        wide = f'Any{one.capitalize()}Of(provider, "{project}")'
        names = ref_names(self.kind, one, given[one], wide)
        stem = f"project_path:{project}:ref_type:{one}:ref:"
        return split(self.kind, [stem + name for name in names], "")


@dataclass(frozen=True)
class AnyProjectOf(GitLabJobs):
    """Any job of any project below a group of GitLab. Wide on purpose.

    group: its path; the projects of its subgroups are meant as well.
    """

    group: str

    def whose(self) -> Subjects:
        """`project_path:<group>/*`."""
        group = checks.arguments(self.kind).text("group", self.group, '"acme"')
        one_name(self.kind, "group", group, GROUP, '"acme" or "acme/platform"')
        return Subjects(patterns=(f"project_path:{group}/*",))

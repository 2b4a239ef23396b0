"""Jobs of GitHub Actions.

Source: "OpenID Connect reference", GitHub Docs: the forms of `sub`, the immutable one
included; "Available keys for AWS OIDC federation", IAM User Guide: the further claims.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.policy import Condition
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.errors import TrustError
from rolecall.trust.git_refs import just_one, ref_names
from rolecall.trust.subjects import Subjects, one_name, split, subject
from rolecall.trust.web_identity import WebIdentities

_OWNER = r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}"
_REPOSITORY = rf"{_OWNER}/(?!\.{{1,2}}\Z)[A-Za-z0-9._-]{{1,100}}"
_NUMBER = r"[1-9][0-9]{0,19}"
_WORKFLOW = re.compile(
    rf"{_OWNER}/[A-Za-z0-9._-]{{1,100}}/\.github/workflows/[A-Za-z0-9._-]+\.ya?ml"
    r"@(?:refs/(?:heads|tags)/[^\s:?*\[\\^~$]+|[0-9a-f]{40})\Z"
)
_WORKFLOW_EXAMPLE = '"acme/ci/.github/workflows/deploy.yml@refs/heads/main"'


@dataclass(frozen=True)
class GitHubJobs(WebIdentities):
    """What the kinds for GitHub Actions share: further claims of the job.

    repository_id, owner_id: the numbers of the repository and its owner, which a renamed
        or recreated one does not inherit.
    job_workflow_ref: the workflow file that runs the job, with its ref, for example of a
        reusable workflow that all deployments must go through.
    """

    repository_id: str | int | None = field(default=None, kw_only=True)
    owner_id: str | int | None = field(default=None, kw_only=True)
    job_workflow_ref: str | Sequence[str] | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("github-actions",)
    example: ClassVar[str] = "a provider of issuers.GITHUB_ACTIONS"

    def narrowing(self) -> tuple[Condition, ...]:
        """Conditions on the claims that AWS makes available of GitHub's tokens."""
        found: list[Condition] = []
        for name, claim in (
            ("repository_id", "repository_id"),
            ("owner_id", "repository_owner_id"),
        ):
            value = getattr(self, name)
            if value is not None:
                found.append(self._equal(name, claim, (number(self.kind, name, value),)))
        if self.job_workflow_ref is not None:
            refs = workflow_refs(self.kind, "job_workflow_ref", self.job_workflow_ref)
            found.append(self._equal("job_workflow_ref", "job_workflow_ref", refs))
        return tuple(found)

    def _equal(self, name: str, claim: str, values: tuple[str, ...]) -> Condition:
        if claim not in self.issuer.claims:
            raise TrustError(
                f"{self.kind}: AWS makes no condition key of the {claim} of {self.issuer.name}, so "
                f"nobody could come in; leave {name} out."
            )
        return Condition("StringEquals", self.issuer.key(claim), values)


@dataclass(frozen=True)
class GitHubActions(GitHubJobs):
    """Jobs of one repository: of a branch, a tag, an environment, pull requests, or a workflow.

    repository: `"acme/infra"`, in the case GitHub shows.
    branch, tag: a name or names; `"release/*"` means all below `release/`. They hold only
        of jobs without an environment, and not of pull requests.
    environment: the name or names of the job's deployment environment. Who may deploy to
        it is decided by its protection rules.
    pull_request: True for jobs that a pull request triggers.
    job: the workflow file with its ref that runs the job, whatever triggered it.
    immutable_ids: `(owner_id, repository_id)` where the repository's subjects hold them:
        those made, renamed or moved after July 15, 2026, and those that opted in.
    and what `GitHubJobs` adds.

    Raises `TrustError` unless exactly one of the five is given. The wide variants are
    `AnyBranchOf`, `AnyTagOf`, `AnyJobOf` and `AnyRepositoryOf`.
    """

    repository: str
    branch: str | Sequence[str] | None = field(default=None, kw_only=True)
    tag: str | Sequence[str] | None = field(default=None, kw_only=True)
    environment: str | Sequence[str] | None = field(default=None, kw_only=True)
    pull_request: bool | None = field(default=None, kw_only=True)
    job: str | Sequence[str] | None = field(default=None, kw_only=True)
    immutable_ids: tuple[str | int, str | int] | None = field(default=None, kw_only=True)

    def whose(self) -> Subjects:
        """`repo:<repository>:` and what the job is for."""
        kind = self.kind
        stem = repository_subject(kind, self.repository, self.immutable_ids)
        every = f'AnyJobOf(provider, "{self.repository}")'
        given: dict[str, object] = {
            "branch": self.branch,
            "tag": self.tag,
            "environment": self.environment,
            "pull_request": self.pull_request,
            "job": self.job,
        }
        match just_one(kind, given, every):
            case "branch":
                wide = f'AnyBranchOf(provider, "{self.repository}")'
                names = ref_names(kind, "branch", self.branch, wide)
                ends = [f":ref:refs/heads/{name}" for name in names]
            case "tag":
                wide = f'AnyTagOf(provider, "{self.repository}")'
                names = ref_names(kind, "tag", self.tag, wide)
                ends = [f":ref:refs/tags/{name}" for name in names]
            case "environment":
                names = environments(kind, self.environment)
                # GitHub writes a colon inside a value as %3A ("Filtering for metadata
                # containing `:`"), so no name can leave its place.
                ends = [":environment:" + name.replace(":", "%3A") for name in names]
                return Subjects(exact=tuple(stem + end for end in ends))
            case "pull_request":
                if not checks.arguments(kind).flag("pull_request", self.pull_request):
                    raise TrustError(
                        f"{kind}: pull_request=False names no job; leave it out and write "
                        "branch=…, tag=… or environment=…."
                    )
                return Subjects(exact=(f"{stem}:pull_request",))
            case _:
                ends = [":*"]
        return split(kind, [stem + end for end in ends], "")

    def narrowing(self) -> tuple[Condition, ...]:
        """The workflow as well, where a job is told by it."""
        found = super().narrowing()
        if self.job is None:
            return found
        if self.job_workflow_ref is not None:
            raise TrustError(
                f"{self.kind}: job and job_workflow_ref are the same claim; write one of them."
            )
        refs = workflow_refs(self.kind, "job", self.job)
        return (*found, self._equal("job", "job_workflow_ref", refs))


@dataclass(frozen=True)
class AnyRepositoryOf(GitHubJobs):
    """Any job of any repository of an owner on GitHub. Wide on purpose.

    Whoever may push to, or send a pull request to, any of its repositories comes in.
    immutable: the owner's number as well, where the subjects hold it (`owner_id`).
    """

    owner: str
    immutable: bool = field(default=False, kw_only=True)

    def whose(self) -> Subjects:
        """`repo:<owner>/*`."""
        owner = checks.arguments(self.kind).text("owner", self.owner, '"acme"')
        one_name(self.kind, "owner", owner, _OWNER, '"acme"')
        if checks.arguments(self.kind).flag("immutable", self.immutable):
            if self.owner_id is None:
                raise TrustError(
                    f"{self.kind}: immutable subjects hold the owner's number; write owner_id=…."
                )
            owner += f"@{number(self.kind, 'owner_id', self.owner_id)}"
        return Subjects(patterns=(f"repo:{owner}/*",))


def repository_subject(kind: str, repository: object, ids: object) -> str:
    """`repo:<owner>/<name>`, with both numbers where the subjects hold them."""
    name = checks.arguments(kind).text("repository", repository, '"acme/infra"')
    if name.endswith("/*"):
        raise TrustError(
            f"{kind}: {name!r} is every repository of an owner; write "
            f'AnyRepositoryOf(provider, "{name[:-2]}") if you mean that, or name one.'
        )
    one_name(kind, "repository", name, _REPOSITORY, '"acme/infra"')
    if ids is None:
        return f"repo:{name}"
    found = checks.arguments(kind).several("immutable_ids", ids, "(owner_id, repository_id)")
    if len(found) != 2:
        raise TrustError(
            f"{kind}: immutable_ids holds {len(found)} numbers; write (owner_id, repository_id)."
        )
    owner, own = name.split("/")
    return (
        f"repo:{owner}@{number(kind, 'immutable_ids', found[0])}"
        f"/{own}@{number(kind, 'immutable_ids', found[1])}"
    )


def number(kind: str, field_name: str, value: object) -> str:
    """One of GitHub's numbers, as its claims have it: in a string."""
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not re.fullmatch(_NUMBER, text, re.ASCII):
        raise TrustError(
            f"{kind}: {field_name} {shown(value)} is not one of GitHub's numbers; write it as the "
            "API shows it, for example 123456."
        )
    return text


def environments(kind: str, values: object) -> tuple[str, ...]:
    """Names of deployment environments, whole."""
    found = checks.one_or_several(kind, "environment", values, '"production"')
    for name in found:
        if set("*?") & set(name):
            raise TrustError(
                f"{kind}: environment {name!r} holds a wildcard; name each one, because their "
                "protection rules are what keeps others out."
            )
        if len(name) > 255:
            raise TrustError(f"{kind}: an environment's name has at most 255 characters.")
        subject(kind, name)
    return found


def workflow_refs(kind: str, field_name: str, values: object) -> tuple[str, ...]:
    """Workflow files with their refs, whole."""
    found = checks.one_or_several(kind, field_name, values, _WORKFLOW_EXAMPLE)
    for text in found:
        if not _WORKFLOW.match(text):
            raise TrustError(
                f"{kind}: {field_name} {text!r} is not a workflow file with its whole ref; write "
                f"{_WORKFLOW_EXAMPLE}."
            )
    return found

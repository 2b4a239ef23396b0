"""Jobs of Buildkite.

Source: "OIDC with AWS" and "buildkite-agent oidc", Buildkite Documentation; "Available keys for
AWS OIDC federation", IAM User Guide.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rolecall.policy import Condition
from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.git_refs import just_one, ref_names
from rolecall.trust.subjects import Subjects, one_name
from rolecall.trust.web_identity import WebIdentities

SLUG = r"[a-z0-9][a-z0-9-]{0,99}"


@dataclass(frozen=True)
class Buildkite(WebIdentities):
    """Jobs of one pipeline, of a branch or a tag.

    organization, pipeline: their slugs.
    branch: a name or names, whole. The claim `build_branch` is compared as well: a build of
        a fork is named `user:branch`, and its subject could otherwise be read as another.
    tag: a name or names, whole.

    Raises `TrustError` unless exactly one of the two is given. The wide variants are
    `AnyBranchOf`, `AnyTagOf`, `AnyJobOf` and `AnyPipelineOf`.
    """

    organization: str
    pipeline: str
    branch: str | Sequence[str] | None = field(default=None, kw_only=True)
    tag: str | Sequence[str] | None = field(default=None, kw_only=True)

    families: ClassVar[tuple[str, ...]] = ("buildkite",)
    example: ClassVar[str] = "a provider of issuers.BUILDKITE"

    def whose(self) -> Subjects:
        """`organization:<o>:pipeline:<p>:ref:<ref>:`, then commit and step."""
        stem = pipeline_subject(self.kind, self.organization, self.pipeline)
        given: dict[str, object] = {"branch": self.branch, "tag": self.tag}
        every = f'"{self.organization}/{self.pipeline}"'
        one = just_one(self.kind, given, f"AnyJobOf(provider, {every})")
        names = ref_names(self.kind, one, given[one], f"Any{one.capitalize()}Of(provider, {every})")
        for name in names:
            if "*" in name:
                # Behind the ref stand commit and step, so a wildcard would not be the last.
                raise TrustError(f"{self.kind}: {one} {name!r} holds a wildcard; name each one.")
        folder = "heads" if one == "branch" else "tags"
        return Subjects(patterns=tuple(f"{stem}:ref:refs/{folder}/{name}:*" for name in names))

    def narrowing(self) -> tuple[Condition, ...]:
        """The build's branch, besides the subject."""
        if self.branch is None or "build_branch" not in self.issuer.claims:
            return ()
        names = checks.one_or_several(self.kind, "branch", self.branch, '"main"')
        return (Condition("StringEquals", self.issuer.key("build_branch"), names),)


@dataclass(frozen=True)
class AnyPipelineOf(WebIdentities):
    """Any job of any pipeline of an organization on Buildkite. Wide on purpose."""

    organization: str

    families: ClassVar[tuple[str, ...]] = Buildkite.families
    example: ClassVar[str] = Buildkite.example

    def whose(self) -> Subjects:
        """`organization:<o>:*`."""
        name = checks.arguments(self.kind).text("organization", self.organization, '"acme"')
        one_name(self.kind, "organization", name, SLUG, '"acme", its slug')
        return Subjects(patterns=(f"organization:{name}:*",))


def pipeline_subject(kind: str, organization: object, pipeline: object) -> str:
    """How the subjects of a pipeline begin."""
    arguments = checks.arguments(kind)
    owner = arguments.text("organization", organization, '"acme"')
    own = arguments.text("pipeline", pipeline, '"infra"')
    one_name(kind, "organization", owner, SLUG, '"acme", its slug')
    one_name(kind, "pipeline", own, SLUG, '"infra", its slug')
    return f"organization:{owner}:pipeline:{own}"

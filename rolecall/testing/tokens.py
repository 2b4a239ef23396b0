"""Holders of OpenID Connect tokens: claims, and the condition keys that AWS makes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rolecall.issuers import OidcIssuer, oidc_context
from rolecall.policy import AssumeRoleAttempt, WebIdentity
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_WEB_IDENTITY
from rolecall.testing.callers import Caller
from rolecall.testing.near import sample
from rolecall.testing.subjects import Subject

if TYPE_CHECKING:
    from typing import Self

    from rolecall.policy import Caller as Principal
    from rolecall.testing.roles import TestedRole

TAGS_CLAIM = "https://aws.amazon.com/tags"
SOURCE_IDENTITY_CLAIM = "https://aws.amazon.com/source_identity"


@dataclass(frozen=True, kw_only=True)
class Token(Caller):
    """Somebody with a token of an issuer.

    subject: the parts of `sub`. claims: those that were stated, over the usual ones of
    the issuer; None leaves one out. raw_subject: a `sub` of no known form instead.
    provider_account: whose OIDC provider; left out, the role's account.
    """

    issuer: OidcIssuer
    subject: Subject
    claims: Mapping[str, Any] = field(default_factory=dict, hash=False)
    raw_subject: str | None = None
    provider_account: str | None = None

    @property
    def words(self) -> str:
        """Who, in a few words."""
        claims = self.all_claims()
        told = [f"sub {claims.get('sub')!r}"]
        told += [f"{name} {claims[name]!r}" for name in ("aud", "azp") if name in claims]
        told += [
            f"{name} {claims[name]!r}"
            for name in self.claims
            if name in claims and name not in ("aud", "azp", "sub", "iss") and ":" not in name
        ]
        where = f" through the provider of account {self.provider_account}"
        return (
            f"a token of {self.issuer.name}"
            + (where if self.provider_account else "")
            + f" ({', '.join(told)})"
        )

    @property
    def action(self) -> str:
        """With a token."""
        return ASSUME_ROLE_WITH_WEB_IDENTITY

    def all_claims(self) -> dict[str, Any]:
        """The claims of the token, times excepted."""
        sub = self.subject.text if self.raw_subject is None else self.raw_subject
        found: dict[str, Any] = {
            "iss": self.issuer.url,
            "sub": sub,
            **usual_claims(self.issuer.family, self.subject),
            **self.claims,
        }
        if self.tags:
            found[TAGS_CLAIM] = {
                "principal_tags": {key: [value] for key, value in self.tags.items()},
                "transitive_tag_keys": list(self.transitive),
            }
        if self.source_identity is not None:
            found[SOURCE_IDENTITY_CLAIM] = self.source_identity
        return {name: value for name, value in found.items() if value is not None}

    def principal(self, role: "TestedRole") -> "Principal":
        """The provider that vouches for the token."""
        account = self.provider_account or role.account
        return WebIdentity(self.issuer.principal(account, role.partition))

    def attempt(self, role: "TestedRole") -> AssumeRoleAttempt:
        """With the keys that AWS makes of the claims."""
        attempt = super().attempt(role)
        claims = {
            name: role.resolved(value) if isinstance(value, str) else value
            for name, value in self.all_claims().items()
        }
        keys = oidc_context(self.issuer, claims)
        return replace(attempt, context={**attempt.context, **keys})

    def saying(self, **claims: Any) -> "Self":
        """The same token with other claims; None leaves one out."""
        return self.with_claims(claims)

    def with_claims(self, claims: Mapping[str, Any]) -> "Self":
        """As `saying`, for claims whose names are no Python names."""
        if "sub" in claims:
            rest = {name: value for name, value in claims.items() if name != "sub"}
            return replace(self, raw_subject=claims["sub"], claims={**self.claims, **rest})
        return replace(self, claims={**self.claims, **claims})


def usual_claims(family: str, subject: Subject) -> dict[str, Any]:
    """What the issuer writes beside `sub`, as far as AWS reads it, and follows from it."""
    pattern = {**subject.parts}
    part = {name: sample(text) for name, text in pattern.items()}
    if family == "github-actions" and "owner" in part:
        repository = f"{_unnumbered(part['owner'])}/{_unnumbered(part['repository'])}"
        ref = f"refs/heads/{part.get('branch', 'main')}"
        if "tag" in part:
            ref = f"refs/tags/{part['tag']}"
        elif subject.template.endswith("pull_request"):
            ref = "refs/pull/7/merge"
        return {
            "actor": "octocat",
            "actor_id": "583231",
            "environment": part.get("environment"),
            "job_workflow_ref": f"{repository}/.github/workflows/ci.yml@{ref}",
            "ref": ref,
            "repository": repository,
            "repository_id": "700000001",
            "repository_owner_id": "70000001",
            "workflow": "ci",
        }
    if family == "gitlab" and "project" in part:
        return {
            "namespace_id": "72",
            "pipeline_source": "push",
            "project_id": "20",
            "ref_protected": "false",
            "runner_environment": "gitlab-hosted",
            "user_id": "1",
            "user_login": "somebody",
        }
    if family == "buildkite" and "pipeline" in part:
        return {
            "build_branch": part.get("branch", "main"),
            "organization_slug": part["organization"],
            "pipeline_slug": part["pipeline"],
        }
    if family == "circleci" and "project" in part:
        return {"oidc.circleci.com/project-id": part["project"]}
    return {}


def _unnumbered(name: str) -> str:
    """`acme@123` (immutable subjects) → `acme`."""
    return name.partition("@")[0]

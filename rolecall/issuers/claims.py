"""Which claims of whose tokens AWS makes condition keys, besides the standard ones.

Source: "Available keys for AWS OIDC federation" on the page "IAM and AWS STS condition context
keys" (IAM User Guide) and "Actions, resources, and condition keys for AWS Security Token
Service" (Service Authorization Reference). None of them is available in the session later.
"""

import re

GITHUB = (
    "actor",
    "actor_id",
    "enterprise_id",
    "environment",
    "job_workflow_ref",
    "ref",
    "repository",
    "repository_id",
    "repository_owner_id",
    "workflow",
)
GITLAB = (
    "namespace_id",
    "pipeline_source",
    "project_id",
    "ref_protected",
    "runner_environment",
    "user_access_level",
    "user_email",
    "user_id",
    "user_login",
)
BUILDKITE = (
    "build_branch",
    "cluster_id",
    "cluster_name",
    "organization_id",
    "organization_slug",
    "pipeline_id",
    "pipeline_slug",
)
CIRCLECI = ("oidc.circleci.com/project-id",)
GOOGLE = ("google/organization_number",)
ORACLE = ("rpst_id",)

# A self-managed GitLab or GitHub Enterprise Server is in none of these: AWS names hosts.
_BY_HOST: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"token\.actions\.githubusercontent\.com(?:/[^/]+)?", GITHUB),
    (r"token\.actions\.[a-z0-9-]+\.ghe\.com", GITHUB),
    (r"github\.com/enterprises/[^/]+", GITHUB),
    (r"gitlab\.com", GITLAB),
    (r"agent\.buildkite\.com", BUILDKITE),
    (r"agent\.[a-z0-9-]+\.buildkite\.(?:dev|site)", BUILDKITE),
    (r"oidc\.circleci\.com/org/[^/]+", CIRCLECI),
    (r"accounts\.google\.com", GOOGLE),
    (r"idcs-[a-z0-9]+\.identity\.oraclecloud\.com", ORACLE),
)


def claims_of(host: str) -> tuple[str, ...]:
    """The further claims AWS makes available of the issuer at this host and path."""
    for pattern, claims in _BY_HOST:
        if re.fullmatch(pattern, host):
            return claims
    return ()

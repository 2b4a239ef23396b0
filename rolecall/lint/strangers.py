"""Callers whom nobody can have meant: what they bring, as conditions.

A statement that lets one of them in tells nobody apart. The names are made up; that one of
them stands in somebody's policy is as good as impossible.
"""

from rolecall.issuers import OidcIssuer
from rolecall.policy import Condition

NAME = "zq7nobody"
ACCOUNT = "739104682157"
ORGANIZATION = f"o-{NAME}0"
ADDRESS = "198.18.77.7/32"
EXTERNAL_ID = f"{NAME}-4711"
POOL = "eu-central-1:0d0dead0-0000-4000-8000-00000000d0d0"

_SHAPES = {
    # An organization can have its subjects begin with another claim.
    "github-actions": (
        f"repo:{NAME}/*",
        f"repo:{NAME}@*",
        f"repository_owner:{NAME}*",
        f"repository_owner_id:{NAME}*",
        f"repository:{NAME}/*",
        f"repository_id:{NAME}*",
    ),
    "gitlab": (f"project_path:{NAME}/*",),
    "hcp-terraform": (f"organization:{NAME}:*",),
    "buildkite": (f"organization:{NAME}:*",),
    "eks": (f"system:serviceaccount:{NAME}:*",),
    "bitbucket": (f"{{{NAME}}}:*",),
    "auth0": (f"auth0|{NAME}*", f"google-oauth2|{NAME}*"),
}
_EVERY = tuple(dict.fromkeys(text for texts in _SHAPES.values() for text in texts))


def subjects(issuer: OidcIssuer) -> tuple[str, ...]:
    """Patterns of the subjects of somebody else at the same issuer."""
    if issuer.family == "circleci":
        shapes: tuple[str, ...] = (f"{issuer.host.partition('/')[2]}/project/{NAME}/*",)
    else:
        shapes = _SHAPES.get(issuer.family, () if issuer.family else _EVERY)
    return (*shapes, f"{NAME}*")


def account() -> tuple[Condition, ...]:
    """Somebody of an account, an organization and a network of his own."""
    return (
        Condition("StringEquals", "aws:PrincipalAccount", (ACCOUNT,)),
        *organization(),
        Condition(
            "StringLikeIfExists",
            "aws:userid",
            (f"AIDA{NAME.upper()}*", f"AROA{NAME.upper()}*"),
        ),
        Condition("StringEqualsIfExists", "aws:SourceVpc", (f"vpc-{NAME}",)),
        Condition("StringEqualsIfExists", "aws:SourceVpce", (f"vpce-{NAME}",)),
    )


def organization() -> tuple[Condition, ...]:
    """Somebody of another organization, or of none."""
    return (
        Condition("StringEqualsIfExists", "aws:PrincipalOrgID", (ORGANIZATION,)),
        Condition("ForAllValues:StringLike", "aws:PrincipalOrgPaths", (f"{ORGANIZATION}/*",)),
    )


def source() -> tuple[Condition, ...]:
    """A service that acts for somebody of another organization."""
    return (
        Condition("StringEqualsIfExists", "aws:SourceAccount", (ACCOUNT,)),
        Condition("StringLikeIfExists", "aws:SourceArn", (f"arn:*:*:*:{ACCOUNT}:*",)),
        Condition("StringEqualsIfExists", "aws:SourceOrgID", (ORGANIZATION,)),
        Condition("ForAllValues:StringLike", "aws:SourceOrgPaths", (f"{ORGANIZATION}/*",)),
    )


#: Claims besides `sub` that tell whose workload or which person it is, by family. GitHub's
#: `actor` does not: somebody else's workflow runs as whoever opens a pull request there.
TELLING: dict[str, tuple[str, ...]] = {
    "github-actions": (
        "repository",
        "repository_id",
        "repository_owner_id",
        "enterprise_id",
    ),
    "gitlab": ("namespace_id", "project_id", "user_id", "user_login", "user_email"),
    "buildkite": ("organization_id", "organization_slug", "pipeline_id", "cluster_id"),
    "circleci": ("oidc.circleci.com/project-id",),
    "google": ("email", "google/organization_number"),
}
_ANYWHERE = ("email", "rpst_id", "user_id", "id")


def telling(issuer: OidcIssuer) -> tuple[str, ...]:
    """The condition keys of those claims, in lower case."""
    names = TELLING.get(issuer.family, _ANYWHERE)
    return tuple(issuer.key(name).lower() for name in names)

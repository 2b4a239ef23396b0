"""The issuers that Rolecall knows by name: whose tokens look how.

Each function makes the issuer of one customer where each has a URL of its own.
"""

import re

from rolecall.issuers.claims import claims_of
from rolecall.issuers.issuer import OidcIssuer
from rolecall.issuers.problem import IssuerProblem
from rolecall.issuers.shared_providers import REQUIRED_KEYS
from rolecall.issuers.urls import check_issuer_url, part
from rolecall.policy.errors import quoted

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID_EXAMPLE = '"6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60"'
_STS = "sts.amazonaws.com"
_SLUG = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}"


def _issuer(
    name: str,
    url: str,
    family: str,
    *,
    audience: str | None = None,
    by_job: bool = False,
    built_in: bool = False,
    source: str,
) -> OidcIssuer:
    host = check_issuer_url(url).removeprefix("https://")
    return OidcIssuer(
        name=name,
        url=url,
        family=family,
        audience=audience,
        audience_chosen_by_job=by_job,
        shared=host in REQUIRED_KEYS,
        claims=claims_of(host),
        built_in=built_in,
        source=source,
    )


def _github(name: str, url: str) -> OidcIssuer:
    return _issuer(
        name,
        url,
        "github-actions",
        audience=_STS,
        by_job=True,
        source='"OpenID Connect reference", GitHub Docs',
    )


GITHUB_ACTIONS = _github("GitHub Actions", "https://token.actions.githubusercontent.com")


def github_enterprise(slug: str) -> OidcIssuer:
    """An enterprise on github.com that switched its token URL to one of its own.

    `include_enterprise_slug` in the enterprise's settings ("Customizing the issuer value
    for an enterprise", GitHub Docs). Raises IssuerProblem.
    """
    slug = part("an enterprise's slug", slug, _SLUG, '"acme"')
    return _github(f"GitHub Actions of {slug}", f"{GITHUB_ACTIONS.url}/{slug}")


def github_data_residency(subdomain: str) -> OidcIssuer:
    """An enterprise on GHE.com (GitHub Enterprise Cloud with data residency)."""
    subdomain = part("a subdomain of ghe.com", subdomain, r"[a-z0-9][a-z0-9-]{0,62}", '"acme"')
    return _github(
        f"GitHub Actions of {subdomain}.ghe.com", f"https://token.actions.{subdomain}.ghe.com"
    )


def github_enterprise_server(host: str) -> OidcIssuer:
    """A GitHub Enterprise Server; AWS makes only the standard claims of its tokens available."""
    url = check_issuer_url(f"https://{host}/_services/token")
    return _github(f"GitHub Actions of {host}", url)


def gitlab(url: str) -> OidcIssuer:
    """A GitLab at the URL its users open: `gitlab("https://gitlab.example.com")`."""
    url = check_issuer_url(url)
    if url.endswith("/"):
        raise IssuerProblem(
            f"{quoted(url)} ends in a slash, and GitLab's tokens have none; "
            f'write "{url.rstrip("/")}".'
        )
    return _issuer(
        "GitLab" if url == "https://gitlab.com" else f"GitLab at {url.removeprefix('https://')}",
        url,
        "gitlab",
        audience=url,
        by_job=True,
        source='"OpenID Connect (OIDC) Authentication Using ID Tokens", GitLab Docs',
    )


GITLAB_COM = gitlab("https://gitlab.com")


def BITBUCKET(workspace: str, workspace_uuid: str | None = None) -> OidcIssuer:  # noqa: N802
    """Bitbucket Pipelines of one workspace.

    workspace: its slug. workspace_uuid: without braces; the audience follows from it
    ("Deploy on AWS using Bitbucket Pipelines OpenID Connect", Atlassian Support).
    """
    workspace = part("a workspace's slug", workspace, r"[a-z0-9_][a-z0-9_.-]{0,61}", '"acme"')
    audience = None
    if workspace_uuid is not None:
        uuid = part("a workspace's UUID", workspace_uuid, _UUID, _UUID_EXAMPLE)
        audience = f"ari:cloud:bitbucket::workspace/{uuid}"
    return _issuer(
        f"Bitbucket Pipelines of {workspace}",
        f"https://api.bitbucket.org/2.0/workspaces/{workspace}/pipelines-config/identity/oidc",
        "bitbucket",
        audience=audience,
        source='"Integrate Pipelines with resource servers using OIDC", Atlassian Support',
    )


def hcp_terraform(host: str = "app.terraform.io") -> OidcIssuer:
    """HCP Terraform, its European instance, or a Terraform Enterprise."""
    return _issuer(
        "HCP Terraform" if host == "app.terraform.io" else f"Terraform at {host}",
        f"https://{host}",
        "hcp-terraform",
        audience="aws.workload.identity",
        by_job=True,
        source='"Use dynamic credentials with the AWS provider", HCP Terraform',
    )


HCP_TERRAFORM = hcp_terraform()


def CIRCLECI(org_id: str) -> OidcIssuer:  # noqa: N802 - named like its neighbours
    """CircleCI for one organization, by its UUID, which is the tokens' audience too."""
    org_id = part("a CircleCI organization's UUID", org_id, _UUID, _UUID_EXAMPLE)
    return _issuer(
        f"CircleCI of organization {org_id}",
        f"https://oidc.circleci.com/org/{org_id}",
        "circleci",
        audience=org_id,
        by_job=True,
        source='"Using OpenID Connect tokens in jobs", CircleCI Docs',
    )


BUILDKITE = _issuer(
    "Buildkite",
    "https://agent.buildkite.com",
    "buildkite",
    audience=_STS,
    by_job=True,
    source='"OIDC with AWS", Buildkite Documentation',
)


def eks(region: str, cluster_id: str) -> OidcIssuer:
    """The issuer of one EKS cluster; `cluster_id` is the last part of its OIDC URL.

    Whoever may write a pod writes its token's audience too.
    """
    region = part("a region", region, r"[a-z]{2}(?:-[a-z]+)+-[0-9]{1,2}", '"eu-central-1"')
    cluster_id = part(
        "the ID of a cluster's issuer",
        cluster_id,
        # Hexadecimal digits in practice; AWS's own examples have other letters.
        r"[0-9A-Z]{32}",
        '"EXAMPLED539D4633E53DE1B71EXAMPLE", 32 capital letters and digits',
    )
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    return _issuer(
        f"EKS cluster {cluster_id}",
        f"https://oidc.eks.{region}.{suffix}/id/{cluster_id}",
        "eks",
        audience=_STS,
        by_job=True,
        source='"IAM roles for service accounts", Amazon EKS User Guide',
    )


def auth0(domain: str) -> OidcIssuer:
    """An Auth0 tenant by its domain (`acme.eu.auth0.com`, or a custom one).

    Auth0 writes a slash at the end of `iss`; it belongs to the provider's ARN and to the
    condition keys. The audience is the client ID of the application.
    """
    return _issuer(
        f"Auth0 at {domain}",
        f"https://{domain}/",
        "auth0",
        source='"ID Token Structure", Auth0 Docs',
    )


def keycloak(base_url: str, realm: str) -> OidcIssuer:
    """A realm of a Keycloak: `keycloak("https://id.example.com", "staff")`.

    base_url keeps the relative path (`/auth`) where the server has one. The audience is
    the client's ID: AWS compares `azp`, which Keycloak always sets, and not `aud`.
    """
    base_url = check_issuer_url(base_url).rstrip("/")
    realm = part("a realm's name", realm, r"[A-Za-z0-9._~%-]{1,200}", '"staff"')
    return _issuer(
        f"Keycloak realm {realm}",
        f"{base_url}/realms/{realm}",
        "keycloak",
        source='"Server Administration Guide", Keycloak',
    )


GOOGLE = _issuer(
    "Google",
    "https://accounts.google.com",
    "google",
    built_in=True,
    source='"IAM and AWS STS condition context keys", IAM User Guide',
)


def _cognito(host: str) -> OidcIssuer:
    return _issuer(
        "Amazon Cognito identity pools",
        f"https://{host}",
        "cognito",
        built_in=True,
        source='"IAM roles" and "Amazon Cognito" of the AWS GovCloud (US) User Guide',
    )


COGNITO = _cognito("cognito-identity.amazonaws.com")
_COGNITO_ELSEWHERE = {
    # China's is not in the IAM User Guide; AWS's SDK for Android names it.
    "aws-cn": _cognito("cognito-identity.cn-north-1.amazonaws.com.cn"),
    "aws-us-gov": _cognito("cognito-identity-us-gov.amazonaws.com"),
}
_COGNITO_US_GOV_EAST = _cognito("cognito-identity.us-gov-east-1.amazonaws.com")


def cognito(region: str, partition: str = "aws") -> OidcIssuer:
    """The issuer of Cognito's identity pools in a region: one for each partition, two in GovCloud.

    They are built in: no provider is made of them.
    """
    if region == "us-gov-east-1":
        return _COGNITO_US_GOV_EAST
    return _COGNITO_ELSEWHERE.get(partition, COGNITO)


_FIXED = {
    issuer.url: issuer
    for issuer in (
        GITHUB_ACTIONS,
        GITLAB_COM,
        HCP_TERRAFORM,
        BUILDKITE,
        GOOGLE,
        COGNITO,
        _COGNITO_US_GOV_EAST,
        *_COGNITO_ELSEWHERE.values(),
    )
}


def oidc_issuer(url: str) -> OidcIssuer:
    """The issuer at this URL: a known one where the URL tells, a generic one otherwise.

    A self-managed GitLab, a GitHub Enterprise Server at another path, a Terraform
    Enterprise or an Auth0 with a domain of its own cannot be told by their URLs: write
    `gitlab(…)`, `hcp_terraform(…)`, `auth0(…)`. Raises IssuerProblem for what IAM would
    refuse, and for a slash too many or too few.
    """
    url = check_issuer_url(url)
    if url in _FIXED:
        return _FIXED[url]
    if url.rstrip("/") in _FIXED:
        raise IssuerProblem(
            f'{quoted(url)} ends in a slash, and the tokens have none; write "{url.rstrip("/")}".'
        )
    host = url.removeprefix("https://")
    if re.fullmatch(r"[a-z0-9.-]+\.auth0\.com", host):
        raise IssuerProblem(
            f'{quoted(url)} lacks the slash that Auth0 writes at the end; write "{url}/".'
        )
    return _by_shape(host) or _issuer(
        host.rstrip("/"), url, "", source='"Create an OpenID Connect (OIDC) identity provider"'
    )


def _by_shape(host: str) -> OidcIssuer | None:
    if found := re.fullmatch(r"token\.actions\.githubusercontent\.com/([^/]+)", host):
        return github_enterprise(found[1])
    if found := re.fullmatch(r"token\.actions\.([^./]+)\.ghe\.com", host):
        return github_data_residency(found[1])
    if found := re.fullmatch(r"([^/]+)/_services/token", host):
        return github_enterprise_server(found[1])
    if found := re.fullmatch(
        r"api\.bitbucket\.org/2\.0/workspaces/([^/]+)/pipelines-config/identity/oidc", host
    ):
        return BITBUCKET(found[1])
    if found := re.fullmatch(r"oidc\.circleci\.com/org/([^/]+)", host):
        return CIRCLECI(found[1])
    if found := re.fullmatch(r"oidc\.eks\.([^./]+)\.amazonaws\.com(?:\.cn)?/id/([^/]+)", host):
        return eks(found[1], found[2])
    if host == "app.eu.terraform.io":
        return hcp_terraform(host)
    if found := re.fullmatch(r"([a-z0-9.-]+\.auth0\.com)/", host):
        return auth0(found[1])
    if found := re.fullmatch(r"(.+)/realms/([^/]+)", host):
        return keycloak(f"https://{found[1]}", found[2])
    return None

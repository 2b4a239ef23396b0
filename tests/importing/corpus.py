"""Trust policies in the forms that roles have in the wild, and what each is imported as.

Written for this test after the documentation of the products. The role is in account
111111111111 (eu-central-1); 999999999999 is of the same owner.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

OWN, YOURS, STRANGER = "111111111111", "999999999999", "444455556666"
CLUSTER = "oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
OTHER_CLUSTER = "oidc.eks.eu-west-1.amazonaws.com/id/EXAMPLE9A41D06F3B7C28E540EXAMPLE"
GITHUB = "token.actions.githubusercontent.com"
RAW = "RawStatement"
UUID, UUID2 = "6bd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f60", "0fd64ce5-2f4e-4c5a-9a0f-1b2c3d4e5f61"
POOL = "eu-central-1:1a2b3c4d-1a2b-1a2b-1a2b-1a2b3c4d5e6f"
EKS = f"arn:aws:eks:eu-central-1:{OWN}:cluster/main"
SSO = f"arn:aws:iam::{YOURS}:role/aws-reserved/sso.amazonaws.com"
NIGHTLY = f"arn:aws:scheduler:eu-central-1:{OWN}:schedule-group/nightly"
ANCHOR = (
    f"arn:aws:rolesanywhere:eu-central-1:{OWN}:trust-anchor/12345678-90ab-cdef-1234-567890abcdef"
)


@dataclass(frozen=True)
class Case:
    """kinds: the entities in order. refused: AWS would refuse the policy today."""

    policy: Mapping[str, Any]
    kinds: tuple[str, ...]
    partition: str = "aws"
    region: str = "eu-central-1"
    refused: bool = False


def policy(*statements: Mapping[str, Any], version: str = "2012-10-17") -> dict[str, Any]:
    return {"Version": version, "Statement": list(statements)}


def allow(
    principal: Any,
    action: Any = "sts:AssumeRole",
    condition: Any = None,
    *,
    effect: str = "Allow",
    **more: Any,
) -> dict[str, Any]:
    own = {} if condition is None else {"Condition": condition}
    return {**more, "Effect": effect, "Principal": principal, "Action": action, **own}


def web(host: str, condition: Any = None, account: str = OWN, partition: str = "aws") -> Any:
    arn = f"arn:{partition}:iam::{account}:oidc-provider/{host}"
    return allow({"Federated": arn}, "sts:AssumeRoleWithWebIdentity", condition)


def token(host: str, aud: Any, sub: Any = None, like: Any = None, **more: Any) -> Any:
    """The usual conditions: the audience exactly, subjects exactly or by pattern."""
    equals = {f"{host}:aud": aud, **({} if sub is None else {f"{host}:sub": sub})}
    equals |= {f"{host}:{key}": value for key, value in more.items()}
    found = {"StringEquals": equals}
    return found if like is None else {**found, "StringLike": {f"{host}:sub": like}}


def github(sub: Any = None, like: Any = None, **more: Any) -> Any:
    return web(GITHUB, token(GITHUB, "sts.amazonaws.com", sub, like, **more))


def saml(condition: Any, name: str = "okta", action: Any = "sts:AssumeRoleWithSAML") -> Any:
    return allow({"Federated": f"arn:aws:iam::{OWN}:saml-provider/{name}"}, action, condition)


def root(account: str) -> dict[str, str]:
    return {"AWS": f"arn:aws:iam::{account}:root"}


def service(name: Any, condition: Any = None, **more: Any) -> Any:
    return allow({"Service": name}, "sts:AssumeRole", condition, **more)


SIGN_IN = {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}
MFA = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
REPO = "repo:acme/infra"

CASES: dict[str, Case] = {
    # GitHub Actions
    "github: a branch": Case(policy(github(f"{REPO}:ref:refs/heads/main")), ("GitHubActions",)),
    "github: a branch by StringLike": Case(
        policy(github(like=f"{REPO}:ref:refs/heads/main")), ("GitHubActions",)
    ),
    "github: the whole repository": Case(policy(github(like=f"{REPO}:*")), ("AnyJobOf",)),
    "github: several repositories and branches": Case(
        policy(
            github(
                like=[
                    f"{REPO}:ref:refs/heads/main",
                    f"{REPO}:ref:refs/heads/dev",
                    "repo:acme/web:ref:refs/heads/main",
                    "repo:acme/docs:*",
                ]
            )
        ),
        ("GitHubActions", "GitHubActions", "AnyJobOf"),
    ),
    "github: an environment": Case(
        policy(github(f"{REPO}:environment:production")), ("GitHubActions",)
    ),
    "github: tags and pull requests": Case(
        policy(github(like=[f"{REPO}:ref:refs/tags/*", f"{REPO}:pull_request"])),
        ("AnyTagOf", "GitHubActions"),
    ),
    "github: an organization": Case(policy(github(like="repo:acme/*")), ("AnyRepositoryOf",)),
    "github: release branches below a folder": Case(
        policy(github(like=f"{REPO}:ref:refs/heads/release/*")), ("GitHubActions",)
    ),
    "github: release branches by the beginning of a name": Case(
        policy(github(like=f"{REPO}:ref:refs/heads/release-*")), (RAW,)
    ),
    "github: main of any repository": Case(
        policy(github(like="repo:acme/*:ref:refs/heads/main")), (RAW,)
    ),
    "github: a repository and its namesakes": Case(policy(github(like=f"{REPO}*")), (RAW,)),
    "github: good and bad patterns together": Case(
        policy(github(like=[f"{REPO}:ref:refs/heads/main", "repo:acme/app-*:*"])),
        ("GitHubActions", RAW),
    ),
    "github: a reusable workflow": Case(
        policy(
            github(
                like=f"{REPO}:*",
                job_workflow_ref="acme/ci/.github/workflows/deploy.yml@refs/heads/main",
            )
        ),
        ("GitHubActions",),
    ),
    "github: numbers that stay": Case(
        policy(github(f"{REPO}:environment:prd", repository_id="123", repository_owner_id="45")),
        ("GitHubActions",),
    ),
    "github: immutable subjects": Case(
        policy(github("repo:acme@45/infra@123:ref:refs/heads/main")), ("GitHubActions",)
    ),
    "github: ForAnyValue around the subject": Case(
        policy(
            web(
                GITHUB,
                {
                    "ForAnyValue:StringLike": {f"{GITHUB}:sub": f"{REPO}:*"},
                    "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                },
            )
        ),
        ("AnyJobOf",),
    ),
    "github: ForAllValues around everything": Case(
        policy(
            web(
                GITHUB,
                {
                    "ForAllValues:StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
                    "StringLike": {f"{GITHUB}:sub": f"{REPO}:*"},
                },
            )
        ),
        (RAW,),
    ),
    "github: no audience": Case(
        policy(web(GITHUB, {"StringLike": {f"{GITHUB}:sub": f"{REPO}:*"}})), (RAW,)
    ),
    "github: no subject, as IAM once took it": Case(
        policy(web(GITHUB, {"StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"}})),
        (RAW,),
        refused=True,
    ),
    "github: two audiences": Case(
        policy(
            web(
                GITHUB,
                token(
                    GITHUB, ["sts.amazonaws.com", "https://github.com/acme"], f"{REPO}:pull_request"
                ),
            )
        ),
        ("GitHubActions", "GitHubActions"),
    ),
    "github: an actor": Case(policy(github(like=f"{REPO}:*", actor="octocat")), (RAW,)),
    # EKS
    "irsa: a service account": Case(
        policy(
            web(
                CLUSTER,
                token(CLUSTER, "sts.amazonaws.com", "system:serviceaccount:kube-system:aws-node"),
            )
        ),
        ("EksServiceAccount",),
    ),
    "irsa: several of one namespace": Case(
        policy(
            web(
                CLUSTER,
                token(
                    CLUSTER,
                    "sts.amazonaws.com",
                    ["system:serviceaccount:app:web", "system:serviceaccount:app:worker"],
                ),
            )
        ),
        ("EksServiceAccount",),
    ),
    "irsa: a namespace": Case(
        policy(
            web(CLUSTER, token(CLUSTER, "sts.amazonaws.com", like="system:serviceaccount:app:*"))
        ),
        ("AnyServiceAccountIn",),
    ),
    "irsa: a name in any namespace": Case(
        policy(
            web(CLUSTER, token(CLUSTER, "sts.amazonaws.com", like="system:serviceaccount:*:web"))
        ),
        (RAW,),
    ),
    "irsa: no audience": Case(
        policy(web(CLUSTER, {"StringEquals": {f"{CLUSTER}:sub": "system:serviceaccount:app:web"}})),
        (RAW,),
    ),
    "irsa: two clusters": Case(
        policy(
            web(CLUSTER, token(CLUSTER, "sts.amazonaws.com", "system:serviceaccount:app:web")),
            web(
                OTHER_CLUSTER,
                token(OTHER_CLUSTER, "sts.amazonaws.com", "system:serviceaccount:app:web"),
            ),
        ),
        ("EksServiceAccount", "EksServiceAccount"),
    ),
    "irsa: a provider of another account": Case(
        policy(
            web(CLUSTER, token(CLUSTER, "sts.amazonaws.com", "system:serviceaccount:a:b"), YOURS)
        ),
        (RAW,),
    ),
    "pod identity: as the guide shows it": Case(
        policy(allow({"Service": "pods.eks.amazonaws.com"}, ["sts:AssumeRole", "sts:TagSession"])),
        ("AnyCallerOfService", RAW),
    ),
    "pod identity: a service account of a cluster": Case(
        policy(
            allow(
                {"Service": "pods.eks.amazonaws.com"},
                ["sts:AssumeRole", "sts:TagSession"],
                {
                    "ArnEquals": {"aws:SourceArn": EKS},
                    "StringEquals": {
                        "aws:RequestTag/eks-cluster-arn": EKS,
                        "aws:RequestTag/kubernetes-namespace": "payments",
                        "aws:RequestTag/kubernetes-service-account": "processor",
                    },
                },
            )
        ),
        ("EksPodIdentity",),
    ),
    "pod identity: any pod of a cluster": Case(
        policy(
            allow(
                {"Service": "pods.eks.amazonaws.com"},
                ["sts:AssumeRole", "sts:TagSession"],
                {"ArnEquals": {"aws:SourceArn": EKS}},
            )
        ),
        ("AnyPodOfCluster",),
    ),
    # SAML
    "saml: whoever is given the role": Case(policy(saml(SIGN_IN)), ("AnyUserOf",)),
    "saml: an affiliation": Case(
        policy(
            saml(
                {
                    "StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"},
                    "ForAnyValue:StringLike": {"SAML:edupersonaffiliation": ["staff", "faculty"]},
                }
            )
        ),
        ("Saml",),
    ),
    "saml: two endpoints, a person and his organization": Case(
        policy(
            saml(
                {
                    "StringEquals": {
                        "SAML:aud": [
                            "https://signin.aws.amazon.com/saml",
                            "https://eu-central-1.signin.aws.amazon.com/saml",
                        ],
                        "SAML:sub": "_cbb88bf52c25",
                        "SAML:sub_type": "persistent",
                        "SAML:iss": "https://idp.example.com/metadata",
                    }
                }
            )
        ),
        ("Saml",),
    ),
    "saml: with session tags allowed": Case(
        policy(saml(SIGN_IN, action=["sts:AssumeRoleWithSAML", "sts:TagSession"])),
        ("AnyUserOf", RAW),
    ),
    "saml: no endpoint": Case(policy(saml(None)), (RAW,)),
    # Cognito, Google, other consumer providers
    "cognito: users of a pool": Case(
        policy(
            allow(
                {"Federated": "cognito-identity.amazonaws.com"},
                "sts:AssumeRoleWithWebIdentity",
                {
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
                    "ForAnyValue:StringLike": {
                        "cognito-identity.amazonaws.com:amr": "authenticated"
                    },
                },
            )
        ),
        ("CognitoIdentityPool",),
    ),
    "cognito: guests of a pool": Case(
        policy(
            allow(
                {"Federated": "cognito-identity.amazonaws.com"},
                "sts:AssumeRoleWithWebIdentity",
                {
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
                    "ForAnyValue:StringLike": {
                        "cognito-identity.amazonaws.com:amr": "unauthenticated"
                    },
                },
            )
        ),
        ("UnauthenticatedOf",),
    ),
    "cognito: users of one login provider": Case(
        policy(
            allow(
                {"Federated": "cognito-identity.amazonaws.com"},
                ["sts:AssumeRoleWithWebIdentity", "sts:TagSession"],
                {
                    "StringEquals": {"cognito-identity.amazonaws.com:aud": POOL},
                    "ForAnyValue:StringLike": {
                        "cognito-identity.amazonaws.com:amr": "graph.facebook.com"
                    },
                },
            )
        ),
        (RAW,),
    ),
    "google: an account": Case(
        policy(
            allow(
                {"Federated": "accounts.google.com"},
                "sts:AssumeRoleWithWebIdentity",
                {
                    "StringEquals": {
                        "accounts.google.com:aud": "66677788899900pro0",
                        "accounts.google.com:sub": "110169484474386276334",
                    }
                },
            )
        ),
        ("Google",),
    ),
    "google: a service account": Case(
        policy(
            allow(
                {"Federated": "accounts.google.com"},
                "sts:AssumeRoleWithWebIdentity",
                {
                    "StringEquals": {
                        "accounts.google.com:aud": "110169484474386276334",
                        "accounts.google.com:oaud": "sts.amazonaws.com",
                        "accounts.google.com:sub": "110169484474386276334",
                    }
                },
            )
        ),
        ("Google",),
    ),
    "google: everyone of a client": Case(
        policy(
            allow(
                {"Federated": "accounts.google.com"},
                "sts:AssumeRoleWithWebIdentity",
                {"StringEquals": {"accounts.google.com:aud": "66677788899900pro0"}},
            )
        ),
        ("AnyGoogleAccount",),
    ),
    "login with amazon": Case(
        policy(
            allow(
                {"Federated": "www.amazon.com"},
                "sts:AssumeRoleWithWebIdentity",
                {"StringEquals": {"www.amazon.com:app_id": "amzn1.application.1"}},
            )
        ),
        (RAW,),
    ),
    # Other issuers
    "gitlab.com: a branch": Case(
        policy(
            web(
                "gitlab.com",
                token(
                    "gitlab.com",
                    "https://gitlab.com",
                    "project_path:acme/infra:ref_type:branch:ref:main",
                ),
            )
        ),
        ("GitLab",),
    ),
    "gitlab.com: a group": Case(
        policy(
            web("gitlab.com", token("gitlab.com", "https://gitlab.com", like="project_path:acme/*"))
        ),
        ("AnyProjectOf",),
    ),
    "gitlab of one's own": Case(
        policy(
            web(
                "gitlab.example.com",
                token(
                    "gitlab.example.com",
                    "https://gitlab.example.com",
                    like="project_path:acme/infra:ref_type:branch:ref:*",
                ),
            )
        ),
        ("AnyBranchOf",),
    ),
    "bitbucket: a repository": Case(
        policy(
            web(
                "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                token(
                    "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                    f"ari:cloud:bitbucket::workspace/{UUID}",
                    like=f"{{{UUID2}}}:*",
                ),
            )
        ),
        ("BitbucketPipelines",),
    ),
    "bitbucket: a workspace": Case(
        policy(
            web(
                "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                token(
                    "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc",
                    f"ari:cloud:bitbucket::workspace/{UUID}",
                ),
            )
        ),
        ("AnyRepositoryOfWorkspace",),
    ),
    "terraform cloud: any phase by a wildcard": Case(
        policy(
            web(
                "app.terraform.io",
                token(
                    "app.terraform.io",
                    "aws.workload.identity",
                    like="organization:acme:project:Default Project:workspace:network:run_phase:*",
                ),
            )
        ),
        ("OidcSubjects",),
    ),
    "terraform cloud: both phases": Case(
        policy(
            web(
                "app.terraform.io",
                token(
                    "app.terraform.io",
                    "aws.workload.identity",
                    [
                        "organization:acme:project:infra:workspace:network:run_phase:plan",
                        "organization:acme:project:infra:workspace:network:run_phase:apply",
                    ],
                ),
            )
        ),
        ("HcpTerraform",),
    ),
    "terraform cloud: an organization": Case(
        policy(
            web(
                "app.terraform.io",
                token("app.terraform.io", "aws.workload.identity", like="organization:acme:*"),
            )
        ),
        ("AnyWorkspaceOf",),
    ),
    "circleci: a project": Case(
        policy(
            web(
                f"oidc.circleci.com/org/{UUID}",
                token(
                    f"oidc.circleci.com/org/{UUID}", UUID, like=f"org/{UUID}/project/{UUID2}/user/*"
                ),
            )
        ),
        ("CircleCi",),
    ),
    "buildkite: a pipeline": Case(
        policy(
            web(
                "agent.buildkite.com",
                token(
                    "agent.buildkite.com",
                    "sts.amazonaws.com",
                    like="organization:acme:pipeline:infra:*",
                ),
            )
        ),
        ("AnyJobOf",),
    ),
    "buildkite: a branch": Case(
        policy(
            web(
                "agent.buildkite.com",
                token(
                    "agent.buildkite.com",
                    "sts.amazonaws.com",
                    like="organization:acme:pipeline:infra:ref:refs/heads/main:*",
                ),
            )
        ),
        ("OidcSubjects",),
    ),
    "auth0: a machine": Case(
        policy(
            web(
                "acme.eu.auth0.com/",
                token("acme.eu.auth0.com/", "https://api.acme.example", "abc123@clients"),
            )
        ),
        ("Auth0",),
    ),
    "keycloak: a service account": Case(
        policy(
            web(
                "id.example.com/realms/staff",
                token("id.example.com/realms/staff", "aws", "c1e6a3f0-6f0e-4a7e-9d43-6a2c1c3f5b7d"),
            )
        ),
        ("Keycloak",),
    ),
    "vercel: production of a project": Case(
        policy(
            web(
                "oidc.vercel.com/acme",
                token(
                    "oidc.vercel.com/acme",
                    "https://vercel.com/acme",
                    "owner:acme:project:shop:environment:production",
                ),
            )
        ),
        ("OidcSubjects",),
    ),
    "spacelift: runs of a space": Case(
        policy(
            web(
                "acme.app.spacelift.io",
                token("acme.app.spacelift.io", "acme.app.spacelift.io", like="space:root:*"),
            )
        ),
        ("OidcSubjects",),
    ),
    "an issuer of one's own, everyone": Case(
        policy(web("id.example.com", token("id.example.com", "aws"))), ("AnySubjectOf",)
    ),
    # Accounts, users, roles
    "OrganizationAccountAccessRole": Case(policy(allow(root(YOURS))), ("AnyPrincipalOf",)),
    "an account by its number": Case(policy(allow({"AWS": YOURS})), ("AnyPrincipalOf",)),
    "the role's own account, with a second factor": Case(
        policy(allow(root(OWN), condition=MFA)), ("AnyPrincipalOf",)
    ),
    "a vendor with an external ID": Case(
        policy(allow(root(STRANGER), condition={"StringEquals": {"sts:ExternalId": "acme-4711"}})),
        ("AnyPrincipalOf",),
    ),
    "a vendor without one": Case(policy(allow(root(STRANGER))), (RAW,)),
    "two external IDs while one is changed": Case(
        policy(
            allow(
                root(STRANGER), condition={"StringEquals": {"sts:ExternalId": ["old-1", "new-2"]}}
            )
        ),
        ("AnyPrincipalOf", "AnyPrincipalOf"),
    ),
    "a warehouse's user with an external ID": Case(
        policy(
            allow(
                {"AWS": f"arn:aws:iam::{STRANGER}:user/abc1-s-xyz"},
                condition={"StringEquals": {"sts:ExternalId": "ACME_SFCRole=2_abc+def/gh="}},
            )
        ),
        ("IamUsers",),
    ),
    "an observability vendor's role": Case(
        policy(
            allow(
                {"AWS": f"arn:aws:iam::{STRANGER}:role/collector"},
                condition={"StringEquals": {"sts:ExternalId": "0a1b2c3d4e5f"}},
                Sid="VendorRead",
            )
        ),
        ("IamRoles",),
    ),
    "users and roles in one statement": Case(
        policy(
            allow(
                {
                    "AWS": [
                        f"arn:aws:iam::{YOURS}:user/alice",
                        f"arn:aws:iam::{YOURS}:role/build/ci",
                        f"arn:aws:iam::{YOURS}:user/bob",
                    ]
                }
            )
        ),
        ("IamUsers", "IamRoles"),
    ),
    "an account and its user": Case(
        policy(allow({"AWS": [f"arn:aws:iam::{YOURS}:root", f"arn:aws:iam::{YOURS}:user/alice"]})),
        ("AnyPrincipalOf", RAW),
    ),
    "roles of identity center": Case(
        policy(
            allow(
                root(YOURS),
                condition={"ArnLike": {"aws:PrincipalArn": f"{SSO}/*/AWSReservedSSO_Admin_*"}},
            )
        ),
        (RAW,),
    ),
    "roles of identity center, by question marks": Case(
        policy(
            allow(
                root(YOURS),
                condition={
                    "ArnLike": {
                        "aws:PrincipalArn": f"{SSO}/eu-central-1/AWSReservedSSO_Admin_{'?' * 16}"
                    }
                },
            )
        ),
        ("WholeAccount",),
    ),
    "an organization's accounts": Case(
        policy(
            allow({"AWS": "*"}, condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
        ),
        (RAW,),
    ),
    "an account as long as it is in the organization": Case(
        policy(
            allow(root(YOURS), condition={"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})
        ),
        ("WholeAccount",),
    ),
    "an organizational unit": Case(
        policy(
            allow(
                {"AWS": "*"},
                condition={
                    "ForAnyValue:StringLike": {
                        "aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/*"
                    }
                },
            )
        ),
        (RAW,),
    ),
    "from the office": Case(
        policy(
            allow(
                {"AWS": f"arn:aws:iam::{YOURS}:user/alice"},
                condition={"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "198.51.100.7/32"]}},
            )
        ),
        ("IamUsers",),
    ),
    "a fresh second factor": Case(
        policy(
            allow(
                root(YOURS),
                condition={**MFA, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}},
            )
        ),
        ("AnyPrincipalOf",),
    ),
    "a second factor if there is any": Case(
        policy(
            allow(root(YOURS), condition={"BoolIfExists": {"aws:MultiFactorAuthPresent": "true"}})
        ),
        (RAW,),
    ),
    "until a date": Case(
        policy(
            allow(
                root(YOURS), condition={"DateLessThan": {"aws:CurrentTime": "2030-01-31T00:00:00Z"}}
            )
        ),
        (RAW,),
    ),
    "by a tag of the caller": Case(
        policy(allow(root(YOURS), condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})),
        (RAW,),
    ),
    "session tags that must be passed": Case(
        policy(
            allow(
                root(YOURS),
                ["sts:AssumeRole", "sts:TagSession"],
                {"StringLike": {"aws:RequestTag/project": "*"}},
            )
        ),
        (RAW,),
    ),
    "may tag the session": Case(
        policy(allow(root(YOURS), ["sts:AssumeRole", "sts:TagSession"])), ("AnyPrincipalOf", RAW)
    ),
    "a source identity": Case(
        policy(
            allow(
                {"AWS": f"arn:aws:iam::{YOURS}:role/people"},
                ["sts:AssumeRole", "sts:SetSourceIdentity"],
                {"StringLike": {"sts:SourceIdentity": "*@example.com"}},
            )
        ),
        ("IamRoles",),
    ),
    "named after the user": Case(
        policy(
            allow(root(YOURS), condition={"StringLike": {"sts:RoleSessionName": "${aws:username}"}})
        ),
        (RAW,),
    ),
    "one session of a role": Case(
        policy(allow({"AWS": f"arn:aws:sts::{YOURS}:assumed-role/ci/build"})), (RAW,)
    ),
    "a role that was deleted": Case(
        policy(allow({"AWS": ["AROAEXAMPLEEXAMPLE123", f"arn:aws:iam::{YOURS}:role/ci"]})),
        (RAW, "IamRoles"),
    ),
    "everyone with an account": Case(policy(allow({"AWS": "*"})), (RAW,)),
    "a role that trusts itself": Case(
        policy(allow({"AWS": f"arn:aws:iam::{OWN}:role/tes-role"}), service("ec2.amazonaws.com")),
        ("IamRoles", "AwsService"),
    ),
    # Deny, NotPrincipal and the like
    "a deny beside an allow": Case(
        policy(
            allow(root(YOURS)),
            allow(
                {"AWS": "*"},
                condition={"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
                effect="Deny",
                Sid="OfficeOnly",
            ),
        ),
        ("AnyPrincipalOf", RAW),
    ),
    "a deny of insecure transport": Case(
        policy(
            allow({"AWS": f"arn:aws:iam::{YOURS}:user/alice"}),
            allow("*", condition={"Bool": {"aws:SecureTransport": "false"}}, effect="Deny"),
        ),
        ("IamUsers", RAW),
    ),
    "all but one": Case(
        policy(
            {
                "Effect": "Deny",
                "NotPrincipal": {"AWS": f"arn:aws:iam::{YOURS}:user/alice"},
                "Action": "sts:AssumeRole",
            }
        ),
        (RAW,),
        refused=True,
    ),
    "a resource in a trust policy": Case(
        policy(allow(root(YOURS), Resource="*")), (RAW,), refused=True
    ),
    # Services
    "ec2": Case(policy(service("ec2.amazonaws.com")), ("AwsService",)),
    "lambda and lambda at the edge": Case(
        policy(service(["lambda.amazonaws.com", "edgelambda.amazonaws.com"])),
        ("AwsService", "AnyCallerOfService"),
    ),
    "ecs tasks of the account": Case(
        policy(
            service(
                "ecs-tasks.amazonaws.com",
                {
                    "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-central-1:{OWN}:*"},
                    "StringEquals": {"aws:SourceAccount": OWN},
                },
            )
        ),
        ("AwsService",),
    ),
    "a scheduler's group": Case(
        policy(
            service(
                "scheduler.amazonaws.com",
                {
                    "StringEquals": {
                        "aws:SourceAccount": OWN,
                        "aws:SourceArn": NIGHTLY,
                    }
                },
            )
        ),
        ("AwsService",),
    ),
    "a service by the beginning of an ARN": Case(
        policy(
            service(
                "events.amazonaws.com",
                {"ArnLike": {"aws:SourceArn": f"arn:aws:events:eu-central-1:{OWN}:rule/acme-*"}},
            )
        ),
        (RAW,),
    ),
    "a service that nothing limits": Case(
        policy(service("codebuild.amazonaws.com")), ("AnyCallerOfService",)
    ),
    "services of an organization": Case(
        policy(
            service(
                "cloudtrail.amazonaws.com", {"StringEquals": {"aws:SourceOrgID": "o-a1b2c3d4e5"}}
            )
        ),
        (RAW,),
    ),
    "service-linked": Case(policy(service("autoscaling.amazonaws.com")), ("AnyCallerOfService",)),
    "a service and an account": Case(
        policy(allow({"Service": "ec2.amazonaws.com", "AWS": f"arn:aws:iam::{OWN}:root"})),
        ("AnyPrincipalOf", "AwsService"),
    ),
    "a service, an account and a provider": Case(
        policy(
            allow(
                {
                    "Service": "ec2.amazonaws.com",
                    "AWS": OWN,
                    "Federated": f"arn:aws:iam::{OWN}:saml-provider/okta",
                },
                ["sts:AssumeRole", "sts:AssumeRoleWithSAML"],
            )
        ),
        ("AnyPrincipalOf", "AwsService", RAW),
    ),
    "roles anywhere: a certificate": Case(
        policy(
            allow(
                {"Service": "rolesanywhere.amazonaws.com"},
                ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                {
                    "ArnEquals": {"aws:SourceArn": ANCHOR},
                    "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "web-1"},
                },
            )
        ),
        ("RolesAnywhere",),
    ),
    "roles anywhere: whatever certificate": Case(
        policy(
            allow(
                {"Service": "rolesanywhere.amazonaws.com"},
                ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
            )
        ),
        ("AnyCallerOfService", RAW),
    ),
    # Partitions, old forms
    "china": Case(
        policy(
            allow({"AWS": f"arn:aws-cn:iam::{YOURS}:root"}),
            service("ec2.amazonaws.com.cn"),
        ),
        ("AnyPrincipalOf", "AwsService"),
        "aws-cn",
        "cn-north-1",
    ),
    "govcloud": Case(
        policy(
            allow({"AWS": f"arn:aws-us-gov:iam::{YOURS}:user/alice"}, condition=MFA),
            web(
                GITHUB, token(GITHUB, "sts.amazonaws.com", like=f"{REPO}:*"), partition="aws-us-gov"
            ),
        ),
        ("IamUsers", "AnyJobOf"),
        "aws-us-gov",
        "us-gov-west-1",
    ),
    "of 2008, with a variable that is none": Case(
        policy(
            allow(
                root(YOURS),
                condition={"StringEquals": {"sts:RoleSessionName": "${aws:username}"}},
            ),
            version="2008-10-17",
        ),
        (RAW,),
    ),
    "of 2008, without a version": Case(
        {"Id": "Policy1", "Statement": allow({"Service": ["ec2.amazonaws.com"]}, Sid="1")},
        ("AwsService",),
    ),
    "actions in capitals and by a wildcard": Case(
        policy(
            allow(root(YOURS), "sts:assumerole"),
            allow({"AWS": f"arn:aws:iam::{OWN}:user/a"}, "sts:*"),
        ),
        ("AnyPrincipalOf", RAW),
    ),
    "the same account twice": Case(
        policy(allow(root(YOURS)), allow(root(YOURS), condition=MFA)), ("AnyPrincipalOf", RAW)
    ),
}

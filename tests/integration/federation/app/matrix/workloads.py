"""Programs in a cluster, in an application, and on machines of one's own."""

from matrix.given import Given
from matrix.repositories import provider
from matrix.roles import role
from rolecall.issuers import oidc_issuer
from rolecall.trust import (
    AnyCertificateOf,
    AnyPodOfCluster,
    AnyPodOfNamespace,
    AnyServiceAccountIn,
    CognitoIdentityPool,
    EksPodIdentity,
    EksServiceAccount,
    RolesAnywhere,
    UnauthenticatedOf,
)
from rolecall_cdktf import (
    EnvironmentStack,
    IdentityPool,
    OidcProvider,
    PodIdentityAssociation,
    RolesAnywhereProfile,
    RolesAnywhereTrustAnchor,
)

CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
SECOND_CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE2C8F14B7A9D03E6615EXAMPLE"


def add_workloads(stack: EnvironmentStack, given: Given, people: OidcProvider) -> None:
    """Add them; `people` sign in to the application."""
    cluster = provider(stack, "cluster", oidc_issuer(CLUSTER))
    # A second cluster of the company: its names are others' names.
    provider(stack, "second-cluster", oidc_issuer(SECOND_CLUSTER))
    role(stack, "eks", EksServiceAccount(cluster, "payments", "worker"))
    role(stack, "eks-any", AnyServiceAccountIn(cluster, "payments"))
    _pods(stack)
    _machines(stack, given)

    pool = IdentityPool(
        stack,
        "app",
        oidc_providers=[people],
        classic_flow=True,
        UNSAFE_unauthenticated_identities=True,
    )
    signed_in = role(stack, "cognito", CognitoIdentityPool(pool))
    guests = role(stack, "cognito-guests", UnauthenticatedOf(pool))
    pool.attach_roles(authenticated=signed_in, unauthenticated=guests)
    role(
        stack,
        "cognito-identity",
        CognitoIdentityPool(given.partner_pool, identity_ids=[given.partner_identity]),
    )


def _pods(stack: EnvironmentStack) -> None:
    main = f"arn:aws:eks:eu-central-1:{stack.environment.account_id}:cluster/main"
    entities = {
        "pod": EksPodIdentity(
            cluster_arn=main, namespace="payments", service_account=["worker", "batch"]
        ),
        "pod-any-of-namespace": AnyPodOfNamespace(cluster_arn=main, namespace="payments"),
        "pod-any-of-cluster": AnyPodOfCluster(cluster_arn=main),
    }
    accounts = {
        "pod": ("payments", "worker"),
        "pod-any-of-namespace": ("payments", "cron"),
        "pod-any-of-cluster": ("reports", "cron"),
    }
    for id, entity in entities.items():
        namespace, account = accounts[id]
        PodIdentityAssociation(
            stack,
            f"{id}-association",
            cluster_name="main",
            namespace=namespace,
            service_account=account,
            role=role(stack, id, entity),
        )


def _machines(stack: EnvironmentStack, given: Given) -> None:
    anchor = RolesAnywhereTrustAnchor(stack, "site", certificate_file=given.authority("site"))
    # Believed in this account as well, and trusted by none of these roles.
    RolesAnywhereTrustAnchor(stack, "lab", certificate_file=given.authority("lab"))
    site = anchor.trust_anchor_arn
    roles = [
        role(
            stack,
            "anywhere",
            RolesAnywhere(trust_anchor_arn=site, subject={"CN": "web-1", "OU": "shop"}),
        ),
        role(
            stack,
            "anywhere-san",
            RolesAnywhere(trust_anchor_arn=site, san={"URI": "spiffe://rolecall.test/web/*"}),
        ),
        role(stack, "anywhere-any", AnyCertificateOf(trust_anchor_arn=site)),
    ]
    RolesAnywhereProfile(stack, "machines", roles=roles)

"""EKS Pod Identity against deployed roles: pods of their associations, and no others."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.integration.federation.answers import assert_answer
from tests.integration.federation.cases.pods import (
    ASSOCIATED,
    MISTAKEN,
    Clusters,
    Row,
    rows,
    signed,
)
from tests.integration.federation.deployment import REGION, refusal

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

ROWS = list(rows())


@pytest.fixture(scope="module")
def clusters(deployment: "Deployment") -> Iterator[Clusters]:
    eks = deployment.administrator.client("eks")
    issuers = {
        name: eks.describe_cluster(name=name)["cluster"]["identity"]["oidc"]["issuer"]
        for name in ("main", "second")
    }
    made = []
    by_hand = [(role, pod) for role, pods in MISTAKEN.items() for pod in pods]
    by_hand.append(("pod", ("main", "payments", "batch")))
    for role, (cluster, namespace, account) in by_hand:
        association = eks.create_pod_identity_association(
            clusterName=cluster,
            namespace=namespace,
            serviceAccount=account,
            roleArn=deployment.role(role),
        )["association"]
        made.append({"clusterName": cluster, "associationId": association["associationId"]})
    yield Clusters(deployment, issuers)
    for association in made:
        eks.delete_pod_identity_association(**association)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.role}:{row.case}" for row in ROWS])
def test_pod(clusters: Clusters, row: Row) -> None:
    claims = clusters.claims(*row.pod)
    token = (row.spoil or signed)(clusters, claims)
    if row.answer is not None:
        assert_answer(refusal(lambda: clusters.become(token, row.pod[0])), row.answer)
        return
    answer = clusters.become(token, row.pod[0])
    arn = answer["assumedRoleUser"]["arn"]
    assert f":assumed-role/central-{row.role}/eks-{row.pod[0]}-" in arn
    assert clusters.deployment.whoami(answer["credentials"]) == arn


@pytest.mark.parametrize("role", list(ASSOCIATED))
def test_a_person_is_no_pod(deployment: "Deployment", role: str) -> None:
    """The tags alone open nothing: they are EKS's to send."""
    cluster, namespace, account = ASSOCIATED[role]
    tags = {
        "eks-cluster-arn": f"arn:aws:eks:{REGION}:111111111111:cluster/{cluster}",
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": account,
    }
    sts = deployment.administrator.client("sts")
    me = sts.get_caller_identity()["Arn"]
    answer = refusal(
        lambda: sts.assume_role(
            RoleArn=deployment.role(role),
            RoleSessionName="pod",
            Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
        )
    )
    assert answer == (
        "AccessDenied",
        f"User: {me} is not authorized to perform: sts:AssumeRole on resource: "
        f"{deployment.role(role)}",
    )

"""Resources of state machines, identity pools, clusters and trust anchors.

Source of the lists of operations: "Actions, resources, and condition keys" of each service
in the Service Authorization Reference.
"""

import json
from typing import Any

import pytest

from rolecall.local.authorization.resources import resource_of
from tests.local.enforcement.conftest import HOME, OTHER
from tests.local.enforcement.direct.conftest import REGION, api_call

POOL = f"{REGION}:0000aaaa-12ab-34cd-56ef-1234567890ab"
NUMBER = "0000aaaa-12ab-34cd-56ef-1234567890ab"


def here(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{HOME}:{resource}"


def of(
    service: str,
    operation: str,
    body: object = None,
    params: Any = None,
    **labels: str,
) -> str | None:
    call = api_call(service, body=json.dumps(body or {}).encode(), params=params or {})
    return resource_of(call, operation, labels, HOME)


MACHINE = here("states", "stateMachine:m")


@pytest.mark.parametrize(
    "operation",
    [
        "DeleteStateMachine",
        "DescribeStateMachine",
        "StartExecution",
        "StartSyncExecution",
        "UpdateStateMachine",
    ],
)
def test_a_state_machine(operation: str) -> None:
    assert of("states", operation, {"stateMachineArn": MACHINE}) == MACHINE
    assert of("states", operation, {"name": "m"}) is None
    for arn in (
        MACHINE.replace(HOME, OTHER),
        MACHINE.replace(REGION, "us-east-1"),
        f"{MACHINE}:1",  # a version or an alias
        here("states", "activity:m"),
        [MACHINE],
    ):
        assert of("states", operation, {"stateMachineArn": arn}) is None


def test_a_state_machine_that_is_made() -> None:
    assert of("states", "CreateStateMachine", {"name": "m"}) == MACHINE
    assert of("states", "CreateStateMachine", {"stateMachineArn": MACHINE}) is None
    assert of("states", "ListExecutions", {"stateMachineArn": MACHINE, "name": "m"}) is None


POOL_CALLS = """
    DeleteIdentityPool DescribeIdentityPool GetIdentityPoolRoles
    GetOpenIdTokenForDeveloperIdentity ListIdentities UpdateIdentityPool
"""


@pytest.mark.parametrize("operation", POOL_CALLS.split())
def test_an_identity_pool(operation: str) -> None:
    pool = here("cognito-identity", f"identitypool/{POOL}")
    assert of("cognito-identity", operation, {"IdentityPoolId": POOL}) == pool
    assert of("cognito-identity", operation, {"ResourceArn": pool}) is None
    for other in ("*", "x", f"{POOL}/x", f"{POOL}:a", f"ä:{NUMBER}", f"{REGION}:*", [POOL]):
        assert of("cognito-identity", operation, {"IdentityPoolId": other}) is None


@pytest.mark.parametrize("operation", ["ListTagsForResource", "TagResource", "UntagResource"])
def test_tags_of_an_identity_pool(operation: str) -> None:
    pool = here("cognito-identity", f"identitypool/{POOL}")
    assert of("cognito-identity", operation, {"ResourceArn": pool}) == pool
    assert of("cognito-identity", operation, {"IdentityPoolId": POOL}) is None
    for other in (
        POOL,
        pool.replace(HOME, OTHER),
        f"{pool}/x",
        here("cognito-identity", f"x/{POOL}"),
        [pool],
    ):
        assert of("cognito-identity", operation, {"ResourceArn": other}) is None


@pytest.mark.parametrize("operation", ["SetIdentityPoolRoles", "GetId", "ListIdentityPools"])
def test_operations_that_know_no_pool_as_a_resource(operation: str) -> None:
    both = {"IdentityPoolId": POOL, "ResourceArn": here("cognito-identity", POOL)}
    assert of("cognito-identity", operation, both) is None


CLUSTER_CALLS = """
    CreatePodIdentityAssociation DeleteCluster DescribeCluster DescribeUpdate
    ListPodIdentityAssociations ListUpdates UpdateClusterConfig UpdateClusterVersion
"""


@pytest.mark.parametrize("operation", CLUSTER_CALLS.split())
@pytest.mark.parametrize("label", ["name", "clusterName"])
def test_a_cluster(operation: str, label: str) -> None:
    assert of("eks", operation, **{label: "c"}) == here("eks", "cluster/c")
    assert of("eks", operation, **{label: "c/d"}) is None
    assert of("eks", operation, {label: "c"}) is None


def test_a_call_of_a_pod() -> None:
    found = of("eks-auth", "AssumeRoleForPodIdentity", clusterName="c")
    assert found == here("eks", "cluster/c")


ASSOCIATION_CALLS = """
    DeletePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation
"""


@pytest.mark.parametrize("operation", ASSOCIATION_CALLS.split())
def test_an_association(operation: str) -> None:
    found = of("eks", operation, clusterName="c", associationId="a-1")
    assert found == here("eks", "podidentityassociation/c/a-1")
    assert of("eks", operation, clusterName="c/d", associationId="a-1") is None
    assert of("eks", operation, clusterName="c", associationId="a/1") is None
    assert of("eks", operation, clusterName="c") is None
    assert of("eks", operation, associationId="a-1") is None


@pytest.mark.parametrize("operation", ["ListTagsForResource", "TagResource", "UntagResource"])
def test_tags_of_a_cluster_or_an_association(operation: str) -> None:
    for kind in ("cluster/c", "podidentityassociation/c/a-1", "nodegroup/c/n/1"):
        arn = here("eks", kind)
        assert of("eks", operation, resourceArn=arn) == arn
        assert of("eks", operation, {"resourceArn": arn}) is None
    for arn in (
        here("eks", "cluster/c").replace(HOME, OTHER),
        here("eks", "cluster/c").replace(REGION, "us-east-1"),
        here("rolesanywhere", "cluster/c"),
        here("eks", "cluster"),
        here("eks", "cluster/*"),
        here("eks", "a/b/c/d/e"),
        here("eks", "a//b"),
        here("eks", "cluster/ä"),
        here("eks", "cluster/c\n"),
    ):
        assert of("eks", operation, resourceArn=arn) is None


@pytest.mark.parametrize("operation", ["ListClusters", "CreateCluster", "CreateNodegroup"])
def test_calls_of_eks_about_something_else(operation: str) -> None:
    labels = {"name": "c", "clusterName": "c", "resourceArn": here("eks", "cluster/c")}
    assert of("eks", operation, **labels) is None


@pytest.mark.parametrize(
    ("label", "kind"), [("trustAnchorId", "trust-anchor"), ("profileId", "profile")]
)
def test_an_anchor_or_a_profile(label: str, kind: str) -> None:
    found = of("rolesanywhere", "GetX", **{label: NUMBER})
    assert found == here("rolesanywhere", f"{kind}/{NUMBER}")
    assert of("rolesanywhere", "GetX", **{label: "a/b"}) is None
    assert of("rolesanywhere", "GetX", **{label: ""}) is None
    assert of("rolesanywhere", "GetX", {label: NUMBER}) is None


@pytest.mark.parametrize("operation", ["PutNotificationSettings", "ResetNotificationSettings"])
def test_notifications_of_an_anchor(operation: str) -> None:
    found = of("rolesanywhere", operation, {"trustAnchorId": NUMBER})
    assert found == here("rolesanywhere", f"trust-anchor/{NUMBER}")
    assert of("rolesanywhere", operation, {"resourceArn": found}) is None


def test_tags_of_an_anchor() -> None:
    """The ARN stands in the query of a list, and in the body of a change."""
    anchor = here("rolesanywhere", f"trust-anchor/{NUMBER}")
    said = {"resourceArn": anchor}
    assert of("rolesanywhere", "ListTagsForResource", params=said) == anchor
    assert of("rolesanywhere", "ListTagsForResource", said) is None
    for operation in ("TagResource", "UntagResource"):
        assert of("rolesanywhere", operation, said) == anchor
        assert of("rolesanywhere", operation, params=said) is None
    elsewhere = {"resourceArn": anchor.replace(HOME, OTHER)}
    assert of("rolesanywhere", "TagResource", elsewhere) is None
    assert of("rolesanywhere", "ListTrustAnchors", said, said) is None
    assert of("rolesanywhere", "TagResource", {"resourceArn": [anchor]}) is None

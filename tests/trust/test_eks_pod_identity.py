"""Pods through EKS Pod Identity: who is admitted by the tags that EKS sends."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    CompiledPolicy,
    PolicyDocument,
    check_trust_document,
    may_assume,
)
from rolecall.trust import (
    AnyPodOfCluster,
    AnyPodOfNamespace,
    EksPodIdentity,
    TrustContext,
    TrustError,
    trust_policy,
)

OWN, OTHER = "111111111111", "444444444444"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({"999999999999"}))
ROLE = f"arn:aws:iam::{OWN}:role/tes-processor"
MAIN = f"arn:aws:eks:eu-central-1:{OWN}:cluster/main"
SPARE = f"arn:aws:eks:eu-central-1:{OWN}:cluster/spare"


def policy(*entities: Any, context: TrustContext = CONTEXT) -> PolicyDocument:
    document = trust_policy(entities, context)
    check_trust_document(document)
    return document


def admitted(
    document: PolicyDocument,
    *,
    cluster: str = MAIN,
    namespace: str = "payments",
    service_account: str = "processor",
    host: str = "pods.eks.amazonaws.com",
    tagged: bool = True,
) -> bool:
    """Whether EKS may assume the role for a pod, with the six tags it sends."""
    tags = {
        "eks-cluster-arn": cluster,
        "eks-cluster-name": cluster.rpartition("/")[2],
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
        "kubernetes-pod-name": "processor-0",
        "kubernetes-pod-uid": "5a20f883-5407-11ea-a85c-0e62b7a4a436",
    }
    caller = AwsService(host, source_account=cluster.split(":")[4], source_arn=cluster)
    attempt = AssumeRoleAttempt(
        caller=caller, role_arn=ROLE, tags=tags if tagged else {}, session_name="eks-main-proc"
    )
    return may_assume(attempt, trust=CompiledPolicy(document)).allowed


PROCESSOR = EksPodIdentity(cluster_arn=MAIN, namespace="payments", service_account="processor")


def test_a_role_asks_for_cluster_namespace_and_service_account() -> None:
    assert policy(PROCESSOR).to_dict()["Statement"] == {
        "Sid": "EksPodIdentity",
        "Effect": "Allow",
        "Principal": {"Service": "pods.eks.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession"],
        "Condition": {
            "ArnEquals": {"aws:SourceArn": MAIN},
            "StringEquals": {
                "aws:RequestTag/eks-cluster-arn": MAIN,
                "aws:RequestTag/kubernetes-namespace": "payments",
                "aws:RequestTag/kubernetes-service-account": "processor",
            },
        },
    }


def test_its_pods_come_in_and_no_others() -> None:
    document = policy(PROCESSOR)
    assert admitted(document)
    assert not admitted(document, service_account="processor2")
    assert not admitted(document, namespace="payments2")
    assert not admitted(document, cluster=SPARE)
    assert not admitted(document, cluster=MAIN.replace(OWN, OTHER))
    assert not admitted(document, cluster=MAIN.replace("eu-central", "eu-west"))
    assert not admitted(document, host="eks.amazonaws.com")
    # An association with disableSessionTags says nothing of its pods.
    assert not admitted(document, tagged=False)


def test_several_clusters_and_service_accounts() -> None:
    entity = EksPodIdentity(
        cluster_arn=[MAIN, SPARE], namespace="payments", service_account=["processor", "batch"]
    )
    document = policy(entity)
    assert admitted(document, cluster=SPARE, service_account="batch")
    assert not admitted(document, cluster=SPARE, service_account="other")
    assert not admitted(document, cluster=MAIN + "2", service_account="batch")


def test_wide_variants_have_names_that_show() -> None:
    document = policy(AnyPodOfNamespace(cluster_arn=MAIN, namespace="payments"))
    assert document.statements[0].sid == "AnyPodOfNamespace"
    assert admitted(document, service_account="other")
    assert not admitted(document, namespace="other")
    assert not admitted(document, cluster=SPARE)
    document = policy(AnyPodOfCluster(cluster_arn=MAIN))
    assert document.statements[0].sid == "AnyPodOfCluster"
    assert admitted(document, namespace="other", service_account="other")
    assert admitted(document, tagged=False)
    assert not admitted(document, cluster=SPARE)


def test_narrow_is_no_kind_of_wide() -> None:
    assert not isinstance(PROCESSOR, AnyPodOfCluster | AnyPodOfNamespace)


def test_a_wide_entity_that_undoes_a_narrow_one_is_refused() -> None:
    with pytest.raises(TrustError, match="guard nothing"):
        policy(PROCESSOR, AnyPodOfCluster(cluster_arn=MAIN))


@pytest.mark.parametrize(
    ("arn", "context"),
    [
        (MAIN.replace(OWN, OTHER), CONTEXT),
        (MAIN.replace(OWN, "999999999999"), CONTEXT),
        (MAIN, TrustContext(OWN, partition="aws-cn")),
    ],
)
def test_a_cluster_of_another_account_or_partition_is_refused(
    arn: str, context: TrustContext
) -> None:
    entity = EksPodIdentity(cluster_arn=arn, namespace="x", service_account="y")
    with pytest.raises(TrustError, match="own account only"):
        policy(entity, context=context)


def pods(**options: Any) -> EksPodIdentity:
    written: dict[str, Any] = {"cluster_arn": MAIN, "namespace": "x", "service_account": "y"}
    return EksPodIdentity(**written | options)


REFUSED = {
    "a name": ({"cluster_arn": "main"}, "arn:partition:service"),
    "any cluster": ({"cluster_arn": MAIN.replace("main", "*")}, "cluster/main"),
    "any region": ({"cluster_arn": MAIN.replace("eu-central-1", "*")}, "cluster/main"),
    "any account": ({"cluster_arn": MAIN.replace(OWN, "*")}, "twelve digits"),
    "a region of China": ({"cluster_arn": MAIN.replace("eu-central-1", "cn-north-1")}, "cluster"),
    "a node group": ({"cluster_arn": MAIN.replace(":cluster/", ":nodegroup/")}, "EKS cluster"),
    "another service": ({"cluster_arn": MAIN.replace(":eks:", ":ecs:")}, "EKS cluster"),
    "no cluster": ({"cluster_arn": []}, "nobody would be admitted"),
    "any namespace": ({"namespace": "*"}, "no wildcard"),
    "two namespaces": ({"namespace": ["a", "b"]}, "write a string"),
    "capitals": ({"namespace": "Payments"}, "small letters"),
    "a long namespace": ({"namespace": "x" * 64}, "1 to 63"),
    "any service account": ({"service_account": "*"}, r"AnyPodOfNamespace\("),
    "a prefix": ({"service_account": "proc*"}, r"AnyPodOfNamespace\("),
    "a subject": ({"service_account": "system:serviceaccount:x:y"}, "small letters"),
    "a long name": ({"service_account": "x" * 254}, "253"),
    "a variable": ({"service_account": "${aws:username}"}, "small letters"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_written_with_the_fix(case: str) -> None:
    options, fix = REFUSED[case]
    with pytest.raises(TrustError, match=fix):
        pods(**options)


words = st.text("abc-.*?", min_size=1, max_size=6)


@given(words, words, words, words)
def test_whatever_is_accepted_admits_that_service_account_only(
    namespace: str, account: str, other_namespace: str, other_account: str
) -> None:
    try:
        document = policy(pods(namespace=namespace, service_account=account))
    except TrustError:
        return
    assert admitted(document, namespace=namespace, service_account=account)
    same = (other_namespace, other_account) == (namespace, account)
    assert admitted(document, namespace=other_namespace, service_account=other_account) == same

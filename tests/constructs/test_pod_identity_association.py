"""Which role the pods of a service account get."""

from collections.abc import Callable
from typing import Any

import pytest

from rolecall.problems import Problem
from rolecall.trust import AnyPodOfNamespace, AwsService, EksPodIdentity
from rolecall_cdktf import AssumableRole, EnvironmentStack, PodIdentityAssociation

Synth = Callable[[EnvironmentStack], dict[str, Any]]
CLUSTER = "arn:aws:eks:eu-central-1:111111111111:cluster/main"
PODS = EksPodIdentity(cluster_arn=CLUSTER, namespace="payments", service_account="api")
NAMES = {"cluster_name": "main", "namespace": "payments", "service_account": "api"}


def role(stack: EnvironmentStack, *entities: Any) -> AssumableRole:
    return AssumableRole(stack, "pay", trusted_entities=list(entities or (PODS,)))


def test_a_service_account_gets_its_role(stack: EnvironmentStack, synthesized: Synth) -> None:
    made = role(stack)
    PodIdentityAssociation(stack, "api", **NAMES, role=made, tags={"team": "x"})
    found = synthesized(stack)["resource"]["aws_eks_pod_identity_association"]
    assert found == {
        "api": {
            **NAMES,
            "role_arn": made.role_arn,
            "depends_on": ["aws_iam_role.pay"],
            "tags": {"team": "x"},
        }
    }


def test_a_cluster_by_reference_and_a_role_by_arn(
    stack: EnvironmentStack, synthesized: Synth
) -> None:
    cluster = "${aws_eks_cluster.main.name}"
    role_arn = "arn:aws:iam::111111111111:role/team/pay"
    PodIdentityAssociation(stack, "a", **NAMES | {"cluster_name": cluster}, role=role_arn)
    PodIdentityAssociation(stack, "b", **NAMES | {"cluster_name": cluster}, role=role(stack))
    found = synthesized(stack)["resource"]["aws_eks_pod_identity_association"]
    assert found["a"] == {**NAMES, "cluster_name": cluster, "role_arn": role_arn}


def test_a_whole_namespace_admits_its_accounts(stack: EnvironmentStack) -> None:
    made = role(stack, AnyPodOfNamespace(cluster_arn=CLUSTER, namespace="payments"))
    PodIdentityAssociation(stack, "x", **NAMES | {"service_account": "other.one"}, role=made)


@pytest.mark.parametrize(
    "names",
    [{"service_account": "other"}, {"namespace": "billing"}, {"cluster_name": "second"}],
    ids=lambda names: next(iter(names)),
)
def test_a_role_that_does_not_admit_the_pods_is_refused(
    stack: EnvironmentStack, names: dict[str, str]
) -> None:
    with pytest.raises(Problem, match=r"does not admit the service account .*EksPodIdentity\("):
        PodIdentityAssociation(stack, "x", **NAMES | names, role=role(stack))


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "cluster": ({"cluster_name": CLUSTER}, "cluster_name is .* which cannot be one"),
    "namespace": ({"namespace": "Payments"}, "namespace is 'Payments'"),
    "wildcard": ({"service_account": "*"}, r"service_account is '\*'"),
    "number": ({"service_account": 5}, "service_account is 5; write a string"),
    "role": ({"role": "pay"}, "role is 'pay'; write an AssumableRole, or an ARN"),
    "user": ({"role": "arn:aws:iam::111111111111:user/x"}, "write an AssumableRole"),
    "away": ({"role": "arn:aws:iam::222222222222:role/x"}, "is of account 222222222222"),
    "tags": ({"tags": 5}, "tags is 5; write a mapping"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(case: str, stack: EnvironmentStack) -> None:
    options, fix = REFUSED[case]
    written = {**NAMES, "role": "arn:aws:iam::111111111111:role/x", **options}
    with pytest.raises(Problem, match=fix) as refusal:
        PodIdentityAssociation(stack, "x", **written)
    assert str(refusal.value).startswith('The Pod Identity association "x": ')


def test_eks_would_refuse_a_role_that_does_not_trust_it(stack: EnvironmentStack) -> None:
    with pytest.raises(Problem, match=r"does not trust pods\.eks\.amazonaws\.com, and EKS would"):
        PodIdentityAssociation(stack, "x", **NAMES, role=role(stack, AwsService("lambda")))

"""EKS Pod Identity: which role the pods of a service account get."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    CompiledPolicy,
    Statement,
    may_assume,
)
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import Construct, EksPodIdentityAssociation
from rolecall_cdktf.assumable_role import AssumableRole
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import is_reference
from rolecall_cdktf.names import checked_name, own_id
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.role_arguments import Role, role_argument
from rolecall_cdktf.vouching import Resident

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
PODS = "pods.eks.amazonaws.com"
# CreateCluster, Amazon EKS API Reference; "Object Names and IDs", Kubernetes documentation.
_CLUSTER = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}\Z")
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\Z")
_SERVICE_ACCOUNT = re.compile(r"(?=.{1,253}\Z)[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\Z")


class PodIdentityAssociation(EksPodIdentityAssociation, Resident):
    """One service account of a cluster, and its role; the `aws_eks_pod_identity_association`.

    cluster_name: of the stack's account and region; a reference is possible.
    namespace, service_account: as Kubernetes has them; one association for each pair.
    role: an `AssumableRole` that trusts `EksPodIdentity(…)`, or the ARN of a role.
    tags: up to 50 together with the environment's.

    Raises `Problem`, also where the role's trust would not admit this service account: EKS
    refuses a role that does not trust it at all, and the pods of one that trusts others get
    no credentials.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        cluster_name: str,
        namespace: str,
        service_account: str,
        role: Role,
        tags: Mapping[str, str] = _NO_TAGS,
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The Pod Identity association {shown(id)}")
        environment = stack.environment
        checked_name(f"The Pod Identity association {shown(id)}", id, "an association")
        owner = f'The Pod Identity association "{id}"'
        cluster = _checked(owner, "cluster_name", cluster_name, _CLUSTER, '"main"', may_refer=True)
        space = _checked(owner, "namespace", namespace, _NAMESPACE, '"payments"')
        account = _checked(
            owner, "service_account", service_account, _SERVICE_ACCOUNT, '"payments-api"'
        )
        arn, waiting = role_argument(owner, "role", role, stack)
        if isinstance(role, AssumableRole):
            _check_trust(owner, role, stack, cluster, space, account)
        own_tags = checked_tags(owner, tags, environment.tags)
        self._home = stack
        self._what = f"the Pod Identity association {id}"
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                cluster_name=cluster,
                namespace=space,
                service_account=account,
                role_arn=arn,
                depends_on=waiting or None,
                tags=own_tags or None,
            )


def _checked(
    owner: str,
    field: str,
    value: object,
    pattern: re.Pattern[str],
    example: str,
    *,
    may_refer: bool = False,
) -> str:
    found = Arguments(owner).text(field, value, example)
    if not (may_refer and is_reference(found)) and not pattern.match(found):
        raise Problem(f"{owner}: {field} is {shown(found)}, which cannot be one; write {example}.")
    return found


def _check_trust(
    owner: str,
    role: AssumableRole,
    stack: EnvironmentStack,
    cluster: str,
    namespace: str,
    account: str,
) -> None:
    if not any(_is_for_pods(statement) for statement in role.trust_document.statements):
        raise Problem(
            f"{owner}: the role {role.role_name} does not trust {PODS}, and EKS would refuse it; "
            "write EksPodIdentity(…) in its trusted_entities."
        )
    if is_reference(cluster):
        return
    facts = stack.environment
    cluster_arn = f"arn:{facts.partition}:eks:{facts.region}:{facts.account_id}:cluster/{cluster}"
    # "Grant Pods access to AWS resources based on tags", Amazon EKS User Guide. The names of a
    # pod are of a pod of its choice, so the trust of a role says nothing of them.
    attempt = AssumeRoleAttempt(
        caller=AwsService(PODS),
        role_arn=role.role_arn,
        session_name="eks-pod-identity",
        tags={
            "eks-cluster-arn": cluster_arn,
            "eks-cluster-name": cluster,
            "kubernetes-namespace": namespace,
            "kubernetes-service-account": account,
            "kubernetes-pod-name": "pod",
            "kubernetes-pod-uid": "00000000-0000-0000-0000-000000000000",
        },
        context={"aws:SourceAccount": facts.account_id, "aws:SourceArn": cluster_arn},
    )
    if not may_assume(attempt, trust=CompiledPolicy(role.trust_document)).allowed:
        raise Problem(
            f"{owner}: the role {role.role_name} does not admit the service account {account} of "
            f"namespace {namespace} in {cluster_arn}; write the same names in its "
            "EksPodIdentity(…)."
        )


def _is_for_pods(statement: Statement) -> bool:
    return statement.principals is not None and PODS in statement.principals.service

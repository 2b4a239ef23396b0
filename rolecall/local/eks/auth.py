"""EKS Auth: AssumeRoleForPodIdentity, which the agent on a node calls for a pod.

Source: AssumeRoleForPodIdentity, EKS API reference; "Enable or disable session tags" and
"Access AWS resources using EKS Pod Identity target IAM roles", user guide.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.directory import RoleRecord
from rolecall.local.eks.associations import association_for
from rolecall.local.eks.clusters import cluster_of, issuer_of
from rolecall.local.eks.errors import not_found
from rolecall.local.gaps import inputs
from rolecall.local.gaps.issued import Issued
from rolecall.local.gaps.replies import json_reply
from rolecall.local.gaps.service_facts import facts_for_role
from rolecall.local.gaps.tokens import TokenRefused, verify
from rolecall.local.sts.role_session import ONE_HOUR, Session, start_session
from rolecall.local.sts.session_policies import SessionPolicies
from rolecall.local.sts.session_tags import SessionTags
from rolecall.policy import AssumeRoleAttempt, AwsService, may_assume

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

SERVICE = "eks-auth"
AUDIENCE = "pods.eks.amazonaws.com"
_PRINCIPAL = "pods.eks.amazonaws.com"
_SUBJECT = re.compile(r"system:serviceaccount:(?P<namespace>[^:]+):(?P<account>[^:]+)")
_NOT_IN_A_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)
#: Longest session, in seconds; the role may allow less.
_SIX_HOURS = 6 * 3600


@dataclass(frozen=True, slots=True)
class _Pod:
    namespace: str
    service_account: str
    name: str
    uid: str


def assume_role_for_pod_identity(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer AssumeRoleForPodIdentity.

    The caller (the node) is authorized already; the token says which pod it is for.

    Raises:
        AwsError: InvalidTokenException, ExpiredTokenException, ResourceNotFoundException,
            or AccessDeniedException if the role's trust policy does not admit.
    """
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    cluster = cluster_of(identity.account, call.region, given["clusterName"])
    pod = _pod(given["token"], issuer_of(cluster), cloud)
    held = association_for(cloud, cluster.arn, pod.namespace, pod.service_account)
    if held is None:
        raise not_found(
            f"No pod identity association for {pod.namespace}/{pod.service_account} in "
            f"cluster {cluster.name}."
        )
    issued = _become(call, cloud, held, pod)
    return json_reply(
        call,
        {
            "subject": {"namespace": pod.namespace, "serviceAccount": pod.service_account},
            "audience": AUDIENCE,
            "podIdentityAssociation": {
                "associationArn": held["associationArn"],
                "associationId": held["associationId"],
            },
            "assumedRoleUser": {"arn": issued.arn, "assumeRoleId": issued.role_id},
            "credentials": {
                "accessKeyId": issued.access_key_id,
                "secretAccessKey": issued.secret_access_key,
                "sessionToken": issued.session_token,
                "expiration": issued.expiration.timestamp(),
            },
        },
    )


def _pod(token: str, issuer: str, cloud: "Cloud") -> _Pod:
    try:
        who = verify(token, issuer, (AUDIENCE,), cloud)
    except TokenRefused as refused:
        code = "ExpiredTokenException" if refused.expired else "InvalidTokenException"
        raise AwsError(code, refused.message, 400, refused.reason) from None
    if who.claims.get("aud") not in (AUDIENCE, [AUDIENCE]):
        # Kubernetes knows no azp, which other services let stand for aud.
        raise _no_pod(f"its aud is not {AUDIENCE}")
    match = _SUBJECT.fullmatch(who.subject)
    if match is None:
        raise _no_pod("its sub is no service account")
    told = who.claims.get("kubernetes.io")
    facts = told if isinstance(told, Mapping) else {}
    bound = facts.get("pod")
    pod = bound if isinstance(bound, Mapping) else {}
    name, uid = pod.get("name"), pod.get("uid")
    # A token that no pod is bound to is not one that Kubernetes mounted for Pod Identity.
    if not isinstance(name, str) or not isinstance(uid, str) or not name or not uid:
        raise _no_pod("it is not bound to a pod (kubernetes.io, pod, name and uid)")
    if facts.get("namespace", match["namespace"]) != match["namespace"]:
        raise _no_pod("its namespace is not the one of its sub")
    bearer = facts.get("serviceaccount", {"name": match["account"]})
    if not isinstance(bearer, Mapping) or bearer.get("name") != match["account"]:
        raise _no_pod("its service account is not the one of its sub")
    return _Pod(match["namespace"], match["account"], name, uid)


def _become(call: ApiCall, cloud: "Cloud", held: Mapping[str, Any], pod: _Pod) -> Issued:
    role = cloud.directory.role(held["roleArn"])
    if role is None:
        raise _denied(f"there is no role {held['roleArn']}")
    tags = _tags(held, pod)
    name = _session_name(held["clusterName"], pod.name)
    decision = may_assume(
        AssumeRoleAttempt(
            caller=AwsService(
                _PRINCIPAL,
                source_account=_account_of(held["clusterArn"]),
                source_arn=held["clusterArn"],
            ),
            role_arn=role.arn,
            tags=tags.all,
            transitive_tag_keys=tags.transitive,
            session_name=name,
            context=facts_for_role(call, cloud, role),
        ),
        trust=cloud.directory.trust_of(role),
    )
    if not decision.allowed:
        raise _denied(decision.explain())
    policy = held.get("policy")
    limit = SessionPolicies(inline=(policy,) if policy else None, arns=None)
    first = Session(name=name, seconds=min(_SIX_HOURS, role.max_session), policies=limit, tags=tags)
    issued = _start(cloud, role, first)
    target = held.get("targetRoleArn")
    return issued if not target else _target(call, cloud, held, issued, limit)


def _target(
    call: ApiCall,
    cloud: "Cloud",
    held: Mapping[str, Any],
    issued: Issued,
    limit: SessionPolicies,
) -> Issued:
    """From the role on to the target role, as the role itself would: with the external ID."""
    role = cloud.directory.role(held["targetRoleArn"])
    grant = cloud.sealer.open(issued.session_token)
    if role is None or grant is None:
        raise _denied(f"there is no role {held['targetRoleArn']}")
    caller = Identity(cloud.directory.caller_of_session(grant), grant.access_key_id, grant)
    policies = cloud.directory.policies_of(caller)
    decision = may_assume(
        AssumeRoleAttempt(
            caller=caller.caller,
            role_arn=role.arn,
            external_id=held["externalId"],
            tags=grant.tags,
            transitive_tag_keys=grant.transitive_tag_keys,
            session_name=grant.session_name,
            context=facts_for_role(call, cloud, role),
        ),
        trust=cloud.directory.trust_of(role),
        identity=policies.identity,
        boundary=policies.boundary,
        # The policy of an association limits the session that the pod gets, not this step.
        session=None,
    )
    if not decision.allowed:
        raise _denied(decision.explain())
    return _start(
        cloud,
        role,
        Session(
            name=grant.session_name,
            seconds=ONE_HOUR,
            policies=limit,
            tags=SessionTags(all=grant.tags, transitive=grant.transitive_tag_keys),
            chained=True,
        ),
    )


def _start(cloud: "Cloud", role: RoleRecord, session: Session) -> Issued:
    try:
        return Issued.of(start_session(cloud, role, session))
    except AwsError as error:
        raise AwsError("InvalidRequestException", error.message, 400, error.reason) from None


def _tags(held: Mapping[str, Any], pod: _Pod) -> SessionTags:
    """The six tags that EKS sends, all of them transitive; none where they are disabled."""
    if held["disableSessionTags"]:
        return SessionTags(all={}, transitive=())
    tags = {
        "eks-cluster-arn": held["clusterArn"],
        "eks-cluster-name": held["clusterName"],
        "kubernetes-namespace": pod.namespace,
        "kubernetes-service-account": pod.service_account,
        "kubernetes-pod-name": pod.name,
        "kubernetes-pod-uid": pod.uid,
    }
    return SessionTags(all=tags, transitive=tuple(tags))


def _account_of(arn: str) -> str:
    return arn.split(":")[4]


def _session_name(cluster: str, pod: str) -> str:
    """`eks-<cluster>-<pod>-<uuid>`, cut to the 64 characters of a session name."""
    start = _NOT_IN_A_NAME.sub("-", f"eks-{cluster}-{pod}")[: 64 - 37]
    return f"{start}-{uuid.uuid4()}"


def _no_pod(reason: str) -> AwsError:
    return AwsError(
        "InvalidTokenException",
        "The service account token is invalid.",
        400,
        f"the token: {reason}",
    )


def _denied(reason: str) -> AwsError:
    return AwsError(
        "AccessDeniedException",
        "Unauthorized Exception! EKS does not have permissions to assume the associated role.",
        400,
        reason,
    )

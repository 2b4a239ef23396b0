"""Pod identity associations: which role the pods of a service account get.

Source: the calls with PodIdentityAssociation in their name, EKS API reference; "Learn how
EKS Pod Identity grants pods access to AWS services", user guide.
"""

import re
import secrets
import string
import threading
import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.eks.clusters import SERVICE, check_role, cluster_of
from rolecall.local.eks.errors import invalid_parameter, not_found
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply
from rolecall.policy import PolicyDocument, PolicyError

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: Names of Kubernetes: a label, and labels with dots (RFC 1123).
_NAMESPACE = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_SERVICE_ACCOUNT = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)
_MOST_IN_A_CLUSTER = 5000
_ROLE = re.compile(r"arn:aws:iam::[0-9]{12}:role/[\x21-\x7e]+", re.ASCII)
_lock = threading.Lock()


def association_for(
    cloud: "Cloud", cluster_arn: str, namespace: str, service_account: str
) -> Mapping[str, Any] | None:
    """The association of a service account, or None."""
    for held in list(_table(cloud).values()):
        where = (held["clusterArn"], held["namespace"], held["serviceAccount"])
        if where == (cluster_arn, namespace, service_account):
            return dict(held)
    return None


def by_arn(cloud: "Cloud", arn: str) -> dict[str, Any] | None:
    """The association with an ARN as it is kept, to be changed in place; None if none."""
    return next(
        (held for held in list(_table(cloud).values()) if held["associationArn"] == arn), None
    )


def forget(cloud: "Cloud", cluster_arn: str) -> None:
    """Drop the associations of a cluster."""
    with _lock:
        table = _table(cloud)
        for key in [key for key, held in table.items() if held["clusterArn"] == cluster_arn]:
            del table[key]


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer CreatePodIdentityAssociation: one role for each service account."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    account, region = identity.account, call.region
    cluster = cluster_of(account, region, given["clusterName"])
    if _NAMESPACE.fullmatch(given["namespace"]) is None:
        raise invalid_parameter(f"{given['namespace']} is no Kubernetes namespace.")
    if _SERVICE_ACCOUNT.fullmatch(given["serviceAccount"]) is None:
        raise invalid_parameter(f"{given['serviceAccount']} is no Kubernetes service account.")
    _check(given, cloud, account)
    with _lock:
        if association_for(cloud, cluster.arn, given["namespace"], given["serviceAccount"]):
            raise AwsError(
                "ResourceInUseException",
                "Association already exists: "
                f"{given['namespace']}/{given['serviceAccount']} in {cluster.name}",
                409,
            )
        table = _table(cloud)
        if sum(h["clusterArn"] == cluster.arn for h in table.values()) >= _MOST_IN_A_CLUSTER:
            raise AwsError("ResourceLimitExceededException", "Too many associations.", 400)
        alphabet = string.ascii_lowercase + string.digits
        number = "a-" + "".join(secrets.choice(alphabet) for _ in range(17))
        now = cloud.now().timestamp()
        table[number] = {
            "clusterArn": cluster.arn,
            "clusterName": cluster.name,
            "namespace": given["namespace"],
            "serviceAccount": given["serviceAccount"],
            "roleArn": given["roleArn"],
            "associationArn": f"arn:aws:eks:{region}:{account}:podidentityassociation/"
            f"{cluster.name}/{number}",
            "associationId": number,
            "tags": dict(given.get("tags") or {}),
            "createdAt": now,
            "modifiedAt": now,
            "disableSessionTags": bool(given.get("disableSessionTags", False)),
            **_target(given, region, account, number),
            **({"policy": given["policy"]} if given.get("policy") else {}),
        }
    return json_reply(call, {"association": _shown(table[number])})


def describe(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DescribePodIdentityAssociation."""
    held = _own(call, identity, cloud, inputs.read(call, SERVICE, "InvalidParameterException"))
    return json_reply(call, {"association": _shown(held)})


def update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdatePodIdentityAssociation: role, target role, session tags, policy."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    held = _own(call, identity, cloud, given)
    changed = {**held, **{k: v for k, v in given.items() if k in held or k in _CHANGEABLE}}
    _check(changed, cloud, identity.account)
    with _lock:
        for name in ("roleArn", "disableSessionTags"):
            if given.get(name) is not None:
                held[name] = given[name]
        if "policy" in given:
            held["policy"] = given["policy"]
        if "targetRoleArn" in given:
            held.pop("targetRoleArn", None)
            number = held["associationId"]
            held.update(_target(given, call.region, identity.account, number, held))
        held["modifiedAt"] = cloud.now().timestamp()
    return json_reply(call, {"association": _shown(held)})


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeletePodIdentityAssociation."""
    held = _own(call, identity, cloud, inputs.read(call, SERVICE, "InvalidParameterException"))
    with _lock:
        _table(cloud).pop(held["associationId"], None)
    return json_reply(call, {"association": _shown(held)})


def list_all(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer ListPodIdentityAssociations, in pages."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    cluster = cluster_of(identity.account, call.region, given["clusterName"])
    found = [
        held
        for _, held in sorted(dict(_table(cloud)).items())
        if held["clusterArn"] == cluster.arn
        and given.get("namespace") in (None, held["namespace"])
        and given.get("serviceAccount") in (None, held["serviceAccount"])
    ]
    numbers = [held["associationId"] for held in found]
    token = given.get("nextToken")
    if token and token not in numbers:
        raise invalid_parameter("The nextToken is not valid.")
    start = numbers.index(token) if token else 0
    end = start + given.get("maxResults", 100)
    short = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
    return json_reply(
        call,
        {
            "associations": [{k: held[k] for k in short} for held in found[start:end]],
            "nextToken": numbers[end] if end < len(numbers) else None,
        },
    )


_CHANGEABLE = ("roleArn", "disableSessionTags", "targetRoleArn", "policy")


def _check(given: Mapping[str, Any], cloud: "Cloud", account: str) -> None:
    check_role(cloud, account, given["roleArn"])
    target = given.get("targetRoleArn")
    if target and _ROLE.fullmatch(target) is None:
        raise invalid_parameter(f"{target} is no role's ARN.")
    policy = given.get("policy")
    if policy:
        if not given.get("disableSessionTags"):
            # "disableSessionTags must be true" for a policy (CreatePodIdentityAssociation).
            raise invalid_parameter("A policy needs disableSessionTags to be true.")
        try:
            PolicyDocument.parse(policy)
        except PolicyError as error:
            raise invalid_parameter(f"The policy is malformed: {error}") from None


def _target(
    given: Mapping[str, Any],
    region: str,
    account: str,
    number: str,
    held: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The target role and the external ID under which it is assumed: one an association."""
    if not given.get("targetRoleArn"):
        return {}
    known = (held or {}).get("externalId")
    external = known or f"{region}/{account}/{number}/{uuid.uuid4()}"
    return {"targetRoleArn": given["targetRoleArn"], "externalId": external}


def _own(
    call: ApiCall, identity: Identity, cloud: "Cloud", given: Mapping[str, Any]
) -> dict[str, Any]:
    cluster = cluster_of(identity.account, call.region, given["clusterName"])
    held: dict[str, Any] | None = _table(cloud).get(given["associationId"])
    if held is None or held["clusterArn"] != cluster.arn:
        raise not_found(
            f"No association found for ID: {given['associationId']} in cluster {cluster.name}."
        )
    return held


def _shown(held: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in held.items() if name != "clusterArn"}
    if "targetRoleArn" not in shown:
        shown.pop("externalId", None)
    return shown


def _table(cloud: "Cloud") -> dict[str, dict[str, Any]]:
    return cloud.records.setdefault("eks_pod_identity_associations", {})

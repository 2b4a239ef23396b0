"""Clusters: moto's, with an issuer of their own, and with what Terraform's provider reads.

No cluster runs. What is real is its identity: name, ARN, and the OpenID Connect issuer
whose tokens its pods would have.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from moto.core.exceptions import AWSError
from moto.eks.models import eks_backends

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.eks.errors import invalid_parameter, not_found
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

SERVICE = "eks"
_ISSUER_CHARACTERS = "0123456789ABCDEF"
_DEFAULT_VERSION = "1.33"
#: What a cluster has where CreateCluster says nothing ("CreateCluster", API reference).
_ACCESS = {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": True}
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


def backend(account: str, region: str) -> Any:
    """moto's EKS of an account and region."""
    return eks_backends[account][region]


def cluster_of(account: str, region: str, name: str) -> Any:
    """moto's cluster of that name.

    Raises:
        AwsError: ResourceNotFoundException.
    """
    if account in eks_backends and region in eks_backends[account]:
        cluster = backend(account, region).clusters.get(name)
        if cluster is not None:
            return cluster
    raise not_found(f"No cluster found for name: {name}.")


def issuer_of(cluster: Any) -> str:
    """The URL of a cluster's OpenID Connect issuer."""
    return str(cluster.identity["oidc"]["issuer"])


def check_role(cloud: "Cloud", account: str, arn: str) -> None:
    """Refuse a role that does not exist in the account.

    Not in AWS's words ("Role provided in the request does not exist"): Terraform's
    provider repeats such a call for two minutes, for a role that may yet become visible.
    Here every role is visible at once.
    """
    role = cloud.directory.role(arn)
    if role is None or role.account != account:
        raise invalid_parameter(f"There is no role {arn} in account {account}.")


def create(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer CreateCluster: the cluster is active at once."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    check_role(cloud, identity.account, given["roleArn"])
    own = backend(identity.account, call.region)
    try:
        cluster: Any = own.create_cluster(
            name=given["name"],
            role_arn=given["roleArn"],
            resources_vpc_config=_vpc(identity.account, call.region, given["resourcesVpcConfig"]),
            version=given.get("version") or _DEFAULT_VERSION,
            kubernetes_network_config=_network(given.get("kubernetesNetworkConfig") or {}),
            logging=_logging(given.get("logging") or {}),
            client_request_token=given.get("clientRequestToken"),
            tags=dict(given.get("tags") or {}),
            encryption_config=given.get("encryptionConfig"),
            remote_network_config=given.get("remoteNetworkConfig"),
        )
    except AWSError:
        raise AwsError(
            "ResourceInUseException", f"Cluster already exists with name: {given['name']}", 409
        ) from None
    # moto gives every cluster of a process the same issuer, so one cluster's pods could
    # come in with another's tokens.
    number = "".join(secrets.choice(_ISSUER_CHARACTERS) for _ in range(32))
    cluster.identity = {
        "oidc": {"issuer": f"https://oidc.eks.{call.region}.amazonaws.com/id/{number}"}
    }
    cluster.endpoint = f"https://{number}.gr7.{call.region}.eks.amazonaws.com"
    cluster.settings = {
        "accessConfig": {**_ACCESS, **(given.get("accessConfig") or {})},
        "upgradePolicy": {"supportType": "EXTENDED", **(given.get("upgradePolicy") or {})},
        "zonalShiftConfig": given.get("zonalShiftConfig"),
        "computeConfig": given.get("computeConfig"),
        "storageConfig": given.get("storageConfig"),
        "deletionProtection": bool(given.get("deletionProtection", False)),
    }
    return json_reply(call, {"cluster": _shown(cluster)})


def describe(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Answer DescribeCluster."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    return json_reply(
        call, {"cluster": _shown(cluster_of(identity.account, call.region, given["name"]))}
    )


def delete(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer DeleteCluster; its pod identity associations go with it."""
    from rolecall.local.eks.associations import forget

    name = inputs.read(call, SERVICE, "InvalidParameterException")["name"]
    cluster = cluster_of(identity.account, call.region, name)
    if cluster.nodegroup_count or getattr(cluster, "fargate_profile_count", 0):
        raise AwsError("ResourceInUseException", "Cluster has nodegroups attached", 409)
    if getattr(cluster, "settings", {}).get("deletionProtection"):
        raise AwsError("InvalidRequestException", "The cluster is protected against deletion.", 400)
    backend(identity.account, call.region).delete_cluster(name)
    forget(cloud, cluster.arn)
    return json_reply(call, {"cluster": {**_shown(cluster), "status": "DELETING"}})


def update_config(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateClusterConfig: done at once."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    cluster = cluster_of(identity.account, call.region, given["name"])
    kind = "ConfigUpdate"
    if vpc := given.get("resourcesVpcConfig"):
        kind = "EndpointAccessUpdate" if "endpointPublicAccess" in vpc else "VpcConfigUpdate"
        cluster.resources_vpc_config = _vpc(
            identity.account, call.region, {**cluster.resources_vpc_config, **vpc}
        )
    if given.get("logging"):
        kind = "LoggingUpdate"
        cluster.logging = _logging(given["logging"], cluster.logging)
    settings = getattr(cluster, "settings", {})
    for name in ("accessConfig", "upgradePolicy", "zonalShiftConfig", "deletionProtection"):
        value = given.get(name)
        if value is not None:
            kind = {"accessConfig": "AccessConfigUpdate"}.get(name, kind)
            old = settings.get(name)
            settings[name] = {**(old or {}), **value} if isinstance(value, dict) else value
    cluster.settings = settings
    return json_reply(call, {"update": _updated(cluster, kind, cloud)})


def update_version(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer UpdateClusterVersion: done at once."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    cluster = cluster_of(identity.account, call.region, given["name"])
    cluster.version = given["version"]
    return json_reply(call, {"update": _updated(cluster, "VersionUpdate", cloud)})


def describe_update(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:  # noqa: ARG001
    """Answer DescribeUpdate: every update was successful when it was asked for."""
    given = inputs.read(call, SERVICE, "InvalidParameterException")
    cluster = cluster_of(identity.account, call.region, given["name"])
    update = getattr(cluster, "updates", {}).get(given["updateId"])
    if update is None:
        raise not_found(f"No update found for ID: {given['updateId']}")
    return json_reply(call, {"update": update})


def _updated(cluster: Any, kind: str, cloud: "Cloud") -> dict[str, Any]:
    import uuid

    update = {
        "id": str(uuid.uuid4()),
        "status": "Successful",
        "type": kind,
        "params": [],
        "createdAt": cloud.now().timestamp(),
        "errors": [],
    }
    # The last few: nobody asks for an update that long ago.
    kept = dict(list(getattr(cluster, "updates", {}).items())[-20:])
    cluster.updates = {**kept, update["id"]: update}
    return update


def _vpc(account: str, region: str, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "subnetIds": [],
        "securityGroupIds": [],
        "clusterSecurityGroupId": f"sg-{secrets.token_hex(8)}1",
        "vpcId": _vpc_of(account, region, given.get("subnetIds") or ()),
        "endpointPublicAccess": True,
        "endpointPrivateAccess": False,
        "publicAccessCidrs": ["0.0.0.0/0"],
        **{name: value for name, value in given.items() if value is not None},
    }


def _vpc_of(account: str, region: str, subnets: Any) -> str:
    """The VPC of the subnets, if moto's EC2 has them; networks are not checked here."""
    from moto.ec2.models import ec2_backends

    for by_zone in ec2_backends[account][region].subnets.values():
        for subnet_id, subnet in by_zone.items():
            if subnet_id in subnets:
                return str(subnet.vpc_id)
    return "vpc-00000000000000000"


def _network(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "serviceIpv4Cidr": "172.20.0.0/16",
        "ipFamily": "ipv4",
        "elasticLoadBalancing": {"enabled": False},
        **{name: value for name, value in given.items() if value is not None},
    }


def _logging(given: Mapping[str, Any], before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    enabled = {
        kind
        for setup in (before or {}).get("clusterLogging", ())
        if setup["enabled"]
        for kind in setup["types"]
    }
    for setup in given.get("clusterLogging") or ():
        kinds = set(setup.get("types") or ())
        enabled = enabled | kinds if setup.get("enabled") else enabled - kinds
    setups = [
        {"types": [kind for kind in _LOG_TYPES if (kind in enabled) is on], "enabled": on}
        for on in (True, False)
    ]
    return {"clusterLogging": [setup for setup in setups if setup["types"]]}


def _shown(cluster: Any) -> dict[str, Any]:
    created: datetime = cluster.created_at
    shown: dict[str, Any] = {
        "name": cluster.name,
        "arn": cluster.arn,
        "createdAt": created.timestamp(),
        "version": cluster.version,
        "endpoint": cluster.endpoint,
        "roleArn": cluster.role_arn,
        "resourcesVpcConfig": cluster.resources_vpc_config,
        "kubernetesNetworkConfig": cluster.kubernetes_network_config,
        "logging": cluster.logging,
        "identity": cluster.identity,
        "status": cluster.status,
        "certificateAuthority": cluster.certificate_authority,
        "clientRequestToken": cluster.client_request_token,
        "platformVersion": cluster.platformVersion,
        "tags": cluster.tags,
        "encryptionConfig": cluster.encryption_config or None,
        "remoteNetworkConfig": cluster.remote_network_config,
        "health": {"issues": []},
        **getattr(cluster, "settings", {}),
    }
    access = shown.get("accessConfig")
    if access:
        # AWS does not tell how the creator was let in.
        shown["accessConfig"] = {"authenticationMode": access["authenticationMode"]}
    return {name: value for name, value in shown.items() if value is not None}

"""iam:PassRole: who hands a role to a service needs the permission to.

Source: "Grant a user permissions to pass a role to an AWS service".
"""

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall
from rolecall.local.authorization.parameters import parameters_of

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: The path of a role may hold any printable character.
_ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/[\x21-\x7e]+", re.ASCII)
_HOSTS = {
    "autoscaling": "ec2.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "monitoring": "cloudwatch.amazonaws.com",
}
#: EKS hands the role on to the pods, which another service principal speaks for.
_HOSTS_OF_OPERATIONS = {
    ("eks", "CreatePodIdentityAssociation"): "pods.eks.amazonaws.com",
    ("eks", "UpdatePodIdentityAssociation"): "pods.eks.amazonaws.com",
}
#: Parameters with a role that the service does not become by itself: the role of the
#: association assumes the target role, whose own trust policy decides.
_NOT_HANDED_OVER = frozenset({("eks", "targetRoleArn")})


def passed_roles(call: ApiCall, account: str, cloud: "Cloud") -> set[str]:
    """The ARNs of roles that a call hands to a service.

    A role is taken to be handed over when its ARN is the value of a parameter whose
    name speaks of a role, or when a parameter names an instance profile.
    """
    found: set[str] = set()
    for name, value in parameters_of(call):
        if (call.service, name) in _NOT_HANDED_OVER:
            continue
        if "role" in name.lower() and _ROLE_ARN.fullmatch(value):
            found.add(value)
        elif name.lower().endswith("role"):
            # Some services take the name, or the path and the name.
            role = cloud.directory.role_named(account, value.rpartition("/")[2])
            if role is not None:
                found.add(role.arn)
            # EMR's `JobFlowRole` is the name of an instance profile.
            found.update(_roles_of_profile(value, account))
        elif "instanceprofile" in name.lower().replace(".", ""):
            found.update(_roles_of_profile(value, account))
    return found


def service_host(service: str, operations: Collection[str] = ()) -> str:
    """The value of iam:PassedToService for calls to a service."""
    for operation in operations:
        if (service, operation) in _HOSTS_OF_OPERATIONS:
            return _HOSTS_OF_OPERATIONS[service, operation]
    return _HOSTS.get(service, f"{service}.amazonaws.com")


def _roles_of_profile(value: str, account: str) -> Iterator[str]:
    if account not in iam_backends:
        return
    for profile in list(iam_backends[account]["aws"].instance_profiles.values()):
        if value in (profile.name, profile.arn):
            yield from (role.arn for role in profile.roles)

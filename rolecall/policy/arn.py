"""Amazon Resource Names.

Source: "Identify AWS resources with Amazon Resource Names (ARNs)" and "IAM identifiers".
"""

import re
from dataclasses import dataclass

from rolecall.policy.errors import PolicyError, quoted

PARTITIONS: tuple[str, ...] = ("aws", "aws-cn", "aws-us-gov")

_ACCOUNT_ID = re.compile(r"[0-9]{12}", re.ASCII)
_PARTITION = re.compile(r"aws(?:-[a-z]+)*", re.ASCII)
_SERVICE = re.compile(r"[a-z0-9][a-z0-9-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Arn:
    """One ARN: `arn:partition:service:region:account:resource`.

    Region and account are empty where the service has none (S3 buckets); `resource`
    keeps every further colon and slash.
    """

    partition: str
    service: str
    region: str
    account: str
    resource: str

    @classmethod
    def parse(cls, text: str) -> "Arn":
        """Read one concrete ARN; raises PolicyError for anything else, patterns included."""
        parts = text.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn":
            raise PolicyError(
                "ARN",
                f"{quoted(text)} is not an ARN",
                "write arn:partition:service:region:account:resource",
            )
        _, partition, service, region, account, resource = parts
        if not _PARTITION.fullmatch(partition):
            raise PolicyError(
                "ARN",
                f"{quoted(text)} has the unknown partition {quoted(partition)}",
                f"write one of {', '.join(PARTITIONS)}",
            )
        if not _SERVICE.fullmatch(service):
            raise PolicyError(
                "ARN", f"{quoted(text)} names no service", "write it as in arn:aws:iam::…"
            )
        if not resource:
            raise PolicyError("ARN", f"{quoted(text)} names no resource", "write it at the end")
        return cls(partition, service, region, account, resource)

    def __str__(self) -> str:
        return f"arn:{self.partition}:{self.service}:{self.region}:{self.account}:{self.resource}"


def is_account_id(text: str) -> bool:
    """Whether the text is an AWS account id: twelve digits."""
    return _ACCOUNT_ID.fullmatch(text) is not None


def root_arn(account: str, partition: str = "aws") -> str:
    """The ARN of an account, which is also that of its root user."""
    return f"arn:{partition}:iam::{account}:root"


def user_arn(account: str, name: str, path: str = "/", partition: str = "aws") -> str:
    """The ARN of an IAM user; `path` starts and ends with a slash."""
    return f"arn:{partition}:iam::{account}:user{path}{name}"


def role_arn(account: str, name: str, path: str = "/", partition: str = "aws") -> str:
    """The ARN of a role; `path` starts and ends with a slash."""
    return f"arn:{partition}:iam::{account}:role{path}{name}"


def assumed_role_arn(
    account: str, role_name: str, session_name: str, partition: str = "aws"
) -> str:
    """The ARN of a role session; it never carries the role's path."""
    return f"arn:{partition}:sts::{account}:assumed-role/{role_name}/{session_name}"


def federated_user_arn(account: str, name: str, partition: str = "aws") -> str:
    """The ARN of a session that GetFederationToken made."""
    return f"arn:{partition}:sts::{account}:federated-user/{name}"

"""The resource of a call, for the few operations where one parameter names it beyond doubt.

Each is listed with its operations: in any other operation a parameter of that name may
stand beside the one that counts, or mean nothing. Everything else is an unknown
resource; see `conservative`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rolecall.local.api import ApiCall
from rolecall.local.authorization.parameters import json_body

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,512}")
#: moto takes what follows the last slash of a queue's URL, query and fragment included.
_QUEUE_URL = re.compile(r"https?://[^/?#]+/(?P<owner>[0-9]{12})/(?P<name>[A-Za-z0-9_.-]+)")
_POOL_ID = re.compile(r"[\w-]+:[0-9a-f-]+", re.ASCII)
_RESOURCE = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){1,3}")
_KEY_ID = re.compile(r"(?:mrk-)?[0-9a-f-]{32,36}")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_QUEUE_CALLS = _names("""
    AddPermission ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage
    DeleteMessageBatch DeleteQueue GetQueueAttributes ListDeadLetterSourceQueues
    ListQueueTags PurgeQueue ReceiveMessage RemovePermission SendMessage SendMessageBatch
    SetQueueAttributes TagQueue UntagQueue
""")
_TOPIC_CALLS = _names("""
    AddPermission ConfirmSubscription DeleteTopic GetTopicAttributes
    ListSubscriptionsByTopic Publish PublishBatch RemovePermission SetTopicAttributes
    Subscribe
""")
_TABLE_CALLS = _names("""
    CreateTable DeleteItem DeleteTable DescribeContinuousBackups DescribeTable
    DescribeTimeToLive GetItem PutItem UpdateItem UpdateTable UpdateTimeToLive
""")
_SECRET_CALLS = _names("""
    CancelRotateSecret DeleteResourcePolicy DeleteSecret DescribeSecret GetResourcePolicy
    GetSecretValue ListSecretVersionIds PutResourcePolicy PutSecretValue RestoreSecret
    TagResource UntagResource UpdateSecret UpdateSecretVersionStage
""")
_KEY_CALLS = _names("""
    CancelKeyDeletion DescribeKey DisableKey DisableKeyRotation EnableKey EnableKeyRotation
    Encrypt GenerateDataKey GenerateDataKeyPair GenerateDataKeyPairWithoutPlaintext
    GenerateDataKeyWithoutPlaintext GenerateMac GetKeyPolicy GetKeyRotationStatus
    GetPublicKey ListGrants ListKeyPolicies ListKeyRotations ListResourceTags PutKeyPolicy
    RotateKeyOnDemand ScheduleKeyDeletion Sign TagResource UntagResource
    UpdateKeyDescription Verify VerifyMac
""")
_MACHINE_CALLS = _names("""
    DeleteStateMachine DescribeStateMachine StartExecution StartSyncExecution
    UpdateStateMachine
""")
_POOL_CALLS = _names("""
    DeleteIdentityPool DescribeIdentityPool GetIdentityPoolRoles
    GetOpenIdTokenForDeveloperIdentity ListIdentities UpdateIdentityPool
""")
_CLUSTER_CALLS = _names("""
    CreatePodIdentityAssociation DeleteCluster DescribeCluster DescribeUpdate
    ListPodIdentityAssociations ListUpdates UpdateClusterConfig UpdateClusterVersion
""")
_ASSOCIATION_CALLS = _names("""
    DeletePodIdentityAssociation DescribePodIdentityAssociation UpdatePodIdentityAssociation
""")
_TAG_CALLS = _names("ListTagsForResource TagResource UntagResource")
_PARAMETER_CALLS = _names("DeleteParameter GetParameter PutParameter")


def resource_of(
    call: ApiCall, operation: str, labels: Mapping[str, str], account: str
) -> str | None:
    """The ARN of the resource, or None if it is not known."""
    reader = _READERS.get(call.service)
    if reader is None:
        return None
    params: Mapping[str, Any] = call.params
    if call.protocol in ("json", "rest-json"):
        body = json_body(call)
        params = body if isinstance(body, dict) else {}
    return reader(_Asked(call, account, operation, params, labels))


@dataclass(frozen=True, slots=True)
class _Asked:
    call: ApiCall
    account: str
    operation: str
    params: Mapping[str, Any]
    labels: Mapping[str, str]

    def arn(self, service: str, kind: str, name: object) -> str | None:
        """The ARN of a thing that is given by its plain name."""
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            return None
        return f"arn:aws:{service}:{self.call.region}:{self.account}:{kind}{name}"

    def given(self, name: str, service: str, kind: str = "") -> str | None:
        """A parameter that is the ARN of a thing of this account and region.

        moto would look in the account and region of the call, whatever the ARN says.
        """
        value = self.params.get(name)
        start = f"arn:aws:{service}:{self.call.region}:{self.account}:{kind}"
        if not isinstance(value, str) or not value.startswith(start):
            return None
        return self.arn(service, kind, value.removeprefix(start))


_Reader = Callable[[_Asked], str | None]


def _queue(asked: _Asked) -> str | None:
    if asked.operation in ("CreateQueue", "GetQueueUrl"):
        return asked.arn("sqs", "", asked.params.get("QueueName"))
    url = asked.params.get("QueueUrl")
    if asked.operation not in _QUEUE_CALLS or not isinstance(url, str):
        return None
    parts = _QUEUE_URL.fullmatch(url)
    if parts is None or parts["owner"] != asked.account:
        return None
    return asked.arn("sqs", "", parts["name"])


def _topic(asked: _Asked) -> str | None:
    if asked.operation == "CreateTopic":
        return asked.arn("sns", "", asked.params.get("Name"))
    if asked.operation not in _TOPIC_CALLS:
        return None
    if "TargetArn" in asked.params or "PhoneNumber" in asked.params:
        return None
    return asked.given("TopicArn", "sns")


def _table(asked: _Asked) -> str | None:
    name = asked.params.get("TableName")
    whole = asked.operation in _TABLE_CALLS or (
        asked.operation in ("Query", "Scan") and not asked.params.get("IndexName")
    )
    return asked.arn("dynamodb", "table/", name) if whole else None


def _function(asked: _Asked) -> str | None:
    if asked.operation == "CreateFunction":
        return asked.arn("lambda", "function:", asked.params.get("FunctionName"))
    # "Identity-based IAM policies for Lambda": a qualifier makes it another resource.
    if "Qualifier" in asked.call.params:
        return None
    return asked.arn("lambda", "function:", asked.labels.get("FunctionName"))


def _secret(asked: _Asked) -> str | None:
    """The whole ARN: Secrets Manager also takes the name, or the ARN without its suffix."""
    name = asked.params.get("SecretId")
    if asked.operation not in _SECRET_CALLS or not isinstance(name, str):
        return None
    from moto.secretsmanager.models import secretsmanager_backends

    if asked.call.region not in secretsmanager_backends[asked.account]:
        return None
    found: Any = secretsmanager_backends[asked.account][asked.call.region].secrets.get(name)
    arn = getattr(found, "arn", "")
    start = f"arn:aws:secretsmanager:{asked.call.region}:{asked.account}:secret:"
    if not arn.startswith(start) or (name.startswith("arn:") and not name.startswith(start)):
        return None
    return str(arn)


def _parameter(asked: _Asked) -> str | None:
    name = asked.params.get("Name")
    if asked.operation not in _PARAMETER_CALLS or not isinstance(name, str):
        return None
    if not re.fullmatch(r"[A-Za-z0-9_./-]{1,1024}", name):
        return None
    where = f"{asked.call.region}:{asked.account}"
    return f"arn:aws:ssm:{where}:parameter/{name.removeprefix('/')}"


def _key(asked: _Asked) -> str | None:
    """A key by its id or ARN. An alias is left open: policies mean keys, not aliases."""
    name = asked.params.get("KeyId")
    if asked.operation not in _KEY_CALLS or not isinstance(name, str):
        return None
    if _KEY_ID.fullmatch(name):
        return asked.arn("kms", "key/", name)
    return asked.given("KeyId", "kms", "key/")


def _machine(asked: _Asked) -> str | None:
    if asked.operation == "CreateStateMachine":
        return asked.arn("states", "stateMachine:", asked.params.get("name"))
    if asked.operation not in _MACHINE_CALLS:
        return None
    return asked.given("stateMachineArn", "states", "stateMachine:")


def _identity_pool(asked: _Asked) -> str | None:
    """SetIdentityPoolRoles knows no resources, and tags belong to any pool's ARN."""
    if asked.operation in _TAG_CALLS:
        pool = asked.params.get("ResourceArn")
        start = f"arn:aws:cognito-identity:{asked.call.region}:{asked.account}:identitypool/"
        if not isinstance(pool, str) or not pool.startswith(start):
            return None
        pool = pool.removeprefix(start)
    elif asked.operation in _POOL_CALLS:
        pool = asked.params.get("IdentityPoolId")
    else:
        return None
    if not isinstance(pool, str) or _POOL_ID.fullmatch(pool) is None:
        return None
    return f"arn:aws:cognito-identity:{asked.call.region}:{asked.account}:identitypool/{pool}"


def _cluster(asked: _Asked) -> str | None:
    # botocore calls the cluster of an association `clusterName`, and its label `name`.
    cluster = asked.labels.get("name") or asked.labels.get("clusterName")
    if asked.operation in _CLUSTER_CALLS or asked.call.service == "eks-auth":
        return asked.arn("eks", "cluster/", cluster)
    if asked.operation in _ASSOCIATION_CALLS:
        of_cluster = asked.arn("eks", "podidentityassociation/", cluster)
        number = asked.labels.get("associationId", "")
        if of_cluster is None or _NAME.fullmatch(number) is None:
            return None
        return f"{of_cluster}/{number}"
    if asked.operation in _TAG_CALLS:
        return _own_arn(asked, "eks", asked.labels.get("resourceArn"))
    return None


def _roles_anywhere(asked: _Asked) -> str | None:
    for label, kind in (("trustAnchorId", "trust-anchor/"), ("profileId", "profile/")):
        if label in asked.labels:
            return asked.arn("rolesanywhere", kind, asked.labels[label])
    if asked.operation in ("PutNotificationSettings", "ResetNotificationSettings"):
        return asked.arn("rolesanywhere", "trust-anchor/", asked.params.get("trustAnchorId"))
    if asked.operation == "ListTagsForResource":
        return _own_arn(asked, "rolesanywhere", asked.call.params.get("resourceArn"))
    if asked.operation in _TAG_CALLS:
        return _own_arn(asked, "rolesanywhere", asked.params.get("resourceArn"))
    return None


def _own_arn(asked: _Asked, service: str, arn: object) -> str | None:
    """An ARN that a call gives, if it is one of the account and region of the call."""
    start = f"arn:aws:{service}:{asked.call.region}:{asked.account}:"
    if not isinstance(arn, str) or not arn.startswith(start):
        return None
    return arn if _RESOURCE.fullmatch(arn.removeprefix(start)) else None


_READERS: Mapping[str, _Reader] = {
    "cognito-identity": _identity_pool,
    "dynamodb": _table,
    "eks": _cluster,
    "eks-auth": _cluster,
    "kms": _key,
    "lambda": _function,
    "rolesanywhere": _roles_anywhere,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
    "ssm": _parameter,
    "states": _machine,
}

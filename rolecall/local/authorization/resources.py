"""The resource of a call, for the few services where one parameter names it beyond doubt.

Everything else is an unknown resource; see `conservative`.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rolecall.local.api import ApiCall

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,512}")
_TABLE_CALLS = frozenset(
    {
        "CreateTable",
        "DeleteItem",
        "DeleteTable",
        "DescribeContinuousBackups",
        "DescribeTable",
        "DescribeTimeToLive",
        "GetItem",
        "PutItem",
        "UpdateItem",
        "UpdateTable",
        "UpdateTimeToLive",
    }
)
_WITHOUT_RESOURCE = frozenset({"ListQueues", "ListTopics", "ListFunctions", "ListSecrets"})


def resource_of(
    call: ApiCall, operation: str, labels: Mapping[str, str], account: str
) -> str | None:
    """The ARN of the resource, or None if it is not known."""
    reader = _READERS.get(call.service)
    if reader is None or operation in _WITHOUT_RESOURCE:
        return None
    params: Mapping[str, Any] = call.params
    if call.protocol in ("json", "rest-json") and call.body[:1] == b"{":
        try:
            params = json.loads(call.body)
        except (ValueError, RecursionError):
            return None
    arn = reader(_Asked(call.region, account, operation, params, labels))
    # An ARN in a parameter may name another account; moto would look in this one.
    return arn if arn is not None and f":{account}:" in arn else None


@dataclass(frozen=True, slots=True)
class _Asked:
    region: str
    account: str
    operation: str
    params: Mapping[str, Any]
    labels: Mapping[str, str]

    def arn(self, service: str, kind: str, name: object) -> str | None:
        """The ARN of a thing that is given by its plain name."""
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            return None
        return f"arn:aws:{service}:{self.region}:{self.account}:{kind}{name}"


_Reader = Callable[[_Asked], str | None]


def _queue(asked: _Asked) -> str | None:
    name = (
        asked.params.get("QueueName") if asked.operation in ("CreateQueue", "GetQueueUrl") else None
    )
    if name is None and isinstance(asked.params.get("QueueUrl"), str):
        owner, _, name = urlsplit(asked.params["QueueUrl"]).path.strip("/").rpartition("/")
        if owner.rpartition("/")[2] != asked.account:
            return None
    return asked.arn("sqs", "", name)


def _topic(asked: _Asked) -> str | None:
    if asked.operation == "CreateTopic":
        return asked.arn("sns", "", asked.params.get("Name"))
    return _given(asked.params.get("TopicArn"), "sns")


def _table(asked: _Asked) -> str | None:
    name = asked.params.get("TableName")
    whole = asked.operation in _TABLE_CALLS or (
        asked.operation in ("Query", "Scan") and not asked.params.get("IndexName")
    )
    return asked.arn("dynamodb", "table/", name) if whole else None


def _function(asked: _Asked) -> str | None:
    name = asked.labels.get("FunctionName") or (
        asked.params.get("FunctionName") if asked.operation == "CreateFunction" else None
    )
    return asked.arn("lambda", "function:", name)


def _secret(asked: _Asked) -> str | None:
    return _given(asked.params.get("SecretId"), "secretsmanager")


def _parameter(asked: _Asked) -> str | None:
    name = asked.params.get("Name")
    if asked.operation not in ("GetParameter", "PutParameter", "DeleteParameter"):
        return None
    if not isinstance(name, str) or not re.fullmatch(r"[A-Za-z0-9_./-]{1,1024}", name):
        return None
    return f"arn:aws:ssm:{asked.region}:{asked.account}:parameter/{name.removeprefix('/')}"


def _key(asked: _Asked) -> str | None:
    return (
        None
        if asked.operation.endswith(("Alias", "Grant"))
        else _given(asked.params.get("KeyId"), "kms")
    )


def _machine(asked: _Asked) -> str | None:
    if asked.operation == "CreateStateMachine":
        return asked.arn("states", "stateMachine:", asked.params.get("name"))
    return _given(asked.params.get("stateMachineArn"), "states")


def _given(value: object, service: str) -> str | None:
    if isinstance(value, str) and value.startswith(f"arn:aws:{service}:"):
        return value
    return None


_READERS: Mapping[str, _Reader] = {
    "dynamodb": _table,
    "kms": _key,
    "lambda": _function,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
    "ssm": _parameter,
    "states": _machine,
}

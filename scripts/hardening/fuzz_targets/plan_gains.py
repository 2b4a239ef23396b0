"""Who is let in after a plan and was not before, asked of the evaluator and of nothing else."""

import json
from collections.abc import Iterator
from typing import Any

from rolecall.policy import (
    Arn,
    AssumeRoleAttempt,
    AwsService,
    Caller,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    PolicyError,
    may_assume,
)

_ALL = CompiledPolicy(
    PolicyDocument.parse({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
)


def gains(data: bytes) -> Iterator[str]:
    """Roles of a plan that somebody may assume afterwards and might not before."""
    plan: dict[str, Any] = json.loads(data)
    for change in plan.get("resource_changes") or []:
        what = change.get("change")
        if change.get("type") != "aws_iam_role" or change.get("mode") == "data":
            continue
        if not isinstance(what, dict) or not isinstance(what.get("after"), dict):
            continue
        actions = what.get("actions")
        if not isinstance(actions, list) or not {"create", "update"} & set(map(str, actions)):
            continue
        before = what["before"] if isinstance(what.get("before"), dict) else {}
        arn = before.get("arn") or what["after"].get("arn")
        old, new = (_policy(each.get("assume_role_policy")) for each in (before, what["after"]))
        if new is not None and isinstance(arn, str) and _gained(arn, old, new):
            yield str(change.get("address"))


def _policy(text: object) -> CompiledPolicy | None:
    try:
        return CompiledPolicy(PolicyDocument.parse(text)) if isinstance(text, str) else None
    except PolicyError:
        return None


def _gained(arn: str, old: CompiledPolicy | None, new: CompiledPolicy) -> bool:
    try:
        role = Arn.parse(arn)
    except PolicyError:
        return False
    if role.service != "iam" or not role.resource.startswith("role/") or role.partition != "aws":
        return False
    for caller in _callers(new):
        for external_id in _external_ids(new):
            attempt = AssumeRoleAttempt(
                caller=caller, role_arn=arn, session_name="run", external_id=external_id
            )
            if _may(attempt, new) and not (old is not None and _may(attempt, old)):
                return True
    return False


def _may(attempt: AssumeRoleAttempt, trust: CompiledPolicy) -> bool:
    return may_assume(attempt, trust=trust, identity=[_ALL]).allowed


def _callers(policy: CompiledPolicy) -> Iterator[Caller]:
    yield IamUser("777788889999", "stranger")
    for statement in policy.document.statements:
        principals = statement.principals
        for name in principals.aws if principals else ():
            account = name if name.isdigit() else name.split(":")[4] if name.count(":") > 4 else ""
            if len(account) == 12 and account.isascii() and account.isdigit():
                yield IamUser(account, "somebody")
                user = name.partition(":user/")[2]
                if user and "/" not in user:
                    yield IamUser(account, user)
        for name in principals.service if principals else ():
            yield AwsService(name)


def _external_ids(policy: CompiledPolicy) -> Iterator[str | None]:
    yield None
    for statement in policy.document.statements:
        for condition in statement.conditions:
            if condition.key.lower() == "sts:externalid":
                yield from (value for value in condition.values if len(value) > 1)

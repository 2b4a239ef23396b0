"""A request in words."""

from collections.abc import Mapping

from rolecall.policy.assume_role import AssumeRoleAttempt
from rolecall.policy.callers import AwsService, IamUser, RoleSession
from rolecall.policy.errors import printable, quoted

#: Keys that every call has; they are told where a condition asked for another value.
ORDINARY: Mapping[str, str] = {
    "aws:currenttime": "2030-01-15T09:00:00Z",
    "aws:epochtime": "1894698000",
    "aws:securetransport": "true",
}


def request_in_words(attempt: AssumeRoleAttempt) -> str:
    """Who asks, and with what; on one line."""
    details: list[str] = []
    if attempt.external_id is not None:
        details.append(f"external ID {quoted(attempt.external_id)}")
    if attempt.lasting_source_identity is not None:
        details.append(f"source identity {quoted(attempt.lasting_source_identity)}")
    if attempt.tags:
        tags = ", ".join(f"{quoted(k)} = {quoted(v)}" for k, v in attempt.tags.items())
        details.append(f"session tags {tags}")
    if attempt.transitive_tag_keys:
        details.append(f"transitive {', '.join(map(quoted, attempt.transitive_tag_keys))}")
    if attempt.session_name != "review":
        details.append(f"session name {quoted(attempt.session_name)}")
    for key, value in sorted(attempt.context.items()):
        if ORDINARY.get(key.lower()) == value:
            continue
        shown = quoted(value) if isinstance(value, str) else " and ".join(map(quoted, value))
        details.append(f"{key} {shown}")
    details += _facts(attempt)
    return printable(_caller(attempt) + (f" with {', '.join(details)}" if details else ""))


def _caller(attempt: AssumeRoleAttempt) -> str:
    caller = attempt.caller
    if isinstance(caller, RoleSession):
        return f"the role {caller.role_arn}, session {quoted(caller.session_name)},"
    if isinstance(caller, IamUser):
        return f"the user {caller.arn}"
    if isinstance(caller, AwsService):
        return f"the service {caller.host}"
    return f"somebody through {caller.arn}"


def _facts(attempt: AssumeRoleAttempt) -> list[str]:
    caller = attempt.caller
    found: list[str] = []
    if isinstance(caller, AwsService):
        if caller.source_account is not None:
            found.append(f"aws:SourceAccount {quoted(caller.source_account)}")
        if caller.source_arn is not None:
            found.append(f"aws:SourceArn {quoted(caller.source_arn)}")
    if isinstance(caller, (IamUser, RoleSession)):
        found += [f"aws:PrincipalTag/{k} {quoted(v)}" for k, v in caller.tags.items()]
    if isinstance(caller, IamUser) and caller.unique_id:
        found.append(f"unique ID {quoted(caller.unique_id)}")
    if isinstance(caller, RoleSession) and caller.role_id:
        found.append(f"the role's unique ID {quoted(caller.role_id)}")
    return found

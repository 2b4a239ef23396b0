"""The condition keys of a role assumption that an AWS service makes by itself."""

from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall
from rolecall.local.authorization.context import Context, facts_of_call, facts_of_role
from rolecall.local.directory import RoleRecord

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

#: What is of the caller's own connection; STS sees that of the service, whose address
#: nobody knows ("AWS global condition context keys": absent, so that no condition admits).
_OF_THE_CALLER = ("aws:SourceIp", "aws:UserAgent", "aws:Referer")


def facts_for_role(call: ApiCall, cloud: "Cloud", role: RoleRecord) -> Context:
    """What STS knows when a service assumes `role` because of `call`."""
    facts = facts_of_call(call, None, cloud)
    for name in _OF_THE_CALLER:
        facts.pop(name, None)
    return {**facts, **facts_of_role(role)}

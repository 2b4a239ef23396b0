"""An IAM role that somebody may assume."""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from rolecall.policy import (
    PolicyDocument,
    PolicyError,
    check_max_session_duration,
    role_arn,
)
from rolecall.problems import Problem
from rolecall.trust import TrustedEntity, TrustError, trust_policy
from rolecall.trust.arguments import Arguments
from rolecall_cdktf._cdktf import Construct, IamRole, IamRolePolicy, IamRolePolicyAttachment
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import label, managed_policy_arn, managed_policy_arns
from rolecall_cdktf.names import checked_path, own_id, role_name, unused
from rolecall_cdktf.policies import (
    Policy,
    check_trust_references,
    for_terraform,
    inline_policies_json,
)
from rolecall_cdktf.references import reference
from rolecall_cdktf.resource_tags import checked_tags
from rolecall_cdktf.vouching import Resident, waits_for

_NOTHING: Mapping[str, Policy] = MappingProxyType({})
_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_OWN_PROVIDER = (
    "IAM looks for it in the role's own account, so make one in this stack, or refer to one of the "
    "account"
)
# The pattern of CreateRole's Description, IAM API Reference.
_DESCRIPTION = re.compile(r"[\t\n\r\x20-\x7e\xa1-\xff]{0,1000}\Z")


class AssumableRole(IamRole, Resident):
    """A role `<environment>-<id>`, who may assume it, and what it may do.

    It *is* the `aws_iam_role` (its attachments are its children), so `.arn` and `.name`
    are references to use in other resources; `.role_arn` is the ARN in letters.

    name: the whole name of a role that was there before; `<environment>-<id>` if left out.
    trusted_entities: who may assume it; see `rolecall.trust`. The role waits for providers and
        pools that this stack makes.
    managed_policies: short names of AWS's (`"ReadOnlyAccess"`), ARNs or tokens; each once.
    inline_policies: name → `PolicyDocument`, dict or JSON text; together up to 10,240
        characters. `${aws:username}` is written as AWS knows it.
    permissions_boundary: like one of `managed_policies`.
    path: begins and ends with a slash, up to 512 characters.
    max_session: one to twelve hours in whole seconds. Sessions that come through another
        role last at most one hour whatever is written here (role chaining).
    tags: up to 50 together with the environment's, whose values they replace.
    exclusive: policies that anybody else attaches show in the next plan and are removed.
    trust_size_limit: the account's quota for trust policies, 2048 to 4096 characters.

    Everything is checked before the resource is made. Raises `Problem` (a `TrustError` for
    the trusted entities) whose sentence begins with the role's name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        trusted_entities: Sequence[TrustedEntity],
        name: str | None = None,
        managed_policies: Sequence[str] = (),
        inline_policies: Mapping[str, Policy] = _NOTHING,
        permissions_boundary: str | None = None,
        path: str = "/",
        max_session: timedelta = timedelta(hours=1),
        tags: Mapping[str, str] = _NO_TAGS,
        description: str | None = None,
        exclusive: bool = True,
        trust_size_limit: int = 2048,
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The role {id!r}")
        environment = stack.environment
        name = role_name(environment, id, name)
        owner = f'The role "{name}"'
        arguments = Arguments(owner)
        limit = arguments.number("trust_size_limit", trust_size_limit, "2048")
        arguments.flag("exclusive", exclusive)
        trust = _trust(owner, trusted_entities, stack, limit)
        trust_text = trust.to_json()
        check_trust_references(owner, trust_text)
        depends_on = waits_for(owner, stack, trusted_entities, _OWN_PROVIDER)
        arns = managed_policy_arns(owner, managed_policies, environment)
        inline = inline_policies_json(owner, inline_policies)
        boundary = (
            managed_policy_arn(owner, permissions_boundary, environment)
            if permissions_boundary is not None
            else None
        )
        own_tags = checked_tags(owner, tags, environment.tags)
        if description is not None and not _DESCRIPTION.match(
            arguments.text("description", description, '"Deploys the application"')
        ):
            raise Problem(
                f"{owner}: the description has up to 1000 characters of Latin-1, in which IAM "
                "stores it."
            )
        seconds = _seconds(owner, max_session)
        checked_path(owner, path)
        self._role_arn = role_arn(environment.account_id, name, path, environment.partition)
        self._role_name = name
        self._trust_document = trust
        self._home = stack
        self._what = f"the role {name}"
        stack.claim("role", name, self._role_arn)
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                name=name,
                path=path,
                assume_role_policy=for_terraform(trust_text),
                depends_on=depends_on or None,
                description=description,
                max_session_duration=seconds,
                permissions_boundary=boundary,
                tags=own_tags or None,
            )
        if not (arns or inline or exclusive):
            return
        # A question to Node, as `self.name` would be, whose answer serves for more.
        own = reference("aws_iam_role", str(self.friendly_unique_id), "name")
        children: set[str] = set()
        attached: dict[str, str] = {}
        written: dict[str, str] = {}
        for arn in arns:
            child = unused(label(arn), children)
            attachment = IamRolePolicyAttachment(self, child, role=own, policy_arn=arn)
            if exclusive:
                logical_id = stack.child_ids.of(attachment, scope, id, child)
                attached[arn] = reference(
                    "aws_iam_role_policy_attachment", logical_id, "policy_arn"
                )
        for key, text in inline.items():
            child = unused(f"inline-{key}", children)
            policy = IamRolePolicy(self, child, role=own, name=key, policy=for_terraform(text))
            if exclusive:
                logical_id = stack.child_ids.of(policy, scope, id, child)
                written[key] = reference("aws_iam_role_policy", logical_id, "name")
        if exclusive:
            stack.exclusive("role").add(name, own, written, attached)

    @property
    def role_arn(self) -> str:
        """The ARN in letters, known before anything is deployed."""
        return self._role_arn

    @property
    def role_name(self) -> str:
        """The name in letters, `<environment>-<id>` unless it was given one."""
        return self._role_name

    @property
    def trust_document(self) -> PolicyDocument:
        """The trust policy as a value, to be asked who may assume the role."""
        return self._trust_document


def _trust(
    owner: str, entities: Sequence[TrustedEntity], stack: EnvironmentStack, limit: int
) -> PolicyDocument:
    try:
        return trust_policy(entities, stack.trust_context, size_limit=limit)
    except TrustError as error:
        raise TrustError(f"{owner}: {error}") from error


def _seconds(owner: str, max_session: timedelta) -> int:
    Arguments(owner).duration("max_session", max_session, "timedelta(hours=2)")
    seconds = max_session.total_seconds()
    try:
        if seconds != int(seconds):
            raise Problem(f"{owner}: max_session is {max_session}; write whole seconds.")
        check_max_session_duration(int(seconds))
    except PolicyError as error:
        raise Problem(
            f"{owner}: max_session is {max_session}; AWS allows one to twelve hours, "
            "timedelta(hours=1) to timedelta(hours=12)."
        ) from error
    return int(seconds)

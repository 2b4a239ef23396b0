"""An IAM user of the identity account who works through roles, and through nothing else."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from rolecall.environment import Environment
from rolecall.policy import (
    Arn,
    Condition,
    PolicyDocument,
    PolicyError,
    Statement,
    check_account_id,
    check_path,
    check_role_name,
    check_session_tags,
    role_arn,
    user_arn,
)
from rolecall.problems import Problem
from rolecall.trust.arguments import Arguments, shown
from rolecall_cdktf._cdktf import Construct, IamAccessKey, IamUser, IamUserPolicy, TerraformOutput
from rolecall_cdktf.environment_stack import EnvironmentStack
from rolecall_cdktf.managed_policies import managed_policy_arn
from rolecall_cdktf.names import checked_name, checked_path, own_id, role_name
from rolecall_cdktf.policies import USER_INLINE_LIMIT, for_terraform
from rolecall_cdktf.resource_tags import checked_tags

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_POLICY = "assume-roles"
_EXAMPLE = '[(environment, ["deployer"])]'

Assumable = str | tuple[Environment, Sequence[str]]


class TrustedUser(IamUser):
    """A user whose only permission is to assume the roles named here.

    may_assume: ARNs of roles, or `(environment, ["deployer", …])` for the roles that
        `AssumableRole` makes there under the path `/`. Without wildcards.
    require_mfa: … only when signed in with a second factor.
    source_identity: may set the own user name as source identity, and no other; roles
        whose trust demands a source identity need it.
    session_tags: keys of session tags that may be passed, as a list.
    permissions_boundary: a managed policy as in `AssumableRole`.
    force_destroy: deleting the user deletes its access keys and MFA devices too, which
        Terraform does not know, because an administrator makes them outside of it. Without
        it nobody could be removed. Write False to keep a user that still has keys.
    UNSAFE_access_key_in_state: also make an access key. Its secret lies in clear in the
        state file and in the outputs `<user>_access_key_id` and
        `<user>_secret_access_key`; for throwaway accounts only.

    The user is named `id`, without the environment. Its policies are exclusive: anything
    attached by hand shows in the next plan. Raises `Problem`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        may_assume: Sequence[Assumable],
        require_mfa: bool = False,
        source_identity: bool = False,
        session_tags: Sequence[str] = (),
        permissions_boundary: str | None = None,
        path: str = "/",
        tags: Mapping[str, str] = _NO_TAGS,
        force_destroy: bool = True,
        UNSAFE_access_key_in_state: bool = False,  # noqa: N803
    ) -> None:
        stack = EnvironmentStack.around(scope, f"The user {id!r}")
        environment = stack.environment
        owner = f"The user {shown(id)}"
        checked_name(owner, id, "an IAM user", 64)
        owner = f'The user "{id}"'
        arguments = Arguments(owner)
        arguments.flag("require_mfa", require_mfa)
        arguments.flag("source_identity", source_identity)
        arguments.flag("force_destroy", force_destroy)
        arguments.flag("UNSAFE_access_key_in_state", UNSAFE_access_key_in_state)
        arns = _roles(owner, may_assume, environment)
        keys = _tag_keys(owner, session_tags)
        document = _permissions(arns, require_mfa, source_identity, keys)
        text = document.to_json()
        if len(text) > USER_INLINE_LIMIT:
            raise Problem(
                f"{owner}: its policy for {len(arns)} roles has {len(text)} characters, and AWS "
                f"allows {USER_INLINE_LIMIT}; name fewer roles."
            )
        checked_path(owner, path)
        boundary = (
            managed_policy_arn(owner, permissions_boundary, environment)
            if permissions_boundary is not None
            else None
        )
        own_tags = checked_tags(owner, tags, environment.tags)
        self._user_arn = user_arn(environment.account_id, id, path, environment.partition)
        self._permissions = document
        stack.claim("user", id, self._user_arn)
        with own_id(owner, id):
            super().__init__(
                scope,
                id,
                name=id,
                path=path,
                force_destroy=force_destroy,
                permissions_boundary=boundary,
                tags=own_tags or None,
            )
        reference = self.name
        policy = IamUserPolicy(
            self, _POLICY, user=reference, name=_POLICY, policy=for_terraform(text)
        )
        stack.exclusive("user").add(id, reference, {_POLICY: policy.name}, {})
        if UNSAFE_access_key_in_state:
            key = IamAccessKey(self, "access-key", user=reference)
            TerraformOutput(stack, f"{id}_access_key_id", value=key.id)
            TerraformOutput(stack, f"{id}_secret_access_key", value=key.secret, sensitive=True)

    @property
    def user_arn(self) -> str:
        """The ARN in letters, known before anything is deployed."""
        return self._user_arn

    @property
    def permissions(self) -> PolicyDocument:
        """The user's only policy, as a value."""
        return self._permissions


def _roles(owner: str, may_assume: object, environment: Environment) -> list[str]:
    found: list[str] = []
    for entry in Arguments(owner).several("may_assume", may_assume, _EXAMPLE):
        if isinstance(entry, str):
            found.append(_role_arn(owner, entry, environment))
            continue
        if not isinstance(entry, tuple) or len(entry) != 2 or not isinstance(entry[0], Environment):
            raise Problem(
                f"{owner}: may_assume holds {shown(entry)}; write ARNs of roles, or {_EXAMPLE}."
            )
        other, ids = entry
        field = f"may_assume of {other.name}"
        for id in Arguments(owner).several(field, ids, '["deployer"]'):
            try:
                name = role_name(other, id)
            except Problem as problem:
                raise Problem(f"{owner}: may_assume: {problem}") from problem
            arn = role_arn(other.account_id, name, partition=other.partition)
            found.append(_role_arn(owner, arn, environment))
    if not found:
        raise Problem(f"{owner}: may_assume is empty, so the user could do nothing; name a role.")
    for arn in found:
        if found.count(arn) > 1:
            raise Problem(f"{owner}: may_assume names {arn} twice; name it once.")
    return found


def _role_arn(owner: str, text: str, environment: Environment) -> str:
    try:
        arn = Arn.parse(text)
    except PolicyError as error:
        raise Problem(f"{owner}: {text!r} is not the ARN of a role: {error}") from error
    if arn.service != "iam" or arn.region or not arn.resource.startswith("role/"):
        raise Problem(
            f"{owner}: {text!r} is not the ARN of a role; it looks like "
            "arn:aws:iam::111122223333:role/tes-deployer."
        )
    if set("*?$") & set(text):
        raise Problem(
            f"{owner}: {text!r} holds a wildcard, and roles made later would match it; name each "
            "role."
        )
    folder, _, name = arn.resource.removeprefix("role").rpartition("/")
    try:
        check_account_id(arn.account)
        check_path(f"{folder}/")
        check_role_name(name)
    except PolicyError as error:
        raise Problem(f"{owner}: {text!r} is not the ARN of a role: {error}") from error
    if arn.partition != environment.partition:
        raise Problem(
            f"{owner}: {text!r} is of partition {arn.partition}; a user of {environment.partition} "
            "cannot assume it."
        )
    return text


def _tag_keys(owner: str, keys: object) -> tuple[str, ...]:
    found = Arguments(owner).texts("session_tags", keys, '["team"]')
    for key in found:
        if found.count(key) > 1:
            raise Problem(f"{owner}: session_tags names {key!r} twice; name it once.")
    try:
        check_session_tags(dict.fromkeys(found, ""))
    except PolicyError as error:
        raise Problem(f"{owner}: session_tags: {error}") from error
    return found


def _permissions(
    arns: Sequence[str], mfa: bool, source_identity: bool, tags: Sequence[str]
) -> PolicyDocument:
    shared = (Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)),) if mfa else ()
    resources = tuple(sorted(arns))

    def allow(sid: str, action: str, *more: Condition) -> Statement:
        return Statement(
            sid=sid, actions=(action,), resources=resources, conditions=(*shared, *more)
        )

    statements = [allow("AssumeRoles", "sts:AssumeRole")]
    if source_identity:
        own = Condition("StringEquals", "sts:SourceIdentity", ("${aws:username}",))
        statements.append(allow("SetSourceIdentity", "sts:SetSourceIdentity", own))
    if tags:
        keys = Condition("ForAllValues:StringEquals", "aws:TagKeys", tuple(sorted(tags)))
        statements.append(allow("PassSessionTags", "sts:TagSession", keys))
    return PolicyDocument(statements=tuple(statements))

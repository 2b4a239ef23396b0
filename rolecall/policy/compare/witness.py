"""From values of condition keys to a whole request, confirmed by the evaluator."""

from collections.abc import Mapping
from dataclasses import replace

from rolecall.policy.assume_role import AssumeRoleAttempt
from rolecall.policy.callers import AwsService, Caller, IamUser, RoleSession
from rolecall.policy.compare.classes import CallerClass
from rolecall.policy.compare.comparison import Witness
from rolecall.policy.compare.domains import PRINCIPAL_TAG, Who
from rolecall.policy.compare.settings import ACTIONS, Identity, Mode
from rolecall.policy.compare.tags import ONE_TAG, TAG_KEYS, TRANSITIVE
from rolecall.policy.compare.words import ORDINARY
from rolecall.policy.compiled_policy import CompiledPolicy
from rolecall.policy.document import PolicyDocument
from rolecall.policy.grants import Grant
from rolecall.policy.template import Context

_OF_CALLER = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:username",
    "aws:userid",
    "aws:sourceidentity",
    "aws:principalservicename",
    "aws:principalservicenameslist",
)
_PARAMETERS = ("sts:externalid", "sts:rolesessionname", "sts:sourceidentity", TAG_KEYS, TRANSITIVE)


def attempt_of(
    caller: CallerClass, mode: Mode, keys: Context, role: str, names: Mapping[str, str]
) -> AssumeRoleAttempt:
    """The request that has these keys. `names`: the spelling of keys in the policies."""
    given = {**ORDINARY, **_of_assertion(caller), **keys}
    who = _caller(caller, given)
    context = {
        names.get(key, key): value
        for key, value in given.items()
        if key not in _OF_CALLER
        and key not in _PARAMETERS
        and not key.startswith(ONE_TAG.lower())
        and not (key.startswith(PRINCIPAL_TAG) and isinstance(who, (IamUser, RoleSession)))
        and not (isinstance(who, AwsService) and key in ("aws:sourceaccount", "aws:sourcearn"))
    }
    tags: dict[str, str] = {}
    if mode.tags:
        found = given.get(TAG_KEYS, ("Project",))
        tags = {tag: str(given.get(ONE_TAG + tag, "")) for tag in found}
    identity = str(given.get("sts:sourceidentity", "alice"))
    if mode.identity is Identity.LASTING and isinstance(who, RoleSession):
        who = replace(who, source_identity=identity)
    transitive = given.get(TRANSITIVE, ())
    external = given.get("sts:externalid")
    return AssumeRoleAttempt(
        who,
        _in_own_account(role, caller, who),
        external_id=None if external is None else str(external),
        source_identity=identity if mode.identity is Identity.GIVEN else None,
        tags=tags,
        transitive_tag_keys=(transitive,) if isinstance(transitive, str) else transitive,
        session_name=str(given.get("sts:rolesessionname", "review")),
        context=context,
    )


def _of_assertion(caller: CallerClass) -> Context:
    """What an assertion says in any case."""
    return {key: value for key, value in caller.fixed.items() if key.startswith("saml:")}


def _in_own_account(role: str, caller: CallerClass, who: Caller) -> str:
    """Where every account may be the role's own, it is the one the caller came out with."""
    if caller.account is None and caller.own and who.account:
        parts = role.split(":", 5)
        return ":".join((*parts[:4], who.account, parts[5]))
    return role


def _caller(caller: CallerClass, keys: Context) -> Caller:
    sample = caller.sample
    tags = {
        key.removeprefix(PRINCIPAL_TAG): str(value)
        for key, value in keys.items()
        if key.startswith(PRINCIPAL_TAG)
    }
    if isinstance(sample, AwsService):
        account, source = keys.get("aws:sourceaccount"), keys.get("aws:sourcearn")
        return AwsService(
            str(keys.get("aws:principalservicename", sample.host)),
            None if account is None else str(account),
            None if source is None else str(source),
        )
    if not isinstance(sample, (IamUser, RoleSession)):
        return sample
    account, path, name = _parts(keys.get("aws:principalarn"), sample)
    userid = keys.get("aws:userid")
    if isinstance(sample, IamUser):
        return replace(
            sample,
            account=account,
            path=path,
            name=name,
            tags=tags,
            unique_id=sample.unique_id if userid is None else str(userid),
        )
    identity, _, session = str(userid or "").partition(":")
    return replace(
        sample,
        account=account,
        role_path=path,
        role_name=name,
        tags=tags,
        role_id=identity or sample.role_id,
        session_name=session or sample.session_name,
    )


def _parts(arn: object, sample: IamUser | RoleSession) -> tuple[str, str, str]:
    if not isinstance(arn, str):
        if isinstance(sample, IamUser):
            return sample.account, sample.path, sample.name
        return sample.account, sample.role_path, sample.role_name
    _, _, _, _, account, resource = arn.split(":", 5)
    _, _, rest = resource.partition("/")
    path, _, name = rest.rpartition("/")
    return account, f"/{path}/" if path else "/", name


def _own_policy(*, but: str | None) -> CompiledPolicy:
    statement: dict[str, object] = {"Effect": "Allow", "Resource": "*"}
    statement |= {"NotAction": but} if but else {"Action": "*"}
    return CompiledPolicy(PolicyDocument.parse({"Version": "2012-10-17", "Statement": statement}))


_made: dict[str | None, CompiledPolicy] = {}


def _permission(but: str | None = None) -> CompiledPolicy:
    """Everything, or everything but one action, in an identity policy."""
    found = _made.get(but)
    if found is None:
        found = _made[but] = _own_policy(but=but)
    return found


def witness_of(caller: CallerClass, attempt: AssumeRoleAttempt, action: str, level: int) -> Witness:
    """The request with the caller's own policies, which show a grant of this level.

    A higher level is seen where they leave out the action: at 2 his identity policies,
    at 3 his boundary or session policy as well.
    """
    main = ACTIONS[caller.who]
    if not attempt.caller.account:
        return Witness(attempt, main)
    everything, without = _permission(), _permission(action)
    boundary = everything if caller.bounded else None
    if level == Grant.DIRECT:
        if caller.who is Who.ROLE:
            return Witness(attempt, main, (without,), boundary, (without,))
        return Witness(attempt, main, (without,), None if caller.bounded is False else without)
    identity = without if level == Grant.LIMITED else everything
    return Witness(attempt, main, (identity,), boundary)

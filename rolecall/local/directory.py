"""Who exists in the embedded AWS, and which policies they carry: a read view on moto's state.

Nothing here is a copy: users, roles, keys and documents are read where moto keeps
them at the moment of the question, so a change by an API call counts at once. Only
compiled policies are cached, by the text of the document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.api import Identity, LongLivedKey, SessionGrant
from rolecall.local.documents import ALLOW_EVERYTHING, DENY_EVERYTHING, compiled, compiled_trust
from rolecall.local.role_names import RoleNames
from rolecall.policy import (
    Caller,
    CompiledPolicy,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
)

PARTITION = "aws"

Records = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CallerPolicies:
    """The policies that decide what a caller may do.

    `boundary` None means that no permissions boundary is set, `session` None that no
    session policy was passed; an empty `session` would allow nothing.
    """

    identity: tuple[CompiledPolicy, ...] = ()
    boundary: CompiledPolicy | None = None
    session: tuple[CompiledPolicy, ...] | None = None


@dataclass(frozen=True, slots=True)
class RoleRecord:
    """One role as it is now. `max_session` is in seconds."""

    account: str
    name: str
    path: str
    unique_id: str
    arn: str
    trust_text: str
    max_session: int
    tags: Mapping[str, str]
    boundary_arn: str | None


@dataclass(frozen=True, slots=True)
class UserRecord:
    """One IAM user as it is now; `mfa_serials` are the devices enabled for that user."""

    account: str
    name: str
    path: str
    unique_id: str
    arn: str
    tags: Mapping[str, str]
    boundary_arn: str | None
    mfa_serials: tuple[str, ...]


class Directory:
    """Looks up principals of all accounts of one embedded AWS.

    `records` are the side tables that are kept with the state (`Cloud.records`): what
    moto does not store, such as the unique ids that trust policies were saved with.

    For the one who authenticates a call: `long_lived_key` finds the key,
    `caller_of_key` and `caller_of_session` say who that is, and `session_alive` says
    whether a session's principal still exists; if not, answer `InvalidClientTokenId`.
    """

    def __init__(self, records: Records | None = None) -> None:
        self.records: Records = {} if records is None else records
        self._role_names = RoleNames()

    # -- accounts and keys ---------------------------------------------------------

    def accounts(self) -> tuple[str, ...]:
        """The accounts that hold anything so far."""
        return tuple(iam_backends.keys())

    def account_known(self, account: str) -> bool:
        """Whether an account holds anything so far."""
        return account in iam_backends

    def long_lived_key(self, access_key_id: str) -> LongLivedKey | None:
        """The access key of an IAM user, or None. An inactive key is found, not `active`.

        The account is written into the access key id, so this needs no index that
        CreateAccessKey or DeleteAccessKey could leave stale.
        """
        account = account_of_access_key(access_key_id)
        if account is not None and account in iam_backends:
            found = self._key_in(account, access_key_id)
            if found is not None:
                return found
        for other in self.accounts():  # a key that was put there under an id of its own
            if other != account:
                found = self._key_in(other, access_key_id)
                if found is not None:
                    return found
        return None

    def _key_in(self, account: str, access_key_id: str) -> LongLivedKey | None:
        backend = iam_backends[account][PARTITION]
        key = backend.access_keys.get(access_key_id)
        if key is None or not key.user_name:
            return None
        user = backend.users.get(key.user_name)
        if user is None or all(own is not key for own in user.access_keys):
            return None  # the user was deleted and made again: the old key stays dead
        return LongLivedKey(
            access_key_id=access_key_id,
            secret_access_key=key.secret_access_key,
            account=account,
            user_name=key.user_name,
            active=key.status == "Active",
        )

    # -- users and roles -----------------------------------------------------------

    def user(self, account: str, name: str) -> UserRecord | None:
        """The IAM user of that name, or None. Names are unique ignoring case in AWS."""
        if account not in iam_backends:
            return None
        backend = iam_backends[account][PARTITION]
        user = backend.users.get(name)
        if user is None:
            return None
        tags = backend.tagger.list_tags_for_resource(user.arn)["Tags"]
        return UserRecord(
            account=account,
            name=user.name,
            path=user.path,
            unique_id=user.id,
            arn=user.arn,
            tags={tag["Key"]: tag["Value"] for tag in tags},
            boundary_arn=user_boundary(user),
            mfa_serials=tuple(user.mfa_devices),
        )

    def role(self, arn: str) -> RoleRecord | None:
        """The role with exactly that ARN, path included, or None."""
        parts = arn.split(":", 5)
        if len(parts) != 6:
            return None
        found = self.role_named(parts[4], arn.rpartition("/")[2])
        return found if found is not None and found.arn == arn else None

    def role_named(self, account: str, name: str) -> RoleRecord | None:
        """The role of that name in an account; role names are unique ignoring case."""
        role = self.moto_role(account, name)
        if role is None:
            return None
        return RoleRecord(
            account=account,
            name=role.name,
            path=role.path,
            unique_id=role.id,
            arn=role.arn,
            trust_text=role.assume_role_policy_document or "",
            max_session=int(role.max_session_duration or 3600),
            tags={tag["Key"]: tag["Value"] for tag in role.tags or ()},
            boundary_arn=role.permissions_boundary_arn,
        )

    def moto_role(self, account: str, name: str) -> Any | None:
        """Moto's own role object."""
        if account not in iam_backends:
            return None
        return self._role_names.find(account, iam_backends[account][PARTITION].roles, name)

    def unique_id(self, arn: str) -> str | None:
        """The unique id (AIDA…, AROA…) behind a principal ARN, or None if nobody bears it.

        The ARN of a role session stands for its role.
        """
        parts = arn.split(":", 5)
        if len(parts) != 6 or parts[0] != "arn" or parts[1] != PARTITION or parts[3]:
            return None
        account, resource = parts[4], parts[5]
        if parts[2] == "sts" and resource.startswith("assumed-role/"):
            session_role = self.role_named(account, resource.split("/")[1])
            return session_role.unique_id if session_role else None
        if parts[2] != "iam":
            return None
        if resource.startswith("role/"):
            role = self.role(arn)
            return role.unique_id if role else None
        if resource.startswith("user/") and account in iam_backends:
            user = iam_backends[account][PARTITION].users.get(resource.rpartition("/")[2])
            return user.id if user is not None and user.arn == arn else None
        return None

    def bearer_of(self, unique_id: str) -> bool:
        """Whether a user or role of any account has this unique id today."""
        account = account_of_access_key(unique_id)
        if unique_id.startswith("AROA") and account is not None:
            return account in iam_backends and (unique_id in iam_backends[account][PARTITION].roles)
        return any(
            user.id == unique_id
            for account in self.accounts()
            for user in list(iam_backends[account][PARTITION].users.values())
        )

    # -- callers -------------------------------------------------------------------

    def caller_of_key(self, key: LongLivedKey) -> Caller:
        """Who signs with a long-lived key; a key without a user name is the account's root."""
        if not key.user_name:
            return RootUser(account=key.account)
        return self._iam_user(key.account, key.user_name)

    def caller_of_session(self, grant: SessionGrant) -> Caller:
        """Who a session is, with the tags of the role as they are now.

        Session tags win over role tags of the same key, and tag keys ignore case
        ("Pass session tags in AWS STS").
        """
        if grant.kind == "assumed-role":
            role_name = grant.role_arn.rpartition("/")[2]
            role = self.role(grant.role_arn)
            return RoleSession(
                account=grant.account,
                role_name=role_name,
                session_name=grant.session_name,
                role_path=_path_of(grant.role_arn),
                role_id=grant.role_id,
                tags=overlay_tags(role.tags if role else {}, grant.tags),
                source_identity=grant.source_identity,
                partition=grant.partition,
            )
        if grant.kind == "federated-user":
            # "the session tag passed in the request takes precedence over the user tag"
            # (GetFederationToken, AWS STS API reference).
            user = self.user(grant.account, self._name_now(grant)) if grant.user_name else None
            return FederatedUserSession(
                account=grant.account,
                name=grant.session_name,
                partition=grant.partition,
                tags=overlay_tags(user.tags if user else {}, grant.tags),
            )
        if not grant.user_name:
            return RootUser(account=grant.account, partition=grant.partition)
        return self._iam_user(grant.account, self._name_now(grant))

    def _iam_user(self, account: str, name: str) -> IamUser:
        user = self.user(account, name)
        if user is None:
            return IamUser(account=account, name=name)
        return IamUser(
            account=account,
            name=user.name,
            path=user.path,
            unique_id=user.unique_id,
            tags=user.tags,
        )

    def session_alive(self, grant: SessionGrant) -> bool:
        """Whether the principal behind a session is still the one that it was issued for.

        A role or user that was deleted, or deleted and made again under the same name,
        has another unique id; credentials of the old one are dead.
        """
        if grant.kind == "assumed-role":
            role = self.role(grant.role_arn)
            return role is not None and role.unique_id == grant.role_id
        if not grant.user_name:
            return True
        user = self.user(grant.account, self._name_now(grant))
        return user is not None and user.unique_id == grant.user_id

    def _name_now(self, grant: SessionGrant) -> str:
        """The name of the user behind a session, who may have been renamed since."""
        users: Any = iam_backends[grant.account][PARTITION].users
        user = users.get(grant.user_name)
        if user is None or user.id != grant.user_id:
            for other in list(users.values()):
                if other.id == grant.user_id:
                    return str(other.name)
        return grant.user_name

    # -- policies ------------------------------------------------------------------

    def policies_of(self, identity: Identity) -> CallerPolicies:
        """Identity, boundary and session policies of a caller, compiled.

        The account's root user carries everything and nothing limits it. A document
        that cannot be understood denies everything, because it may have held a Deny.
        """
        caller, grant = identity.caller, identity.session
        if isinstance(caller, RootUser):
            return CallerPolicies(identity=(ALLOW_EVERYTHING,))
        if grant is not None and grant.kind == "assumed-role":
            role = self.moto_role(grant.account, grant.role_arn.rpartition("/")[2])
            if role is None or role.id != grant.role_id:
                return CallerPolicies(identity=(DENY_EVERYTHING,))
            own = tuple(compiled(text) for text in _documents_of(role))
            boundary = self._boundary(grant.account, role.permissions_boundary_arn)
            return CallerPolicies(own, boundary, self._session_policies(grant))
        if grant is None:
            name = getattr(caller, "name", "")
        else:
            name = self._name_now(grant) if grant.user_name else ""
        if grant is not None and grant.kind == "federated-user" and not name:
            base = CallerPolicies(identity=(ALLOW_EVERYTHING,))
        else:
            base = self._user_policies(identity.account, name)
        if grant is None:
            return base
        session = self._session_policies(grant)
        if grant.kind == "federated-user" and session is None:
            session = ()  # without a policy a federated user may do nothing of its own
        return CallerPolicies(base.identity, base.boundary, session)

    def _user_policies(self, account: str, name: str) -> CallerPolicies:
        if account not in iam_backends:
            return CallerPolicies()
        backend = iam_backends[account][PARTITION]
        user = backend.users.get(name)
        if user is None:
            return CallerPolicies()
        texts = list(_documents_of(user))
        for group in list(backend.groups.values()):
            if user in group.users:
                texts.extend(_documents_of(group))
        return CallerPolicies(
            tuple(compiled(text) for text in texts), self._boundary(account, user_boundary(user))
        )

    def _boundary(self, account: str, arn: str | None) -> CompiledPolicy | None:
        if not arn:
            return None
        text = self.managed_policy(account, arn)
        # A boundary that is gone must not open the way: AWS refuses to delete one in use.
        return DENY_EVERYTHING if text is None else compiled(text)

    def _session_policies(self, grant: SessionGrant) -> tuple[CompiledPolicy, ...] | None:
        if grant.session_policies is None and grant.session_policy_arns is None:
            return None
        found = [compiled(text) for text in grant.session_policies or ()]
        for arn in grant.session_policy_arns or ():
            text = self.managed_policy(grant.account, arn)
            # One that was deleted since may have held a Deny: what the session would be
            # without it, nobody granted. AWS's pages do not say.
            found.append(DENY_EVERYTHING if text is None else compiled(text))
        return tuple(found)

    def managed_policy(self, account: str, arn: str) -> str | None:
        """The default version's document of a managed policy, or None if there is none."""
        if account not in iam_backends:
            return None
        policy = iam_backends[account][PARTITION].managed_policies.get(arn)
        return None if policy is None else _default_document(policy)

    def trust_of(self, role: RoleRecord) -> CompiledPolicy:
        """A role's trust policy, as it is to be evaluated now.

        A principal ARN that was saved for a user or role which no longer is the same
        one counts as the unique id of then, so it matches nobody who bears the ARN
        today ("AWS JSON policy elements: Principal").
        """
        saved: Mapping[str, str] = self.records.get("trust_principals", {}).get(role.unique_id, {})
        gone = tuple(
            (arn, unique_id) for arn, unique_id in saved.items() if self.unique_id(arn) != unique_id
        )
        return compiled_trust(role.trust_text, gone)


def user_boundary(user: Any) -> str | None:
    """The permissions boundary of moto's user, which moto itself does not know.

    It is kept on the object in the form in which moto prints a role's boundary, so
    GetUser shows it and it is saved with the user.
    """
    boundary: Mapping[str, str] = getattr(user, "permissions_boundary", None) or {}
    return boundary.get("PermissionsBoundaryArn")


def _documents_of(holder: Any) -> Iterable[str]:
    """Inline and attached managed documents of a user, group or role of moto."""
    yield from list(holder.policies.values())
    for policy in list(holder.managed_policies.values()):
        yield _default_document(policy)


def _default_document(policy: Any) -> str:
    for version in policy.versions:
        if version.version_id == policy.default_version_id:
            return str(version.document)
    return ""


def _path_of(role_arn: str) -> str:
    resource = role_arn.split(":", 5)[-1]
    return resource.removeprefix("role").rsplit("/", 1)[0] + "/"


def overlay_tags(below: Mapping[str, str], above: Mapping[str, str]) -> dict[str, str]:
    """Tags of both, `above` winning where keys are equal ignoring case."""
    taken = {key.lower() for key in above}
    merged = {key: value for key, value in below.items() if key.lower() not in taken}
    merged.update(above)
    return merged

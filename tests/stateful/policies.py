"""Rules of policies: inline and managed ones, boundaries, and the sessions that they revoke."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.base import Base
from tests.stateful.choices import ACCOUNT, BY, GROUPS, INLINE, POLICIES, ROLES, SAYS, USERS
from tests.stateful.model import Account, Holder, Managed, Statements
from tests.stateful.vocabulary import Says, document

HOLDER = st.one_of(
    st.tuples(st.just("User"), USERS),
    st.tuples(st.just("Role"), ROLES),
    st.tuples(st.just("Group"), GROUPS),
)
BOUNDED = st.one_of(st.tuples(st.just("User"), USERS), st.tuples(st.just("Role"), ROLES))


def holder_of(account: Account, kind: str, name: str) -> Holder | None:
    tables: dict[str, dict[str, Any]] = {
        "User": account.users,
        "Role": account.roles,
        "Group": account.groups,
    }
    return tables[kind].get(name)


class Policies(Base):
    """Permissions are granted, limited, taken away; each counts at the next call."""

    @rule(by=BY, where=ACCOUNT, whose=HOLDER, name=INLINE, says=SAYS)
    def put(self, by: int, where: str, whose: tuple[str, str], name: str, says: Statements) -> None:
        held, account = self.actor(by, where)
        kind, called = whose
        holder = holder_of(account, kind, called)
        params = {f"{kind}Name": called, "PolicyName": name, "PolicyDocument": document(says)}
        own = "" if holder is not None else "NoSuchEntity"
        done = self.iam(held, f"Put{kind}Policy", params, own)
        if done is not None and holder is not None:
            holder.inline[name] = says

    @rule(by=BY, where=ACCOUNT, whose=HOLDER, name=INLINE)
    def remove(self, by: int, where: str, whose: tuple[str, str], name: str) -> None:
        held, account = self.actor(by, where)
        kind, called = whose
        holder = holder_of(account, kind, called)
        own = "" if holder is not None and name in holder.inline else "NoSuchEntity"
        params = {f"{kind}Name": called, "PolicyName": name}
        done = self.iam(held, f"Delete{kind}Policy", params, own)
        if done is not None and holder is not None:
            del holder.inline[name]

    @rule(where=ACCOUNT, name=ROLES)
    def revoke_older_sessions(self, where: str, name: str) -> None:
        """What the button "Revoke active sessions" does."""
        admin, account = self.actor(0, where)
        role = account.roles.get(name)
        if role is None:
            return
        stamp = f"{self.model.now():%Y-%m-%dT%H:%M:%SZ}"
        says = (Says("Deny", "everything", before=stamp),)
        params = {"RoleName": name, "PolicyName": "revoked", "PolicyDocument": document(says)}
        self.iam(admin, "PutRolePolicy", params)
        role.inline["revoked"] = says

    # -- managed policies ----------------------------------------------------------------------

    @rule(by=BY, where=ACCOUNT, name=POLICIES, says=SAYS)
    def create_policy(self, by: int, where: str, name: str, says: Statements) -> None:
        held, account = self.actor(by, where)
        own = "EntityAlreadyExists" if name in account.managed else ""
        params = {"PolicyName": name, "PolicyDocument": document(says)}
        made = self.iam(held, "CreatePolicy", params, own)
        if made is not None:
            policy = Managed(account.number, name, {"v1": says})
            self.check(made["Policy"]["Arn"] == policy.arn, f"CreatePolicy: {made['Policy']}")
            account.managed[name] = policy

    @rule(by=BY, where=ACCOUNT, name=POLICIES, says=SAYS, default=st.booleans())
    def new_version(self, by: int, where: str, name: str, says: Statements, default: bool) -> None:
        held, account = self.actor(by, where)
        policy = account.managed.get(name)
        own = "NoSuchEntity" if policy is None else "LimitExceeded" * (len(policy.versions) >= 5)
        params = {
            "PolicyArn": f"arn:aws:iam::{account.number}:policy/{name}",
            "PolicyDocument": document(says),
            "SetAsDefault": default,
        }
        made = self.iam(held, "CreatePolicyVersion", params, own)
        if made is not None and policy is not None:
            policy.made += 1
            version = f"v{policy.made}"
            self.check(made["PolicyVersion"]["VersionId"] == version, f"not {version}: {made}")
            policy.versions[version] = says
            if default:
                policy.default = version

    @rule(by=BY, where=ACCOUNT, name=POLICIES, number=st.integers(1, 3), delete=st.booleans())
    def choose_version(self, by: int, where: str, name: str, number: int, delete: bool) -> None:
        held, account = self.actor(by, where)
        policy, version = account.managed.get(name), f"v{number}"
        own = "" if policy is not None and version in policy.versions else "NoSuchEntity"
        if delete and policy is not None and policy.default == version:
            own = "DeleteConflict"
        action = "DeletePolicyVersion" if delete else "SetDefaultPolicyVersion"
        arn = f"arn:aws:iam::{account.number}:policy/{name}"
        done = self.iam(held, action, {"PolicyArn": arn, "VersionId": version}, own)
        if done is not None and policy is not None:
            if delete:
                del policy.versions[version]
            else:
                policy.default = version

    @rule(by=BY, where=ACCOUNT, name=POLICIES)
    def delete_policy(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        policy = account.managed.get(name)
        own = "NoSuchEntity"
        if policy is not None:
            holders: list[Holder] = [
                *account.users.values(),
                *account.roles.values(),
                *account.groups.values(),
            ]
            used = any(policy in each.attached or each.boundary is policy for each in holders)
            own = "DeleteConflict" if used or len(policy.versions) > 1 else ""
        arn = f"arn:aws:iam::{account.number}:policy/{name}"
        if self.iam(held, "DeletePolicy", {"PolicyArn": arn}, own) is not None:
            del account.managed[name]

    @rule(by=BY, where=ACCOUNT, whose=HOLDER, name=POLICIES, of=st.one_of(st.none(), ACCOUNT))
    def attach(
        self, by: int, where: str, whose: tuple[str, str], name: str, of: str | None
    ) -> None:
        """Attach a policy; also one of another account, which is none."""
        held, account = self.actor(by, where)
        kind, called = whose
        number = of or account.number
        policy = account.managed.get(name) if number == account.number else None
        holder = holder_of(account, kind, called)
        own = "" if policy is not None and holder is not None else "NoSuchEntity"
        params = {f"{kind}Name": called, "PolicyArn": f"arn:aws:iam::{number}:policy/{name}"}
        done = self.iam(held, f"Attach{kind}Policy", params, own)
        if done is not None and holder is not None and policy is not None:
            holder.attached.add(policy)

    @rule(by=BY, where=ACCOUNT, whose=HOLDER, name=POLICIES)
    def detach(self, by: int, where: str, whose: tuple[str, str], name: str) -> None:
        held, account = self.actor(by, where)
        kind, called = whose
        policy, holder = account.managed.get(name), holder_of(account, kind, called)
        attached = holder is not None and policy in holder.attached
        params = {f"{kind}Name": called}
        params["PolicyArn"] = f"arn:aws:iam::{account.number}:policy/{name}"
        own = "" if attached else "NoSuchEntity"
        done = self.iam(held, f"Detach{kind}Policy", params, own)
        if done is not None and holder is not None and policy is not None:
            holder.attached.discard(policy)

    # -- permissions boundaries ------------------------------------------------------------------

    @rule(by=BY, where=ACCOUNT, whose=BOUNDED, name=POLICIES)
    def bound(self, by: int, where: str, whose: tuple[str, str], name: str) -> None:
        held, account = self.actor(by, where)
        kind, called = whose
        policy, holder = account.managed.get(name), holder_of(account, kind, called)
        own = "" if policy is not None and holder is not None else "NoSuchEntity"
        params = {f"{kind}Name": called}
        params["PermissionsBoundary"] = f"arn:aws:iam::{account.number}:policy/{name}"
        done = self.iam(held, f"Put{kind}PermissionsBoundary", params, own)
        if done is not None and holder is not None:
            holder.boundary = policy

    @rule(by=BY, where=ACCOUNT, whose=BOUNDED)
    def unbound(self, by: int, where: str, whose: tuple[str, str]) -> None:
        held, account = self.actor(by, where)
        kind, called = whose
        holder = holder_of(account, kind, called)
        if holder is None or holder.boundary is None:
            return
        action = f"Delete{kind}PermissionsBoundary"
        if self.iam(held, action, {f"{kind}Name": called}) is not None:
            holder.boundary = None

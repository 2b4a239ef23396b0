"""Rules of users, access keys and groups."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.base import Base, pick, tag_list
from tests.stateful.choices import ACCOUNT, ANY, BY, GROUPS, PATHS, TAGS, USERS
from tests.stateful.model import Account, Group, Key, User, lowered

Tags = tuple[tuple[str, str], ...]


class People(Base):
    """Users come, go, are renamed and come back; so do their keys and groups."""

    @rule(by=BY, where=ACCOUNT, name=USERS, path=PATHS, tags=TAGS)
    def create_user(self, by: int, where: str, name: str, path: str, tags: Tags) -> None:
        held, account = self.actor(by, where)
        taken = any(each.lower() == name.lower() for each in account.users)
        params: dict[str, Any] = {"UserName": name, "Path": path}
        if tags:
            params["Tags"] = tag_list(tags)
        made = self.iam(
            held,
            "CreateUser",
            params,
            "EntityAlreadyExists" if taken else "",
            also=["TagUser"] if tags else [],
        )
        if made is not None:
            user = User(account.number, name, path, made["User"]["UserId"], tags=lowered(tags))
            self.check(made["User"]["Arn"] == user.arn, f"CreateUser told {made['User']['Arn']}")
            account.users[name] = user

    @rule(by=BY, where=ACCOUNT, name=USERS)
    def delete_user(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        self._delete_user(held, account, name)

    @rule(where=ACCOUNT, name=USERS, again=st.booleans())
    def clear_and_delete_user(self, where: str, name: str, again: bool) -> None:
        """Everything that hinders it is removed first; perhaps another comes by that name."""
        users = [user for each in self.model.accounts.values() for user in each.users.values()]
        if not users:
            return
        user = min(users, key=lambda each: (each.account != where, each.name != name))
        where, name = user.account, user.name
        admin, account = self.actor(0, where)
        for key in list(user.keys):
            self._delete_key(admin, user, key)
        for group in account.groups.values():
            if user in group.members:
                self._leave(admin, user, group)
        for policy in list(user.inline):
            self.iam(admin, "DeleteUserPolicy", {"UserName": name, "PolicyName": policy})
            del user.inline[policy]
        for managed in list(user.attached):
            self.iam(admin, "DetachUserPolicy", {"UserName": name, "PolicyArn": managed.arn})
            user.attached.discard(managed)
        self._delete_user(admin, account, name)
        if again:
            self.create_user(0, where, name, user.path, ())

    def _delete_user(self, held: Any, account: Account, name: str) -> None:
        user = account.users.get(name)
        own = "NoSuchEntity"
        if user is not None:
            in_group = any(user in group.members for group in account.groups.values())
            hindered = user.keys or user.inline or user.attached or in_group
            own = "DeleteConflict" if hindered else ""
        if self.iam(held, "DeleteUser", {"UserName": name}, own) is not None:
            gone = account.users.pop(name)
            gone.alive = False

    @rule(by=BY, where=ACCOUNT, name=USERS, new=USERS, path=PATHS)
    def rename_user(self, by: int, where: str, name: str, new: str, path: str) -> None:
        held, account = self.actor(by, where)
        user = account.users.get(name)
        others = [each.lower() for each in account.users if each != name]
        own = "" if user is not None else "NoSuchEntity"
        if user is not None and new.lower() in others:
            own = "EntityAlreadyExists"
        params = {"UserName": name, "NewUserName": new, "NewPath": path}
        if self.iam(held, "UpdateUser", params, own) is not None:
            assert user is not None
            del account.users[name]
            user.name, user.path = new, path
            account.users[new] = user

    @rule(by=BY, where=ACCOUNT, name=USERS, tags=TAGS)
    def tag_user(self, by: int, where: str, name: str, tags: Tags) -> None:
        held, account = self.actor(by, where)
        user = account.users.get(name)
        if not tags:
            keys = {"UserName": name, "TagKeys": ["TEAM"]}
            done = self.iam(held, "UntagUser", keys, "" if user else "NoSuchEntity")
        else:
            given = {"UserName": name, "Tags": tag_list(tags)}
            done = self.iam(held, "TagUser", given, "" if user else "NoSuchEntity")
        if done is not None and user is not None:
            user.tags.update(lowered(tags))
            if not tags:
                user.tags.pop("team", None)

    # -- access keys -------------------------------------------------------------------------

    @rule(by=BY, where=ACCOUNT, name=USERS)
    def create_key(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        user = account.users.get(name)
        own = "NoSuchEntity" if user is None else "LimitExceeded" * (len(user.keys) >= 2)
        path = user.path if user is not None else "/"
        made = self.iam(
            held, "CreateAccessKey", {"UserName": name}, own, resource=("user", path, name)
        )
        if made is not None and user is not None:
            told = made["AccessKey"]
            key = Key(user, told["AccessKeyId"], told["SecretAccessKey"])
            user.keys.append(key)
            self.model.credentials.append(key)

    @precondition(lambda self: self.model.credentials)
    @rule(by=BY, which=ANY, active=st.booleans(), owner=st.one_of(st.none(), USERS))
    def set_key(self, by: int, which: int, active: bool, owner: str | None) -> None:
        """Turn a key on or off, perhaps under the name of somebody else."""
        key = pick(self.model.credentials, which)
        if not isinstance(key, Key):
            return
        held, account = self.actor(by, key.user.account)
        name = owner or key.user.name
        own = "" if self._is_key_of(key, account, name) else "NoSuchEntity"
        status = "Active" if active else "Inactive"
        params = {"UserName": name, "AccessKeyId": key.id, "Status": status}
        if self.iam(held, "UpdateAccessKey", params, own) is not None:
            key.active = active

    @precondition(lambda self: self.model.credentials)
    @rule(by=BY, which=ANY, owner=st.one_of(st.none(), USERS))
    def delete_key(self, by: int, which: int, owner: str | None) -> None:
        key = pick(self.model.credentials, which)
        if isinstance(key, Key):
            held, _ = self.actor(by, key.user.account)
            self._delete_key(held, key.user, key, owner)

    def _delete_key(self, held: Any, user: User, key: Key, owner: str | None = None) -> None:
        account = self.model.accounts[self.model.account_of(held)]
        name = owner or user.name
        own = "" if self._is_key_of(key, account, name) else "NoSuchEntity"
        params = {"UserName": name, "AccessKeyId": key.id}
        if self.iam(held, "DeleteAccessKey", params, own) is not None:
            key.alive = False
            user.keys.remove(key)

    @staticmethod
    def _is_key_of(key: Key, account: Account, name: str) -> bool:
        user = account.users.get(name)
        return user is not None and key in user.keys

    # -- groups ------------------------------------------------------------------------------

    @rule(by=BY, where=ACCOUNT, name=GROUPS)
    def create_group(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        own = "EntityAlreadyExists" if name in account.groups else ""
        made = self.iam(held, "CreateGroup", {"GroupName": name}, own)
        if made is not None:
            account.groups[name] = Group(account.number, name, "/", made["Group"]["GroupId"])

    @rule(by=BY, where=ACCOUNT, name=GROUPS)
    def delete_group(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        group = account.groups.get(name)
        own = "NoSuchEntity"
        if group is not None:
            hindered = group.members or group.inline or group.attached
            own = "DeleteConflict" if hindered else ""
        if self.iam(held, "DeleteGroup", {"GroupName": name}, own) is not None:
            del account.groups[name]

    @rule(by=BY, where=ACCOUNT, name=GROUPS, new=GROUPS)
    def rename_group(self, by: int, where: str, name: str, new: str) -> None:
        held, account = self.actor(by, where)
        group = account.groups.get(name)
        own = "NoSuchEntity" if group is None else ""
        if group is not None and new != name and new in account.groups:
            own = "EntityAlreadyExists"
        params = {"GroupName": name, "NewGroupName": new}
        if self.iam(held, "UpdateGroup", params, own) is not None and group is not None:
            del account.groups[name]
            group.name = new
            account.groups[new] = group

    @rule(by=BY, where=ACCOUNT, name=USERS, group=GROUPS)
    def join(self, by: int, where: str, name: str, group: str) -> None:
        held, account = self.actor(by, where)
        user, joined = account.users.get(name), account.groups.get(group)
        own = "" if user is not None and joined is not None else "NoSuchEntity"
        params = {"UserName": name, "GroupName": group}
        done = self.iam(held, "AddUserToGroup", params, own)
        if done is not None and user is not None and joined is not None:
            joined.members.add(user)

    @rule(by=BY, where=ACCOUNT, name=USERS, group=GROUPS)
    def leave(self, by: int, where: str, name: str, group: str) -> None:
        held, account = self.actor(by, where)
        user, left = account.users.get(name), account.groups.get(group)
        if user is not None and left is not None and user in left.members:
            self._leave(held, user, left)

    def _leave(self, held: Any, user: User, group: Group) -> None:
        params = {"UserName": user.name, "GroupName": group.name}
        if self.iam(held, "RemoveUserFromGroup", params) is not None:
            group.members.discard(user)

"""Roles by name: moto keeps them by id, and looks at each of them for a name.

Nothing is told of changes, so what was found is checked against moto's table, and what is
not found is looked for among the roles that came since. Those stand at the table's end: a
dict keeps the order in which its keys came. So a look-up costs the same with 5,000 roles as
with ten, also that of a name which is free.
"""

from typing import Any

#: Names of deleted roles that may be remembered before all is read again.
_SPARE = 1000


class RoleNames:
    """An index of moto's role tables, one for each account."""

    def __init__(self) -> None:
        self._by_account: dict[str, dict[str, Any]] = {}

    def find(self, account: str, roles: dict[str, Any], name: str) -> Any | None:
        """The role of that name (without case, as IAM compares them) in the account's table."""
        wanted = name.lower()
        index = self._by_account.setdefault(account, {})
        found = _living(index, roles, wanted)
        if found is not None:
            return found
        if len(index) > len(roles) + _SPARE or not _catch_up(index, roles):
            # At once, for other threads read it too.
            index = {each.name.lower(): each for each in list(roles.values())}
            self._by_account[account] = index
        return _living(index, roles, wanted)


def use_in_moto() -> None:
    """Let moto find roles by this index too, in this process: most calls of IAM ask for one."""
    from moto.iam.models import IAMBackend

    backend_class: Any = IAMBackend
    looked_at_each = backend_class.get_role
    names = RoleNames()

    def get_role(backend: Any, role_name: str) -> Any:
        place = f"{backend.partition}:{backend.account_id}"
        role = names.find(place, backend.roles, role_name)
        # moto tells capital letters apart, and says what is not there in its own way.
        if role is not None and role.name == role_name:
            return role
        return looked_at_each(backend, role_name)

    backend_class.get_role = get_role


def _living(index: dict[str, Any], roles: Any, wanted: str) -> Any | None:
    role: Any = index.get(wanted)
    if role is None or roles.get(role.id) is not role or role.name.lower() != wanted:
        return None
    return role


def _catch_up(index: dict[str, Any], roles: dict[str, Any]) -> bool:
    """Take the roles in that came since; False when the table changed meanwhile."""
    fresh: list[Any] = []
    try:
        for role in reversed(roles.values()):
            if index.get(role.name.lower()) is role:
                break
            fresh.append(role)
    except RuntimeError:
        return False
    index.update((role.name.lower(), role) for role in reversed(fresh))
    return True

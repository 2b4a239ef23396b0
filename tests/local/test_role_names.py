"""A role is found by its name, whatever happened to the table since the last question."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from rolecall.local.role_names import RoleNames


@dataclass(eq=False)
class Role:
    """As much of moto's role as the index reads."""

    id: str
    name: str


_NAMES = st.sampled_from(["deployer", "Deployer", "auditor", "reader", "backup"])
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("create"), _NAMES),
        st.tuples(st.just("delete"), _NAMES),
        st.tuples(st.just("ask"), _NAMES),
        st.tuples(st.just("restore"), _NAMES),
    ),
    max_size=40,
)


@given(_STEPS)
def test_the_answer_is_that_of_looking_at_every_role(steps: list[tuple[str, str]]) -> None:
    roles: dict[str, Role] = {}
    names = RoleNames()
    for number, (what, name) in enumerate(steps):
        there = [each for each in roles.values() if each.name.lower() == name.lower()]
        if what == "create" and not there:
            roles[f"AROA{number}"] = Role(f"AROA{number}", name)
        elif what == "delete" and there:
            del roles[there[0].id]
        elif what == "restore":
            # As after a restart: other objects under the same ids.
            again = [Role(each.id, each.name) for each in roles.values()]
            roles.clear()
            roles.update((each.id, each) for each in again)
        elif what == "ask":
            assert names.find("111111111111", roles, name) is (there[0] if there else None)


def test_names_of_deleted_roles_are_not_kept_for_ever() -> None:
    roles: dict[str, Role] = {}
    names = RoleNames()
    for number in range(3000):
        roles["AROA"] = role = Role("AROA", f"role-{number}")
        assert names.find("111111111111", roles, f"role-{number}") is role
        del roles["AROA"]
    (index,) = names._by_account.values()
    assert len(index) < 1100


def test_accounts_do_not_mix() -> None:
    names = RoleNames()
    mine = {"AROA1": Role("AROA1", "deployer")}
    assert names.find("111111111111", mine, "deployer") is mine["AROA1"]
    assert names.find("222222222222", {}, "deployer") is None


def test_a_table_that_changes_meanwhile_is_read_again() -> None:
    class Restless(Role):
        @property  # type: ignore[misc]
        def name(self) -> str:  # type: ignore[override]
            roles.setdefault("AROA2", Role("AROA2", "auditor"))
            return "deployer"

        @name.setter
        def name(self, value: str) -> None: ...

    roles: dict[str, Role] = {"AROA0": Role("AROA0", "reader")}
    roles["AROA1"] = Restless("AROA1", "deployer")
    assert RoleNames().find("111111111111", roles, "auditor") is roles["AROA2"]

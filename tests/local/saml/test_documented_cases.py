"""AssumeRoleWithSAML against the table of documented behaviours, over HTTP."""

from typing import Any

import pytest

from tests.local.saml.cases import ALLOWED, CASES, Case
from tests.local.saml.world import SamlWorld

_STATUS = {"AccessDenied": 403, "IDPRejectedClaim": 403}


def test_the_table_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.page for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documented_behaviour(case: Case, world: SamlWorld) -> None:
    role = world.make_role(**case.role) if case.role else world.role
    said: dict[str, Any] = {"role": role, **case.said}
    if said.get("roles") is not None:
        said["roles"] = [
            pair.format_map({"role": role, "provider": world.provider}) for pair in said["roles"]
        ]
    answer = world.ask(world.said(**said), **case.params)
    assert (answer.code, answer.message) == case.expected, answer.reason
    assert answer.status == (200 if case.expected == ALLOWED else _STATUS.get(answer.code, 400))
    if answer.code in ("AccessDenied", "InvalidIdentityToken", "ExpiredTokenException"):
        assert answer.reason or answer.message.startswith(
            ("RoleSessionName", "Source Identity", "SessionDuration")
        )

"""AssumeRoleWithWebIdentity against the table of documented behaviours, over HTTP."""

import time
from typing import Any

import pytest

from tests.local.oidc.cases import ALLOWED, CASES, EXPIRED, Case, Later
from tests.local.oidc.world import OidcWorld


def test_the_table_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.page for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documented_behaviour(case: Case, world: OidcWorld) -> None:
    role = world.make_role(**case.role) if case.role else world.role
    claims = {name: _moment(value) for name, value in case.claims.items()}
    token = world.issuer.token(dict(case.header), case.key, **claims)
    params = {
        name: value.format(role=role) if name == "RoleArn" else value
        for name, value in case.params.items()
    }
    answer = world.send(**{"token": token, "RoleArn": role, **_token(params)})
    told = (answer.code, answer.message)
    if case.expected == EXPIRED:
        assert answer.message.startswith(EXPIRED[1])
        told = EXPIRED
    assert told == case.expected, answer
    assert answer.status == (
        200 if case.expected == ALLOWED else 403 if answer.code == "AccessDenied" else 400
    )
    if answer.code in ("AccessDenied", "InvalidIdentityToken", "ExpiredTokenException"):
        assert answer.reason, "every refusal says why"


def _moment(value: Any) -> Any:
    return int(time.time()) + value.seconds if isinstance(value, Later) else value


def _token(params: dict[str, Any]) -> dict[str, Any]:
    """The parameter WebIdentityToken is the first argument of `send`."""
    return {("token" if k == "WebIdentityToken" else k): v for k, v in params.items()}

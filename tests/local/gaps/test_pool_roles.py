"""Which role an identity of a pool gets: defaults, rules, what the token offers."""

from typing import Any

import pytest

from rolecall.local.api import AwsError
from rolecall.local.cognito.logins import Login
from rolecall.local.cognito.pools import Pool
from rolecall.local.cognito.roles import role_for
from tests.local.enforcement.conftest import HOME
from tests.local.gaps.conftest import REGION
from tests.local.gaps.pools_here import ARN, Pools

ONE, TWO, GUEST, MEMBER = (f"arn:aws:iam::{HOME}:role/{n}" for n in ("one", "two", "g", "m"))
DEFAULTS = {"unauthenticated": GUEST, "authenticated": MEMBER}
TOKEN = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
DENIED = ("NotAuthorizedException", "Access denied: no role for this token.", 400)
MISCONFIGURED = (
    "InvalidIdentityPoolConfigurationException",
    "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
    400,
)


def pool(mapping: Any = None, roles: Any = None, provider: str = ARN) -> Pool:
    mappings = {} if mapping is None else {"RoleMappings": {provider: mapping}}
    return Pool(f"{REGION}:1", HOME, {}, {}, {"Roles": roles or {}, **mappings})


def login(provider: str = ARN, **claims: Any) -> Login:
    named = {name.replace("__", ":"): value for name, value in claims.items()}
    return Login("issuer", "alice", ("issuer",), provider, named)


def refused(where: Pool, *logins: Login, custom: str | None = None) -> tuple[str, str, int]:
    with pytest.raises(AwsError) as caught:
        role_for(where, logins, custom)
    return caught.value.code, caught.value.message, caught.value.status


def rules(*told: Any, otherwise: str = "Deny") -> dict[str, Any]:
    return {
        "Type": "Rules",
        "AmbiguousRoleResolution": otherwise,
        "RulesConfiguration": {
            "Rules": [
                {"Claim": claim, "MatchType": kind, "Value": value, "RoleARN": arn}
                for claim, kind, value, arn in told
            ]
        },
    }


def test_the_defaults() -> None:
    assert role_for(pool(roles=DEFAULTS), (), None) == GUEST
    assert role_for(pool(roles=DEFAULTS), (login(),), None) == MEMBER
    assert refused(pool(roles={"authenticated": MEMBER})) == MISCONFIGURED
    assert refused(pool(roles={"unauthenticated": GUEST}), login()) == MISCONFIGURED
    assert refused(pool(roles={"authenticated": ""}), login()) == MISCONFIGURED
    bare = Pool(f"{REGION}:1", HOME, {}, {}, {})
    assert refused(bare) == refused(bare, login()) == MISCONFIGURED


def test_nobody_asks_for_a_role_without_a_token_that_offers_it() -> None:
    assert refused(pool(TOKEN, DEFAULTS), custom=GUEST) == DENIED
    assert refused(pool(roles=DEFAULTS), login(), custom=MEMBER) == DENIED
    offering = login(cognito__roles=[ONE])
    assert refused(pool(rules(("a", "Equals", "b", ONE)), DEFAULTS), offering, custom=ONE) == DENIED
    assert refused(pool(TOKEN, DEFAULTS), offering, custom=TWO) == DENIED
    assert role_for(pool(TOKEN, DEFAULTS), (offering,), ONE) == ONE
    either = {**TOKEN, "AmbiguousRoleResolution": "AuthenticatedRole"}
    assert refused(pool(either, DEFAULTS), login(), custom=MEMBER) == DENIED


def test_what_a_token_offers() -> None:
    both = [ONE, TWO]
    for claims, role in (
        ({"cognito__preferred_role": TWO, "cognito__roles": both}, TWO),
        ({"cognito__roles": [ONE]}, ONE),
        ({"cognito__roles": [ONE, 7]}, ONE),
    ):
        assert role_for(pool(TOKEN, DEFAULTS), (login(**claims),), None) == role
    unclear: list[dict[str, Any]] = [
        {"cognito__roles": both},
        {"cognito__roles": []},
        {"cognito__roles": ONE},
        {"cognito__preferred_role": ""},
        {"cognito__preferred_role": [ONE]},
        {},
    ]
    otherwise = {**TOKEN, "AmbiguousRoleResolution": "AuthenticatedRole"}
    for told in unclear:
        assert refused(pool(TOKEN, DEFAULTS), login(**told)) == DENIED
        assert role_for(pool(otherwise, DEFAULTS), (login(**told),), None) == MEMBER
        assert refused(pool(otherwise), login(**told)) == MISCONFIGURED


def test_the_first_rule_that_matches() -> None:
    several = rules(
        ("a", "Equals", "x", ONE), ("b", "Equals", "y", TWO), ("b", "Contains", "y", ONE)
    )
    assert role_for(pool(several, DEFAULTS), (login(b="y"),), None) == TWO
    assert role_for(pool(several, DEFAULTS), (login(a="x", b="y"),), None) == ONE
    assert refused(pool(several, DEFAULTS), login(a="z")) == DENIED
    otherwise = {**several, "AmbiguousRoleResolution": "AuthenticatedRole"}
    assert role_for(pool(otherwise, DEFAULTS), (login(),), None) == MEMBER
    empty = {"Type": "Rules", "AmbiguousRoleResolution": "Deny"}
    assert refused(pool(empty, DEFAULTS), login(a="x")) == DENIED
    assert refused(pool({"Type": "Rules"}, DEFAULTS), login(a="x")) == DENIED


MATCHES: list[tuple[str, str, Any, bool]] = [
    ("Equals", "web", "web", True),
    ("Equals", "web", "webs", False),
    ("Equals", "web", ["a", "web"], True),
    ("Equals", "web", ["a", "b"], False),
    ("StartsWith", "we", "web", True),
    ("StartsWith", "eb", "web", False),
    ("StartsWith", "we", ["a", "web"], True),
    ("Contains", "e", "web", True),
    ("Contains", "x", "web", False),
    ("Contains", "e", ["a", "web"], True),
    ("NotEqual", "web", "web", False),
    ("NotEqual", "web", "webs", True),
    ("NotEqual", "web", ["a", "web"], False),
    ("NotEqual", "web", ["a", "b"], True),
    ("Equals", "true", True, True),
    ("Equals", "false", False, True),
    ("Equals", "1", True, False),
    ("Equals", "7", 7, True),
    ("Equals", "-7", -7, True),
    ("Equals", str(10**40 - 1), 10**40 - 1, True),
    ("Equals", str(10**40), 10**40, False),
    ("Equals", str(-(10**40)), -(10**40), False),
    ("NotEqual", "x", 10**40, False),
    ("NotEqual", "x", {}, False),
    ("NotEqual", "x", [], False),
    ("NotEqual", "x", ["a", {}], False),
    ("NotEqual", "x", 1.5, False),
    ("NotEqual", "x", None, False),
    ("Equals", "a", ["a", {}], False),
]


@pytest.mark.parametrize(("kind", "wanted", "value", "matches"), MATCHES)
def test_matching(kind: str, wanted: str, value: Any, matches: bool) -> None:
    where = pool(rules(("claim", kind, wanted, ONE), otherwise="AuthenticatedRole"), DEFAULTS)
    assert role_for(where, (login(claim=value),), None) == (ONE if matches else MEMBER)


def test_a_claim_that_is_not_there_is_not_unequal() -> None:
    where = pool(rules(("claim", "NotEqual", "x", ONE)), DEFAULTS)
    assert refused(where, login(other="y")) == DENIED


def test_the_mapping_of_the_provider_of_the_first_login() -> None:
    where = pool(rules(("a", "Equals", "x", ONE)), DEFAULTS)
    assert role_for(where, (login("other", a="x"),), None) == MEMBER
    assert role_for(where, (login(a="x"), login("other", a="y")), None) == ONE
    assert role_for(where, (login("other", a="x"), login(a="x")), None) == MEMBER


def test_roles_of_a_pool_are_kept(pools: Pools) -> None:
    pool_id = pools.made().pool_id
    assert pools.ask("GetIdentityPoolRoles", IdentityPoolId=pool_id) == {"IdentityPoolId": pool_id}
    mappings = {ARN: rules(("a", "Equals", "x", ONE))}
    given = {"IdentityPoolId": pool_id, "Roles": DEFAULTS, "RoleMappings": mappings}
    assert pools.ask("SetIdentityPoolRoles", given) == {}
    assert pools.ask("GetIdentityPoolRoles", IdentityPoolId=pool_id) == given
    one = {"IdentityPoolId": pool_id, "Roles": {"authenticated": MEMBER}}
    pools.ask("SetIdentityPoolRoles", one)
    assert pools.ask("GetIdentityPoolRoles", IdentityPoolId=pool_id) == one


def test_what_roles_a_pool_cannot_have(pools: Pools) -> None:
    pool_id = pools.made().pool_id
    long_enough = "x" * 20
    rule = rules(("a", "Equals", "x", ONE))
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"Roles": {"authenticated": long_enough}}, f"Invalid role ARN: {long_enough}"),
        ({"Roles": {"unauthenticated": ONE.replace(HOME, "1")}}, "Invalid role ARN"),
        ({"Roles": {"authenticated": f"{ONE} x"}}, "Invalid role ARN"),
        ({"Roles": {"authenticated": ONE.replace("role/", "user/")}}, "Invalid role ARN"),
        (
            {"RoleMappings": {ARN: rules(("a", "Equals", "x", long_enough))}},
            "Invalid role ARN",
        ),
        (
            {"RoleMappings": {ARN: {"Type": "Token"}}},
            "AmbiguousRoleResolution is required for a role mapping.",
        ),
        (
            {"RoleMappings": {ARN: {"Type": "Rules", "AmbiguousRoleResolution": "Deny"}}},
            "RulesConfiguration is required for a role mapping of type Rules.",
        ),
        (
            {"RoleMappings": {"x": rule, ARN: {"Type": "Token"}}},
            "AmbiguousRoleResolution is required for a role mapping.",
        ),
    ]
    for given, told in wrong:
        error = pools.refused(
            "SetIdentityPoolRoles", {"Roles": {}, **given}, IdentityPoolId=pool_id
        )
        assert (error.code, told in error.message) == ("InvalidParameterException", True), given
    for given in ({"Roles": {"admin": ONE}}, {"RoleMappings": {"": rule}}, {"Roles": None}):
        code = pools.code("SetIdentityPoolRoles", {"Roles": {}, **given}, IdentityPoolId=pool_id)
        assert code == "ValidationException"
    assert pools.ask("GetIdentityPoolRoles", IdentityPoolId=pool_id) == {"IdentityPoolId": pool_id}
    token = {"Type": "Token", "AmbiguousRoleResolution": "Deny"}
    given = {"Roles": {}, "RoleMappings": {ARN: token}}
    assert pools.code("SetIdentityPoolRoles", given, IdentityPoolId=pool_id) == ""

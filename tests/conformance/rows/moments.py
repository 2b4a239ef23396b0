"""Time: when sessions, tokens, codes and conditions end; the root user"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from rolecall.local.api import SessionGrant
from tests.conformance.assume_role import denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import allow, given, trusts
from tests.conformance.pages import (
    ASSUME,
    CALLER_IDENTITY,
    CHAIN,
    FEDERATION_TOKEN,
    KEYS,
    MFA,
    ROOT,
    SESSION_TOKEN,
)
from tests.conformance.story import ASK, Story, become, role_for, somebody, who_am_i
from tests.conformance.world import HOME, World

END: Expected = ("ExpiredToken", "The security token included in the request is expired")
MFA_AGE = given("NumericLessThan", aws__MultiFactorAuthAge="600")


def _later(world: World, seconds: float, call: Callable[[], Any]) -> Any:
    """Call when the embedded AWS's clock is ahead; the clock goes back afterwards."""
    world.server.cloud.advance(seconds)
    try:
        return call()
    finally:
        world.server.cloud.reset_clock()


def session(seconds: int, later: float) -> Callable[[World], Any]:
    def tell(world: World) -> Any:
        made = become(world, "alice", role_for(world, "@alice"), DurationSeconds=seconds)
        return _later(world, later, lambda: who_am_i(world, made))

    return tell


def token(later: float) -> Callable[[World], Any]:
    def tell(world: World) -> Any:
        made = world.sts("alice").get_session_token(DurationSeconds=900)["Credentials"]
        return _later(world, later, lambda: who_am_i(world, made))

    return tell


def federated(later: float) -> Callable[[World], Any]:
    def tell(world: World) -> Any:
        made = world.sts("alice").get_federation_token(Name="guest", DurationSeconds=900)
        return _later(world, later, lambda: who_am_i(world, made["Credentials"]))

    return tell


def chained(later: float) -> Callable[[World], Any]:
    """The first session lasts for 15 minutes, the second for an hour."""

    def tell(world: World) -> Any:
        role = role_for(world, [world.arns["alice"], HOME], policies=[allow("*")])
        first = become(world, "alice", role, DurationSeconds=900)
        sts = world.server.client("sts", first)
        second = sts.assume_role(RoleArn=role["Arn"], **ASK)["Credentials"]
        return _later(world, later, lambda: who_am_i(world, second))

    return tell


def ended_asks(world: World) -> Any:
    """An ended session asks for the next role, which would trust it."""
    role = role_for(world, HOME, policies=[allow("*")])
    first = become(world, "alice", role, DurationSeconds=900)
    sts = world.server.client("sts", first)
    return _later(world, 900, lambda: sts.assume_role(RoleArn=role["Arn"], **ASK))


def under(condition: dict[str, Any], caller: str, later: float) -> Callable[[World], Any]:
    """A role under a condition on time, asked for later."""

    def tell(world: World) -> Any:
        role = world.role(HOME, trusts("@alice", **condition))
        world.spoken_of = {"role": role["Arn"], "caller": world.arns["alice"]}
        return _later(world, later, lambda: become(world, caller, role))

    return tell


def soon(world: World, operator: str, key: str, write: Callable[[float], str]) -> dict[str, Any]:
    return {"Condition": {operator: {key: write(world.server.cloud.now().timestamp() + 300)}}}


def until(later: float, key: str, operator: str, write: Callable[[float], str]) -> Any:
    """A role that can be assumed in the next five minutes."""

    def tell(world: World) -> Any:
        return under(soon(world, operator, key, write), "alice", later)(world)

    return tell


def iso(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def whole(moment: float) -> str:
    return str(int(moment))


def code_again(world: World) -> Any:
    name = somebody(world)
    serial, totp = world.device(name)
    code = totp.now()
    world.sts(name).get_session_token(SerialNumber=serial, TokenCode=code)
    return world.sts(name).get_session_token(SerialNumber=serial, TokenCode=code)


def old_code(world: World) -> Any:
    name = somebody(world)
    serial, totp = world.device(name)
    code = totp.now()
    return _later(
        world,
        120,
        lambda: world.sts(name).get_session_token(SerialNumber=serial, TokenCode=code),
    )


def root(world: World) -> Any:
    """Credentials of an account's root user."""
    now = world.server.cloud.now()
    grant = SessionGrant(
        kind="session-token", account=HOME, issued_at=now, expires_at=now + timedelta(hours=1)
    )
    made = world.server.cloud.issue(grant)
    return {
        "AccessKeyId": made.access_key_id,
        "SecretAccessKey": made.secret_access_key,
        "SessionToken": made.session_token,
    }


def root_asks(trusted: Any) -> Callable[[World], Any]:
    def tell(world: World) -> Any:
        role = world.role(HOME, trusts(trusted))
        sts = world.server.client("sts", root(world))
        return sts.assume_role(RoleArn=role["Arn"], **ASK)

    return tell


NO_ROOT: Expected = ("AccessDenied", "Roles may not be assumed by root accounts.")
USED: Expected = (
    "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code. "
)  # fmt: skip

ROWS: list[Case] = [
    Story("a session in its last second", ASSUME, ALLOWED, session(900, 890)),
    Story("a session that has ended", ASSUME, END, session(900, 900)),
    Story("a session of an hour after 15 minutes", ASSUME, ALLOWED, session(3600, 901)),
    Story("a session of an hour after an hour", ASSUME, END, session(3600, 3600)),
    Story("a session token that has ended", SESSION_TOKEN, END, token(900)),
    Story("a session token before its end", SESSION_TOKEN, ALLOWED, token(880)),
    Story("a federated user whose time has ended", FEDERATION_TOKEN, END, federated(900)),
    Story("a chained session outlives the one before", CHAIN, ALLOWED, chained(1800)),
    Story("a chained session after an hour", CHAIN, END, chained(3600)),
    Story("an ended session asks for the next role", CHAIN, END, ended_asks),
    Story("MFA that is recent enough", MFA, ALLOWED, under(MFA_AGE, "alice-mfa", 0)),
    Story("MFA that is too old", MFA, denied(), under(MFA_AGE, "alice-mfa", 900)),
    Story("a one-time code twice", MFA, USED, code_again),
    Story("a one-time code two minutes later", MFA, USED, old_code),
    Story("aws:CurrentTime before the moment", KEYS, ALLOWED,
          until(0, "aws:CurrentTime", "DateLessThan", iso)),
    Story("aws:CurrentTime after the moment", KEYS, denied(),
          until(301, "aws:CurrentTime", "DateLessThan", iso)),
    Story("aws:EpochTime before the moment", KEYS, ALLOWED,
          until(0, "aws:EpochTime", "NumericLessThan", whole)),
    Story("aws:EpochTime after the moment", KEYS, denied(),
          until(301, "aws:EpochTime", "NumericLessThan", whole)),
    Story("aws:EpochTime as a date", KEYS, denied(),
          until(301, "aws:EpochTime", "DateLessThan", whole)),
    Story("the root user, the account is trusted", ROOT, NO_ROOT, root_asks(HOME)),
    Story("the root user, everyone is trusted", ROOT, NO_ROOT, root_asks("*")),
    Story("the root user, his ARN is trusted", ROOT, NO_ROOT,
          root_asks(f"arn:aws:iam::{HOME}:root")),
    Story("the root user asks who he is", CALLER_IDENTITY, ALLOWED,
          lambda world: who_am_i(world, root(world))),
]  # fmt: skip

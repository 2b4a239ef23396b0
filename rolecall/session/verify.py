"""Whether credentials are those of a role, and do what the environment needs them for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rolecall.environment import LocalState
from rolecall.policy import Arn
from rolecall.policy.errors import printable
from rolecall.problems import Problem
from rolecall.session.choose import ChosenRole
from rolecall.session.failures import Refusal, ask
from rolecall.session.guard import role_of_session
from rolecall.session.identity import CallerIdentity, caller_identity


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; `ok` is None where there is nothing to look at."""

    name: str
    ok: bool | None
    found: str
    expected: str = ""
    fix: str = ""


def verify(sts: Any, s3_in: Callable[[str], Any], chosen: ChosenRole) -> tuple[Check, ...]:
    """Hold the credentials of these clients against the role.

    sts: a client with the credentials; s3_in makes one of S3 for a region.
    Raises `Problem` where AWS refuses the credentials altogether, or cannot be reached.
    """
    identity = caller_identity(sts)
    return _account(identity, chosen), _role(identity, chosen), _state(s3_in, chosen)


def _account(identity: CallerIdentity, chosen: ChosenRole) -> Check:
    return Check(
        "account",
        identity.account == chosen.account_id,
        printable(identity.account),
        chosen.account_id,
        "these credentials are of another account: become the role again, and check which "
        "profile and variables are in use (`rolecall doctor`).",
    )


def _role(identity: CallerIdentity, chosen: ChosenRole) -> Check:
    found = role_of_session(identity.arn)
    partition = Arn.parse(chosen.role_arn).partition
    wanted = (partition, chosen.account_id, chosen.name.casefold())
    return Check(
        "role",
        found is not None and (*found[:2], found[2].casefold()) == wanted,
        printable(identity.arn),
        f"arn:{partition}:sts::{chosen.account_id}:assumed-role/{chosen.name}/…",
        "these credentials are not the role's: become it again (`rolecall assume`), or write the "
        "profile again (`rolecall profile`).",
    )


def _state(s3_in: Callable[[str], Any], chosen: ChosenRole) -> Check:
    """List the bucket as `aws s3 ls s3://<bucket>` does: ListObjectsV2, one key is enough."""
    name = "state bucket"
    state = chosen.environment.state
    if isinstance(state, LocalState):
        return Check(name, None, "the state is a local file")
    where = f"s3://{state.bucket}"
    wanted = "can be listed"
    try:
        answer = ask(
            s3_in(state.region),
            "list_objects_v2",
            {"Bucket": state.bucket, "Delimiter": "/", "MaxKeys": 1},
        )
    except Problem as problem:
        return Check(name, False, f"{where}: {problem}", wanted, _fix(problem, chosen))
    empty = not (answer.get("Contents") or answer.get("CommonPrefixes"))
    return Check(name, True, f"{where}{', empty' if empty else ''}", wanted)


def _fix(problem: Problem, chosen: ChosenRole) -> str:
    state = chosen.environment.state
    code = problem.code if isinstance(problem, Refusal) else ""
    if isinstance(state, LocalState):
        return ""
    if code == "NoSuchBucket":
        return (
            f"make the bucket, or mend state.bucket in environments/{chosen.environment.name}.yaml "
            "(in the embedded AWS `rolecall local env` makes it)."
        )
    if code in ("PermanentRedirect", "AuthorizationHeaderMalformed", "301"):
        return f"the bucket is not in {state.region}: mend state.region."
    if code == "AccessDenied":
        partition = Arn.parse(chosen.role_arn).partition
        return (
            f"allow the role s3:ListBucket on arn:{partition}:s3:::{state.bucket}; in another "
            "account the bucket's policy must allow it as well."
        )
    return "see above; `rolecall doctor` looks at endpoint, clock and profiles."

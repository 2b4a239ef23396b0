"""From a witness of `compare` to a real call, under one trust policy and the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from rolecall.policy import (
    Arn,
    AssumeRoleAttempt,
    AwsService,
    IamUser,
    PolicyDocument,
    SamlIdentity,
    WebIdentity,
    assumed_role_arn,
)
from rolecall.policy.compare import Witness
from rolecall.policy.values import read_date, read_number
from tests.integration.witnesses import callers
from tests.integration.witnesses.assertions import assertion_of
from tests.integration.witnesses.facts import asked, check, lowered
from tests.integration.witnesses.tokens import token_of
from tests.integration.witnesses.world import NotReplayable, World, ahead

_OF_CREDENTIALS = (
    "aws:multifactorauthpresent",
    "aws:multifactorauthage",
    "aws:tokenissuetime",
)
Call = Callable[[], Any]
Keys = Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """What came of a call: '' for `code` where credentials did, and whose they are."""

    code: str
    arn: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Replay:
    """A witness's call under the two policies; whose the credentials should be."""

    kind: str
    old: Answer
    new: Answer
    expected_arn: str


def replay(world: World, old: PolicyDocument, new: PolicyDocument, witness: Witness) -> Replay:
    """Make the call twice. Raises NotReplayable with the reason where it cannot be made."""
    attempt = witness.attempt
    if isinstance(attempt.caller, AwsService):
        raise NotReplayable("no API lets an AWS service call")
    keys = asked(old, new)
    wanted = lowered({**attempt.keys(), **attempt.caller.context()})
    world.empty()
    at = _moment(wanted, keys) or world.now().replace(microsecond=0)
    world.set_time(ahead(at))
    here = {
        **lowered(replace(attempt, context={}).keys()),
        **lowered(attempt.caller.context()),
        **lowered(_circumstances(at)),
    }
    if attempt.caller.account:
        # Most of what cannot be told shows before anybody is made.
        check(wanted, {**here, **_of_account(wanted)}, keys)
    kind, call, of_caller = _caller(world, witness, wanted, at)
    check(wanted, {**here, **lowered(of_caller)}, keys)
    world.everybody_named(old, new, account=Arn.parse(attempt.role_arn).account)
    answers = []
    for document in (old, new):
        world.set_trust(attempt.role_arn, document)
        # Later than anything that was signed, however long that took, in the same second.
        world.set_time(ahead(at) + timedelta(milliseconds=300))
        answers.append(_answer(world, call))
    return Replay(kind, answers[0], answers[1], _session_arn(attempt))


def _of_account(wanted: Keys) -> dict[str, Any]:
    """Keys that depend on how the caller signed in."""
    return {key: wanted[key] for key in _OF_CREDENTIALS if key in wanted}


def _caller(world: World, witness: Witness, wanted: Keys, at: datetime) -> tuple[str, Call, Keys]:
    """The call's name, the call, and the condition keys that the caller brings."""
    attempt = witness.attempt
    if isinstance(attempt.caller, WebIdentity):
        token, found = token_of(world, attempt, wanted, at)
        params = {
            "RoleArn": attempt.role_arn,
            "RoleSessionName": attempt.session_name,
            "WebIdentityToken": token,
        }
        sts = world.unsigned_sts()
        return "web identity", lambda: sts.assume_role_with_web_identity(**params), found
    if isinstance(attempt.caller, SamlIdentity):
        assertion, found = assertion_of(world, attempt, wanted)
        saml = {
            "RoleArn": attempt.role_arn,
            "PrincipalArn": attempt.caller.provider,
            "SAMLAssertion": assertion,
        }
        sts = world.unsigned_sts()
        return "SAML", lambda: sts.assume_role_with_saml(**saml), found
    sts, facts = callers.sts_of(world, witness, wanted, at)
    own = callers.parameters(attempt)
    kind = "user" if isinstance(attempt.caller, IamUser) else "role"
    return kind, lambda: sts.assume_role(**own), facts


def _moment(wanted: Keys, keys: frozenset[str]) -> datetime | None:
    """The time at which the policies want the call to be made; None: any time will do."""
    if "aws:currenttime" in keys:
        found = read_date(wanted["aws:currenttime"])
        seconds = None if found is None else float(found) / 1e9
    elif "aws:epochtime" in keys:
        number = read_number(wanted["aws:epochtime"])
        seconds = None if number is None else float(number)
    else:
        return None
    try:
        return datetime.fromtimestamp(seconds or 0, UTC).replace(microsecond=0)
    except (OverflowError, ValueError, OSError):
        raise NotReplayable("the embedded AWS cannot be told such an aws:currenttime") from None


def _answer(world: World, call: Call) -> Answer:
    try:
        credentials = call()["Credentials"]
    except ClientError as error:
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
        reason = f"{error.response['Error']['Message']} [{headers.get('x-rolecall-reason', '')}]"
        return Answer(error.response["Error"]["Code"], reason=reason)
    identity = world.server.client("sts", credentials).get_caller_identity()
    return Answer("", identity["Arn"])


def _session_arn(attempt: AssumeRoleAttempt) -> str:
    arn = Arn.parse(attempt.role_arn)
    name = arn.resource.rpartition("/")[2]
    return assumed_role_arn(arn.account, name, attempt.session_name, arn.partition)


def _circumstances(at: datetime) -> dict[str, Any]:
    """What every call brings here. A program's name is not looked at."""
    return {
        "aws:CurrentTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "aws:EpochTime": str(int(at.timestamp())),
        "aws:SourceIp": "127.0.0.1",
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": "eu-central-1",
    }

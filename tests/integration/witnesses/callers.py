"""Users and role sessions that call AssumeRole as a witness does."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pyotp
from botocore.exceptions import ClientError

from rolecall.policy import AssumeRoleAttempt, IamUser, RoleSession
from rolecall.policy.compare import Witness
from rolecall.policy.values import read_number
from tests.integration.witnesses.world import NotReplayable, World, ahead

_LONGEST = 129_600
Facts = dict[str, Any]


def sts_of(
    world: World, witness: Witness, wanted: Mapping[str, Any], at: datetime
) -> tuple[Any, Facts]:
    """An STS client with the caller's credentials, and the keys that these bring."""
    if isinstance(witness.attempt.caller, IamUser):
        return _user(world, witness, wanted, at)
    return _session(world, witness, at)


def parameters(attempt: AssumeRoleAttempt) -> dict[str, Any]:
    """The parameters of AssumeRole."""
    found: dict[str, Any] = {
        "RoleArn": attempt.role_arn,
        "RoleSessionName": attempt.session_name,
        "ExternalId": attempt.external_id,
        "SourceIdentity": attempt.source_identity,
        "Tags": [{"Key": key, "Value": value} for key, value in attempt.tags.items()],
        "TransitiveTagKeys": list(attempt.transitive_tag_keys),
    }
    return {name: value for name, value in found.items() if value not in (None, [])}


def _user(
    world: World, witness: Witness, wanted: Mapping[str, Any], at: datetime
) -> tuple[Any, Facts]:
    """With his keys, or with a session that says whether a second factor was used, and when."""
    caller = witness.attempt.caller
    assert isinstance(caller, IamUser)
    world.user(
        caller.account,
        caller.name,
        caller.path,
        tags=caller.tags,
        identity=witness.identity,
        boundary=witness.boundary,
        unique_id=caller.unique_id,
    )
    iam = world.iam(caller.account)
    key = iam.create_access_key(UserName=caller.name)["AccessKey"]
    keys = {
        "aws_access_key_id": key["AccessKeyId"],
        "aws_secret_access_key": key["SecretAccessKey"],
    }
    used = wanted.get("aws:multifactorauthpresent")
    issued = wanted.get("aws:tokenissuetime")
    if used is None and issued is None:
        return world.server.client("sts", keys), {}
    age = read_number(wanted.get("aws:multifactorauthage", "0"))
    if age is None or age != int(age) or not 0 <= age < _LONGEST:
        raise NotReplayable("a session of that MFA age has ended")
    facts: Facts = {"aws:MultiFactorAuthPresent": "false"}
    # A session is made when its second factor was used, and lasts until the call.
    began = at - timedelta(seconds=int(age))
    params: dict[str, Any] = {"DurationSeconds": _LONGEST}
    world.set_time(ahead(began))
    if used == "true":
        serial, code = _second_factor(world, caller)
        params |= {"SerialNumber": serial, "TokenCode": code}
        facts = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": str(int(age))}
    facts["aws:TokenIssueTime"] = f"{began:%Y-%m-%dT%H:%M:%SZ}"
    answer = world.server.client("sts", keys).get_session_token(**params)
    return world.server.client("sts", answer["Credentials"]), facts


def _second_factor(world: World, caller: IamUser) -> tuple[str, str]:
    """A virtual device of the user's, and a code of it at the embedded AWS's time."""
    iam, now = world.iam(caller.account), world.now()
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="witness")["VirtualMFADevice"]
    totp = pyotp.TOTP(device["Base32StringSeed"].decode())
    iam.enable_mfa_device(
        UserName=caller.name,
        SerialNumber=device["SerialNumber"],
        AuthenticationCode1=totp.at(now - timedelta(seconds=180)),
        AuthenticationCode2=totp.at(now - timedelta(seconds=150)),
    )
    return device["SerialNumber"], totp.at(now)


def _session(world: World, witness: Witness, at: datetime) -> tuple[Any, Facts]:
    """A role that its account's administrator took, which never tells of a second factor."""
    caller = witness.attempt.caller
    assert isinstance(caller, RoleSession)
    world.role(
        caller.account,
        caller.role_name,
        caller.role_path,
        tags=caller.tags,
        identity=witness.identity,
        boundary=witness.boundary,
        unique_id=caller.role_id,
    )
    params: dict[str, Any] = {
        "RoleArn": caller.role_arn,
        "RoleSessionName": caller.session_name,
    }
    if caller.source_identity is not None:
        params["SourceIdentity"] = caller.source_identity
    if witness.session is not None:
        (policy,) = witness.session
        params["Policy"] = json.dumps(json.loads(policy.document.to_json()))
    world.set_time(ahead(at))
    try:
        answer = world.server.client("sts", caller.account).assume_role(**params)
    except ClientError as error:
        told = error.response["Error"]["Code"]
        raise NotReplayable(f"STS refuses to make the caller's session: {told}") from None
    facts = {
        "aws:MultiFactorAuthPresent": "false",
        "aws:TokenIssueTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return world.server.client("sts", answer["Credentials"]), facts

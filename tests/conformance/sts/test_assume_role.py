"""AssumeRole against the table of documented behaviours, over HTTP and with boto3."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conformance.sts.cases import ALLOWED, CASES, Case
from tests.conformance.sts.conftest import World


def test_the_table_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 80
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.page for case in CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documented_behaviour(case: Case, world: World) -> None:
    role = world.role(case.account, case.trust, **case.role)
    wanted = {"RoleArn": role["Arn"], "RoleSessionName": "a-session", **case.params}
    if wanted["RoleArn"] == "shallow":
        wanted["RoleArn"] = role["Arn"].replace("role/deep/", "role/")
    params = {name: value for name, value in wanted.items() if value is not None}
    code, message, reply, reason = attempt(world, case.caller, params)
    assert code == case.expected[0], reason
    told = (
        case.expected[1].format_map({"caller": world.arns[case.caller], "role": wanted["RoleArn"]})
        if code == "AccessDenied"
        else case.expected[1]
    )
    assert message.startswith(told) if code == "PackedPolicyTooLarge" else message == told
    if case.expected == ALLOWED:
        check_reply(reply, role, params)
    elif code == "AccessDenied":
        assert reason, "every refusal says why"


def attempt(world: World, caller: str, params: dict[str, Any]) -> tuple[str, str, Any, str]:
    try:
        return "", "", world.sts(caller).assume_role(**params), ""
    except ClientError as error:
        headers = error.response["ResponseMetadata"]["HTTPHeaders"]
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        told = error.response["Error"]
        assert status == (403 if told["Code"] == "AccessDenied" else 400)
        return told["Code"], told["Message"], None, headers.get("x-rolecall-reason", "")


def check_reply(reply: Any, role: dict[str, Any], params: dict[str, Any]) -> None:
    session = params["RoleSessionName"]
    account = role["Arn"].split(":")[4]
    assert reply["AssumedRoleUser"] == {
        "AssumedRoleId": f"{role['RoleId']}:{session}",
        "Arn": f"arn:aws:sts::{account}:assumed-role/{role['RoleName']}/{session}",
    }
    credentials = reply["Credentials"]
    assert credentials["AccessKeyId"].startswith("ASIA")
    assert len(credentials["SecretAccessKey"]) == 40
    assert credentials["SessionToken"]
    limited = {"Policy", "PolicyArns", "Tags"} & set(params)
    if limited:
        assert 1 <= reply["PackedPolicySize"] <= 100
    if "SourceIdentity" in params:
        assert reply["SourceIdentity"] == params["SourceIdentity"]

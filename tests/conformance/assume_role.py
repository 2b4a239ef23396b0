"""Rows of AssumeRole: a trust policy, a caller, the parameters."""

from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from tests.conformance.case import Answer, Case, Expected, refusal
from tests.conformance.documents import trusts
from tests.conformance.world import HOME, World

TAGGING = ["sts:AssumeRole", "sts:TagSession"]
NAMING = ["sts:AssumeRole", "sts:SetSourceIdentity"]
ALICE = f"arn:aws:iam::{HOME}:user/alice"
EVERYTHING = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]


@dataclass(frozen=True)
class AssumeRole(Case):
    """A role is made that trusts by `trust` (a statement, or several), and is asked for.

    `caller` is somebody of the world. None leaves a parameter out; in RoleArn, `{role}`
    is the role's ARN. `role` holds parameters of CreateRole.
    """

    trust: Any = field(default_factory=trusts)
    caller: str = "alice"
    account: str = HOME
    params: dict[str, Any] = field(default_factory=dict)
    role: dict[str, Any] = field(default_factory=dict)

    def ask(self, world: World) -> Answer:
        role = world.role(self.account, self.trust, **self.role)
        wanted = {"RoleArn": role["Arn"], "RoleSessionName": "a-session", **self.params}
        if wanted["RoleArn"] is not None:
            wanted["RoleArn"] = wanted["RoleArn"].replace("{role}", role["Arn"])
        params = {name: value for name, value in wanted.items() if value is not None}
        try:
            reply = world.client("sts", self.caller).assume_role(**params)
        except ClientError as error:
            asked = str(params.get("RoleArn", ""))
            return refusal(error, caller=world.arns[self.caller], role=asked)
        _check_reply(reply, role, params)
        return Answer(reply=reply)


def denied(action: str = "sts:AssumeRole") -> Expected:
    return (
        "AccessDenied",
        f"User: {{caller}} is not authorized to perform: {action} on resource: {{role}}",
    )


def _check_reply(reply: Any, role: dict[str, Any], params: dict[str, Any]) -> None:
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
    if {"Policy", "PolicyArns", "Tags"} & set(params):
        assert 1 <= reply["PackedPolicySize"] <= 100
    if "SourceIdentity" in params:
        assert reply["SourceIdentity"] == params["SourceIdentity"]

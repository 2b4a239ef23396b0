"""One stack of many roles, made in one of four ways; run by synth.py."""

import json
import sys

from rolecall.environment import Environment
from rolecall.trust import IamUsers
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import (
    App,
    IamRole,
    IamRolePoliciesExclusive,
    IamRolePolicyAttachment,
    IamRolePolicyAttachmentsExclusive,
)

POLICY = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def _trust(number: int) -> dict[str, object]:
    """What a person writes by hand."""
    return {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::999999999999:user/user-{number}"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "acme-tes"}},
        },
    }


def main(kind: str, roles: int) -> None:
    """Declare and synthesize."""
    app = App()
    stack = EnvironmentStack(
        app, Environment(name="tes", account_id="111111111111", region="eu-central-1")
    )
    for number in range(roles):
        # Another user for each role, so that nothing can be remembered from the last one.
        entity = IamUsers("999999999999", [f"user-{number}"], external_id="acme-tes")
        if kind in ("plain", "default"):
            AssumableRole(
                stack,
                f"role-{number}",
                trusted_entities=[entity],
                managed_policies=["ReadOnlyAccess"],
                exclusive=kind == "default",
            )
            continue
        role = IamRole(
            stack,
            f"role-{number}",
            name=f"tes-role-{number}",
            path="/",
            max_session_duration=3600,
            assume_role_policy=json.dumps(_trust(number)),
        )
        name = role.name
        IamRolePolicyAttachment(stack, f"attachment-{number}", role=name, policy_arn=POLICY)
        if kind == "bare_exclusive":
            IamRolePoliciesExclusive(stack, f"policies-{number}", role_name=name, policy_names=[])
            IamRolePolicyAttachmentsExclusive(
                stack, f"attachments-{number}", role_name=name, policy_arns=[POLICY]
            )
    app.synth()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

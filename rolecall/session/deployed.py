"""A role as it stands in AWS: IAM's GetRole."""

import json
from urllib.parse import unquote

from rolecall.problems import Problem
from rolecall.session.choose import ChosenRole
from rolecall.session.failures import Refusal, ask, not_sts
from rolecall.session.guard import check_account
from rolecall.session.identity import caller_identity
from rolecall.session.sts import aws_client, sts_client
from rolecall.session.synthesized import DeclaredRole


def deployed_role(chosen: ChosenRole, profile: str | None) -> DeclaredRole:
    """The role's trust policy and session length in AWS.

    Raises `Problem`: credentials of another account than the role's, no such role, a role
    under another path, or a refusal.
    """
    identity = caller_identity(sts_client(chosen.region, profile))
    check_account(identity, chosen.account_id, chosen.environment.name)
    try:
        answer = ask(
            aws_client("iam", chosen.region, profile), "get_role", {"RoleName": chosen.name}
        )
    except Refusal as refusal:
        if refusal.code != "NoSuchEntity":
            raise
        raise Problem(
            f"{chosen.environment.name} ({chosen.account_id}) has no role {chosen.name}; "
            "deploy it first, or leave out --deployed to read what the app declares."
        ) from None
    try:
        role = answer["Role"]
        policy = role["AssumeRolePolicyDocument"]
        # boto3 reads the URL-encoded JSON itself, if it is any.
        text = unquote(policy) if isinstance(policy, str) else json.dumps(policy)
        return DeclaredRole(str(role["Arn"]), text, int(role.get("MaxSessionDuration", 3600)))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise not_sts() from None

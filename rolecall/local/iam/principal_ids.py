"""Principal ARNs in trust policies become unique ids when the policy is saved.

"If your Principal element in a role trust policy contains an ARN that points to a
specific IAM user or role, then that ARN transforms to the unique principal ID when you
save the policy. […] The ID is shown when the user or role is deleted" (paraphrased from
"AWS JSON policy elements: Principal"). While the principal exists, the ARN is shown.

Kept as: the policy's text with ARNs, and beside it (records["trust_principals"], by role
id) which unique id each ARN meant. When a principal goes, the text shows the id.
"""

import json
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends

from rolecall.local.access_keys import account_of_access_key
from rolecall.local.iam.documents import aws_principals
from rolecall.policy import PolicyDocument

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TABLE = "trust_principals"


def remember(cloud: "Cloud", role_id: str, document: PolicyDocument) -> None:
    """Note which unique ids the ARNs of a saved trust policy stand for."""
    table = cloud.records.setdefault(_TABLE, {})
    found = {
        # An ARN whose bearer vanished since it was checked means nobody, ever.
        name: cloud.directory.unique_id(name) or "gone"
        for name in aws_principals(document)
        if name.startswith("arn:") and _is_user_or_role(name)
    }
    if found:
        table[role_id] = found
    else:
        table.pop(role_id, None)
    cloud.mark_changed()


def principal_changed(cloud: "Cloud", account: str, name: str) -> None:
    """A user or role of that name was deleted or renamed: show its id, or its new ARN."""
    table = cloud.records.setdefault(_TABLE, {})
    for role_id, saved in list(table.items()):
        renamed: dict[str, str] = {}
        for arn, unique_id in list(saved.items()):
            if f"::{account}:" not in arn or name not in arn.split("/")[1:]:
                continue
            if cloud.directory.unique_id(arn) == unique_id:
                continue
            new_arn = _user_arn_of(account, unique_id)
            renamed[arn] = new_arn or unique_id
            del saved[arn]
            if new_arn is not None:
                saved[new_arn] = unique_id
        if renamed:
            _rewrite(role_id, renamed)
    cloud.mark_changed()


def forget_role(cloud: "Cloud", account: str) -> None:
    """Drop the tables of roles of an account that no longer exist."""
    table = cloud.records.setdefault(_TABLE, {})
    roles = iam_backends[account]["aws"].roles
    for role_id in list(table):
        if account_of_access_key(role_id) == account and role_id not in roles:
            del table[role_id]


def _is_user_or_role(arn: str) -> bool:
    resource = arn.split(":", 5)[-1]
    return resource.startswith(("user/", "role/", "assumed-role/"))


def _user_arn_of(account: str, unique_id: str) -> str | None:
    for user in list(iam_backends[account]["aws"].users.values()):
        if user.id == unique_id:
            return str(user.arn)
    return None


def _rewrite(role_id: str, names: dict[str, str]) -> None:
    account = account_of_access_key(role_id)
    if account is None or account not in iam_backends:
        return
    role = iam_backends[account]["aws"].roles.get(role_id)
    if role is None:
        return
    document: Any = json.loads(role.assume_role_policy_document)
    statements = document.get("Statement", [])
    for statement in statements if isinstance(statements, list) else [statements]:
        for element in ("Principal", "NotPrincipal"):
            principals = statement.get(element)
            if isinstance(principals, dict) and "AWS" in principals:
                listed = principals["AWS"]
                principals["AWS"] = (
                    [names.get(name, name) for name in listed]
                    if isinstance(listed, list)
                    else names.get(listed, listed)
                )
    role.assume_role_policy_document = json.dumps(document)

"""Which role an identity gets: the pool's default roles, and the rules of a provider.

Source: SetIdentityPoolRoles and GetCredentialsForIdentity in the Amazon Cognito Federated
Identities API reference; "Using role-based access control" in the developer guide.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.cognito import tables
from rolecall.local.cognito.logins import Login
from rolecall.local.cognito.pools import SERVICE, Pool, own_pool
from rolecall.local.gaps import inputs
from rolecall.local.gaps.replies import json_reply

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_KINDS = ("authenticated", "unauthenticated")
#: Python writes no number of thousands of digits.
_LARGEST = 10**40
_ROLE_ARN = re.compile(r"arn:aws:iam::[0-9]{12}:role/[\x21-\x7e]+", re.ASCII)


def set_roles(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer SetIdentityPoolRoles: what the call leaves out is gone."""
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    for kind, arn in given["Roles"].items():
        if kind not in _KINDS:
            raise _invalid(f"Invalid role type {kind}; must be one of {', '.join(_KINDS)}.")
        if arn:
            _check_role(arn)
    mappings: Mapping[str, Any] = given.get("RoleMappings") or {}
    for provider, mapping in mappings.items():
        _check_mapping(provider, mapping)
    tables.pools(cloud)[pool.pool_id]["roles"] = {
        "Roles": {kind: arn for kind, arn in given["Roles"].items() if arn},
        "RoleMappings": dict(mappings),
    }
    return json_reply(call, {})


def get_roles(call: ApiCall, identity: Identity, cloud: "Cloud") -> ApiReply:
    """Answer GetIdentityPoolRoles."""
    given = inputs.read(call, SERVICE)
    pool = own_pool(call, identity, cloud, given["IdentityPoolId"])
    shown = {name: value for name, value in pool.roles.items() if value}
    return json_reply(call, {"IdentityPoolId": pool.pool_id, **shown})


def role_for(pool: Pool, logins: Sequence[Login], custom: str | None) -> str:
    """The ARN of the role that an identity of the pool gets.

    `custom` is CustomRoleArn: it must be among the roles that the token offers.

    Raises:
        AwsError: InvalidIdentityPoolConfigurationException if there is no role;
            NotAuthorizedException if the rules deny, or offer no such role.
    """
    defaults: Mapping[str, str] = pool.roles.get("Roles", {})
    if not logins:
        if custom is not None:
            raise _denied("CustomRoleArn needs a login whose token offers roles")
        return _existing(defaults.get("unauthenticated"))
    mapping = pool.roles.get("RoleMappings", {}).get(logins[0].mapping_key)
    default = defaults.get("authenticated")
    if mapping is None:
        if custom is not None:
            raise _denied("CustomRoleArn needs a role mapping of type Token for the provider")
        return _existing(default)
    chosen = (
        _of_token(logins[0].claims, custom)
        if mapping["Type"] == "Token"
        else _of_rules(mapping, logins[0].claims, custom)
    )
    if chosen is not None:
        return chosen
    # AmbiguousRoleResolution: without an answer of the mapping, the default or nothing.
    if mapping.get("AmbiguousRoleResolution") == "AuthenticatedRole" and custom is None:
        return _existing(default)
    raise _denied("the role mapping of the provider names no role for this token")


def _of_token(claims: Mapping[str, Any], custom: str | None) -> str | None:
    """By `cognito:preferred_role` and `cognito:roles`, claims of Cognito user pools."""
    roles = claims.get("cognito:roles")
    offered = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    if custom is not None:
        if custom not in offered:
            raise _denied("CustomRoleArn is not among the token's cognito:roles")
        return custom
    preferred = claims.get("cognito:preferred_role")
    if isinstance(preferred, str) and preferred:
        return preferred
    return offered[0] if len(offered) == 1 else None


def _of_rules(
    mapping: Mapping[str, Any], claims: Mapping[str, Any], custom: str | None
) -> str | None:
    """By the first rule that matches the token."""
    if custom is not None:
        raise _denied("CustomRoleArn needs a role mapping of type Token for the provider")
    for rule in mapping.get("RulesConfiguration", {}).get("Rules", ()):
        value = claims.get(rule["Claim"])
        # An absent claim matches nothing, NotEqual included: it could be anything.
        if value is not None and _matches(rule, value):
            return str(rule["RoleARN"])
    return None


def _matches(rule: Mapping[str, str], value: Any) -> bool:
    texts = [_text(each) for each in (value if isinstance(value, list) else [value])]
    if not texts or None in texts:
        # Nothing, or an object: which text AWS compares then is not documented. In doubt
        # it matches nothing, NotEqual included.
        return False
    told = [text for text in texts if text is not None]
    wanted, kind = rule["Value"], rule["MatchType"]
    if kind == "Equals":
        return wanted in told
    if kind == "StartsWith":
        return any(text.startswith(wanted) for text in told)
    if kind == "Contains":
        return any(wanted in text for text in told)
    return wanted not in told


def _text(value: object) -> str | None:
    """A claim as JSON writes it, without quotes; None for what is no text, number or truth."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value) if abs(value) < _LARGEST else None
    return value if isinstance(value, str) else None


def _existing(arn: str | None) -> str:
    if not arn:
        raise misconfigured("the pool has no role for this kind of identity")
    return arn


def misconfigured(reason: str) -> AwsError:
    """What AWS answers when the pool's role is missing, or does not trust the pool."""
    return AwsError(
        "InvalidIdentityPoolConfigurationException",
        "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
        400,
        reason,
    )


def _check_role(arn: str) -> None:
    if _ROLE_ARN.fullmatch(arn) is None:
        raise _invalid(f"Invalid role ARN: {arn}")


def _check_mapping(provider: str, mapping: Mapping[str, Any]) -> None:
    if not mapping.get("AmbiguousRoleResolution"):
        # "If you specify Token or Rules as the Type, AmbiguousRoleResolution is required."
        raise _invalid("AmbiguousRoleResolution is required for a role mapping.")
    rules = (mapping.get("RulesConfiguration") or {}).get("Rules")
    if mapping["Type"] == "Rules" and not rules:
        raise _invalid("RulesConfiguration is required for a role mapping of type Rules.")
    for rule in rules or ():
        _check_role(rule["RoleARN"])
    if not provider:
        raise _invalid("A role mapping needs the name of a provider.")


def _denied(reason: str) -> AwsError:
    return AwsError("NotAuthorizedException", "Access denied: no role for this token.", 400, reason)


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message, 400)

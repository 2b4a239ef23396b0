"""How much power a permission policy gives, as a severity: a summary, and no proof."""

import re

from rolecall.policy import Effect, PolicyDocument, Statement
from rolecall.review.report import Severity

_LOW, _MEDIUM, _HIGH, _CRITICAL = (
    Severity.LOW,
    Severity.MEDIUM,
    Severity.HIGH,
    Severity.CRITICAL,
)
#: Actions by which somebody can give himself, or whoever he likes, more power
#: ("Privilege escalation" in AWS's guidance; "Actions defined by AWS IAM").
_ESCALATION = frozenset(
    f"iam:{name}".lower()
    for name in (
        "AddClientIDToOpenIDConnectProvider",
        "AddUserToGroup",
        "AttachGroupPolicy",
        "AttachRolePolicy",
        "AttachUserPolicy",
        "CreateAccessKey",
        "CreateLoginProfile",
        "CreateOpenIDConnectProvider",
        "CreatePolicyVersion",
        "CreateSAMLProvider",
        "DeleteRolePermissionsBoundary",
        "DeleteUserPermissionsBoundary",
        "PutGroupPolicy",
        "PutRolePermissionsBoundary",
        "PutRolePolicy",
        "PutUserPermissionsBoundary",
        "PutUserPolicy",
        "SetDefaultPolicyVersion",
        "UpdateAssumeRolePolicy",
        "UpdateLoginProfile",
        "UpdateSAMLProvider",
    )
)
_READS = re.compile(r"[a-z0-9-]+:(?:get|list|describe|batchget|head|view|lookup|search)[a-z*?]*\Z")
_AWS_POLICY = re.compile(r"arn:[a-z-]+:iam::aws:policy/(?:[\w+=,.@-]+/)*(?P<name>[\w+=,.@-]+)\Z")
_NAMED: dict[str, Severity] = {
    "AdministratorAccess": _CRITICAL,
    "IAMFullAccess": _CRITICAL,
    "PowerUserAccess": _HIGH,
    "AWSOrganizationsFullAccess": _HIGH,
    "AWSSSOMasterAccountAdministrator": _HIGH,
    "AWSLambda_FullAccess": _HIGH,
    "AmazonEC2FullAccess": _HIGH,
    "AWSCloudFormationFullAccess": _HIGH,
    "AmazonSageMakerFullAccess": _HIGH,
    "SystemAdministrator": _HIGH,
    "DatabaseAdministrator": _HIGH,
    "DataScientist": _HIGH,
    "SecretsManagerReadWrite": _HIGH,
    # Those whose text, by the rules of this module, is high without any condition.
    "AIDevOpsAgentActionsPolicy": _HIGH,
    "AWSManagedAccountManagementAccess": _HIGH,
    "AdministratorAccess-Amplify": _HIGH,
    "AdministratorAccess-AWSElasticBeanstalk": _HIGH,
    "AmazonDynamoDBFullAccesswithDataPipeline": _HIGH,
    "AmazonElasticMapReduceFullAccess": _HIGH,
    "SageMakerStudioAdminIAMDefaultExecutionPolicy": _HIGH,
    "SageMakerStudioAdminIAMPermissiveExecutionPolicy": _HIGH,
    "SageMakerStudioUserIAMDefaultExecutionPolicy": _HIGH,
    "SageMakerStudioUserIAMPermissiveExecutionPolicy": _HIGH,
    "WellArchitectedConsoleFullAccess": _HIGH,
    "AWSCodeStarServiceRole": _HIGH,
    "AWSElasticBeanstalkService": _HIGH,
    "AmazonElasticMapReduceRole": _HIGH,
    "SageMakerStudioProjectProvisioningRolePolicy": _HIGH,
    # It lets every action through that AWS's own MCP servers make.
    "AWSMcpServiceActionsFullAccess": _CRITICAL,
    "ReadOnlyAccess": _LOW,
    "SecurityAudit": _LOW,
    "ViewOnlyAccess": _LOW,
    "Billing": _MEDIUM,
}


def aws_policy_name(arn: str) -> str | None:
    """The name of a policy that AWS manages; None for any other."""
    found = _AWS_POLICY.match(arn)
    return found["name"] if found else None


def only_denies(arn: str) -> bool:
    """Whether it is a policy of AWS that takes away: to detach it gives."""
    name = aws_policy_name(arn) or ""
    return name == "AWSDenyAll" or name.startswith("AWSCompromisedKeyQuarantine")


def power_of_name(arn: str) -> Severity:
    """Of a managed policy whose text is not at hand."""
    name = aws_policy_name(arn)
    if name is None:
        return _MEDIUM
    if name in _NAMED:
        return _NAMED[name]
    return _LOW if name.endswith(("ReadOnlyAccess", "ReadOnly", "ViewOnlyAccess")) else _MEDIUM


def power(document: PolicyDocument) -> Severity:
    """Of all that a policy allows; conditions and denials are not counted for less."""
    return max(map(power_of, document.statements), default=Severity.NONE)


def power_of(statement: Statement) -> Severity:
    """Of one statement; a Deny gives none."""
    if statement.effect is Effect.DENY:
        return Severity.NONE
    everything = bool(statement.not_resources) or any(map(_wide, statement.resources))
    if statement.not_actions:
        return _HIGH if everything else _MEDIUM
    return max((_of_action(a.lower(), everything) for a in statement.actions), default=_LOW)


def _wide(resource: str) -> bool:
    """Whether the resource may be any, or any role or user."""
    if not resource.strip("*"):
        return True
    parts = resource.split(":", 5)
    return (
        len(parts) == 6
        and parts[2] in ("iam", "*")
        and not re.sub(r"^(?:role|user|policy)?/?", "", parts[5]).strip("*")
    )


def _of_action(action: str, everything: bool) -> Severity:
    service, _, name = action.partition(":")
    if not action.strip("*") or (not service.strip("*") and not name.strip("*")):
        return _CRITICAL if everything else _HIGH
    if service == "iam":
        return _of_iam(action, name, everything)
    if service == "sts" and _covers(action, "sts:assumerole"):
        return _HIGH if everything else _MEDIUM
    return _LOW if _READS.match(action) else _MEDIUM


def _of_iam(action: str, name: str, everything: bool) -> Severity:
    if not name.strip("*"):
        return _CRITICAL if everything else _HIGH
    if _covers(action, "iam:passrole"):
        return _HIGH if everything else _MEDIUM
    if any(_covers(action, known) for known in _ESCALATION):
        return _HIGH
    return _LOW if _READS.match(action) else _MEDIUM


def _covers(pattern: str, action: str) -> bool:
    return covers(pattern, action)


def covers(pattern: str, text: str) -> bool:
    """Whether everything that the text, itself perhaps a pattern, stands for is of the pattern.

    Where it says no it may still be so: an asterisk of the text is taken for a letter
    that only an asterisk matches.
    """
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    row = [True] + [False] * len(text)
    for symbol in pattern:
        if symbol == "*":
            for at in range(1, len(row)):
                row[at] = row[at] or row[at - 1]
        else:
            fits = [c == symbol or (symbol == "?" and c != "*") for c in text]
            row = [False, *(row[at] and fits[at] for at in range(len(text)))]
    return row[-1]

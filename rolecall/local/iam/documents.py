"""Policy documents as IAM accepts them: grammar, size, and who they name.

Source: "Grammar of the IAM JSON policy language" and "IAM and AWS STS quotas" (IAM does
not count white space when it measures a document).
"""

import json
from typing import TYPE_CHECKING, Any

from rolecall.issuers import check_shared_issuers
from rolecall.local.api import AwsError
from rolecall.local.directory import Directory
from rolecall.local.iam.parameters import limit_exceeded
from rolecall.policy import (
    PolicyDocument,
    PolicyError,
    TrustDocumentError,
    check_trust_document,
    is_account_id,
)

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

_TRUST_SIZE = 2048
_TRUST_SIZE_AT_MOST = 4096


def parse(text: str) -> PolicyDocument:
    """The document, or MalformedPolicyDocument."""
    try:
        return PolicyDocument.parse(text)
    except PolicyError as error:
        raise malformed(_grammar_message(text), str(error)) from None


def check_permissions(text: str) -> PolicyDocument:
    """An identity policy: valid grammar, no principals, and a resource in every statement."""
    document = parse(text)
    for statement in document.statements:
        if statement.principals is not None or statement.not_principals is not None:
            raise malformed("Policy document should not specify a principal.")
        if not statement.resources and not statement.not_resources:
            raise malformed("Policy statement must contain resources.")
    return document


def check_trust(text: str, cloud: "Cloud") -> PolicyDocument:
    """A trust policy: valid grammar, within the quota, naming principals that exist."""
    document = parse(text)
    try:
        check_trust_document(document)
        check_shared_issuers(document)
    except TrustDocumentError as error:
        raise malformed(error.aws_message, str(error)) from None
    quota = trust_size_quota(cloud)
    if compact_size(text) > quota:
        raise limit_exceeded(f"Cannot exceed quota for ACLSizePerRole: {quota}")
    for principal in aws_principals(document):
        if not _exists(principal, cloud.directory):
            raise malformed(
                f'Invalid principal in policy: "AWS":"{principal}"',
                f"{principal} does not exist; create it before the role that trusts it",
            )
    return document


def aws_principals(document: PolicyDocument) -> tuple[str, ...]:
    """Everything that stands under `"AWS"` in the principals of a document."""
    return tuple(
        name
        for statement in document.statements
        for principals in (statement.principals, statement.not_principals)
        if principals is not None
        for name in principals.aws
    )


def trust_size_quota(cloud: "Cloud") -> int:
    """The role trust policy length quota: 2048, or what was raised to, 4096 at most.

    Raised by `records["quotas"]["trust_policy_length"]`, where AWS has Service Quotas.
    """
    raised = cloud.records.get("quotas", {}).get("trust_policy_length", _TRUST_SIZE)
    return max(_TRUST_SIZE, min(int(raised), _TRUST_SIZE_AT_MOST))


def compact_size(text: str) -> int:
    """Characters without the white space between tokens."""
    try:
        return len(json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False))
    except (ValueError, RecursionError):
        return len(text)


def malformed(message: str, reason: str = "") -> AwsError:
    """MalformedPolicyDocument, HTTP 400."""
    return AwsError("MalformedPolicyDocument", message, 400, reason)


def _grammar_message(text: str) -> str:
    try:
        value: Any = json.loads(text)
    except (ValueError, RecursionError):
        return "This policy contains invalid Json"
    if not isinstance(value, dict):
        return "Syntax errors in policy."
    statements = value.get("Statement")
    for statement in statements if isinstance(statements, list) else [statements]:
        if isinstance(statement, dict):
            for field in ("Effect", "Action"):
                if field not in statement and "NotAction" not in statement:
                    return f"Missing required field {field}"
    return "Syntax errors in policy."


def _exists(principal: str, directory: Directory) -> bool:
    """Whether IAM would accept a principal.

    Every account is taken to exist: the embedded AWS opens one as soon as somebody
    signs for it, so it cannot tell a wrong number from one not used yet. Users and
    roles must exist, in whatever account ("AWS JSON policy elements: Principal").
    """
    if principal == "*" or is_account_id(principal):
        return True
    if principal.startswith(("AIDA", "AROA")):
        return directory.bearer_of(principal)
    parts = principal.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or not is_account_id(parts[4]):
        return False
    if parts[2] == "iam" and parts[5] == "root":
        return True
    if parts[2] == "sts" and parts[5].startswith("federated-user/"):
        return True
    return directory.unique_id(principal) is not None

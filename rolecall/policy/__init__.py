"""Policies as values, and what they mean: the ground floor. No I/O, no third-party import."""

from rolecall.policy.arn import (
    PARTITIONS,
    Arn,
    assumed_role_arn,
    federated_user_arn,
    is_account_id,
    role_arn,
    root_arn,
    user_arn,
)
from rolecall.policy.assume_role import AssumeRoleAttempt, may_assume
from rolecall.policy.callers import (
    Anonymous,
    AwsCaller,
    AwsService,
    Caller,
    FederatedUserSession,
    IamUser,
    RoleSession,
    RootUser,
    SamlIdentity,
    WebIdentity,
)
from rolecall.policy.condition import Condition, parse_condition_block
from rolecall.policy.decision import Decision, Miss, Reason, Verdict
from rolecall.policy.document import PolicyDocument
from rolecall.policy.errors import LimitError, PolicyError, TrustDocumentError
from rolecall.policy.evaluate import Authorizer, CompiledPolicy
from rolecall.policy.limits import (
    check_account_id,
    check_duration,
    check_external_id,
    check_max_session_duration,
    check_path,
    check_policy_size,
    check_role_arn,
    check_role_name,
    check_role_session_name,
    check_serial_number,
    check_session_tags,
    check_source_identity,
    check_token_code,
)
from rolecall.policy.principals import Principals
from rolecall.policy.region import partition_of_region
from rolecall.policy.request import Request
from rolecall.policy.statement import Effect, Statement
from rolecall.policy.trust_document import check_trust_document

__all__ = [
    "PARTITIONS",
    "Anonymous",
    "Arn",
    "AssumeRoleAttempt",
    "Authorizer",
    "AwsCaller",
    "AwsService",
    "Caller",
    "CompiledPolicy",
    "Condition",
    "Decision",
    "Effect",
    "FederatedUserSession",
    "IamUser",
    "LimitError",
    "Miss",
    "PolicyDocument",
    "PolicyError",
    "Principals",
    "Reason",
    "Request",
    "RoleSession",
    "RootUser",
    "SamlIdentity",
    "Statement",
    "TrustDocumentError",
    "Verdict",
    "WebIdentity",
    "assumed_role_arn",
    "check_account_id",
    "check_duration",
    "check_external_id",
    "check_max_session_duration",
    "check_path",
    "check_policy_size",
    "check_role_arn",
    "check_role_name",
    "check_role_session_name",
    "check_serial_number",
    "check_session_tags",
    "check_source_identity",
    "check_token_code",
    "check_trust_document",
    "federated_user_arn",
    "is_account_id",
    "may_assume",
    "parse_condition_block",
    "partition_of_region",
    "role_arn",
    "root_arn",
    "user_arn",
]

"""Session policies: an inline document and managed policies that limit a session.

Source: "Session policies" in "Policies and permissions in AWS Identity and Access
Management", and the API reference of AssumeRole.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.local.api import AwsError
from rolecall.local.directory import Directory
from rolecall.local.sts.parameters import Parameters
from rolecall.policy import CompiledPolicy, PolicyDocument, PolicyError

_MOST_ARNS = 10
_PLAIN_LIMIT = 2048
#: AWS does not publish the size of its packed format. This many compressed bytes agree
#: with what is reported: a page of policy or 50 short tags fit, 50 long tags do not.
_PACKED_LIMIT = 1024


@dataclass(frozen=True, slots=True)
class SessionPolicies:
    """What was passed; both None when no session policy was."""

    inline: tuple[str, ...] | None
    arns: tuple[str, ...] | None


def read(parameters: Parameters) -> SessionPolicies:
    """The session policies of a call, with violations noted in `parameters`."""
    inline = parameters.text(
        "Policy", low=1, high=_PLAIN_LIMIT, pattern=r"[\u0009\u000A\u000D\u0020-\u00FF]+"
    )
    arns = [arn for arn, _ in parameters.pairs("PolicyArns", "arn", "_")]
    if len(arns) > _MOST_ARNS:
        parameters.violated(
            f"[{len(arns)} ARNs]",
            "policyArns",
            f"Member must have length less than or equal to {_MOST_ARNS}",
        )
    for index, arn in enumerate(arns, 1):
        parameters.check(arn, f"policyArns.{index}.member.arn", low=20, high=2048)
    return SessionPolicies(
        inline=None if inline is None else (inline,), arns=tuple(arns) if arns else None
    )


def check(policies: SessionPolicies, account: str, directory: Directory) -> None:
    """Hold the documents against the grammar, and the ARNs against the role's account.

    Raises:
        AwsError: MalformedPolicyDocument; InvalidParameterValue for a managed policy
            that does not exist in that account.
    """
    for text in policies.inline or ():
        try:
            document = PolicyDocument.parse(text)
            # What cannot be evaluated would deny everything later on; say so now.
            CompiledPolicy(document)
        except PolicyError as error:
            raise _malformed(text, error) from None
        for statement in document.statements:
            if statement.principals is not None or statement.not_principals is not None:
                raise AwsError(
                    "MalformedPolicyDocument", "Policy document should not specify a principal."
                )
            if not statement.resources and not statement.not_resources:
                raise AwsError(
                    "MalformedPolicyDocument", "Policy statement must contain resources."
                )
    for arn in policies.arns or ():
        if directory.managed_policy(account, arn) is None:
            raise AwsError(
                "InvalidParameterValue",
                f"Policy {arn} does not exist or is not attachable.",
                400,
                f"there is no managed policy {arn} that account {account} can use",
            )


def packed_size(policies: SessionPolicies, tags: Mapping[str, str]) -> int | None:
    """Per cent of the packed size that policies and tags take, or None if there are none.

    Raises:
        AwsError: PackedPolicyTooLarge above 100.
    """
    if policies.inline is None and policies.arns is None and not tags:
        return None
    plain = sum(map(len, policies.inline or ())) + sum(map(len, policies.arns or ()))
    packed = zlib.compress(json.dumps([policies.inline, policies.arns, dict(tags)]).encode())
    percent = max(-(-len(packed) * 100 // _PACKED_LIMIT), plain * 100 // _PLAIN_LIMIT)
    if percent > 100:
        text = (
            f"Packed size of session tags consumes {percent}% of allotted space."
            if tags
            else f"Packed policy consumes {percent}% of allotted space, please use smaller policy."
        )
        raise AwsError("PackedPolicyTooLarge", text)
    return percent


def _malformed(text: str, error: PolicyError) -> AwsError:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return AwsError(
            "MalformedPolicyDocument", "This policy contains invalid Json", 400, str(error)
        )
    return AwsError("MalformedPolicyDocument", "Syntax errors in policy.", 400, str(error))

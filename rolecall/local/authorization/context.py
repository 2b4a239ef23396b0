"""The condition keys that every call brings, whatever the service.

Source: "AWS global condition context keys".
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rolecall.local.api import ApiCall, Identity
from rolecall.local.directory import RoleRecord

if TYPE_CHECKING:
    from rolecall.local.cloud import Cloud

Context = dict[str, str | tuple[str, ...]]


def facts_of_call(call: ApiCall, identity: Identity | None, cloud: "Cloud") -> Context:
    """Where, when, how and with which credentials the call was made."""
    now = cloud.now()
    facts: Context = {
        "aws:CurrentTime": timestamp(now),
        "aws:EpochTime": str(int(now.timestamp())),
        "aws:SourceIp": call.source_ip,
        # The loopback address stands for the endpoint that AWS reaches by TLS only; a
        # bucket policy that refuses plain HTTP must not refuse everything here.
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:RequestedRegion": call.region,
    }
    agent = call.headers.get("user-agent")
    if agent:
        facts["aws:UserAgent"] = agent
    referer = call.headers.get("referer")
    if referer:
        facts["aws:Referer"] = referer
    grant = identity.session if identity is not None else None
    if grant is not None:
        facts.update(grant.federation)
        facts["aws:TokenIssueTime"] = timestamp(grant.issued_at)
        # Credentials of AssumeRole carry no MFA information, even if MFA was given for
        # them; those of GetSessionToken do ("Configuring MFA-protected API access").
        # Long-lived keys bring no such key at all.
        facts["aws:MultiFactorAuthPresent"] = "true" if grant.mfa_at else "false"
        if grant.mfa_at is not None:
            age = int((now - grant.mfa_at).total_seconds())
            facts["aws:MultiFactorAuthAge"] = str(max(age, 0))
    return facts


def facts_of_role(role: RoleRecord) -> Context:
    """What a role that is to be assumed brings along: its tags and its account."""
    return {**resource_tags(role.tags), "aws:ResourceAccount": role.account}


def resource_tags(tags: Mapping[str, str]) -> Context:
    """The tags of an IAM resource under both of their names."""
    return {
        f"{service}:ResourceTag/{key}": value
        for key, value in tags.items()
        for service in ("aws", "iam")
    }


def timestamp(moment: datetime) -> str:
    """A moment as AWS writes it: UTC, seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

"""Factories of callers with AWS credentials, and of AWS services."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypedDict
from typing import Unpack as _Unpack

from rolecall.policy import Arn, IamUser, RoleSession, RootUser
from rolecall.problems import Problem
from rolecall.testing.callers import (
    USUAL_IP,
    USUAL_SESSION_NAME,
    Service,
    Signed,
    Values,
    seconds,
)
from rolecall.trust.aws_service import service_host

_SOMEBODY = "somebody"


class Circumstances(TypedDict, total=False):
    """What every caller may have besides himself.

    session_name, source_identity, tags (session tags, `transitive` those that stay), ip,
    time, context (further condition keys).
    """

    session_name: str
    source_identity: str
    tags: Mapping[str, str]
    transitive: Sequence[str]
    ip: str
    time: datetime
    context: Values


class Proofs(Circumstances, total=False):
    """What a caller who signs his call may prove besides.

    external_id; mfa: signed in with a second factor, `mfa_age` ago (seconds or a timedelta).
    """

    external_id: str
    mfa: bool
    mfa_age: timedelta | int


def common(given: Circumstances, *told: str) -> dict[str, object]:
    """The fields of a caller that are in the circumstances."""
    stated = set(told)
    for name, word in (("session_name", "session name"), ("ip", "ip"), ("time", "time")):
        if name in given:
            stated.add(word)
    return {
        "session_name": given.get("session_name", USUAL_SESSION_NAME),
        "source_identity": given.get("source_identity"),
        "tags": dict(given.get("tags", {})),
        "transitive": tuple(given.get("transitive", ())),
        "ip": given.get("ip", USUAL_IP),
        "time": given.get("time"),
        "context": dict(given.get("context", {})),
        "told": frozenset(stated),
    }


def _signed(who: IamUser | RoleSession | RootUser, given: Proofs, *told: str) -> Signed:
    stated = list(told)
    mfa = given.get("mfa")
    if "mfa_age" in given:
        stated.append("mfa_age")
        mfa = True if mfa is None else mfa
    return Signed(
        who=who,
        external_id=given.get("external_id"),
        mfa=mfa,
        mfa_age=seconds(given.get("mfa_age", 0)),
        **common(given, *stated),  # type: ignore[arg-type]
    )


def iam_user(
    name: str | None = None,
    *,
    account: str,
    path: str = "/",
    unique_id: str = "",
    partition: str = "aws",
    **proofs: _Unpack[Proofs],
) -> Signed:
    """An IAM user; without a name, any user of the account.

    unique_id: `AIDA…`, for policies that hold one. proofs: external_id, mfa, mfa_age,
    source_identity, tags, session_name, ip, time, context.
    """
    told = ("account",) if name is None else ("account", "name", "path")
    user = IamUser(account, name or _SOMEBODY, path, unique_id, partition=partition)
    return _signed(user, proofs, *told)


def role_session(
    role: str | None = None,
    *,
    account: str,
    session: str | None = None,
    path: str = "/",
    role_id: str = "",
    partition: str = "aws",
    **proofs: _Unpack[Proofs],
) -> Signed:
    """A session of a role (role chaining, workloads); without a name, of any role.

    session: its name, where the policy names one. role_id: `AROA…`.
    """
    told = ["account"] if role is None else ["account", "name", "path"]
    if session is not None:
        told.append("session")
    who = RoleSession(
        account, role or _SOMEBODY, session or "session", path, role_id, partition=partition
    )
    return _signed(who, proofs, *told)


def root_user(account: str, **proofs: _Unpack[Proofs]) -> Signed:
    """The root user of an account, who may assume no role."""
    return _signed(RootUser(account), proofs, "account")


def service(
    name: str,
    *,
    source_account: str | None = None,
    source_arn: str | None = None,
    **circumstances: _Unpack[Circumstances],
) -> Service:
    """An AWS service, `"scheduler"` or its whole host, for a resource of an account."""
    return Service(
        host=service_host("service", name),
        source_account=source_account,
        source_arn=source_arn,
        **common(circumstances, "source"),  # type: ignore[arg-type]
    )


def pod_identity(
    cluster_arn: str,
    namespace: str | None = None,
    service_account: str | None = None,
    *,
    pod: str = "pod",
    **circumstances: _Unpack[Circumstances],
) -> Service:
    """A pod of EKS that comes through EKS Pod Identity, with the tags that EKS sends.

    Without a service account, or a namespace, any of the cluster.
    """
    tags = {
        "eks-cluster-arn": cluster_arn,
        "eks-cluster-name": cluster_arn.rpartition("/")[2],
        "kubernetes-namespace": namespace or _SOMEBODY,
        "kubernetes-service-account": service_account or _SOMEBODY,
        "kubernetes-pod-name": pod,
        "kubernetes-pod-uid": "00000000-0000-4000-8000-000000000000",
    }
    told = ["source"]
    told += ["kubernetes-namespace"] if namespace else []
    told += ["kubernetes-service-account"] if service_account else []
    fields = common(circumstances, *told)
    fields |= {"tags": tags, "transitive": tuple(tags)}
    return Service(
        host="pods.eks.amazonaws.com",
        source_account=Arn.parse(cluster_arn).account,
        source_arn=cluster_arn,
        **fields,  # type: ignore[arg-type]
    )


def roles_anywhere(
    trust_anchor_arn: str,
    *,
    subject: Mapping[str, str] | None = None,
    issuer: Mapping[str, str] | None = None,
    san: Mapping[str, str] | None = None,
    **circumstances: _Unpack[Circumstances],
) -> Service:
    """A workload with a certificate that a trust anchor vouches for.

    subject, issuer: parts of the names (`{"CN": "web-1"}`); san: the alternative names,
    `DNS`, `URI`, `Name/CN`. The trust anchor may be the reference that the stack has,
    `"${aws_rolesanywhere_trust_anchor.<id>.arn}"`. As in the service, the source identity
    is the subject's CN.
    """
    names = {"x509Subject": subject, "x509Issuer": issuer, "x509SAN": san}
    tags = {
        f"{prefix}/{name}": value
        for prefix, given in names.items()
        for name, value in (given or {}).items()
    }
    if not tags:
        raise Problem('roles_anywhere: name the certificate, for example subject={"CN": "web-1"}.')
    told = ("source", *(f"principal tag {key}" for key in tags))
    fields = common(circumstances, *told)
    fields |= {"tags": tags, "source_identity": (subject or {}).get("CN", "unnamed")}
    return Service(
        host="rolesanywhere.amazonaws.com",
        source_account=None if "${" in trust_anchor_arn else Arn.parse(trust_anchor_arn).account,
        source_arn=trust_anchor_arn,
        principal_tags=tags,
        **fields,  # type: ignore[arg-type]
    )

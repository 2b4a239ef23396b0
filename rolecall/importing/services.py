"""Service principals, and those that stand for pods and certificates."""

from collections.abc import Sequence

from rolecall.importing.asked import Asked, several
from rolecall.importing.expression import Call, Expression, call
from rolecall.importing.home import Home, Inexpressible
from rolecall.policy import Condition
from rolecall.trust import WITHOUT_SOURCE

_PODS, _CERTIFICATES = "pods.eks.amazonaws.com", "rolesanywhere.amazonaws.com"
#: Services whose entities assume the role, tag the session and the like in one statement.
ALL_ACTIONS_TOGETHER = frozenset({_PODS, _CERTIFICATES})
_POD_TAGS = "aws:RequestTag/"
_PARTS = {"x509subject": "subject", "x509issuer": "issuer", "x509san": "san"}


def express(host: str, conditions: Sequence[Condition], home: Home) -> list[Call]:  # noqa: ARG001
    """The entity for a service that assumes the role; raises `Inexpressible`."""
    asked = Asked(conditions)
    found: dict[str, Expression] = {}
    if accounts := asked.take("aws:SourceAccount", "StringEquals"):
        found["source_account"] = several(accounts)
    if arns := asked.take("aws:SourceArn", "ArnLike", "ArnEquals", "StringLike", "StringEquals"):
        found["source_arn"] = several(arns)
    asked.done()
    short = host.removesuffix(".amazonaws.com")
    exempt = host.removesuffix(".cn") in WITHOUT_SOURCE
    return [call("AwsService" if found or exempt else "AnyCallerOfService", short, **found)]


def express_together(host: str, conditions: Sequence[Condition]) -> list[Call]:
    """The entity for pods or certificates; raises `Inexpressible`."""
    asked = Asked(conditions)
    sources = asked.take("aws:SourceArn", "ArnEquals", "ArnLike", "StringEquals")
    clusters = asked.take(f"{_POD_TAGS}eks-cluster-arn", "StringEquals")
    found = _pods(asked) if host == _PODS else _certificates(asked)
    asked.done()
    sources = sources or clusters
    if not sources:
        raise Inexpressible("nothing says whose pods or certificates are meant (aws:SourceArn)")
    kind = found.pop("kind")
    source = "cluster_arn" if host == _PODS else "trust_anchor_arn"
    return [call(str(kind), **{source: several(sources), **found})]


def _pods(asked: Asked) -> dict[str, Expression]:
    found: dict[str, Expression] = {"kind": "AnyPodOfCluster"}
    if namespaces := asked.take(f"{_POD_TAGS}kubernetes-namespace", "StringEquals"):
        found |= {"kind": "AnyPodOfNamespace", "namespace": several(namespaces)}
    if accounts := asked.take(f"{_POD_TAGS}kubernetes-service-account", "StringEquals"):
        found |= {"kind": "EksPodIdentity", "service_account": several(accounts)}
    return found


def _certificates(asked: Asked) -> dict[str, Expression]:
    told: dict[str, dict[str, Expression]] = {}
    for key in asked.left:
        tag = key.partition("aws:PrincipalTag/")[2]
        group, _, name = tag.partition("/")
        if group.lower() in _PARTS and name:
            values = asked.take(key, "StringEquals", "StringLike")
            if values:
                told.setdefault(_PARTS[group.lower()], {})[name] = several(values)
    kind = "RolesAnywhere" if told.keys() & {"subject", "san"} else "AnyCertificateOf"
    return {"kind": kind, **told}

"""Services that are made to act for somebody else (the confused deputy), and their like."""

from collections.abc import Iterator

from rolecall.testing.callers import Caller, Service
from rolecall.testing.insiders import STRANGE_ACCOUNT
from rolecall.testing.near import near
from rolecall.trust.aws_service import WITHOUT_SOURCE

_PODS, _CERTIFICATES = "pods.eks.amazonaws.com", "rolesanywhere.amazonaws.com"
_OTHERS = ("ec2.amazonaws.com", "glue.amazonaws.com")
_SOURCE = frozenset({"aws:sourceaccount", "aws:sourcearn"})
#: Tags of EKS that say nothing of whose pod it is.
_BESIDE = ("eks-cluster-name", "kubernetes-pod-name", "kubernetes-pod-uid")


def of_service(caller: Service, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    """Another service, account, resource, pod or certificate."""
    for host in _OTHERS:
        if host != caller.host:
            yield "another service", caller.but(host=host)
    # Such a service is bound by iam:PassRole; no other customer can make it come.
    bound = caller.host.removesuffix(".cn") in WITHOUT_SOURCE
    if not bound or keys & _SOURCE:
        yield from _sources(caller)
    if caller.host == _PODS:
        yield from _pods(caller, keys)
    if caller.host == _CERTIFICATES:
        yield from _certificates(caller, keys)


def _sources(caller: Service) -> Iterator[tuple[str, Caller]]:
    account, arn = caller.source_account, caller.source_arn
    strange = arn
    if arn is not None and arn.count(":") >= 5:
        parts = arn.split(":", 5)
        strange = ":".join([*parts[:4], STRANGE_ACCOUNT, parts[5]])
    name = "for another account"
    yield name, caller.but(source_account=STRANGE_ACCOUNT, source_arn=strange)
    if account is not None or arn is not None:
        yield "without a source", caller.but(source_account=None, source_arn=None)
    if arn is None or arn.count(":") < 5 or "source" not in caller.told:
        return
    head, _, resource = arn.rpartition(":")
    for other in near(resource):
        yield "for another resource", caller.but(source_arn=f"{head}:{other}")


def _pods(caller: Service, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    for key, value in caller.tags.items():
        if key in _BESIDE or not (key in caller.told or f"aws:requesttag/{key}" in keys):
            continue
        noun = key.removeprefix("kubernetes-").removeprefix("eks-").replace("-", " ")
        noun = "cluster" if noun == "cluster arn" else noun
        for other in near(value):
            yield f"another {noun}", caller.but(tags={**caller.tags, key: other})
        rest = {name: each for name, each in caller.tags.items() if name != key}
        yield "without the tags of EKS", caller.but(tags=rest)
    if caller.told & {"kubernetes-namespace", "kubernetes-service-account"}:
        yield "without the tags of EKS", caller.but(tags={}, transitive=())


def _certificates(caller: Service, keys: frozenset[str]) -> Iterator[tuple[str, Caller]]:
    for key, value in caller.principal_tags.items():
        if f"principal tag {key}" not in caller.told:
            continue
        for other in near(value):
            tags = {**caller.principal_tags, key: other}
            yield f"another {key}", caller.but(principal_tags=tags, tags=tags)
        if f"aws:principaltag/{key}".lower() in keys:
            rest = {name: each for name, each in caller.principal_tags.items() if name != key}
            yield f"without {key}", caller.but(principal_tags=rest, tags=rest)

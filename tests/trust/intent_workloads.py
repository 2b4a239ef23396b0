"""Whom the author of an entity for pods or for certificates means."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from rolecall.policy import AssumeRoleAttempt
from rolecall.policy import AwsService as ServiceCaller
from rolecall.trust import (
    AnyCertificateOf,
    AnyPodOfCluster,
    AnyPodOfNamespace,
    EksPodIdentity,
    RolesAnywhere,
)
from tests.trust.intent import OWN, ROLE, STRANGER, Asked, Written, misses

ACTION = "sts:AssumeRole"
PODS, CERTIFICATES = "pods.eks.amazonaws.com", "rolesanywhere.amazonaws.com"
CLUSTER = f"arn:aws:eks:eu-central-1:{OWN}:cluster/main"
ID = "12345678-90ab-cdef-1234-567890abcdef"
ANCHOR = f"arn:aws:rolesanywhere:eu-central-1:{OWN}:trust-anchor/{ID}"
hosts = st.sampled_from([PODS, CERTIFICATES, "eks.amazonaws.com", "ec2.amazonaws.com"])


def texts_near(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, text, *texts(text)])


def texts(text: str) -> list[str]:
    """Values that come close: names and tags are texts."""
    return [found for found in misses(text) if isinstance(found, str)]


@dataclass(frozen=True)
class Pod:
    """What EKS says of a pod; `tagged` unless its association disables the tags."""

    host: str
    cluster: str
    namespace: str
    service_account: str
    tagged: bool


def pod(
    host: str = PODS,
    cluster: str = CLUSTER,
    namespace: str = "payments",
    service_account: str = "processor",
    tagged: bool = True,
) -> Asked:
    tags = {
        "eks-cluster-arn": cluster,
        "eks-cluster-name": "main",
        "kubernetes-namespace": namespace,
        "kubernetes-service-account": service_account,
        "kubernetes-pod-name": "processor-0",
        "kubernetes-pod-uid": "5a20f883",
    }
    attempt = AssumeRoleAttempt(
        caller=ServiceCaller(host, source_account=OWN, source_arn=cluster),
        role_arn=ROLE,
        tags=tags if tagged else {},
        session_name="eks-main",
    )
    return Asked(attempt, ACTION, Pod(host, cluster, namespace, service_account, tagged))


pods = st.builds(
    pod,
    st.just(PODS) | hosts,
    st.sampled_from(
        [
            CLUSTER,
            CLUSTER,
            CLUSTER + "2",
            CLUSTER[:-1],
            CLUSTER.replace(OWN, STRANGER),
            CLUSTER.replace("central", "west"),
            CLUSTER.replace("main", "*"),
        ]
    ),
    texts_near("payments"),
    texts_near("processor"),
    st.sampled_from([True, True, False]),
)


def of_pods(entity: Any, meant: Callable[[Pod], bool]) -> st.SearchStrategy[Written]:
    def intended(asked: Asked) -> bool:
        found: Pod = asked.facts
        return found.host == PODS and found.cluster == CLUSTER and meant(found)

    close = [
        *(pod(namespace=other) for other in texts("payments")),
        *(pod(service_account=other) for other in texts("processor")),
        *(pod(cluster=other) for other in texts(CLUSTER) if other.count(":") > 4),
        pod(host="ec2.amazonaws.com"),
        pod(tagged=False),
    ]
    return st.just(Written(entity, intended, pod(), pods, close))


@dataclass(frozen=True)
class Certificate:
    host: str
    anchor: str
    names: Mapping[str, str]


def certificate(names: Mapping[str, str], host: str = CERTIFICATES, anchor: str = ANCHOR) -> Asked:
    attempt = AssumeRoleAttempt(
        caller=ServiceCaller(host, source_account=OWN, source_arn=anchor),
        role_arn=ROLE,
        tags=names,
        source_identity="CN=web-1",
        session_name="1f71c5114a",
        context={f"aws:PrincipalTag/{key}": value for key, value in names.items()},
    )
    return Asked(attempt, ACTION, Certificate(host, anchor, names))


CN, OU, ISSUER = "x509Subject/CN", "x509Subject/OU", "x509Issuer/CN"
DNS, URI = "x509SAN/DNS", "x509SAN/URI"
certificates = st.builds(
    certificate,
    st.dictionaries(
        st.sampled_from([CN, OU, ISSUER, DNS, URI, "x509SAN/Name/CN"]),
        st.one_of(
            texts_near("web-1"),
            texts_near("Web"),
            texts_near("Devices"),
            texts_near("a.web.example.com"),
            texts_near("spiffe://example.com/web/1"),
        ),
        max_size=5,
    ),
    st.just(CERTIFICATES) | hosts,
    st.sampled_from(
        [
            ANCHOR,
            ANCHOR,
            ANCHOR[:-1] + "0",
            ANCHOR.replace(OWN, STRANGER),
            ANCHOR.replace("central", "west"),
        ]
    ),
)


def of_certificates(
    entity: Any, names: Mapping[str, str], meant: Callable[[Mapping[str, str]], bool]
) -> st.SearchStrategy[Written]:
    def intended(asked: Asked) -> bool:
        found: Certificate = asked.facts
        return found.host == CERTIFICATES and found.anchor == ANCHOR and meant(found.names)

    close = [
        *(certificate({**names, key: other}) for key in names for other in texts(names[key])),
        *(certificate({k: v for k, v in names.items() if k != key}) for key in names),
        *(certificate(names, anchor=other) for other in texts(ANCHOR) if other.count(":") > 4),
        certificate(names, host="ec2.amazonaws.com"),
    ]
    return st.just(Written(entity, intended, certificate(names), certificates, close))


KINDS: dict[type, st.SearchStrategy[Written]] = {
    EksPodIdentity: of_pods(
        EksPodIdentity(cluster_arn=CLUSTER, namespace="payments", service_account="processor"),
        lambda found: (
            found.tagged and (found.namespace, found.service_account) == ("payments", "processor")
        ),
    ),
    AnyPodOfNamespace: of_pods(
        AnyPodOfNamespace(cluster_arn=CLUSTER, namespace="payments"),
        lambda found: found.tagged and found.namespace == "payments",
    ),
    AnyPodOfCluster: of_pods(AnyPodOfCluster(cluster_arn=CLUSTER), lambda found: True),
    RolesAnywhere: st.one_of(
        of_certificates(
            RolesAnywhere(trust_anchor_arn=ANCHOR, subject={"CN": ["web-1", "web-2"]}),
            {CN: "web-1", ISSUER: "Devices"},
            lambda names: names.get(CN) in ("web-1", "web-2"),
        ),
        of_certificates(
            RolesAnywhere(trust_anchor_arn=ANCHOR, subject={"OU": "Web"}, issuer={"CN": "Devices"}),
            {OU: "Web", ISSUER: "Devices"},
            lambda names: (names.get(OU), names.get(ISSUER)) == ("Web", "Devices"),
        ),
        of_certificates(
            RolesAnywhere(trust_anchor_arn=ANCHOR, san={"DNS": "*.web.example.com"}),
            {DNS: "a.web.example.com"},
            lambda names: names.get(DNS, "").endswith(".web.example.com"),
        ),
        of_certificates(
            RolesAnywhere(trust_anchor_arn=ANCHOR, san={"URI": "spiffe://example.com/web/*"}),
            {URI: "spiffe://example.com/web/1"},
            lambda names: names.get(URI, "").startswith("spiffe://example.com/web/"),
        ),
    ),
    AnyCertificateOf: st.one_of(
        of_certificates(AnyCertificateOf(trust_anchor_arn=ANCHOR), {CN: "x"}, lambda names: True),
        of_certificates(
            AnyCertificateOf(trust_anchor_arn=ANCHOR, issuer={"CN": "Devices"}),
            {CN: "x", ISSUER: "Devices"},
            lambda names: names.get(ISSUER) == "Devices",
        ),
    ),
}

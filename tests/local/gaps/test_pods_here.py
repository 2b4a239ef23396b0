"""AssumeRoleForPodIdentity without a server: which token is a pod's, and the session it gets."""

import re
from datetime import timedelta
from typing import Any

from tests.local.enforcement.conftest import HOME, OTHER, allow, policy
from tests.local.gaps.pods_here import BOUND, CLUSTER, PODS, Pods
from tests.local.gaps.pools_here import NOW


def test_the_whole_of_an_answer(pods: Pods) -> None:
    told = pods.ask()
    keys = told.pop("credentials")
    grant = pods.cloud.sealer.open(keys["sessionToken"])
    assert grant is not None
    name = grant.session_name
    role_id = next(iter(pods.pools.home.roles))
    assert told == {
        "subject": {"namespace": "shop", "serviceAccount": "web"},
        "audience": PODS,
        "podIdentityAssociation": {
            "associationArn": pods.held["associationArn"],
            "associationId": "a-1",
        },
        "assumedRoleUser": {
            "arn": f"arn:aws:sts::{HOME}:assumed-role/web/{name}",
            "assumeRoleId": f"{role_id}:{name}",
        },
    }
    assert keys == {
        "accessKeyId": grant.access_key_id,
        "secretAccessKey": grant.secret_access_key,
        "sessionToken": keys["sessionToken"],
        "expiration": (NOW + timedelta(hours=6)).timestamp(),
    }
    tags = {
        "eks-cluster-arn": CLUSTER,
        "eks-cluster-name": "main",
        "kubernetes-namespace": "shop",
        "kubernetes-service-account": "web",
        "kubernetes-pod-name": "web-1",
        "kubernetes-pod-uid": "uid-1",
    }
    assert (grant.tags, grant.transitive_tag_keys, grant.chained) == (tags, tuple(tags), False)
    assert (grant.session_policies, grant.session_policy_arns) == (None, None)
    assert re.fullmatch(r"eks-main-web-1-[0-9a-f-]{36}", name)
    assert pods.grant().session_name != name


def test_a_long_name_is_cut(pods: Pods) -> None:
    bound = {"namespace": "shop", "pod": {"name": "w/" + "x" * 60, "uid": "uid-1"}}
    name = pods.grant(**{"kubernetes.io": bound}).session_name
    assert (len(name), name[:28]) == (64, "eks-main-w-" + "x" * 16 + "-")


def test_how_long_a_session_is(pods: Pods) -> None:
    role = pods.cloud.directory.moto_role(HOME, "web")
    assert role is not None
    for most, seconds in (("43200", 21600), ("21600", 21600), ("3600", 3600)):
        role.max_session_duration = most
        grant = pods.grant()
        assert grant.expires_at - grant.issued_at == timedelta(seconds=seconds)


def test_tags_can_be_left_out(pods: Pods) -> None:
    pods.held["disableSessionTags"] = True
    pods.trusts(["sts:AssumeRole"])
    grant = pods.grant()
    assert (grant.tags, grant.transitive_tag_keys) == ({}, ())
    pods.held["disableSessionTags"] = False
    assert "TagSession" in pods.denied()


def test_the_policy_of_an_association_limits_the_session(pods: Pods) -> None:
    pods.held["policy"] = policy(allow("s3:ListAllMyBuckets"))
    assert pods.grant().session_policies == (pods.held["policy"],)
    pods.held["policy"] = ""
    assert pods.grant().session_policies is None
    pods.held["policy"] = "x"
    error = pods.refused()
    assert (error.code, error.status) == ("InvalidRequestException", 400)


def test_what_the_trust_policy_is_asked(pods: Pods) -> None:
    right = {
        "aws:SourceAccount": HOME,
        "aws:SourceArn": CLUSTER,
        "aws:RequestTag/kubernetes-namespace": "shop",
        "aws:ResourceAccount": HOME,
    }
    pods.trusts(StringEquals=right)
    assert pods.grant()
    for key in right:
        pods.trusts(StringEquals={**right, key: "another"})
        assert pods.denied(), key
    every = {"ForAllValues:StringLike": {"sts:TransitiveTagKeys": ["eks-*", "kubernetes-*"]}}
    pods.trusts(**every, Null={"sts:TransitiveTagKeys": "false"})
    assert pods.grant()
    pods.trusts(StringLike={"sts:RoleSessionName": "eks-main-web-1-*"})
    assert pods.grant()
    pods.trusts(IpAddress={"aws:SourceIp": "203.0.113.0/24"})
    assert pods.denied()
    pods.trusts(["sts:TagSession"])
    assert pods.denied()


def test_a_role_that_is_gone(pods: Pods) -> None:
    pods.held["roleArn"] = f"{pods.role}x"
    assert pods.denied() == f"there is no role {pods.role}x"


def test_clusters_and_associations_that_are_not_there(pods: Pods) -> None:
    for given in ({"name": "other"}, {"account": OTHER}):
        assert pods.refused(None, **given).code == "ResourceNotFoundException"
    for subject in ("system:serviceaccount:shop:other", "system:serviceaccount:other:web"):
        space, _, account = subject.removeprefix("system:serviceaccount:").partition(":")
        bound = {**BOUND, "namespace": space}
        error = pods.refused(pods.token(sub=subject, **{"kubernetes.io": bound}))
        assert (error.code, error.status) == ("ResourceNotFoundException", 404)
        assert (
            error.message == f"No pod identity association for {space}/{account} in cluster main."
        )


def test_tokens_of_another_kind(pods: Pods) -> None:
    assert "aud" in pods.no_pod(aud=["app", PODS])
    assert pods.no_pod(aud="app")
    # Kubernetes knows no azp, which other services let stand for aud.
    assert pods.no_pod(aud="app", azp=PODS)
    assert pods.grant(aud=PODS)
    for subject in (
        "somebody",
        "system:serviceaccount:shop",
        "system:serviceaccount:shop:web:x",
        "system:serviceaccount::web",
        "x:system:serviceaccount:shop:web",
    ):
        assert "no service account" in pods.no_pod(sub=subject)
    assert pods.refused(pods.token("other.example")).code == "InvalidTokenException"
    assert pods.refused("x.y.z").code == "InvalidTokenException"
    old = pods.token()
    pods.pools.later(5000)
    error = pods.refused(old)
    assert (error.code, error.status) == ("ExpiredTokenException", 400)


def test_tokens_that_no_pod_is_bound_to(pods: Pods) -> None:
    unbound: list[Any] = [
        None,
        [],
        {},
        {"pod": None},
        {"pod": []},
        {"pod": {"name": "web-1"}},
        {"pod": {"uid": "uid-1"}},
        {"pod": {"name": "", "uid": "uid-1"}},
        {"pod": {"name": "web-1", "uid": ""}},
        {"pod": {"name": 7, "uid": "uid-1"}},
        {"pod": {"name": "web-1", "uid": 7}},
    ]
    for facts in unbound:
        assert "not bound to a pod" in pods.no_pod(**{"kubernetes.io": facts}), facts


def test_what_the_facts_say_is_what_the_subject_says(pods: Pods) -> None:
    pod = {"pod": BOUND["pod"]}
    assert pods.grant(**{"kubernetes.io": pod})
    assert pods.grant(**{"kubernetes.io": {**pod, "serviceaccount": {"name": "web"}}})
    for space in ("other", None):
        facts = {**pod, "namespace": space}
        assert "its namespace" in pods.no_pod(**{"kubernetes.io": facts})
    accounts: list[Any] = [{"name": "other"}, {}, None, "web", []]
    for account in accounts:
        facts = {**pod, "serviceaccount": account}
        assert "its service account" in pods.no_pod(**{"kubernetes.io": facts})

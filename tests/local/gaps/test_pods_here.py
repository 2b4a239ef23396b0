"""AssumeRoleForPodIdentity without a server: which token is a pod's, and the session it gets."""

import json
import re
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from moto.eks.models import eks_backends
from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, AwsError, Identity, SessionGrant
from rolecall.local.cloud import new_key_id
from rolecall.local.eks import auth
from rolecall.policy import RootUser
from tests.local.enforcement.conftest import HOME, OTHER, allow, policy, trust
from tests.local.gaps.conftest import REGION
from tests.local.gaps.pools_here import NOW, Pools

CLUSTER = f"arn:aws:eks:{REGION}:{HOME}:cluster/main"
ISSUER = f"oidc.eks.{REGION}.amazonaws.com/id/ABC"
SERVICE = {"Service": "pods.eks.amazonaws.com"}
PODS = "pods.eks.amazonaws.com"
BOTH = ["sts:AssumeRole", "sts:TagSession"]
SUBJECT = "system:serviceaccount:shop:web"
BOUND: dict[str, Any] = {"namespace": "shop", "pod": {"name": "web-1", "uid": "uid-1"}}


class Pods:
    """A cluster `main` with an association of shop/web."""

    def __init__(self, pools: Pools) -> None:
        self.pools, self.cloud = pools, pools.cloud
        cluster: Any = SimpleNamespace(
            arn=CLUSTER, name="main", identity={"oidc": {"issuer": f"https://{ISSUER}"}}
        )
        eks_backends[HOME][REGION].clusters["main"] = cluster
        self.role = self.made("web", trust(SERVICE, BOTH), allow("s3:*"))
        self.held: dict[str, Any] = {
            "clusterArn": CLUSTER,
            "clusterName": "main",
            "namespace": "shop",
            "serviceAccount": "web",
            "roleArn": self.role,
            "associationArn": f"arn:aws:eks:{REGION}:{HOME}:podidentityassociation/main/a-1",
            "associationId": "a-1",
            "disableSessionTags": False,
        }
        self.cloud.records["eks_pod_identity_associations"] = {"a-1": self.held}

    def made(self, name: str, statement: Any, *permissions: Any, account: str = HOME) -> str:
        home: Any = iam_backends[account]["aws"]
        role = home.create_role(name, policy(statement), "/", None, "", [], "43200")
        if permissions:
            role.put_policy("own", policy(*permissions))
        return str(role.arn)

    def trusts(self, actions: Any = BOTH, **condition: Any) -> None:
        more = {"Condition": condition} if condition else {}
        role = self.cloud.directory.moto_role(HOME, "web")
        assert role is not None
        role.assume_role_policy_document = policy(trust(SERVICE, actions, **more))

    def token(self, issuer: str = ISSUER, /, **claims: Any) -> str:
        told = {"aud": [PODS], "sub": SUBJECT, "kubernetes.io": BOUND, **claims}
        return self.pools.token(issuer, **told)

    def ask(
        self, token: str | None = None, name: str = "main", account: str = HOME
    ) -> dict[str, Any]:
        body = json.dumps({"token": token or self.token()}).encode()
        path = f"/clusters/{name}/assume-role-for-pod-identity"
        call = ApiCall(
            method="POST",
            path=path,
            query_string="",
            headers={},
            body=body,
            service="eks-auth",
            region=REGION,
            action="",
            params={},
            signed=None,
            source_ip="203.0.113.7",
            environ={"PATH_INFO": path, "RAW_URI": path},
            protocol="rest-json",
        )
        node = Identity(RootUser(account=account), new_key_id("AKIA", account))
        told: dict[str, Any] = json.loads(
            auth.assume_role_for_pod_identity(call, node, self.cloud).body
        )
        return told

    def grant(self, **claims: Any) -> SessionGrant:
        told = self.ask(self.token(**claims))
        found = self.cloud.sealer.open(told["credentials"]["sessionToken"])
        assert found is not None
        return found

    def refused(self, token: str | None = None, **more: Any) -> AwsError:
        with pytest.raises(AwsError) as caught:
            self.ask(token, **more)
        return caught.value

    def denied(self) -> str:
        error = self.refused()
        assert (error.code, error.status) == ("AccessDeniedException", 400)
        assert error.message.startswith("Unauthorized Exception! EKS does not have permissions")
        return error.reason

    def no_pod(self, **claims: Any) -> str:
        error = self.refused(self.token(**claims))
        assert (error.code, error.status) == ("InvalidTokenException", 400)
        return error.reason


@pytest.fixture
def pods(pools: Pools) -> Pods:
    return Pods(pools)


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


def target(pods: Pods, statement: Any = None, account: str = HOME) -> str:
    pods.held["externalId"] = "main-a-1"
    condition = {"StringEquals": {"sts:ExternalId": "main-a-1"}}
    told = statement or trust(pods.role, BOTH, Condition=condition)
    arn = pods.made("target", told, account=account)
    pods.held["targetRoleArn"] = arn
    return arn


def may(pods: Pods, *statements: Any) -> None:
    role = pods.cloud.directory.moto_role(HOME, "web")
    assert role is not None
    role.put_policy("own", policy(*statements))


@pytest.mark.parametrize("account", [HOME, OTHER])
def test_on_to_a_target_role(pods: Pods, account: str) -> None:
    arn = target(pods, account=account)
    pods.held["policy"] = policy(allow("s3:ListAllMyBuckets"))
    if account == OTHER:
        assert pods.denied()
    may(pods, allow(BOTH))
    told = pods.ask()
    grant = pods.cloud.sealer.open(told["credentials"]["sessionToken"])
    assert grant is not None
    assert (grant.role_arn, grant.account, grant.chained) == (arn, account, True)
    assert grant.expires_at - grant.issued_at == timedelta(hours=1)
    assert grant.session_policies == (pods.held["policy"],)
    assert len(grant.tags) == 6
    assert grant.transitive_tag_keys == tuple(grant.tags)
    assert grant.session_name.startswith("eks-main-web-1-")
    assert told["assumedRoleUser"]["arn"].startswith(f"arn:aws:sts::{account}:assumed-role/target/")


def test_target_roles_that_do_not_admit(pods: Pods) -> None:
    may(pods, allow(BOTH))
    arn = target(pods)
    role = pods.cloud.directory.moto_role(HOME, "target")
    web = pods.cloud.directory.moto_role(HOME, "web")
    assert role is not None
    assert web is not None
    assert pods.grant()
    good = role.assume_role_policy_document
    for wrong in (
        trust(pods.role, BOTH, Condition={"StringEquals": {"sts:ExternalId": "other"}}),
        trust(pods.role, ["sts:AssumeRole"]),
        trust(OTHER, BOTH),
    ):
        role.assume_role_policy_document = policy(wrong)
        assert pods.denied()
    role.assume_role_policy_document = good
    may(pods, allow(BOTH), {"Effect": "Deny", "Action": "sts:AssumeRole", "Resource": arn})
    assert pods.denied()
    may(pods, allow(BOTH))
    # The boundary of the first role counts for the step to the second.
    limit = pods.pools.home.create_policy("", "/", policy(allow("s3:*")), "limit", [])
    web.permissions_boundary_arn = limit.arn
    role.assume_role_policy_document = policy(trust(HOME, BOTH))
    assert pods.denied()
    web.permissions_boundary_arn = None
    assert pods.grant()
    pods.held["targetRoleArn"] = f"{arn}x"
    assert pods.denied() == f"there is no role {arn}x"


def test_what_the_target_role_is_asked(pods: Pods) -> None:
    may(pods, allow(BOTH))
    target(pods)
    role = pods.cloud.directory.moto_role(HOME, "target")
    assert role is not None
    right = {
        "sts:ExternalId": "main-a-1",
        "aws:RequestTag/kubernetes-namespace": "shop",
        "aws:PrincipalTag/kubernetes-namespace": "shop",
        "aws:ResourceAccount": HOME,
    }
    for key in ("", *right):
        told = {**right, key: "another"} if key else right
        role.assume_role_policy_document = policy(
            trust(pods.role, BOTH, Condition={"StringEquals": told})
        )
        if key:
            assert pods.denied(), key
        else:
            assert pods.grant()
    every = {
        "ForAllValues:StringLike": {"sts:TransitiveTagKeys": ["eks-*", "kubernetes-*"]},
        "Null": {"sts:TransitiveTagKeys": "false"},
        "StringLike": {"sts:RoleSessionName": "eks-main-web-1-*"},
    }
    role.assume_role_policy_document = policy(trust(pods.role, BOTH, Condition=every))
    assert pods.grant()

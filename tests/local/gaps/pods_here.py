"""EKS Pod Identity without a server: a cluster, an association, and tokens of pods."""

import json
from types import SimpleNamespace
from typing import Any

import pytest
from moto.eks.models import eks_backends
from moto.iam.models import iam_backends

from rolecall.local.api import ApiCall, AwsError, Identity, SessionGrant
from rolecall.local.cloud import new_key_id
from rolecall.local.eks import auth
from rolecall.policy import RootUser
from tests.local.enforcement.conftest import HOME, allow, policy, trust
from tests.local.gaps.conftest import REGION
from tests.local.gaps.pools_here import Pools

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

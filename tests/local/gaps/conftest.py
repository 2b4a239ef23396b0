"""Cognito identity pools, EKS Pod Identity and IAM Roles Anywhere in an embedded AWS."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from joserfc.jwk import RSAKey

from rolecall.local.oidc.stand_in import mint
from tests.local.enforcement.conftest import HOME, People, allow, trust

REGION = "eu-central-1"
COGNITO = "cognito-identity.amazonaws.com"


@lru_cache
def stand_in_key(issuer: str) -> str:
    """A key for each issuer, made once: that takes longer than most of the tests."""
    return RSAKey.generate_key(2048).as_pem(private=True).decode()


@dataclass
class World:
    """A running embedded AWS, its people, and tokens of stand-in issuers."""

    server: Any
    people: People

    def admin(self, service: str, account: str = HOME, **more: Any) -> Any:
        return self.server.client(service, account, **more)

    def caller(self, service: str, *statements: Any, name: str = "caller") -> Any:
        return self.server.client(service, self.people.user(name, *statements))

    def stranger(self, service: str, **more: Any) -> Any:
        """A client without credentials."""
        return boto3.client(
            service,
            endpoint_url=self.server.url,
            region_name=more.pop("region", REGION),
            config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
        )

    def token(self, issuer: str, **claims: Any) -> str:
        with self.server.cloud.gate.shared():
            held = self.server.cloud.records.setdefault("oidc_stand_ins", {})
            held.setdefault(issuer, {"key": stand_in_key(issuer)})
            return mint(issuer, claims, self.server.cloud)

    def who(self, credentials: Any) -> str:
        """The ARN behind the `Credentials` of a reply of STS, Cognito or EKS Auth."""
        return str(self.session("sts", credentials).get_caller_identity()["Arn"])

    def session(self, service: str, credentials: Any) -> Any:
        named = {name[:1].upper() + name[1:]: value for name, value in credentials.items()}
        named.setdefault("SecretAccessKey", named.get("SecretKey"))
        return self.server.client(service, named)

    def pool(self, **more: Any) -> str:
        more.setdefault("AllowUnauthenticatedIdentities", False)
        more.setdefault("AllowClassicFlow", False)
        made = self.admin("cognito-identity").create_identity_pool(
            IdentityPoolName="visitors", **more
        )
        return str(made["IdentityPoolId"])

    def pool_role(self, name: str, pool_id: str, amr: str, *statements: Any, **more: Any) -> str:
        condition = {
            "StringEquals": {f"{COGNITO}:aud": pool_id},
            "ForAnyValue:StringLike": {f"{COGNITO}:amr": amr},
        }
        actions = more.pop("actions", "sts:AssumeRoleWithWebIdentity")
        trusts = trust({"Federated": COGNITO}, actions, Condition=condition)
        return self.people.role(name, trusts, *(statements or (allow("s3:ListAllMyBuckets"),)))


@pytest.fixture
def world(cloud_server: Any) -> World:
    world = World(cloud_server, People(cloud_server))
    # Cognito signs its tokens with a key of the same kind.
    cloud_server.cloud.records["oidc_stand_ins"] = {
        f"https://{COGNITO}": {"key": stand_in_key(f"https://{COGNITO}")}
    }
    return world


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Identity pools without a server."""
    from tests.local.conftest import nothing_in_it
    from tests.local.gaps.pools_here import Pools

    with nothing_in_it():
        made = Pools(monkeypatch)
        made.cloud.records["oidc_stand_ins"] = {f"https://{COGNITO}": {"key": stand_in_key("")}}
        yield made


@pytest.fixture
def anywhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """IAM Roles Anywhere without a server."""
    from moto.iam.models import IAMBackend

    from tests.local.conftest import nothing_in_it
    from tests.local.gaps.anywhere_here import Site

    monkeypatch.setattr(IAMBackend, "_init_aws_policies", lambda _backend: [])
    with nothing_in_it():
        yield Site()


@pytest.fixture
def pods(pools: Any) -> Any:
    """EKS Pod Identity without a server."""
    from tests.local.gaps.pods_here import Pods

    return Pods(pools)

"""Identity pools without a server: their calls are answered in this process."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from moto.iam.models import IAMBackend, iam_backends

from rolecall.local import cognito
from rolecall.local.api import ApiCall, ApiReply, AwsError, Identity
from rolecall.local.cloud import Cloud, new_key_id
from rolecall.local.cognito import tables
from rolecall.local.cognito.pools import Pool, pool_of
from rolecall.local.oidc import signature
from rolecall.local.oidc.jwks import SigningKey, read_key_set
from rolecall.local.oidc.stand_in import mint
from rolecall.policy import RootUser
from tests.local.enforcement.conftest import HOME, allow, policy
from tests.local.gaps.conftest import COGNITO, REGION, stand_in_key

NOW = datetime(2030, 5, 6, 7, 8, 9, tzinfo=UTC)
NAME = "issuer.example.com"
ARN = f"arn:aws:iam::{HOME}:oidc-provider/{NAME}"

GUESTS_POLICY = "arn:aws:iam::aws:policy/AmazonCognitoUnAuthedIdentitiesSessionPolicy"


class Pools:
    """An embedded AWS with identity pools alone, at one moment; the caller is a root user."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        patch.setattr(IAMBackend, "_init_aws_policies", lambda _backend: [])
        # The keys of stand-ins as they are published, without the way over HTTPS.
        patch.setattr(signature, "signing_keys", _published_keys)
        patch.setattr(RSAKey, "import_key", staticmethod(_import))
        self.time = NOW
        self.saved = 0
        self.cloud = Cloud(clock=lambda: self.time, on_change=self._count)
        self.home: Any = iam_backends[HOME]["aws"]
        # The one policy of AWS that is needed: of sessions of guests.
        made = self.home.create_policy("", "/", policy(allow("*")), "guests", [])
        self.home.managed_policies = {GUESTS_POLICY: made}

    def _count(self) -> None:
        self.saved += 1

    def later(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def call(self, action: str, given: Mapping[str, Any], region: str = REGION) -> ApiCall:
        return ApiCall(
            method="POST",
            path="/",
            query_string="",
            headers={},
            body=json.dumps(given).encode(),
            service="cognito-identity",
            region=region,
            action=action,
            params={},
            signed=None,
            source_ip="203.0.113.7",
            environ={},
            protocol="json",
        )

    def ask(
        self,
        action: str,
        given: Mapping[str, Any] | None = None,
        /,
        *,
        account: str = HOME,
        region: str = REGION,
        **more: Any,
    ) -> dict[str, Any]:
        """The answer to a call; of a caller without credentials where those are open."""
        caller = Identity(RootUser(account=account), new_key_id("AKIA", account))
        identity = None if cognito.is_public(action) else caller
        call = self.call(action, {**(given or {}), **more}, region)
        reply: ApiReply = cognito.handle(call, identity, self.cloud)
        assert (reply.status, reply.headers) == (
            200,
            (("Content-Type", "application/x-amz-json-1.1"),),
        )
        told: dict[str, Any] = json.loads(reply.body)
        return told

    def refused(
        self, action: str, given: Mapping[str, Any] | None = None, /, **more: Any
    ) -> AwsError:
        """What a call is refused with."""
        with pytest.raises(AwsError) as caught:
            self.ask(action, given, **more)
        assert caught.value.status == 400
        return caught.value

    def code(self, action: str, given: Mapping[str, Any] | None = None, /, **more: Any) -> str:
        """The code of the refusal, or '' where there is none."""
        try:
            self.ask(action, given, **more)
        except AwsError as error:
            return error.code
        return ""

    def made(self, *, account: str = HOME, region: str = REGION, **more: Any) -> Pool:
        given = {"IdentityPoolName": "visitors", "AllowUnauthenticatedIdentities": False, **more}
        shown = self.ask("CreateIdentityPool", given, account=account, region=region)
        return pool_of(self.cloud, shown["IdentityPoolId"])

    def provider(self, name: str = NAME, *clients: str) -> str:
        made = self.home.create_open_id_connect_provider(
            f"https://{name}", [], list(clients or ("app",)), []
        )
        return str(made.arn)

    def token(self, name: str = NAME, /, **claims: Any) -> str:
        """A token of an issuer; all of them have one key, which is theirs alone here."""
        issuer = f"https://{name}"
        self.cloud.records.setdefault("oidc_stand_ins", {}).setdefault(
            issuer, {"key": stand_in_key("")}
        )
        return mint(issuer, {"sub": "alice", "aud": "app", **claims}, self.cloud)

    def login(self, user: str = "alice", name: str = NAME, /, **claims: Any) -> dict[str, str]:
        return {name: self.token(name, sub=user, **claims)}

    def role(self, name: str, pool_id: str, actions: Any = None, **more: Any) -> str:
        """A role that trusts the pool."""
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": COGNITO},
            "Action": actions or "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{COGNITO}:aud": pool_id}, **more},
        }
        made = self.home.create_role(name, policy(statement), "/", None, "", [], "3600")
        return str(made.arn)

    def identities(self) -> dict[str, Any]:
        return tables.identities(self.cloud)


def _published_keys(issuer: str, cloud: Cloud, *, beyond: str = "") -> tuple[SigningKey, ...]:
    held = cloud.records["oidc_stand_ins"].get(issuer)
    return () if held is None else _public(held["key"])


_import_key: Any = RSAKey.import_key


def _import(value: Any, *more: Any) -> Any:
    return _imported(value) if isinstance(value, str) and not more else _import_key(value, *more)


@lru_cache
def _imported(pem: str) -> RSAKey:
    """Reading a private key takes longer than most of the tests."""
    key: RSAKey = _import_key(pem)
    return key


@lru_cache
def _public(pem: str) -> tuple[SigningKey, ...]:
    key = _imported(pem)
    public = {**key.as_dict(private=False), "kid": key.thumbprint(), "use": "sig", "alg": "RS256"}
    return read_key_set({"keys": [public]})

"""IAM Roles Anywhere without a server: an anchor, a profile, and CreateSession."""

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from moto.iam.models import iam_backends

import rolecall.local.gaps  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.api import ApiCall, AwsError, SessionGrant
from rolecall.local.cloud import Cloud
from rolecall.local.roles_anywhere import attributes, tables
from rolecall.local.roles_anywhere.create_session import create_session
from tests.local.enforcement.conftest import HOME, policy, trust
from tests.local.gaps.certificates import Authority, Certificate, signed_headers
from tests.local.gaps.conftest import REGION

ALL = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]
SERVICE = {"Service": "rolesanywhere.amazonaws.com"}
ANCHOR = f"arn:aws:rolesanywhere:{REGION}:{HOME}:trust-anchor/a"
PROFILE = f"arn:aws:rolesanywhere:{REGION}:{HOME}:profile/p"
ROLE = f"arn:aws:iam::{HOME}:role/workload"
WISH: dict[str, Any] = {"trustAnchorArn": ANCHOR, "profileArn": PROFILE, "roleArn": ROLE}
ROOT = Authority.shared("root of sessions")
CURVE = ec.generate_private_key(ec.SECP256R1())
WEB, _ = ROOT.issue("web-1", key=CURVE, alternative=[x509.DNSName("one"), x509.DNSName("two")])


class Site:
    """A trust anchor, a profile and the role `workload`."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)
        self.cloud = Cloud(clock=lambda: self.now)
        self.home: Any = iam_backends[HOME]["aws"]
        self.trusts()
        source = {
            "sourceType": "CERTIFICATE_BUNDLE",
            "sourceData": {"x509CertificateData": ROOT.pem},
        }
        both = {"account": HOME, "region": REGION, "enabled": True}
        self.anchor = {"id": "a", "arn": ANCHOR, "source": source, **both}
        self.profile: dict[str, Any] = {
            "id": "p",
            "arn": PROFILE,
            **both,
            "roleArns": [ROLE],
            "managedPolicyArns": [],
            "durationSeconds": 3600,
            "acceptRoleSessionName": False,
            "requireInstanceProperties": False,
            "mappings": attributes.DEFAULT,
        }
        tables.anchors(self.cloud)["a"] = self.anchor
        tables.profiles(self.cloud)["p"] = self.profile

    def trusts(self, actions: Any = ALL, **condition: Any) -> None:
        more = {"Condition": condition} if condition else {}
        text = policy(trust(SERVICE, actions, **more))
        for role in list(self.home.roles.values()):
            role.assume_role_policy_document = text
        if not self.home.roles:
            self.home.create_role("workload", text, "/", None, "", [], "43200")

    def call(
        self,
        certificate: Certificate = WEB,
        given: Any = WISH,
        query: dict[str, str] | None = None,
        sent: dict[str, str] | None = None,
        **signing: Any,
    ) -> ApiCall:
        body = given if isinstance(given, bytes) else json.dumps(given).encode()
        signing.setdefault("moment", self.now)
        headers = signed_headers(
            "localhost", signing.pop("region", REGION), certificate, body, query=query, **signing
        )
        changed = {**headers, **(sent or {})}
        return ApiCall(
            method="POST",
            path="/sessions",
            query_string=urlencode(query or {}),
            headers={key: value for key, value in changed.items() if value},
            body=body,
            service="rolesanywhere",
            region=REGION,
            action="",
            params=query or {},
            signed=None,
            source_ip="203.0.113.7",
            environ={},
            protocol="rest-json",
        )

    def session(self, *given: Any, **more: Any) -> dict[str, Any]:
        reply = create_session(self.call(*given, **more), self.cloud)
        assert reply.status == 201
        assert reply.headers == (("Content-Type", "application/json"),)
        told: dict[str, Any] = json.loads(reply.body)
        return told

    def grant(self, *given: Any, **more: Any) -> SessionGrant:
        (one,) = self.session(*given, **more)["credentialSet"]
        found = self.cloud.sealer.open(one["credentials"]["sessionToken"])
        assert found is not None
        return found

    def refused(self, *given: Any, **more: Any) -> AwsError:
        with pytest.raises(AwsError) as caught:
            create_session(self.call(*given, **more), self.cloud)
        return caught.value

    def denied(self, *given: Any, **more: Any) -> str:
        error = self.refused(*given, **more)
        assert (error.code, error.status) == ("AccessDeniedException", 403)
        return error.reason

    def invalid(self, given: Any, **more: Any) -> str:
        error = self.refused(WEB, given, **more)
        assert (error.code, error.status) == ("ValidationException", 400)
        return error.message

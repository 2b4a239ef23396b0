"""What outlasts a restart, and calls that nobody in his right mind would make."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rolecall.local import cognito, roles_anywhere
from rolecall.local.api import ApiCall, AwsError
from rolecall.local.persistence import decode, encode
from tests.local.enforcement.conftest import HOME, allow, trust
from tests.local.gaps.certificates import Authority
from tests.local.gaps.conftest import REGION, World


def test_everything_outlasts_a_restart(world: World) -> None:
    cloud = world.server.cloud
    pool = world.pool(AllowUnauthenticatedIdentities=True, AllowClassicFlow=True)
    role = world.pool_role("guest", pool, "unauthenticated")
    world.admin("cognito-identity").set_identity_pool_roles(
        IdentityPoolId=pool, Roles={"unauthenticated": role}
    )
    stranger = world.stranger("cognito-identity")
    identity = stranger.get_id(IdentityPoolId=pool)["IdentityId"]
    eks, anywhere = world.admin("eks"), world.admin("rolesanywhere")
    plain = world.people.role("plain", trust({"Service": "eks.amazonaws.com"}), allow("s3:*"))
    cluster = eks.create_cluster(
        name="main", roleArn=plain, resourcesVpcConfig={"subnetIds": ["subnet-1"]}
    )["cluster"]
    made = eks.create_pod_identity_association(
        clusterName="main", namespace="shop", serviceAccount="web", roleArn=plain
    )["association"]
    data = {"x509CertificateData": Authority.shared("one").pem}
    source = {"sourceType": "CERTIFICATE_BUNDLE", "sourceData": data}
    anchor = anywhere.create_trust_anchor(name="a", source=source)["trustAnchor"]

    with cloud.gate.exclusive():
        content = encode(cloud.records)
        cloud.records.clear()
        cloud.records.update(decode(content))

    assert stranger.get_credentials_for_identity(IdentityId=identity)["Credentials"]
    again = eks.describe_cluster(name="main")["cluster"]
    assert (again["identity"], again["accessConfig"]) == (
        cluster["identity"],
        cluster["accessConfig"],
    )
    named = {"clusterName": "main", "associationId": made["associationId"]}
    assert eks.describe_pod_identity_association(**named)["association"] == made
    shown = anywhere.get_trust_anchor(trustAnchorId=anchor["trustAnchorId"])
    assert shown["trustAnchor"] == anchor


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
NAMES = (
    "IdentityPoolId",
    "IdentityId",
    "Logins",
    "CustomRoleArn",
    "AccountId",
    "trustAnchorArn",
    "profileArn",
    "roleArn",
    "durationSeconds",
)
BODIES = st.dictionaries(st.sampled_from(NAMES), NESTED).map(json.dumps) | st.text(max_size=40)


def public_call(service: str, action: str, body: str, authorization: str = "") -> ApiCall:
    return ApiCall(
        method="POST",
        path="/" if action else "/sessions",
        query_string="",
        headers={"authorization": authorization, "x-amz-date": "x", "host": "x"},
        body=body.encode(),
        service=service,
        region=REGION,
        action=action,
        params={},
        signed=None,
        source_ip="127.0.0.1",
        environ={},
        protocol="json" if action else "rest-json",
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    action=st.sampled_from(["GetId", "GetOpenIdToken", "GetCredentialsForIdentity"]), body=BODIES
)
def test_public_calls_of_cognito_never_break(world: World, action: str, body: str) -> None:
    call = public_call("cognito-identity", action, body)
    with pytest.raises(AwsError) as refusal:
        cognito.handle(call, None, world.server.cloud)
    assert 400 <= refusal.value.status < 500


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=BODIES, rest=st.text(alphabet="0123456789abcdef;,=/ SHC", max_size=60))
def test_create_session_never_breaks(world: World, body: str, rest: str) -> None:
    start = f"AWS4-X509-RSA-SHA256 Credential=1/20240101/{REGION}/rolesanywhere/aws4_request, "
    call = public_call("rolesanywhere", "", body, start + rest)
    assert roles_anywhere.is_create_session(call)
    with pytest.raises(AwsError) as refusal:
        roles_anywhere.handle(call, None, world.server.cloud)
    assert 400 <= refusal.value.status < 500


def test_logins_of_any_shape(world: World) -> None:
    pool = world.pool(AllowUnauthenticatedIdentities=True)
    arn = f"arn:aws:iam::{HOME}:oidc-provider/"
    held = world.server.cloud.records["cognito_identity_pools"][pool]["settings"]
    held["OpenIdConnectProviderARNs"] = [arn, f"{arn}x"]
    shapes: list[dict[str, Any]] = [
        {"x": ""},
        {"x": "y" * 60_000},
        {str(number): "a.b.c" for number in range(11)},
        {"": "a"},
    ]
    for tokens in shapes:
        body = json.dumps({"IdentityPoolId": pool, "Logins": tokens})
        with pytest.raises(AwsError) as refusal:
            cognito.handle(public_call("cognito-identity", "GetId", body), None, world.server.cloud)
        assert "yyyy" not in str(refusal.value)

"""Tokens of programs in a cluster or a cloud."""

from collections.abc import Sequence
from typing import Any

from tests.idp.shapes.common import STS, Claims, made, new_uuid, seconds_of, stable_uuid

EKS_CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE"
GOOGLE = "https://accounts.google.com"
COGNITO = "https://cognito-identity.amazonaws.com"


def kubernetes(
    *,
    namespace: str = "payments",
    service_account: str = "worker",
    audience: str | Sequence[str] = STS,
    issuer: str = EKS_CLUSTER,
    pod: str | None = None,
    seconds: int = 86400,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """A projected service account token, as the kubelet mounts it.

    Source: "Schema for service account private claims", "Managing Service Accounts",
    Kubernetes; the day of validity is EKS's.
    """
    start = seconds_of(now)
    pod = pod or f"{service_account}-6d8f7c9b4-x2x7k"
    bound = {
        "namespace": namespace,
        "node": {"name": "ip-10-0-1-23.eu-central-1.compute.internal", "uid": new_uuid()},
        "pod": {"name": pod, "uid": new_uuid()},
        "serviceaccount": {"name": service_account, "uid": new_uuid()},
    }
    return made(
        claims,
        aud=[audience] if isinstance(audience, str) else list(audience),
        exp=start + seconds,
        iat=start,
        iss=issuer,
        jti=new_uuid(),
        **{"kubernetes.io": bound},
        nbf=start,
        sub=f"system:serviceaccount:{namespace}:{service_account}",
    )


def google(
    *,
    audience: str = "https://sts.rolecall.test",
    azp: str | None = None,
    subject: str = "113774264463038321964",
    email: str = "deployer@acme-prod.iam.gserviceaccount.com",
    seconds: int = 3600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """A service account's identity token: `azp` is its unique ID, `aud` what it asked for.

    AWS compares `azp` where there is one.
    Source: "Verify the identity of instances" and "generateIdToken", Google Cloud.
    """
    start = seconds_of(now)
    return made(
        claims,
        aud=audience,
        azp=azp or subject,
        email=email,
        email_verified=True,
        exp=start + seconds,
        google={"organization_number": "123456789012"},
        iat=start,
        iss=GOOGLE,
        sub=subject,
    )


def cognito(
    *,
    pool: str = "eu-central-1:3f1c0a52-7b5e-4d6a-9c8e-2a4b6c8d0e1f",
    identity: str = "eu-central-1:8b0a6f3d-1e2c-4f5a-b6c7-d8e9f0a1b2c3",
    authenticated: bool = True,
    account: str = "111122223333",
    seconds: int = 600,
    now: float | None = None,
    **claims: Any,
) -> Claims:
    """What an identity pool's GetOpenIdToken gives. Real ones are signed RS512.

    Source: "GetOpenIdToken" and "Basic (classic) authflow", Amazon Cognito.
    """
    start = seconds_of(now)
    user_pool = f"cognito-idp.{pool.partition(':')[0]}.amazonaws.com/eu-central-1_Example01"
    methods = ["authenticated", user_pool, f"{user_pool}:CognitoSignIn:{stable_uuid(identity)}"]
    return made(
        claims,
        sub=identity,
        aud=pool,
        amr=methods if authenticated else ["unauthenticated"],
        iss=COGNITO,
        **{
            f"{COGNITO}/identity-pool-arn": (
                f"arn:aws:cognito-identity:{pool.partition(':')[0]}:{account}:identitypool/{pool}"
            )
        },
        exp=start + seconds,
        iat=start,
    )

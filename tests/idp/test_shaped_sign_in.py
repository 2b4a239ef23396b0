"""Tokens of every issuer's documented shape at the embedded AWS: in with the right subject only."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.idp import shapes

if TYPE_CHECKING:
    from tests.idp.aws import Company
    from tests.idp.shaped import ShapedIssuers

pytestmark = pytest.mark.xdist_group("idp")
WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")

WRONG_AUDIENCE = ("InvalidIdentityToken", "Incorrect token audience")


@dataclass(frozen=True)
class Kind:
    """One issuer's tokens; `built_in`: the principal that AWS has for it."""

    claims: Callable[..., shapes.Claims]
    built_in: str | None = None


KINDS = {
    "eks": Kind(shapes.kubernetes),
    "keycloak": Kind(shapes.keycloak),
    "keycloak-access": Kind(shapes.keycloak_access),
    "github": Kind(shapes.github),
    "github-immutable": Kind(lambda **facts: shapes.github(ids_in_subject=True, **facts)),
    "gitlab": Kind(shapes.gitlab),
    "bitbucket": Kind(shapes.bitbucket),
    "hcp-terraform": Kind(shapes.hcp_terraform),
    "circleci": Kind(shapes.circleci),
    "buildkite": Kind(shapes.buildkite),
    "google": Kind(shapes.google, "accounts.google.com"),
    "cognito": Kind(shapes.cognito, "cognito-identity.amazonaws.com"),
    "auth0": Kind(shapes.auth0),
}


class Job:
    """A role for one subject of one issuer."""

    def __init__(self, company: "Company", issuers: "ShapedIssuers", kind: Kind) -> None:
        self.company = company
        self.issuers = issuers
        self.kind = kind
        # Bitbucket's subject holds the step, which is another for each token.
        self.claims = kind.claims()
        issuer = self.claims["iss"]
        issuers.token(self.claims)  # makes the issuer
        company.connect(issuer, issuers.address, issuers(issuer).ca)
        host = issuer.removeprefix("https://")
        aud = self.claims["aud"]
        audience = aud[0] if isinstance(aud, list) else aud
        compared = str(self.claims.get("azp", audience))
        self.provider = kind.built_in or company.oidc_provider(issuer, [compared])
        self.role = company.role(
            {"Federated": self.provider},
            WEB_IDENTITY,
            {"StringEquals": {f"{host}:aud": compared, f"{host}:sub": self.claims["sub"]}},
        )

    def assume(self, token: str) -> dict[str, Any]:
        return dict(
            self.company.sts.assume_role_with_web_identity(
                RoleArn=self.role, RoleSessionName="job", WebIdentityToken=token
            )
        )

    def refusal(self, token: str) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            self.assume(token)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]


@pytest.fixture
def job(company: "Company", shaped_issuer: "ShapedIssuers", request: Any) -> Job:
    return Job(company, shaped_issuer, KINDS[request.param])


@pytest.mark.parametrize("job", KINDS, indirect=True)
def test_only_the_subject_comes_in_for_aws_and_in_time(job: Job) -> None:
    sub = job.claims["sub"]
    answer = job.assume(job.issuers.token(job.claims))
    assert answer["SubjectFromWebIdentityToken"] == sub
    assert job.company.whoami(answer["Credentials"]).endswith("/job")

    assert job.refusal(job.issuers.token({**job.claims, "sub": f"{sub}x"})) == DENIED
    claim = "azp" if "azp" in job.claims else "aud"
    for_another = job.issuers.token({**job.claims, claim: "somebody else"})
    built_in = job.kind.built_in is not None
    assert job.refusal(for_another) == (DENIED if built_in else WRONG_AUDIENCE)
    old = job.kind.claims(now=time.time() - 200_000, sub=sub)
    assert job.refusal(job.issuers.token(old))[0] == "ExpiredTokenException"
    by_another_key = job.issuers("https://forger.rolecall.test").token(job.claims)
    assert job.refusal(by_another_key)[0] == "InvalidIdentityToken"

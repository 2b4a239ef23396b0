"""The deployed roles of those without an IAM user: a pipeline, pods, analysts; and near misses.

Their tokens come from `rolecall local token`, so those tests run on the embedded AWS only:
nobody but GitHub, the cluster and Google can sign one that real AWS believes.
"""

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from rolecall.policy import role_arn
from stacks.federation import ANALYSTS, ANALYTICS
from tests.integration.people import People
from tests.integration.target import BIN, ENVIRONMENTS, EmbeddedAws, Keys, Target

pytestmark = pytest.mark.parametrize("environment", ENVIRONMENTS)

DENIED = ("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity")
WRONG_AUDIENCE = ("InvalidIdentityToken", "Incorrect token audience")
POD = "system:serviceaccount:orders:api"
GITHUB = "https://token.actions.githubusercontent.com"

Token = Callable[..., str]


def arn(deployed: Target, environment: str, role: str) -> str:
    return role_arn(deployed.facts(environment).account_id, f"{environment}-{role}")


def stranger(deployed: Target, environment: str) -> Any:
    """STS for somebody without any credentials."""
    variables = deployed.administrator(environment).variables
    return boto3.client(
        "sts",
        region_name=deployed.facts(environment).region,
        endpoint_url=variables.get("AWS_ENDPOINT_URL"),
        config=Config(signature_version=UNSIGNED),
    )


def assume(deployed: Target, environment: str, role: str, token: str) -> Keys:
    answer = stranger(deployed, environment).assume_role_with_web_identity(
        RoleArn=arn(deployed, environment, role),
        RoleSessionName="integration-test",
        WebIdentityToken=token,
    )
    region = deployed.facts(environment).region
    return deployed.administrator(environment).with_session(answer["Credentials"], region)


def refused(deployed: Target, environment: str, role: str, token: str) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        assume(deployed, environment, role, token)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def another(environment: str) -> str:
    return next(name for name in ENVIRONMENTS if name != environment)


@pytest.fixture
def token(deployed: Target) -> Token:
    """`rolecall local token`: issuer, subject, further options."""
    if not isinstance(deployed, EmbeddedAws):
        pytest.skip("tokens of stand-in issuers are for the embedded AWS only")

    def make(issuer: str, subject: str, *options: str) -> str:
        command = ("local", "token", "--issuer", issuer, "--subject", subject, *options)
        return deployed.rolecall(*command).strip()

    return make


def job(environment: str) -> str:
    return f"repo:acme/infra:environment:{environment}"


# --- who may


def test_a_deployment_becomes_the_pipeline(
    deployed: Target, token: Token, environment: str
) -> None:
    keys = assume(deployed, environment, "pipeline", token("github", job(environment)))
    me = keys.client("sts").get_caller_identity()
    assert me["Arn"].endswith(f":assumed-role/{environment}-pipeline/integration-test")
    assert keys.client("iam").list_roles()["Roles"]
    with pytest.raises(ClientError) as caught:
        keys.client("iam").create_user(UserName="backdoor")
    assert caught.value.response["Error"]["Code"] == "AccessDenied"


def test_a_deployment_becomes_the_pipeline_with_rolecall(
    deployed: Target, token: Token, environment: str, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(token("github", job(environment)))
    file.chmod(0o600)
    variables = deployed.administrator(environment).variables
    bare = {name: value for name, value in variables.items() if "KEY" not in name}
    command = (str(BIN / "rolecall"), "assume", environment, "pipeline", "--json")
    outcome = Keys(bare).run(*command, "--web-identity-token-file", str(file))
    assert outcome.returncode == 0, outcome.stderr
    assert json.loads(outcome.stdout)["AccountId"] == deployed.facts(environment).account_id
    assert file.read_text() not in outcome.stdout + outcome.stderr


def test_a_pod_becomes_orders(deployed: Target, token: Token, environment: str) -> None:
    cluster = deployed.facts(environment).issuers["eks"]
    keys = assume(deployed, environment, "orders", token(cluster, POD))
    me = keys.client("sts").get_caller_identity()
    assert me["Account"] == deployed.facts(environment).account_id


def test_an_analyst_reads_her_own_reports_and_no_others(
    deployed: Target, token: Token, environment: str
) -> None:
    proof = token("google", ANALYSTS[0], "--audience", ANALYTICS)
    analyst = assume(deployed, environment, "analyst", proof).client("s3")
    bucket = f"{environment}-reports"
    administrator = deployed.administrator(environment).client("s3")
    where = {"LocationConstraint": deployed.facts(environment).region}
    administrator.create_bucket(Bucket=bucket, CreateBucketConfiguration=where)
    keys = [f"{who}/may.csv" for who in (ANALYSTS[0], "1")]
    try:
        for key in keys:
            administrator.put_object(Bucket=bucket, Key=key, Body=key.encode())
        own, other = keys
        assert analyst.get_object(Bucket=bucket, Key=own)["Body"].read() == own.encode()
        with pytest.raises(ClientError) as caught:
            analyst.get_object(Bucket=bucket, Key=other)
        assert caught.value.response["Error"]["Code"] == "AccessDenied"
    finally:
        for key in keys:
            administrator.delete_object(Bucket=bucket, Key=key)
        administrator.delete_bucket(Bucket=bucket)


# --- who may not


def test_not_the_pipeline_from_elsewhere(deployed: Target, token: Token, environment: str) -> None:
    for subject in (
        job(another(environment)),
        job(f"{environment}2"),
        "repo:acme/infra:ref:refs/heads/main",
        "repo:acme/infra:pull_request",
        f"repo:acme-evil/infra:environment:{environment}",
    ):
        assert refused(deployed, environment, "pipeline", token("github", subject)) == DENIED
    for_another = token("github", job(environment), "--audience", "another.example.com")
    assert refused(deployed, environment, "pipeline", for_another) == WRONG_AUDIENCE
    by_another = token("gitlab", job(environment), "--audience", "sts.amazonaws.com")
    assert refused(deployed, environment, "pipeline", by_another) == (
        "InvalidIdentityToken",
        "No OpenIDConnect provider found in your account for https://gitlab.com",
    )
    code, message = refused(
        deployed, environment, "pipeline", token("github", job(environment), "--expires-in", "-5")
    )
    assert code == "ExpiredTokenException"
    assert "must be before the expiration date/time" in message


def test_not_orders_from_elsewhere(deployed: Target, token: Token, environment: str) -> None:
    own = deployed.facts(environment).issuers["eks"]
    for subject in (f"{POD}2", "system:serviceaccount:default:api"):
        assert refused(deployed, environment, "orders", token(own, subject)) == DENIED
    other = deployed.facts(another(environment)).issuers["eks"]
    assert refused(deployed, environment, "orders", token(other, POD)) == (
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {other}",
    )


def test_not_an_analyst_who_is_somebody_else(
    deployed: Target, token: Token, environment: str
) -> None:
    for subject, audience in ((f"{ANALYSTS[0]}1", ANALYTICS), (ANALYSTS[0], "another-client")):
        proof = token("google", subject, "--audience", audience)
        assert refused(deployed, environment, "analyst", proof) == DENIED
    # Tokens of the pipeline open no role of people, and the other way round.
    proof = token("google", ANALYSTS[0], "--audience", ANALYTICS)
    assert refused(deployed, environment, "pipeline", proof) == DENIED
    assert refused(deployed, environment, "analyst", token("github", job(environment))) == DENIED


def test_not_with_a_token_that_nobody_signed(deployed: Target, environment: str) -> None:
    claims = {"iss": GITHUB, "sub": job(environment), "aud": "sts.amazonaws.com", "exp": 4e9}
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    made = [base64.urlsafe_b64encode(json.dumps(part).encode()) for part in parts]
    forged = b".".join([*(part.rstrip(b"=") for part in made), b""]).decode()
    code, _ = refused(deployed, environment, "pipeline", forged)
    assert code == "InvalidIdentityToken"


def test_not_a_user_in_the_place_of_a_token(
    deployed: Target, people: People, environment: str
) -> None:
    for role in ("pipeline", "orders", "analyst"):
        with pytest.raises(ClientError) as caught:
            people.visitor("mallory").client("sts").assume_role(
                RoleArn=arn(deployed, environment, role), RoleSessionName="integration-test"
            )
        assert caught.value.response["Error"]["Code"] == "AccessDenied"


# --- single sign-on


def sign_on(deployed: Target, environment: str, affiliation: str, role: str = "operator") -> Keys:
    """Through single sign-on; `rolecall local saml` says what the identity provider would say."""
    if not isinstance(deployed, EmbeddedAws):
        pytest.skip("responses of a stand-in are for the embedded AWS only")
    provider = f"{environment}-sso"
    response = deployed.rolecall(
        *("local", "saml", "--environment", environment, "--provider", provider),
        *("--role", role, "--session-name", "ann", "--attribute"),
        f"edupersonaffiliation={affiliation}",
    ).strip()
    account = deployed.facts(environment).account_id
    answer = stranger(deployed, environment).assume_role_with_saml(
        RoleArn=arn(deployed, environment, role),
        PrincipalArn=f"arn:aws:iam::{account}:saml-provider/{provider}",
        SAMLAssertion=response,
    )
    region = deployed.facts(environment).region
    return deployed.administrator(environment).with_session(answer["Credentials"], region)


def test_staff_become_the_operator(deployed: Target, environment: str) -> None:
    keys = sign_on(deployed, environment, "staff")
    me = keys.client("sts").get_caller_identity()
    assert me["Arn"].endswith(f":assumed-role/{environment}-operator/ann")


@pytest.mark.parametrize(("affiliation", "role"), [("student", "operator"), ("staff", "deployer")])
def test_not_the_operator(deployed: Target, environment: str, affiliation: str, role: str) -> None:
    with pytest.raises(ClientError) as caught:
        sign_on(deployed, environment, affiliation, role)
    error = caught.value.response["Error"]
    assert (error["Code"], error["Message"]) == (
        "AccessDenied",
        "Not authorized to perform sts:AssumeRoleWithSAML",
    )

"""Who gets credentials for a token, what they are good for, and how others are refused."""

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rolecall.local.oidc.stand_in import mint
from tests.local.oidc.issuer import URL, ec_key, rsa_key
from tests.local.oidc.world import HOME, OTHER, OidcWorld

ALLOW_S3 = [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]


def test_a_good_token_is_good_for_the_role(world: OidcWorld) -> None:
    answer = world.ask()
    assert answer.admitted, answer
    assert answer.reply["SubjectFromWebIdentityToken"] == "somebody"
    assert answer.reply["Audience"] == "client"
    assert answer.reply["Provider"] == world.provider
    assert "PackedPolicySize" not in answer.reply
    assert "SourceIdentity" not in answer.reply
    told = world.session(answer, "sts").get_caller_identity()
    assert told["Account"] == HOME
    assert told["Arn"] == answer.reply["Arn"]
    assert answer.reply["Arn"].endswith("/role-1/a-session")


def test_a_signed_call_is_answered_too(world: OidcWorld) -> None:
    sts = world.server.client("sts", OTHER)
    token = world.issuer.token()
    made = sts.assume_role_with_web_identity(
        RoleArn=world.role, RoleSessionName="a-session", WebIdentityToken=token
    )
    assert made["Provider"] == world.provider


@pytest.mark.parametrize("curve", ["P-256", "P-384", "P-521"])
def test_elliptic_curves_sign_too(world: OidcWorld, curve: str) -> None:
    assert world.ask(key=ec_key(curve)).admitted


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_longer_hashes_are_taken(world: OidcWorld, algorithm: str) -> None:
    from tests.local.oidc.issuer import signed

    header = {"alg": algorithm, "kid": "rsa", "typ": "JWT"}
    assert world.send(signed(header, world.issuer.claims(), rsa_key(), algorithm)).admitted


@pytest.mark.parametrize("kind", [None, "JWT", "jwt", "JWS", "at+jwt"])
def test_usual_types_are_taken(world: OidcWorld, kind: str | None) -> None:
    assert world.ask({"typ": kind}).admitted


def test_an_audience_may_be_a_list_of_one(world: OidcWorld) -> None:
    answer = world.ask(aud=["client"])
    assert answer.admitted
    assert answer.reply["Audience"] == "client"


def test_azp_counts_before_aud(world: OidcWorld) -> None:
    assert world.ask(aud="account", azp="client").reply["Audience"] == "client"
    assert world.ask(aud=["one", "two"], azp="client").admitted
    assert world.ask(aud="client", azp="another").message == "Incorrect token audience"


def test_an_expired_token_is_told_so(world: OidcWorld) -> None:
    second = int(time.time()) - 60
    answer = world.ask(now=second - 300, exp=second)
    assert (answer.status, answer.code) == (400, "ExpiredTokenException")
    begin, end = answer.message.split("current date/time ")[1].split(" must be before ")
    assert int(begin) >= second + 60
    assert end == f"the expiration date/time {second}"
    assert answer.message.startswith("Token expired: current date/time ")


def test_the_embedded_awss_clock_decides(running: OidcWorld) -> None:
    cloud = running.server.cloud
    token = running.issuer.token()
    assert running.send(token).admitted
    with cloud.gate.shared():
        cloud.advance(3600)
    try:
        assert running.send(token).code == "ExpiredTokenException"
        assert running.ask(now=time.time() + 3600).admitted
    finally:
        with cloud.gate.shared():
            cloud.reset_clock()


@pytest.mark.parametrize(
    "issuer",
    [
        "https://nobody.example.com",
        URL + "/",
        URL.upper(),
        URL.replace("https", "http"),
        "id.example.com/tenant",
        "",
        "https://id.example.com",
        "https://id.example.com/tenant/../tenant",
        f"{URL}?x=1",
        "file:///etc/passwd",
    ],
)
def test_only_issuers_of_the_account_count(world: OidcWorld, issuer: str) -> None:
    answer = world.ask(iss=issuer)
    assert answer.code == "InvalidIdentityToken"
    if issuer:
        wanted = f"No OpenIDConnect provider found in your account for {issuer}"
        assert answer.message == wanted
    assert world.issuer.asked == [], "an unknown issuer is not asked"


def test_the_provider_must_be_in_the_roles_account(world: OidcWorld) -> None:
    role = world.make_role(account=OTHER, name="abroad")
    answer = world.ask(role=role)
    assert answer.message == f"No OpenIDConnect provider found in your account for {URL}"
    unused = "arn:aws:iam::999988887777:role/nobody"
    assert world.ask(role=unused).code == "InvalidIdentityToken"
    assert not world.server.cloud.directory.account_known("999988887777")


def test_a_role_that_does_not_exist_is_refused_like_one_that_does_not_trust(
    world: OidcWorld,
) -> None:
    gone = world.ask(role=f"arn:aws:iam::{HOME}:role/never-made")
    shut = world.ask(role=world.make_role(action=["sts:AssumeRole"], provider=world.provider))
    assert (gone.status, gone.code, gone.message) == (shut.status, shut.code, shut.message)
    assert gone.status == 403


def test_parameters_are_held_to_the_service_model(world: OidcWorld) -> None:
    token = world.issuer.token()
    for params, where in (
        ({"RoleArn": None}, "roleArn"),
        ({"RoleArn": "arn"}, "roleArn"),
        ({"RoleSessionName": "a b"}, "roleSessionName"),
        ({"RoleSessionName": "a"}, "roleSessionName"),
        ({"RoleSessionName": "s" * 65}, "roleSessionName"),
        ({"RoleSessionName": None}, "roleSessionName"),
        ({"WebIdentityToken": None}, "webIdentityToken"),
        ({"WebIdentityToken": "abc"}, "webIdentityToken"),
        ({"WebIdentityToken": "a" * 20001}, "webIdentityToken"),
        ({"DurationSeconds": "899"}, "durationSeconds"),
        ({"DurationSeconds": "43201"}, "durationSeconds"),
    ):
        answer = world.send(token, **params)
        assert (answer.status, answer.code) == (400, "ValidationError"), params
        assert f"at '{where}'" in answer.message
        assert "aaaa" not in answer.message, "the token is a secret"


def test_access_tokens_of_other_providers_are_refused(world: OidcWorld) -> None:
    answer = world.send("Atza|opaque", ProviderId="www.amazon.com")
    assert answer.message == "Provided Token is not a Login With Amazon token"
    assert world.send("opaque", ProviderId="graph.facebook.com").code == "InvalidIdentityToken"
    assert world.send(world.issuer.token(), ProviderId="www.amazon.com").status == 400


def test_how_long_it_lasts(world: OidcWorld) -> None:
    role = world.make_role(MaxSessionDuration=43200)
    token = world.issuer.token()
    assert world.send(token, RoleArn=role, DurationSeconds="43200").admitted
    answer = world.send(token, DurationSeconds="3601")
    assert (
        answer.message
        == "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    )


def test_a_session_policy_limits(world: OidcWorld) -> None:
    role = world.make_role(policy=ALLOW_S3)
    policy = json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "s3:ListAllMyBuckets", "Resource": "*"}],
        }
    )
    answer = world.send(world.issuer.token(), RoleArn=role, Policy=policy)
    assert int(answer.reply["PackedPolicySize"]) > 0
    s3 = world.session(answer, "s3")
    s3.list_buckets()
    with pytest.raises(ClientError):
        s3.create_bucket(Bucket="limited")


def test_facts_of_the_call_are_in_the_trust_policy(world: OidcWorld) -> None:
    for condition, admitted in (
        ({"StringEquals": {"sts:RoleSessionName": "a-session"}}, True),
        ({"StringEquals": {"sts:RoleSessionName": "another"}}, False),
        ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, True),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, False),
        ({"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}, False),
        ({"StringLike": {"aws:PrincipalArn": "*"}}, False),
        ({"Null": {"aws:FederatedProvider": "false"}}, False),
        ({"StringEquals": {"aws:ResourceTag/team": "red"}}, True),
    ):
        role = world.make_role(condition, Tags=[{"Key": "team", "Value": "red"}])
        assert world.ask(role=role).admitted is admitted, condition


def test_only_the_claims_that_aws_names_are_condition_keys(world: OidcWorld) -> None:
    group = world.make_role({"StringEquals": {f"{world.host}:group": "admins"}})
    assert world.ask(role=group, group="admins").code == "AccessDenied"
    amr = world.make_role({"ForAnyValue:StringEquals": {f"{world.host}:amr": "mfa"}})
    assert world.ask(role=amr, amr=["pwd", "mfa"]).admitted
    assert world.ask(role=amr, amr=["pwd"]).code == "AccessDenied"


TAGS = "https://aws.amazon.com/tags"


@pytest.mark.parametrize(
    "claims",
    [
        {TAGS: {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["team"]}},
        {f"{TAGS}/principal_tags/team": ["red"], f"{TAGS}/transitive_tag_keys": ["team"]},
        {f"{TAGS}/principal_tags/team": "red"},
    ],
)
def test_session_tags_come_with_the_token(world: OidcWorld, claims: dict[str, Any]) -> None:
    role = world.make_role({"StringEquals": {"aws:RequestTag/team": "red"}})
    assert world.ask(role=role, **claims).admitted
    assert world.ask(role=role).code == "AccessDenied"
    shut = world.make_role(action=["sts:AssumeRoleWithWebIdentity"])
    answer = world.ask(role=shut, **claims)
    assert answer.code == "AccessDenied"
    assert "sts:TagSession" in answer.reason


@pytest.mark.parametrize(
    "tags",
    [
        "team=red",
        [],
        {"principal_tags": []},
        {"principal_tags": {"team": ["red", "blue"]}},
        {"principal_tags": {"team": {}}},
        {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": "team"},
        {"principal_tags": {"team": ["red"]}, "transitive_tag_keys": ["other"]},
        {"principal_tags": {"team": ["red"], "TEAM": ["blue"]}},
        {"principal_tags": {"aws:team": ["red"]}},
        {"principal_tags": {"": ["red"]}},
        {"principal_tags": {"t" * 129: ["red"]}},
        {"principal_tags": {"team": ["r" * 257]}},
        {"principal_tags": {"team": ["<red>"]}},
        {"principal_tags": {f"t{i}": ["red"] for i in range(51)}},
        {"something_else": {}},
    ],
)
def test_tags_of_another_form_let_nobody_in(world: OidcWorld, tags: Any) -> None:
    answer = world.ask(**{TAGS: tags})
    assert answer.status == 400, answer
    assert answer.code in ("InvalidIdentityToken", "ValidationError", "InvalidParameterValue")


def test_tags_last_as_long_as_the_session(world: OidcWorld) -> None:
    policy = [
        {
            "Effect": "Allow",
            "Action": "s3:CreateBucket",
            "Resource": "arn:aws:s3:::${aws:PrincipalTag/team}-bucket",
        }
    ]
    answer = world.ask(
        role=world.make_role(policy=policy), **{TAGS: {"principal_tags": {"team": ["red"]}}}
    )
    s3 = world.session(answer, "s3")
    where = {"LocationConstraint": world.server.region}
    s3.create_bucket(Bucket="red-bucket", CreateBucketConfiguration=where)
    with pytest.raises(ClientError):
        s3.create_bucket(Bucket="blue-bucket", CreateBucketConfiguration=where)


def test_a_source_identity_comes_with_the_token(world: OidcWorld) -> None:
    claim = "https://aws.amazon.com/source_identity"
    answer = world.ask(**{claim: "alice"})
    assert answer.reply["SourceIdentity"] == "alice"
    shut = world.make_role(action=["sts:AssumeRoleWithWebIdentity"])
    assert "sts:SetSourceIdentity" in world.ask(role=shut, **{claim: "alice"}).reason
    for value in ("a", "a b", "a" * 65, 7, ["alice"]):
        assert world.ask(**{claim: value}).status == 400


# -- providers that AWS has by itself --------------------------------------------------


def google_role(world: OidcWorld, **more: Any) -> str:
    return world.make_role(
        {"StringEquals": {"accounts.google.com:aud": "app.apps.googleusercontent.com"}},
        provider="accounts.google.com",
        **more,
    )


@pytest.mark.parametrize("spelling", ["https://accounts.google.com", "accounts.google.com"])
def test_google_needs_no_provider_and_writes_its_name_in_two_ways(
    world: OidcWorld, spelling: str
) -> None:
    claims = {"iss": spelling, "sub": "1234", "aud": "app.apps.googleusercontent.com"}
    token = mint("https://accounts.google.com", claims, world.server.cloud)
    answer = world.send(token, RoleArn=google_role(world))
    assert answer.admitted, answer
    assert answer.reply["Provider"] == "accounts.google.com"


def test_azp_is_what_google_calls_aud(world: OidcWorld) -> None:
    claims = {"sub": "1234", "aud": "web", "azp": "app.apps.googleusercontent.com"}
    token = mint("https://accounts.google.com", claims, world.server.cloud)
    assert world.send(token, RoleArn=google_role(world)).admitted
    claims = {"sub": "1234", "aud": "app.apps.googleusercontent.com", "azp": "android"}
    token = mint("https://accounts.google.com", claims, world.server.cloud)
    assert world.send(token, RoleArn=google_role(world)).code == "AccessDenied"


@pytest.mark.parametrize(
    ("issuer", "name", "claims"),
    [
        (
            "https://accounts.google.com",
            "accounts.google.com",
            {"aud": "app.apps.googleusercontent.com"},
        ),
        (
            "https://cognito-identity.amazonaws.com",
            "cognito-identity.amazonaws.com",
            {"aud": "eu-central-1:pool", "amr": ["authenticated"]},
        ),
    ],
)
def test_policy_variables_of_the_provider_last_as_long_as_the_session(
    world: OidcWorld, issuer: str, name: str, claims: dict[str, Any]
) -> None:
    bucket = f"home-{name.partition('.')[0]}"
    world.server.client("s3", HOME).create_bucket(
        Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": world.server.region}
    )
    role = world.make_role(
        {"StringEquals": {f"{name}:aud": claims["aud"]}},
        provider=name,
        policy=[
            {
                "Effect": "Allow",
                "Action": ["s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{bucket}/${{{name}:sub}}/*",
                "Condition": {"StringEquals": {"aws:FederatedProvider": name}},
            }
        ],
    )
    token = mint(issuer, {"sub": "user-one", **claims}, world.server.cloud)
    answer = world.send(token, RoleArn=role)
    assert answer.admitted, answer
    s3 = world.session(answer, "s3")
    s3.put_object(Bucket=bucket, Key="user-one/notes", Body=b"mine")
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=bucket, Key="user-two/notes", Body=b"not mine")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


# -- what a change of the provider means ------------------------------------------------


def test_client_ids_count_at_once(world: OidcWorld) -> None:
    on = {"OpenIDConnectProviderArn": world.provider}
    role = world.make_role({"StringEquals": {f"{world.host}:sub": "somebody"}})
    assert world.ask(role=role, aud="new").message == "Incorrect token audience"
    world.iam.add_client_id_to_open_id_connect_provider(**on, ClientID="new")
    assert world.ask(role=role, aud="new").admitted
    world.iam.remove_client_id_from_open_id_connect_provider(**on, ClientID="new")
    assert world.ask(role=role, aud="new").message == "Incorrect token audience"


def test_a_provider_that_is_gone_vouches_for_nobody(world: OidcWorld) -> None:
    world.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=world.provider)
    try:
        answer = world.ask()
        assert answer.message.startswith("No OpenIDConnect provider found in your account for")
    finally:
        assert world.make_provider(world.issuer.url) == world.provider
    assert world.ask().admitted


def test_a_provider_without_client_ids_takes_no_token(world: OidcWorld) -> None:
    on = {"OpenIDConnectProviderArn": world.provider}
    world.iam.remove_client_id_from_open_id_connect_provider(**on, ClientID="client")
    try:
        assert world.ask().message == "Incorrect token audience"
    finally:
        world.iam.add_client_id_to_open_id_connect_provider(**on, ClientID="client")

"""AssumeRoleWithWebIdentity by itself: the issuer's keys are given, nothing is fetched."""

from datetime import timedelta
from typing import Any

import pytest

from rolecall.local.api import ApiReply, SessionGrant
from rolecall.local.oidc import signature
from rolecall.local.oidc.jwks import SigningKey
from rolecall.local.sts.web_identity import assume_role_with_web_identity
from tests.local.oidc.issuer import ec_key, signed
from tests.local.sts.conftest import (
    HOME,
    NOW,
    OTHER,
    Here,
    Refusal,
    allow,
    call,
    paths,
    policy,
    refusal,
    told,
    trust,
)

URL = "https://id.example.com/tenant"
HOST = "id.example.com/tenant"
PROVIDER = f"arn:aws:iam::{HOME}:oidc-provider/{HOST}"
ASSUME = "sts:AssumeRoleWithWebIdentity"
EVERYTHING = [ASSUME, "sts:TagSession", "sts:SetSourceIdentity"]
TAGS = "https://aws.amazon.com/tags"


@pytest.fixture(autouse=True)
def known_key(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account has a provider, and the issuer publishes one key."""
    here.iam.create_open_id_connect_provider(URL, [], ["client"], [])
    key = SigningKey("one", "P-256", "", ec_key())
    keys = {URL: (key,), "https://accounts.google.com": (key,)}
    monkeypatch.setattr(signature, "signing_keys", lambda url, _cloud, **_more: keys[url])


def token(**changes: Any) -> str:
    now = int(NOW.timestamp())
    claims = {"iss": URL, "sub": "somebody", "aud": "client", "iat": now, "exp": now + 300}
    return signed({"alg": "ES256", "kid": "one"}, {**claims, **changes}, ec_key(), "ES256")


def ask(here: Here, role: str, web_token: str | None = None, **more: str) -> ApiReply:
    params = {"RoleArn": role, "RoleSessionName": "a-session", **more}
    params["WebIdentityToken"] = token() if web_token is None else web_token
    return assume_role_with_web_identity(call(ASSUME[4:], params), here.cloud)


def refused(here: Here, role: str, web_token: str | None = None, **more: str) -> Refusal:
    return refusal(ask, here, role, web_token, **more)


@pytest.fixture
def role(here: Here) -> str:
    return here.role("web", trust({"Federated": PROVIDER}, EVERYTHING), longest=43200)


def test_a_session_of_a_token(here: Here, role: str) -> None:
    reply = ask(here, role, token(amr=["pwd"], email="a@b"))
    unique_id = here.iam.get_role("web").id
    assert here.bare_grant(reply) == SessionGrant(
        kind="assumed-role",
        account=HOME,
        issued_at=NOW,
        expires_at=NOW + timedelta(hours=1),
        role_arn=role,
        role_id=unique_id,
        session_name="a-session",
        federation={
            f"{HOST}:sub": "somebody",
            f"{HOST}:aud": "client",
            f"{HOST}:amr": ("pwd",),
            "aws:FederatedProvider": PROVIDER,
        },
    )
    found = told(reply)
    assert found["SubjectFromWebIdentityToken"] == "somebody"
    assert found["Provider"] == PROVIDER
    assert found["Audience"] == "client"
    assert found["AssumedRoleId"] == f"{unique_id}:a-session"
    top = "AssumeRoleWithWebIdentityResponse/AssumeRoleWithWebIdentityResult"
    assert paths(reply)[-4:] == [
        f"{top}/SubjectFromWebIdentityToken",
        f"{top}/Provider",
        f"{top}/Audience",
        "AssumeRoleWithWebIdentityResponse/ResponseMetadata/RequestId",
    ]


def test_a_session_with_everything(here: Here, role: str) -> None:
    text = policy(allow("s3:*"))
    claims = {
        f"{TAGS}/principal_tags/Team": "red",
        f"{TAGS}/transitive_tag_keys": ["Team"],
        "https://aws.amazon.com/source_identity": "alice",
    }
    reply = ask(here, role, token(**claims), DurationSeconds="900", Policy=text)
    grant = here.grant(reply)
    assert grant.expires_at == NOW + timedelta(seconds=900)
    assert (grant.session_policies, grant.session_policy_arns) == ((text,), None)
    assert (grant.tags, grant.transitive_tag_keys) == ({"Team": "red"}, ("Team",))
    assert grant.source_identity == told(reply)["SourceIdentity"] == "alice"
    assert int(told(reply)["PackedPolicySize"]) > 1


@pytest.mark.parametrize(
    ("claims", "action"),
    [
        ({f"{TAGS}/principal_tags/Team": "red"}, "sts:TagSession"),
        ({"https://aws.amazon.com/source_identity": "alice"}, "sts:SetSourceIdentity"),
    ],
)
def test_tags_and_source_identity_need_their_own_permission(
    here: Here, claims: dict[str, str], action: str
) -> None:
    plain = here.role("plain", trust({"Federated": PROVIDER}, ASSUME))
    assert ask(here, plain).status == 200
    assert refused(here, plain, token(**claims)).code == "AccessDenied"
    able = here.role("able", trust({"Federated": PROVIDER}, [ASSUME, action]))
    assert ask(here, able, token(**claims)).status == 200


@pytest.mark.parametrize(
    ("test", "good", "bad"),
    [
        ({"StringEquals": {f"{HOST}:sub": "somebody"}}, {}, {"sub": "another"}),
        ({"StringEquals": {"sts:RoleSessionName": "a-session"}}, {}, None),
        (
            {"StringEquals": {"aws:RequestTag/T": "r"}},
            {f"{TAGS}/principal_tags/T": "r"},
            {f"{TAGS}/principal_tags/T": "b"},
        ),
        (
            {"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "T"}},
            {f"{TAGS}/principal_tags/T": "r", f"{TAGS}/transitive_tag_keys": ["T"]},
            {f"{TAGS}/principal_tags/T": "r"},
        ),
        (
            {"StringEquals": {"sts:SourceIdentity": "al"}},
            {"https://aws.amazon.com/source_identity": "al"},
            {},
        ),
        ({"StringEquals": {"aws:UserAgent": "a-client"}}, {}, None),
        ({"StringEquals": {"iam:ResourceTag/Kind": "ci"}}, {}, None),
    ],
)
def test_what_the_trust_policy_sees(
    here: Here, test: dict[str, Any], good: dict[str, Any], bad: dict[str, Any] | None
) -> None:
    trusts = trust({"Federated": PROVIDER}, EVERYTHING, Condition=test)
    role = here.role("careful", trusts, tags={"Kind": "ci"})
    assert ask(here, role, token(**good)).status == 200
    if bad is not None:
        told_of = refused(here, role, token(**bad))
        assert told_of.reason
        assert told_of == Refusal(
            "AccessDenied", f"Not authorized to perform {ASSUME}", 403, told_of.reason
        )


def test_a_role_that_trusts_somebody_else(here: Here) -> None:
    others = f"arn:aws:iam::{HOME}:oidc-provider/other.example.com"
    role = here.role("others", trust({"Federated": others}, ASSUME))
    assert refused(here, role).code == "AccessDenied"
    role = here.role("everyone", trust("*", "sts:AssumeRole"))
    assert refused(here, role).code == "AccessDenied"


def test_a_role_that_does_not_exist(here: Here) -> None:
    role = f"arn:aws:iam::{HOME}:role/nobody"
    assert refused(here, role) == Refusal(
        "AccessDenied", f"Not authorized to perform {ASSUME}", 403, f"there is no role {role}"
    )


def test_the_provider_is_that_of_the_roles_account(here: Here) -> None:
    assert refused(here, f"arn:aws:iam::{OTHER}:role/nobody") == Refusal(
        "InvalidIdentityToken",
        f"No OpenIDConnect provider found in your account for {URL}",
        400,
        f"account {OTHER} has no OIDC provider whose URL is the token's iss",
    )


def test_google_needs_no_provider(here: Here) -> None:
    """AWS has one of its own, and the trust policy alone looks at the audience."""
    role = here.role("google", trust({"Federated": "accounts.google.com"}, ASSUME))
    reply = ask(here, role, token(iss="accounts.google.com", aud="anything"))
    assert told(reply)["Provider"] == "accounts.google.com"
    assert here.grant(reply).federation == {
        "accounts.google.com:sub": "somebody",
        "accounts.google.com:aud": "anything",
        "aws:FederatedProvider": "accounts.google.com",
    }


def test_the_token_is_verified_before_the_role_is_looked_for(here: Here) -> None:
    role = f"arn:aws:iam::{HOME}:role/nobody"
    assert refused(here, role, token(aud="x")).message == "Incorrect token audience"
    assert refused(here, role, token(exp=1)).code == "ExpiredTokenException"
    assert refused(here, role, token(**{f"{TAGS}/principal_tags/a": 1})).code == (
        "InvalidIdentityToken"
    )

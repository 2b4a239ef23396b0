"""Who may assume a role: the one meaning for every room."""

from typing import Any

import pytest

from rolecall.policy import (
    Anonymous,
    AssumeRoleAttempt,
    AwsService,
    Caller,
    CompiledPolicy,
    Decision,
    FederatedUserSession,
    IamUser,
    PolicyDocument,
    RoleSession,
    RootUser,
    SamlIdentity,
    Verdict,
    WebIdentity,
    may_assume,
)

HERE, THERE = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{THERE}:role/tes-deployer"
ALICE = IamUser(HERE, "alice")
GITHUB = f"arn:aws:iam::{THERE}:oidc-provider/token.actions.githubusercontent.com"
SAML = f"arn:aws:iam::{THERE}:saml-provider/corp"

ASSUME, TAG, NAME = "sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"


def policy(**elements: Any) -> CompiledPolicy:
    return CompiledPolicy(
        PolicyDocument.parse(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **elements}}
        )
    )


def trust(principal: object, *actions: str, **condition: Any) -> CompiledPolicy:
    more = {"Condition": condition} if condition else {}
    return policy(Principal=principal, Action=list(actions) or [ASSUME], **more)


def own(*actions: str) -> list[CompiledPolicy]:
    return [policy(Action=list(actions) or [ASSUME], Resource=ROLE)]


def attempt(caller: Caller = ALICE, **more: Any) -> AssumeRoleAttempt:
    return AssumeRoleAttempt(caller, ROLE, **more)


def test_a_user_of_another_account_needs_both_sides() -> None:
    for principal in ({"AWS": ALICE.arn}, {"AWS": HERE}, {"AWS": f"arn:aws:iam::{HERE}:root"}):
        assert may_assume(attempt(), trust=trust(principal), identity=own()).allowed
        refused = may_assume(attempt(), trust=trust(principal))
        assert refused.verdict is Verdict.IMPLICIT_DENY
        assert refused.reason.policy == "identity"
    assert not may_assume(
        attempt(IamUser(HERE, "bob")), trust=trust({"AWS": ALICE.arn}), identity=own()
    ).allowed


def test_a_user_of_the_same_account_needs_the_trust_policy_only() -> None:
    local = IamUser(THERE, "dora")
    assert may_assume(attempt(local), trust=trust({"AWS": local.arn})).allowed
    assert not may_assume(attempt(local), trust=trust({"AWS": ALICE.arn}), identity=own()).allowed
    assert not may_assume(attempt(local), trust=trust({"AWS": THERE})).allowed
    assert may_assume(attempt(local), trust=trust({"AWS": THERE}), identity=own()).allowed


def test_the_external_id() -> None:
    document = trust({"AWS": HERE}, StringEquals={"sts:ExternalId": "tes-42"})
    assert may_assume(attempt(external_id="tes-42"), trust=document, identity=own()).allowed
    missing = may_assume(attempt(), trust=document, identity=own())
    assert missing.reason.misses[0].missing_key == "sts:ExternalId"
    wrong = may_assume(attempt(external_id="stg-42"), trust=document, identity=own())
    assert wrong.reason.misses[0].found == ("stg-42",)


def test_tags_need_sts_tag_session_on_both_sides() -> None:
    tagged = attempt(tags={"team": "red"}, transitive_tag_keys=("team",))
    who = {"AWS": HERE}
    assert may_assume(tagged, trust=trust(who, ASSUME, TAG), identity=own(ASSUME, TAG)).allowed
    for document, identity, side in (
        (trust(who), own(ASSUME, TAG), "trust"),
        (trust(who, ASSUME, TAG), own(), "identity"),
    ):
        refused = may_assume(tagged, trust=document, identity=identity)
        assert not refused.allowed
        assert refused.reason.policy == side
        assert "sts:TagSession" in refused.explain()


def test_tags_are_condition_keys() -> None:
    document = trust(
        {"AWS": HERE},
        ASSUME,
        TAG,
        **{
            "StringEquals": {"aws:RequestTag/team": "red"},
            "ForAllValues:StringEquals": {
                "aws:TagKeys": ["team", "cost"],
                "sts:TransitiveTagKeys": ["team"],
            },
        },
    )
    identity = own(ASSUME, TAG)

    def may(**more: Any) -> bool:
        return may_assume(attempt(**more), trust=document, identity=identity).allowed

    assert may(tags={"team": "red"})
    assert may(tags={"team": "red", "cost": "1"}, transitive_tag_keys=("team",))
    assert not may(tags={"team": "blue"})
    assert not may(tags={"team": "red", "other": "1"})
    assert not may(tags={"team": "red", "cost": "1"}, transitive_tag_keys=("cost",))
    assert not may()


def test_a_source_identity_needs_its_permission_and_is_a_key() -> None:
    document = trust({"AWS": HERE}, ASSUME, NAME, StringEquals={"sts:SourceIdentity": "alice"})
    identity = own(ASSUME, NAME)
    assert may_assume(attempt(source_identity="alice"), trust=document, identity=identity).allowed
    assert not may_assume(attempt(source_identity="bob"), trust=document, identity=identity).allowed
    assert not may_assume(
        attempt(source_identity="alice"), trust=trust({"AWS": HERE}), identity=identity
    ).allowed


def test_a_source_identity_persists_through_a_chain() -> None:
    session = RoleSession(HERE, "hop", "run", source_identity="alice")
    full = {"trust": trust({"AWS": session.role_arn}, ASSUME, NAME), "identity": own(ASSUME, NAME)}
    assert may_assume(attempt(session), **full).allowed  # type: ignore[arg-type]
    assert may_assume(attempt(session, source_identity="alice"), **full).allowed  # type: ignore[arg-type]
    changed = may_assume(attempt(session, source_identity="bob"), **full)  # type: ignore[arg-type]
    assert changed.reason.note == "the source identity of the caller's session cannot be changed"
    silent = may_assume(attempt(session), trust=trust({"AWS": session.role_arn}), identity=own())
    assert "sts:SetSourceIdentity" in silent.explain()


def test_in_a_chain_the_source_identity_needs_both_sides_in_one_account_too() -> None:
    hop = RoleSession(THERE, "hop", "run", source_identity="alice")
    document = trust({"AWS": hop.role_arn}, ASSUME, NAME)
    assert not may_assume(attempt(hop), trust=document).allowed
    assert not may_assume(attempt(hop), trust=document, identity=own(ASSUME)).allowed
    assert may_assume(attempt(hop), trust=document, identity=own(NAME)).allowed
    assert not may_assume(
        attempt(hop), trust=trust({"AWS": hop.role_arn}), identity=own(NAME)
    ).allowed
    # A user of the same account may have it from the trust policy alone.
    dora = IamUser(THERE, "dora")
    assert may_assume(
        attempt(dora, source_identity="dora"), trust=trust({"AWS": dora.arn}, ASSUME, NAME)
    ).allowed


def test_the_session_name_is_a_key() -> None:
    document = trust({"AWS": HERE}, StringEquals={"sts:RoleSessionName": "${aws:username}"})
    assert may_assume(attempt(session_name="alice"), trust=document, identity=own()).allowed
    assert not may_assume(attempt(session_name="bob"), trust=document, identity=own()).allowed


def test_mfa_comes_from_the_context() -> None:
    document = trust(
        {"AWS": HERE},
        Bool={"aws:MultiFactorAuthPresent": "true"},
        NumericLessThan={"aws:MultiFactorAuthAge": "3600"},
    )

    def may(**context: str) -> Decision:
        keys = {f"aws:MultiFactorAuth{k}": v for k, v in context.items()}
        return may_assume(attempt(context=keys), trust=document, identity=own())

    assert may(Present="true", Age="10").allowed
    assert not may(Present="true", Age="3600").allowed
    assert not may(Present="false", Age="10").allowed
    assert not may().allowed


@pytest.mark.parametrize(
    ("caller", "note"),
    [
        (RootUser(HERE), "a root user may not assume a role"),
        (FederatedUserSession(HERE, "carol"), "a federated user may not assume a role"),
        (Anonymous(), "this caller cannot call sts:AssumeRole"),
        (WebIdentity(GITHUB), "this caller cannot call sts:AssumeRole"),
        (SamlIdentity(SAML), "this caller cannot call sts:AssumeRole"),
        (IamUser(HERE, "alice", partition="aws-cn"), "the role is in another partition"),
        (RoleSession(HERE, "r", "s", partition="aws-us-gov"), "the role is in another partition"),
    ],
)
def test_who_may_not_whatever_policies_say(caller: Caller, note: str) -> None:
    principal = {
        "AWS": ["*", caller.arn],
        "Service": "ec2.amazonaws.com",
        "Federated": [GITHUB, SAML],
    }
    decision = may_assume(attempt(caller), trust=trust(principal, "sts:*"), identity=own("*"))
    assert not decision.allowed
    assert decision.explain() == f"sts:AssumeRole is denied ({note})."


def test_federated_identities_have_their_own_actions() -> None:
    web = trust(
        {"Federated": GITHUB},
        "sts:AssumeRoleWithWebIdentity",
        StringLike={"token.actions.githubusercontent.com:sub": "repo:acme/infra:*"},
    )

    def job(sub: str, action: str) -> bool:
        keys = {"token.actions.githubusercontent.com:sub": sub}
        who = attempt(WebIdentity(GITHUB), context=keys)
        return may_assume(who, trust=web, action=action).allowed

    assert job("repo:acme/infra:ref:refs/heads/main", "sts:AssumeRoleWithWebIdentity")
    assert not job("repo:evil/infra:ref:refs/heads/main", "sts:AssumeRoleWithWebIdentity")
    assert not job("repo:acme/infra:ref:refs/heads/main", "sts:AssumeRoleWithSAML")
    saml = trust({"Federated": SAML}, "sts:AssumeRoleWithSAML")
    assert may_assume(
        attempt(SamlIdentity(SAML)), trust=saml, action="sts:AssumeRoleWithSAML"
    ).allowed
    assert not may_assume(attempt(ALICE), trust=saml, action="sts:AssumeRoleWithSAML").allowed


def test_a_service_needs_the_trust_policy_only() -> None:
    document = trust({"Service": "lambda.amazonaws.com"}, StringEquals={"aws:SourceAccount": THERE})
    right = AwsService("lambda.amazonaws.com", source_account=THERE)
    assert may_assume(attempt(right), trust=document).allowed
    for wrong in (
        AwsService("lambda.amazonaws.com"),
        AwsService("lambda.amazonaws.com", source_account=HERE),
        AwsService("ec2.amazonaws.com", source_account=THERE),
    ):
        assert not may_assume(attempt(wrong), trust=document).allowed


def test_boundary_and_session_policies_limit_the_caller() -> None:
    nothing = policy(Action="s3:*", Resource="*")
    document = trust({"AWS": [ALICE.arn, f"arn:aws:iam::{HERE}:role/hop"]})
    refused = may_assume(attempt(), trust=document, identity=own(), boundary=nothing)
    assert refused.reason.policy == "boundary"
    hop = RoleSession(HERE, "hop", "run")
    assert may_assume(attempt(hop), trust=document, identity=own(), session=own()).allowed
    limited = may_assume(attempt(hop), trust=document, identity=own(), session=[nothing])
    assert limited.reason.policy == "session"
    # Of several session policies one must allow: inline and managed ones add up.
    assert may_assume(
        attempt(hop), trust=document, identity=own(), session=[nothing, *own()]
    ).allowed
    assert not may_assume(attempt(hop), trust=document, identity=own(), session=[]).allowed

"""What is known of the role: its ARN, its account, or nothing."""

from typing import Any

import pytest

from rolecall.policy import Authorizer, PolicyDocument, PolicyError, Request
from rolecall.policy.compare import Comparison, Outcome, compare
from tests.policy.compare.labelled import OTHER, OWN, aws, policy, service

ROLE = f"arn:aws:iam::{OWN}:role/ops/deployer"
BOB = f"arn:aws:iam::{OTHER}:user/bob"


def gains(document: PolicyDocument, **known: str) -> Comparison:
    return compare([], document, **known)  # type: ignore[arg-type]


def test_a_witness_asks_for_the_role_itself() -> None:
    for document in (policy(aws(BOB)), policy(service("ec2.amazonaws.com")), policy(aws("*"))):
        for each in gains(document, role_arn=ROLE).gains:
            assert each.witness.attempt.role_arn == ROLE
    named = gains(policy(aws(BOB)), account=OWN).gains[0]
    assert named.witness.attempt.role_arn == f"arn:aws:iam::{OWN}:role/the-role"
    unknown = gains(policy(aws("*"))).gains[0]
    attempt = unknown.witness.attempt
    assert attempt.role_arn == f"arn:aws:iam::{attempt.caller.account}:role/the-role"


def test_a_role_of_another_partition_is_out_of_reach() -> None:
    china = "arn:aws-cn:iam::111122223333:role/deployer"
    assert gains(policy(aws(BOB)), role_arn=china).verdict is Outcome.SAME
    assert gains(policy(aws(BOB)), role_arn=ROLE).verdict is Outcome.WIDER
    assert gains(policy(service("ec2.amazonaws.com")), role_arn=china).verdict is Outcome.WIDER
    there = policy(aws("arn:aws-cn:iam::444455556666:user/li"))
    assert gains(there, role_arn=china).verdict is Outcome.WIDER
    assert gains(there, role_arn=ROLE).verdict is Outcome.SAME
    # An account by its id is that of the role's partition.
    by_id = gains(policy(aws(OTHER)), role_arn=china).gains[0]
    assert by_id.witness.attempt.caller.arn.startswith("arn:aws-cn:iam::")


def test_a_statement_that_names_resources_needs_the_role() -> None:
    here = policy({**aws(OTHER), "Resource": ROLE})
    assert gains(here, role_arn=ROLE).verdict is Outcome.WIDER
    assert gains(here, role_arn=ROLE + "2").verdict is Outcome.SAME
    open_ = gains(here, account=OWN)
    assert {(each.who, each.gain) for each in open_.undecided} == {
        ("every caller", True), ("every caller", False)
    }  # fmt: skip
    assert {each.why for each in open_.undecided} == {
        "a statement names resources, the role is unknown"
    }
    any_role = policy({**aws(OTHER), "Resource": "*"})
    assert gains(any_role, account=OWN).undecided == ()
    but = policy({**aws(OTHER), "NotResource": ROLE})
    assert gains(but, role_arn=ROLE).verdict is Outcome.SAME
    assert gains(but, account=OWN).undecided


def test_what_is_no_role_is_refused() -> None:
    for text in ("", "role", "arn:aws:iam::1:"[:-1]):
        with pytest.raises(PolicyError, match="is not an ARN"):
            gains(policy(aws(OTHER)), role_arn=text)


def test_documents_of_one_side_are_in_force_together() -> None:
    one, two = policy(aws(OTHER)), policy(service("ec2.amazonaws.com"))
    both = policy(aws(OTHER), service("ec2.amazonaws.com"))
    assert compare([one, two], both, account=OWN).verdict is Outcome.SAME
    assert compare([one], [one, two], account=OWN).verdict is Outcome.WIDER
    old = PolicyDocument(two.statements, "2008-10-17")
    with pytest.raises(PolicyError, match="two versions"):
        compare([one, old], one)
    assert compare(PolicyDocument(one.statements, "2008-10-17"), one).verdict is Outcome.SAME


def test_whoever_is_denied_and_not_known_yet_is_left_open_both_ways() -> None:
    allow = aws("*", "sts:*")
    deny = {**aws("${aws_iam_role.ci.arn}", "sts:*"), "Effect": "Deny"}
    found = compare(policy(allow), policy(allow, deny), account=OWN)
    whom = "${aws_iam_role.ci.arn}"
    told = {(each.who, each.gain, each.why) for each in found.undecided}
    assert {
        (f"whoever {whom} denies", gain, f"it is not known yet whom {whom} means")
        for gain in (True, False)
    } <= told
    assert compare(policy(allow, deny), policy(deny, allow), account=OWN).verdict is Outcome.SAME


def test_whoever_is_named_is_nobody_else() -> None:
    """A user by his name or by his ARN: the rest of the account does not have it."""
    for kind in ("user", "role"):
        arn = f"arn:aws:iam::{OTHER}:{kind}/hop"
        deny = {**aws(arn, "sts:*"), "Effect": "Deny"}
        by_arn = aws("*", "sts:*", effect="Deny", ArnEquals={"aws:PrincipalArn": arn})
        one, other = policy(aws(OTHER), deny), policy(aws(OTHER), by_arn)
        assert compare(one, other, account=OWN).verdict is Outcome.SAME
        assert compare(other, one, account=OWN).verdict is Outcome.SAME
        assert compare(one, policy(aws(OTHER)), account=OWN).verdict is Outcome.WIDER


def test_kinds_of_callers_are_told_apart_by_their_type() -> None:
    for kind, words in (("User", "any other user"), ("AssumedRole", "any other role")):
        found = compare(
            [], policy(aws(OTHER, StringEquals={"aws:PrincipalType": kind})), account=OWN
        )
        assert [each.who for each in found.gains] == [f"{words} of account {OTHER}"]
    nobody = policy(aws(OTHER, StringEquals={"aws:PrincipalType": "Account"}))
    assert compare([], nobody, account=OWN).verdict is Outcome.SAME


def test_a_difference_names_its_statement_and_side() -> None:
    named = policy(aws(OTHER, StringEquals={"sts:ExternalId": "x1"}), {**aws(BOB), "Sid": "Bob"})
    gained, lost = compare([], named, account=OWN).gains, compare(named, [], account=OWN).losses
    assert any(f"{BOB}: let in now (new statement Bob), for" in each.words() for each in gained)
    assert any(
        f"{BOB}: not let in any more (old statement Bob), for" in each.words() for each in lost
    )
    assert any("let in now (new statement 0), for" in each.words() for each in gained)


def test_what_is_taken_for_granted_is_told_with_every_answer() -> None:
    document = policy(aws(OTHER))
    answers = [compare(document, document), compare([], document)]
    assert all(len(each.assumptions) == 3 for each in answers)


def test_a_witness_has_no_more_permissions_than_he_needs() -> None:
    """Let in without a permission of his own account: so his policies do not have it."""
    local = f"arn:aws:iam::{OWN}:user/alice"
    for document, allowed in ((policy(aws(local)), False), (policy(aws(OWN)), True)):
        for each in compare([], document, account=OWN).gains:
            request = Request.build("sts:AssumeRole", ROLE, each.witness.attempt.caller)
            own = Authorizer(identity=each.witness.identity).decide(request)
            assert own.allowed is allowed


def test_a_direct_grant_is_more_than_one_that_is_limited() -> None:
    """A boundary or a session policy leaves out what only a direct grant gives all the same."""
    alice, hop = f"arn:aws:iam::{OWN}:user/alice", f"arn:aws:iam::{OWN}:role/hop"
    run = f"arn:aws:sts::{OWN}:assumed-role/hop/run"
    for limited, direct in (
        (aws("*", ArnEquals={"aws:PrincipalArn": alice}), aws(alice)),
        (aws(hop), aws([hop, run])),
    ):
        assert compare(policy(limited), policy(direct), account=OWN).verdict is Outcome.WIDER
        # In another account there is no such difference.
        assert compare(policy(limited), policy(direct), account="777788889999").verdict in (
            Outcome.SAME, Outcome.NARROWER
        )  # fmt: skip


def test_a_deny_of_one_value_of_several_is_missed_when_it_goes() -> None:
    deny = aws("*", "sts:*", effect="Deny", StringEquals={"aws:PrincipalOrgPaths": "o-1/r-1/"})
    old, new = policy(aws(OTHER), deny), policy(aws(OTHER))
    assert compare(old, new, account=OWN).verdict is Outcome.WIDER
    assert compare(new, old, account=OWN).verdict is Outcome.NARROWER


def test_of_an_unknown_provider_a_claim_may_have_several_values() -> None:
    key = "idp.example.com:groups"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{OWN}:oidc-provider/idp.example.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"ForAnyValue:StringEquals": {key: "a"}, "ForAnyValue:StringLike": {key: "b"}},
    }
    (gain,) = compare([], policy(statement), account=OWN).gains
    assert set(gain.witness.attempt.context[key]) == {"a", "b"}


def test_names_that_nobody_has() -> None:
    for key, value in (
        ("aws:PrincipalAccount", "?????????????"),
        ("aws:PrincipalAccount", "12345*:"),
        ("aws:username", "a/b"),
        ("aws:PrincipalArn", "arn:aws:iam::1:*"),
        ("aws:PrincipalArn", "arn:aws:sts::*:assumed-role/*"),
    ):
        document = policy(aws("*", StringLike={key: value}))
        assert compare([], document, account=OWN).verdict is Outcome.SAME, (key, value)
    service = {"Null": {"aws:PrincipalArn": "false"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}
    assert compare([], policy({**aws("*"), "Condition": service})).verdict is Outcome.SAME


def test_everybody_of_another_partition() -> None:
    china = "arn:aws-cn:iam::111122223333:role/deployer"
    named = "arn:aws-cn:sts::444455556666:assumed-role/hop/run"
    for principal, count in ((OTHER, 2), (named, 1), ("AROAEXAMPLEWORKER0001", 2), ("*", 4)):
        found = compare([], policy(aws(principal)), role_arn=china).gains
        told = {who for each in found for who in (each.who, *each.also) if "service" not in who}
        assert len(told) == count
        callers = [each.witness.attempt.caller for each in found]
        assert all(c.arn.startswith("arn:aws-cn:") for c in callers if c.account)
    typed = policy(aws(OTHER, StringEquals={"aws:PrincipalType": "AssumedRole"}))
    (role,) = compare([], typed, role_arn=china).gains
    assert role.witness.attempt.caller.arn.startswith("arn:aws-cn:sts::")


def test_a_provider_that_is_not_known_yet_may_be_of_either_kind() -> None:
    def told(provider: str) -> set[str]:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": provider},
            "Action": ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"],
        }
        return {each.who for each in compare([], policy(statement), account=OWN).undecided}

    tokens, saml = "holders of tokens of", "users of the SAML provider"
    unknown = "${data.external.provider.arn}"
    assert told(unknown) == {f"{tokens} {unknown}", f"{saml} {unknown}"}
    oidc = "${aws_iam_openid_connect_provider.github.arn}"
    assert told(oidc) == {f"{tokens} {oidc}"}
    named = "${aws_iam_saml_provider.corp.arn}"
    assert told(named) == {f"{saml} {named}"}


def test_only_a_boundary_tells_whether_a_grant_is_direct() -> None:
    alice = f"arn:aws:iam::{OWN}:user/alice"
    but = {"Effect": "Deny", "NotPrincipal": {"AWS": [OWN, alice]}}
    everything, tagging = {**but, "Action": "sts:*"}, {**but, "Action": "sts:TagSession"}
    limited = aws("*", "sts:*", ArnEquals={"aws:PrincipalArn": alice})
    direct = aws(alice, "sts:*")
    # NotPrincipal denies whoever has a boundary: nobody is left for whom it matters.
    same = compare(policy(limited, everything), policy(direct, everything), account=OWN)
    assert same.verdict is Outcome.SAME
    wider = compare(policy(limited, tagging), policy(direct, tagging), account=OWN)
    assert {each.who for each in wider.gains} == {f"the user {alice}, with a permissions boundary"}
    assert wider.undecided == ()


def test_a_deny_of_a_provider_means_the_sessions_that_came_in_through_it() -> None:
    provider = f"arn:aws:iam::{OWN}:saml-provider/corp"
    hop = aws(f"arn:aws:iam::{OTHER}:role/hop", "sts:*")
    deny = {"Effect": "Deny", "Principal": {"Federated": provider}, "Action": "sts:*"}
    found = compare(policy(hop, deny), policy(hop), account=OWN)
    assert found.verdict is Outcome.WIDER
    for each in found.gains:
        assert each.witness.attempt.context["aws:federatedprovider"] == provider
    # A user comes in through none.
    bob = aws(BOB, "sts:*")
    assert compare(policy(bob, deny), policy(bob), account=OWN).verdict is Outcome.SAME


def test_unique_ids_say_what_somebody_is() -> None:
    def who(*statements: dict[str, Any]) -> set[str]:
        found = compare([], policy(*statements), account=OWN)
        assert not found.undecided
        return {each.who.split(" of ")[0] for each in found.gains}

    assert who(aws("*", StringLike={"aws:userid": "AIDA*"})) == {"any other user"}
    assert who(aws("*", StringLike={"aws:userid": "AROA*"})) == {"any other role"}
    run = f"arn:aws:sts::{OTHER}:assumed-role/hop/run"
    assert who(aws(run, StringLike={"aws:userid": "*:go"})) == set()
    assert who(aws(run, StringLike={"aws:userid": "AROA*:run"})) == {"the session run"}
    assert who(aws(run, StringLike={"aws:userid": "AIDA*"})) == set()
    # Whoever has the one id is not among all the others.
    one = "AROAEXAMPLEWORKER0001"
    deny = {**aws(one, "sts:*"), "Effect": "Deny"}
    assert who(aws("*", StringLike={"aws:userid": f"{one}:*"}), deny) == set()
    assert who(aws(OTHER, StringLike={"aws:userid": f"{one}:*"}), deny) == set()

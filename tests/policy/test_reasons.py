"""A decision tells why: which statement, which condition, which key was missing."""

from typing import Any

from rolecall.policy import (
    Authorizer,
    CompiledPolicy,
    Condition,
    Decision,
    IamUser,
    Miss,
    PolicyDocument,
    Reason,
    Request,
    RootUser,
    Statement,
    Verdict,
)

ALICE = IamUser("111122223333", "alice")
ROLE = "arn:aws:iam::444455556666:role/deployer"


def policy(*statements: dict[str, Any]) -> CompiledPolicy:
    return CompiledPolicy(
        PolicyDocument.parse({"Version": "2012-10-17", "Statement": list(statements)})
    )


TRUST = policy(
    {
        "Sid": "Ec2",
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    },
    {
        "Sid": "Alice",
        "Effect": "Allow",
        "Principal": {"AWS": ALICE.arn},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"sts:ExternalId": "abc"},
            "StringNotLike": {"sts:RoleSessionName": "root*"},
        },
    },
)
OWN = policy({"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": ROLE})


def decide(
    context: dict[str, str],
    identity: tuple[CompiledPolicy, ...] = (OWN,),
    trust: CompiledPolicy = TRUST,
    **more: Any,
) -> Decision:
    return Authorizer(identity=identity, resource=trust, resource_label="trust", **more).decide(
        Request.build("sts:AssumeRole", ROLE, ALICE, context)
    )


def test_an_allow_names_its_statement() -> None:
    decision = decide({"sts:ExternalId": "abc"})
    assert decision.reason == Reason("trust", 1, "Alice")
    assert decision.explain() == "sts:AssumeRole is allowed by the trust policy, statement Alice."


def test_a_missing_key_is_named_and_the_nearest_miss_comes_first() -> None:
    decision = decide({})
    external_id = Condition("StringEquals", "sts:ExternalId", ("abc",))
    assert decision.reason == Reason(
        "trust",
        misses=(
            Miss("trust", 1, "Alice", "Condition", external_id, "sts:ExternalId", ()),
            Miss("trust", 0, "Ec2", "Principal"),
        ),
    )
    assert decision.explain() == (
        "The trust policy does not allow sts:AssumeRole (trust statement Alice: StringEquals "
        "sts:ExternalId is not met, the request has no sts:ExternalId; trust statement Ec2: "
        "Principal does not match)."
    )


def test_another_value_is_shown_beside_the_wanted_one() -> None:
    miss = decide({"sts:ExternalId": "xyz"}).reason.misses[0]
    assert (miss.missing_key, miss.found) == (None, ("xyz",))
    assert str(miss) == (
        "trust statement Alice: StringEquals sts:ExternalId wants abc, the request has xyz"
    )


def test_a_negated_condition_rules_out() -> None:
    miss = decide({"sts:ExternalId": "abc", "sts:RoleSessionName": "rooter"}).reason.misses[0]
    assert str(miss) == (
        "trust statement Alice: StringNotLike sts:RoleSessionName rules out root*, "
        "the request has rooter"
    )


def test_a_variable_without_value_is_the_missing_key() -> None:
    trust = policy(
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:username": "${aws:PrincipalTag/owner}"}},
        }
    )
    assert decide({}, trust=trust).reason.misses[0].missing_key == "aws:principaltag/owner"


def test_the_side_that_fails_to_allow_is_named() -> None:
    context = {"sts:ExternalId": "abc"}
    other = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    identity = decide(context, identity=(other,)).reason
    assert identity.policy == "identity"
    assert Miss("identity", 0, None, "Action") in identity.misses
    boundary = decide(context, boundary=other).reason
    assert (boundary.policy, boundary.misses) == (
        "boundary",
        (Miss("boundary", 0, None, "Action"),),
    )
    session = decide(context, session=[other]).reason
    assert session.policy == "session"
    elsewhere = policy({"Effect": "Allow", "Action": "sts:*", "Resource": ROLE + "2"})
    resource = decide(context, identity=(elsewhere,)).reason
    assert Miss("identity", 0, None, "Resource") in resource.misses


def test_an_explicit_deny_names_its_statement() -> None:
    deny = policy({"Sid": "No", "Effect": "Deny", "Action": "sts:*", "Resource": "*"})
    decision = decide({"sts:ExternalId": "abc"}, identity=(OWN, deny))
    assert decision.verdict is Verdict.EXPLICIT_DENY
    assert decision.reason == Reason("identity", 0, "No")
    assert decision.explain() == "sts:AssumeRole is denied by the identity policy, statement No."


def test_no_policy_at_all_has_a_reason_too() -> None:
    decision = Authorizer().decide(Request.build("s3:GetObject", "arn:aws:s3:::b/k", ALICE))
    assert decision.explain() == (
        "The identity policy does not allow s3:GetObject (it has no such statement)."
    )
    cross = Authorizer().decide(Request.build("sts:AssumeRole", ROLE, ALICE))
    assert cross.reason.policy == "none"
    assert "no policy that lets the caller in" in cross.explain()


def test_what_the_caller_is_cannot_be_overridden_by_the_context() -> None:
    request = Request.build("sts:AssumeRole", ROLE, ALICE, {"AWS:UserName": "bob"})
    assert request.context["aws:username"] == "alice"
    assert request.resource_account == "444455556666"
    assert Request.build("s3:Get", "arn:aws:s3:::b/k", ALICE).resource_account == ""


def test_an_explanation_stays_on_one_line() -> None:
    trust = policy(
        {
            "Sid": "a\nb",
            "Effect": "Allow",
            "Principal": "*",
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": "x\r\ny"}},
        }
    )
    assert decide({"sts:ExternalId": "\n"}, trust=trust).explain().isprintable()


def test_an_allow_of_the_callers_own_policies_names_theirs() -> None:
    request = Request.build("s3:GetObject", "arn:aws:s3:::b/k", ALICE)
    two = policy({"Effect": "Allow", "Action": "sqs:*", "Resource": "*"},
                 {"Sid": "Read", "Effect": "Allow", "Action": "s3:*", "Resource": "*"})  # fmt: skip
    decision = Authorizer(identity=[two]).decide(request)
    assert decision.reason == Reason("identity", 1, "Read", (), "")
    assert decision.explain() == "s3:GetObject is allowed by the identity policy, statement Read."
    root = Authorizer().decide(
        Request.build(
            "s3:GetObject", "arn:aws:s3:::b", RootUser("111122223333"),
            resource_account="111122223333",
        )
    )  # fmt: skip
    assert root.explain() == (
        "s3:GetObject is allowed (a root user has every permission in his account)."
    )


def test_a_decision_without_sid_tells_the_statements_number() -> None:
    request = Request.build("s3:GetObject", "arn:aws:s3:::b/k", ALICE)
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    allowed = Authorizer(identity=[policy(everything)]).decide(request)
    assert allowed.explain() == "s3:GetObject is allowed by the identity policy, statement 0."
    denied = Authorizer(identity=[policy(everything, {**everything, "Effect": "Deny"})])
    assert denied.decide(request).explain() == (
        "s3:GetObject is denied by the identity policy, statement 1."
    )


def test_an_empty_value_is_not_a_missing_one() -> None:
    for context, missing in (({"sts:ExternalId": ""}, None), ({}, "sts:ExternalId")):
        assert decide(context).reason.misses[0].missing_key == missing


def test_a_root_user_is_told_that_he_may_assume_no_role() -> None:
    root = RootUser("111122223333")
    decision = Authorizer(resource=TRUST, resource_label="trust").decide(
        Request.build("sts:AssumeRole", ROLE, root)
    )
    assert decision.reason == Reason("none", note="a root user may not assume a role")


def test_only_the_policies_that_failed_are_told() -> None:
    context = {"sts:ExternalId": "abc"}
    other = policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})
    # The identity policies allow, the boundary does not: nothing is said of the others.
    assert {m.policy for m in decide(context, boundary=other).reason.misses} == {"boundary"}
    assert {m.policy for m in decide(context, session=[other]).reason.misses} == {"session"}
    assert {m.policy for m in decide({}).reason.misses} == {"trust"}
    neither = decide(context, identity=(other,), boundary=other, session=[other]).reason.misses
    assert {m.policy for m in neither} == {"trust", "identity"}
    # Where they failed, a resource's own policy might have let the caller in: it is told too.
    here = IamUser("444455556666", "bob")
    document = policy(
        {"Effect": "Allow", "Principal": {"AWS": "444455556666"}, "Action": "sts:AssumeRole"},
        {"Effect": "Allow", "Principal": {"AWS": ALICE.arn}, "Action": "sts:AssumeRole"},
    )
    decision = Authorizer(identity=[other], resource=document, resource_label="trust").decide(
        Request.build("sts:AssumeRole", ROLE, here)
    )
    assert decision.reason == Reason(
        "identity",
        misses=(Miss("trust", 1, None, "Principal"), Miss("identity", 0, None, "Action")),
    )
    empty = Authorizer(identity=[OWN], resource=TRUST, resource_label="trust", session=[]).decide(
        Request.build("sts:AssumeRole", ROLE, ALICE, context)
    )
    assert empty.explain() == (
        "The session policy does not allow sts:AssumeRole (it has no such statement)."
    )


def test_whom_an_exception_leaves_out_is_told_with_a_boundary_too() -> None:
    allow = policy({"Effect": "Allow", "NotPrincipal": {"AWS": ALICE.arn}, "Action": "s3:*",
                    "Resource": "*"})  # fmt: skip
    everything = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})
    decision = Authorizer(identity=[everything], resource=allow, boundary=everything).decide(
        Request.build("s3:GetObject", "arn:aws:s3:::b/k", ALICE, resource_account="444455556666")
    )
    assert decision.reason == Reason("resource", misses=(Miss("resource", 0, None, "Principal"),))


def test_a_statement_without_sid_is_told_by_its_number() -> None:
    assert str(Miss("trust", 2, None, "Action")) == "trust statement 2: Action does not match"
    assert str(Miss("trust", 2, "Two", "Action")) == "trust statement Two: Action does not match"
    assert Statement(actions=("s3:*",)).to_dict() == {"Effect": "Allow", "Action": "s3:*"}

"""Roles: who gains, how bad it is, and what else changed."""

from pathlib import Path

import pytest

from rolecall.environment import Environment, load_environments
from rolecall.policy import PolicyDocument
from rolecall.review.judge import judge
from rolecall.review.model import OidcProviderSide, Pair, Permissions, SamlProviderSide, Unread
from rolecall.review.report import Change, Report, Severity
from tests.review.made import (
    ADMIN,
    GITHUB,
    IDENTITY,
    PRD,
    READ_ONLY,
    STRANGER,
    TES,
    pair,
    place,
    policy,
    role,
    snapshot,
    trust,
    user,
    web,
)

ROOT = Path(__file__).resolve().parents[3]
ALICE, BOB = user("alice"), user("bob")


@pytest.fixture(scope="module")
def environments() -> tuple[Environment, ...]:
    return load_environments(ROOT / "environments")


def only(report: Report, name: str = "tes-deployer") -> Change:
    (found,) = [change for change in report.changes if change.name == name]
    return found


def changed(
    before: PolicyDocument | Unread | None,
    after: PolicyDocument | Unread | None,
    environments: tuple[Environment, ...] = (),
    *,
    account: str = TES,
    environment: str = "tes",
) -> Change:
    sides = [
        None if each is None else role("tes-deployer", each, account=account)
        for each in (before, after)
    ]
    one = snapshot(pair(*sides), environment=environment, account=account)
    return only(judge([one], environments=environments))


CRITICAL = {
    "everybody": (trust(ALICE), trust("*")),
    "everybody behind a condition that an absent key passes": (
        trust(ALICE),
        trust("*", StringEqualsIfExists={"aws:PrincipalOrgID": "o-1"}),
    ),
    "a stranger's account without an external ID": (trust(ALICE), trust(ALICE, STRANGER)),
    "any repository": (web("repo:acme/infra:*"), web("repo:*")),
    "a name that goes on": (web("repo:acme/*"), web("repo:acme*")),
    "the subject is gone": (web("repo:acme/infra:*"), web()),
}


@pytest.mark.parametrize("name", CRITICAL)
def test_critical(name: str, environments: tuple[Environment, ...]) -> None:
    change = changed(*CRITICAL[name], environments)
    assert change.verdict in ("wider", "both")
    assert change.severity is Severity.CRITICAL
    assert any(s.wider and s.severity is Severity.CRITICAL for s in change.sentences)


HIGH = {
    "another user": (trust(ALICE), trust(ALICE, BOB)),
    "the organization": (
        trust(ALICE),
        trust("*", StringEquals={"aws:PrincipalOrgID": "o-a1b2c3d4e5"}),
    ),
    "a stranger who brings an external ID": (
        trust(ALICE),
        trust(STRANGER, StringEquals={"sts:ExternalId": "tes-4f1c"}),
    ),
    "another repository": (
        web("repo:acme/infra:*", audience="sts.amazonaws.com"),
        web("repo:acme/infra:*", "repo:acme/shop:*", audience="sts.amazonaws.com"),
    ),
}


@pytest.mark.parametrize("name", HIGH)
def test_high(name: str, environments: tuple[Environment, ...]) -> None:
    change = changed(*HIGH[name], environments)
    assert change.verdict in ("wider", "both")
    trusting = [f for f in change.findings if f.fresh and f.severity > Severity.HIGH]
    assert change.severity is Severity.HIGH or trusting


def test_wider_conditions_are_medium() -> None:
    strict = trust(ALICE, Bool={"aws:MultiFactorAuthPresent": "true"})
    loose = trust(ALICE)
    wider, narrower = changed(strict, loose), changed(loose, strict)
    assert (wider.verdict, wider.severity) == ("wider", Severity.MEDIUM)
    assert (narrower.verdict, narrower.severity) == ("narrower", Severity.LOW)


def test_the_same_in_other_words() -> None:
    change = changed(trust(ALICE, BOB), trust(BOB, ALICE))
    assert (change.state, change.verdict, change.severity) == ("changed", "same", Severity.NONE)
    same = changed(trust(ALICE), trust(ALICE))
    assert same.state == "same"


@pytest.mark.parametrize(
    "source",
    [
        trust(f"arn:aws:iam::{TES}:role/worker"),
        web("repo:acme/infra:environment:tes", account=PRD),
        web("system:serviceaccount:tes:orders", account=PRD, host="oidc.example.com"),
        web(
            "system:serviceaccount:shop:orders",
            account=PRD,
            host="oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE",
        ),
    ],
    ids=["account", "job", "namespace", "issuer"],
)
def test_production_must_not_trust_another_environment(
    source: PolicyDocument, environments: tuple[Environment, ...]
) -> None:
    old = trust(ALICE)
    new = PolicyDocument((*old.statements, *source.statements))
    prd = changed(old, new, environments, account=PRD, environment="prd")
    assert prd.severity is Severity.CRITICAL
    assert any("prd is production" in s.text for s in prd.sentences)


def test_production_may_trust_the_people_of_its_identity_account(
    environments: tuple[Environment, ...],
) -> None:
    change = changed(trust(ALICE), trust(ALICE, BOB), environments, account=PRD, environment="prd")
    assert change.severity is Severity.HIGH


def test_a_new_role_is_wider_and_told_as_created(environments: tuple[Environment, ...]) -> None:
    people = changed(None, trust(ALICE), environments)
    assert (people.state, people.verdict, people.severity) == ("created", "wider", Severity.MEDIUM)
    assert people.who_before == ()
    assert any("alice" in sentence for sentence in people.who_after)
    stranger = changed(None, trust(STRANGER), environments)
    assert stranger.severity is Severity.CRITICAL


def test_a_deleted_role_is_narrower() -> None:
    change = changed(trust(ALICE), None)
    assert (change.state, change.verdict, change.severity) == ("deleted", "narrower", Severity.LOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [(trust(ALICE), Unread("it refers to x.")), (Unread("it refers to x."), trust(ALICE)),
     (None, Unread("it refers to x."))],
)  # fmt: skip
def test_a_policy_that_is_not_known_is_undecided(
    before: PolicyDocument | Unread | None, after: PolicyDocument | Unread | None
) -> None:
    change = changed(before, after)
    assert change.verdict == "undecided"
    assert change.severity >= Severity.MEDIUM
    assert any(s.open and "it refers to x" in s.text for s in change.sentences)


def test_nobody_gains_by_a_role_that_goes_away() -> None:
    assert changed(Unread("it refers to x."), None).verdict == "narrower"


def test_values_that_are_not_known_yet_are_undecided() -> None:
    hole = trust(STRANGER, StringEquals={"sts:ExternalId": "${random_id.one.hex}"})
    change = changed(trust(STRANGER, StringEquals={"sts:ExternalId": "tes-4f1c"}), hole)
    assert change.verdict == "undecided"


def test_a_replaced_role_loses_whoever_names_it() -> None:
    one = role("tes-deployer", trust(ALICE))
    change = only(judge([snapshot(pair(one, one, replaced=True))]))
    assert (change.state, change.verdict) == ("replaced", "narrower")
    assert "unique ID" in change.sentences[0].text


def test_longer_sessions_are_told_and_pass_the_gate() -> None:
    short, long = (role("tes-deployer", trust(ALICE), seconds=s) for s in (3600, 43200))
    report = judge([snapshot(pair(short, long))])
    change = only(report)
    assert change.sentences[0].text == "A session lasts up to 12 hours; before: 1 hour."
    assert change.severity is Severity.MEDIUM
    assert (report.gate, change.state) == ("passed", "changed")


def oidc(*audiences: str) -> OidcProviderSide:
    return OidcProviderSide(GITHUB, TES, frozenset(audiences), frozenset())


def with_provider(
    trusted: PolicyDocument, before: OidcProviderSide | None, after: OidcProviderSide | None
) -> Report:
    one = role("tes-deployer", trusted)
    provider = Pair(place("aws_iam_openid_connect_provider.github"), before, after)
    return judge([snapshot(pair(one, one), oidc=(provider,))])


def test_an_audience_more_lets_tokens_in_where_the_trust_names_none() -> None:
    open_trust = web("repo:acme/infra:*")
    wider = only(with_provider(open_trust, oidc("one"), oidc("one", "two")))
    assert (wider.verdict, wider.state) == ("wider", "changed")
    assert wider.comparison is not None
    assert "'two'" in wider.comparison.gains[0].words()
    fixed = web("repo:acme/infra:*", audience="one")
    assert only(with_provider(fixed, oidc("one"), oidc("one", "two"))).state == "same"


def test_a_trust_may_drop_an_audience_that_the_provider_demands_anyway() -> None:
    with_, without = web("repo:acme/infra:*", audience="one"), web("repo:acme/infra:*")
    sides = role("tes-deployer", with_), role("tes-deployer", without)
    provider = Pair(place("aws_iam_openid_connect_provider.github"), oidc("one"), oidc("one"))
    assert only(judge([snapshot(pair(*sides), oidc=(provider,))])).verdict == "same"
    assert only(judge([snapshot(pair(*sides))])).verdict == "wider"


def test_a_provider_that_comes_opens_roles_that_waited_for_it() -> None:
    trusted = web("repo:acme/infra:*", audience="one")
    report = with_provider(trusted, None, oidc("one"))
    assert only(report).verdict == "wider"
    assert {edge.state for edge in report.edges} == {"gained"}
    provider = only(report, GITHUB)
    assert "tes-deployer (tes)" in provider.sentences[0].text
    gone = with_provider(trusted, oidc("one"), None)
    assert only(gone).verdict == "narrower"
    assert {edge.state for edge in gone.edges} == {"lost"}


def test_a_provider_is_known_by_its_reference_too() -> None:
    text = web("repo:acme/infra:*").to_json()
    reference = "${aws_iam_openid_connect_provider.github.arn}"
    arn = f"arn:aws:iam::{TES}:oidc-provider/{GITHUB}"
    trusted = PolicyDocument.parse(text.replace(arn, reference))
    assert only(with_provider(trusted, oidc("one"), oidc("one", "two"))).verdict != "same"


def saml(entity: str = "https://idp.example", *keys: str, problem: str | None = None):  # type: ignore[no-untyped-def]
    return SamlProviderSide("corp", TES, entity, frozenset(keys), problem)


def with_saml(before: SamlProviderSide, after: SamlProviderSide) -> Report:
    trusted = policy(
        {
            "Principal": {"Federated": f"arn:aws:iam::{TES}:saml-provider/corp"},
            "Action": "sts:AssumeRoleWithSAML",
            "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}},
        }
    )
    one = role("tes-deployer", trusted)
    provider = Pair(place("aws_iam_saml_provider.corp"), before, after)
    return judge([snapshot(pair(one, one), saml=(provider,))])


def test_whoever_holds_a_new_signing_key_can_be_anybody() -> None:
    for after in (saml("https://idp.example", "aa", "bb"), saml("https://evil.example", "aa")):
        report = with_saml(saml("https://idp.example", "aa"), after)
        change = only(report, "corp")
        assert (change.verdict, change.severity) == ("wider", Severity.HIGH)
        assert "tes-deployer (tes)" in change.sentences[0].text
        assert report.gate == "failed"
    gone = only(
        with_saml(saml("https://idp.example", "aa", "bb"), saml("https://idp.example", "aa")),
        "corp",
    )
    assert gone.verdict == "narrower"


def test_metadata_that_cannot_be_read_is_undecided() -> None:
    report = with_saml(saml("https://idp.example", "aa"), saml(problem="it is no XML."))
    assert only(report, "corp").verdict == "undecided"


def test_power_of_a_role_that_strangers_can_assume_is_worse(
    environments: tuple[Environment, ...],
) -> None:
    def change(trusted: PolicyDocument) -> Change:
        inline = {"write": policy({"Action": "s3:PutObject", "Resource": "*"})}
        before = role("tes-deployer", trusted)
        after = role("tes-deployer", trusted, permissions=Permissions(inline=inline))
        return only(judge([snapshot(pair(before, after))], environments=environments))

    inside = change(trust(ALICE))
    outside = change(trust(STRANGER, StringEquals={"sts:ExternalId": "tes-4f1c"}))
    assert (inside.verdict, inside.severity) == ("same", Severity.MEDIUM)
    assert (outside.verdict, outside.severity) == ("wider", Severity.HIGH)


def test_attached_policies_are_told_with_their_power() -> None:
    before = role("tes-deployer", trust(ALICE))
    for arn, verdict, severity in (
        (ADMIN, "wider", Severity.CRITICAL),
        (READ_ONLY, "same", Severity.LOW),
    ):
        attached = Permissions(managed=frozenset({arn}))
        after = role("tes-deployer", trust(ALICE), permissions=attached)
        change = only(judge([snapshot(pair(before, after))]))
        assert (change.verdict, change.severity) == (verdict, severity)
        back = only(judge([snapshot(pair(after, before))]))
        assert back.verdict == "narrower"


def test_edges_follow_the_proof() -> None:
    report = judge(
        [snapshot(pair(role("tes-deployer", trust(ALICE)), role("tes-deployer", trust(IDENTITY))))]
    )
    states = {edge.entity: edge.state for edge in report.edges}
    # Nobody loses: alice is one of the account.
    assert "lost" not in states.values()
    assert "gained" in states.values()


def test_the_same_input_gives_the_same_report() -> None:
    one = snapshot(pair(role("tes-deployer", trust(ALICE)), role("tes-deployer", trust("*"))))
    assert judge([one]).verdict == judge([one]).verdict
    assert [c.fingerprint for c in judge([one]).changes] == [
        c.fingerprint for c in judge([one]).changes
    ]


def test_references_mean_providers_of_the_same_stack() -> None:
    reference = "${aws_iam_openid_connect_provider.github.arn}"
    arn = f"arn:aws:iam::{TES}:oidc-provider/{GITHUB}"
    text = web("repo:acme/infra:*").to_json().replace(arn, reference)
    one = role("tes-deployer", PolicyDocument.parse(text))
    address = place("aws_iam_openid_connect_provider.github")
    tes = snapshot(pair(one, one), oidc=(Pair(address, oidc("one"), oidc("one")),))
    elsewhere = OidcProviderSide(GITHUB, PRD, frozenset({"one"}), frozenset())
    prd = snapshot(oidc=(Pair(address, None, elsewhere),), environment="prd", account=PRD)
    for order in ([tes, prd], [prd, tes]):
        assert only(judge(order)).state == "same"

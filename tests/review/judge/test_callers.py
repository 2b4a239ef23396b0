"""Users, groups and roles that come in by a permission of their own."""

from rolecall.policy import PolicyDocument
from rolecall.review.judge import judge
from rolecall.review.model import CallerSide, EntrySide, Pair, Permissions
from rolecall.review.report import Change, Severity
from tests.review.made import IDENTITY, TES, pair, place, policy, role, snapshot, trust, user

ASSUME = policy({"Action": "sts:AssumeRole", "Resource": "arn:aws:iam::*:role/tes-*"})
ASSUMING = Permissions(inline={"assume": ASSUME})


def alice(permissions: Permissions, *groups: str) -> CallerSide:
    return CallerSide("user", "alice", user("alice"), permissions, frozenset(groups))


def group(permissions: Permissions) -> CallerSide:
    return CallerSide("group", "ops", f"arn:aws:iam::{IDENTITY}:group/ops", permissions)


def told(trusted: PolicyDocument, *callers: Pair[CallerSide]) -> dict[str, Change]:
    one = role("tes-deployer", trusted)
    report = judge([snapshot(pair(one, one), callers=callers)])
    return {change.name: change for change in report.changes}


def moved(before: CallerSide | None, after: CallerSide | None, name: str) -> Pair[CallerSide]:
    return Pair(place(f"aws_iam_user.{name}"), before, after)


def test_a_permission_lets_in_where_the_trust_names_the_account() -> None:
    trusted = trust(IDENTITY, Bool={"aws:MultiFactorAuthPresent": "true"})
    change = told(trusted, moved(alice(Permissions()), alice(ASSUMING), "alice"))["alice"]
    assert (change.verdict, change.severity) == ("wider", Severity.HIGH)
    assert any("tes-deployer (tes)" in s.text for s in change.sentences)


def test_but_not_where_it_admits_others_only() -> None:
    for trusted in (
        trust(user("bob")),
        trust(IDENTITY, ArnEquals={"aws:PrincipalArn": user("bob")}),
        trust(TES),
    ):
        change = told(trusted, moved(alice(Permissions()), alice(ASSUMING), "alice"))["alice"]
        assert change.verdict == "same"


def test_a_permission_that_he_had_before_is_no_gain() -> None:
    more = Permissions(
        inline={"assume": ASSUME, "read": policy({"Action": "s3:GetObject", "Resource": "*"})}
    )
    change = told(trust(IDENTITY), moved(alice(ASSUMING), alice(more), "alice"))["alice"]
    assert change.verdict == "same"


def test_a_boundary_still_limits() -> None:
    arn = f"arn:aws:iam::{IDENTITY}:policy/limits"
    limited = Permissions(
        inline={"assume": ASSUME},
        boundary=arn,
        documents={arn: policy({"Action": "s3:*", "Resource": "*"})},
    )
    change = told(trust(IDENTITY), moved(alice(Permissions()), alice(limited), "alice"))["alice"]
    assert change.verdict != "wider"


def test_permissions_of_groups_count_for_their_members() -> None:
    joins = told(
        trust(IDENTITY),
        moved(alice(Permissions()), alice(Permissions(), "ops"), "alice"),
        moved(group(ASSUMING), group(ASSUMING), "ops"),
    )["alice"]
    assert joins.verdict == "wider"
    gains = told(
        trust(IDENTITY),
        moved(alice(Permissions(), "ops"), alice(Permissions(), "ops"), "alice"),
        moved(group(Permissions()), group(ASSUMING), "ops"),
    )["alice"]
    assert gains.verdict == "wider"
    assert gains.state == "changed"


def test_a_new_user_and_one_who_goes() -> None:
    assert told(trust(IDENTITY), moved(None, alice(ASSUMING), "alice"))["alice"].verdict == "wider"
    gone = told(trust(IDENTITY), moved(alice(ASSUMING), None, "alice"))["alice"]
    assert gone.verdict == "narrower"


def test_a_role_is_a_caller_too() -> None:
    target = role("tes-target", trust(TES))
    before = role("tes-source", trust(user("bob")))
    after = role("tes-source", trust(user("bob")), permissions=ASSUMING)
    report = judge([snapshot(pair(target, target), pair(before, after))])
    (change,) = [c for c in report.changes if c.name == "tes-source"]
    assert change.verdict == "wider"
    assert any("tes-target (tes)" in s.text for s in change.sentences)


def test_entries_are_told() -> None:
    orders = EntrySide("EKS Pod Identity association", "pods of shop/orders", ("tes-orders",))
    other = EntrySide("EKS Pod Identity association", "pods of shop/*", ("tes-orders",))
    for before, after, verdict in (
        (None, orders, "wider"),
        (orders, other, "wider"),
        (orders, None, "narrower"),
        (orders, orders, "same"),
    ):
        entry = Pair(place("aws_eks_pod_identity_association.orders"), before, after)
        (change,) = judge([snapshot(entries=(entry,))]).changes
        assert change.verdict == verdict


def test_conditions_of_a_permission_do_not_hide_it() -> None:
    for condition in (
        {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
        {"StringEquals": {"sts:ExternalId": "agreed"}},
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    ):
        own = policy({"Action": "sts:Assume*", "Resource": "*", "Condition": condition})
        limited = Permissions(inline={"assume": own})
        change = told(trust(IDENTITY), moved(alice(Permissions()), alice(limited), "alice"))
        assert change["alice"].verdict == "wider"
    own = policy(
        {
            "Action": "sts:AssumeRole",
            "Resource": "*",
            "Condition": {"StringEquals": {"sts:ExternalId": "one"}},
        }
    )
    trusted = trust(IDENTITY, StringEquals={"sts:ExternalId": "other"})
    one = Permissions(inline={"assume": own})
    change = told(trusted, moved(alice(Permissions()), alice(one), "alice"))
    assert not any("may now assume" in s.text for s in change["alice"].sentences)


def test_a_denial_that_goes_lets_in() -> None:
    denied = Permissions(
        inline={
            "assume": ASSUME,
            "deny": policy({"Effect": "Deny", "Action": "sts:*", "Resource": "*"}),
        }
    )
    change = told(trust(IDENTITY), moved(alice(denied), alice(ASSUMING), "alice"))["alice"]
    assert any("may now assume" in s.text for s in change.sentences)
    back = told(trust(IDENTITY), moved(alice(ASSUMING), alice(denied), "alice"))["alice"]
    assert back.verdict == "narrower"

"""Each kind of trusted entity: what it renders to, and what it refuses with which fix."""

from datetime import timedelta

import pytest

from rolecall.policy import PolicyDocument
from rolecall.trust import (
    WITHOUT_SOURCE,
    AnyCallerOfService,
    AnyPrincipalOf,
    AwsService,
    IamRoles,
    IamUsers,
    TrustContext,
    TrustError,
    WholeAccount,
    trust_policy,
)

OWN = "111111111111"
PEOPLE = "999999999999"
STRANGER = "444444444444"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({PEOPLE}))


def statements(*entities: object, context: TrustContext = CONTEXT) -> list[dict[str, object]]:
    """The statements of the parsed document, always as a list."""
    document = trust_policy(entities, context)  # type: ignore[arg-type]
    again = PolicyDocument.parse(document.to_json()).to_dict()["Statement"]
    return again if isinstance(again, list) else [again]  # type: ignore[list-item]


def test_users_are_named_by_arn_and_nothing_else_is_asked() -> None:
    assert statements(IamUsers(PEOPLE, ["alice", "bob"])) == [
        {
            "Sid": f"UsersOf{PEOPLE}",
            "Effect": "Allow",
            "Principal": {
                "AWS": [f"arn:aws:iam::{PEOPLE}:user/alice", f"arn:aws:iam::{PEOPLE}:user/bob"]
            },
            "Action": "sts:AssumeRole",
        }
    ]


def test_a_path_is_part_of_the_arn() -> None:
    [found] = statements(IamUsers(PEOPLE, ["alice"], path="/team/"))
    assert found["Principal"] == {"AWS": f"arn:aws:iam::{PEOPLE}:user/team/alice"}


def test_partition_comes_from_the_role() -> None:
    china = TrustContext(OWN, partition="aws-cn")
    [found] = statements(IamUsers(OWN, ["alice"]), context=china)
    assert found["Principal"] == {"AWS": f"arn:aws-cn:iam::{OWN}:user/alice"}


def test_mfa_is_demanded_with_bool_so_that_long_lived_keys_stay_out() -> None:
    [found] = statements(IamUsers(PEOPLE, ["alice"], mfa=True))
    assert found["Condition"] == {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


def test_age_of_mfa_is_in_seconds_and_implies_mfa() -> None:
    [found] = statements(IamUsers(PEOPLE, ["alice"], mfa_max_age=timedelta(minutes=15)))
    assert found["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": "900"},
    }


def test_source_identity_adds_its_action_under_the_same_guards() -> None:
    assume, identity = statements(
        IamUsers(PEOPLE, ["alice"], source_identity=["alice"], mfa=True, external_id="x-1")
    )
    assert assume["Action"] == "sts:AssumeRole"
    assert assume["Condition"]["StringEquals"] == {  # type: ignore[index]
        "sts:ExternalId": "x-1",
        "sts:SourceIdentity": "alice",
    }
    assert identity["Action"] == "sts:SetSourceIdentity"
    assert identity["Condition"] == {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "StringEquals": {"sts:SourceIdentity": "alice"},
    }


def test_session_tags_add_their_action_and_allow_no_other_tag() -> None:
    assume, tags = statements(
        IamUsers(PEOPLE, ["alice"], session_tags={"team": ["red", "blue"], "ticket": "*"})
    )
    assert assume["Condition"] == {
        "StringEquals": {"aws:RequestTag/team": ["blue", "red"]},
        "StringLike": {"aws:RequestTag/ticket": "*"},
    }
    assert tags["Action"] == "sts:TagSession"
    assert tags["Condition"]["ForAllValues:StringEquals"] == {  # type: ignore[index]
        "aws:TagKeys": ["team", "ticket"]
    }


def test_without_the_options_neither_action_is_there() -> None:
    [found] = statements(IamUsers(PEOPLE, ["alice"], source_ip="203.0.113.0/24"))
    assert found["Action"] == "sts:AssumeRole"
    assert found["Condition"] == {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}


def test_roles_of_a_third_party_with_its_external_id() -> None:
    [found] = statements(IamRoles(STRANGER, ["ci"], external_id="acme-7f3"))
    assert found["Principal"] == {"AWS": f"arn:aws:iam::{STRANGER}:role/ci"}
    assert found["Condition"] == {"StringEquals": {"sts:ExternalId": "acme-7f3"}}


def test_whole_account_is_limited_by_arns_whole_or_by_segment() -> None:
    exact, team = f"arn:aws:iam::{PEOPLE}:user/bob", f"arn:aws:iam::{PEOPLE}:role/team/*"
    [found] = statements(WholeAccount(PEOPLE, principal_arns=[exact]))
    assert found["Principal"] == {"AWS": f"arn:aws:iam::{PEOPLE}:root"}
    assert found["Condition"] == {"ArnEquals": {"aws:PrincipalArn": exact}}
    [found] = statements(
        WholeAccount(PEOPLE, principal_arns=[team], organization_id="o-a1b2c3d4e5")
    )
    assert found["Condition"] == {
        "ArnLike": {"aws:PrincipalArn": team},
        "StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"},
    }


def test_a_permission_set_of_identity_center_may_leave_its_suffix_open() -> None:
    role = f"arn:aws:iam::{PEOPLE}:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Dev_"
    assert statements(WholeAccount(PEOPLE, principal_arns=[role + "?" * 16]))
    with pytest.raises(TrustError, match="ends inside a name"):
        WholeAccount(PEOPLE, principal_arns=[role + "*"])


def test_the_wide_variants_have_no_condition_and_a_name_that_shows() -> None:
    [found] = statements(AnyPrincipalOf(PEOPLE))
    assert "Condition" not in found
    assert found["Sid"] == f"AnyoneOf{PEOPLE}"
    [found] = statements(AnyCallerOfService("glue"))
    assert "Condition" not in found


def test_a_service_acts_for_our_account_or_resource_only() -> None:
    rule = f"arn:aws:scheduler:eu-central-1:{OWN}:schedule/default/*"
    [found] = statements(AwsService("scheduler", source_account=OWN, source_arn=rule))
    assert found["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert found["Condition"] == {
        "StringEquals": {"aws:SourceAccount": OWN},
        "ArnLike": {"aws:SourceArn": rule},
    }


def test_lambda_may_have_a_source_and_needs_none() -> None:
    function = f"arn:aws:lambda:eu-central-1:{OWN}:function:resize"
    [found] = statements(AwsService("lambda", source_account=OWN, source_arn=function))
    assert found["Condition"] == {
        "StringEquals": {"aws:SourceAccount": OWN},
        "ArnEquals": {"aws:SourceArn": function},
    }
    [found] = statements(AwsService("lambda"))
    assert "Condition" not in found


@pytest.mark.parametrize("host", WITHOUT_SOURCE)
@pytest.mark.parametrize("china", ["", ".cn"])
def test_a_source_is_refused_of_a_service_that_sends_none(host: str, china: str) -> None:
    """And a service that may come without one may have one only if it sends it."""
    known = WITHOUT_SOURCE[host]
    assert "Guide)" in known.reason  # names its page
    assert statements(AwsService(host + china))
    if known.sends_source:
        assert statements(AwsService(host + china, source_account=OWN))
        return
    with pytest.raises(TrustError, match="nobody could come in"):
        AwsService(host + china, source_account=OWN)


def test_instance_profiles_need_no_source() -> None:
    [found] = statements(AwsService("ec2"))
    assert found["Principal"] == {"Service": "ec2.amazonaws.com"}
    assert "Condition" not in found


def test_statements_keep_the_order_of_entities_and_have_sids_of_their_own() -> None:
    found = statements(IamUsers(PEOPLE, ["bob"]), IamUsers(PEOPLE, ["alice"]), AwsService("ec2"))
    assert [each["Sid"] for each in found] == [
        f"UsersOf{PEOPLE}",
        f"UsersOf{PEOPLE}n2",
        "ServiceEc2",
    ]


def user(**options: object) -> object:
    return IamUsers(PEOPLE, ["alice"], **options)  # type: ignore[arg-type]


REFUSED = {
    "account as a number": (lambda: IamUsers(99, ["a"]), "as a string"),  # type: ignore[arg-type]
    "lone string": (lambda: IamUsers(PEOPLE, "alice"), r"write \['alice'\]"),
    "no names": (lambda: IamUsers(PEOPLE, []), r'write \["alice"\]'),
    "name twice": (lambda: IamUsers(PEOPLE, ["a", "a"]), "write it once"),
    "wildcard name": (lambda: IamUsers(PEOPLE, ["ci-*"]), r"WholeAccount\(account_id, principal"),
    "path in name": (lambda: IamUsers(PEOPLE, ["team/alice"]), "goes into `path`"),
    "odd path": (lambda: IamUsers(PEOPLE, ["a"], path="team"), "'/' at both ends"),
    "external id": (lambda: user(external_id="x"), "2 to 1224"),
    "mfa age": (lambda: user(mfa_max_age=timedelta(0)), "at least one"),
    "mfa age split": (lambda: user(mfa_max_age=timedelta(seconds=1.5)), "whole seconds"),
    "identity prefix": (lambda: user(source_identity="alice*"), "ends inside a name"),
    "identity chars": (lambda: user(source_identity="a b"), "2 to 64"),
    "no tags": (lambda: user(session_tags={}), "1 to 50"),
    "reserved tag": (lambda: user(session_tags={"aws:x": "1"}), "begin with aws:"),
    "tag cases": (lambda: user(session_tags={"T": "1", "t": "2"}), "two cases"),
    "tag prefix": (lambda: user(session_tags={"team": "re*"}), "ends inside a name"),
    "all addresses": (lambda: user(source_ip="0.0.0.0/0"), "whole internet"),
    "host bits": (lambda: user(source_ip="10.0.0.1/8"), "write '10.0.0.0/8'"),
    "no address": (lambda: user(source_ip="office"), "203.0.113.0/24"),
    "mfa of roles": (lambda: IamRoles(PEOPLE, ["ci"], mfa=True), "carries no MFA"),
    "unlimited account": (lambda: WholeAccount(PEOPLE), r"AnyPrincipalOf\("),
    "every role": (
        lambda: WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam::{PEOPLE}:role/*"]),
        "names nobody and no path",
    ),
    "half a name": (
        lambda: WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam::{PEOPLE}:role/ci-*"]),
        "ends inside a name",
    ),
    "other account": (
        lambda: WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam::{OWN}:role/ci"]),
        "never match",
    ),
    "any account": (
        lambda: WholeAccount(PEOPLE, principal_arns=["arn:aws:iam::*:role/ci"]),
        "write them out",
    ),
    "session arn": (
        lambda: WholeAccount(PEOPLE, principal_arns=[f"arn:aws:sts::{PEOPLE}:assumed-role/ci/x"]),
        "role/…",
    ),
    "organization": (lambda: WholeAccount(PEOPLE, organization_id="acme"), "o-a1b2c3d4e5"),
    "service without source": (
        lambda: AwsService("scheduler"),
        "AnyCallerOfService",
    ),
    "bucket without account": (
        lambda: AwsService("s3", source_arn="arn:aws:s3:::logs"),
        "add source_account",
    ),
    "ec2 with source": (
        lambda: AwsService("ec2", source_account=OWN),
        r'write AwsService\("ec2"\)',
    ),
    "service wildcard": (lambda: AwsService("*"), "name one service"),
    "service host": (lambda: AwsService("lambda.amazonaws.co"), "lambda.amazonaws.com"),
    "service case": (lambda: AwsService("EC2"), "lower case"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_written_with_the_fix(case: str) -> None:
    build, fix = REFUSED[case]
    with pytest.raises(TrustError, match=fix):
        build()


@pytest.mark.parametrize(
    "entity",
    [
        IamUsers(STRANGER, ["alice"]),
        IamRoles(STRANGER, ["ci"]),
        AnyPrincipalOf(STRANGER),
        WholeAccount(STRANGER, organization_id="o-a1b2c3d4e5"),
    ],
)
def test_a_third_party_without_external_id_is_refused_with_the_fix(entity: object) -> None:
    with pytest.raises(TrustError, match=r"external_id=.*own_accounts"):
        trust_policy([entity], CONTEXT)  # type: ignore[list-item]


def test_a_source_that_is_not_ours_is_refused() -> None:
    with pytest.raises(TrustError, match="own_accounts"):
        trust_policy([AwsService("scheduler", source_account=STRANGER)], CONTEXT)


def test_partitions_do_not_mix() -> None:
    entity = WholeAccount(PEOPLE, principal_arns=[f"arn:aws-cn:iam::{PEOPLE}:user/bob"])
    with pytest.raises(TrustError, match="across partitions"):
        trust_policy([entity], CONTEXT)


def test_nobody_is_refused() -> None:
    with pytest.raises(TrustError, match="name at least one"):
        trust_policy([], CONTEXT)


def test_the_same_entity_twice_is_refused() -> None:
    with pytest.raises(TrustError, match="write it once"):
        trust_policy([IamUsers(PEOPLE, ["a"]), IamUsers(PEOPLE, ["a", "b"])], CONTEXT)


def test_a_guard_that_another_entity_undoes_is_refused() -> None:
    weak, strong = IamUsers(PEOPLE, ["a"]), IamUsers(PEOPLE, ["a"], mfa=True)
    with pytest.raises(TrustError, match="guard nothing"):
        trust_policy([strong, weak], CONTEXT)


def test_a_whole_account_that_undoes_a_guard_is_refused() -> None:
    with pytest.raises(TrustError, match=r"AnyPrincipalOf\(…\) with fewer .* IamUsers"):
        trust_policy([IamUsers(PEOPLE, ["a"], mfa=True), AnyPrincipalOf(PEOPLE)], CONTEXT)
    bob = WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam::{PEOPLE}:user/bob"])
    assert trust_policy([IamUsers(PEOPLE, ["a"], mfa=True), bob], CONTEXT)


def test_alternatives_for_one_user_are_allowed() -> None:
    office = IamUsers(PEOPLE, ["a"], source_ip="203.0.113.0/24")
    assert trust_policy([office, IamUsers(PEOPLE, ["a"], mfa=True)], CONTEXT)


def test_size_is_told_with_its_figure_and_can_be_raised() -> None:
    many = [IamUsers(PEOPLE, [f"user-{number:03}" for number in range(50)])]
    with pytest.raises(TrustError, match=r"has 2\d{3} characters, and 2048.*limit=4096"):
        trust_policy(many, CONTEXT)
    assert trust_policy(many, CONTEXT, size_limit=4096)
    with pytest.raises(TrustError, match="at most 4096"):
        trust_policy(many, CONTEXT, size_limit=5000)


def test_something_that_is_no_entity_is_refused() -> None:
    with pytest.raises(TrustError, match="not a trusted entity"):
        trust_policy(["alice"], CONTEXT)  # type: ignore[list-item]

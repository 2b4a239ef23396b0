"""SAML users: what their roles ask for, whom they admit, and what is refused when written."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.issuers.saml_keys import ATTRIBUTES, MULTIVALUED, SamlFacts, saml_context
from rolecall.policy import (
    AssumeRoleAttempt,
    CompiledPolicy,
    IamUser,
    PolicyDocument,
    SamlIdentity,
    WebIdentity,
    check_trust_document,
    may_assume,
)
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
)
from rolecall.trust import AnyUserOf, IamUsers, Saml, TrustContext, TrustError, trust_policy

OWN, OTHER = "111111111111", "444444444444"
CONTEXT = TrustContext(OWN, region="eu-central-1")
ROLE = f"arn:aws:iam::{OWN}:role/tes-analyst"
GLOBAL = "https://signin.aws.amazon.com/saml"
FRANKFURT = "https://eu-central-1.signin.aws.amazon.com/saml"
IRELAND = "https://eu-west-1.signin.aws.amazon.com/saml"
NAMES = {key: name for name, key in ATTRIBUTES.items()}
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"


class Provider:
    """What a construct gives."""

    def __init__(self, name: str) -> None:
        self.provider_name = name


OKTA = Provider("okta")


def user(**attributes: str | tuple[str, ...]) -> SamlFacts:
    """A user of okta who signs in at the endpoint without a region."""
    return SamlFacts(
        recipient=GLOBAL,
        issuer="http://www.okta.com/exk1",
        subject="alice",
        subject_format=PERSISTENT,
        account=OWN,
        provider_name="okta",
        attributes={
            NAMES[key]: (given,) if isinstance(given, str) else given
            for key, given in attributes.items()
        },
    )


def policy(*entities: Any, context: TrustContext = CONTEXT) -> PolicyDocument:
    document = trust_policy(entities, context)
    check_trust_document(document)
    return document


def admitted(
    document: PolicyDocument,
    facts: SamlFacts,
    *,
    partition: str = "aws",
    action: str = ASSUME_ROLE_WITH_SAML,
    **more: Any,
) -> bool:
    """Whether the evaluator that the embedded AWS uses lets the user in."""
    provider = f"arn:{partition}:iam::{facts.account}:saml-provider/{facts.provider_name}"
    attempt = AssumeRoleAttempt(
        caller=SamlIdentity(provider),
        role_arn=ROLE.replace("arn:aws:", f"arn:{partition}:"),
        context=saml_context(facts),
        **{"session_name": "alice@example.com"} | more,
    )
    return may_assume(attempt, trust=CompiledPolicy(document), action=action).allowed


STAFF = Saml(OKTA, attributes={"eduPersonAffiliation": ["staff", "faculty"]})
ALICE = user(edupersonaffiliation=("member", "staff"))


def test_a_role_asks_for_the_endpoints_and_the_attribute() -> None:
    assert policy(STAFF).to_dict()["Statement"] == {
        "Sid": "Samlokta",
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:aws:iam::{OWN}:saml-provider/okta"},
        "Action": "sts:AssumeRoleWithSAML",
        "Condition": {
            "StringEquals": {"SAML:aud": [FRANKFURT, GLOBAL]},
            "ForAnyValue:StringEquals": {"SAML:edupersonaffiliation": ["faculty", "staff"]},
        },
    }


def test_one_of_several_values_is_enough_and_the_rest_is_not() -> None:
    document = policy(STAFF)
    assert admitted(document, ALICE)
    assert not admitted(document, user(edupersonaffiliation=("student", "member")))
    assert not admitted(document, user(edupersonaffiliation="Staff"))
    assert not admitted(document, user(edupersonaffiliation="staff2"))
    assert not admitted(document, user(edupersonprimaryaffiliation="staff"))
    # Who lacks the attribute would be let in by ForAllValues.
    assert not admitted(document, user())


def test_only_through_the_partitions_endpoints() -> None:
    document = policy(STAFF)
    assert admitted(document, replace(ALICE, recipient=FRANKFURT))
    for recipient in (IRELAND, "https://signin.amazonaws.cn/saml", GLOBAL + "/acs/SAMLSPABCDEF"):
        assert not admitted(document, replace(ALICE, recipient=recipient))


def test_only_through_this_provider_of_this_account_and_partition() -> None:
    document = policy(STAFF)
    assert not admitted(document, replace(ALICE, provider_name="okta2"))
    assert not admitted(document, replace(ALICE, account=OTHER))
    assert not admitted(document, ALICE, partition="aws-cn")


def test_only_with_an_assertion() -> None:
    document = CompiledPolicy(policy(STAFF))
    arn = f"arn:aws:iam::{OWN}:saml-provider/okta"
    keys = saml_context(ALICE)
    for caller, action in (
        (WebIdentity(arn), ASSUME_ROLE_WITH_WEB_IDENTITY),
        (IamUser(OWN, "okta"), ASSUME_ROLE),
        (SamlIdentity(arn), ASSUME_ROLE),
    ):
        attempt = AssumeRoleAttempt(caller=caller, role_arn=ROLE, context=keys)
        assert not may_assume(attempt, trust=document, action=action).allowed


@pytest.mark.parametrize(
    ("partition", "region", "aud"),
    [
        ("aws-cn", "cn-north-1", "https://signin.amazonaws.cn/saml"),
        ("aws-us-gov", "us-gov-west-1", "https://signin.amazonaws-us-gov.com/saml"),
        ("aws", "", GLOBAL),
    ],
)
def test_each_partition_has_its_own_sign_in(partition: str, region: str, aud: str) -> None:
    context = TrustContext(OWN, partition=partition, region=region)
    document = policy(STAFF, context=context)
    assert admitted(document, replace(ALICE, recipient=aud), partition=partition)
    if partition != "aws":
        assert not admitted(document, ALICE, partition=partition)


def test_several_regions_so_that_one_may_be_down() -> None:
    entity = Saml(OKTA, subjects="alice", regions=["eu-west-1", "us-east-2"])
    document = policy(entity)
    for recipient in (GLOBAL, IRELAND, "https://us-east-2.signin.aws.amazon.com/saml"):
        assert admitted(document, replace(ALICE, recipient=recipient))
    assert not admitted(document, replace(ALICE, recipient=FRANKFURT))


def test_encrypted_assertions_come_through_the_providers_own_endpoints() -> None:
    document = policy(Saml(OKTA, subjects="alice", provider_id="SAMLSPABCDEFGHIJ"))
    assert admitted(document, replace(ALICE, recipient=FRANKFURT + "/acs/SAMLSPABCDEFGHIJ"))
    assert not admitted(document, replace(ALICE, recipient=FRANKFURT))
    assert not admitted(document, replace(ALICE, recipient=FRANKFURT + "/acs/SAMLSPABCDEFGHIK"))


def test_subjects_are_persistent_unless_said() -> None:
    document = policy(Saml(OKTA, subjects=["alice", "bob"]))
    assert admitted(document, ALICE)
    assert not admitted(document, replace(ALICE, subject="mallory"))
    transient = PERSISTENT.replace("persistent", "transient")
    assert not admitted(document, replace(ALICE, subject_format=transient))
    assert not admitted(document, replace(ALICE, subject_format=None))
    address = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
    document = policy(Saml(OKTA, subjects="*@example.com", subject_format=address))
    mail = replace(ALICE, subject_format=address)
    assert admitted(document, replace(mail, subject="alice@example.com"))
    assert not admitted(document, replace(mail, subject="alice@evil-example.com"))
    assert not admitted(document, replace(mail, subject="alice@example.com.evil"))


def test_an_issuer_narrows_further() -> None:
    document = policy(Saml(OKTA, subjects="alice", issuer="http://www.okta.com/exk1"))
    assert admitted(document, ALICE)
    assert not admitted(document, replace(ALICE, issuer="http://www.okta.com/exk2"))


def test_a_key_of_one_value_is_compared_as_one() -> None:
    entity = Saml(OKTA, attributes={"mail": "alice@example.com"})
    assert policy(entity).to_dict()["Statement"]["Condition"]["StringEquals"] == {  # type: ignore[index,call-overload]
        "SAML:aud": [FRANKFURT, GLOBAL],
        "SAML:mail": "alice@example.com",
    }
    document = policy(entity)
    assert admitted(document, user(mail="alice@example.com"))
    # AWS maps one of several and does not say which: that lets nobody in.
    assert not admitted(document, user(mail=("alice@example.com", "mallory@example.com")))


def test_patterns_of_attributes() -> None:
    entity = Saml(
        OKTA,
        attributes={
            "eduPersonScopedAffiliation": "*@example.com",
            "eduPersonEntitlement": ["urn:mace:example.com:aws:*", "urn:x:exact"],
        },
    )
    document = policy(entity)
    right = {
        "edupersonscopedaffiliation": "staff@example.com",
        "edupersonentitlement": "urn:mace:example.com:aws:dev",
    }
    assert admitted(document, user(**right))
    assert admitted(document, user(**right | {"edupersonentitlement": "urn:x:exact"}))
    assert not admitted(document, user(**right | {"edupersonentitlement": "urn:x:exact2"}))
    assert not admitted(
        document, user(**right | {"edupersonentitlement": "urn:mace:example.com:awsome"})
    )
    assert not admitted(document, user(**right | {"edupersonscopedaffiliation": "x@example.org"}))


def test_tags_and_source_identity_come_from_the_assertion() -> None:
    entity = Saml(OKTA, session_tags={"team": "blue"}, source_identity="*@example.com")
    assume, identity, tags = policy(entity).to_dict()["Statement"]  # type: ignore[misc]
    assert assume["Action"] == "sts:AssumeRoleWithSAML"
    # Neither action knows what is said of the user: of SAML's keys one knows saml:aud alone.
    assert identity["Action"] == "sts:SetSourceIdentity"
    assert identity["Condition"] == {"StringLike": {"sts:SourceIdentity": "*@example.com"}}
    assert tags["Action"] == "sts:TagSession"
    assert tags["Condition"] == {
        "StringEquals": {"aws:RequestTag/team": "blue"},
        "ForAllValues:StringEquals": {"aws:TagKeys": "team"},
    }
    document = policy(entity)
    good = {"tags": {"team": "blue"}, "source_identity": "alice@example.com"}
    assert admitted(document, user(), **good)
    assert not admitted(document, user(), **good | {"tags": {"team": "red"}})
    assert not admitted(document, user(), **good | {"tags": {"team": "blue", "more": "1"}})
    assert not admitted(document, user(), **good | {"source_identity": "alice@evil.example"})
    assert not admitted(document, user(), tags={"team": "blue"})
    assert not admitted(document, replace(user(), recipient=IRELAND), **good)


def test_without_the_option_no_tag_and_no_identity_is_taken() -> None:
    document = policy(STAFF)
    assert not admitted(document, ALICE, tags={"team": "blue"})
    assert not admitted(document, ALICE, source_identity="alice")


def test_the_session_name_is_in_the_assertion_too() -> None:
    document = policy(Saml(OKTA, session_name="*@example.com"))
    assert admitted(document, user())
    assert not admitted(document, user(), session_name="alice@example.org")


def test_the_wide_variant_asks_for_the_endpoint_only_and_has_a_name_that_shows() -> None:
    document = policy(AnyUserOf(OKTA))
    found = document.to_dict()["Statement"]
    assert found["Sid"] == "AnyUserOfokta"  # type: ignore[index,call-overload]
    assert found["Condition"] == {"StringEquals": {"SAML:aud": [FRANKFURT, GLOBAL]}}  # type: ignore[index,call-overload]
    assert admitted(document, user())
    assert not admitted(document, replace(user(), recipient=IRELAND))
    assert not admitted(document, replace(user(), provider_name="other"))


def test_a_wide_entity_beside_a_narrow_one_of_the_same_provider_is_refused() -> None:
    with pytest.raises(TrustError, match="guard nothing"):
        policy(STAFF, AnyUserOf(OKTA))


def test_two_providers_and_an_iam_user_beside_each_other() -> None:
    document = policy(STAFF, Saml(Provider("adfs"), subjects="bob"), IamUsers(OWN, ["carol"]))
    assert admitted(document, ALICE)
    bob = replace(ALICE, provider_name="adfs", subject="bob")
    assert admitted(document, bob)
    assert not admitted(document, replace(bob, subject="alice"))


def saml(**options: Any) -> Saml:
    return Saml(OKTA, **options)


REFUSED = {
    "nothing": (lambda: saml(), r"AnyUserOf\(provider\)"),
    "an issuer alone": (lambda: saml(issuer="urn:x"), "users of okta apart"),
    "any tag": (lambda: saml(session_tags={"team": "*"}), "users of okta apart"),
    "any name": (lambda: saml(session_name="*"), "users of okta apart"),
    "an address alone": (lambda: saml(source_ip="203.0.113.5"), "users of okta apart"),
    "no attributes": (lambda: saml(attributes={}), "attributes is empty"),
    "a list": (lambda: saml(attributes=["staff"]), "write a mapping"),
    "a group": (lambda: saml(attributes={"groups": "x"}), "PrincipalTag"),
    "a typo": (lambda: saml(attributes={"eduPersonAfiliation": "x"}), "edupersonaffiliation"),
    "a key of AWS's own": (lambda: saml(attributes={"SAML:aud": "x"}), "no condition key"),
    "no value": (lambda: saml(attributes={"cn": []}), "nobody would be admitted"),
    "an empty value": (lambda: saml(attributes={"cn": ""}), "is empty"),
    "any value": (lambda: saml(attributes={"cn": "*"}), "begin or end alike"),
    "half a value": (lambda: saml(attributes={"cn": "adm*"}), "begin or end alike"),
    "a middle": (lambda: saml(attributes={"cn": "urn:*:x:*"}), "begin or end alike"),
    "a question mark": (lambda: saml(attributes={"cn": "admin?"}), "begin or end alike"),
    "any domain": (lambda: saml(attributes={"mail": "*@*"}), "begin or end alike"),
    "a separator only": (lambda: saml(attributes={"cn": ":*"}), "begin or end alike"),
    "a variable": (lambda: saml(attributes={"cn": "${saml:sub}"}), "variable"),
    "twice": (
        lambda: saml(attributes={"cn": "x", "urn:oid:2.5.4.3": "y"}),
        "'cn' is written twice",
    ),
    "any subject": (lambda: saml(subjects="*"), "begin or end alike"),
    "transient": (
        lambda: saml(subjects="x", subject_format="transient"),
        "nobody could come in twice",
    ),
    "the whole format": (lambda: saml(subjects="x", subject_format=PERSISTENT), "'persistent'"),
    "a format alone": (
        lambda: saml(attributes={"cn": "x"}, subject_format="x"),
        "says nothing without subjects",
    ),
    "any format": (lambda: saml(subjects="x", subject_format="*"), "write it out"),
    "any issuer": (lambda: saml(subjects="x", issuer="*"), "write it out"),
    "an ARN for a provider": (
        lambda: Saml(f"arn:aws:iam::{OWN}:saml-provider/okta", subjects="x"),  # type: ignore[arg-type]
        r"SamlProvider\(…\)",
    ),
    "a class for a provider": (lambda: Saml(Provider, subjects="x"), r"SamlProvider\(…\)"),  # type: ignore[arg-type]
    "a path in its name": (lambda: Saml(Provider("a/b"), subjects="x"), "the last part of its ARN"),
    "a wildcard in its name": (lambda: AnyUserOf(Provider("*")), "the last part of its ARN"),
    "an odd id": (lambda: saml(subjects="x", provider_id="okta"), "SAMLSPABCDEFGHIJ"),
    "a region as a string": (lambda: saml(subjects="x", regions="eu-west-1"), "eu-west-1'"),
    "no region": (lambda: saml(subjects="x", regions=[]), "regions is empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_written_with_the_fix(case: str) -> None:
    build, fix = REFUSED[case]
    with pytest.raises(TrustError, match=fix):
        build()


@pytest.mark.parametrize("region", ["cn-north-1", "frankfurt", "*"])
def test_a_region_of_another_partition_is_refused(region: str) -> None:
    with pytest.raises(TrustError, match="no sign-in endpoint there"):
        policy(saml(subjects="x", regions=[region]))


values = st.text("ab:/@.-*? ", min_size=1, max_size=8)


@given(st.sampled_from(sorted(NAMES)), st.lists(values, min_size=1, max_size=3), values)
def test_whatever_attribute_is_accepted_admits_those_values_only(
    key: str, wanted: list[str], other: str
) -> None:
    """No entity that could be built lets in a user whose value its author did not mean."""
    try:
        document = policy(Saml(OKTA, attributes={key: wanted}))
    except TrustError:
        return
    for each in wanted:
        assert admitted(document, user(**{key: each.replace("*", "x")}))
    meant = other in wanted or any(
        (each.endswith("*") and other.startswith(each[:-1]))
        or (each.startswith("*@") and other.endswith(each[1:]))
        for each in wanted
    )
    assert admitted(document, user(**{key: other})) == meant
    assert not admitted(document, user())
    if key not in MULTIVALUED:
        assert not admitted(document, user(**{key: (wanted[0].replace("*", "x"), "none")}))

"""Certificates through IAM Roles Anywhere: who is admitted by the names in them."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.policy import (
    AssumeRoleAttempt,
    AwsService,
    CompiledPolicy,
    PolicyDocument,
    check_trust_document,
    may_assume,
)
from rolecall.trust import AnyCertificateOf, RolesAnywhere, TrustContext, TrustError, trust_policy

OWN, SHARED, OTHER = "111111111111", "999999999999", "444444444444"
CONTEXT = TrustContext(OWN, own_accounts=frozenset({SHARED}))
ROLE = f"arn:aws:iam::{OWN}:role/tes-backup"
ID = "12345678-90ab-cdef-1234-567890abcdef"
ANCHOR = f"arn:aws:rolesanywhere:eu-central-1:{OWN}:trust-anchor/{ID}"
SPIFFE = "spiffe://example.com/web/"


def policy(*entities: Any, context: TrustContext = CONTEXT) -> PolicyDocument:
    document = trust_policy(entities, context)
    check_trust_document(document)
    return document


def admitted(
    document: PolicyDocument,
    *,
    anchor: str = ANCHOR,
    host: str = "rolesanywhere.amazonaws.com",
    **names: str,
) -> bool:
    """Whether the service may assume the role for a certificate with these names."""
    tags = {key.replace("_", "/"): value for key, value in names.items()}
    attempt = AssumeRoleAttempt(
        caller=AwsService(host, source_account=anchor.split(":")[4], source_arn=anchor),
        role_arn=ROLE,
        tags=tags,
        source_identity="CN=web-1",
        session_name="1f71c5114a119fc0cc5a5a52fb3720ad",
        context={f"aws:PrincipalTag/{key}": value for key, value in tags.items()},
    )
    return may_assume(attempt, trust=CompiledPolicy(document)).allowed


WEB = RolesAnywhere(trust_anchor_arn=ANCHOR, subject={"CN": "web-1"})


def test_a_role_asks_for_the_anchor_and_the_name() -> None:
    assert policy(WEB).to_dict()["Statement"] == {
        "Sid": "RolesAnywhere",
        "Effect": "Allow",
        "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
        "Condition": {
            "ArnEquals": {"aws:SourceArn": ANCHOR},
            "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "web-1"},
        },
    }


def test_its_certificate_comes_in_and_no_other() -> None:
    document = policy(WEB)
    assert admitted(document, x509Subject_CN="web-1")
    assert not admitted(document, x509Subject_CN="web-10")
    assert not admitted(document, x509Subject_CN="WEB-1")
    # Two common names arrive as one text.
    assert not admitted(document, x509Subject_CN="web-1/admin")
    assert not admitted(document, x509Issuer_CN="web-1")
    assert not admitted(document, x509SAN_Name_CN="web-1")
    assert not admitted(document)


def test_a_name_counts_with_its_own_authority_only() -> None:
    document = policy(WEB)
    for anchor in (
        ANCHOR.replace(ID, ID.replace("1", "2")),
        ANCHOR.replace(OWN, OTHER),
        ANCHOR.replace("eu-central-1", "eu-west-1"),
    ):
        assert not admitted(document, anchor=anchor, x509Subject_CN="web-1")
    assert not admitted(document, host="ec2.amazonaws.com", x509Subject_CN="web-1")


def test_all_that_is_written_must_be_in_the_certificate() -> None:
    entity = RolesAnywhere(
        trust_anchor_arn=ANCHOR,
        subject={"OU": ["Security/Engineering", "Web"], "O": "Example"},
        issuer={"CN": "Devices"},
        san={"DNS": "*.web.example.com", "URI": SPIFFE + "*"},
    )
    document = policy(entity)
    right = {
        "x509Subject_OU": "Web",
        "x509Subject_O": "Example",
        "x509Issuer_CN": "Devices",
        "x509SAN_DNS": "a.web.example.com",
        "x509SAN_URI": SPIFFE + "1",
    }
    assert admitted(document, **right)
    assert admitted(document, **right | {"x509Subject_OU": "Security/Engineering"})
    wrong = {
        "x509Subject_OU": "Engineering",
        "x509Subject_O": "Other",
        "x509Issuer_CN": "Servers",
        "x509SAN_DNS": "evilweb.example.com",
        "x509SAN_URI": "spiffe://example.com/website",
    }
    for key, value in wrong.items():
        assert not admitted(document, **right | {key: value})
        assert not admitted(document, **{each: right[each] for each in right if each != key})


def test_an_anchor_of_the_same_stack_is_a_reference() -> None:
    reference = "${aws_rolesanywhere_trust_anchor.devices_A1B2C3D4.arn}"
    document = policy(RolesAnywhere(trust_anchor_arn=reference, subject={"CN": "web-1"}))
    assert reference in document.to_json()
    # Until Terraform has filled it in it matches nothing.
    assert not admitted(document, x509Subject_CN="web-1")


def test_the_wide_variant_names_the_anchor_only_and_has_a_name_that_shows() -> None:
    document = policy(AnyCertificateOf(trust_anchor_arn=ANCHOR))
    assert document.statements[0].sid == "AnyCertificateOf"
    assert admitted(document, x509Subject_CN="whoever")
    assert not admitted(document, anchor=ANCHOR[:-1] + "0", x509Subject_CN="whoever")
    narrower = policy(AnyCertificateOf(trust_anchor_arn=ANCHOR, issuer={"CN": "Devices"}))
    assert admitted(narrower, x509Issuer_CN="Devices")
    assert not admitted(narrower, x509Issuer_CN="Servers")
    assert not isinstance(WEB, AnyCertificateOf)


def test_a_wide_entity_that_undoes_a_narrow_one_is_refused() -> None:
    with pytest.raises(TrustError, match="guard nothing"):
        policy(WEB, AnyCertificateOf(trust_anchor_arn=ANCHOR))


def test_an_anchor_of_ours_in_another_account() -> None:
    anchor = ANCHOR.replace(OWN, SHARED)
    document = policy(RolesAnywhere(trust_anchor_arn=anchor, subject={"CN": "web-1"}))
    assert admitted(document, anchor=anchor, x509Subject_CN="web-1")


@pytest.mark.parametrize(
    ("anchor", "context"),
    [(ANCHOR.replace(OWN, OTHER), CONTEXT), (ANCHOR, TrustContext(OWN, partition="aws-cn"))],
)
def test_an_anchor_of_somebody_else_is_refused(anchor: str, context: TrustContext) -> None:
    with pytest.raises(TrustError, match="own_accounts"):
        policy(RolesAnywhere(trust_anchor_arn=anchor, subject={"CN": "x"}), context=context)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({"subject": None}, r"AnyCertificateOf\("),
    "the issuer alone": ({"subject": None, "issuer": {"CN": "Devices"}}, "apart"),
    "the organization alone": ({"subject": {"O": "Example", "C": "DE"}}, "apart"),
    "its alternative name alone": ({"subject": None, "san": {"Name/O": "Example"}}, "apart"),
    "no names": ({"subject": {}}, "subject is empty"),
    "no values": ({"subject": {"CN": []}}, "nobody would be admitted"),
    "an unknown part": ({"subject": {"cn": "web-1"}}, "write one of C, O, OU"),
    "a key of AWS": ({"subject": {"x509Subject/CN": "web-1"}}, "write one of C, O, OU"),
    "an unknown alternative": ({"san": {"IP": "10.0.0.1"}}, "write one of DNS, URI"),
    "any name": ({"subject": {"CN": "*"}}, "not one name"),
    "a prefix": ({"subject": {"CN": "web-*"}}, "not one name"),
    "a domain in a common name": ({"subject": {"CN": "*.example.com"}}, "not one name"),
    "any DNS name": ({"san": {"DNS": "*"}}, "not one name"),
    "an open domain": ({"san": {"DNS": "web.*"}}, "not one name"),
    "any URI": ({"san": {"URI": "*"}}, "not one name"),
    "any trust domain": ({"san": {"URI": "spiffe://*/web"}}, "not one name"),
    "half a segment": ({"san": {"URI": SPIFFE + "a*"}}, "not one name"),
    "a middle": ({"san": {"URI": "spiffe://example.com/*/web"}}, "not one name"),
    "a question mark": ({"san": {"URI": SPIFFE + "?"}}, "not one name"),
    "endless": ({"subject": {"CN": "x" * 257}}, "up to 256"),
    "a variable": ({"subject": {"CN": "${aws:SourceArn}"}}, "variable"),
    "no ARN": ({"trust_anchor_arn": ID}, "arn:partition:service"),
    "any anchor": ({"trust_anchor_arn": ANCHOR.replace(ID, "*")}, "a trust anchor"),
    "any region": ({"trust_anchor_arn": ANCHOR.replace("eu-central-1", "*")}, "a trust anchor"),
    "any account": ({"trust_anchor_arn": ANCHOR.replace(OWN, "*")}, "twelve digits"),
    "a profile": ({"trust_anchor_arn": ANCHOR.replace("trust-anchor", "profile")}, "anchor"),
    "another reference": (
        {"trust_anchor_arn": "${aws_iam_role.x.arn}"},
        "arn:partition:service",
    ),
    "more than a reference": (
        {"trust_anchor_arn": "${aws_rolesanywhere_trust_anchor.x.arn}*"},
        "arn:partition:service",
    ),
    "an expression": (
        {"trust_anchor_arn": '${join("", [aws_rolesanywhere_trust_anchor.x.arn])}'},
        "arn:partition:service",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_when_written_with_the_fix(case: str) -> None:
    options, fix = REFUSED[case]
    written: dict[str, Any] = {"trust_anchor_arn": ANCHOR, "subject": {"CN": "web-1"}}
    with pytest.raises(TrustError, match=fix):
        RolesAnywhere(**written | options)


texts = st.text("ab/.:*? ", min_size=1, max_size=8)


@given(
    st.sampled_from([("subject", "CN"), ("subject", "OU"), ("san", "DNS"), ("san", "URI")]),
    texts | texts.map(lambda text: SPIFFE + text),
    texts | texts.map(lambda text: SPIFFE + text),
)
def test_whatever_is_accepted_admits_that_name_only(
    place: tuple[str, str], wanted: str, other: str
) -> None:
    field, name = place
    key = f"{'x509SAN' if field == 'san' else 'x509Subject'}_{name}"
    try:
        document = policy(RolesAnywhere(trust_anchor_arn=ANCHOR, **{field: {name: wanted}}))  # type: ignore[arg-type]
    except TrustError:
        return
    assert admitted(document, **{key: wanted.replace("*", "x")})
    meant = other == wanted
    if wanted.startswith("*"):
        meant = name == "DNS" and other.endswith(wanted[1:])
    elif wanted.endswith("*"):
        meant = name == "URI" and other.startswith(wanted[:-1])
    assert admitted(document, **{key: other}) == meant

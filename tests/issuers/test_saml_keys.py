"""The condition keys that AWS makes of a SAML assertion, and which of them last."""

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rolecall.issuers.saml_keys import (
    ATTRIBUTES,
    MULTIVALUED,
    SamlFacts,
    saml_context,
    session_context,
)

SCOPED = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"
MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
FACTS = SamlFacts(
    recipient="https://signin.aws.amazon.com/saml",
    issuer="https://example.com/saml",
    subject="_cbb88bf52c25",
    subject_format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    account="123456789012",
    provider_name="MySAMLIdP",
    attributes={
        "urn:oid:1.3.6.1.4.1.5923.1.1.1.1": ("staff", "member"),
        MAIL: ("alice@example.com",),
        "https://aws.amazon.com/SAML/Attributes/Role": ("arn:aws:iam::1:role/x,…",),
        "groups": ("admins",),
    },
)


def test_keys_of_an_assertion() -> None:
    # The page writes the hash as BASE64 ( SHA1 ( issuer + account + "/" + provider ) ).
    text = b"https://example.com/saml123456789012/MySAMLIdP"
    qualifier = base64.b64encode(hashlib.sha1(text).digest()).decode()
    assert saml_context(FACTS) == {
        "saml:aud": "https://signin.aws.amazon.com/saml",
        "saml:iss": "https://example.com/saml",
        "saml:sub": "_cbb88bf52c25",
        "saml:sub_type": "persistent",
        "saml:namequalifier": qualifier,
        "saml:doc": "123456789012/MySAMLIdP",
        "saml:edupersonaffiliation": ("staff", "member"),
        "saml:mail": "alice@example.com",
    }


def test_three_of_them_last() -> None:
    lasting = session_context(saml_context(FACTS))
    assert set(lasting) == {"saml:namequalifier", "saml:sub", "saml:sub_type"}


@pytest.mark.parametrize(
    ("given_format", "kept"),
    [
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:transient", "transient"),
        (
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ),
        ("urn:oasis:names:tc:SAML:2.0:nameid-format:", None),
        (None, None),
    ],
)
def test_type_of_the_subject(given_format: str | None, kept: str | None) -> None:
    assert saml_context(replace(FACTS, subject_format=given_format)).get("saml:sub_type") == kept


def test_one_value_is_a_tuple_where_there_may_be_several() -> None:
    keys = saml_context(replace(FACTS, attributes={SCOPED: ("staff@example.com",)}))
    assert keys["saml:edupersonscopedaffiliation"] == ("staff@example.com",)


def test_several_values_where_there_is_one_are_never_cut_to_one() -> None:
    keys = saml_context(replace(FACTS, attributes={MAIL: ("a@example.com", "b@example.com")}))
    assert keys["saml:mail"] == ("a@example.com", "b@example.com")
    twice = {MAIL: ("a@example.com",), "0.9.2342.19200300100.1.3": ("b@example.com",)}
    assert saml_context(replace(FACTS, attributes=twice))["saml:mail"] == (
        "a@example.com",
        "b@example.com",
    )
    same = {MAIL: ("a@example.com", "a@example.com")}
    assert saml_context(replace(FACTS, attributes=same))["saml:mail"] == "a@example.com"


def test_an_attribute_without_a_value_is_no_key() -> None:
    assert "saml:mail" not in saml_context(replace(FACTS, attributes={MAIL: ()}))


def test_the_keys_of_several_values() -> None:
    # As "Actions, resources, and condition keys for AWS Security Token Service" types them.
    assert {
        "cn",
        "eduorghomepageuri",
        "eduorgidentityauthnpolicyuri",
        "eduorglegalname",
        "eduorgsuperioruri",
        "eduorgwhitepagesuri",
        "edupersonaffiliation",
        "edupersonassurance",
        "edupersonentitlement",
        "edupersonnickname",
        "edupersonorgunitdn",
        "edupersonscopedaffiliation",
        "edupersontargetedid",
    } == MULTIVALUED


@given(
    st.dictionaries(
        st.sampled_from([*ATTRIBUTES, "mail", "eduPersonAffiliation", "SAML:aud", "saml:sub"])
        | st.text(max_size=8),
        st.lists(st.text(max_size=4), max_size=3).map(tuple),
        max_size=6,
    )
)
def test_no_attribute_reaches_a_key_that_is_not_its_own(
    attributes: dict[str, tuple[str, ...]],
) -> None:
    keys = saml_context(replace(FACTS, attributes=attributes))
    plain = saml_context(replace(FACTS, attributes={}))
    assert {name: keys[name] for name in plain} == plain
    assert {name.removeprefix("saml:") for name in set(keys) - set(plain)} == {
        ATTRIBUTES[name] for name, values in attributes.items() if name in ATTRIBUTES and values
    }

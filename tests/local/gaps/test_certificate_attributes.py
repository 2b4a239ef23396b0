"""Which session tags the fields of a certificate make."""

import pytest
from cryptography import x509

import rolecall.local.gaps  # noqa: F401 - the rooms import each other: this one first
from rolecall.local.api import AwsError
from rolecall.local.roles_anywhere import attributes
from tests.local.gaps.anywhere_here import CURVE, ROOT
from tests.local.gaps.certificates import name

MAPPED = [
    x509.DNSName("one"),
    x509.DNSName("two"),
    x509.UniformResourceIdentifier("spiffe://a"),
    x509.DirectoryName(name(CN="inner", O="acme")),
    x509.DirectoryName(name(CN="second")),
]


def test_tags_of_a_certificate() -> None:
    made, _ = ROOT.issue("web-1", key=CURVE, alternative=MAPPED)
    tags = attributes.tags_of
    assert tags(made.x509, {}) == {}
    assert tags(made.x509, {"x509Subject": ["OU", "L"]}) == {"x509Subject/OU": "shop"}
    assert tags(made.x509, {"x509Issuer": ["CN"]}) == {"x509Issuer/CN": "root of sessions"}
    rules = ["DNS", "DNS/1", "DNS/2", "DNS/3", "URI", "URI/2", "Name/*", "Name/O", "Name/L"]
    assert tags(made.x509, {"x509SAN": rules}) == {
        "x509SAN/DNS": "one",
        "x509SAN/DNS/1": "one",
        "x509SAN/DNS/2": "two",
        "x509SAN/URI": "spiffe://a",
        "x509SAN/Name/CN": "inner",
        "x509SAN/Name/O": "acme",
    }
    bare, _ = ROOT.issue("web-1", key=CURVE)
    assert tags(bare.x509, {"x509SAN": rules}) == {}
    one, _ = ROOT.issue("web-1", key=CURVE, alternative=MAPPED[:1])
    assert tags(one.x509, {"x509SAN": ["Name/*", "Name/CN", "URI"]}) == {}
    assert attributes.common_name(made.x509) == "web-1"
    nameless, _ = ROOT.issue(subject={"OU": "shop"}, key=CURVE)
    assert attributes.common_name(nameless.x509) is None


def test_short_names_of_all_attributes() -> None:
    parts = {
        "2.5.4.3": "CN",
        "2.5.4.4": "SN",
        "2.5.4.5": "SERIALNUMBER",
        "2.5.4.7": "L",
        "2.5.4.8": "ST",
        "2.5.4.10": "O",
        "2.5.4.11": "OU",
        "2.5.4.12": "T",
        "2.5.4.42": "GN",
        "0.9.2342.19200300.100.1.1": "UID",
        "0.9.2342.19200300.100.1.25": "DC",
        "2.5.4.9": "",
    }
    built = [x509.NameAttribute(x509.ObjectIdentifier(oid), f"v{oid}") for oid in parts]
    country = x509.NameAttribute(x509.ObjectIdentifier("2.5.4.6"), "DE")
    made, _ = ROOT.issue(name=x509.Name([*built, country]), key=CURVE)
    expected = {f"x509Subject/{short}": f"v{oid}" for oid, short in parts.items() if short}
    expected["x509Subject/C"] = "DE"
    assert attributes.tags_of(made.x509, {"x509Subject": ["*"]}) == expected
    streets = [x509.NameAttribute(x509.ObjectIdentifier("2.5.4.9"), each) for each in "ab"]
    made, _ = ROOT.issue(name=x509.Name([*name(CN="web-1"), *streets]), key=CURVE)
    assert attributes.tags_of(made.x509, {"x509Subject": ["*"]}) == {"x509Subject/CN": "web-1"}


def test_specifiers() -> None:
    for field, good, wrong in (
        ("x509Subject", ["*", "CN", "A" * 12], ["", "cn", "A" * 13, "CN/1", "**", "DNS/1"]),
        ("x509Issuer", ["*", "OU"], ["Name/*", "C1"]),
        (
            "x509SAN",
            ["DNS", "URI", "DNS/1", "URI/99", "Name/*", "Name/CN"],
            ["*", "CN", "DNS/0", "DNS/100", "Name", "Name/", "Name/cn", "dns", "DNS/"],
        ),
    ):
        attributes.check_rules(field, good)
        for each in wrong:
            with pytest.raises(AwsError, match="is no specifier for") as caught:
                attributes.check_rules(field, [*good, each])
            assert caught.value.code == "ValidationException"

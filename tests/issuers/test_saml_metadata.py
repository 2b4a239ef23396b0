"""Metadata of a SAML identity provider: what IAM reads of it, and what never gets read."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from rolecall.issuers.saml_metadata import (
    LONGEST,
    SamlMetadataProblem,
    expired_certificates,
    read_saml_metadata,
)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
RSA_KEY = rsa.generate_private_key(65537, 2048)
ANOTHER_KEY = rsa.generate_private_key(65537, 2048)


def certificate(key: Any = RSA_KEY, ends: datetime = NOW + timedelta(days=365)) -> str:
    """A certificate as it stands in metadata: base64 of its DER."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example.com")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(ends - timedelta(days=3650))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


GOOD = certificate()


def key(text: str = GOOD, use: str = ' use="signing"') -> str:
    return (
        f"<md:KeyDescriptor{use}><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{text}"
        "</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    )


SSO = (
    '<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" '
    'Location="https://idp.example.com/sso"/>'
)


def role(inside: str = key() + SSO, attributes: str = "", protocol: str = PROTOCOL) -> str:
    return (
        f'<md:IDPSSODescriptor protocolSupportEnumeration="{protocol}"{attributes}>'
        f"{inside}</md:IDPSSODescriptor>"
    )


def document(
    inside: str | None = None,
    *,
    entity: str = ' entityID="https://idp.example.com/metadata"',
    head: str = '<?xml version="1.0" encoding="UTF-8"?>\n',
    tag: str = "EntityDescriptor",
) -> str:
    found = (
        f'{head}<md:{tag} xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" '
        f'xmlns:ds="http://www.w3.org/2000/09/xmldsig#"{entity}>'
        f"{role() if inside is None else inside}</md:{tag}>"
    )
    return found + "\n" * max(0, 1000 - len(found))


def test_what_counts_is_read() -> None:
    found = read_saml_metadata(document())
    assert found.entity_id == "https://idp.example.com/metadata"
    assert found.sso_urls == ("https://idp.example.com/sso",)
    assert [each.serial_number for each in found.signing_certificates] == [4711]
    assert found.valid_until is None
    assert read_saml_metadata(document().encode()) == found


def test_no_declaration_and_another_prefix_are_the_same_document() -> None:
    plain = document(head="").replace("md:", "").replace(":md=", "=")
    assert read_saml_metadata(plain) == read_saml_metadata(document())


def test_line_breaks_and_comments_inside_a_certificate_do_not_change_it() -> None:
    wrapped = "\n".join(GOOD[at : at + 64] for at in range(0, len(GOOD), 64))
    cut = f"{wrapped[:100]}<!-- {wrapped[100:110]} -->{wrapped[100:]}"
    for text in (f"\n  {wrapped}\n", cut):
        assert read_saml_metadata(document(role(key(text) + SSO))) == read_saml_metadata(document())


def test_a_key_without_use_signs_and_one_for_encryption_does_not() -> None:
    other = certificate(ANOTHER_KEY)
    inside = key(use="") + key(GOOD) + key(other, use=' use="encryption"') + SSO
    found = read_saml_metadata(document(role(inside)))
    assert found == read_saml_metadata(document())
    both = read_saml_metadata(document(role(key() + key(other) + SSO)))
    assert len(both.signing_certificates) == 2


def test_keys_outside_of_the_identity_provider_do_not_sign() -> None:
    stranger = (
        f'<md:SPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">'
        f"{key(certificate(ANOTHER_KEY))}</md:SPSSODescriptor>"
    )
    assert read_saml_metadata(document(stranger + role())) == read_saml_metadata(document())


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2030-01-31T12:00:00Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31T12:00:00.123Z", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31T12:00:00", datetime(2030, 1, 31, 12, tzinfo=UTC)),
        ("2030-01-31T12:00:00+02:00", datetime(2030, 1, 31, 10, tzinfo=UTC)),
    ],
)
def test_its_end(text: str, moment: datetime) -> None:
    entity = f' entityID="urn:idp" validUntil="{text}"'
    assert read_saml_metadata(document(entity=entity)).valid_until == moment
    sooner = document(role(attributes=' validUntil="2029-01-01T00:00:00Z"'), entity=entity)
    assert read_saml_metadata(sooner).valid_until == datetime(2029, 1, 1, tzinfo=UTC)


def test_an_expired_certificate_is_told_and_not_refused() -> None:
    """IAM does not act on the expiration of certificates in metadata."""
    ended = NOW - timedelta(seconds=1)
    inside = key(certificate(ends=ended)) + key(certificate(ANOTHER_KEY)) + SSO
    found = read_saml_metadata(document(role(inside)))
    assert expired_certificates(found, NOW) == (ended,)
    assert expired_certificates(found, ended - timedelta(seconds=1)) == ()


ROLE = role()
REFUSED: dict[str, tuple[Callable[[], object], str]] = {
    "too short": (lambda: "<x/>", "has 4 characters"),
    "too long": (lambda: document() + " " * LONGEST, "1000 to 10000000"),
    "too many bytes": (lambda: b"x" * (4 * LONGEST + 1), "1000 to 10000000"),
    "not XML": (lambda: "x" * 1000, "well-formed"),
    "cut off": (lambda: document()[:1000], "well-formed XML at line"),
    "no text": (lambda: None, "NoneType"),
    "a byte order mark": (lambda: "\ufeff" + document(), "byte order mark"),
    "a byte order mark in bytes": (lambda: b"\xef\xbb\xbf" + document().encode(), "byte order"),
    "Latin-1 bytes": (lambda: document(entity=' entityID="ü"').encode("latin-1"), "not UTF-8"),
    "UTF-16": (lambda: document().encode("utf-16"), "not UTF-8"),
    "another declaration": (
        lambda: document(head='<?xml version="1.0" encoding="UTF-7"?>'),
        "another encoding",
    ),
    "a half character": (lambda: document(entity=' entityID="\ud800"'), "cannot write"),
    "a NUL": (lambda: document(entity=' entityID="a\x00b"'), "well-formed"),
    "a list of entities": (
        lambda: document(document(head=""), tag="EntitiesDescriptor", entity=""),
        "EntityDescriptor of",
    ),
    "another document": (lambda: document(tag="Response"), "no EntityDescriptor"),
    "another namespace": (
        lambda: document().replace("SAML:2.0:metadata", "SAML:1.1:metadata"),
        "no EntityDescriptor",
    ),
    "no name": (lambda: document(entity=""), "no entityID"),
    "a blank name": (lambda: document(entity=' entityID=" "'), "no entityID"),
    "an endless name": (lambda: document(entity=f' entityID="{"x" * 1025}"'), "no entityID"),
    "no identity provider": (lambda: document(""), "not of the service provider"),
    "an identity provider of SAML 1.1": (
        lambda: document(role(protocol="urn:oasis:names:tc:SAML:1.1:protocol")),
        "describes no identity",
    ),
    "two identity providers": (lambda: document(ROLE + ROLE), "describes 2"),
    "no certificate": (lambda: document(role(SSO)), "no signing certificate"),
    "encryption only": (
        lambda: document(role(key(use=' use="encryption"') + SSO)),
        "no signing certificate",
    ),
    "an empty certificate": (lambda: document(role(key("") + SSO)), "cannot be read"),
    "no base64": (lambda: document(role(key("?" + GOOD) + SSO)), "cannot be read"),
    "half a certificate": (lambda: document(role(key(GOOD[:400]) + SSO)), "cannot be read"),
    "an element in a certificate": (
        lambda: document(role(key(f"{GOOD[:8]}<b/>{GOOD[8:]}") + SSO)),
        "cannot be read",
    ),
    "one bad certificate of two": (
        lambda: document(role(key() + key("AAAA") + SSO)),
        "cannot be read",
    ),
    "an elliptic curve": (
        lambda: document(role(key(certificate(ec.generate_private_key(ec.SECP256R1()))) + SSO)),
        "1024",
    ),
    "nowhere to sign in": (lambda: document(role(key())), "SingleSignOnService"),
    "a script to sign in": (
        lambda: document(role(key() + SSO.replace("https://idp", "javascript:idp"))),
        "SingleSignOnService",
    ),
    "no time": (
        lambda: document(entity=' entityID="urn:x" validUntil="tomorrow"'),
        "no time.*2030",
    ),
    "a day that is none": (
        lambda: document(entity=' entityID="urn:x" validUntil="2030-02-31T00:00:00Z"'),
        "no time",
    ),
    "before all time": (
        lambda: document(entity=' entityID="urn:x" validUntil="0001-01-01T00:00:00+14:00"'),
        "no time",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(case: str) -> None:
    build, fix = REFUSED[case]
    with pytest.raises(SamlMetadataProblem, match=fix):
        read_saml_metadata(build())  # type: ignore[arg-type]


def test_a_small_key_is_refused_as_iam_does() -> None:
    small = _certificate_of(512)
    with pytest.raises(SamlMetadataProblem, match="at least 1024 bits"):
        read_saml_metadata(document(role(key(small) + SSO)))


def test_a_key_that_anybody_can_break_is_refused() -> None:
    """In doubt about AWS, whose page speaks of the length alone."""
    even = _certificate_of(2048, 2)
    with pytest.raises(SamlMetadataProblem, match="small factor; replace the key"):
        read_saml_metadata(document(role(key() + key(even) + SSO)))


def _certificate_of(bits: int, ends_in: int = 1) -> str:
    """The good certificate with another number as its key: its signature is not looked at."""
    numbers = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) + ends_in)
    try:
        public = numbers.public_key()
    except ValueError:
        pytest.skip(f"this OpenSSL knows no keys of {bits} bits")
    name = x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(1)
        .not_valid_before(NOW)
        .not_valid_after(NOW)
    )
    made = builder.sign(RSA_KEY, hashes.SHA256())
    return base64.b64encode(made.public_bytes(serialization.Encoding.DER)).decode()


def hostile(tmp_path: Path) -> dict[str, str]:
    secret = tmp_path / "secret"
    secret.write_text("the secret")
    declare = '<?xml version="1.0"?><!DOCTYPE {} [{}]>'
    bomb = "".join(
        f'<!ENTITY a{level} "{f"&a{level - 1};" * 10 if level else "ha" * 50}">'
        for level in range(10)
    )
    names = {
        "a billion laughs": (bomb, "&a9;"),
        "one long entity, often": (f'<!ENTITY a "{"x" * 100_000}">', "&a;" * 10_000),
        "a file": (f'<!ENTITY a SYSTEM "{secret.as_uri()}">', "&a;"),
        "a page": ('<!ENTITY a SYSTEM "http://127.0.0.1:9/x">', "&a;"),
        "a parameter": ('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x"> %a;', ""),
        "itself": ('<!ENTITY a "&b;"><!ENTITY b "&a;">', "&a;"),
        "default attributes": ('<!ATTLIST md:EntityDescriptor entityID CDATA "urn:evil">', ""),
    }
    found = {
        name: document(
            role() + f"<!-- -->{use}",
            head=declare.format("md:EntityDescriptor", inside),
        )
        for name, (inside, use) in names.items()
    }
    found["a DTD elsewhere"] = document(
        head='<!DOCTYPE md:EntityDescriptor SYSTEM "http://127.0.0.1:9/x.dtd">'
    )
    found["behind comments"] = document(head="<!-- a --><?b?><!DOCTYPE x>")
    return found


def test_no_document_type_of_any_kind(tmp_path: Path) -> None:
    for name, text in hostile(tmp_path).items():
        with pytest.raises(SamlMetadataProblem, match="document type") as refusal:
            read_saml_metadata(text)
        assert "secret" not in str(refusal.value), name


def test_nested_without_end() -> None:
    deep = "<md:Extensions>" * 5_000 + "</md:Extensions>" * 5_000
    with pytest.raises(SamlMetadataProblem, match="well-formed"):
        read_saml_metadata(document(deep + role()))


def test_an_include_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "role.xml").write_text(role())
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        f'href="{(tmp_path / "role.xml").as_uri()}"/>'
    )
    with pytest.raises(SamlMetadataProblem, match="describes no identity provider"):
        read_saml_metadata(document(include))


def test_a_comment_does_not_shorten_the_name() -> None:
    with pytest.raises(SamlMetadataProblem):
        read_saml_metadata(document(entity=' entityID="urn:a<!-- -->.evil"'))


def test_no_part_of_the_document_is_repeated_in_a_message() -> None:
    marked = document(role(key("SECRETSECRET!") + SSO))
    with pytest.raises(SamlMetadataProblem) as refusal:
        read_saml_metadata(marked)
    assert "SECRET" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


PIECES = st.sampled_from(
    ["<md:x>", "</md:x>", "<!--", "-->", "<![CDATA[", "]]>", "<?x", "&#0;", "&lt;", '"', ">", "é"]
)


@given(st.integers(0, 2500), st.integers(0, 60), st.lists(PIECES | st.text(max_size=3), max_size=6))
def test_any_change_is_read_or_refused_in_words(at: int, length: int, put: list[str]) -> None:
    text = document()
    changed = text[:at] + "".join(put) + text[at + length :]
    for given_text in (changed, changed.encode("utf-8", "surrogatepass")):
        try:
            found = read_saml_metadata(given_text)
        except SamlMetadataProblem as refusal:
            assert "\n" not in str(refusal)
        else:
            assert found.entity_id
            assert found.signing_certificates


@given(st.binary(min_size=990, max_size=1100) | st.text(min_size=990, max_size=1100))
def test_any_bytes_and_any_text(source: str | bytes) -> None:
    with pytest.raises(SamlMetadataProblem):
        read_saml_metadata(source)


@given(st.none() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text()))
def test_any_other_type(source: Any) -> None:
    with pytest.raises(SamlMetadataProblem):
        read_saml_metadata(source)

"""Which certificate vouches for which, one demand at a time: each alone must refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from rolecall.local.api import AwsError
from rolecall.local.roles_anywhere.attributes import tags_of
from rolecall.local.roles_anywhere.certificates import Untrusted, authorities, check_chain, read
from tests.local.gaps.certificates import Authority, Certificate, build, name, rsa_key, usage

NOW = datetime.now(UTC)
ROOT = Authority.shared("root of chains")
CA, SIGNS = x509.BasicConstraints(True, None), usage("key_cert_sign")
LEAF, USES = x509.BasicConstraints(False, None), usage("digital_signature")
OTHER = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00")
NAMES = x509.NameConstraints([x509.DNSName("example.com")], None)


def between(*extensions: tuple[Any, bool], key: Any = None, **more: Any) -> Authority:
    """A certificate of the root that is to vouch for others."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    made = build(name(CN="between"), key, ROOT.x509.subject, ROOT.key, *extensions, **more)
    return Authority(made, key)


def trusted(certificate: Certificate, *chain: Certificate, roots: Any = (ROOT,)) -> bool:
    try:
        check_chain(certificate.x509, [c.x509 for c in chain], [r.x509 for r in roots], NOW)
    except Untrusted:
        return False
    return True


def workload(authority: Authority) -> Certificate:
    return authority.issue(key=ec.generate_private_key(ec.SECP256R1()))[0]


def test_an_authority_between_is_good() -> None:
    middle = between((CA, True), (SIGNS, True))
    assert trusted(workload(middle), middle)
    assert trusted(workload(ROOT))


@pytest.mark.parametrize(
    ("extensions", "more"),
    [
        ([(LEAF, True), (SIGNS, True)], {}),
        ([(SIGNS, True)], {}),
        ([(CA, True)], {}),
        ([(CA, True), (usage("crl_sign", "digital_signature"), True)], {}),
        ([(CA, True), (SIGNS, True), (OTHER, True)], {}),
        ([(CA, True), (SIGNS, True), (NAMES, True)], {}),
        ([(CA, True), (SIGNS, True), (NAMES, False)], {}),
        ([(CA, True), (SIGNS, True)], {"days": (-30, -1)}),
        ([(CA, True), (SIGNS, True)], {"days": (1, 30)}),
        ([(CA, True), (SIGNS, True)], {"digest": hashes.SHA224()}),
    ],
    ids=[
        "no authority but may sign",
        "no basic constraints",
        "no key usage",
        "may not sign certificates",
        "unknown critical extension",
        "name constraints",
        "name constraints that are not critical",
        "expired",
        "not yet valid",
        "weak digest",
    ],
)
def test_who_is_no_authority_vouches_for_nobody(extensions: Any, more: Any) -> None:
    middle = between(*extensions, **more)
    assert not trusted(workload(middle), middle)
    # Not even where it is the anchor itself: the anchors were checked when they were made.
    if "days" not in more:
        with pytest.raises(AwsError):
            authorities(middle.pem)


def test_an_extension_that_is_not_critical_may_be_unknown() -> None:
    middle = between((CA, True), (SIGNS, True), (OTHER, False))
    assert trusted(workload(middle), middle)


def test_how_many_may_stand_below_an_authority() -> None:
    for length, good in ((0, False), (1, True), (None, True)):
        first = between((x509.BasicConstraints(True, length), True), (SIGNS, True))
        second = Authority.make("second", first)
        assert trusted(workload(first), first)
        assert trusted(workload(second), second, first) is good


def test_a_chain_has_five_at_the_most() -> None:
    chain = [Authority.make("1", ROOT)]
    for number in range(2, 7):
        chain.append(Authority.make(str(number), chain[-1]))
    assert trusted(workload(chain[4]), *chain[:5])
    assert not trusted(workload(chain[5]), *chain)


@pytest.mark.parametrize(
    "key",
    [rsa.generate_private_key(65537, 1024), ed25519.Ed25519PrivateKey.generate()],
    ids=["short", "another kind"],
)
def test_a_key_that_is_not_taken(key: Any) -> None:
    assert not trusted(ROOT.issue(key=key)[0])
    assert trusted(ROOT.issue(key=rsa_key())[0])


@pytest.mark.parametrize("digest", [hashes.SHA224(), hashes.SHA256(), hashes.SHA512()])
def test_a_weak_digest_is_not_taken(digest: hashes.HashAlgorithm) -> None:
    certificate, _ = ROOT.issue(key=ec.generate_private_key(ec.SECP256R1()), digest=digest)
    assert trusted(certificate) is (digest.name != "sha224")


def test_a_moment_decides() -> None:
    certificate = workload(ROOT)
    begin, end = certificate.x509.not_valid_before_utc, certificate.x509.not_valid_after_utc
    second = timedelta(seconds=1)
    for now, good in ((begin, True), (end, True), (begin - second, False), (end + second, False)):
        try:
            check_chain(certificate.x509, [], [ROOT.x509], now)
            assert good
        except Untrusted:
            assert not good


def test_the_name_alone_is_not_enough_and_neither_is_the_key() -> None:
    same_name = Authority.make("root of chains")
    assert not trusted(workload(same_name))
    renamed = build(
        name(CN="another"), ROOT.key, name(CN="another"), ROOT.key, (CA, True), (SIGNS, True)
    )
    assert not trusted(workload(ROOT), roots=(Authority(renamed, ROOT.key),))


def test_a_bundle_has_one_to_ten_authorities() -> None:
    assert len(authorities(ROOT.pem * 10)) == 10
    for bundle in (ROOT.pem * 11, "", "nonsense", workload(ROOT).pem):
        with pytest.raises(AwsError):
            authorities(bundle)


def test_what_is_no_certificate_cannot_be_read() -> None:
    for der in (b"", b"\x30\x00", b"nonsense"):
        with pytest.raises(ValueError, match="cannot be read"):
            read(der)


def test_a_mapping_names_one_of_several_names() -> None:
    certificate, _ = ROOT.issue(
        key=ec.generate_private_key(ec.SECP256R1()),
        alternative=[x509.DNSName("first.example"), x509.DNSName("second.example")],
    )
    rules = {"x509SAN": ["DNS", "DNS/2", "DNS/3", "URI"], "x509Subject": ["CN", "UID"]}
    assert tags_of(certificate.x509, rules) == {
        "x509SAN/DNS": "first.example",
        "x509SAN/DNS/2": "second.example",
        "x509Subject/CN": "web-1",
    }

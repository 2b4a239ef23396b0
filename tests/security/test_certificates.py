"""Certificates made to break CreateSession of IAM Roles Anywhere: refused, and never a fault.

Anybody may send a certificate, and nothing of it is verified when it is read first.
"""

import base64
import http.client
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from rolecall.local import backend
from rolecall.local.cloud import Cloud
from rolecall.local.control import Control
from rolecall.local.listener import bind
from rolecall.local.server import Server
from tests.local.conftest import CONTROL_TOKEN, CloudServer
from tests.local.gaps.certificates import Authority, build, name, rsa_key
from tests.local.saml.idp import Idp

HOME, OTHER, REGION = "111122223333", "444455556666", "eu-central-1"
TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"Service": "rolesanywhere.amazonaws.com"},
        "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
    },
}
#: DER of object identifiers and of a version, and of others that mean nothing.
RSA, ECDSA_SHA256 = "06092a864886f70d010101", "06082a8648ce3d040302"
EC_KEY, P256, VERSION_3 = "06072a8648ce3d0201", "06082a8648ce3d030107", "a003020102"
EXPONENT = "0203010001"


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def changed(content: bytes, old: str, new: str, times: int = -1) -> bytes:
    assert bytes.fromhex(old) in content
    return content.replace(bytes.fromhex(old), bytes.fromhex(new), times)


def pem(content: bytes) -> str:
    lines = "\n".join(re.findall(".{1,64}", base64.b64encode(content).decode()))
    return f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n"


@dataclass
class Anchored:
    """A trust anchor of `authority`, and a profile with one role."""

    server: CloudServer
    authority: Authority
    wish: dict[str, str]

    def send(
        self,
        certificate: bytes,
        serial: int,
        key: Any = None,
        *,
        chain: tuple[bytes, ...] = (),
        query: str = "",
        wish: dict[str, str] | None = None,
    ) -> tuple[int, str]:
        """CreateSession, signed by `key`; status and code."""
        port = self.server.server.port
        date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        headers = {
            "content-type": "application/json",
            "host": f"127.0.0.1:{port}",
            "x-amz-date": date,
            "x-amz-x509": base64.b64encode(certificate).decode(),
        }
        if chain:
            headers["x-amz-x509-chain"] = ",".join(base64.b64encode(c).decode() for c in chain)
        names = ";".join(sorted(headers))
        body = json.dumps(self.wish if wish is None else wish).encode()
        told = "".join(f"{each}:{headers[each]}\n" for each in sorted(headers))
        canonical = f"POST\n/sessions\n{query}\n{told}\n{names}\n{sha256(body).hexdigest()}"
        kind = "ECDSA" if isinstance(key, ec.EllipticCurvePrivateKey) else "RSA"
        algorithm = f"AWS4-X509-{kind}-SHA256"
        scope = f"{date[:8]}/{REGION}/rolesanywhere/aws4_request"
        text = f"{algorithm}\n{date}\n{scope}\n{sha256(canonical.encode()).hexdigest()}".encode()
        if kind == "ECDSA":
            signature = key.sign(text, ec.ECDSA(hashes.SHA256()))
        else:
            signature = (key or rsa_key()).sign(text, padding.PKCS1v15(), hashes.SHA256())
        headers["authorization"] = (
            f"{algorithm} Credential={serial}/{scope}, SignedHeaders={names}, "
            f"Signature={signature.hex()}"
        )
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        target = f"/sessions?{query}" if query else "/sessions"
        connection.request("POST", target, body, headers)
        reply = connection.getresponse()
        content = reply.read()
        connection.close()
        if reply.status >= 500:
            return reply.status, content.decode()
        return reply.status, json.loads(content).get("__type", "")


@pytest.fixture(scope="module")
def anchored() -> Iterator[Anchored]:
    backend.configure()
    backend.reset()
    cloud = Cloud()
    server = Server(bind(0), cloud, Control(cloud, CONTROL_TOKEN))
    thread = server.start()
    at = CloudServer(cloud, server)
    authority = Authority.make("one")
    try:
        yield Anchored(at, authority, _anchored(at, HOME, authority.pem))
    finally:
        server.stop()
        thread.join(10)
        backend.reset()


def _anchored(at: CloudServer, account: str, bundle: str) -> dict[str, str]:
    anywhere, iam = at.client("rolesanywhere", account), at.client("iam", account)
    source = {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": bundle},
    }
    anchor = anywhere.create_trust_anchor(name="site", enabled=True, source=source)
    role = iam.create_role(RoleName="work", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]
    profile = anywhere.create_profile(name="work", roleArns=[role["Arn"]], enabled=True)
    return {
        "trustAnchorArn": anchor["trustAnchor"]["trustAnchorArn"],
        "profileArn": profile["profile"]["profileArn"],
        "roleArn": role["Arn"],
    }


REFUSED = (403, "AccessDeniedException")


def test_a_good_one_is_let_in(anchored: Anchored) -> None:
    made, key = anchored.authority.issue()
    assert anchored.send(der(made.x509), made.x509.serial_number, key) == (201, "")


@pytest.mark.parametrize(
    ("old", "new", "times"),
    [
        pytest.param(RSA, "06092a864886f70d010163", 1, id="a kind of key that nobody knows"),
        pytest.param(ECDSA_SHA256, "06082a8648ce3d040363", -1, id="an unknown signature"),
        pytest.param(VERSION_3, "a003020101", 1, id="version 2"),
        pytest.param(VERSION_3, "a003020109", 1, id="version 10"),
        pytest.param(EXPONENT, "0203010000", 1, id="an even exponent"),
        pytest.param(EXPONENT, "0203000001", 1, id="the exponent 1"),
        pytest.param(EXPONENT, "0203800001", 1, id="a negative exponent"),
        pytest.param(b"web-1".hex(), b"\xff\xfe\xfd-1".hex(), 1, id="a subject that is no text"),
        pytest.param(b"one".hex(), b"\xff\xfe\xfd".hex(), 1, id="an issuer that is no text"),
    ],
)
def test_a_certificate_with_a_broken_part(
    old: str, new: str, times: int, anchored: Anchored
) -> None:
    made, key = anchored.authority.issue()
    broken = changed(der(made.x509), old, new, times)
    assert anchored.send(broken, made.x509.serial_number, key) == REFUSED


@pytest.mark.parametrize("part", ["curve", "point"])
def test_a_key_of_a_curve_that_is_none(part: str, anchored: Anchored) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made, _ = anchored.authority.issue(key=key)
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    old, new = P256, "06082a8648ce3d030163"
    if part == "point":
        old, new = point.hex(), (point[:-1] + bytes([point[-1] ^ 1])).hex()
    broken = changed(der(made.x509), old, new)
    assert anchored.send(broken, made.x509.serial_number, key) == REFUSED


BROKEN_AUTHORITIES = [
    pytest.param(ECDSA_SHA256, "06082a8648ce3d040363", id="an unknown signature"),
    pytest.param(EC_KEY, "06072a8648ce3d0263", id="an unknown kind of key"),
    pytest.param(P256, "06082a8648ce3d030163", id="an unknown curve"),
    pytest.param(VERSION_3, "a003020109", id="version 10"),
    pytest.param(b"Rolecall".hex(), b"\xff\xfe\xfdecall".hex(), id="a name that is no text"),
]


@pytest.mark.parametrize(("old", "new"), BROKEN_AUTHORITIES)
def test_a_broken_authority_in_the_chain(old: str, new: str, anchored: Anchored) -> None:
    stranger = Authority.make("one")
    made, key = stranger.issue()
    broken = changed(der(stranger.x509), old, new)
    answer = anchored.send(der(made.x509), made.x509.serial_number, key, chain=(broken,))
    assert answer == REFUSED


@pytest.mark.parametrize(("old", "new"), BROKEN_AUTHORITIES)
def test_a_broken_authority_as_an_anchor(old: str, new: str, anchored: Anchored) -> None:
    anywhere = anchored.server.client("rolesanywhere", HOME)
    _refused_as_anchor(anywhere, pem(changed(der(anchored.authority.x509), old, new)))


def test_an_authority_without_key_usage_is_none(anchored: Anchored) -> None:
    """ "The key usage MUST include Certificate Sign" (The IAM Roles Anywhere trust model)."""
    key, subject = ec.generate_private_key(ec.SECP256R1()), name(CN="plain")
    plain = Authority(
        build(subject, key, subject, key, (x509.BasicConstraints(True, None), True)), key
    )
    _refused_as_anchor(anchored.server.client("rolesanywhere", HOME), plain.pem)
    between = Authority(
        build(
            subject,
            key,
            anchored.authority.x509.subject,
            anchored.authority.key,
            (x509.BasicConstraints(True, None), True),
        ),
        key,
    )
    made, own = between.issue()
    answer = anchored.send(der(made.x509), made.x509.serial_number, own, chain=(der(between.x509),))
    assert answer == REFUSED


def _refused_as_anchor(anywhere: Any, bundle: str) -> None:
    source = {
        "sourceType": "CERTIFICATE_BUNDLE",
        "sourceData": {"x509CertificateData": bundle},
    }
    with pytest.raises(anywhere.exceptions.ValidationException):
        anywhere.create_trust_anchor(name="broken", enabled=True, source=source)


def test_a_query_without_end(anchored: Anchored) -> None:
    made, key = anchored.authority.issue()
    query = "&".join(f"a{number:04}=1" for number in range(150))
    assert anchored.send(der(made.x509), made.x509.serial_number, key, query=query) == REFUSED


@pytest.mark.parametrize("bits", [16384, 60000])
def test_a_key_without_end(bits: int, anchored: Anchored) -> None:
    huge = rsa.RSAPublicNumbers(65537, (1 << (bits - 1)) | 1).public_key()
    template, _ = anchored.authority.issue()
    made = (
        x509.CertificateBuilder()
        .subject_name(template.x509.subject)
        .issuer_name(template.x509.issuer)
        .public_key(huge)
        .serial_number(5)
        .not_valid_before(template.x509.not_valid_before_utc)
        .not_valid_after(template.x509.not_valid_after_utc)
        .sign(anchored.authority.key, hashes.SHA256())
    )
    assert anchored.send(der(made), 5) == REFUSED


def test_bytes_changed_anywhere(anchored: Anchored) -> None:
    made, key = anchored.authority.issue(
        alternative=[x509.DNSName("a.example"), x509.UniformResourceIdentifier("spiffe://a")]
    )
    good, chance = der(made.x509), random.Random(7)
    for _ in range(400):
        content = bytearray(good)
        for _ in range(chance.randint(1, 3)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if bytes(content) != good:
            answer = anchored.send(bytes(content), made.x509.serial_number, key)
            assert answer == REFUSED, content.hex()


def test_anchor_profile_and_role_of_several_accounts(anchored: Anchored) -> None:
    """A stranger's anchor, in his own account, opens no role of this one."""
    theirs_authority = Authority.make("theirs")
    theirs = _anchored(anchored.server, OTHER, theirs_authority.pem)
    made, key = theirs_authority.issue()
    sent = (der(made.x509), made.x509.serial_number, key)
    assert anchored.send(*sent, wish=theirs)[0] == 201
    for taken in (("roleArn",), ("profileArn", "roleArn"), ("trustAnchorArn",), ("profileArn",)):
        mixed = {**theirs, **{each: anchored.wish[each] for each in taken}}
        assert anchored.send(*sent, wish=mixed) == REFUSED, taken


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(VERSION_3, "a003020109", id="version 10"),
        # [1] rfc822Name becomes [3] x400Address, which nothing reads.
        pytest.param("810b61406163", "830b61406163", id="a name of another kind"),
        pytest.param(RSA, "06092a864886f70d010163", id="an unknown kind of key"),
        pytest.param(EXPONENT, "0203010000", id="an even exponent"),
    ],
)
def test_a_broken_certificate_in_saml_metadata(old: str, new: str, anchored: Anchored) -> None:
    key, subject = rsa_key(), name(CN="idp")
    alternative = x509.SubjectAlternativeName([x509.RFC822Name("a@acme.acme")])
    good = der(build(subject, key, subject, key, (alternative, False)))
    idp = Idp()
    own = "".join(idp.certificate.strip().splitlines()[1:-1])
    iam = anchored.server.client("iam", HOME)
    broken = base64.b64encode(changed(good, old, new, 1)).decode()
    with pytest.raises(iam.exceptions.InvalidInputException):
        iam.create_saml_provider(
            Name="broken", SAMLMetadataDocument=idp.metadata().replace(own, broken)
        )

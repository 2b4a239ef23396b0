"""Signatures as a product: what they refer to, how they transform, what they digest and
sign with, whose key made them, and which key they bring along.

Part of them is made with the provider's own key, which no forger has: what is taken then
shall be the plain signature of SAML alone, and it covers what is read.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from lxml import etree

from tests.local.saml.forgery import canonical, one, without_signature
from tests.local.saml.idp import DSIG, Idp, private_key
from tests.security.corpora.counting import Counts, every
from tests.security.corpora.saml_judge import (
    ADMIN,
    IDP,
    Element,
    fresh,
    judge,
    judge_signature,
)

_MORE = "http://www.w3.org/2001/04/xmldsig-more#"
_ENC = "http://www.w3.org/2001/04/xmlenc#"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_INCLUSIVE = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_NEWER = "http://www.w3.org/2006/12/xml-c14n11"

_URIS = {
    "its own": "#{id}",
    "the response's": "#{response}",
    "the document": "",
    "none": None,
    "a bare #": "#",
    "xpointer of the root": "#xpointer(/)",
    "xpointer of the ID": "#xpointer(id('{id}'))",
    "its own, escaped": "#%5F{tail}",
    "its own with a space": "#{id} ",
    "its own behind an address": "http://127.0.0.1:1/#{id}",
    "a file": "file:///etc/hostname",
    "an ID of nobody": "#_nobody",
}
_TRANSFORMS = {
    "plain": [f"{DSIG}enveloped-signature", _EXCLUSIVE],
    "plain, with comments": [f"{DSIG}enveloped-signature", f"{_EXCLUSIVE}WithComments"],
    "none": [],
    "enveloped alone": [f"{DSIG}enveloped-signature"],
    "exclusive alone": [_EXCLUSIVE],
    "turned round": [_EXCLUSIVE, f"{DSIG}enveloped-signature"],
    "twice": [f"{DSIG}enveloped-signature", _EXCLUSIVE, _EXCLUSIVE],
    "inclusive": [f"{DSIG}enveloped-signature", _INCLUSIVE],
    "inclusive 1.1": [f"{DSIG}enveloped-signature", _NEWER],
    "XPath": [f"{DSIG}enveloped-signature", "http://www.w3.org/TR/1999/REC-xpath-19991116"],
    "XPath filter": [f"{DSIG}enveloped-signature", "http://www.w3.org/2002/06/xmldsig-filter2"],
    "XSLT": [f"{DSIG}enveloped-signature", "http://www.w3.org/TR/1999/REC-xslt-19991116"],
    "base64": [f"{DSIG}base64", _EXCLUSIVE],
    "of nobody": ["urn:x", _EXCLUSIVE],
}
_CANONICAL = {
    "exclusive": _EXCLUSIVE,
    "exclusive with comments": f"{_EXCLUSIVE}WithComments",
    "inclusive": _INCLUSIVE,
    "inclusive 1.1": _NEWER,
    "of nobody": "urn:x",
}
_DIGESTS: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "SHA-256": (f"{_ENC}sha256", hashlib.sha256),
    "SHA-384": (f"{_MORE}sha384", hashlib.sha384),
    "SHA-512": (f"{_ENC}sha512", hashlib.sha512),
    "SHA-1": (f"{DSIG}sha1", hashlib.sha1),
    "SHA-224": (f"{_MORE}sha224", hashlib.sha224),
    "MD5": (f"{_MORE}md5", hashlib.md5),
    "of nobody": ("urn:x", hashlib.sha256),
}
_METHODS: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "RSA with SHA-256": (f"{_MORE}rsa-sha256", hashes.SHA256()),
    "RSA with SHA-384": (f"{_MORE}rsa-sha384", hashes.SHA384()),
    "RSA with SHA-512": (f"{_MORE}rsa-sha512", hashes.SHA512()),
    "RSA with SHA-1": (f"{DSIG}rsa-sha1", hashes.SHA1()),
    "RSA with MD5": (f"{_MORE}rsa-md5", hashes.MD5()),
    "PSS": ("http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", hashes.SHA256()),
    "ECDSA by name": (f"{_MORE}ecdsa-sha256", hashes.SHA256()),
    "DSA by name": (f"{DSIG}dsa-sha1", hashes.SHA1()),
    "HMAC by name": (f"{_MORE}hmac-sha256", hashes.SHA256()),
    "of nobody": ("urn:x", hashes.SHA256()),
}
_GOOD = ("its own", "plain", "exclusive", "SHA-256", "RSA with SHA-256")
_TAKEN = (
    {"its own"},
    {"plain", "plain, with comments"},
    {"exclusive", "exclusive with comments"},
    {"SHA-256", "SHA-384", "SHA-512"},
    {"RSA with SHA-256", "RSA with SHA-384", "RSA with SHA-512"},
)
_CHOICES = (_URIS, _TRANSFORMS, _CANONICAL, _DIGESTS, _METHODS)


def signed_by_the_provider(step: int = 1) -> Counts:
    """Each two of the five choices in every way, the other three as they should be."""
    counts = Counts("SAML: references, transforms, algorithms")
    for choice in every(_pairs(), step):
        what = ", ".join(choice)
        document = etree.tostring(_resigned(fresh("assertion"), *choice))
        taken = all(one in allowed for one, allowed in zip(choice, _TAKEN, strict=True))
        admitted = counts.accepted
        judge(counts, what, "assertion", document)
        judge_signature(counts, what, "assertion", document)
        if taken and counts.accepted == admitted:
            counts.findings.append(f"{what}: refused")
        if not taken and counts.accepted > admitted:
            counts.findings.append(f"{what}: admitted")
    return counts


def _pairs() -> Iterator[tuple[str, ...]]:
    seen = set()
    for first in range(5):
        for second in range(first + 1, 5):
            for pair in product(_CHOICES[first], _CHOICES[second]):
                choice = list(_GOOD)
                choice[first], choice[second] = pair
                if tuple(choice) not in seen:
                    seen.add(tuple(choice))
                    yield tuple(choice)


def _resigned(root: Element, uri: str, steps: str, canon: str, digest: str, method: str) -> Element:
    """The assertion with a signature of that kind, made by the provider's key."""
    assertion = one(root, "saml:Assertion")
    signature = one(assertion, "ds:Signature")
    _rewrite(root, assertion, signature, uri, steps, canon, digest, method)
    algorithm = _METHODS[method][1]
    info = canonical(one(signature, "ds:SignedInfo"))
    pad: Any = padding.PKCS1v15()
    if method == "PSS":
        pad = padding.PSS(padding.MGF1(algorithm), 32)
    made = private_key("acme").sign(info, pad, algorithm)
    one(signature, "ds:SignatureValue").text = base64.b64encode(made).decode()
    return root


def _rewrite(
    root: Element,
    assertion: Element,
    signature: Element,
    uri: str,
    steps: str,
    canon: str,
    digest: str,
    method: str,
) -> None:
    reference = one(signature, "ds:SignedInfo/ds:Reference")
    own = assertion.get("ID", "")
    address = _URIS[uri]
    del reference.attrib["URI"]
    if address is not None:
        reference.set(
            "URI",
            address.replace("{id}", own)
            .replace("{tail}", own[1:])
            .replace("{response}", root.get("ID", "")),
        )
    transforms = one(reference, "ds:Transforms")
    for each in list(transforms):
        transforms.remove(each)
    for algorithm in _TRANSFORMS[steps]:
        etree.SubElement(transforms, f"{{{DSIG}}}Transform", Algorithm=algorithm)
    info = one(signature, "ds:SignedInfo")
    one(info, "ds:CanonicalizationMethod").set("Algorithm", _CANONICAL[canon])
    one(info, "ds:SignatureMethod").set("Algorithm", _METHODS[method][0])
    name, made = _DIGESTS[digest]
    one(reference, "ds:DigestMethod").set("Algorithm", name)
    content = made(canonical(without_signature(assertion))).digest()
    one(reference, "ds:DigestValue").text = base64.b64encode(content).decode()


# -- signatures that the forger makes himself ----------------------------------------------


_FORGER = Idp(key_name="mallory")


def _certificate(idp: Idp) -> str:
    return "".join(idp.certificate.strip().splitlines()[1:-1])


def _x509(*idps: Idp) -> str:
    inside = "".join(
        f"<ds:X509Certificate>{_certificate(idp)}</ds:X509Certificate>" for idp in idps
    )
    return f"<ds:X509Data>{inside}</ds:X509Data>"


def _key_infos() -> dict[str, str]:
    numbers = private_key("mallory").public_key().public_numbers()

    def number(value: int) -> str:
        return base64.b64encode(value.to_bytes((value.bit_length() + 7) // 8, "big")).decode()

    value = (
        f"<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>{number(numbers.n)}</ds:Modulus>"
        f"<ds:Exponent>{number(numbers.e)}</ds:Exponent></ds:RSAKeyValue></ds:KeyValue>"
    )
    return {
        "none": "",
        "the forger's certificate": _x509(_FORGER),
        "the provider's certificate": _x509(IDP),
        "both, the provider's first": _x509(IDP, _FORGER),
        "both, the forger's first": _x509(_FORGER, IDP),
        "two X509Data": _x509(IDP) + _x509(_FORGER),
        "the forger's key": value,
        "the forger's key and the provider's certificate": value + _x509(IDP),
        "a name": "<ds:KeyName>acme</ds:KeyName>",
        "a method of retrieval": '<ds:RetrievalMethod URI="http://127.0.0.1:1/key"/>',
        "a file to retrieve": '<ds:RetrievalMethod URI="file:///etc/hostname"/>',
        "a retrieval from the message": '<ds:RetrievalMethod URI="#_evil-key"/>',
        "an issuer and a number": (
            "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=acme</ds:X509IssuerName>"
            "<ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>"
        ),
        "a key of version 1.1": (
            '<x:DEREncodedKeyValue xmlns:x="http://www.w3.org/2009/xmldsig11#">AAAA'
            "</x:DEREncodedKeyValue>"
        ),
        "PGP": "<ds:PGPData><ds:PGPKeyID>AAAA</ds:PGPKeyID></ds:PGPData>",
    }


@cache
def _forgers() -> dict[str, tuple[str, Callable[[bytes], bytes]]]:
    """Name of the signature method, and what makes a signature of it."""
    certificate = IDP.certificate
    der = x509.load_pem_x509_certificate(certificate.encode()).public_bytes(
        serialization.Encoding.DER
    )
    spki = (
        private_key("acme")
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    secrets = {
        "the provider's certificate in PEM": certificate.encode(),
        "the provider's certificate in DER": der,
        "the provider's certificate in base64": _certificate(IDP).encode(),
        "the provider's key in DER": spki,
        "nothing": b"",
    }
    found: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
        "the forger's key": ("RSA with SHA-256", _rsa(private_key("mallory"))),
        "zeros": ("RSA with SHA-256", lambda _: b"\0" * 256),
        "ones": ("RSA with SHA-256", lambda _: b"\0" * 255 + b"\1"),
        "the padded digest itself": ("RSA with SHA-256", _padded),
        "nothing at all": ("RSA with SHA-256", lambda _: b""),
    }
    for what, secret in secrets.items():
        for bits in ("256", "1"):
            name = f"{DSIG}hmac-sha1" if bits == "1" else f"{_MORE}hmac-sha256"
            found[f"HMAC of SHA-{bits} with {what}"] = (name, _mac(secret, f"sha{bits}"))
        found[f"HMAC with {what}, as RSA"] = ("RSA with SHA-256", _mac(secret, "sha256"))
    return found


def _rsa(key: RSAPrivateKey) -> Callable[[bytes], bytes]:
    return lambda info: key.sign(info, padding.PKCS1v15(), hashes.SHA256())


def _mac(secret: bytes, digest: str) -> Callable[[bytes], bytes]:
    return lambda info: hmac.new(secret, info, digest).digest()


def _padded(info: bytes) -> bytes:
    block = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(info).digest()
    return b"\0\1" + b"\xff" * (253 - len(block)) + b"\0" + block


def signed_by_the_forger(step: int = 1) -> Counts:
    """Every key that a message can bring along, with every signature that he can make."""
    counts = Counts("SAML: keys brought along")
    choices = product(("assertion", "both", "response"), _key_infos().items(), _forgers().items())
    for sign, (key, key_info), (who, (method, make)) in every(choices, step):
        what = f"{sign} signed anew, KeyInfo {key}, signed by {who}"
        root = fresh(sign)
        one(root, ".//saml:NameID").text = ADMIN
        paths = {"assertion": ["saml:Assertion"], "response": ["."]}
        for path in paths.get(sign, ["saml:Assertion", "."]):
            _forge(root, root if path == "." else one(root, path), key_info, method, make)
        document = etree.tostring(root)
        judge(counts, what, sign, document)
        judge_signature(counts, what, sign, document)
    return counts


def _forge(
    root: Element,
    element: Element,
    key_info: str,
    method: str,
    make: Callable[[bytes], bytes],
) -> None:
    signature = one(element, "ds:Signature")
    known = method if method in _METHODS else "RSA with SHA-256"
    _rewrite(root, element, signature, "its own", "plain", "exclusive", "SHA-256", known)
    if method not in _METHODS:
        one(signature, "ds:SignedInfo/ds:SignatureMethod").set("Algorithm", method)
    one(signature, "ds:SignatureValue").text = base64.b64encode(
        make(canonical(one(signature, "ds:SignedInfo")))
    ).decode()
    for old in signature.findall(f"{{{DSIG}}}KeyInfo"):
        signature.remove(old)
    if key_info:
        signature.append(etree.fromstring(f'<ds:KeyInfo xmlns:ds="{DSIG}">{key_info}</ds:KeyInfo>'))

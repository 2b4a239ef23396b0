"""Any text is the metadata of one identity provider, or a SamlMetadataProblem."""

from rolecall.issuers.saml_metadata import (
    LONGEST,
    SHORTEST,
    SamlMetadataProblem,
    expired_certificates,
    read_saml_metadata,
)
from scripts.hardening.fuzz_targets.draw import require
from scripts.hardening.fuzz_targets.signers import NOW


def check(data: bytes) -> None:
    """The oracle of this target."""
    # The shortest document has 1,000 characters, which no fuzzer needs to find out.
    padded = data + b" " * max(0, SHORTEST - len(data)) if data[:1] == b"<" else data
    try:
        found = read_saml_metadata(padded)
    except SamlMetadataProblem as problem:
        require("\n" not in str(problem), "a refusal is one line")
        return
    text = padded.decode("utf-8")
    require(SHORTEST <= len(text) <= LONGEST, "a document of a length that IAM refuses")
    require("<!DOCTYPE" not in text, "a document with a DTD")
    require(read_saml_metadata(text) == found, "a text and its bytes say the same")
    require(bool(found.entity_id and found.sso_urls), "a provider without a name")
    require(bool(found.signing_certificates), "a provider without a key")
    for certificate in found.signing_certificates:
        require(certificate.public_key().key_size >= 1024, "a short key")  # type: ignore[union-attr]
    expired_certificates(found, NOW)
    require(found.valid_until is None or found.valid_until.tzinfo is not None, "whose time?")

"""Session tokens: what a session is, encrypted and authenticated.

A token carries its whole grant, so sessions need no table, survive a restart together
with the key, and cannot be forged or changed: AES-256-GCM (NIST SP 800-38D) with a
fresh random nonce for each token.
"""

import base64
import binascii
import json
import secrets
from dataclasses import fields
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from rolecall.embedded_token import EMBEDDED_TOKEN_PREFIX
from rolecall.local.api import SessionGrant

#: What every token begins with: nobody takes one for AWS's, or keeps it among those.
_VERSION = base64.b64decode(EMBEDDED_TOKEN_PREFIX)
_CONTEXT = b"rolecall session token 1"
_NONCE_BYTES = 12
#: Longest token that is looked at. A grant holds at most a few documents of 2,048
#: characters and 50 tags; anything longer is not ours.
_LONGEST = 65_536
#: The text inside is padded to a multiple of this, so that a token is about as long as
#: AWS's (several hundred characters) and its length says little about what is in it.
_PADDING = 256
_DATES = frozenset({"issued_at", "expires_at", "mfa_at"})
_TUPLES = frozenset({"session_policies", "session_policy_arns", "transitive_tag_keys"})


class Sealer:
    """Seals session grants into tokens and opens them; one key, thread safe."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the key of session tokens has 32 bytes")
        self._cipher = AESGCM(key)

    def seal(self, grant: SessionGrant) -> str:
        """Return the session token of a grant (base64, about 700 characters and up)."""
        content: dict[str, Any] = {}
        for each in fields(grant):
            value = getattr(grant, each.name)
            if isinstance(value, datetime):
                value = value.isoformat()
            elif each.name in ("tags", "federation"):
                value = dict(value)
            content[each.name] = value
        text = json.dumps(content, separators=(",", ":")).encode()
        text += b" " * (-len(text) % _PADDING)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return base64.b64encode(
            _VERSION + nonce + self._cipher.encrypt(nonce, text, _CONTEXT)
        ).decode("ascii")

    def open(self, token: str) -> SessionGrant | None:
        """Return the grant in a token; None when this key did not seal it, unchanged.

        Whether the session has expired is the caller's question.
        """
        if len(token) > _LONGEST:
            return None
        try:
            raw = base64.b64decode(token.encode("ascii"), validate=True)
        except (UnicodeEncodeError, binascii.Error):
            return None
        # Base64 has several spellings of one value; only the one we wrote is the token.
        if base64.b64encode(raw) != token.encode("ascii") or not raw.startswith(_VERSION):
            return None
        raw = raw.removeprefix(_VERSION)
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        try:
            content = json.loads(self._cipher.decrypt(nonce, sealed, _CONTEXT))
            return _grant(content)
        except (InvalidTag, ValueError, TypeError, KeyError):
            return None


def _grant(content: dict[str, Any]) -> SessionGrant:
    for name in _DATES:
        if content[name] is not None:
            content[name] = datetime.fromisoformat(content[name])
    for name in _TUPLES:
        if content[name] is not None:
            content[name] = tuple(content[name])
    content["federation"] = {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in content["federation"].items()
    }
    return SessionGrant(**content)

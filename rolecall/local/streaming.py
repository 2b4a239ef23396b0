"""S3 uploads that are signed chunk by chunk (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD…`).

Source: S3 API Reference, "Signature calculations for the authorization header:
transferring payload in multiple chunks" and "… including trailing headers".
"""

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256

from rolecall.local.api import AwsError

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
SIGNED_WITH_TRAILER = f"{SIGNED}-TRAILER"

_CHUNK = re.compile(rb"([0-9a-fA-F]{1,16});chunk-signature=([0-9a-f]{64})\r\n")
_TRAILER = re.compile(rb"(x-amz-checksum-[a-z0-9]+):([A-Za-z0-9+/=-]{1,100})\r?\n")
_TRAILER_SIGNATURE = re.compile(rb"x-amz-trailer-signature:([0-9a-f]{64})(?:\r\n)*")
_EMPTY = sha256(b"").hexdigest()


@dataclass(frozen=True)
class Upload:
    """A decoded upload: the object's bytes and the checksum headers of its trailer."""

    body: bytes
    trailer: dict[str, str]


@dataclass(frozen=True)
class ChunkSigner:
    """What every chunk of one request is signed with; `seed` is the request's signature."""

    key: bytes
    timestamp: str
    scope: str
    seed: str

    def chunk(self, previous: str, data: bytes) -> str:
        """Return the signature of a chunk that follows the signature `previous`."""
        return self._sign("AWS4-HMAC-SHA256-PAYLOAD", previous, _EMPTY, sha256(data).hexdigest())

    def trailer(self, previous: str, text: bytes) -> str:
        """Return the signature of the trailing headers."""
        return self._sign("AWS4-HMAC-SHA256-TRAILER", previous, sha256(text).hexdigest())

    def _sign(self, algorithm: str, previous: str, *digests: str) -> str:
        text = "\n".join((algorithm, self.timestamp, self.scope, previous, *digests))
        return hmac.new(self.key, text.encode(), sha256).hexdigest()


def decode(body: bytes, *, trailer: bool, signer: ChunkSigner | None = None) -> Upload:
    """Take an upload out of its chunks; with `signer` every signature is verified.

    Raises:
        AwsError: the framing is broken, or a signature does not match.
    """
    parts: list[bytes] = []
    position, previous = 0, signer.seed if signer else ""
    while True:
        head = _CHUNK.match(body, position)
        if head is None:
            raise _broken()
        size = int(head[1], 16)
        data = body[head.end() : head.end() + size]
        position = head.end() + size
        if len(data) != size:
            raise _broken()
        if signer:
            expected = signer.chunk(previous, data)
            _compare(expected, head[2])
            previous = expected
        if size == 0:
            break
        if body[position : position + 2] != b"\r\n":
            raise _broken()
        position += 2
        parts.append(data)
    rest = body[position:]
    headers = _trailer(rest, previous, signer) if trailer else {}
    if not trailer and rest.strip(b"\r\n"):
        raise _broken()
    return Upload(b"".join(parts), headers)


def _trailer(rest: bytes, previous: str, signer: ChunkSigner | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    text, position = b"", 0
    while match := _TRAILER.match(rest, position):
        headers[match[1].decode()] = match[2].decode()
        text += match[1] + b":" + match[2] + b"\n"
        position = match.end()
    signature = _TRAILER_SIGNATURE.fullmatch(rest[position:].lstrip(b"\r\n"))
    if signature is None:
        raise _broken()
    if signer:
        _compare(signer.trailer(previous, text), signature[1])
    return headers


def _compare(expected: str, given: bytes) -> None:
    if not hmac.compare_digest(expected.encode(), given):
        raise AwsError(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            403,
            "The signature of a chunk does not match.",
        )


def _broken() -> AwsError:
    return AwsError("IncompleteBody", "The request body terminated unexpectedly", 400)

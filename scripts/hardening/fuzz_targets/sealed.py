"""A session token and an upload in signed chunks are taken if they are unchanged, else never."""

from functools import cache

from rolecall.local.api import AwsError, SessionGrant
from rolecall.local.session_token import Sealer
from rolecall.local.streaming import ChunkSigner, Upload, decode
from scripts.hardening.fuzz_targets.draw import Draw, edited, require
from scripts.hardening.fuzz_targets.signers import ACCOUNT, NOW

WORDS = [
    b"=", b"==", b"\n", b"+", b"/", b"-", b"A", b"\x00", b"\r\n", b";chunk-signature=", b"0" * 64,
    b"0;chunk-signature=", b"5", b"00000000", b"x-amz-checksum-crc32:AAAAAA==\n",
    b"x-amz-trailer-signature:", b"hello", b"FFFFFFFFFFFFFFFF", b"-1", b"\r\n\r\n",
]  # fmt: skip
_SCOPE = "20300101/eu-central-1/s3/aws4_request"
_SIGNER = ChunkSigner(b"k" * 32, "20300101T120000Z", _SCOPE, "0" * 64)


@cache
def sealer() -> tuple[Sealer, dict[str, SessionGrant]]:
    """A key, and what it sealed."""
    made, tokens = Sealer(b"k" * 32), {}
    for name in ("alice", "bob"):
        grant = SessionGrant(
            kind="assumed-role",
            account=ACCOUNT,
            issued_at=NOW,
            expires_at=NOW,
            session_name=name,
            session_policies=("{}",) if name == "bob" else None,
            tags={"team": name},
            federation={"saml:sub": (name,)},
        )
        tokens[made.seal(grant)] = grant
    return made, tokens


@cache
def uploads() -> tuple[tuple[bytes, Upload, bool], ...]:
    """Bodies as a client signs them, without a trailer and with one."""
    found = []
    for parts, checksum in (([b"hello", b"world"], ""), ([b"a" * 70], "AAAAAA==")):
        body, previous = b"", _SIGNER.seed
        for part in (*parts, b""):
            previous = _SIGNER.chunk(previous, part)
            body += f"{len(part):x};chunk-signature={previous}\r\n".encode() + part
            body += b"\r\n" if part else b""
        trailer = {"x-amz-checksum-crc32": checksum} if checksum else {}
        if checksum:
            text = f"x-amz-checksum-crc32:{checksum}\n".encode()
            signature = _SIGNER.trailer(previous, text)
            body += text + f"x-amz-trailer-signature:{signature}\r\n".encode()
        found.append((body, Upload(b"".join(parts), trailer), bool(checksum)))
    return tuple(found)


def check(data: bytes) -> None:
    """The oracle of this target."""
    draw = Draw(data)
    made, tokens = sealer()
    kind = draw.below(4)
    if kind < 2:
        sealed = draw.one_of(list(tokens)).encode()
        text = (draw.rest() if kind == 0 else edited(draw, sealed, WORDS)).decode("latin-1")
        grant = made.open(text)
        require(grant is None or grant == tokens.get(text), "a token that was not sealed is opened")
        return
    body, upload, trailer = draw.one_of(uploads())
    content = draw.rest() if kind == 2 else edited(draw, body, WORDS)
    try:
        found = decode(content, trailer=trailer, signer=_SIGNER)
    except AwsError as error:
        require(400 <= error.status < 500, "a refusal is the caller's fault")
        return
    require(found == upload, "an upload that nobody signed is taken")

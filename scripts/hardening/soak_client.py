"""One client of the soak: signs, sends, checks what comes back, counts.

Raw on purpose: boto3 would spend most of the machine on building replies. Signatures are
botocore's. Only connection errors are repeated, as SDKs do, with the same
`amz-sdk-invocation-id`.
"""

import http.client
import re
import time
import uuid
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "eu-central-1"
#: How long a client goes on asking a server that is away, in seconds.
PATIENCE = 120.0
_FORM = "application/x-www-form-urlencoded; charset=utf-8"
_CODE = re.compile(r"<Code>([A-Za-z0-9.]+)</Code>|\"__type\": ?\"(?:[^\"#]*#)?([A-Za-z]+)\"")
_VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


@dataclass(frozen=True, slots=True)
class Key:
    """An access key; with a session token where there is one."""

    key_id: str
    secret: str
    token: str | None = None


class Mismatch(Exception):
    """An answer that is not the expected one; ends the story. `kind`: "false allow", …"""

    def __init__(self, kind: str, words: str) -> None:
        super().__init__(f"{kind}: {words}")
        self.kind = kind
        self.words = words


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for a call; `repeated` after a lost connection."""

    call: str
    status: int
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)
    repeated: bool = False

    @property
    def code(self) -> str:
        """The error code in AWS's words, or the status where there is none; '' is an allow."""
        if self.status < 400:
            return ""
        found = _CODE.search(self.text)
        return (found[1] or found[2]) if found else str(self.status)

    def want(self, *codes: str, again: str | None = None) -> "Answer":
        """Compare with the codes that are right; '' is an allow.

        again: the code of a call that was carried out already when it was repeated.

        Raises:
            Mismatch: the answer has none of them.
        """
        got = self.code
        if got in codes or (self.repeated and got == again):
            return self
        kind = "wrong answer"
        if not got:
            kind = "false allow"
        elif "" in codes:
            kind = "false deny"
        told = self.headers.get("x-rolecall-reason") or self.text[:200]
        wanted = "/".join(code or "allow" for code in codes)
        raise Mismatch(kind, f"{self.call}: wanted {wanted}, got {got or 'allow'} ({told})")

    def wrong(self, words: str) -> Mismatch:
        """A mismatch of what was answered, not of the code."""
        return Mismatch("wrong answer", f"{self.call}: {words}")

    def leaf(self, name: str) -> str:
        """The text of the first element of that name."""
        return self.text.partition(f"<{name}>")[2].partition(f"</{name}>")[0]

    @property
    def key(self) -> Key:
        """The credentials in an answer of STS."""
        token = self.leaf("SessionToken") or None
        return Key(self.leaf("AccessKeyId"), self.leaf("SecretAccessKey"), token)


def _floats() -> "array[float]":
    return array("f")


@dataclass
class Tally:
    """What clients saw, to be added up."""

    allowed: Counter[str] = field(default_factory=Counter)
    denied: Counter[str] = field(default_factory=Counter)
    stories: Counter[str] = field(default_factory=Counter)
    #: Faults by kind ("false allow", …), and the first of them in words.
    faults: Counter[str] = field(default_factory=Counter)
    words: list[str] = field(default_factory=list)
    #: Names of stories that a kill fell into: it may have undone what was done in them.
    torn: list[str] = field(default_factory=list)
    #: Stories that went wrong because of that: they are not judged.
    unjudged: int = 0
    repeats: int = 0
    #: Calls that were refused because an issuer did not show its keys in time.
    slow_issuer: int = 0
    milliseconds: dict[str, "array[float]"] = field(default_factory=lambda: defaultdict(_floats))

    def fault(self, kind: str, words: str) -> None:
        """Count a fault, and keep the words of the first."""
        self.faults[kind] += 1
        if len(self.words) < 30:
            self.words.append(f"{kind}: {words}")

    def add(self, other: "Tally") -> None:
        """Add what other clients saw."""
        for name in ("allowed", "denied", "stories", "faults"):
            getattr(self, name).update(getattr(other, name))
        self.torn += other.torn
        self.words = (self.words + other.words)[:30]
        self.unjudged += other.unjudged
        self.repeats += other.repeats
        self.slow_issuer += other.slow_issuer
        for kind, values in other.milliseconds.items():
            self.milliseconds[kind].extend(values)


@dataclass
class Phase:
    """The file that says what is being done to the server.

    "up", "stopping" or "killing", then how often it was restarted and how often killed:
    `up-0-0`, `stopping-1-0`, `up-1-0`, `killing-2-1`, `up-2-1`.
    """

    file: Path

    def now(self) -> str:
        """The phase now."""
        return self.file.read_text(encoding="utf-8")

    def set(self, text: str) -> None:
        """Begin a phase; readers see the old or the new one."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(self.file)


@dataclass
class Client:
    """Keeps one connection, or (`keep` False) makes one for each call. Not thread safe."""

    port: int
    phase: Phase
    tally: Tally
    keep: bool = True
    patience: float = PATIENCE
    #: Calls that undo what the story under way has made, the newest last.
    undo: list[Callable[[], Answer]] = field(default_factory=list)
    _connection: http.client.HTTPConnection | None = None
    _since: str = ""

    def form(self, service: str, key: Key | None, action: str, **params: str) -> Answer:
        """A call of the query protocol (IAM, STS); without a key it is not signed."""
        body = urlencode({"Action": action, "Version": _VERSIONS[service], **params}).encode()
        headers = {"Content-Type": _FORM}
        return self.send(f"{service}:{action}", service, key, "POST", "/", body, headers)

    def send(
        self,
        kind: str,
        service: str,
        key: Key | None,
        method: str,
        target: str,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one call until it is answered. `kind` is what it is counted as."""
        sent = {**(headers or {}), "amz-sdk-invocation-id": str(uuid.uuid4())}
        end = time.monotonic() + self.patience
        attempt = 1
        while True:
            sent["amz-sdk-request"] = f"attempt={attempt}"
            begin = time.perf_counter()
            try:
                status, told, text = self._once(service, key, method, target, body, sent)
                break
            except (OSError, http.client.HTTPException) as error:
                self.close()
                self._lost(kind, error)
                if time.monotonic() > end:
                    raise Mismatch("no answer", f"{kind}: {type(error).__name__}") from None
                attempt += 1
                self.tally.repeats += 1
                time.sleep(0.1)
        self.tally.milliseconds[kind].append((time.perf_counter() - begin) * 1000)
        if status >= 500:
            raise Mismatch("5xx", f"{kind}: HTTP {status} {text[:200]}")
        (self.tally.allowed if status < 400 else self.tally.denied)[kind] += 1
        return Answer(kind, status, text, told, attempt > 1)

    def _once(
        self,
        service: str,
        key: Key | None,
        method: str,
        target: str,
        body: bytes,
        headers: Mapping[str, str],
    ) -> tuple[int, Mapping[str, str], str]:
        if self._connection is None:
            self._since = self.phase.now()
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        sent = dict(headers)
        if key is not None:
            sent = self.signed(service, key, method, target, body, headers)
        self._connection.request(method, target, body=body, headers=sent)
        reply = self._connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        if not self.keep:
            self.close()
        return reply.status, {n.lower(): v for n, v in reply.getheaders()}, text

    def signed(
        self,
        service: str,
        key: Key,
        method: str,
        target: str,
        body: bytes,
        sent: Mapping[str, str],
    ) -> dict[str, str]:
        """The headers of a signed request."""
        request = AWSRequest(
            method, f"http://127.0.0.1:{self.port}{target}", headers=dict(sent), data=body
        )
        signer = S3SigV4Auth if service == "s3" else SigV4Auth
        signer(Credentials(key.key_id, key.secret, key.token), service, REGION).add_auth(request)
        return dict(request.headers.items())

    def _lost(self, kind: str, error: Exception) -> None:
        """A connection may break because the server is stopped or was, and for nothing else."""
        if self._since.startswith("up") and self._since == self.phase.now():
            self.tally.fault("connection lost", f"{kind}: {type(error).__name__}: {error}")

    def close(self) -> None:
        """Close the connection; the next call makes one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

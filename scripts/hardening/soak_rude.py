"""Stories of the soak: control endpoints, and clients that are broken, slow, huge or gone."""

import json
import random
import re
import socket
import time
from collections.abc import Iterable, Mapping
from typing import Any

from rolecall.local.rundir import read_json
from scripts.hardening.soak_client import PATIENCE, Answer, Client, Key, Mismatch
from scripts.hardening.soak_world import World

#: The slowest a client sends, in seconds for the whole request.
_SLOW_SECONDS = 2.0
_STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3}) ")
_LOOPBACK = b"Host: 127.0.0.1\r\n"


def control(
    c: Client, w: World, method: str, name: str, given: Mapping[str, Any] | None = None
) -> Answer:
    """Call a control endpoint with the token of the server that runs now."""
    end = time.monotonic() + PATIENCE
    while True:
        facts = read_json(w.run_dir.server_file)
        if facts is not None:
            headers = {"x-rolecall-token": str(facts["control_token"])}
            body = b"" if given is None else json.dumps(given).encode()
            target = f"/_rolecall/{name}"
            answer = c.send(f"control:{name}", "", None, method, target, body, headers)
            # After a restart the token is another one.
            if answer.status != 403 or read_json(w.run_dir.server_file) == facts:
                return answer
        if time.monotonic() > end:
            raise Mismatch("no answer", "the server's file does not come back")
        time.sleep(0.05)


def controls(c: Client, w: World, n: str) -> None:
    """What needs no token, what does, and what no web page gets."""
    del n
    c.send("control:health", "", None, "GET", "/_rolecall/health").want("")
    control(c, w, "GET", "status").want("")
    control(c, w, "GET", "oidc/connections").want("")
    control(c, w, "POST", "oidc/token", {"issuer": "nobody"}).want("400")
    control(c, w, "POST", "saml/response", {"provider": "nobody"}).want("400")
    for headers in ({}, {"x-rolecall-token": "wrong"}):
        c.send("control:status", "", None, "GET", "/_rolecall/status", b"", headers).want("403")
    page = {"Origin": "https://evil.example"}
    c.send("control:health", "", None, "GET", "/_rolecall/health", b"", page).want("403")
    c.send("other host", "", None, "GET", "/", b"", {"Host": "evil.example"}).want("403")


def odd_calls(c: Client, w: World, n: str) -> None:
    """Well-formed HTTP that is no call of AWS's."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    kind = {"X-Amz-Target": "AWSCognitoIdentityService.GetId"}
    # (service that signs, or None; method, target, body, headers)
    tries: list[tuple[str | None, str, str, bytes, dict[str, str]]] = [
        (None, "POST", "/", b"Action=&Version=2011-06-15", form),
        (None, "POST", "/", b"Action=AssumeRole", form),
        (None, "POST", "/", random.randbytes(200), form),
        (None, "POST", "/", b"{" * 5000, kind),
        (None, "GET", "/", b"", {"Authorization": "AWS4-HMAC-SHA256 nonsense"}),
        (None, "GET", "/?X-Amz-Algorithm=AWS4-HMAC-SHA256", b"", {}),
        (None, "GET", "/%00", b"", {}),
        (None, "GET", "/moto-api/reset", b"", {}),
        (None, "GET", "/latest/meta-data/iam/security-credentials/", b"", {}),
        ("sts", "POST", "/", b"Action=AssumeRole&Version=2011-06-15&RoleArn=x", form),
        ("iam", "POST", "/", b"Action=Nonsense&Version=2010-05-08", form),
        ("iam", "POST", "/", b"Action=GetUser&UserName=%2F&Version=2010-05-08", form),
        ("s3", "POST", "/soak-own?delete", b"<Delete><Object>", {}),
        ("s3", "PUT", "/soak-own?policy", b"{", {}),
        ("s3", "GET", f"/soak-own/{n}?versionId=none", b"", {}),
        ("eks-auth", "POST", "/clusters/none/assume-role-for-pod-identity", b"[]", {}),
        ("nonsense", "POST", "/", b"{}", {"X-Amz-Target": "Nonsense.Nothing"}),
    ]
    for service, method, target, body, headers in tries:
        key = None if service is None else w.admin
        answer = c.send("odd call", service or "", key, method, target, body, headers)
        _refused(answer)


def oversized(c: Client, w: World, n: str) -> None:
    """More than is read of anybody, or of those who have not signed."""
    del n
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    big = b"Action=AssumeRoleWithSAML&SAMLAssertion=" + b"A" * (2 << 20)
    c.send("oversized", "sts", None, "POST", "/", big, form).want("RequestEntityTooLarge", "413")
    many = b"Action=GetCallerIdentity&Version=2011-06-15" + b"&x=1" * 10_001
    _refused(c.send("oversized", "sts", w.caller, "POST", "/", many, form))
    # Announced only: the server says no before it has waited for them.
    _refused_bytes(c, [b"POST / HTTP/1.1\r\n" + _LOOPBACK + b"Content-Length: 999999999\r\n\r\n"])
    _refused_bytes(c, [b"GET / HTTP/1.1\r\n" + _LOOPBACK + b"X: " + b"x" * 300_000 + b"\r\n\r\n"])
    _refused_bytes(c, [b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\n" + _LOOPBACK + b"\r\n"])


def broken(c: Client, w: World, n: str) -> None:
    """What is not HTTP."""
    del w, n
    post = b"POST / HTTP/1.1\r\n" + _LOOPBACK
    for data in (
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n" + _LOOPBACK + b"\r\n",
        post + b"Content-Length: -1\r\n\r\n",
        post + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
        post + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n\r\n",
        post + b"Transfer-Encoding: gzip\r\n\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\n" + _LOOPBACK + b"\r\n",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        random.randbytes(64).replace(b"\n", b"") + b"\r\n\r\n",
    ):
        _refused_bytes(c, [data])


def gone(c: Client, w: World, n: str) -> None:
    """Clients that go away in the middle of a request, or before its answer."""
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    whole = _request(c, w.caller, "sts", "POST", "/", body)
    put = _request(c, w.session, "s3", "PUT", f"/soak-own/gone/{n[-1]}", b"x" * 5000)
    phase = c.phase.now()
    for data in (whole[: len(whole) // 2], whole[:-5], whole, whole * 3, put[:-100], put):
        try:
            with socket.create_connection(("127.0.0.1", c.port), timeout=10) as connection:
                connection.sendall(data)
        except OSError as error:
            _at_a_restart(c, "gone", error, phase)
    for each in range(10):
        if n.endswith(str(each)):
            c.send("s3:Delete", "s3", w.session, "DELETE", f"/soak-own/gone/{each}").want("")


def slow(c: Client, w: World, n: str) -> None:
    """A client that sends a call in small pieces gets its answer, and holds up nobody."""
    del n
    body = b"Action=GetCallerIdentity&Version=2011-06-15"
    whole = _request(c, w.caller, "sts", "POST", "/", body)
    size = len(whole) // 20 + 1
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    status = _raw(c, "slow", pieces, pause=_SLOW_SECONDS / len(pieces))
    if status not in (None, 200):
        raise Mismatch("wrong answer", f"slow: HTTP {status}")


def _request(c: Client, key: Key, service: str, method: str, target: str, body: bytes) -> bytes:
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Host": f"127.0.0.1:{c.port}"}
    headers = c.signed(service, key, method, target, body, sent)
    headers["Content-Length"] = str(len(body))
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + body


def _refused(answer: Answer) -> None:
    if answer.status < 400:
        raise Mismatch("false allow", f"{answer.call}: HTTP {answer.status} {answer.text[:100]}")


def _refused_bytes(c: Client, pieces: Iterable[bytes]) -> None:
    status = _raw(c, "broken", pieces)
    # 501 is RFC 9112's word for a transfer coding that is not known; no SDK repeats it.
    if status is not None and not 400 <= status < 500 and status != 501:
        kind = "5xx" if status >= 500 else "false allow"
        raise Mismatch(kind, f"broken: HTTP {status} for {next(iter(pieces))[:80]!r}")


def _raw(c: Client, call: str, pieces: Iterable[bytes], pause: float = 0.0) -> int | None:
    """The status that bytes are answered with; None where there was no server to answer.

    An answer may be lost where the server says no and closes before all was sent.
    """
    got = b""
    begin = time.perf_counter()
    phase = c.phase.now()
    try:
        with socket.create_connection(("127.0.0.1", c.port), timeout=30) as connection:
            for piece in pieces:
                try:
                    connection.sendall(piece)
                except (BrokenPipeError, ConnectionResetError):
                    break
                if pause:
                    time.sleep(pause)
            while _STATUS.match(got) is None and (part := connection.recv(65_536)):
                got += part
    except OSError as error:
        if not isinstance(error, ConnectionResetError):
            _at_a_restart(c, call, error, phase)
    found = _STATUS.match(got)
    if found is None:
        return None
    c.tally.milliseconds[call].append((time.perf_counter() - begin) * 1000)
    status = int(found[1])
    (c.tally.allowed if status < 400 else c.tally.denied)[call] += 1
    return status


def _at_a_restart(c: Client, call: str, error: OSError, phase: str) -> None:
    """A server that is being restarted may break a connection; another may not."""
    if phase.startswith("up") and phase == c.phase.now():
        raise Mismatch("connection lost", f"{call}: {type(error).__name__}: {error}")

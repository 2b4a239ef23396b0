"""Any request: no fault of ours, nothing unsigned, nothing that the signer is not allowed."""

import re
from functools import cache
from typing import Any

from rolecall.local.api import ApiCall
from rolecall.local.http_call import parse
from scripts.hardening.fuzz_targets.draw import Draw, edited, require
from scripts.hardening.fuzz_targets.http_words import (
    ACTIONS,
    BODIES,
    HEADERS,
    METHODS,
    PARAMETERS,
    PATHS,
    QUERIES,
    SEGMENTS,
    SERVICES,
    WORDS,
)
from scripts.hardening.fuzz_targets.http_world import (
    ALICES,
    FORM,
    HOME,
    HOST,
    PUBLIC,
    READER,
    SECRET,
    Reply,
    answer,
    environ_of,
    held,
    presigned,
    query,
    raw_request,
    signed,
    unread,
    world,
)

_READS = (("GET", "/clusters"), ("GET", "/clusters/"))
_MASK = re.compile(
    rb"<(RequestId|AccessKeyId|SecretAccessKey|SessionToken|Expiration|Arn|AssumedRoleId)>[^<]*<"
)


@cache
def genuine() -> tuple[bytes, ...]:
    """Requests of alice that are answered with what she asks for."""
    alice, form = world().keys["alice"], {"Content-Type": FORM}
    return (
        signed(alice, "sts", "POST", "/", form, query("GetCallerIdentity")),
        signed(alice, "iam", "POST", "/", form, query("GetUser", "2010-05-08", UserName="alice")),
        signed(alice, "s3", "GET", "/shared/note", {}, b""),
        signed(alice, "s3", "GET", "/shared?list-type=2&prefix=no%2Fte",
               {"x-amz-expected-bucket-owner": HOME}, b""),
        presigned(alice, "GET", "/shared/note"),
        signed(alice, "sts", "POST", "/", form,
               query("AssumeRole", RoleArn=READER, RoleSessionName="run", DurationSeconds="900")),
        signed(alice, "sts", "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", {}, b""),
        signed(alice, "iam", "POST", "/", form, query("ListRoles", "2010-05-08", MaxItems="1")),
        signed(alice, "eks", "GET", "/clusters?maxResults=5", {}, b""),
    )  # fmt: skip


@cache
def _meanings() -> tuple[tuple[Any, ...], ...]:
    return tuple(
        _meaning(parse(unread(environ))) for raw in genuine() if (environ := environ_of(raw))
    )


@cache
def _at_first() -> str:
    return held()


def check(data: bytes) -> None:
    """The oracle of this target."""
    made, real, meanings = world(), genuine(), _meanings()
    _at_first()
    draw = Draw(data)
    kind = draw.below(6)
    who = None
    if kind == 0:
        raw = draw.rest()
    elif kind in (1, 2):
        raw = edited(draw, draw.one_of(real), WORDS)
    elif kind == 3:
        method, target, headers, body = _built(draw)
        raw = raw_request(method, target, {"Host": HOST, **headers}, body)
    else:
        who = "alice" if kind == 4 else "mallory"
        service = draw.one_of(SERVICES)
        method, target, headers, body = _built(draw)
        try:
            raw = signed(made.keys[who], service, method, target, headers, body)
        except (ValueError, UnicodeError, KeyError):
            return  # no SDK can sign it
    environ = environ_of(raw)
    if environ is None:
        return
    reply = answer(environ)
    require(200 <= reply.status < 500 or reply.status == 501, f"status {reply.status}")
    require(SECRET not in reply.body, "the secret leaves")
    if not 200 <= reply.status < 300:
        if draw.byte() & 63 == 0:
            require(held() == _at_first(), "a refused call changed something")
        return
    require(held() == _at_first(), "a call of somebody who may read changed something")
    if who is None:
        _admitted_unsigned(environ, reply, meanings)
    else:
        _admitted(who, parse(unread(environ)))


def _built(draw: Draw) -> tuple[str, str, dict[str, str], bytes]:
    method, target = draw.one_of(METHODS), draw.one_of(PATHS)
    wanted = draw.one_of(QUERIES)
    if draw.below(8) == 1:
        wanted = draw.text()
    if draw.below(3) == 2:
        target = "/" + "/".join(draw.some_of(SEGMENTS, 5))
    if wanted:
        target += ("&" if "?" in target else "?") + wanted
    target = (
        target.encode("ascii", "ignore")
        .decode()
        .replace(" ", "")
        .replace("\n", "")
        .replace("\r", "")
    )
    headers: dict[str, str] = {}
    for name, value in draw.some_of(HEADERS, 3):
        headers[name] = value
    if draw.below(3):
        pairs = dict([("Action", draw.one_of(ACTIONS)), *draw.some_of(PARAMETERS, 5)])
        pairs.setdefault("Version", "2011-06-15")
        action = pairs.pop("Action")
        body = (
            query(action, **{k: v for k, v in pairs.items() if k != "Version"})
            if pairs["Version"] == "2011-06-15"
            else query(
                action, pairs["Version"], **{k: v for k, v in pairs.items() if k != "Version"}
            )
        )
        headers.setdefault("Content-Type", FORM)
    else:
        body = draw.one_of(BODIES) if draw.flag() else draw.blob()
    if method in ("GET", "HEAD") and draw.flag():
        body = b""
    return method, target, headers, body


def _meaning(call: ApiCall) -> tuple[Any, ...]:
    """What of a call decides what is done, and the proof of who wants it."""
    key = (call.signed.access_key_id, call.signed.signature) if call.signed else None
    # The query protocol states everything in its parameters: `//` is `/` to it.
    path = "/" if call.protocol == "query" else call.path
    return (call.method, path, sorted(call.params.items()), call.body, call.service,
            call.action, call.protocol, key, call.region)  # fmt: skip


def _admitted_unsigned(
    environ: dict[str, Any], reply: Reply, meanings: tuple[tuple[Any, ...], ...]
) -> None:
    path = str(environ["PATH_INFO"])
    if path == "/_rolecall/health":
        return
    call = parse(unread(environ))
    if call.signed is None:
        allowed = (
            call.service == "s3" and call.method in ("GET", "HEAD") and call.path == "/open/page"
        )
        require(allowed, f"{call.service} {call.action} {call.method} without a signature")
        require(reply.body in PUBLIC or reply.status == 206, "another page than the open one")
        return
    require(_meaning(call) in meanings, "another call than the signed one")
    number = meanings.index(_meaning(call))
    original = _replies()[number]
    if not set(call.headers) & {"range", "accept", "if-none-match", "if-modified-since"}:
        require(_MASK.sub(b"", reply.body) == _MASK.sub(b"", original), "another answer")


@cache
def _replies() -> tuple[bytes, ...]:
    environs = [environ_of(raw) for raw in genuine()]
    return tuple(answer(environ).body for environ in environs if environ is not None)


def _admitted(who: str, call: ApiCall) -> None:
    if call.path == "/open/page" and call.service == "s3" and call.method in ("GET", "HEAD"):
        return
    action = call.action
    if call.service == "sts":
        require(action in ALICES["sts"], f"{who} may call sts:{action}")
        if action == "AssumeRole":
            require(
                who == "alice" and call.params["RoleArn"] == READER, "a role that trusts others"
            )
        return
    require(who == "alice", f"mallory may do {call.service}:{action or call.method} {call.path}")
    if call.service == "s3":
        require(call.method in ("GET", "HEAD"), "alice writes")
        require(call.path.startswith("/shared/") or call.path == "/shared", call.path)
        return
    if call.service == "eks":
        require((call.method, call.path) in _READS, f"alice does {call.method} {call.path}")
        return
    require(
        call.service == "iam" and action in ALICES["iam"], f"alice does {call.service}:{action}"
    )

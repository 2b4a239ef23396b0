"""Stories of the soak: objects, other accounts' buckets, and the lock of a Terraform state."""

from scripts.hardening.soak_client import Answer, Client
from scripts.hardening.soak_sts import DENIED
from scripts.hardening.soak_world import World

_LOCKS = 4


def _same(answer: Answer, body: bytes) -> None:
    answer.want("")
    if answer.text != body.decode():
        raise answer.wrong(f"another body: {answer.text[:60]}")


def objects(c: Client, w: World, n: str) -> None:
    """Put, get, list, overwrite and delete with a session that survives restarts."""
    target, key = f"/soak-own/o/{n}", w.session
    c.undo.append(lambda: c.send("s3:Delete", "s3", w.admin, "DELETE", target))
    for size in (20, 3000):
        body = f"{n}-{size}".ljust(size, ".").encode()
        headers = {"Content-Type": "text/plain", "x-amz-meta-story": n}
        c.send("s3:Put", "s3", key, "PUT", target, body, headers).want("")
        _same(c.send("s3:Get", "s3", key, "GET", target), body)
    listed = c.send("s3:List", "s3", key, "GET", f"/soak-own?list-type=2&prefix=o%2F{n}").want("")
    if f"<Key>o/{n}</Key>" not in listed.text:
        raise listed.wrong("the object is not listed")
    c.send("s3:Head", "s3", key, "HEAD", target).want("")
    c.send("s3:Get", "s3", None, "GET", target).want(DENIED)
    c.send("s3:Delete", "s3", key, "DELETE", target).want("")
    c.undo.pop()
    c.send("s3:Get", "s3", key, "GET", target).want("NoSuchKey")


def foreign(c: Client, w: World, n: str) -> None:
    """Another account's buckets: only what a bucket policy opens."""
    key = w.session
    c.send("s3:Get", "s3", key, "GET", "/soak-other/shared/hello").want(DENIED)
    c.send("s3:List", "s3", key, "GET", "/soak-other?list-type=2").want(DENIED)
    c.send("s3:Put", "s3", key, "PUT", f"/soak-other/o/{n}", b"no").want(DENIED)
    _same(c.send("s3:Get", "s3", key, "GET", "/soak-shared/shared/hello"), b"hello")
    c.send("s3:Get", "s3", key, "GET", "/soak-shared/hidden/hello").want(DENIED)
    c.send("s3:Put", "s3", key, "PUT", f"/soak-shared/shared/{n}", b"no").want(DENIED)
    c.send("s3:Delete", "s3", key, "DELETE", "/soak-shared/shared/hello").want(DENIED)
    c.send("s3:Get", "s3", w.caller, "GET", "/soak-own/shared/hello").want(DENIED)
    c.send("s3:Get", "s3", w.other_admin, "GET", "/soak-own/shared/hello").want(DENIED)


def lock(c: Client, w: World, n: str) -> None:
    """Of all who take the same lock at once one holds it, until he lets go."""
    target, key = f"/soak-own/locks/{sum(n.encode()) % _LOCKS}", w.session
    mine = n.encode()
    got = c.send("s3:Lock", "s3", key, "PUT", target, mine, {"If-None-Match": "*"})
    got.want("", "PreconditionFailed")
    if got.code and not got.repeated:
        return
    if got.code:
        # The first attempt may have been carried out: then the lock is ours.
        holder = c.send("s3:Get", "s3", key, "GET", target)
        if holder.code or holder.text != n:
            return
    c.undo.append(lambda: c.send("s3:Delete", "s3", key, "DELETE", target))
    again = c.send("s3:Lock", "s3", key, "PUT", target, b"thief", {"If-None-Match": "*"})
    again.want("PreconditionFailed")
    _same(c.send("s3:Get", "s3", key, "GET", target), mine)
    c.send("s3:Delete", "s3", key, "DELETE", target).want("")
    c.undo.pop()

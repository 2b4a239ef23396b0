"""A call that its backend could read as another operation than we do is refused.

moto looks for a service by patterns of host names, and for an operation's name in more
places than AWS: an `Action` in the query string, in a form, in any body that can be read
as a query string (a JSON text with `&Action=…&` in it), even in a header of that name,
each before it looks at the X-Amz-Target header or at the path. So the permission would
be asked for one operation and another be done. Calls of the query protocol are safe:
the backend gets them written anew from what was parsed.
"""

from urllib.parse import parse_qsl

from rolecall.local.api import ApiCall, AwsError
from rolecall.local.authorization.operations import is_signing_name, protocols_of

_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_RPC = "smithy-rpc-v2-cbor"


def refuse_ambiguous(call: ApiCall) -> None:
    """Raise AccessDenied for a call that does not state its operation in one place only."""
    if not is_signing_name(call.service):
        # moto would take `iam.x` for IAM, while no policy about IAM speaks of `iam.x`.
        raise _refusal(f"AWS has no service that signs as {call.service}")
    if call.protocol in ("query", "ec2"):
        if not call.action:
            raise _refusal("it names no Action")
        _require_protocol(call, "query", "ec2")
        return
    if call.headers.get("content-type", "").strip().lower().startswith(_FORMS):
        raise _refusal("a form is no body for this service")
    if "Action" in call.params or "action" in call.headers:
        raise _refusal("it names an Action where its protocol does not look for one")
    if call.service == "s3":
        return
    if b"=" in call.body and any(
        name == "Action"
        for name, _ in parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True)
    ):
        raise _refusal("its body names an Action when it is read as a form")
    if call.protocol == "json":
        if call.method != "POST" or call.path != "/":
            raise _refusal("X-Amz-Target belongs to a POST to /")
        _require_protocol(call, "json")
    elif call.action:
        if call.method != "POST" or "x-amz-target" in call.headers:
            raise _refusal("an operation in the path belongs to a POST")
        _require_protocol(call, _RPC)


def _require_protocol(call: ApiCall, *wanted: str) -> None:
    if not protocols_of(call.service).intersection(wanted):
        raise _refusal(f"{call.service} does not speak the protocol {wanted[0]}")


def _refusal(why: str) -> AwsError:
    return AwsError("AccessDenied", "Access Denied", 403, f"the call is ambiguous: {why}")

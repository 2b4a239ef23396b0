"""Errors in the words of the protocol that a call was made in."""

import json
import re
from collections.abc import Mapping
from xml.sax.saxutils import escape

from rolecall.local.api import ApiCall, ApiReply, AwsError

#: Longest reason that is sent in `x-rolecall-reason`, in characters.
LONGEST_REASON = 1000

_NAMESPACES = {
    "sts": "https://sts.amazonaws.com/doc/2011-06-15/",
    "iam": "https://iam.amazonaws.com/doc/2010-05-08/",
}
#: What XML 1.0 cannot carry, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def error_reply(error: AwsError, call: ApiCall, request_id: str) -> ApiReply:
    """Render an error as the service of `call` would."""
    return render(error, call.protocol, call.service, request_id, method=call.method)


def unparsed_error_reply(
    error: AwsError, environ: Mapping[str, object], request_id: str
) -> ApiReply:
    """Render an error about a request that could not even be read as a call."""
    authorization = str(environ.get("HTTP_AUTHORIZATION", ""))
    protocol, service = "query", ""
    if environ.get("HTTP_X_AMZ_TARGET"):
        protocol = "json"
    elif "/s3/aws4_request" in authorization or str(environ.get("PATH_INFO", "/")) != "/":
        protocol, service = "rest-xml", "s3"
    method = str(environ.get("REQUEST_METHOD", "GET"))
    return render(error, protocol, service, request_id, method=method)


def render(
    error: AwsError, protocol: str, service: str, request_id: str, *, method: str = "POST"
) -> ApiReply:
    """Render an error in one protocol; a reply to HEAD has no body."""
    headers = [("x-amzn-RequestId", request_id)]
    if error.reason:
        headers.append(("x-rolecall-reason", one_line(error.reason)))
    if protocol in ("json", "rest-json"):
        version = "application/json" if protocol == "rest-json" else "application/x-amz-json-1.1"
        headers += [("Content-Type", version), ("x-amzn-ErrorType", one_line(error.code))]
        body = json.dumps({"__type": error.code, "message": error.message}).encode()
    else:
        headers.append(("Content-Type", "text/xml"))
        body = _xml(error, protocol, service, request_id).encode("utf-8")
        if service == "s3":
            headers.append(("x-amz-request-id", request_id))
    return ApiReply(error.status, b"" if method == "HEAD" else body, tuple(headers))


def one_line(text: str) -> str:
    """Make a text fit for a header: printable ASCII, one line, bounded."""
    flat = " ".join(text.split()).encode("ascii", "replace").decode("ascii")
    return "".join(c if " " <= c <= "~" else "?" for c in flat)[:LONGEST_REASON]


def _xml(error: AwsError, protocol: str, service: str, request_id: str) -> str:
    code, message = _text(error.code), _text(error.message)
    if service == "s3":
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Error><Code>{code}</Code><Message>{message}</Message>"
            f"<RequestId>{request_id}</RequestId><HostId>rolecall</HostId></Error>"
        )
    if protocol == "ec2":
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error>"
            f"</Errors><RequestID>{request_id}</RequestID></Response>"
        )
    namespace = _NAMESPACES.get(service, "")
    opening = f'<ErrorResponse xmlns="{namespace}">' if namespace else "<ErrorResponse>"
    kind = "Receiver" if error.status >= 500 else "Sender"
    return (
        f"{opening}<Error><Type>{kind}</Type><Code>{code}</Code><Message>{message}</Message>"
        f"</Error><RequestId>{request_id}</RequestId></ErrorResponse>"
    )


def _text(text: str) -> str:
    return escape(_NOT_XML.sub("?", text))

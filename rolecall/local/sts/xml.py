"""Successful replies of the AWS query protocol (STS, IAM)."""

from collections.abc import Mapping, Sequence
from typing import TypeAlias
from xml.sax.saxutils import escape

from rolecall.local.api import ApiReply

STS = "https://sts.amazonaws.com/doc/2011-06-15/"
IAM = "https://iam.amazonaws.com/doc/2010-05-08/"

Result: TypeAlias = "str | int | bool | Mapping[str, Result] | Sequence[Result] | None"


def query_reply(
    action: str, namespace: str, request_id: str, result: Mapping[str, Result] | None = None
) -> ApiReply:
    """The reply of a query-protocol operation; members that are None are left out.

    A list becomes `<member>` elements. Without `result` there is no result element, as
    for IAM operations that return nothing.
    """
    inner = "" if result is None else f"<{action}Result>{_members(result)}</{action}Result>"
    body = (
        f'<{action}Response xmlns="{namespace}">{inner}'
        f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )
    return ApiReply(
        200,
        body.encode(),
        (("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)),
    )


def _members(result: Mapping[str, Result]) -> str:
    return "".join(
        f"<{name}>{_value(value)}</{name}>" for name, value in result.items() if value is not None
    )


def _value(value: Result) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # Readers of XML turn a bare carriage return into a line feed.
        return escape(value, {"\r": "&#13;"})
    if isinstance(value, Mapping):
        return _members(value)
    if isinstance(value, Sequence):
        return "".join(f"<member>{_value(member)}</member>" for member in value)
    return str(value)

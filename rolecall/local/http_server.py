"""Corrections of waitress that S3 needs.

waitress writes reply headers in Title-Case, and SDKs show metadata keys as they come;
S3 sends them in lower case. And it drops request headers with an underscore in their
name (WSGI cannot tell `a_b` from `a-b`), but S3 metadata keys may have one.
"""

import json
import logging
import re
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.task import WSGITask

_log = logging.getLogger("rolecall.local")

#: WSGI variable with the spelling of headers that have an underscore: JSON, WSGI name
#: to header name. A client cannot set it: the parser removes its header.
SPELLING = "HTTP_ROLECALL_SPELLING"

_UNDERSCORED = re.compile(rb"(?im)^(x-amz-meta-[a-z0-9._-]*_[a-z0-9._-]*):[ \t]*([^\r\n]*)\r?$")
_METADATA = re.compile(rb"(?m)^X-Amz-Meta-[^:\r\n]*:")


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    expect_continue: bool = False

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        if self.expect_continue and not self.chunked and not self.content_length:
            # waitress would ask for a body that never comes, and wait for it: an SDK's
            # upload of an empty object. There is nothing to continue with (RFC 9110, 10.1.1).
            self.expect_continue = False
        self.headers.pop("ROLECALL_SPELLING", None)
        spelling: dict[str, str] = {}
        for name, value in _UNDERSCORED.findall(header_plus):
            key = name.decode("latin-1").upper().replace("-", "_")
            # Never lets an underscored header stand in for a dashed one, or for another.
            if key not in self.headers:
                self.headers[key] = value.rstrip(b" \t").decode("latin-1")
                spelling[f"HTTP_{key}"] = name.decode("latin-1").lower()
        if spelling:
            self.headers["ROLECALL_SPELLING"] = json.dumps(spelling)


class _Task(WSGITask):  # type: ignore[misc]
    def build_response_header(self) -> bytes:
        header: bytes = super().build_response_header()
        return _METADATA.sub(lambda match: match[0].lower(), header)


class Channel(HTTPChannel):  # type: ignore[misc]
    """waitress's channel with the corrections; set as `channel_class` of a server.

    It tells of every reply that a client did not get: a call that was carried out and
    is repeated for want of an answer finds that its work is done already.
    """

    parser_class = _Parser
    task_class = _Task

    def readable(self) -> bool:
        """Whether to look for a call: not while the server stops."""
        return bool(self.server.accepting and super().readable())

    def close_if_idle(self) -> None:
        """Close the connection (in the server's thread) unless a call is in progress."""
        with self.requests_lock:
            if not self.requests and not self.total_outbufs_len:
                self.handle_close()

    def handle_close(self) -> None:
        """Close the connection (in the server's thread)."""
        if self.total_outbufs_len:
            _log.warning("the connection was closed with %s bytes unsent", self.total_outbufs_len)
        super().handle_close()


def spelling(environ: Any) -> dict[str, str]:
    """WSGI variables of headers with an underscore, and their names as sent (lower case)."""
    text = environ.get(SPELLING)
    return dict(json.loads(text)) if text else {}

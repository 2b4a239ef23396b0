"""An HTTP handler for requests that bear a secret: it must not go along to another address."""

import urllib.request
from email.message import Message
from typing import IO


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follow no redirect."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> None:
        """Nothing to follow; the redirect then counts as an HTTP error."""

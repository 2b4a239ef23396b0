"""Where the metadata of a SAML identity provider comes from: text, a file, or a URL."""

import http.client
import time
import urllib.request
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from rolecall.issuers.saml_metadata import LONGEST
from rolecall.problems import Exit, Problem
from rolecall.trust.arguments import shown
from rolecall_cdktf.written_files import read_file

Fetch = Callable[[str], bytes]
TIMEOUT_SECONDS = 10.0
_MOST_BYTES = 4 * LONGEST  # of one character UTF-8 makes up to four
_EXAMPLE = "https://id.example.com/metadata"


def metadata_text(owner: str, text: object, file: object, url: object, fetch: Fetch) -> str:
    """The document, of exactly one of the three. Raises `Problem`."""
    written = [each for each in (text, file, url) if each is not None]
    if len(written) != 1:
        raise Problem(
            f"{owner}: write one of metadata, metadata_file and metadata_url; "
            f"{'none' if not written else len(written)} is written."
        )
    if text is not None:
        if not isinstance(text, str):
            raise Problem(
                f"{owner}: metadata is {type(text).__name__}; write the XML as a string, or "
                "metadata_file=…."
            )
        return text.removeprefix("\ufeff")
    found = (
        _bounded(owner, read_file(owner, "metadata_file", file, _MOST_BYTES, "saml/acme.xml"))
        if file is not None
        else _fetched(owner, url, fetch)
    )
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Problem(f"{owner}: the metadata is not in UTF-8; save it as such.") from error


def _fetched(owner: str, url: object, fetch: Fetch) -> bytes:
    if not isinstance(url, str) or not _is_https(url):
        raise Problem(
            f"{owner}: metadata_url is {shown(url)}; write an https:// URL without a user name: "
            f'"{_EXAMPLE}".'
        )
    if not callable(fetch):
        raise Problem(f"{owner}: fetch is {shown(fetch)}; write a function from a URL to bytes.")
    host = urlsplit(url).hostname
    try:
        found = fetch(url)
    # Whatever a fetcher of the user's own raises, a traceback would not help him.
    except (OSError, ValueError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", None) or error
        raise Problem(
            f"{owner}: the metadata could not be fetched from {host} ({shown(str(reason))}); "
            "try again, or save it and write metadata_file=….",
            Exit.UNREACHABLE,
        ) from error
    if not isinstance(found, bytes):
        raise Problem(f"{owner}: fetch returned {type(found).__name__}; it returns bytes.")
    return _bounded(owner, found)


def _bounded(owner: str, found: bytes) -> bytes:
    if len(found) > _MOST_BYTES:
        raise Problem(f"{owner}: the metadata is longer than {LONGEST} characters, IAM's limit.")
    return found


def _is_https(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for one that is no number
    except ValueError:
        return False
    plain = url.isascii() and url.isprintable() and " " not in url
    return plain and parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


class _HttpsOnly(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: Any, fp: Any, code: Any, msg: Any, headers: Any, newurl: Any
    ) -> Any:
        if not _is_https(newurl):
            raise ValueError("it redirects to a URL that is not https://")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def fetch_metadata(url: str) -> bytes:
    """The document at an https:// URL, within ten seconds, and no more than IAM takes.

    Certificates are checked against the authorities of the system; a proxy is taken from
    `HTTPS_PROXY`. Raises OSError or ValueError.
    """
    deadline = time.monotonic() + TIMEOUT_SECONDS
    opener = urllib.request.build_opener(_HttpsOnly())
    with opener.open(url, timeout=TIMEOUT_SECONDS) as response:
        found = bytearray()
        while len(found) <= _MOST_BYTES:
            part = response.read1(65_536)
            if not part:
                return bytes(found)
            found += part
            if time.monotonic() > deadline:
                raise TimeoutError(f"it took longer than {TIMEOUT_SECONDS:.0f} seconds")
    raise ValueError(f"it is longer than {_MOST_BYTES} bytes")

"""JSON Web Tokens as proofs: where one comes from, and whether it can be one at all."""

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from rolecall.problems import Problem
from rolecall.session.secret_files import file_in_words, read_secret

#: WebIdentityToken of AssumeRoleWithWebIdentity, AWS STS API reference.
SHORTEST_TOKEN, LONGEST_TOKEN = 4, 20_000
_PART = r"[A-Za-z0-9_-]+"
_JWT = re.compile(rf"({_PART})\.{_PART}\.(?:{_PART})?")
_SPACE_AROUND = 1_000


class TokenSource(Protocol):
    """Where tokens come from. Each `read` fetches one anew: they last minutes."""

    def read(self) -> str:
        """A token of a plausible shape. Raises `Problem`, which never holds it."""


@dataclass(frozen=True, slots=True)
class TokenFile:
    """A file that holds a token, rewritten by whoever renews it (the kubelet in a pod).

    `option` names where the path comes from.
    """

    path: Path
    option: str = "--web-identity-token-file"

    def read(self) -> str:
        """The token, without the white space around it."""
        content = read_secret(self.path, self.option, "a token", LONGEST_TOKEN + _SPACE_AROUND)
        where = f"{self.option} {file_in_words(self.path)}"
        try:
            text = content.decode("ascii")
        except UnicodeDecodeError:
            raise Problem(f"{where} holds no token: it is not plain ASCII text.") from None
        return checked_token(text.strip(), where)


def checked_token(token: str, where: str) -> str:
    """The token, if it can be one: 4 to 20000 characters, in the shape of a signed JWT.

    Source: AWS STS API reference; RFC 7515, compact serialization. Raises `Problem`.
    """
    if not SHORTEST_TOKEN <= len(token) <= LONGEST_TOKEN:
        size = f"more than {LONGEST_TOKEN}" if len(token) > LONGEST_TOKEN else len(token)
        raise Problem(
            f"{where} holds {size} characters; a token has {SHORTEST_TOKEN} to {LONGEST_TOKEN}."
        )
    shape = _JWT.fullmatch(token)
    if shape is None or not _is_header(shape[1]):
        raise Problem(
            f"{where} holds no JSON Web Token: it must be three base64url parts joined by dots, "
            "the first one a JSON header, and nothing else."
        )
    return token


def _is_header(part: str) -> bool:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        return isinstance(json.loads(decoded), dict)
    except (ValueError, RecursionError):
        return False

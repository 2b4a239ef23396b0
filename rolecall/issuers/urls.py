"""Which URLs IAM takes for an OIDC provider."""

import re

from rolecall.issuers.problem import IssuerProblem
from rolecall.policy.errors import quoted

LONGEST_URL = 255
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%@+=,&;-]*)*", re.ASCII)


def check_issuer_url(url: object) -> str:
    """The URL as it is, if IAM would make a provider of it.

    https, no port, no query, no fragment, at most 255 characters ("CreateOpenIDConnectProvider",
    IAM API Reference). The host is wanted in lower case and with a dot, the path without
    wildcards, `$` and doubled slashes: they would mean something else in a policy, or
    nothing. Raises IssuerProblem.
    """
    if not isinstance(url, str):
        raise IssuerProblem(
            f'The issuer URL is {quoted(url)}; write a string: "https://id.example.com".'
        )
    if not url.startswith("https://"):
        raise IssuerProblem(f'{quoted(url)} is not an issuer URL; it begins with "https://".')
    if len(url) > LONGEST_URL:
        raise IssuerProblem(
            f"The issuer URL has {len(url)} characters, and IAM takes {LONGEST_URL}; "
            "use a shorter one."
        )
    host, slash, path = url.removeprefix("https://").partition("/")
    for character, what in (("?", "a query"), ("#", "a fragment"), ("@", "a user")):
        if character in (host if character == "@" else url):
            raise IssuerProblem(
                f"{quoted(url)} has {what}, and IAM takes none; write the plain URL."
            )
    if ":" in host:
        raise IssuerProblem(
            f"{quoted(url)} names a port, and IAM takes none; serve the issuer on 443 and leave "
            "it out."
        )
    if not HOST.fullmatch(host):
        raise IssuerProblem(
            f"{quoted(url)} has no domain name that IAM would take; write it in lower case, "
            'as in "https://id.example.com".'
        )
    if not _PATH.fullmatch(slash + path) or "//" in slash + path:
        raise IssuerProblem(
            f"{quoted(url)} has a character in its path that cannot be there; write the URL as "
            "the issuer's discovery document has it."
        )
    return url


def part(what: str, value: object, pattern: str, example: str) -> str:
    """A part that goes into an issuer's URL; raises IssuerProblem."""
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise IssuerProblem(f"{quoted(value)} is not {what}; it looks like {example}.")
    return value

"""Tokens that are not what they seem: of another issuer, too old, altered, signed by others."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from tests.idp.shapes import Claims
from tests.integration.federation import answers
from tests.integration.federation.answers import Answer
from tests.integration.federation.cases.kind import Kind
from tests.integration.federation.deployment import Deployment

RIVAL = "https://rival.rolecall.test"
STRANGER = "https://stranger.rolecall.test"
FORGER = "https://forger.rolecall.test"
_AGO = 200_000


@dataclass(frozen=True)
class Row:
    """A token, and what AWS says of it; None where it opens the role."""

    case: str
    token: Callable[[Deployment], str]
    answer: Answer | None


def rows(kind: Kind) -> Iterator[Row]:
    """Every case of a kind."""
    for name, claims in kind.meant.items():
        yield Row(f"allowed:{name}", _good(claims), None)
    for name, claims in (kind.others or {}).items():
        yield Row(f"wrong-subject:{name}", _good(claims), answers.DENIED)
    meant = next(iter(kind.meant.values()))
    yield from _audiences(meant, kind.built_in)
    yield from _issuers(meant)
    yield Row("expired", _good(lambda: meant(now=time.time() - _AGO)), answers.EXPIRED)
    yield Row("unsigned:alg-none", _unsigned(meant, signature=""), answers.NOT_A_JWT)
    yield Row("unsigned:alg-none-signed", _unsigned(meant, signature="AAAA"), answers.NOT_A_JWT)
    yield Row("altered:claims", _altered(meant), answers.BAD_SIGNATURE)
    yield Row("altered:other-key", _forged(meant, named=False), answers.NO_KEY)
    yield Row("altered:other-key-same-kid", _forged(meant, named=True), answers.BAD_SIGNATURE)


def _audiences(meant: Callable[..., Claims], built_in: bool) -> Iterator[Row]:
    def for_client(client: str) -> Callable[[], Claims]:
        def claims() -> Claims:
            said = meant()
            return {**said, ("azp" if "azp" in said else "aud"): client}

        return claims

    refused = answers.DENIED if built_in else answers.WRONG_AUDIENCE
    yield Row("wrong-audience:nobodys", _good(for_client("nobodys-client")), refused)
    # The provider takes tokens for it, and the role does not.
    yield Row("wrong-audience:of-the-provider", _good(for_client("second-client")), answers.DENIED)
    missing = ("InvalidIdentityToken", "Missing a required claim: aud")
    yield Row("wrong-audience:none", _good(lambda: {**meant(), "aud": ""}), missing)


def _issuers(meant: Callable[..., Claims]) -> Iterator[Row]:
    def of(issuer: str) -> Callable[[], Claims]:
        return lambda: {**meant(), "iss": issuer}

    yield Row("wrong-issuer:unknown", _good(of(STRANGER)), answers.no_provider(STRANGER))
    # Known in the account, where it may have tokens for every audience, and says the same.
    yield Row("wrong-issuer:another-of-the-account", _good(of(RIVAL)), answers.DENIED)
    own: str = meant()["iss"]
    near = own.removesuffix("/") if own.endswith("/") else f"{own}/"
    yield Row("wrong-issuer:slash", _good(of(near)), answers.no_provider(near))


def _good(claims: Callable[[], Claims]) -> Callable[[Deployment], str]:
    return lambda deployment: deployment.token(claims())


def _unsigned(meant: Callable[..., Claims], signature: str) -> Callable[[Deployment], str]:
    def token(deployment: Deployment) -> str:
        head = {"alg": "none", "typ": "JWT", "kid": deployment.issuers(meant()["iss"]).key.kid}
        return f"{_part(head)}.{_part(meant())}.{signature}"

    return token


def _altered(meant: Callable[..., Claims]) -> Callable[[Deployment], str]:
    """What is meant, over the signature of somebody else's good token."""

    def token(deployment: Deployment) -> str:
        good = deployment.token({**meant(), "sub": "somebody else"})
        head, _, signature = good.split(".")
        return f"{head}.{_part(meant())}.{signature}"

    return token


def _forged(meant: Callable[..., Claims], named: bool) -> Callable[[Deployment], str]:
    """Signed by a key that the issuer does not publish, under its own name or the issuer's."""

    def token(deployment: Deployment) -> str:
        claims = meant()
        deployment.token(claims)
        issuer = deployment.issuers(claims["iss"])
        key = deployment.issuers(FORGER).key
        return issuer.token(claims, key=key, header={"kid": issuer.key.kid} if named else None)

    return token


def _part(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()

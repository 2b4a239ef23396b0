"""Tokens that people and machines got from a real OpenID provider, and what becomes of them."""

import base64
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.idp.oidc import APPLICATION, MACHINE, OTHER_APPLICATION
from tests.integration.federation import answers
from tests.integration.federation.answers import Answer
from tests.integration.federation.cases.spoiled import RIVAL, STRANGER

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

Make = Callable[["Deployment"], str]


def person(name: str, client: str = APPLICATION) -> Make:
    return lambda deployment: deployment.oidc.sign_in(name, client)


def machine(deployment: "Deployment") -> str:
    return deployment.oidc.machine_token()


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def said_by(issuer: str, made: Make) -> Make:
    """The same claims, by another issuer."""
    return lambda deployment: deployment.token({**claims_of(made(deployment)), "iss": issuer})


def altered(made: Make, **changes: Any) -> Make:
    def token(deployment: "Deployment") -> str:
        head, body, signature = made(deployment).split(".")
        claims = claims_of(f".{body}.") | changes
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        return f"{head}.{body}.{signature}"

    return token


def unsigned(made: Make) -> Make:
    def token(deployment: "Deployment") -> str:
        _, body, _ = made(deployment).split(".")
        head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"x"}').rstrip(b"=").decode()
        return f"{head}.{body}."

    return token


def cases(made: Make, subject: str) -> dict[str, tuple[Make, Answer]]:
    """What is refused whoever the role is for; `subject` is whom it is for."""
    return {
        "wrong-issuer:unknown": (said_by(STRANGER, made), answers.no_provider(STRANGER)),
        "wrong-issuer:another-of-the-account": (said_by(RIVAL, made), answers.DENIED),
        "unsigned": (unsigned(made), answers.NOT_A_JWT),
        "altered:who": (altered(person("bob"), sub=subject), answers.BAD_SIGNATURE),
        "altered:until": (altered(made, exp=4_000_000_000), answers.BAD_SIGNATURE),
    }


TABLE: dict[str, dict[str, tuple[Make, Answer | None]]] = {
    "oidc": {
        "allowed:alice": (person("alice"), None),
        "wrong-subject:bob": (person("bob"), answers.DENIED),
        "wrong-subject:machine": (machine, answers.DENIED),
        "wrong-audience:other-application": (
            person("alice", OTHER_APPLICATION),
            answers.WRONG_AUDIENCE,
        ),
        **cases(person("alice"), "alice"),
    },
    "oidc-machine": {
        "allowed:machine": (machine, None),
        "wrong-subject:alice": (person("alice"), answers.DENIED),
        "wrong-audience:application": (altered(machine, aud="x"), answers.WRONG_AUDIENCE),
        **cases(machine, MACHINE),
    },
    "oidc-any": {
        "allowed:alice": (person("alice"), None),
        "allowed:bob": (person("bob"), None),
        # For another resource: the provider takes it, the role does not.
        "wrong-audience:machine": (machine, answers.DENIED),
        "wrong-audience:other-application": (
            person("bob", OTHER_APPLICATION),
            answers.WRONG_AUDIENCE,
        ),
        **cases(person("alice"), "alice"),
    },
}

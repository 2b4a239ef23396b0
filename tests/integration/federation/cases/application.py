"""Tokens of Cognito's identity pools, by the embedded AWS itself, and what becomes of them."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tests.integration.federation import answers
from tests.integration.federation.answers import Answer
from tests.integration.federation.cases.spoiled import RIVAL, STRANGER

if TYPE_CHECKING:
    from tests.integration.federation.deployment import Deployment

PEOPLE = "idp.rolecall.test"


@dataclass
class Application:
    """The identity pool `app` of the stack, and the pool of a partner."""

    deployment: "Deployment"

    @cached_property
    def pool(self) -> str:
        cognito = self.deployment.administrator.client("cognito-identity")
        pools = cognito.list_identity_pools(MaxResults=60)["IdentityPools"]
        found = {each["IdentityPoolName"]: each["IdentityPoolId"] for each in pools}
        return str(found["central-app"])

    @cached_property
    def cognito(self) -> Any:
        return self.deployment.stranger("cognito-identity")

    def person(self, name: str = "alice") -> str:
        """Somebody signs in at the company's provider, and the pool takes that."""
        logins = {PEOPLE: self.deployment.oidc.sign_in(name)}
        return self._token(self.pool, logins)

    def guest(self) -> str:
        return self._token(self.pool, {})

    def partner(self, name: str = "alice") -> str:
        """Somebody whom the partner's own backend signs in to the partner's pool."""
        signed = self.deployment.administrator.client("cognito-identity")
        made = signed.get_open_id_token_for_developer_identity(
            IdentityPoolId=self.deployment.partner_pool, Logins={"login.partner": name}
        )
        return str(made["Token"])

    def partners_guest(self) -> str:
        return self._token(self.deployment.partner_pool, {})

    def minted(self, like: str, seconds: int) -> str:
        """What `rolecall local token --issuer cognito` gives: Cognito's own key."""
        said = claims_of(like)
        given = {
            "issuer": "cognito",
            "subject": said["sub"],
            "audience": said["aud"],
            "claims": {"amr": said["amr"]},
            "seconds": seconds,
        }
        return str(self.deployment.running.control.call("POST", "oidc/token", given)["token"])

    def _token(self, pool: str, logins: Mapping[str, str]) -> str:
        identity = self.cognito.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
        given = self.cognito.get_open_id_token(IdentityId=identity, Logins=logins)
        return str(given["Token"])


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def part(members: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(members).encode()).rstrip(b"=").decode()


Make = Callable[[Application], str]


def spoiled(meant: Make, other: Make) -> dict[str, tuple[Make, Answer]]:
    """Refused for every role; `meant` is whom it is for, `other` somebody else."""

    def by(issuer: str) -> Make:
        return lambda app: app.deployment.token({**claims_of(meant(app)), "iss": issuer})

    def altered(app: Application) -> str:
        head, _, signature = other(app).split(".")
        return f"{head}.{meant(app).split('.')[1]}.{signature}"

    def unsigned(app: Application) -> str:
        return f"{part({'alg': 'none', 'kid': 'x'})}.{part(claims_of(meant(app)))}."

    def by_hand(app: Application) -> str:
        return app.deployment.token(claims_of(meant(app)))

    def by_hand_with_its_kid(app: Application) -> str:
        head = json.loads(base64.urlsafe_b64decode(meant(app).split(".")[0] + "=="))
        return app.deployment.token(claims_of(meant(app)), header={"kid": head["kid"]})

    china = "https://cognito-identity.cn-north-1.amazonaws.com.cn"
    return {
        "wrong-issuer:unknown": (by(STRANGER), answers.no_provider(STRANGER)),
        "wrong-issuer:another-of-the-account": (by(RIVAL), answers.WRONG_AUDIENCE),
        "wrong-issuer:another-partition": (by(china), answers.no_provider(china)),
        "expired": (lambda app: app.minted(meant(app), -1), answers.EXPIRED),
        "unsigned": (unsigned, answers.NOT_A_JWT),
        "altered:claims": (altered, answers.BAD_SIGNATURE),
        "altered:other-key": (by_hand, answers.NO_KEY),
        # Cognito's keys here are RS256, as everywhere else: another algorithm has no key.
        "altered:other-key-same-kid": (by_hand_with_its_kid, answers.NO_KEY),
    }


person: Make = Application.person
guest: Make = Application.guest
partner: Make = Application.partner


def bob(app: Application) -> str:
    return app.person("bob")


def somebody_at_the_partners(app: Application) -> str:
    return app.partner("somebody")


def id_token(app: Application) -> str:
    """What the person signed in with, past the pool."""
    return app.deployment.oidc.sign_in("alice")


TABLE: dict[str, dict[str, tuple[Make, Answer | None]]] = {
    "cognito": {
        "allowed": (person, None),
        "allowed:everybody-who-signed-in": (bob, None),
        "allowed:minted": (lambda app: app.minted(app.person(), 60), None),
        "wrong-subject:guest": (guest, answers.DENIED),
        "wrong-subject:past-the-pool": (id_token, answers.DENIED),
        "wrong-audience:partners-pool": (partner, answers.DENIED),
        **spoiled(person, guest),
    },
    "cognito-guests": {
        "allowed": (guest, None),
        "wrong-subject:person": (person, answers.DENIED),
        "wrong-audience:partners-guest": (Application.partners_guest, answers.DENIED),
        **spoiled(guest, person),
    },
    "cognito-identity": {
        "allowed": (partner, None),
        "wrong-subject:somebody": (somebody_at_the_partners, answers.DENIED),
        "wrong-subject:guest": (Application.partners_guest, answers.DENIED),
        "wrong-audience:own-pool": (person, answers.DENIED),
        **spoiled(partner, somebody_at_the_partners),
    },
}

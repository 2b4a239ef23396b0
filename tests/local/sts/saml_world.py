"""An account with a SAML provider, and assertions that were verified already."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from rolecall.local.api import ApiReply
from rolecall.local.saml.assertion import Assertion
from rolecall.local.sts import saml
from tests.local.saml.idp import BASE, SIGN_IN, Idp
from tests.local.sts.conftest import (
    HOME,
    NOW,
    Here,
    Refusal,
    call,
    refusal,
    trust,
)

ASSUME = "sts:AssumeRoleWithSAML"
EVERYTHING = [ASSUME, "sts:TagSession", "sts:SetSourceIdentity"]
PROVIDER = f"arn:aws:iam::{HOME}:saml-provider/acme"
ROLE = f"arn:aws:iam::{HOME}:role/saml"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
IDP = Idp(ends=timedelta(days=5000))


def assertion(**changes: Any) -> Assertion:
    """A verified assertion; `attributes` come beside those that AWS wants."""
    more = changes.pop("attributes", ())
    role = changes.pop("role", ROLE)
    good = Assertion(
        id="_1",
        issuer="https://idp.acme.example/saml",
        issued_at=NOW,
        subject="alice@acme",
        subject_format=PERSISTENT,
        recipient=SIGN_IN,
        audiences=(("urn:amazon:webservices",),),
        not_before=None,
        not_on_or_after=NOW + timedelta(minutes=5),
        session_ends=None,
        one_time=False,
        attributes=(
            (f"{BASE}Role", (f"{role},{PROVIDER}",)),
            (f"{BASE}RoleSessionName", ("alice",)),
            *more,
        ),
    )
    return replace(good, **changes)


class World:
    """An account with a provider; `assertion` is what its verification says."""

    def __init__(self, here: Here) -> None:
        self.here = here
        here.iam.create_saml_provider("acme", IDP.metadata())
        self.assertion = assertion()
        self.verified: list[Any] = []

    def verify(self, response: str, metadata: Any, *, now: datetime) -> Assertion:
        self.verified.append((response, metadata.entity_id, now))
        return self.assertion

    def ask(self, said: Assertion | None = None, **more: str) -> ApiReply:
        if said is not None:
            self.assertion = said
        given = {"RoleArn": ROLE, "PrincipalArn": PROVIDER, "SAMLAssertion": "abcd", **more}
        return saml.assume_role_with_saml(call(ASSUME[4:], given), self.here.cloud)

    def refused(self, said: Assertion | None = None, **more: str) -> Refusal:
        return refusal(self.ask, said, **more)

    def role(self, name: str = "saml", action: Any = None, **more: Any) -> str:
        condition = {"Condition": more.pop("test")} if "test" in more else {}
        trusts = trust({"Federated": PROVIDER}, action or EVERYTHING, **condition)
        return self.here.role(name, trusts, **more)


@pytest.fixture
def world(here: Here, monkeypatch: pytest.MonkeyPatch) -> World:
    made = World(here)
    monkeypatch.setattr(saml, "verified_assertion", made.verify)
    return made


def denied(reason: str) -> Refusal:
    return Refusal("AccessDenied", f"Not authorized to perform {ASSUME}", 403, reason)

"""How long a session of AssumeRoleWithSAML lasts, and whose metadata count."""

from datetime import timedelta

import pytest

from tests.local.saml.idp import BASE, Idp, Said, encoded
from tests.local.sts.conftest import (
    HOME,
    NOW,
    OTHER,
    Here,
    Refusal,
    told,
)
from tests.local.sts.saml_world import IDP, PROVIDER, ROLE, World, assertion, world

__all__ = ["world"]


# -- how long --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wish", "duration", "ends", "seconds"),
    [
        (None, None, None, 3600),
        ("7200", None, None, 7200),
        ("7200", "1800", None, 1800),
        ("900", "1800", None, 900),
        ("7200", "1800", 600, 600),
        ("7200", None, 600, 600),
        (None, "43200", 7200, 3600),
    ],
)
def test_the_shortest_of_three_counts(
    world: World, wish: str | None, duration: str | None, ends: int | None, seconds: int
) -> None:
    world.role(longest=7200)
    said = assertion(
        attributes=() if duration is None else ((f"{BASE}SessionDuration", (duration,)),),
        session_ends=None if ends is None else NOW + timedelta(seconds=ends, milliseconds=9),
    )
    reply = world.ask(said, **({} if wish is None else {"DurationSeconds": wish}))
    assert world.here.grant(reply).expires_at == NOW + timedelta(seconds=seconds)


def test_the_wish_itself_must_be_one_that_the_role_allows(world: World) -> None:
    """Also where the assertion makes the session shorter than that."""
    world.role(longest=3600)
    said = assertion(attributes=((f"{BASE}SessionDuration", ("900",)),))
    assert "MaxSessionDuration" in world.refused(said, DurationSeconds="3601").message
    assert world.ask(said, DurationSeconds="3600").status == 200


def test_an_assertion_for_one_use(world: World) -> None:
    world.role()
    once = assertion(one_time=True)
    too_long = world.refused(once, DurationSeconds="3601")
    assert too_long.code == "ValidationError", "a wish that cannot be granted uses nothing up"
    assert world.ask(once).status == 200
    assert world.refused(once).code == "ExpiredTokenException"


# -- whose metadata --------------------------------------------------------------------


def no_provider(reason: str) -> Refusal:
    return Refusal("InvalidIdentityToken", "Specified provider doesn't exist", 400, reason)


@pytest.mark.parametrize(
    "arn",
    [f"arn:aws:iam::{HOME}:saml-provider/other", f"arn:aws:iam::{OTHER}:saml-provider/acme"],
)
def test_a_provider_that_does_not_exist(world: World, arn: str) -> None:
    assert world.refused(PrincipalArn=arn) == no_provider(f"there is no SAML provider {arn}")


def test_metadata_that_cannot_be_read(world: World) -> None:
    world.here.iam.saml_providers["acme"].saml_metadata_document = "no metadata" * 200
    told_of = world.refused()
    assert told_of == no_provider(told_of.reason)
    assert told_of.reason not in ("", f"there is no SAML provider {PROVIDER}")


def test_a_signed_response_from_end_to_end(here: Here) -> None:
    world = World(here)
    world.role()
    said = Said(role=ROLE, provider=PROVIDER, now=NOW)
    response = encoded(IDP.response(said))
    assert told(world.ask(SAMLAssertion=response))["Subject"] == said.subject
    forged = encoded(Idp(key_name="other", ends=IDP.ends).response(said))
    assert world.refused(SAMLAssertion=forged).message == "Response signature invalid"
    here.now = NOW + timedelta(minutes=5)
    assert world.refused(SAMLAssertion=response).code == "ExpiredTokenException"

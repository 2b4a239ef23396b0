"""Tokens of pods, and of people and machines who signed in somewhere."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from tests.idp import shapes
from tests.integration.federation.cases.kind import Claims, Kind

SECOND_CLUSTER = "https://oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE2C8F14B7A9D03E6615EXAMPLE"
GOOGLE_CLIENT = "407408718192-matrix.apps.googleusercontent.com"
AUTH0_CLIENT = "tmGcN9fKqZ3wXyB7"


def eks(**facts: Any) -> Claims:
    return partial(shapes.kubernetes, **facts)


def google(**facts: Any) -> Claims:
    return partial(shapes.google, **facts)


def google_person(**facts: Any) -> Claims:
    """Somebody who signed in to the client: `aud` and `azp` are both its ID."""
    return google(**{"audience": GOOGLE_CLIENT, "azp": GOOGLE_CLIENT, **facts})


WORKLOADS: Mapping[str, Kind] = {
    "eks": Kind(
        {"pod": eks()},
        {
            "other-account": eks(service_account="worker2"),
            "other-namespace": eks(namespace="default"),
            "longer-namespace": eks(namespace="payments2"),
            "of-another-cluster": eks(issuer=SECOND_CLUSTER),
        },
    ),
    "eks-any": Kind(
        {"one": eks(), "other": eks(service_account="cron")},
        {
            "longer-namespace": eks(namespace="payments2"),
            "of-another-cluster": eks(issuer=SECOND_CLUSTER),
        },
    ),
}

PEOPLE: Mapping[str, Kind] = {
    "auth0": Kind(
        {
            "alice": shapes.auth0,
            "machine": partial(
                shapes.auth0,
                client="https://api.rolecall.test",
                user=f"{AUTH0_CLIENT}@clients",
                azp=AUTH0_CLIENT,
                gty="client-credentials",
            ),
        },
        {
            "bob": partial(shapes.auth0, user="auth0|0000000000000000000000bb"),
            "longer": partial(shapes.auth0, user="auth0|5f7c8ec7c33c6c004bbafe82a"),
        },
    ),
    "auth0-any": Kind({"alice": shapes.auth0, "bob": partial(shapes.auth0, user="auth0|bb")}, None),
    "keycloak": Kind(
        {"id-token": shapes.keycloak, "access-token": shapes.keycloak_access},
        {
            "bob": partial(shapes.keycloak, user="bob"),
            "bobs-access": partial(shapes.keycloak_access, user="bob"),
        },
    ),
    "keycloak-any": Kind(
        {"alice": shapes.keycloak, "bob": partial(shapes.keycloak, user="bob")}, None
    ),
    "google": Kind(
        {"account": google_person()},
        {
            "other-account": google_person(subject="1"),
            # A service account writes any `aud`; its `azp` is its own number.
            "machine-that-says-the-client": google(audience=GOOGLE_CLIENT),
        },
        built_in=True,
    ),
    "google-machine": Kind(
        {"machine": google()},
        {
            "other-machine": google(subject="1", azp="1"),
            "other-machine-of-that-azp": google(subject="1", azp="113774264463038321964"),
            "for-another-service": google(audience="https://other.rolecall.test"),
        },
        built_in=True,
    ),
    "google-any": Kind(
        {"one": google_person(), "other": google_person(subject="1")}, None, built_in=True
    ),
}

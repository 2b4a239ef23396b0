"""People who signed in somewhere: at an OpenID provider, Google, or a SAML directory."""

from matrix.given import Given
from matrix.roles import SECOND, role
from rolecall.issuers.known import auth0, keycloak
from rolecall.trust import (
    AnyGoogleAccount,
    AnySubjectOf,
    AnyUserOf,
    Auth0,
    Google,
    Keycloak,
    OidcSubjects,
    Saml,
)
from rolecall_cdktf import EnvironmentStack, OidcProvider, SamlProvider

CONSOLE = "rolecall-console"
REPORTS = "https://sts.rolecall.test"
ALICE_AT_AUTH0 = "auth0|5f7c8ec7c33c6c004bbafe82"
MACHINE_AT_AUTH0 = "tmGcN9fKqZ3wXyB7@clients"
ALICE_AT_KEYCLOAK = "2a8da53c-6a6d-5c19-aa59-f9a86575225e"
GOOGLE_CLIENT = "407408718192-matrix.apps.googleusercontent.com"
GOOGLE_ACCOUNT = "113774264463038321964"


def add_people(stack: EnvironmentStack, given: Given) -> OidcProvider:
    """Add them; the provider of the company's own people is returned."""
    tenant = OidcProvider(
        stack,
        "auth0-issuer",
        issuer=auth0("acme.eu.auth0.com"),
        client_ids=["tmGcN9fKqZ3wXyB7", SECOND],
    )
    client = "tmGcN9fKqZ3wXyB7"
    role(stack, "auth0", Auth0(tenant, [ALICE_AT_AUTH0, MACHINE_AT_AUTH0], audience=client))
    role(stack, "auth0-any", AnySubjectOf(tenant, audience=client))

    realm = OidcProvider(
        stack,
        "keycloak-issuer",
        issuer=keycloak("https://keycloak.rolecall.test", "acme"),
        client_ids=["aws-console", SECOND],
    )
    role(stack, "keycloak", Keycloak(realm, [ALICE_AT_KEYCLOAK], audience="aws-console"))
    role(stack, "keycloak-any", AnySubjectOf(realm, audience="aws-console"))

    idp = OidcProvider(
        stack, "idp-issuer", url="https://idp.rolecall.test", client_ids=[CONSOLE, REPORTS, SECOND]
    )
    role(stack, "oidc", OidcSubjects(idp, ["alice", "carol"], audience=CONSOLE))
    role(stack, "oidc-machine", OidcSubjects(idp, ["nightly-report"], audience=REPORTS))
    role(stack, "oidc-any", AnySubjectOf(idp, audience=CONSOLE))

    role(stack, "google", Google(audience=GOOGLE_CLIENT, subject=GOOGLE_ACCOUNT))
    role(
        stack,
        "google-machine",
        # A service account writes any `aud`, so its own number is what is compared.
        Google(audience=GOOGLE_ACCOUNT, oaud=REPORTS, subject=GOOGLE_ACCOUNT),
    )
    role(stack, "google-any", AnyGoogleAccount(audience=GOOGLE_CLIENT))

    _saml(stack, given)
    return idp


def _saml(stack: EnvironmentStack, given: Given) -> None:
    sso = SamlProvider(stack, "sso", metadata_file=given.metadata("sso"))
    # The same company's name under another key, and another company.
    SamlProvider(stack, "impostor", metadata_file=given.metadata("impostor"))
    partner = SamlProvider(stack, "partner", metadata_file=given.metadata("partner"))
    role(stack, "saml", Saml(sso, attributes={"eduPersonAffiliation": "staff"}))
    role(stack, "saml-subject", Saml(sso, subjects=["alice"]))
    role(stack, "saml-tagged", Saml(sso, session_tags={"Department": "platform"}))
    role(stack, "saml-any", AnyUserOf(sso))
    role(stack, "saml-partner", AnyUserOf(partner))

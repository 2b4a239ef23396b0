"""Who vouches for a token in an account: an OIDC provider of its own, or one that AWS has.

Source: "Create an OpenID Connect (OIDC) identity provider in IAM": Google and Amazon
Cognito are "already built in to AWS and are available for your use".
"""

from dataclasses import dataclass

from moto.iam.models import iam_backends

from rolecall.issuers import COGNITO, GOOGLE, IssuerProblem, OidcIssuer, oidc_issuer
from rolecall.local.directory import PARTITION
from rolecall.local.oidc.errors import no_provider
from rolecall.policy import is_account_id

#: How tokens of built-in providers write `iss`; Google writes it in two ways ("Verify the
#: Google ID token on your server side").
_BUILT_IN = {
    COGNITO.url: COGNITO,
    GOOGLE.url: GOOGLE,
    GOOGLE.host: GOOGLE,
}


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider that an account's trust policies can name.

    `principal` is what stands under `Federated`; `client_ids` is None where AWS compares
    no audience by itself.
    """

    principal: str
    issuer: OidcIssuer
    client_ids: tuple[str, ...] | None


def provider_of(issuer: str, account: str) -> Provider:
    """The provider for tokens with this `iss` in a role's account.

    URLs are compared as they are: case and a slash at the end count.

    Raises:
        AwsError: InvalidIdentityToken: there is none.
    """
    built_in = _BUILT_IN.get(issuer)
    if built_in is not None:
        return Provider(built_in.host, built_in, None)
    where = f"account {account}" if is_account_id(account) else "an account that is none"
    if issuer.startswith("https://") and account in iam_backends:
        host = issuer.removeprefix("https://")
        arn = f"arn:{PARTITION}:iam::{account}:oidc-provider/{host}"
        held = iam_backends[account][PARTITION].open_id_providers.get(arn)
        if held is not None and held.url == host:
            return Provider(arn, described(issuer), tuple(held.client_id_list))
    raise no_provider(issuer, f"{where} has no OIDC provider whose URL is the token's iss")


def described(url: str) -> OidcIssuer:
    """What is known of an issuer; of one that nobody knows, its URL."""
    try:
        return oidc_issuer(url)
    except IssuerProblem:
        # IAM may hold providers that nobody would write tokens for; they get the keys that
        # every issuer has.
        return OidcIssuer(name=url.removeprefix("https://"), url=url)

"""Identity providers that exist already: made by another stack, or by hand."""

from dataclasses import dataclass

from rolecall.issuers.issuer import OidcIssuer
from rolecall.issuers.known import oidc_issuer
from rolecall.issuers.urls import check_issuer_url
from rolecall.policy import Arn, PolicyError
from rolecall.policy.arn import is_account_id
from rolecall.problems import Problem
from rolecall.trust.arguments import shown
from rolecall_cdktf.vouching import Whereabouts


@dataclass(frozen=True, slots=True)
class SharedOidcProvider:
    """An OIDC provider that another stack made, of the role's account or of the one named.

    client_ids: the audiences it accepts, as far as they are known here.
    """

    issuer: OidcIssuer
    client_ids: tuple[str, ...] = ()
    account_id: str | None = None
    partition: str | None = None

    @property
    def whereabouts(self) -> Whereabouts:
        """The account of its ARN, if it was given by one."""
        what = f"the OIDC provider {self.issuer.host}"
        return Whereabouts(what, self.account_id, self.partition)


@dataclass(frozen=True, slots=True)
class SharedSamlProvider:
    """A SAML provider that another stack made, of the role's account or of the one named."""

    provider_name: str
    account_id: str | None = None
    partition: str | None = None

    @property
    def whereabouts(self) -> Whereabouts:
        """The account of its ARN, if it was given by one."""
        what = f"the SAML provider {self.provider_name}"
        return Whereabouts(what, self.account_id, self.partition)


def issuer_with_provider(owner: str, issuer: object) -> OidcIssuer:
    """The issuer (or the one at a URL), if IAM can have a provider for it. Raises `Problem`."""
    if isinstance(issuer, str) and "${" in issuer:
        raise Problem(
            f"{owner}: the URL {shown(issuer)} is a reference, so no plan would show whom the "
            "role trusts; write the issuer's URL, for example in `issuers` of the environment."
        )
    try:
        if isinstance(issuer, OidcIssuer):
            check_issuer_url(issuer.url)
            found = issuer
        else:
            found = oidc_issuer(issuer)  # type: ignore[arg-type]  # it tells a wrong type in words
    except Problem as problem:
        raise Problem(f"{owner}: {problem}") from problem
    if found.built_in:
        raise Problem(
            f"{owner}: AWS knows {found.name} without a provider; leave it out, and name the "
            "trusted entity without one: Google(…), CognitoIdentityPool(…)."
        )
    return found


def provider_arn(owner: str, arn: object, kind: str, example: str) -> tuple[str, Arn]:
    """What stands behind `kind/` in the ARN of a provider, and the ARN. Raises `Problem`."""
    try:
        found = Arn.parse(arn) if isinstance(arn, str) else None
    except PolicyError:
        found = None
    if (
        found is None
        or found.service != "iam"
        or found.region
        or not is_account_id(found.account)
        or not found.resource.startswith(f"{kind}/")
        or set("*?$") & set(found.resource)
    ):
        raise Problem(
            f"{owner}: {shown(arn)} is not the ARN of a provider; it looks like {example}."
        )
    return found.resource.removeprefix(f"{kind}/"), found

"""What is known of one OpenID Connect issuer, as a value."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcIssuer:
    """One issuer of OpenID Connect tokens, as IAM sees it.

    name: what its users call it.
    url: the `iss` of its tokens and the URL of the IAM provider, `https://` included; a
        slash at the end belongs to it where the issuer writes one (Auth0).
    family: which product writes the tokens (`"gitlab"`), whoever runs it; empty where that
        is not known. The form of a `sub` follows from it.
    audience: the `aud` that AWS's documentation or the issuer's own tools use.
    audience_chosen_by_job: whoever asks for a token writes its `aud`, so the audience
        tells nobody apart.
    shared: one issuer for all its customers. IAM refuses a trust policy that does not
        evaluate such an issuer's `sub` (or a claim AWS accepts instead).
    claims: what AWS makes available of its tokens as condition keys besides `aud`, `sub`
        and `amr`.
    built_in: AWS knows it without a provider in the account; the principal is its domain.
    source: the page that says so.
    """

    name: str
    url: str
    family: str = ""
    audience: str | None = None
    audience_chosen_by_job: bool = False
    shared: bool = False
    claims: tuple[str, ...] = ()
    built_in: bool = False
    source: str = ""

    @property
    def host(self) -> str:
        """The URL without its scheme: how ARNs and condition keys call the issuer."""
        return self.url.removeprefix("https://")

    def key(self, claim: str) -> str:
        """The condition key of a claim, for example `…:sub`."""
        return f"{self.host}:{claim}"

    def principal(self, account_id: str, partition: str = "aws") -> str:
        """What stands under `Federated` in a trust policy of that account.

        An account has at most one provider for a URL, so the ARN follows from both
        ("Create an OpenID Connect (OIDC) identity provider in IAM").
        """
        if self.built_in:
            return self.host
        return f"arn:{partition}:iam::{account_id}:oidc-provider/{self.host}"

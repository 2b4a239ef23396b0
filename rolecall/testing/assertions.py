"""Users who sign in with SAML: their assertions, and the condition keys of those."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from typing import Unpack as _Unpack

from rolecall.issuers.saml_keys import ATTRIBUTES, SamlFacts, saml_context
from rolecall.issuers.saml_sign_in import sign_in_endpoint
from rolecall.policy import AssumeRoleAttempt, SamlIdentity
from rolecall.policy.assume_role import ASSUME_ROLE_WITH_SAML
from rolecall.problems import Problem
from rolecall.testing.callers import Caller
from rolecall.testing.signed import Circumstances, common

if TYPE_CHECKING:
    from rolecall.policy import Caller as Principal
    from rolecall.testing.roles import TestedRole

_FORMAT = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_BY_KEY = {key.lower(): name for name, key in reversed(list(ATTRIBUTES.items()))}
USUAL_ISSUER = "https://sso.example.com/saml2/idp"
USUAL_SUBJECT = "_5f2c7a90"


@dataclass(frozen=True, kw_only=True)
class Assertion(Caller):
    """A user of a SAML provider.

    attributes: by the condition key without `saml:` in lower case, as `edupersonaffiliation`.
    recipient: the sign-in endpoint; left out, the one of the role's partition.
    provider_account: whose SAML provider; left out, the role's account.
    """

    provider: str
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    subject: str = USUAL_SUBJECT
    subject_format: str = "persistent"
    issuer: str = USUAL_ISSUER
    recipient: str | None = None
    provider_account: str | None = None

    @property
    def words(self) -> str:
        """Who, in a few words."""
        told = [f"{name}={'+'.join(values)}" for name, values in self.attributes.items()]
        told += [f"NameID {self.subject!r}"] if "subject" in self.told else []
        told += [f"NameID format {self.subject_format}"] * (self.subject_format != "persistent")
        told += [f"issuer {self.issuer}"] if "issuer" in self.told else []
        told += [f"for {self.recipient}"] if self.recipient else []
        told += [f"through account {self.provider_account}"] if self.provider_account else []
        return f"a user of SAML provider {self.provider}" + (f" ({', '.join(told)})" * bool(told))

    @property
    def action(self) -> str:
        """With an assertion."""
        return ASSUME_ROLE_WITH_SAML

    def principal(self, role: "TestedRole") -> "Principal":
        """The provider that vouches for the user."""
        account = self.provider_account or role.account
        return SamlIdentity(f"arn:{role.partition}:iam::{account}:saml-provider/{self.provider}")

    def attempt(self, role: "TestedRole") -> AssumeRoleAttempt:
        """With the keys that AWS makes of the assertion."""
        attempt = super().attempt(role)
        facts = SamlFacts(
            recipient=self.recipient or sign_in_endpoint(role.partition),
            issuer=self.issuer,
            subject=self.subject,
            subject_format=_FORMAT + self.subject_format,
            attributes={_BY_KEY[name]: values for name, values in self.attributes.items()},
            account=self.provider_account or role.account,
            provider_name=self.provider,
        )
        return replace(attempt, context={**attempt.context, **saml_context(facts)})


def saml_assertion(
    provider: str,
    attributes: Mapping[str, str | Sequence[str]] | None = None,
    *,
    subject: str | None = None,
    subject_format: str = "persistent",
    issuer: str | None = None,
    recipient: str | None = None,
    **given: _Unpack[Circumstances],
) -> Assertion:
    """A user of the account's SAML provider of that name (its last part, in AWS).

    attributes: by name, or by the condition key without `saml:` (`eduPersonAffiliation`).
    subject: the NameID. recipient: the sign-in endpoint, where it is a regional one.
    """
    found: dict[str, tuple[str, ...]] = {}
    for name, values in (attributes or {}).items():
        key = ATTRIBUTES.get(name, name).lower().removeprefix("saml:")
        if key not in _BY_KEY:
            raise Problem(
                f"saml_assertion: AWS makes no condition key of the attribute {name!r}; what it "
                "reads besides are session tags and the source identity: write tags={…} or "
                "source_identity=…."
            )
        found[key] = (values,) if isinstance(values, str) else tuple(values)
    told = [f"attribute {key}" for key in found]
    told += ["subject"] if subject is not None else []
    told += ["issuer"] if issuer is not None else []
    return Assertion(
        provider=provider,
        attributes=found,
        subject=subject or USUAL_SUBJECT,
        subject_format=subject_format,
        issuer=issuer or USUAL_ISSUER,
        recipient=recipient,
        **common(given, *told),  # type: ignore[arg-type]
    )

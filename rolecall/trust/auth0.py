"""Users and machines of an Auth0 tenant.

Source: "ID Token Structure" and "Client Credentials Flow", Auth0 Docs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects, subject
from rolecall.trust.web_identity import WebIdentities


@dataclass(frozen=True)
class Auth0(WebIdentities):
    """Holders of tokens of an Auth0 tenant, by subject.

    subjects: `"auth0|5f7c…"` of a user, `"<client ID>@clients"` of a machine, whole.
    audience: the client ID of the application, which AWS reads from `azp` where the
        token has one; an API's identifier only of a token without.

    Auth0's issuer ends in a slash; so do the provider's ARN and the condition keys. Raises
    `TrustError`. The wide variant is `AnySubjectOf`.
    """

    subjects: Sequence[str]

    families: ClassVar[tuple[str, ...]] = ("auth0",)
    example: ClassVar[str] = 'a provider of issuers.auth0("acme.eu.auth0.com")'

    def whose(self) -> Subjects:
        """Exact ones."""
        return whole_subjects(self.kind, self.subjects, '["auth0|5f7c8ec7c33c6c004bbafe82"]')


def whole_subjects(kind: str, values: object, example: str) -> Subjects:
    """Subjects of persons and machines, where a pattern never means a group of them."""
    found = checks.several(kind, "subjects", values, example)
    for text in found:
        if set("*?") & set(text):
            raise TrustError(
                f"{kind}: {text!r} holds a wildcard, and these subjects have no groups; name each "
                "one, or write AnySubjectOf(provider) if you mean everyone."
            )
        subject(kind, text)
    return Subjects(exact=found)

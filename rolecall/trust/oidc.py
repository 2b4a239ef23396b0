"""Any OIDC provider, by the subjects of its tokens."""

from collections.abc import Sequence
from dataclasses import dataclass

from rolecall.trust import checks
from rolecall.trust.errors import TrustError
from rolecall.trust.subjects import Subjects, split
from rolecall.trust.web_identity import WebIdentities


@dataclass(frozen=True)
class OidcSubjects(WebIdentities):
    """Holders of tokens with one of these subjects, of any OIDC provider.

    subjects: each a whole `sub`, or one that ends in `/*` or `:*`. The audience is demanded
        as well: `sub` does not say for whom the token is meant.

    Raises `TrustError`. The wide variant is `AnySubjectOf`.
    """

    subjects: Sequence[str]

    def whose(self) -> Subjects:
        """Exact ones and patterns."""
        texts = checks.several(self.kind, "subjects", self.subjects, '["alice"]')
        for text in texts:
            # "repo:*" or "organization:*": of an issuer that all customers share, everyone.
            stem = text.rstrip("*")
            if self.issuer.shared and stem != text and sum(map(stem.count, ":/")) < 2:
                raise TrustError(
                    f"{self.kind}: {text!r} names no customer of {self.issuer.name}, which all of "
                    "them share; write at least the organization, owner or group."
                )
        return split(self.kind, texts, "; AnySubjectOf(provider) is everyone")


@dataclass(frozen=True)
class AnySubjectOf(WebIdentities):
    """Whoever the provider gives a token for this audience. Wide on purpose.

    For a private issuer whose every user may come in. Raises `TrustError` for an issuer
    that other customers share.
    """

    def whose(self) -> Subjects:
        """Everyone of the issuer."""
        if self.issuer.shared:
            raise TrustError(
                f"{self.kind}: {self.issuer.name} is shared by all of its customers, so any of "
                "them could come in (IAM refuses such a role); write the kind made for it, or "
                "OidcSubjects(…)."
            )
        return Subjects(everyone=True)

"""What every holder of an OpenID Connect token has in common as a trusted entity."""

import re
from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import ClassVar

from rolecall.issuers import IssuerProblem, OidcIssuer
from rolecall.issuers.urls import check_issuer_url
from rolecall.policy import Condition, Principals, Statement
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.providers import TrustedOidcProvider
from rolecall.trust.session_guards import SessionGuards, match
from rolecall.trust.subjects import Subjects

ASSUME_ROLE_WITH_WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity"
_AUDIENCE = re.compile(r"[\x21-\x23\x25-\x29\x2b-\x3e\x40-\x7e]{1,255}\Z")


@dataclass(frozen=True, kw_only=True)
class TokenGuards(SessionGuards):
    """Guards of an entity that presents a token; each narrows, none widens.

    session_name: the name or names the session may have (`sts:RoleSessionName`). Whoever
        holds the token chooses it, so it orders the logs and keeps nobody out.

    Source identity and session tags come out of the token, where the issuer writes
    them ("Pass session tags in AWS STS", IAM User Guide).
    """

    session_name: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._session_names()

    def admit(
        self, sid: str, principals: Principals, conditions: Sequence[Condition]
    ) -> tuple[Statement, ...]:
        """The statements that let the holders of such tokens assume the role."""
        names = self._session_names()
        named = (match("sts:RoleSessionName", names),) if names else ()
        return self.grant(sid, principals, ASSUME_ROLE_WITH_WEB_IDENTITY, conditions, named)

    def _session_names(self) -> tuple[str, ...]:
        return self._names("session_name", self.session_name, "a role session name")


@dataclass(frozen=True)
class WebIdentities(TokenGuards):
    """Holders of tokens of an OIDC provider of the role's account, told apart by `sub`.

    provider: the account's provider (or just its issuer, where the provider is not ours).
    audience: the token's `aud`, or its `azp` where it has one; what the issuer is known
        to write, or the provider's only client ID, when left out.

    The audience is compared by StringEquals in every case. Exact subjects and patterns get
    statements of their own, so that either admits and neither loosens the other.
    """

    provider: TrustedOidcProvider | OidcIssuer
    audience: str | None = field(default=None, kw_only=True)

    #: The products whose tokens this kind can read; empty: any.
    families: ClassVar[tuple[str, ...]] = ()
    #: What a message shows as the right provider.
    example: ClassVar[str] = "OidcProvider(…)"
    #: How the statement's Sid begins.
    sid: ClassVar[str] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_provider()
        self.checked_audience()
        self.whose()
        self.narrowing()
        for each in fields(self):
            value = getattr(self, each.name)
            if isinstance(value, list):
                # A list would leave the value mutable and unhashable.
                object.__setattr__(self, each.name, tuple(value))

    @abstractmethod
    def whose(self) -> Subjects:
        """Whose `sub` is meant; raises TrustError for what cannot be."""

    def narrowing(self) -> tuple[Condition, ...]:
        """Further conditions on the token."""
        return ()

    @property
    def issuer(self) -> OidcIssuer:
        """The issuer of the tokens."""
        provider = self.provider
        return provider if isinstance(provider, OidcIssuer) else provider.issuer

    def checked_audience(self) -> str:
        """The audience that is demanded; raises TrustError where there can be none."""
        known = () if isinstance(self.provider, OidcIssuer) else tuple(self.provider.client_ids)
        audience = self.audience
        if audience is None:
            audience = self.issuer.audience
            if len(known) == 1 and audience not in known:
                audience = known[0]
            if audience is None:
                raise TrustError(
                    f"{self.kind}: nothing says for whom the tokens of {self.issuer.name} are "
                    'meant; write audience="…", the client ID or `aud` in them.'
                )
        found = checks.arguments(self.kind).text("audience", audience, '"sts.amazonaws.com"')
        if not _AUDIENCE.match(found):
            raise TrustError(
                f"{self.kind}: {found!r} is not one audience; write the token's `aud` as it is, "
                "1 to 255 characters without spaces and *?$"
            )
        if known and found not in known:
            raise TrustError(
                f"{self.kind}: the provider takes tokens for {', '.join(known)} only, so nobody "
                f"could come in with one for {found}; add it to client_ids, or write "
                f'audience="{known[0]}".'
            )
        return found

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement for exact subjects, one for patterns (and one a session option)."""
        issuer = self.issuer
        principals = Principals(
            federated=(issuer.principal(context.account_id, context.partition),)
        )
        audience = Condition("StringEquals", issuer.key("aud"), (self.checked_audience(),))
        shared = (audience, *self.narrowing())
        subjects = self.whose()
        sid = self.sid or self.kind
        if subjects.everyone:
            return self.admit(sid, principals, shared)
        found: list[Statement] = []
        if subjects.exact:
            who = Condition("StringEquals", issuer.key("sub"), subjects.exact)
            found.extend(self.admit(sid, principals, (who, *shared)))
        if subjects.patterns:
            who = Condition("StringLike", issuer.key("sub"), subjects.patterns)
            found.extend(self.admit(f"{sid}Like", principals, (who, *shared)))
        return tuple(found)

    def _check_provider(self) -> None:
        provider: object = self.provider
        issuer = provider if isinstance(provider, OidcIssuer) else getattr(provider, "issuer", None)
        if isinstance(provider, type) or not isinstance(issuer, OidcIssuer):
            raise checks.arguments(self.kind).wrong(
                "provider", provider, "an OIDC provider", self.example
            )
        try:
            check_issuer_url(issuer.url)
        except IssuerProblem as error:
            raise TrustError(f"{self.kind}: {error}") from error
        if issuer is not provider:
            checks.arguments(self.kind).texts(
                "provider.client_ids", getattr(provider, "client_ids", None), '["…"]'
            )
        if issuer.built_in:
            raise TrustError(
                f"{self.kind}: {issuer.name} needs no provider; write Google(…) or "
                "CognitoIdentityPool(…)."
            )
        if self.families and issuer.family not in self.families:
            raise TrustError(
                f"{self.kind}: {issuer.name} writes no such tokens, so nobody could come in; "
                f"give it {self.example}, or write OidcSubjects(…) with its own subjects."
            )

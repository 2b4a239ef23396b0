"""Google accounts and service accounts; AWS knows Google without a provider.

Source: "IAM and AWS STS condition context keys", IAM User Guide, keys `aud`, `oaud`, `sub`;
"OpenID Connect", Google Identity.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rolecall.issuers import GOOGLE
from rolecall.policy import Condition, Principals, Statement
from rolecall.trust import checks
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.web_identity import TokenGuards

_SUBJECT_EXAMPLE = '"110169484474386276334"'


@dataclass(frozen=True, kw_only=True)
class _GoogleTokens(TokenGuards):
    """What both kinds for Google share.

    audience: the client ID the token was issued to: its `azp` (AWS's key `aud`). Of a
        service account it is its own unique ID, because it may write any `aud`.
    oaud: the token's `aud`, where it must be told as well.
    """

    audience: str
    oaud: str | None = field(default=None)

    def __post_init__(self) -> None:
        super().__post_init__()
        self._audiences()

    def _audiences(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        for name, key in (("audience", "aud"), ("oaud", "oaud")):
            value = getattr(self, name)
            if value is None and name == "oaud":
                continue
            example = '"<number>-<id>.apps.googleusercontent.com"'
            text = checks.arguments(self.kind).text(name, value, example)
            if not text or len(text) > 255 or not text.isascii() or set("*?$ ") & set(text):
                raise TrustError(
                    f"{self.kind}: {name} {text!r} is not one client ID; write it whole, "
                    f"for example {example}."
                )
            found.append(Condition("StringEquals", GOOGLE.key(key), (text,)))
        return tuple(found)

    def _admit(self, context: TrustContext, *conditions: Condition) -> tuple[Statement, ...]:
        name = GOOGLE.principal(context.account_id, context.partition)
        return self.admit(
            self.kind, Principals(federated=(name,)), (*conditions, *self._audiences())
        )


@dataclass(frozen=True, kw_only=True)
class Google(_GoogleTokens):
    """Google accounts that signed in to one client, or service accounts, by subject.

    subject: the account's number, or several; an address can change hands, and AWS
        offers it for no trust.

    Raises `TrustError`. The wide variant is `AnyGoogleAccount`.
    """

    subject: str | Sequence[str]

    def __post_init__(self) -> None:
        super().__post_init__()
        self._subjects()

    def _subjects(self) -> tuple[str, ...]:
        found = checks.one_or_several(self.kind, "subject", self.subject, _SUBJECT_EXAMPLE)
        for text in found:
            if not (text.isascii() and text.isdigit()) or len(text) > 255:
                raise TrustError(
                    f"{self.kind}: subject {text!r} is not an account's number; write the `sub` of "
                    f"its tokens, for example {_SUBJECT_EXAMPLE}, or AnyGoogleAccount(audience=…) "
                    "if you mean everyone who signs in to the client."
                )
        return found

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        return self._admit(context, Condition("StringEquals", GOOGLE.key("sub"), self._subjects()))


@dataclass(frozen=True, kw_only=True)
class AnyGoogleAccount(_GoogleTokens):
    """Everyone who signs in to a Google client. Wide on purpose: anyone may have an account."""

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        return self._admit(context)

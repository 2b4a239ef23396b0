"""The options every human or workload entity has: what a caller must also prove."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from rolecall.policy import Condition, PolicyError, Principals, Statement, check_external_id
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError

_SOURCE_IDENTITY = re.compile(r"[A-Za-z0-9_+=,.@*-]{1,64}\Z")
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}\Z")
_TAG_VALUE = re.compile(r"[\w .:/=+@*-]{0,256}\Z")
ASSUME_ROLE = "sts:AssumeRole"


@dataclass(frozen=True, kw_only=True)
class Guarded:
    """Guards of one trusted entity; each narrows, none widens.

    external_id: the secret-like name a third party must present, 2 to 1224 characters
        of letters, digits and `_+=,.@:/-` (`sts:ExternalId`).
    mfa: the caller signed in with a second factor (`aws:MultiFactorAuthPresent`).
    mfa_max_age: … no longer ago than this; implies `mfa`; whole seconds, at least one.
    source_identity: the caller must set one of these source identities; `"*"` asks for
        any. Adds `sts:SetSourceIdentity`.
    session_tags: tags the caller must pass, each with its allowed value or values
        (`"*"` any); other tags are refused. Adds `sts:TagSession`.
    source_ip: address or CIDR blocks the call must come from (`aws:SourceIp`). Calls
        through a VPC endpoint have no such key and are refused.

    Raises `TrustError` when built with a value AWS would refuse or that guards nothing.
    """

    external_id: str | None = None
    mfa: bool = False
    mfa_max_age: timedelta | None = None
    source_identity: str | Sequence[str] | None = None
    session_tags: Mapping[str, str | Sequence[str]] | None = None
    source_ip: str | Sequence[str] | None = None

    @property
    def kind(self) -> str:
        """The name of the entity as its author wrote it, for messages."""
        return type(self).__name__

    def __post_init__(self) -> None:
        arguments = checks.arguments(self.kind)
        if self.external_id is not None:
            found = arguments.text("external_id", self.external_id, '"acme-4711"')
            try:
                check_external_id(found)
            except PolicyError as error:
                raise TrustError(f"{self.kind}: {error}") from error
        arguments.flag("mfa", self.mfa)
        if self.mfa_max_age is not None:
            age = arguments.duration("mfa_max_age", self.mfa_max_age, "timedelta(minutes=15)")
            seconds = age.total_seconds()
            if seconds < 1 or seconds != int(seconds):
                raise TrustError(
                    f"{self.kind}: mfa_max_age is {self.mfa_max_age}; write whole seconds, at "
                    "least one, for example timedelta(minutes=15)."
                )
        self._source_identities()
        self._session_tags()
        if self.source_ip is not None:
            checks.networks(self.kind, self.source_ip)

    def admit(
        self, sid: str, principals: Principals, *conditions: Condition
    ) -> tuple[Statement, ...]:
        """The statements that let these principals assume the role under the guards.

        TagSession and SetSourceIdentity get statements of their own: sts:ExternalId is
        documented for AssumeRole only, and each of the two knows only its own request
        keys ("Actions, resources, and condition keys for AWS Security Token Service",
        Service Authorization Reference). In one shared statement a key that an action
        does not have would deny it.
        """
        shared = (*conditions, *self._shared())
        identity, tags = self._source_identity_conditions(), self._tag_conditions()
        external = (
            (Condition("StringEquals", "sts:ExternalId", (self.external_id,)),)
            if self.external_id is not None
            else ()
        )
        found = [_allow(sid, principals, ASSUME_ROLE, (*shared, *external, *identity, *tags))]
        if identity:
            found.append(
                _allow(f"{sid}Identity", principals, "sts:SetSourceIdentity", shared + identity)
            )
        if tags:
            only = Condition(
                "ForAllValues:StringEquals", "aws:TagKeys", tuple(sorted(self._session_tags()))
            )
            found.append(_allow(f"{sid}Tags", principals, "sts:TagSession", (*shared, *tags, only)))
        return tuple(found)

    def demand_external_id(self, account_id: str, context: TrustContext) -> None:
        """Refuse a third party that need not present an external ID."""
        if self.external_id is None and not context.owns(account_id):
            raise TrustError(
                f"{self.kind}: account {account_id} is not one of yours, so anyone who makes that "
                "party act on a role ARN could come in (the confused deputy); write "
                "external_id=… with a value agreed with them, or list the account under "
                "own_accounts of the environment if it is yours."
            )

    def _shared(self) -> tuple[Condition, ...]:
        found: list[Condition] = []
        if self.mfa or self.mfa_max_age is not None:
            # Bool, never BoolIfExists: long-lived keys send no such key at all, and
            # IfExists would let them in ("AWS global condition context keys").
            found.append(Condition("Bool", "aws:MultiFactorAuthPresent", ("true",)))
        if self.mfa_max_age is not None:
            seconds = str(int(self.mfa_max_age.total_seconds()))
            found.append(Condition("NumericLessThan", "aws:MultiFactorAuthAge", (seconds,)))
        if self.source_ip is not None:
            blocks = checks.networks(self.kind, self.source_ip)
            found.append(Condition("IpAddress", "aws:SourceIp", blocks))
        return tuple(found)

    def _source_identities(self) -> tuple[str, ...]:
        if self.source_identity is None:
            return ()
        found = checks.one_or_several(
            self.kind, "source_identity", self.source_identity, '["alice"]'
        )
        for value in found:
            if not _SOURCE_IDENTITY.match(value) or (len(value) < 2 and value != "*"):
                raise TrustError(
                    f"{self.kind}: {value!r} is not a source identity; it has 2 to 64 letters, "
                    "digits and _+=,.@-"
                )
            if fault := checks.wildcard_fault(value, "@"):
                raise TrustError(
                    f"{self.kind}: {fault}; write the whole identity, "
                    '"*@example.com" for a domain, or "*" for any.'
                )
        return found

    def _source_identity_conditions(self) -> tuple[Condition, ...]:
        values = self._source_identities()
        return (_match("sts:SourceIdentity", values),) if values else ()

    def _session_tags(self) -> dict[str, tuple[str, ...]]:
        if self.session_tags is None:
            return {}
        tags = checks.arguments(self.kind).mapping(
            "session_tags", self.session_tags, '{"team": "blue"}'
        )
        if not tags or len(tags) > 50:
            raise TrustError(
                f"{self.kind}: session_tags holds {len(tags)} tags; write 1 to 50, or leave it out."
            )
        found: dict[str, tuple[str, ...]] = {}
        for key, values in tags.items():
            if (
                not isinstance(key, str)
                or not _TAG_KEY.match(key)
                or key.lower().startswith("aws:")
            ):
                raise TrustError(
                    f"{self.kind}: {shown(key)} is not a session tag key; it has 1 to 128 letters, "
                    "digits, spaces and _.:/=+@-, and does not begin with aws:."
                )
            named = f"session_tags[{key!r}]"
            found[key] = checks.one_or_several(self.kind, named, values, '"value" or "*"')
            for value in found[key]:
                if not _TAG_VALUE.match(value):
                    raise TrustError(
                        f"{self.kind}: {named} is {value!r}; it has up to 256 letters, digits, "
                        "spaces and _.:/=+@-"
                    )
                if fault := checks.wildcard_fault(value, ":/"):
                    raise TrustError(f'{self.kind}: {named}: {fault}; end it with "/*" or ":*".')
        for key in sorted(checks.repeated(key.lower() for key in found)):
            raise TrustError(f"{self.kind}: the session tag {key!r} is written in two cases.")
        return found

    def _tag_conditions(self) -> tuple[Condition, ...]:
        return tuple(
            _match(f"aws:RequestTag/{key}", values) for key, values in self._session_tags().items()
        )


def _match(key: str, values: tuple[str, ...]) -> Condition:
    """StringLike only where a wildcard asks for it, so that nothing else is loosened."""
    wild = any("*" in value for value in values)
    return Condition("StringLike" if wild else "StringEquals", key, values)


def _allow(
    sid: str, principals: Principals, action: str, conditions: tuple[Condition, ...]
) -> Statement:
    return Statement(sid=sid, principals=principals, actions=(action,), conditions=conditions)

"""The guards that every way of assuming a role has, tokens and assertions included."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rolecall.policy import Condition, Principals, Statement
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.errors import TrustError

_SOURCE_IDENTITY = re.compile(r"[A-Za-z0-9_+=,.@*-]{1,64}\Z")
_TAG_KEY = re.compile(r"[\w .:/=+@-]{1,128}\Z")
_TAG_VALUE = re.compile(r"[\w .:/=+@*-]{0,256}\Z")


@dataclass(frozen=True, kw_only=True)
class SessionGuards:
    """Guards of one trusted entity; each narrows, none widens.

    source_identity: the caller must set one of these source identities; `"*"` asks for
        any. Adds `sts:SetSourceIdentity`.
    session_tags: tags the caller must pass, each with its allowed value or values
        (`"*"` any); other tags are refused. Adds `sts:TagSession`.
    source_ip: address or CIDR blocks the call must come from (`aws:SourceIp`). Calls
        through a VPC endpoint have no such key and are refused.

    With a token or an assertion it is the identity provider who sets the identity and the
    tags. Raises `TrustError` when built with a value AWS would refuse or that guards nothing.
    """

    source_identity: str | Sequence[str] | None = None
    session_tags: Mapping[str, str | Sequence[str]] | None = None
    source_ip: str | Sequence[str] | None = None

    @property
    def kind(self) -> str:
        """The name of the entity as its author wrote it, for messages."""
        return type(self).__name__

    def __post_init__(self) -> None:
        self._source_identities()
        self._session_tags()
        if self.source_ip is not None:
            checks.networks(self.kind, self.source_ip)

    def grant(
        self,
        sid: str,
        principals: Principals,
        action: str,
        conditions: Sequence[Condition],
        of_action: Sequence[Condition] = (),
    ) -> tuple[Statement, ...]:
        """The statements that let these principals assume the role by `action`, guarded.

        `of_action` are conditions on keys that only the action itself knows. TagSession
        and SetSourceIdentity get statements of their own, because each knows only its
        own request keys ("Actions, resources, and condition keys for AWS Security Token
        Service", Service Authorization Reference). In one shared statement a key that
        an action does not have would deny it.
        """
        shared = (*conditions, *self._address())
        identity, tags = self._source_identity_conditions(), self._tag_conditions()
        found = [_allow(sid, principals, action, (*shared, *of_action, *identity, *tags))]
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

    def _address(self) -> tuple[Condition, ...]:
        if self.source_ip is None:
            return ()
        blocks = checks.networks(self.kind, self.source_ip)
        return (Condition("IpAddress", "aws:SourceIp", blocks),)

    def _source_identities(self) -> tuple[str, ...]:
        return self._names("source_identity", self.source_identity, "a source identity")

    def _names(self, field: str, value: object, what: str) -> tuple[str, ...]:
        """Names of a session or its source: whole, of a domain (`*@example.com`), or any."""
        if value is None:
            return ()
        found = checks.one_or_several(self.kind, field, value, '["alice"]')
        for name in found:
            if not _SOURCE_IDENTITY.match(name) or (len(name) < 2 and name != "*"):
                raise TrustError(
                    f"{self.kind}: {name!r} is not {what}; it has 2 to 64 letters, "
                    "digits and _+=,.@-"
                )
            if fault := checks.wildcard_fault(name, "@"):
                raise TrustError(
                    f"{self.kind}: {fault}; write the whole identity, "
                    '"*@example.com" for a domain, or "*" for any.'
                )
        return found

    def _source_identity_conditions(self) -> tuple[Condition, ...]:
        values = self._source_identities()
        return (match("sts:SourceIdentity", values),) if values else ()

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
            match(f"aws:RequestTag/{key}", values) for key, values in self._session_tags().items()
        )


def match(key: str, values: tuple[str, ...]) -> Condition:
    """StringLike only where a wildcard asks for it, so that nothing else is loosened."""
    wild = any("*" in value for value in values)
    return Condition("StringLike" if wild else "StringEquals", key, values)


def _allow(
    sid: str, principals: Principals, action: str, conditions: tuple[Condition, ...]
) -> Statement:
    return Statement(sid=sid, principals=principals, actions=(action,), conditions=conditions)

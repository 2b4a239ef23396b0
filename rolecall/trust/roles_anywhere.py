"""Workloads outside of AWS with an X.509 certificate, through IAM Roles Anywhere."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rolecall.policy import (
    Arn,
    Condition,
    PolicyError,
    Principals,
    Statement,
    partition_of_region,
)
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.session_guards import match
from rolecall.trust.subjects import subject

_PRINCIPALS = Principals(service=("rolesanywhere.amazonaws.com",))
_ACTIONS = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
_ANCHOR = re.compile(
    r"trust-anchor/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII
)
# What a stack writes for an anchor that it makes itself.
_REFERENCE = re.compile(r"\$\{aws_rolesanywhere_trust_anchor\.[A-Za-z_][A-Za-z0-9_-]*\.arn\}")
_EXAMPLE = (
    '"arn:aws:rolesanywhere:eu-central-1:111122223333:'
    'trust-anchor/12345678-90ab-cdef-1234-567890abcdef"'
)
_NAMES = ("C", "O", "OU", "ST", "L", "CN")
_SAN = ("DNS", "URI", *(f"Name/{name}" for name in _NAMES))
# What every certificate of an organization has alike.
_OF_ALL = {"C", "O", "ST", "L", "Name/C", "Name/O", "Name/ST", "Name/L"}

Attributes = Mapping[str, str | Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class _Certificates:
    """Holders of certificates that trust anchors vouch for; `_tags` says which."""

    trust_anchor_arn: str | Sequence[str]
    issuer: Attributes | None = None

    @property
    def kind(self) -> str:
        """The name of the entity as its author wrote it, for messages."""
        return type(self).__name__

    def __post_init__(self) -> None:
        self._anchors()
        self._tags()

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement; raises `TrustError` for an anchor that is not yours.

        The three actions share it, as in AWS's own examples: the certificate's names are
        tags of the principal, and the anchor is the source, of each.
        """
        anchors = self._anchors()
        for text in anchors:
            if _REFERENCE.fullmatch(text):
                continue
            arn = Arn.parse(text)
            if arn.partition != context.partition or not context.owns(arn.account):
                raise TrustError(
                    f"{self.kind}: {text!r} is no trust anchor of yours in partition "
                    f"{context.partition}, so its owner could let anybody in; write your own, or "
                    "list its account under own_accounts of the environment."
                )
        conditions = (
            # A name is unique within one authority only, so the anchor is always named.
            Condition("ArnEquals", "aws:SourceArn", anchors),
            *(match(f"aws:PrincipalTag/{key}", values) for key, values in self._tags().items()),
        )
        return (
            Statement(
                sid=self.kind, principals=_PRINCIPALS, actions=_ACTIONS, conditions=conditions
            ),
        )

    def _tags(self) -> dict[str, tuple[str, ...]]:
        return self._names("issuer", "x509Issuer", self.issuer, _NAMES)

    def _names(
        self, field: str, prefix: str, given: Attributes | None, known: Sequence[str]
    ) -> dict[str, tuple[str, ...]]:
        if given is None:
            return {}
        example = '{"URI": "spiffe://example.com/web"}' if field == "san" else '{"CN": "web-1"}'
        found: dict[str, tuple[str, ...]] = {}
        for name, values in checks.arguments(self.kind).mapping(field, given, example).items():
            if not isinstance(name, str) or name not in known:
                raise TrustError(
                    f"{self.kind}: {field} names {shown(name)}, which Roles Anywhere is not known "
                    f"to read; write one of {', '.join(known)}."
                )
            texts = checks.one_or_several(self.kind, f"{field}[{name!r}]", values, '"web-1"')
            for text in texts:
                self._check(name, subject(self.kind, text))
            found[f"{prefix}/{name}"] = texts
        if not found:
            raise TrustError(f"{self.kind}: {field} is empty; write {example}, or leave it out.")
        return found

    def _check(self, name: str, text: str) -> None:
        rest = text
        if name == "DNS" and text.startswith("*."):
            rest = text[1:]
        elif name == "URI" and re.match(r"[a-z]+://[^/]+/", text):
            rest = re.sub(r"(?<=/)\*\Z", "", text)
        if set("*?") & set(rest) or len(text) > 256:
            raise TrustError(
                f"{self.kind}: {text!r} is not one name of up to 256 characters; wildcards stand "
                'at the beginning of a DNS name ("*.web.example.com") and at the end of a URI '
                '("spiffe://example.com/web/*") only.'
            )

    def _anchors(self) -> tuple[str, ...]:
        found = checks.one_or_several(
            self.kind, "trust_anchor_arn", self.trust_anchor_arn, _EXAMPLE
        )
        for text in found:
            if _REFERENCE.fullmatch(text):
                continue
            try:
                arn = Arn.parse(text)
            except PolicyError as error:
                raise TrustError(f"{self.kind}: trust_anchor_arn: {error}") from error
            known = (
                arn.service == "rolesanywhere" and partition_of_region(arn.region) == arn.partition
            )
            if not known or not _ANCHOR.fullmatch(arn.resource):
                raise TrustError(
                    f"{self.kind}: {text!r} is not the ARN of a trust anchor; write {_EXAMPLE}, or "
                    '"${aws_rolesanywhere_trust_anchor.<id>.arn}" for one of the same stack.'
                )
            checks.account(self.kind, arn.account)
        return found


@dataclass(frozen=True, kw_only=True)
class RolesAnywhere(_Certificates):
    """Workloads whose certificate a trust anchor vouches for, by the names in it.

    trust_anchor_arn: the anchor or anchors, whole ARNs of your accounts, or
        `${aws_rolesanywhere_trust_anchor.<id>.arn}` for one that the same stack makes.
    issuer: parts of the issuer's name, where the anchor has several authorities below it.
    subject: parts of the subject's name: `{"CN": "web-1"}`, and C, O, OU, ST, L. Several
        values of one part, such as OU, arrive as one text with slashes between them.
    san: the alternative names: `DNS`, `URI`, `Name/CN` …, of each the certificate's first.

    The names are told by the tags `x509Subject/…`, `x509Issuer/…` and `x509SAN/…` ("The
    IAM Roles Anywhere trust model"); a profile whose attribute mapping leaves one out
    keeps everybody out who is told by it. One that tells workloads apart is demanded: of
    the subject CN or OU, or an alternative name. Raises `TrustError`; the wide variant is
    `AnyCertificateOf`.
    """

    subject: Attributes | None = None
    san: Attributes | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        told = {key.partition("/")[2] for key in self._tags() if not key.startswith("x509Issuer/")}
        if not told - _OF_ALL:
            raise TrustError(
                f"{self.kind}: nothing tells the certificates of the trust anchor apart; write "
                'subject={"CN": "web-1"} or san={"URI": "spiffe://…"}, or AnyCertificateOf(…) if '
                "you mean all of them."
            )

    def _tags(self) -> dict[str, tuple[str, ...]]:
        return {
            **self._names("subject", "x509Subject", self.subject, _NAMES),
            **super()._tags(),
            **self._names("san", "x509SAN", self.san, _SAN),
        }


@dataclass(frozen=True, kw_only=True)
class AnyCertificateOf(_Certificates):
    """Every certificate that a trust anchor vouches for. Wide on purpose.

    trust_anchor_arn, issuer: as of `RolesAnywhere`.

    Whoever gets a certificate of that authority comes in.
    """

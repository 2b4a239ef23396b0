"""Users of a SAML identity provider, told apart by what their assertions say."""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from rolecall.issuers.saml_keys import ATTRIBUTES, MULTIVALUED
from rolecall.issuers.saml_sign_in import saml_audiences, sign_in_endpoint
from rolecall.policy import Condition, Principals, Statement
from rolecall.problems import Problem
from rolecall.trust import checks
from rolecall.trust.arguments import shown
from rolecall.trust.context import TrustContext
from rolecall.trust.errors import TrustError
from rolecall.trust.providers import TrustedSamlProvider
from rolecall.trust.session_guards import SessionGuards, match
from rolecall.trust.subjects import subject

Answer = TypeVar("Answer")
ASSUME_ROLE_WITH_SAML = "sts:AssumeRoleWithSAML"

# CreateSAMLProvider, IAM API Reference.
_PROVIDER_NAME = re.compile(r"[\w.-]{1,128}", re.ASCII)
_NAMEID_FORMATS = "urn:oasis:names:tc:SAML:2.0:nameid-format:"
_KEYS = {name.lower(): name for name in ATTRIBUTES.values()}


@dataclass(frozen=True, kw_only=True)
class _SamlUsers(SessionGuards):
    """What both kinds of SAML users have: a provider, and where users sign in.

    provider: the SAML provider of the role's account.
    regions: those whose sign-in endpoints users may come through, besides the one
        without a region; the role's own region when left out.
    provider_id: the identifier (`SAMLSP…`) that AWS gave the provider, if its assertions
        are encrypted: they then come through endpoints of its own, and only those count.
    session_name: the `RoleSessionName` of the assertion.

    And the guards of `SessionGuards`: tags (`PrincipalTag:…`) and source identity are in
    the assertion as well, so the provider vouches for them.
    """

    provider: TrustedSamlProvider = field(kw_only=False)
    regions: Sequence[str] | None = None
    provider_id: str | None = None
    session_name: str | Sequence[str] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._provider_name()
        self._names("session_name", self.session_name, "a role session name")
        if self.regions is not None:
            checks.several(self.kind, "regions", self.regions, '["eu-central-1", "eu-west-1"]')
        if self.provider_id is not None:
            text = checks.arguments(self.kind).text(
                "provider_id", self.provider_id, '"SAMLSPABCDEFGHIJ"'
            )
            self._asking(lambda: sign_in_endpoint("aws", provider_id=text))

    def admit_users(self, context: TrustContext, who: Sequence[Condition]) -> tuple[Statement, ...]:
        """The statements that let those users in.

        Of SAML's keys TagSession knows `saml:aud` and SetSourceIdentity none, so what
        is said of a user stands with the action that takes the assertion.
        """
        name = self._provider_name()
        arn = f"arn:{context.partition}:iam::{context.account_id}:saml-provider/{name}"
        audience = Condition("StringEquals", "SAML:aud", self._audiences(context))
        names = self._names("session_name", self.session_name, "a role session name")
        named = (match("sts:RoleSessionName", names),) if names else ()
        return self.grant(
            self.kind + re.sub(r"[^0-9A-Za-z]", "", name),
            Principals(federated=(arn,)),
            ASSUME_ROLE_WITH_SAML,
            (),
            (audience, *who, *named),
        )

    def _audiences(self, context: TrustContext) -> tuple[str, ...]:
        partition = context.partition
        if self.regions is None:
            found = self._asking(lambda: saml_audiences(partition, context.region or None))
        else:
            regions = self.regions
            found = self._asking(
                lambda: tuple(
                    dict.fromkeys(
                        url for each in regions for url in saml_audiences(partition, each)
                    )
                )
            )
        if self.provider_id is None:
            return found
        return tuple(f"{url}/acs/{self.provider_id}" for url in found)

    def _asking(self, ask: Callable[[], Answer]) -> Answer:
        try:
            return ask()
        except Problem as problem:
            raise TrustError(f"{self.kind}: {problem}") from problem

    def _provider_name(self) -> str:
        provider: object = self.provider
        name = getattr(provider, "provider_name", None)
        if isinstance(provider, type) or not isinstance(name, str):
            raise checks.arguments(self.kind).wrong(
                "provider", provider, "a SAML provider", "SamlProvider(…)"
            )
        if not _PROVIDER_NAME.fullmatch(name):
            raise TrustError(
                f"{self.kind}: {name!r} is not the name of a SAML provider; it has 1 to 128 "
                "letters, digits and ._- and is the last part of its ARN."
            )
        return name


@dataclass(frozen=True, kw_only=True)
class Saml(_SamlUsers):
    """Some users of a SAML provider.

    attributes: by the names of AWS's condition keys (`eduPersonAffiliation`, `mail`,
        `cn`), the value or values of which the user has at least one. A pattern is
        `"*@example.com"`, or ends in `":*"` or `"/*"`.
    subjects: the NameID or NameIDs (`SAML:sub`), with `subject_format`, which is
        `"persistent"` unless given; a transient NameID is another one each time.
    issuer: the `Issuer` of the assertions, in case the provider's metadata is changed.

    The provider's `Role` attribute says which roles a user may take, so its administrators
    decide who comes in, whatever stands here, if AWS's side does not ask for more
    ("Configure SAML assertions for the authentication response", IAM User Guide). So one
    fact that tells its users apart is demanded: an attribute, a NameID, a session tag, a
    source identity or a session name. All of them stand in the signed assertion. The
    endpoint and the issuer are the same for all users, so they do not count.

    Raises `TrustError`; the wide variant is `AnyUserOf(provider)`.
    """

    attributes: Mapping[str, str | Sequence[str]] | None = None
    subjects: str | Sequence[str] | None = None
    subject_format: str = "persistent"
    issuer: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        facts = [*self._attribute_conditions(), *self._subject_conditions()]
        self._issuer_conditions()
        if not facts and not self._tells_apart():
            raise TrustError(
                f"{self.kind}: nothing tells the users of {self._provider_name()} apart; write "
                'attributes={"eduPersonAffiliation": "staff"} or subjects=["…"], or '
                "AnyUserOf(provider) if its Role attribute alone shall decide."
            )

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        who = (
            *self._issuer_conditions(),
            *self._attribute_conditions(),
            *self._subject_conditions(),
        )
        return self.admit_users(context, who)

    def _tells_apart(self) -> bool:
        tags = self._session_tags().values()
        names = self._names("session_name", self.session_name, "a role session name")
        return any(
            "*" not in values for values in (*tags, names, self._source_identities()) if values
        )

    def _attribute_conditions(self) -> tuple[Condition, ...]:
        if self.attributes is None:
            return ()
        example = '{"eduPersonAffiliation": "staff"}'
        given = checks.arguments(self.kind).mapping("attributes", self.attributes, example)
        if not given:
            raise TrustError(f"{self.kind}: attributes is empty; write {example}, or leave it out.")
        found: dict[str, Condition] = {}
        for name, values in given.items():
            key = self._key(name)
            if key in found:
                raise TrustError(f"{self.kind}: the attribute {key!r} is written twice.")
            texts = self._texts(f"attributes[{name!r}]", values, '"staff"')
            condition = match(f"SAML:{key}", texts)
            # ForAllValues would let in whoever lacks the attribute.
            operator = f"ForAnyValue:{condition.operator}"
            if key in MULTIVALUED:
                condition = Condition(operator, condition.key, condition.values)
            found[key] = condition
        return tuple(found.values())

    def _key(self, name: object) -> str:
        text = name if isinstance(name, str) else ""
        key = _KEYS.get(text.lower().removeprefix("saml:")) or ATTRIBUTES.get(text)
        if key is not None:
            return key
        close = difflib.get_close_matches(text.lower(), _KEYS, 1)
        hint = _KEYS[close[0]] if close else "eduPersonAffiliation"
        raise TrustError(
            f"{self.kind}: AWS makes no condition key of the attribute {shown(name)}; write one "
            f"that it maps, such as {hint!r}, or send it as a PrincipalTag and write "
            "session_tags={…}."
        )

    def _subject_conditions(self) -> tuple[Condition, ...]:
        arguments = checks.arguments(self.kind)
        form = arguments.text("subject_format", self.subject_format, '"persistent"')
        if self.subjects is None:
            if form != "persistent":
                raise TrustError(f"{self.kind}: subject_format says nothing without subjects=….")
            return ()
        texts = self._texts("subjects", self.subjects, '["_cbb88bf52c25"]')
        if form.startswith(_NAMEID_FORMATS):
            raise TrustError(
                f"{self.kind}: AWS leaves the beginning of the format {form!r} out; write "
                f"{form.removeprefix(_NAMEID_FORMATS)!r}."
            )
        if form == "transient":
            raise TrustError(
                f"{self.kind}: a transient NameID is another one each time, so nobody could come "
                "in twice; let the provider send persistent ones, or write attributes={…}."
            )
        _plain(self.kind, form)
        return (
            match("SAML:sub", texts),
            Condition("StringEquals", "SAML:sub_type", (form,)),
        )

    def _issuer_conditions(self) -> tuple[Condition, ...]:
        if self.issuer is None:
            return ()
        example = '"https://idp.example.com/metadata"'
        text = checks.arguments(self.kind).text("issuer", self.issuer, example)
        return (Condition("StringEquals", "SAML:iss", (_plain(self.kind, text),)),)

    def _texts(self, field: str, values: object, example: str) -> tuple[str, ...]:
        found = checks.one_or_several(self.kind, field, values, example)
        for text in found:
            rest = subject(self.kind, text)
            if text.startswith("*@"):
                rest = text[1:]
            elif re.search(r"[^/:][/:]\*\Z", text):
                rest = text[:-1]
            if set("*?") & set(rest):
                raise TrustError(
                    f"{self.kind}: the wildcard in {text!r} would match others that merely begin "
                    'or end alike; write it out, "*@example.com" for a domain, or end it with ":*" '
                    'or "/*".'
                )
        return found


@dataclass(frozen=True, kw_only=True)
class AnyUserOf(_SamlUsers):
    """Every user of a SAML provider to whom it gives the role. Wide on purpose.

    The administrators of the identity provider decide who comes in, by its `Role`
    attribute. What is asked for is the sign-in endpoint, and the guards.
    """

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:
        """One statement (and one a session option)."""
        return self.admit_users(context, ())


def _plain(kind: str, text: str) -> str:
    """A text that stands for itself only."""
    if set("*?") & set(subject(kind, text)):
        raise TrustError(f"{kind}: {text!r} holds a wildcard; write it out.")
    return text

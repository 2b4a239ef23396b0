"""Whom the author of an entity for SAML means: users, by what their assertions say."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from rolecall.issuers.saml_keys import SamlFacts, saml_context
from rolecall.policy import AssumeRoleAttempt, SamlIdentity
from rolecall.trust import AnyUserOf, Saml
from tests.trust.intent import OWN, PEOPLE, ROLE, Asked, Written, misses

ACTION = "sts:AssumeRoleWithSAML"
AFFILIATION = "urn:oid:1.3.6.1.4.1.5923.1.1.1.1"
SCOPED = "urn:oid:1.3.6.1.4.1.5923.1.1.1.9"
ENTITLEMENT = "urn:oid:1.3.6.1.4.1.5923.1.1.1.7"
MAIL = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"
X500_MAIL = "0.9.2342.19200300100.1.3"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
ADDRESS = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
# The role is in eu-central-1.
SIGN_IN = (
    "https://signin.aws.amazon.com/saml",
    "https://eu-central-1.signin.aws.amazon.com/saml",
)


@dataclass(frozen=True)
class Provider:
    provider_name: str


OKTA = Provider("okta")


@dataclass(frozen=True)
class Presented:
    """An assertion, and what it brings for the session."""

    facts: SamlFacts
    tags: Mapping[str, str]
    source_identity: str | None
    session_name: str


def presented(
    attributes: Mapping[str, tuple[str, ...]],
    *,
    recipient: str = SIGN_IN[0],
    subject: str = "alice@example.com",
    form: str | None = PERSISTENT,
    account: str = OWN,
    provider: str = "okta",
    partition: str = "aws",
    tags: Mapping[str, str] | None = None,
    source_identity: str | None = None,
    session_name: str = "alice@example.com",
) -> Asked:
    facts = SamlFacts(
        recipient=recipient,
        issuer="http://www.okta.com/exk1",
        subject=subject,
        subject_format=form,
        account=account,
        provider_name=provider,
        attributes=attributes,
    )
    brought = Presented(facts, tags or {}, source_identity, session_name)
    attempt = AssumeRoleAttempt(
        caller=SamlIdentity(f"arn:{partition}:iam::{account}:saml-provider/{provider}"),
        role_arn=ROLE,
        tags=brought.tags,
        source_identity=source_identity,
        session_name=session_name,
        context=saml_context(facts),
    )
    return Asked(attempt, ACTION, brought)


def texts_near(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, text, *texts(text)])


def texts(text: str) -> list[str]:
    """Values that come close: an assertion holds texts only."""
    return [found for found in misses(text) if isinstance(found, str)]


def close_to(insider: Asked) -> list[Asked]:
    """Assertions that differ from this one in one thing."""
    found: Presented = insider.facts
    facts = found.facts
    same: dict[str, Any] = {
        "attributes": facts.attributes,
        "recipient": facts.recipient,
        "subject": facts.subject,
        "form": facts.subject_format,
        "tags": found.tags,
        "source_identity": found.source_identity,
        "session_name": found.session_name,
    }
    changed: list[dict[str, Any]] = [
        *({"recipient": other} for other in texts(facts.recipient)),
        *({"subject": other} for other in texts(facts.subject)),
        *({"form": other} for other in (None, PERSISTENT, ADDRESS, "transient")),
        *({"session_name": other} for other in texts(found.session_name)),
        *({"source_identity": other} for other in (None, "evil", "alice@example.com.evil")),
        *({"tags": other} for other in ({}, {"team": "blue-evil"}, {"other": "blue"})),
        *({"provider": other} for other in texts("okta")),
        {"account": PEOPLE},
        {"partition": "aws-cn"},
        {"attributes": {}},
    ]
    for name, values in facts.attributes.items():
        for value in values:
            changed += [
                {"attributes": {**facts.attributes, name: given}}
                for other in texts(value)
                for given in ((other,), (value, other), (other, "other"))
            ]
    return [presented(**same | each) for each in changed]


values = st.one_of(
    texts_near("staff"),
    texts_near("staff@example.com"),
    texts_near("urn:mace:example.com:aws:dev"),
    texts_near("alice@example.com"),
)
attributes = st.dictionaries(
    st.sampled_from(
        [AFFILIATION, SCOPED, ENTITLEMENT, MAIL, X500_MAIL, "mail", "eduPersonAffiliation"]
    ),
    st.lists(values, max_size=3).map(tuple),
    max_size=4,
)
attempts = st.builds(
    presented,
    attributes,
    recipient=st.one_of(st.sampled_from(SIGN_IN), texts_near(SIGN_IN[0])),
    subject=texts_near("alice@example.com"),
    form=st.sampled_from([PERSISTENT, PERSISTENT, ADDRESS, "persistent", None, PERSISTENT + "x"]),
    account=st.sampled_from([OWN, OWN, OWN, PEOPLE]),
    provider=st.sampled_from(["okta", "okta", "okta", "okta2", "Okta"]),
    partition=st.sampled_from(["aws", "aws", "aws", "aws-cn"]),
    tags=st.sampled_from([{}, {"team": "blue"}, {"team": "Blue"}, {"team": "blue", "more": "1"}]),
    source_identity=st.sampled_from([None, "alice@example.com", "alice@example.org"]),
    session_name=st.sampled_from(["alice@example.com", "alice@example.org"]),
)


def written(
    entity: Any,
    insider: Asked,
    whose: Callable[[Presented], bool] = lambda _: True,
    *,
    tags: Callable[[Mapping[str, str]], bool] = lambda tags: not tags,
    identity: Callable[[str | None], bool] = lambda identity: identity is None,
) -> st.SearchStrategy[Written]:
    """Without the option an author means neither tags nor a source identity."""

    def intended(asked: Asked) -> bool:
        brought: Presented = asked.facts
        facts = brought.facts
        return (
            asked.attempt.caller.arn == f"arn:aws:iam::{OWN}:saml-provider/okta"
            and (facts.account, facts.provider_name) == (OWN, "okta")
            and facts.recipient in SIGN_IN
            and tags(brought.tags)
            and identity(brought.source_identity)
            and whose(brought)
        )

    return st.just(Written(entity, intended, insider, attempts, close_to(insider)))


def has(name: str, meant: Callable[[str], bool]) -> Callable[[Presented], bool]:
    return lambda brought: any(map(meant, brought.facts.attributes.get(name, ())))


def mails(brought: Presented) -> set[str]:
    found = brought.facts.attributes
    return {*found.get(MAIL, ()), *found.get(X500_MAIL, ())}


KINDS: dict[type, st.SearchStrategy[Written]] = {
    Saml: st.one_of(
        written(
            Saml(OKTA, attributes={"eduPersonAffiliation": ["staff", "faculty"]}),
            presented({AFFILIATION: ("member", "staff")}, recipient=SIGN_IN[1]),
            has(AFFILIATION, lambda value: value in ("staff", "faculty")),
        ),
        written(
            Saml(OKTA, attributes={"eduPersonScopedAffiliation": "*@example.com"}),
            presented({SCOPED: ("staff@example.com",)}),
            has(SCOPED, lambda value: value.endswith("@example.com")),
        ),
        written(
            Saml(OKTA, attributes={"eduPersonEntitlement": "urn:mace:example.com:aws:*"}),
            presented({ENTITLEMENT: ("urn:mace:example.com:aws:dev",)}),
            has(ENTITLEMENT, lambda value: value.startswith("urn:mace:example.com:aws:")),
        ),
        written(
            # One of several addresses could be anybody's.
            Saml(OKTA, attributes={"mail": "alice@example.com"}),
            presented({MAIL: ("alice@example.com",)}),
            lambda brought: mails(brought) == {"alice@example.com"},
        ),
        written(
            Saml(OKTA, subjects=["alice@example.com"]),
            presented({}),
            lambda brought: (
                brought.facts.subject == "alice@example.com"
                and brought.facts.subject_format in (PERSISTENT, "persistent")
            ),
        ),
        written(
            Saml(OKTA, subjects="*@example.com", subject_format=ADDRESS),
            presented({}, form=ADDRESS),
            lambda brought: (
                brought.facts.subject.endswith("@example.com")
                and brought.facts.subject_format == ADDRESS
            ),
        ),
        written(
            Saml(OKTA, session_tags={"team": "blue"}, source_identity="*@example.com"),
            presented({}, tags={"team": "blue"}, source_identity="alice@example.com"),
            tags=lambda tags: tags == {"team": "blue"},
            identity=lambda identity: identity is not None and identity.endswith("@example.com"),
        ),
        written(
            Saml(OKTA, session_name="alice@example.com"),
            presented({}),
            lambda brought: brought.session_name == "alice@example.com",
        ),
    ),
    AnyUserOf: written(AnyUserOf(OKTA), presented({})),
}

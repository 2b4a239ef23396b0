"""Whom a statement trusts, one principal at a time."""

import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from rolecall.issuers import IssuerProblem, OidcIssuer, oidc_issuer
from rolecall.policy import Principals, is_account_id
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
)
from rolecall.policy.compare.domains import Who
from rolecall.policy.errors import PolicyError
from rolecall.policy.glob import glob
from rolecall.policy.statement import Statement
from rolecall.policy.template import fill_in, parse_template

SET_CONTEXT = "sts:SetContext"
MAIN = (ASSUME_ROLE, ASSUME_ROLE_WITH_WEB_IDENTITY, ASSUME_ROLE_WITH_SAML)
BESIDES = (TAG_SESSION, SET_SOURCE_IDENTITY)
_ALL = (*MAIN, *BESIDES, SET_CONTEXT)
_ARN = re.compile(r"arn:(aws(?:-[a-z]+)*):(?:iam|sts)::([0-9]{12}):(.+)", re.DOTALL)
_UNIQUE_ID = re.compile(r"A(?:IDA|ROA|GPA|NPA|SCA|KIA|SIA)[A-Z0-9]{12,124}", re.ASCII)


class Kind(Enum):
    """What a principal is."""

    EVERYBODY = auto()
    ACCOUNT = auto()
    USER = auto()
    ROLE = auto()
    UNIQUE_ID = auto()
    SERVICE = auto()
    OIDC = auto()
    SAML = auto()
    UNKNOWN = auto()


_WHO: dict[Kind, tuple[Who, ...]] = {
    Kind.EVERYBODY: (Who.USER, Who.ROLE, Who.SERVICE),
    Kind.ACCOUNT: (Who.USER, Who.ROLE),
    Kind.USER: (Who.USER,),
    Kind.ROLE: (Who.ROLE,),
    Kind.UNIQUE_ID: (Who.USER, Who.ROLE),
    Kind.SERVICE: (Who.SERVICE,),
    Kind.OIDC: (Who.WEB,),
    Kind.SAML: (Who.SAML,),
    Kind.UNKNOWN: (Who.USER, Who.ROLE),
}


@dataclass(frozen=True, slots=True)
class Trusted:
    """One principal. account, partition: where its name tells. host: of an OIDC issuer."""

    kind: Kind
    text: str
    principals: Principals
    account: str = ""
    partition: str = ""
    host: str = ""

    @property
    def action(self) -> str:
        """How such a caller assumes a role."""
        return {
            Kind.OIDC: ASSUME_ROLE_WITH_WEB_IDENTITY,
            Kind.SAML: ASSUME_ROLE_WITH_SAML,
        }.get(self.kind, ASSUME_ROLE)

    @property
    def who(self) -> tuple[Who, ...]:
        """The kinds of callers that it can be."""
        return _WHO[self.kind]

    @property
    def issuer(self) -> OidcIssuer:
        """What is known of the issuer."""
        return issuer_at(self.host)

    @property
    def is_cognito(self) -> bool:
        """Whether it is Cognito's identity pools."""
        return self.host.startswith("cognito-identity.") or self.host.startswith(
            "cognito-identity-"
        )


@lru_cache(maxsize=512)
def issuer_at(host: str) -> OidcIssuer:
    """The issuer at a host and path; a nameless one where IAM would refuse the URL."""
    try:
        return oidc_issuer(f"https://{host}")
    except IssuerProblem:
        return OidcIssuer(name=host, url=f"https://{host}")


@lru_cache(maxsize=1024)
def trusted(principals: Principals) -> tuple[Trusted, ...]:
    """Everybody whom a Principal element names."""
    found: list[Trusted] = []
    if principals.everyone:
        found.append(Trusted(Kind.EVERYBODY, "*", Principals(everyone=True)))
    found.extend(_of_aws(text) for text in dict.fromkeys(principals.aws))
    found.extend(
        Trusted(Kind.SERVICE, text, Principals(service=(text,)))
        for text in dict.fromkeys(principals.service)
    )
    found.extend(_federated(text) for text in dict.fromkeys(principals.federated))
    return tuple(found)


def _of_aws(text: str) -> Trusted:
    who = Principals(aws=(text,))
    if text == "*":
        return Trusted(Kind.EVERYBODY, text, who)
    if is_account_id(text):
        return Trusted(Kind.ACCOUNT, text, who, account=text)
    if _UNIQUE_ID.fullmatch(text):
        return Trusted(Kind.UNIQUE_ID, text, who)
    found = _ARN.fullmatch(text)
    if found is None:
        return Trusted(Kind.UNKNOWN, text, who)
    partition, account, resource = found.groups()
    if resource == "root":
        kind = Kind.ACCOUNT
    elif resource.startswith("user/"):
        kind = Kind.USER
    elif resource.startswith(("role/", "assumed-role/")):
        kind = Kind.ROLE
    else:
        kind = Kind.UNKNOWN
    return Trusted(kind, text, who, account, partition)


def _federated(text: str) -> Trusted:
    who = Principals(federated=(text,))
    found = _ARN.fullmatch(text)
    if found is None:
        return Trusted(Kind.OIDC, text, who, host=text)
    partition, account, resource = found.groups()
    if resource.startswith("saml-provider/"):
        return Trusted(Kind.SAML, text, who, account, partition)
    host = resource.removeprefix("oidc-provider/")
    return Trusted(Kind.OIDC, text, who, account, partition, host)


@lru_cache(maxsize=1024)
def actions_of(actions: tuple[str, ...], not_actions: tuple[str, ...]) -> frozenset[str]:
    """The actions of assuming a role that a statement is about."""
    patterns = actions or not_actions
    matched: set[str] = set()
    for pattern in patterns:
        lowered = pattern.lower()
        try:
            parts = parse_template(lowered, "Action", variables=False, wildcards=True)
        except PolicyError:
            continue
        matches = glob(fill_in(parts, {}) or ())
        matched.update(name for name in _ALL if matches(name.lower()))
    return frozenset(matched if actions else set(_ALL) - matched)


def actions(statement: Statement) -> frozenset[str]:
    """The same of a statement."""
    return actions_of(statement.actions, statement.not_actions)

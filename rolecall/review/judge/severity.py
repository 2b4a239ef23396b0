"""How bad a gain is: the table in docs/review.md, as code."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.policy import AwsService, IamUser, PolicyDocument, RoleSession, Statement, WebIdentity
from rolecall.policy.compare import Difference
from rolecall.policy.errors import printable
from rolecall.review.judge import bounds
from rolecall.review.judge.ground import Ground, production
from rolecall.review.report import Sentence, Severity

_PROVIDER = re.compile(r"arn:[a-z-]+:iam::(?P<account>[0-9]{12}):oidc-provider/(?P<host>.+)")
_SAML_PROVIDER = re.compile(r"arn:[a-z-]+:iam::(?P<account>[0-9]{12}):saml-provider/.+")


@dataclass(frozen=True, slots=True)
class Rated:
    """How bad one gain is; why: what makes it critical, for people."""

    severity: Severity
    why: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a gain happens. fresh_entities: whether somebody is trusted who was not before."""

    environment: str
    account: str | None
    created: bool
    old: tuple[PolicyDocument, ...]
    ground: Ground
    fresh_entities: bool | None = None


def rate(gain: Difference, statement: Statement, setting: Setting) -> Rated:
    """Rate one gain by who gets in, and by the statement that lets him in."""
    why = _critical(gain, statement, setting)
    if why:
        return Rated(Severity.CRITICAL, why)
    caller = gain.witness.attempt.caller
    if bounds.names_everyone(statement):
        return Rated(Severity.HIGH)
    if isinstance(caller, (IamUser, RoleSession)) and setting.ground.stranger(caller.account):
        return Rated(Severity.HIGH)
    if setting.created:
        return Rated(Severity.MEDIUM)
    return Rated(Severity.HIGH if _is_new(gain, setting) else Severity.MEDIUM)


def _critical(gain: Difference, statement: Statement, setting: Setting) -> str:
    caller = gain.witness.attempt.caller
    organization = bounds.within_organization(statement)
    if bounds.names_everyone(statement) and not organization and not bounds.within_names(statement):
        return "Its trust policy names everybody: any principal of any AWS account can get in."
    if isinstance(caller, WebIdentity):
        host = host_of(caller.provider)
        if not bounds.holds_to_owner(statement, host):
            return printable(
                f"{host} is shared by all its customers, and the trust policy does not hold "
                "its tokens to one owner: anybody's workload there can get in."
            )
    if (
        isinstance(caller, (IamUser, RoleSession))
        and not organization
        and setting.ground.stranger(caller.account)
        and not bounds.asks_external_id(statement)
    ):
        return (
            f"Account {caller.account} is not one of the project's own, and no external ID is "
            "asked for."
        )
    return _other_environment(gain, setting)


def _other_environment(gain: Difference, setting: Setting) -> str:
    """Production that newly trusts what belongs to another environment."""
    ground = setting.ground
    home = ground.home(setting.environment, setting.account)
    if not (production(home) or production(setting.environment)):
        return ""
    caller = gain.witness.attempt.caller
    account = ""
    if isinstance(caller, (IamUser, RoleSession)):
        account = caller.account
    elif isinstance(caller, AwsService):
        account = caller.source_account or ""
    else:
        found = _PROVIDER.fullmatch(caller.arn) or _SAML_PROVIDER.fullmatch(caller.arn)
        account = found["account"] if found else ""
    other = ground.names.get(account)
    identities = {ground.identities.get(home), ground.identities.get(setting.environment)}
    if other is not None and other != home and account not in identities:
        return f"{home} is production, and lets in what belongs to {ground.called(account)}."
    host = host_of(caller.arn)
    others = ground.issuers.get(host, frozenset())
    if isinstance(caller, WebIdentity) and others and home not in others:
        return printable(
            f"{home} is production, and lets in tokens of {host}, which belongs to "
            f"{', '.join(sorted(others))}."
        )
    named = _environment_of_token(gain.witness.attempt.context, host)
    if named is not None and named != home and named in ground.environments:
        return f"{home} is production, and lets in jobs of {named}."
    return ""


def _environment_of_token(context: Mapping[str, str | tuple[str, ...]], host: str) -> str | None:
    """The environment a token names: of a GitHub job, or the namespace of a pod."""
    claims = {key.lower(): value for key, value in context.items()}
    direct = claims.get(f"{host}:environment")
    if isinstance(direct, str):
        return direct
    subject = claims.get(f"{host}:sub")
    if not isinstance(subject, str):
        return None
    found = re.search(r":environment:([^:]+)", subject) or re.match(
        r"system:serviceaccount:([^:]+):", subject
    )
    return found[1] if found else None


def host_of(provider: str) -> str:
    """Host and path of an OIDC provider, by its ARN or its name."""
    found = _PROVIDER.fullmatch(provider)
    return found["host"] if found else provider


def _is_new(gain: Difference, setting: Setting) -> bool:
    """Whether the old policy named this caller in no way."""
    caller = gain.witness.attempt.caller
    forms = {form for form, _ in caller.principal_forms}
    known = any(
        forms & _named(statement)
        for document in setting.old
        for statement in document.statements
        if statement.effect.value == "Allow"
    )
    if known and isinstance(caller, WebIdentity):
        # One provider vouches for many: whom it vouches for is in the conditions.
        return bool(setting.fresh_entities)
    return not known


def _named(statement: Statement) -> set[str]:
    who = statement.principals
    if who is None:
        return {"AWS=*"}
    return {
        *(f"AWS={name}" for name in who.aws),
        *(f"Service={name}" for name in who.service),
        *(f"Federated={name}" for name in who.federated),
        *(("AWS=*",) if who.everyone else ()),
    }


def reasons(rated: tuple[Rated, ...]) -> tuple[Sentence, ...]:
    """What makes gains critical, each once."""
    texts = dict.fromkeys(each.why for each in rated if each.why)
    return tuple(Sentence(text, Severity.CRITICAL, wider=True) for text in texts)

"""Whom the statements of a trust policy mean: one caller for each entity in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from rolecall.explain.grants import ASSUMING, actions_of
from rolecall.explain.principals import is_saml, issuer_of, named, provider_host
from rolecall.issuers.saml_keys import ATTRIBUTES
from rolecall.policy import Condition, Effect, IamUser, RoleSession, RootUser, Statement
from rolecall.policy.operators import Family, SetQualifier, parse_operator
from rolecall.policy.values import read_date
from rolecall.testing.assertions import Assertion
from rolecall.testing.callers import Caller, Service, Signed
from rolecall.testing.judge import judged
from rolecall.testing.near import sample
from rolecall.testing.roles import TestedRole
from rolecall.testing.subjects import read_subject, whole
from rolecall.testing.tokens import Token

STRANGE_ACCOUNT = "444444444444"
_SAML = {key.lower() for key in ATTRIBUTES.values()}
_ARN = re.compile(r"arn:(aws[a-z-]*):(iam|sts)::([0-9]{12}):(user|role|assumed-role)/(.+)")
#: Keys whose further values mean nobody else: where from, how and under which name.
_NOT_TELLING = (
    "saml:aud",
    "saml:sub_type",
    "sts:sourceidentity",
    "sts:rolesessionname",
    "sts:transitivetagkeys",
    "aws:sourceip",
    "aws:tagkeys",
    "aws:currenttime",
    "aws:epochtime",
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:sourcevpc",
    "aws:sourcevpce",
)
_TEXTS = (Family.STRING, Family.STRING_IGNORE_CASE, Family.STRING_LIKE, Family.ARN)


@dataclass(frozen=True)
class Insider:
    """Somebody whom a statement lets in.

    statement: its Sid or number. principal: kind and name, as the policy has them.
    telling: the condition keys and values that say who it is.
    """

    caller: Caller
    statement: str
    principal: tuple[str, str]
    telling: tuple[tuple[str, str], ...]


def insiders(role: TestedRole) -> tuple[Insider, ...]:
    """One for each principal, and for each further value of a condition that tells who."""
    return tuple(
        each
        for each in _candidates(role)
        if each is not None and judged(role, each.caller).admitted
    )


def unfound(role: TestedRole) -> tuple[str, ...]:
    """The Allow statements of whose entities no caller could be made."""
    known = {each.statement for each in insiders(role)}
    return tuple(
        label
        for index, statement in enumerate(role.document.statements)
        if (label := statement.sid or str(index)) not in known and _admits(statement)
    )


def _admits(statement: Statement) -> bool:
    return statement.effect is Effect.ALLOW and bool(actions_of(statement) & set(ASSUMING))


def _candidates(role: TestedRole) -> Iterator[Insider | None]:
    for index, statement in enumerate(role.document.statements):
        if not _admits(statement) or statement.principals is None:
            continue
        label = statement.sid or str(index)
        for kind, text in named(statement.principals):
            for chosen in _choices(statement.conditions):
                caller = _caller(role, kind, text, chosen)
                if caller is None:
                    continue
                telling = tuple(
                    (key, value) for key, value in chosen.items() if key in _telling(chosen)
                )
                yield Insider(caller, label, (kind, text), telling)


def _choices(conditions: tuple[Condition, ...]) -> Iterator[dict[str, str]]:
    """Key → the value that is wanted; each further telling value once, the others first."""
    wanted: dict[str, tuple[str, ...]] = {}
    for condition in conditions:
        values = _wanted(condition)
        if values is not None:
            wanted[condition.key.lower()] = values
    first = {key: values[0] for key, values in wanted.items() if values}
    yield first
    for key, values in wanted.items():
        if key in _NOT_TELLING or (key.startswith("aws:requesttag/") and "kubernetes" not in key):
            continue
        for value in values[1:]:
            yield {**first, key: value}


def _telling(chosen: dict[str, str]) -> set[str]:
    return {
        key
        for key in chosen
        if key not in _NOT_TELLING
        and (not key.startswith("aws:requesttag/") or "kubernetes-" in key or "eks-" in key)
    }


def _wanted(condition: Condition) -> tuple[str, ...] | None:
    """Values that satisfy a condition; None where there is nothing to be brought."""
    operator = parse_operator(condition.operator)
    if operator.negated or operator.qualifier is SetQualifier.ALL:
        return None
    values = condition.values
    if operator.family is Family.NULL:
        return ("x",) if values == ("false",) else None
    if operator.family is Family.IP:
        return tuple(_address(value) for value in values)
    if operator.family is Family.DATE:
        return tuple(_moment(operator.name, value) for value in values)
    if operator.family is Family.NUMERIC:
        return tuple(_number(operator.name, value) for value in values)
    if operator.family in _TEXTS or operator.family is Family.BOOL:
        if operator.family is Family.STRING:
            # Stars stand for themselves there.
            return tuple(value for value in values if "*" not in value) or None
        return values
    return None


def _address(block: str) -> str:
    network = ip_network(block, strict=False)
    return str(network[1] if network.num_addresses > 2 else network[0])


def _moment(name: str, value: str) -> str:
    found = read_date(value)
    moment = datetime.fromtimestamp(float(found or 0), UTC)
    shift = -1 if "Less" in name else 1 if "Greater" in name else 0
    return (moment + timedelta(seconds=shift)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _number(name: str, value: str) -> str:
    if "Less" in name:
        return "0"
    return str(int(float(value)) + ("Greater" in name))


def _caller(role: TestedRole, kind: str, text: str, wanted: dict[str, str]) -> Caller | None:
    caller: Caller | None = None
    if kind == "AWS":
        caller = _signed(role, text, wanted)
    elif kind == "Service":
        caller = Service(host=text, told=frozenset({"source"}))
    elif kind == "Federated" and is_saml(text):
        account, name = text.split(":")[4], text.rpartition("/")[2]
        elsewhere = account if account != role.account else None
        caller = Assertion(provider=name, provider_account=elsewhere)
    elif kind == "Federated":
        caller = _token(role, text, wanted)
    for key, value in wanted.items():
        if caller is None:
            return None
        caller = with_key(caller, key, value)
    return caller


def _signed(role: TestedRole, text: str, wanted: dict[str, str]) -> Signed | None:
    pattern = wanted.get("aws:principalarn", "")
    if re.fullmatch(r"[0-9]{12}", text):
        text = f"arn:{role.partition}:iam::{text}:root"
    if text.endswith(":root") or text == "*":
        account = wanted.get("aws:principalaccount") or (
            text.split(":")[4] if text != "*" else STRANGE_ACCOUNT
        )
        if not pattern:
            told = frozenset({"account"} if text != "*" or "aws:principalaccount" in wanted else ())
            return Signed(who=IamUser(account, "somebody", partition=role.partition), told=told)
        text = pattern
    if unique := re.fullmatch(r"A(IDA|ROA)[A-Z0-9]{12,}", text):
        told = frozenset({"account", "unique id"})
        if unique[1] == "IDA":
            return Signed(who=IamUser(role.account, "somebody", unique_id=text), told=told)
        return Signed(who=RoleSession(role.account, "somebody", "session", role_id=text), told=told)
    found = _ARN.fullmatch(text)
    if found is None:
        return None
    partition, account, rest = found[1], found[3], found[5]
    if found[4] == "assumed-role":
        name, _, session = rest.partition("/")
        who = RoleSession(account, name, session, partition=partition)
        return Signed(who=who, told=frozenset({"account", "name", "session"}))
    path, _, name = f"/{rest}".rpartition("/")
    path, told_ = f"{path}/", {"account"}
    if set(name) - set("*?"):
        told_.add("name")
    if set(path) - set("*/") or "*" not in path:
        told_.add("path")
    path, name = sample(path), sample(name)
    if found[4] == "user":
        return Signed(who=IamUser(account, name, path, partition=partition), told=frozenset(told_))
    session_of = RoleSession(account, name, "session", path, partition=partition)
    return Signed(who=session_of, told=frozenset(told_))


def _token(role: TestedRole, text: str, wanted: dict[str, str]) -> Token | None:
    host = provider_host(text)
    issuer = issuer_of(host)
    if issuer is None:
        return None
    parts = text.split(":")
    account = parts[4] if len(parts) > 5 and parts[4] != role.account else None
    sub = wanted.get(issuer.key("sub").lower())
    usual = "110169484474386276334" if issuer.family == "google" else "somebody"
    subject = read_subject(issuer.family, sub) if sub else read_subject(issuer.family, "*")
    if sub is None and subject.template == "subject":
        subject = whole(usual)
    told = frozenset(subject.told() if sub else ())
    audience = wanted.get(issuer.key("aud").lower(), issuer.audience or "somebody")
    return Token(
        issuer=issuer,
        subject=subject,
        claims={"aud": sample(audience)},
        provider_account=account,
        told=told,
    )


def with_key(caller: Caller, key: str, value: str) -> Caller:
    """The same caller with a value for a condition key, in whatever way it gets there."""
    text = sample(value) if key not in ("aws:sourceip",) else value
    if key.startswith("aws:requesttag/"):
        name = key.partition("/")[2]
        told = caller.told | {name} if isinstance(caller, Service) else caller.told
        return caller.but(tags={**caller.tags, name: text}, told=told)
    simple = {"sts:sourceidentity": "source_identity", "sts:rolesessionname": "session_name"}
    if key in simple:
        told = caller.told | ({"session name"} if key == "sts:rolesessionname" else set())
        return caller.but(told=frozenset(told), **{simple[key]: text})
    if key == "aws:sourceip":
        return caller.but(ip=value, told=caller.told | {"ip"})
    if key == "aws:currenttime":
        moment = datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        return caller.but(time=moment, told=caller.told | {"time"})
    if isinstance(caller, Signed):
        return _signed_with(caller, key, text)
    if isinstance(caller, Service):
        return _service_with(caller, key, text)
    if isinstance(caller, Token):
        host = f"{caller.issuer.host.lower()}:"
        if key.startswith(host):
            return _token_with(caller, key[len(host) :], text)
    if isinstance(caller, Assertion) and key.startswith("saml:"):
        return _assertion_with(caller, key[5:], text)
    return caller.but(context={**caller.context, key: text})


def _signed_with(caller: Signed, key: str, text: str) -> Signed:
    if key == "sts:externalid":
        return caller.but(external_id=text)
    if key == "aws:multifactorauthpresent":
        return caller.but(mfa=text == "true")
    if key == "aws:multifactorauthage":
        return caller.but(mfa=True, mfa_age=int(text), told=caller.told | {"mfa_age"})
    if key.startswith("aws:principaltag/") and not isinstance(caller.who, RootUser):
        tags = {**caller.who.tags, key.partition("/")[2]: text}
        return caller.but(who=replace(caller.who, tags=tags))
    if key in ("aws:principalarn", "aws:principalaccount", "aws:username"):
        return caller
    return caller.but(context={**caller.context, key: text})


def _service_with(caller: Service, key: str, text: str) -> Service:
    if key == "aws:sourceaccount":
        return caller.but(source_account=text)
    if key == "aws:sourcearn":
        account = text.split(":")[4] if text.count(":") >= 5 else ""
        return caller.but(source_arn=text, source_account=caller.source_account or account or None)
    if key.startswith("aws:principaltag/"):
        name = key.partition("/")[2]
        tags = {**caller.principal_tags, name: text}
        told = caller.told | {f"principal tag {name}"}
        return caller.but(principal_tags=tags, tags=tags, told=told)
    return caller.but(context={**caller.context, key: text})


def _token_with(caller: Token, claim: str, text: str) -> Token:
    if claim in ("sub", "aud"):
        return caller
    if claim == "oaud":
        return caller.saying(aud=text, azp=caller.claims["aud"])
    if claim == "amr":
        return caller.saying(amr=[text])
    exact = next((each for each in caller.issuer.claims if each.lower() == claim), claim)
    changed = caller.with_claims({exact: text})
    return changed.but(told=changed.told | {f"claim {exact}"})


def _assertion_with(caller: Assertion, name: str, text: str) -> Assertion:
    if name == "aud":
        return caller.but(recipient=text)
    if name == "iss":
        return caller.but(issuer=text, told=caller.told | {"issuer"})
    if name == "sub":
        return caller.but(subject=text, told=caller.told | {"subject"})
    if name == "sub_type":
        return caller.but(subject_format=text)
    if name in _SAML:
        attributes = {**caller.attributes, name: (text,)}
        return caller.but(attributes=attributes, told=caller.told | {f"attribute {name}"})
    return caller.but(context={**caller.context, f"saml:{name}": text})

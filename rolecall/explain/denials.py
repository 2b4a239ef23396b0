"""A Deny statement in one sentence."""

from collections.abc import Mapping

from rolecall.explain.conditions import Setting, clause, otherwise
from rolecall.explain.grants import (
    ASSUMING,
    SET_CONTEXT,
    actions_of,
    resources,
)
from rolecall.explain.principals import aws_who, named, provider_host, service_who, unknown
from rolecall.explain.wording import all_of, any_of, conditions_of, first_upper, shown
from rolecall.policy import Principals, Statement
from rolecall.policy.assume_role import (
    ASSUME_ROLE,
    ASSUME_ROLE_WITH_SAML,
    ASSUME_ROLE_WITH_WEB_IDENTITY,
    SET_SOURCE_IDENTITY,
    TAG_SESSION,
)

_WAYS = {
    ASSUME_ROLE: "as a user, role or AWS service",
    ASSUME_ROLE_WITH_WEB_IDENTITY: "with a token",
    ASSUME_ROLE_WITH_SAML: "with a SAML assertion",
}
BESIDES_WORDS = {
    TAG_SESSION: "pass session tags",
    SET_SOURCE_IDENTITY: "set a source identity",
    SET_CONTEXT: "set an identity context",
}


def denial(statement: Statement, names: Mapping[str, str], ways: frozenset[str]) -> str:
    """What a Deny keeps out; "" where it is about nothing that has to do with the role.

    ways: those that lead into the role at all; who is kept from all of them is kept out.
    """
    what = _what(actions_of(statement), ways)
    if not what:
        return ""
    setting = _setting(statement, names)
    limits = resources(statement)
    if len(statement.conditions) == 1 and not limits:
        opposite = otherwise(statement.conditions[0], setting)
        if opposite is not None:
            return f"{_nobody(statement, names)} {what} unless {opposite}."
    told = (*sorted({clause(each, setting) for each in statement.conditions}), *limits)
    when = f" if {conditions_of(told)}" if told else ""
    return f"{_nobody(statement, names)} {what}{when}."


def _setting(statement: Statement, names: Mapping[str, str]) -> Setting:
    who = statement.principals or Principals()
    host = provider_host(who.federated[0]) if len(who.federated) == 1 else ""
    service = who.service[0] if len(who.service) == 1 else ""
    return Setting(host, service, names)


def _what(actions: frozenset[str], open_ways: frozenset[str]) -> str:
    ways = [way for way in ASSUMING if way in actions]
    if ways and open_ways <= actions:
        return "assume it"
    found = [f"assume it {any_of(_WAYS[way] for way in ways)}"] if ways else []
    found += [words for action, words in BESIDES_WORDS.items() if action in actions]
    return any_of(found)


def _nobody(statement: Statement, names: Mapping[str, str]) -> str:
    """Who is kept out, up to the word before what."""
    if statement.not_principals is not None:
        return f"Nobody but {all_of(_each(statement.not_principals, names))} may"
    if statement.principals is None:
        return "Nobody may"
    if ("AWS", "*") in named(statement.principals):
        return "Nobody may"
    return f"{first_upper(all_of(_each(statement.principals, names)))} may not"


def _each(principals: Principals, names: Mapping[str, str]) -> list[str]:
    found = []
    for kind, text in named(principals):
        if kind == "AWS":
            found.append(aws_who(text, names).short)
        elif kind == "Service":
            found.append(service_who(text).short)
        elif kind == "Federated":
            found.append(f"whoever comes or came through the provider {shown(text)}")
        else:
            found.append(f"{unknown(kind, text).short}, as a canonical user")
    return sorted(found)

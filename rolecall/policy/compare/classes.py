"""The kinds of callers that two policies tell apart: finitely many, each with one sample.

Callers of one class are named by the same principals, so every statement's Principal
says the same of all of them; what else differs between them is left to conditions.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from rolecall.policy.arn import role_arn, user_arn
from rolecall.policy.callers import (
    AwsService,
    Caller,
    IamUser,
    RoleSession,
    SamlIdentity,
    WebIdentity,
)
from rolecall.policy.compare.domains import ROLES_ANYWHERE, Who
from rolecall.policy.compare.languages import (
    SERVICE_HOST,
    arns,
    named_accounts,
    other_role_ids,
    role_ids,
    user_ids,
)
from rolecall.policy.compare.names import Account, Names
from rolecall.policy.compare.patterns import (
    IDS,
    PATH,
    Pattern,
    Symbol,
    literal,
    one_of,
)
from rolecall.policy.template import Context

_SOMEBODY = "somebody-else"
_ELSEWHERE = ("444455556666", "777788889999", "123456789012", "210987654321", "135791357913")
_PATHS: Pattern = (Symbol(True, PATH),)


@dataclass(frozen=True, slots=True)
class CallerClass:
    """Callers whom no Principal of the two policies tells apart.

    account: theirs, or None for any that is not named. own: whether it is the role's.
    fixed: keys that all of them have alike. arn: what their aws:PrincipalArn looks
    like where it is not fixed, and what not; of services, their names. userid: the same
    of aws:userid. unknown: the principal's text, if it is not known yet whom it means.
    """

    who: Who
    words: str
    sample: Caller
    account: Account | None = None
    own: bool = False
    bounded: bool | None = None
    fixed: Context = field(default_factory=dict, hash=False)
    arn: tuple[Pattern, ...] = ()
    not_arn: tuple[Pattern, ...] = ()
    userid: tuple[Pattern, ...] = ()
    not_userid: tuple[Pattern, ...] = ()
    partition: str = "aws"
    unknown: str = ""

    @property
    def provider(self) -> str:
        """Host and path of the issuer whose tokens they have, in lower case; a service's host."""
        if isinstance(self.sample, AwsService):
            return self.sample.host
        if not isinstance(self.sample, WebIdentity):
            return ""
        return provider_host(self.sample.provider).lower()


def provider_host(principal: str) -> str:
    """Host and path of an OIDC provider, from the text under Federated."""
    return principal.partition(":oidc-provider/")[2] or principal


def caller_classes(
    names: Names, own: Account | None, *, partition: str, tagged: bool
) -> Iterator[CallerClass]:
    """All classes of callers of whom somebody might get in.

    `own`: the role's account; None: unknown, so that every account may be it. `tagged`:
    whether a condition asks for a tag of the caller, which one service has as well.
    """
    accounts: dict[Account | None, None] = dict.fromkeys(names.accounts)
    if own is not None and names.everyone:
        accounts[own] = None
    if names.everyone or ((names.user_ids or names.role_ids) and own is None):
        accounts[None] = None
    elif names.user_ids or names.role_ids:
        accounts[own] = None
        accounts[None] = None
    for account in accounts:
        is_own = own is None or account == own
        for users in (_users, _roles):
            for found in users(names, account, is_own, partition):
                if not names.bounded:
                    yield found
                    continue
                # A Deny with NotPrincipal always means those with a permissions boundary.
                yield replace(found, bounded=False)
                yield replace(
                    found, bounded=True, words=f"{found.words}, with a permissions boundary"
                )
    services = dict.fromkeys(names.services)
    if names.everyone and tagged:
        services[ROLES_ANYWHERE] = None
    for host in services:
        yield _service(host)
    if names.everyone:
        yield CallerClass(
            Who.SERVICE,
            "any other AWS service",
            AwsService("another-service.amazonaws.com"),
            fixed={"aws:principalisawsservice": "true"},
            arn=(SERVICE_HOST,),
            not_arn=tuple(map(literal, services)),
        )
    for provider in names.federated:
        yield from _federated(provider)


def _users(
    names: Names, account: Account | None, own: bool, partition: str
) -> Iterator[CallerClass]:
    wide = names.everyone or account in names.wide
    named = list(names.users.get(account, {})) if account is not None else []
    place = account or Account(_unnamed_account(names), partition)
    for unique in ("", *names.user_ids):
        for path, name in named:
            arn = user_arn(place.id, name, path, place.partition)
            yield CallerClass(
                Who.USER,
                f"the user {arn}" + (f" ({unique})" if unique else ""),
                IamUser(place.id, name, path, unique, partition=place.partition),
                account,
                own,
                fixed={
                    **_account_facts(account, "User"),
                    "aws:principalarn": arn,
                    "aws:username": name,
                    **({"aws:userid": unique} if unique else {}),
                },
                userid=user_ids("AIDA", unique),
                not_userid=tuple(map(literal, names.user_ids)),
                partition=place.partition,
            )
        if not wide and not unique:
            continue
        excluded = tuple(
            literal(user_arn(place.id, name, path, place.partition)) for path, name in named
        )
        yield CallerClass(
            Who.USER,
            f"the user {unique}" if unique else f"any other user of {_of(account)}",
            IamUser(place.id, _free(names, _SOMEBODY), "/", unique, partition=place.partition),
            account,
            own,
            fixed={
                **_account_facts(account, "User"),
                **({"aws:userid": unique} if unique else {}),
            },
            arn=arns(account, place.partition, "user"),
            not_arn=(*excluded, *named_accounts(names, account)),
            userid=user_ids("AIDA", unique),
            not_userid=tuple(map(literal, names.user_ids)),
            partition=place.partition,
        )


def _roles(
    names: Names, account: Account | None, own: bool, partition: str
) -> Iterator[CallerClass]:
    wide = names.everyone or account in names.wide
    named = list(names.roles.get(account, {})) if account is not None else []
    sessions = list(names.sessions.get(account, {})) if account is not None else []
    place = account or Account(_unnamed_account(names), partition)
    known = {name.lower() for _, name in named}
    for unique in ("", *names.role_ids):
        for path, name in named:
            hops = ["", *(session for role, session in sessions if role == name)]
            for session in hops:
                yield _named_role(names, place, account, own, path, name, session, unique)
        for role, session in sessions:
            # A role's name is unique in its account, so a named role has this session.
            if role.lower() not in known:
                yield _session_of(names, place, account, own, role, session, unique)
        if wide or unique:
            excluded = tuple(
                literal(role_arn(place.id, name, path, place.partition)) for path, name in named
            )
            yield CallerClass(
                Who.ROLE,
                f"any session of the role {unique}" + (f" in {_of(account)}" if account else "")
                if unique
                else f"any other role of {_of(account)}",
                RoleSession(
                    place.id,
                    _free(names, _SOMEBODY),
                    _free(names, "session"),
                    role_id=unique,
                    partition=place.partition,
                ),
                account,
                own,
                fixed={**_account_facts(account, "AssumedRole")},
                arn=arns(account, place.partition, "role"),
                not_arn=(*excluded, *named_accounts(names, account)),
                userid=role_ids(unique, ""),
                not_userid=other_role_ids(names, unique),
                partition=place.partition,
                unknown=unique if "${" in unique else "",
            )


def _named_role(
    names: Names,
    place: Account,
    account: Account | None,
    own: bool,
    path: str,
    name: str,
    session: str,
    unique: str,
) -> CallerClass:
    arn = role_arn(place.id, name, path, place.partition)
    others = [hop for role, hop in names.sessions.get(place, {}) if role == name]
    return CallerClass(
        Who.ROLE,
        (f"the session {session} of the role {arn}" if session else f"the role {arn}")
        + (f" ({unique})" if unique else ""),
        RoleSession(
            place.id,
            name,
            session or _free(names, "session"),
            path,
            role_id=unique,
            partition=place.partition,
        ),
        account,
        own,
        fixed={
            **_account_facts(account, "AssumedRole"),
            "aws:principalarn": arn,
        },
        userid=role_ids(unique, session),
        not_userid=(
            *other_role_ids(names, unique),
            *((Symbol(True, IDS), *literal(f":{hop}")) for hop in others if not session),
        ),
        partition=place.partition,
        unknown=unique if "${" in unique else "",
    )


def _session_of(
    names: Names,
    place: Account,
    account: Account | None,
    own: bool,
    role: str,
    session: str,
    unique: str,
) -> CallerClass:
    prefix = literal(f"arn:{place.partition}:iam::{place.id}:role/")
    return CallerClass(
        Who.ROLE,
        f"the session {session} of the role {role} of {_of(account)}"
        + (f" ({unique})" if unique else ""),
        RoleSession(place.id, role, session, role_id=unique, partition=place.partition),
        account,
        own,
        fixed={**_account_facts(account, "AssumedRole")},
        arn=(
            (*prefix, *literal(role)),
            (*prefix, *one_of(PATH), *literal(f"/{role}")),
        ),
        userid=role_ids(unique, session),
        not_userid=other_role_ids(names, unique),
        partition=place.partition,
        unknown=unique if "${" in unique else "",
    )


def _account_facts(account: Account | None, kind: str) -> dict[str, str | tuple[str, ...]]:
    facts: dict[str, str | tuple[str, ...]] = {
        "aws:principaltype": kind,
        "aws:principalisawsservice": "false",
    }
    if account is not None:
        facts["aws:principalaccount"] = account.id
    return facts


def _service(host: str) -> CallerClass:
    facts: Mapping[str, str | tuple[str, ...]] = {
        "aws:principalisawsservice": "true",
        "aws:principalservicename": host,
        "aws:principalservicenameslist": (host,),
    }
    return CallerClass(Who.SERVICE, f"the service {host}", AwsService(host), fixed=facts)


def _federated(provider: str) -> Iterator[CallerClass]:
    unknown = provider if "${" in provider else ""
    parts = provider.split(":")
    saml = ":saml-provider/" in provider and len(parts) == 6
    if saml or (unknown and "oidc" not in provider and "openid" not in provider):
        name = parts[-1].removeprefix("saml-provider/")
        yield CallerClass(
            Who.SAML,
            f"users of the SAML provider {provider}",
            SamlIdentity(provider),
            fixed={} if unknown else {"saml:doc": f"{parts[4]}/{name}"},
            unknown=unknown,
        )
    if not saml and "saml" not in unknown:
        yield CallerClass(
            Who.WEB,
            f"holders of tokens of {provider_host(provider)}",
            WebIdentity(provider),
            unknown=unknown,
        )


def _of(account: Account | None) -> str:
    return "any other account" if account is None else f"account {account.id}"


def _unnamed_account(names: Names) -> str:
    taken = {account.id for account in names.accounts}
    return next(id_ for id_ in _invented() if id_ not in taken)


def _invented() -> Iterator[str]:
    yield from _ELSEWHERE
    yield from (f"{number:012d}" for number in range(100_000_000_000, 10**12))


def _free(names: Names, text: str) -> str:
    taken = names.all_texts()
    while text in taken:
        text += "-x"
    return text

"""Users and sessions that are like one who is meant."""

from collections.abc import Iterator
from dataclasses import replace

from rolecall.policy import IamUser, RoleSession, RootUser
from rolecall.testing.callers import Caller, Signed
from rolecall.testing.insiders import STRANGE_ACCOUNT
from rolecall.testing.near import near, other_digits

_OTHER_PARTITIONS = {"aws": "aws-cn"}


def of_signed(caller: Signed) -> Iterator[tuple[str, Caller]]:
    """Another account, name, path, kind of principal, partition or unique ID."""
    who = caller.who
    if isinstance(who, RootUser):
        return
    noun = "user" if isinstance(who, IamUser) else "role"
    # Whoever is somebody else has another unique ID.
    other = _made_again(who)
    if "account" in caller.told:
        for account in (STRANGE_ACCOUNT, other_digits(who.account)):
            if account != who.account:
                same = replace(other, account=account)
                yield f"the same {noun} of another account", caller.but(who=same)
        partition = _OTHER_PARTITIONS.get(who.partition, "aws")
        yield "the same of another partition", caller.but(who=replace(other, partition=partition))
        yield (
            "the root user of the account",
            Signed(
                who=RootUser(who.account, who.partition),
                external_id=caller.external_id,
                mfa=caller.mfa,
            ),
        )
    if "name" in caller.told:
        for name in _names(who):
            yield f"another {noun} of the account", caller.but(who=_named(other, name))
        yield "another kind of principal", caller.but(who=_other_kind(who))
    if "path" in caller.told:
        yield f"a {noun} under another path", caller.but(who=_below(other, "/evil/"))
        path = who.path if isinstance(who, IamUser) else who.role_path
        if path != "/":
            yield f"a {noun} under another path", caller.but(who=_below(other, "/"))
            yield (
                f"a {noun} under another path",
                caller.but(who=_below(other, f"{path[:-1]}-evil/")),
            )
    if "session" in caller.told and isinstance(who, RoleSession):
        for name in ("evil", f"{who.session_name}-evil", who.session_name.swapcase()):
            if name != who.session_name:
                session = replace(who, session_name=name[:64])
                yield "another session of the role", caller.but(who=session)
    if other != who:
        yield f"the {noun} deleted and made again", caller.but(who=other)


def _made_again(who: IamUser | RoleSession) -> IamUser | RoleSession:
    if isinstance(who, IamUser):
        return replace(who, unique_id=_another_id(who.unique_id))
    return replace(who, role_id=_another_id(who.role_id))


def _another_id(unique: str) -> str:
    anew = unique[:4] + unique[4:][::-1]
    return anew if anew != unique or not unique else f"{unique}X"


def _names(who: IamUser | RoleSession) -> Iterator[str]:
    name = who.name if isinstance(who, IamUser) else who.role_name
    yield "mallory"
    for other in near(name):
        if not set("*?") & set(other) and len(other) <= 64:
            yield other


def _named(who: IamUser | RoleSession, name: str) -> IamUser | RoleSession:
    if isinstance(who, IamUser):
        return replace(who, name=name)
    return replace(who, role_name=name)


def _below(who: IamUser | RoleSession, path: str) -> IamUser | RoleSession:
    if isinstance(who, IamUser):
        return replace(who, path=path)
    return replace(who, role_path=path)


def _other_kind(who: IamUser | RoleSession) -> IamUser | RoleSession:
    if isinstance(who, IamUser):
        return RoleSession(who.account, who.name, "session", who.path, partition=who.partition)
    return IamUser(who.account, who.role_name, who.role_path, partition=who.partition)

"""What is true in the embedded AWS, kept beside it in plain Python.

Written without a look at the evaluator, and without any of its code: sets, dicts and
objects. That a user who was deleted and made again is somebody else follows from being
another object.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.stateful.vocabulary import ACCOUNTS, ADMINISTRATOR, ISSUER_HOST, Says, Trusts, Who

GONE = "gone"
Statements = tuple[Says, ...]

_ROLES = {"iam:CreateRole", "iam:DeleteRole", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"}
_KEYS = {"iam:CreateAccessKey", "iam:UpdateAccessKey", "iam:DeleteAccessKey"}


@dataclass(eq=False)
class Managed:
    account: str
    name: str
    versions: dict[str, Statements]
    default: str = "v1"
    made: int = 1

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:policy/{self.name}"

    @property
    def says(self) -> Statements:
        return self.versions[self.default]


@dataclass(eq=False)
class Holder:
    """A user, group or role: whatever carries policies."""

    account: str
    name: str
    path: str
    id: str
    inline: dict[str, Statements] = field(default_factory=dict)
    attached: set[Managed] = field(default_factory=set)
    boundary: Managed | None = None
    #: By key in lower case: the key as it was written, and the value.
    tags: dict[str, tuple[str, str]] = field(default_factory=dict)
    alive: bool = True

    def own(self) -> Statements:
        found = [s for says in self.inline.values() for s in says]
        return (*found, *(s for policy in self.attached for s in policy.says))


@dataclass(eq=False)
class Group(Holder):
    members: set["User"] = field(default_factory=set)


@dataclass(eq=False)
class User(Holder):
    keys: list["Key"] = field(default_factory=list)

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:user{self.path}{self.name}"


#: A statement of a trust policy, and whom its principal meant when it was saved.
Saved = tuple[Trusts, "User | Role | None"]


@dataclass(eq=False)
class Role(Holder):
    trust: tuple[Saved, ...] = ()
    longest: int = 3600

    @property
    def arn(self) -> str:
        return f"arn:aws:iam::{self.account}:role{self.path}{self.name}"


@dataclass(eq=False)
class Key:
    user: User
    id: str
    secret: str = field(repr=False)
    active: bool = True
    alive: bool = True
    token: None = None


@dataclass(eq=False)
class Session:
    """kind: role, user (GetSessionToken) or federated (GetFederationToken)."""

    kind: str
    of: User | Role
    name: str
    id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    issued: datetime
    expires: datetime
    tags: dict[str, tuple[str, str]] = field(default_factory=dict)
    transitive: frozenset[str] = frozenset()
    source: str | None = None
    inline: Statements | None = None
    arns: tuple[str, ...] | None = None
    provider: str | None = None


Credential = Key | Session


@dataclass(eq=False)
class Account:
    number: str
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    managed: dict[str, Managed] = field(default_factory=dict)
    #: Client IDs of the one issuer's provider, None without a provider.
    oidc: set[str] | None = None
    #: SAML providers: name, and whose key it believes.
    saml: dict[str, str] = field(default_factory=dict)
    buckets: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Ask:
    """One permission asked for; `resource` is (kind, path, name) or None."""

    action: str
    resource: tuple[str, str, str] | None
    user_name: str
    tags: dict[str, str]
    issued: datetime | None


@dataclass(frozen=True)
class Wish:
    """What a call for a role's session asks for."""

    role: Role | None
    session_name: str = "one"
    tags: tuple[tuple[str, str], ...] = ()
    transitive: tuple[str, ...] = ()
    source: str | None = None
    external: str | None = None
    seconds: int = 3600
    inline: Statements | None = None
    arns: tuple[str, ...] | None = None


def covers(what: str, ask: Ask) -> bool:
    """Whether a statement about `what` speaks of this action on this resource."""
    action = ask.action
    service = action.split(":")[0]
    if what == "everything":
        return True
    if what == "IAM":
        return service == "iam"
    if what == "STS":
        return service == "sts"
    if what == "looking":
        return action in ("iam:GetUser", "iam:GetRole", "iam:ListUsers", "iam:ListRoles")
    if what == "keys":
        return action in _KEYS
    if what == "roles":
        return action in _ROLES
    if what == "buckets":
        return action in ("s3:ListAllMyBuckets", "s3:CreateBucket")
    if what == "tables":
        return action == "dynamodb:ListTables"
    if what == "assuming":
        return action == "sts:AssumeRole"
    if what == "assuming red":
        right = action in ("sts:AssumeRole", "sts:TagSession")
        return right and ask.resource == ("role", "/", "red")
    if what == "federating":
        return action in ("sts:GetFederationToken", "sts:TagSession")
    assert what == "own user"
    mine = ask.user_name != "" and ask.resource == ("user", "/", ask.user_name)
    return mine and action in ("iam:GetUser", "iam:CreateAccessKey")


def holds(says: Says, ask: Ask) -> bool:
    if says.team is not None and ask.tags.get("team") != says.team:
        return False
    if says.before is None:
        return True
    moment = datetime.fromisoformat(says.before)
    return ask.issued is not None and ask.issued < moment


def found(statements: Iterable[Says], effect: str, ask: Ask) -> bool:
    return any(s.effect == effect and covers(s.what, ask) and holds(s, ask) for s in statements)


@dataclass(frozen=True)
class Sides:
    identity: Statements
    boundary: Statements | None
    session: Statements | None

    def denied(self, ask: Ask) -> bool:
        every = (*self.identity, *(self.boundary or ()), *(self.session or ()))
        return found(every, "Deny", ask)

    def own(self, ask: Ask) -> bool:
        return found(self.identity, "Allow", ask)

    def within(self, ask: Ask) -> bool:
        """Inside of the boundary and of the session policy."""
        return all(
            side is None or found(side, "Allow", ask) for side in (self.boundary, self.session)
        )


def flat(tags: dict[str, tuple[str, str]]) -> dict[str, str]:
    return {key: value for key, (_, value) in tags.items()}


def lowered(tags: Iterable[tuple[str, str]]) -> dict[str, tuple[str, str]]:
    return {key.lower(): (key, value) for key, value in tags}


class Model:
    """`now` is the embedded AWS's time; within `margin` of an end nothing is foretold."""

    def __init__(self, now: Callable[[], datetime], margin: timedelta = timedelta()) -> None:
        self.now = now
        self.margin = margin
        self.accounts = {number: Account(number) for number in ACCOUNTS}
        self.administrators: dict[str, Key] = {}
        self.credentials: list[Credential] = []

    def administrator(self, account: str, key_id: str, secret: str, user_id: str) -> None:
        everything: dict[str, Statements] = {"own": (Says("Allow", "everything"),)}
        user = User(account, ADMINISTRATOR, "/", user_id, inline=everything)
        self.administrators[account] = Key(user, key_id, secret)

    # -- whose credentials, and are they worth anything --------------------------------

    def standing(self, held: Credential) -> str | None:
        """'' if the credentials work, otherwise how STS refuses them; None: too close to tell."""
        if isinstance(held, Key):
            return "" if held.alive and held.active else "InvalidClientTokenId"
        left = held.expires - self.now()
        if self.margin and abs(left) < self.margin:
            return None
        if left <= timedelta():
            return "ExpiredToken"
        return "" if held.of.alive else "InvalidClientTokenId"

    def account_of(self, held: Credential) -> str:
        return held.user.account if isinstance(held, Key) else held.of.account

    def whoami(self, held: Credential) -> tuple[str, str, str]:
        """Account, ARN and user id."""
        account = self.account_of(held)
        if isinstance(held, Key):
            return account, held.user.arn, held.user.id
        if isinstance(held.of, User):
            if held.kind == "federated":
                arn = f"arn:aws:sts::{account}:federated-user/{held.name}"
                return account, arn, f"{account}:{held.name}"
            return account, held.of.arn, held.of.id
        arn = f"arn:aws:sts::{account}:assumed-role/{held.of.name}/{held.name}"
        return account, arn, f"{held.of.id}:{held.name}"

    def tags_of(self, held: Credential) -> dict[str, str]:
        if isinstance(held, Key):
            return flat(held.user.tags)
        if held.kind == "user":
            return flat(held.of.tags)
        return {**flat(held.of.tags), **flat(held.tags)}

    def sides(self, held: Credential) -> Sides:
        of = held.user if isinstance(held, Key) else held.of
        identity = of.own()
        if isinstance(of, User):
            for group in self.accounts[of.account].groups.values():
                if of in group.members:
                    identity = (*identity, *group.own())
        boundary = of.boundary.says if of.boundary is not None else None
        session = self._session_side(held) if isinstance(held, Session) else None
        return Sides(identity, boundary, session)

    def _session_side(self, held: Session) -> Statements | None:
        if held.inline is None and held.arns is None:
            return () if held.kind == "federated" else None
        says = held.inline or ()
        for arn in held.arns or ():
            policy = self.accounts[held.of.account].managed.get(arn.rsplit("/", 1)[-1])
            # One that is gone may have denied something.
            says = (*says, *(policy.says if policy else (Says("Deny", "everything"),)))
        return says

    def ask(
        self, held: Credential, action: str, resource: tuple[str, str, str] | None = None
    ) -> Ask:
        name = ""
        if isinstance(held, Key):
            name = held.user.name
        elif held.kind == "user":
            name = held.of.name
        issued = held.issued if isinstance(held, Session) else None
        return Ask(action, resource, name, self.tags_of(held), issued)

    def permitted(
        self, held: Credential, action: str, resource: tuple[str, str, str] | None = None
    ) -> bool:
        """Identity policies, within boundary and session policy, and never despite a Deny."""
        sides, ask = self.sides(held), self.ask(held, action, resource)
        return not sides.denied(ask) and sides.own(ask) and sides.within(ask)

    def iam_answer(
        self,
        held: Credential,
        actions: Sequence[str],
        resource: tuple[str, str, str] | None = None,
    ) -> str | None:
        """'' if the credentials may make this IAM call, otherwise the code."""
        standing = self.standing(held)
        if standing != "":
            return standing
        if isinstance(held, Session) and held.kind != "role":
            return "InvalidClientTokenId"  # no MFA
        allowed = all(self.permitted(held, f"iam:{each}", resource) for each in actions)
        return "" if allowed else "AccessDenied"

    # -- becoming a role -----------------------------------------------------------------

    def assume_answer(self, held: Credential, wish: Wish) -> str | None:
        standing = self.standing(held)
        if standing != "":
            return standing
        tags = self.tags_after(held, wish)
        if tags is None:
            return "InvalidParameterValue"
        if wish.role is None or not wish.role.alive:
            return "AccessDenied"
        session = held if isinstance(held, Session) else None
        if session is not None and session.kind == "federated":
            return "AccessDenied"
        before = session.source if session is not None else None
        if before is not None and wish.source not in (None, before):
            return "AccessDenied"
        source = before or wish.source
        needed = ["sts:AssumeRole"]
        needed += ["sts:TagSession"] if tags else []
        needed += ["sts:SetSourceIdentity"] if source else []
        if not all(self._let_in(held, wish, action, flat(tags)) for action in needed):
            return "AccessDenied"
        if session is not None and wish.seconds > 3600:
            return "ValidationError"
        return self._session_answer(wish.role, wish)

    def _session_answer(self, role: Role, wish: Wish) -> str:
        if wish.seconds > role.longest:
            return "ValidationError"
        known = {policy.arn for policy in self.accounts[role.account].managed.values()}
        return "" if set(wish.arns or ()) <= known else "InvalidParameterValue"

    def tags_after(self, held: Credential, wish: Wish) -> dict[str, tuple[str, str]] | None:
        """The tags of the new session, or None where they cannot be."""
        asked = lowered(wish.tags)
        if len(asked) != len(wish.tags) or not {k.lower() for k in wish.transitive} <= set(asked):
            return None
        handed_on = {}
        if isinstance(held, Session):
            handed_on = {k: v for k, v in held.tags.items() if k in held.transitive}
        if set(handed_on) & set(asked):
            return None
        return {**handed_on, **asked}

    def transitive_after(self, held: Credential | None, wish: Wish) -> frozenset[str]:
        before = held.transitive if isinstance(held, Session) else frozenset()
        return before | {key.lower() for key in wish.transitive}

    def _let_in(self, held: Credential, wish: Wish, action: str, tags: dict[str, str]) -> bool:
        role = wish.role
        assert role is not None
        sides = self.sides(held)
        ask = self.ask(held, action, ("role", role.path, role.name))
        caller_tags = self.tags_of(held)
        names = set()
        for trusts, meant in role.trust:
            if not self._speaks(trusts, action, wish, caller_tags, tags):
                continue
            kind = self._names(trusts.who, meant, held)
            if kind is None:
                continue
            if trusts.effect == "Deny":
                return False
            names.add(kind)
        if sides.denied(ask) or not names:
            return False
        elsewhere = role.account != self.account_of(held)
        chained = isinstance(held, Session) and held.kind == "role"
        if elsewhere or (chained and action == "sts:SetSourceIdentity"):
            return sides.own(ask) and sides.within(ask)
        if names & {"user", "session"}:
            return True
        if names & {"role", "anyone"}:
            return sides.within(ask)
        return sides.own(ask) and sides.within(ask)

    @staticmethod
    def _speaks(
        trusts: Trusts, action: str, wish: Wish, caller_tags: dict[str, str], tags: dict[str, str]
    ) -> bool:
        may = {"sts:TagSession": "tag", "sts:SetSourceIdentity": "name"}.get(action, "assume")
        return (
            may in trusts.may
            and trusts.team in (None, caller_tags.get("team"))
            and trusts.asked in (None, tags.get("team"))
            and trusts.external in (None, wish.external)
            and trusts.subject is None
        )

    def _names(self, who: Who, meant: "User | Role | None", held: Credential) -> str | None:
        """How a principal names the caller, or None if it does not."""
        if who.kind == "anyone":
            return "anyone"
        if who.kind == "account":
            return "account" if who.account == self.account_of(held) else None
        if who.kind in ("oidc", "saml") or meant is None or not meant.alive:
            return None
        of = held.user if isinstance(held, Key) else held.of
        if meant is not of:
            return None
        if who.kind == "session":
            return "session" if isinstance(held, Session) and held.name == who.session else None
        return who.kind

    # -- tokens and assertions -----------------------------------------------------------

    def federated_answer(self, kind: str, account: str, name: str, subject: str, wish: Wish) -> str:
        """A good token (`kind` oidc) or assertion (saml) of that subject, for a role."""
        tags = lowered(wish.tags)
        role = wish.role
        if len(tags) != len(wish.tags):
            return "InvalidParameterValue"
        if role is None or not role.alive or role.account != account:
            return "AccessDenied"
        needed = ["assume"] + ["tag"] * bool(tags) + ["name"] * bool(wish.source)
        for action in needed:
            says = [
                trusts.effect
                for trusts, _ in role.trust
                if action in trusts.may
                and (
                    (
                        trusts.who.kind == kind
                        and (trusts.who.account, trusts.who.name) == (account, name)
                    )
                    or (
                        trusts.effect == "Deny"
                        and trusts.who.kind == "anyone"
                        and action != "assume"
                    )
                )
                and trusts.subject in (None, subject)
                and trusts.asked in (None, flat(tags).get("team"))
                and trusts.team is None
                and trusts.external is None
            ]
            if "Deny" in says or "Allow" not in says:
                return "AccessDenied"
        return self._session_answer(role, wish)

    @staticmethod
    def provider_arn(kind: str, account: str, name: str) -> str:
        where = f"oidc-provider/{ISSUER_HOST}" if kind == "oidc" else f"saml-provider/{name}"
        return f"arn:aws:iam::{account}:{where}"

    # -- principals of trust policies ------------------------------------------------------

    def meant(self, who: Who) -> "User | Role | None":
        account = self.accounts.get(who.account)
        if account is None:
            return None
        if who.kind == "user":
            return account.users.get(who.name)
        return account.roles.get(who.name) if who.kind in ("role", "session") else None

    def principal(self, who: Who, meant: "User | Role | None") -> str:
        """What stands in the document: an ARN, or the id of somebody who is gone."""
        if meant is not None and not meant.alive:
            return meant.id
        if who.kind in ("user", "role"):
            return meant.arn if meant else f"arn:aws:iam::{who.account}:{who.kind}/{who.name}"
        if who.kind == "session":
            return f"arn:aws:sts::{who.account}:assumed-role/{who.name}/{who.session}"
        if who.kind in ("oidc", "saml"):
            return self.provider_arn(who.kind, who.account, who.name)
        return "*" if who.kind == "anyone" else f"arn:aws:iam::{who.account}:root"

"""The machine: every rule, what must hold after each step, and what is checked at the end."""

from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from tests.stateful.base import COUNTS, pick
from tests.stateful.choices import OPEN, SAYS, TRUST
from tests.stateful.model import Account, Credential, Holder, Statements, Wish
from tests.stateful.people import People
from tests.stateful.policies import Policies
from tests.stateful.roles import Roles
from tests.stateful.sessions import Sessions
from tests.stateful.vocabulary import ACCOUNTS, ADMINISTRATOR, Says, Trusts, Who, actions_of
from tests.stateful.world import OverHttp

_PROBES = ("ListUsers", "ListRoles", "GetUser", "GetRole", "buckets", "buckets", "tables")
#: Of every third session of the many.
_INLINE = (None, None, (Says("Allow", "IAM"), Says("Allow", "buckets"), Says("Deny", "keys")))


class EmbeddedAws(People, Policies, Roles, Sessions):
    """Users, roles and sessions in any order."""

    #: How many steps pass between two looks at everything of an account.
    looks_every: ClassVar[int] = 8

    @initialize(
        grants=st.lists(SAYS, min_size=2, max_size=2),
        edges=st.lists(SAYS, min_size=2, max_size=2),
        trust=st.lists(TRUST, min_size=2, max_size=2),
    )
    def begin(
        self,
        grants: list[Statements],
        edges: list[Statements],
        trust: list[tuple[Trusts, ...]],
    ) -> None:
        """Something to work with: in two accounts users with keys, providers and roles.

        One user and one session may do all that their boundary or session policy leaves them,
        and so may whoever joins the group.
        """
        everything = (Says("Allow", "everything"),)
        for account, says, edge, trusts in zip(ACCOUNTS, grants, edges, trust, strict=False):
            self.create_user(0, account, "ann", "/", ())
            self.create_key(0, account, "ann")
            ann = self.model.credentials[-1]
            self.put(0, account, ("User", "ann"), "own", (Says("Allow", "STS"), *says))
            self.create_policy(0, account, "edge", edge)
            self.create_user(0, account, "bob", "/", ())
            self.create_key(0, account, "bob")
            self.put(0, account, ("User", "bob"), "own", everything)
            self.bound(0, account, ("User", "bob"), "edge")
            self.create_group(0, account, "crew")
            self.put(0, account, ("Group", "crew"), "own", everything)
            self.create_oidc_provider(0, account, "client")
            self.create_saml_provider(0, account, "acme")
            self.create_role(0, account, "red", "/", (*OPEN, *trusts), 3600, ())
            named = (
                Trusts("Allow", Who("user", name="ann")),
                Trusts("Allow", Who("role", name="red")),
            )
            self.create_role(0, account, "blue", "/", named, 43200, ())
            self.assume_plainly(0, account, "red", "one")
            self.put(0, account, ("Role", "red"), "own", says)
            self.put(0, account, ("Role", "blue"), "own", everything)
            blue = self.model.accounts[account].roles["blue"]
            self._assume(ann, account, "blue", Wish(blue, "two", inline=edge))

    @precondition(lambda self: self.since_restart >= 12)
    @rule(place=st.one_of(st.none(), st.integers(0, 1 << 20)))
    def restart(self, place: int | None) -> None:
        self.since_restart = 0
        before = [self.look(account) for account in ACCOUNTS]
        self.world.restart(tampered=place)
        COUNTS["restarts"] += 1
        after = [self.picture(account) for account in ACCOUNTS]
        self.check(before == after, f"not the same after a restart: {before} {after}")
        for held in self.model.credentials:
            self.check_identity(held)

    # -- after every step --------------------------------------------------------------------------

    @invariant()
    def credentials_tell_the_truth(self) -> None:
        """Two at a time: who they are, or that they are nobody any more."""
        COUNTS["steps"] += 1
        self.since_restart += 1
        number = next(self.turn)
        held = self.model.credentials
        for each in held[-1:] + ([pick(held, number)] if held else []):
            self.check_identity(each)
            self.probe(each, _PROBES[number % len(_PROBES)], number)
        if number % self.looks_every == 0:
            self.look(pick(ACCOUNTS, number // self.looks_every))

    @invariant()
    def whoever_may_becomes_a_role(self) -> None:
        """One more of the many pairs of credentials and roles."""
        number = next(self.pairs)
        roles = self.roles()
        if not roles or not self.model.credentials:
            return
        held, role = self.some_credential(number), pick(roles, number // 3)
        wish = Wish(
            role,
            pick(["one", "two"], number // 2),
            tags=pick([(), (("team", "red"),), (("shift", "day"),)], number),
            transitive=pick([(), ("team",), ("shift",)], number) if number % 2 else (),
            source=pick([None, None, "ann-s"], number // 5),
            external=pick(["secret-word", None], number // 7),
            seconds=pick([3600, 900, 3601], number // 6),
            inline=pick(_INLINE, number // 4),
        )
        self._assume(held, role.account, role.name, wish)

    def at_the_end(self) -> None:
        self.restart(None)
        for held in self.model.credentials:
            for number, probe in enumerate(sorted(set(_PROBES))):
                self.probe(held, probe, number)

    def check_identity(self, held: Credential) -> None:
        expected = self.model.standing(held)
        answer = self.world.wire.call("sts", "GetCallerIdentity", {}, held)
        if self.expect(answer, expected, f"GetCallerIdentity by {self.named(held)}"):
            told = answer.result
            found = (told["Account"], told["Arn"], told["UserId"])
            true = self.model.whoami(held)
            self.check(found == true, f"GetCallerIdentity told {found}, the truth is {true}")

    def probe(self, held: Credential, what: str, number: int) -> None:
        """One call that shows what somebody may do, and that it shows his own account only."""
        account = self.model.accounts[self.model.account_of(held)]
        if what == "buckets":
            self._probe_service(held, "s3", "s3:ListAllMyBuckets", sorted(account.buckets))
        elif what == "tables":
            self._probe_service(held, "dynamodb", "dynamodb:ListTables", [])
        elif what == "GetUser":
            name = pick(["ann", "bob"], number)
            user = account.users.get(name)
            path = user.path if user is not None else "/"
            own = "" if user is not None else "NoSuchEntity"
            resource = ("user", path, name)
            told = self.iam(held, what, {"UserName": name}, own, resource=resource)
            if told is not None and user is not None:
                self.check(told["User"]["UserId"] == user.id, f"GetUser told {told}")
        elif what == "GetRole":
            name = pick(["red", "blue"], number)
            role = account.roles.get(name)
            own = "" if role is not None else "NoSuchEntity"
            told = self.iam(held, what, {"RoleName": name}, own)
            if told is not None and role is not None:
                self.check(told["Role"]["RoleId"] == role.id, f"GetRole told {told}")
        else:
            told = self.iam(held, what, {})
            if told is not None:
                self._check_list(what, told, account)

    def _probe_service(self, held: Credential, service: str, action: str, holds: list[str]) -> None:
        expected = self.model.standing(held)
        if expected == "":
            expected = "" if self.model.permitted(held, action) else "AccessDenied"
        wire = self.world.wire
        answer = wire.buckets(held) if service == "s3" else wire.tables(held)
        told = f"{action} by {self.named(held)}"
        if self.expect(answer, self.code_of(held, expected, service), told):
            self.check(sorted(answer.result or []) == holds, f"{told}: {answer.result}, {holds}")

    def _check_list(self, what: str, told: Any, account: Account) -> None:
        if what == "ListUsers":
            found = {(u["UserName"], u["UserId"], u["Arn"]) for u in told["Users"]}
            admin = self.model.administrators[account.number].user
            true = {(u.name, u.id, u.arn) for u in [*account.users.values(), admin]}
        else:
            found = {(r["RoleName"], r["RoleId"], r["Arn"]) for r in told["Roles"] or ()}
            true = {(r.name, r.id, r.arn) for r in account.roles.values()}
        self.check(found == true, f"{what} in {account.number}: {found}, the truth is {true}")

    # -- everything that an account holds ----------------------------------------------------------

    def look(self, number: str) -> dict[str, Any]:
        """What the account's administrator sees, held against the model."""
        found, true = self.picture(number), self.truth(number)
        for part in true:
            self.check(found[part] == true[part], f"{part}: {found[part]}, not {true[part]}")
        return found

    def picture(self, number: str) -> dict[str, Any]:
        """What an account holds, as its administrator sees it."""
        ask = self._asking(number)
        users = [u["UserName"] for u in ask("ListUsers")["Users"] if u["UserName"] != ADMINISTRATOR]
        roles = [r["RoleName"] for r in ask("ListRoles")["Roles"] or ()]
        groups = [g["GroupName"] for g in ask("ListGroups")["Groups"] or ()]
        policies = ask("ListPolicies", Scope="Local")["Policies"] or ()
        return {
            "users": {n: self._user(ask, n) for n in users},
            "roles": {n: self._role(ask, n) for n in roles},
            "groups": {n: self._group(ask, n) for n in groups},
            "policies": {p["PolicyName"]: self._policy(ask, p["Arn"]) for p in policies},
            "OIDC": len(ask("ListOpenIDConnectProviders")["OpenIDConnectProviderList"] or ()),
            "SAML": len(ask("ListSAMLProviders")["SAMLProviderList"] or ()),
        }

    def truth(self, number: str) -> dict[str, Any]:
        account = self.model.accounts[number]
        return {
            "users": {
                name: {
                    **_holder(user),
                    "id": user.id,
                    "keys": sorted((k.id, k.active) for k in user.keys),
                    "boundary": user.boundary.arn if user.boundary else None,
                    "tags": sorted(user.tags.values()),
                }
                for name, user in account.users.items()
            },
            "roles": {
                name: {
                    **_holder(role),
                    "id": role.id,
                    "boundary": role.boundary.arn if role.boundary else None,
                    "tags": sorted(role.tags.values()),
                    "longest": role.longest,
                    "trust": [
                        (t.effect, self.model.principal(t.who, meant), actions_of(t))
                        for t, meant in role.trust
                    ],
                }
                for name, role in account.roles.items()
            },
            "groups": {
                name: {**_holder(group), "members": sorted(u.name for u in group.members)}
                for name, group in account.groups.items()
            },
            "policies": {
                name: {"default": policy.default, "versions": sorted(policy.versions)}
                for name, policy in account.managed.items()
            },
            "OIDC": int(account.oidc is not None),
            "SAML": len(account.saml),
        }

    def _asking(self, number: str) -> Callable[..., Any]:
        admin = self.model.administrators[number]

        def ask(action: str, **params: Any) -> Any:
            answer = self.world.wire.call("iam", action, params, admin)
            self.check(answer.code == "", f"{action} {params}: {answer}")
            return answer.result

        return ask

    def _user(self, ask: Callable[..., Any], name: str) -> dict[str, Any]:
        told = ask("GetUser", UserName=name)["User"]
        keys = ask("ListAccessKeys", UserName=name)["AccessKeyMetadata"] or ()
        return {
            **self._carried(ask, "User", name),
            "id": told["UserId"],
            "keys": sorted((k["AccessKeyId"], k["Status"] == "Active") for k in keys),
            "boundary": (told.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "tags": _tags(ask("ListUserTags", UserName=name)),
        }

    def _role(self, ask: Callable[..., Any], name: str) -> dict[str, Any]:
        told = ask("GetRole", RoleName=name)["Role"]
        statements = told["AssumeRolePolicyDocument"]["Statement"]
        return {
            **self._carried(ask, "Role", name),
            "id": told["RoleId"],
            "boundary": (told.get("PermissionsBoundary") or {}).get("PermissionsBoundaryArn"),
            "tags": _tags(ask("ListRoleTags", RoleName=name)),
            "longest": int(told["MaxSessionDuration"]),
            "trust": [(s["Effect"], _principal(s["Principal"]), s["Action"]) for s in statements],
        }

    def _group(self, ask: Callable[..., Any], name: str) -> dict[str, Any]:
        users = ask("GetGroup", GroupName=name)["Users"] or ()
        members = sorted(user["UserName"] for user in users)
        return {**self._carried(ask, "Group", name), "members": members}

    def _policy(self, ask: Callable[..., Any], arn: str) -> dict[str, Any]:
        told = ask("GetPolicy", PolicyArn=arn)["Policy"]
        versions = ask("ListPolicyVersions", PolicyArn=arn)["Versions"]
        return {
            "default": told["DefaultVersionId"],
            "versions": sorted(version["VersionId"] for version in versions),
        }

    def _carried(self, ask: Callable[..., Any], kind: str, name: str) -> dict[str, Any]:
        given = {f"{kind}Name": name}
        attached = ask(f"ListAttached{kind}Policies", **given)["AttachedPolicies"] or ()
        return {
            "inline": sorted(ask(f"List{kind}Policies", **given)["PolicyNames"] or ()),
            "attached": sorted(each["PolicyArn"] for each in attached),
        }


class OverHttpMachine(EmbeddedAws):
    """The same by boto3, over HTTP."""

    make_world = OverHttp


def _holder(holder: Holder) -> dict[str, Any]:
    return {
        "inline": sorted(holder.inline),
        "attached": sorted(policy.arn for policy in holder.attached),
    }


def _tags(told: Any) -> list[tuple[str, str]]:
    return sorted((tag["Key"], tag["Value"]) for tag in told["Tags"] or ())


def _principal(told: Any) -> str:
    if isinstance(told, str):
        return told
    return str(told.get("AWS") or told.get("Federated"))

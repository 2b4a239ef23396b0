"""Rules of roles, their trust policies, and identity providers."""

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.stateful.base import Base, tag_list
from tests.stateful.choices import ACCOUNT, BY, LONGEST, PATHS, ROLES, TAGS, TRUST
from tests.stateful.model import Account, Role, Saved, User, lowered
from tests.stateful.vocabulary import ISSUER_HOST, Trusts, trust_document
from tests.stateful.world import IDPS

Tags = tuple[tuple[str, str], ...]
CLIENT = st.sampled_from(["client", "other"])
IDP = st.sampled_from(sorted(IDPS))


class Roles(Base):
    """Roles come, go and come back, and trust whom they trust when that is saved."""

    @rule(by=BY, where=ACCOUNT, name=ROLES, path=PATHS, trust=TRUST, longest=LONGEST, tags=TAGS)
    def create_role(
        self,
        by: int,
        where: str,
        name: str,
        path: str,
        trust: tuple[Trusts, ...],
        longest: int,
        tags: Tags,
    ) -> None:
        held, account = self.actor(by, where)
        saved, text, own = self._saved(account, trust)
        if own == "" and name in account.roles:
            own = "EntityAlreadyExists"
        params: dict[str, Any] = {
            "RoleName": name,
            "Path": path,
            "AssumeRolePolicyDocument": text,
            "MaxSessionDuration": longest,
        }
        if tags:
            params["Tags"] = tag_list(tags)
        made = self.iam(held, "CreateRole", params, own, also=["TagRole"] if tags else [])
        if made is not None:
            role = Role(account.number, name, path, made["Role"]["RoleId"], tags=lowered(tags))
            role.trust, role.longest = saved, longest
            self.check(made["Role"]["Arn"] == role.arn, f"CreateRole told {made['Role']['Arn']}")
            account.roles[name] = role

    def _saved(
        self, account: Account, trust: tuple[Trusts, ...]
    ) -> tuple[tuple[Saved, ...], str, str]:
        """The statements with whom they mean now, their document, and IAM's objection."""
        placed = [
            replace(t, who=replace(t.who, account=t.who.account or account.number)) for t in trust
        ]
        saved = tuple((each, self.model.meant(each.who)) for each in placed)
        # Those who do not exist are left out, unless nobody else is left.
        saved = tuple(each for each in saved if _exists(*each)) or saved
        named = [(each, self.model.principal(each.who, meant)) for each, meant in saved]
        missing = not all(_exists(*each) for each in saved)
        return saved, trust_document(named), "MalformedPolicyDocument" if missing else ""

    @rule(by=BY, where=ACCOUNT, name=ROLES, trust=TRUST)
    def update_trust(self, by: int, where: str, name: str, trust: tuple[Trusts, ...]) -> None:
        held, account = self.actor(by, where)
        saved, text, own = self._saved(account, trust)
        role = account.roles.get(name)
        params = {"RoleName": name, "PolicyDocument": text}
        own = own if role is not None else "NoSuchEntity"
        done = self.iam(held, "UpdateAssumeRolePolicy", params, own)
        if done is not None and role is not None:
            role.trust = saved

    @rule(where=ACCOUNT, name=ROLES)
    def save_trust_again(self, where: str, name: str) -> None:
        """The same statements once more: now they mean who bears the names today."""
        admin, account = self.actor(0, where)
        role = account.roles.get(name)
        if role is None:
            return
        saved, text, own = self._saved(account, tuple(trusts for trusts, _ in role.trust))
        params = {"RoleName": name, "PolicyDocument": text}
        if self.iam(admin, "UpdateAssumeRolePolicy", params, own) is not None:
            role.trust = saved

    @rule(by=BY, where=ACCOUNT, name=ROLES, longest=LONGEST)
    def update_role(self, by: int, where: str, name: str, longest: int) -> None:
        held, account = self.actor(by, where)
        role = account.roles.get(name)
        params = {"RoleName": name, "MaxSessionDuration": longest}
        own = "" if role is not None else "NoSuchEntity"
        if self.iam(held, "UpdateRole", params, own) is not None and role is not None:
            role.longest = longest

    @rule(by=BY, where=ACCOUNT, name=ROLES, tags=TAGS)
    def tag_role(self, by: int, where: str, name: str, tags: Tags) -> None:
        held, account = self.actor(by, where)
        role = account.roles.get(name)
        own = "" if role is not None else "NoSuchEntity"
        if not tags:
            done = self.iam(held, "UntagRole", {"RoleName": name, "TagKeys": ["TEAM"]}, own)
        else:
            given = {"RoleName": name, "Tags": tag_list(tags)}
            done = self.iam(held, "TagRole", given, own)
        if done is not None and role is not None:
            role.tags.update(lowered(tags))
            if not tags:
                role.tags.pop("team", None)

    @rule(by=BY, where=ACCOUNT, name=ROLES)
    def delete_role(self, by: int, where: str, name: str) -> None:
        held, account = self.actor(by, where)
        self._delete_role(held, account, name)

    @rule(where=ACCOUNT, name=ROLES, again=st.booleans())
    def clear_and_delete_role(self, where: str, name: str, again: bool) -> None:
        roles = [role for each in self.model.accounts.values() for role in each.roles.values()]
        if not roles:
            return
        role = min(roles, key=lambda each: (each.account != where, each.name != name))
        where, name = role.account, role.name
        admin, account = self.actor(0, where)
        for policy in list(role.inline):
            self.iam(admin, "DeleteRolePolicy", {"RoleName": name, "PolicyName": policy})
            del role.inline[policy]
        for managed in list(role.attached):
            self.iam(admin, "DetachRolePolicy", {"RoleName": name, "PolicyArn": managed.arn})
            role.attached.discard(managed)
        self._delete_role(admin, account, name)
        if again:
            trust = tuple(trusts for trusts, _ in role.trust)
            self.create_role(0, where, name, role.path, trust, role.longest, ())

    def _delete_role(self, held: Any, account: Account, name: str) -> None:
        role = account.roles.get(name)
        own = "NoSuchEntity"
        if role is not None:
            own = "DeleteConflict" if role.inline or role.attached else ""
        if self.iam(held, "DeleteRole", {"RoleName": name}, own) is not None:
            gone = account.roles.pop(name)
            gone.alive = False

    # -- identity providers ----------------------------------------------------------------------

    @rule(by=BY, where=ACCOUNT, client=CLIENT)
    def create_oidc_provider(self, by: int, where: str, client: str) -> None:
        held, account = self.actor(by, where)
        params = {"Url": f"https://{ISSUER_HOST}", "ClientIDList": [client]}
        own = "EntityAlreadyExists" if account.oidc is not None else ""
        if self.iam(held, "CreateOpenIDConnectProvider", params, own) is not None:
            account.oidc = {client}

    @rule(by=BY, where=ACCOUNT)
    def delete_oidc_provider(self, by: int, where: str) -> None:
        held, account = self.actor(by, where)
        arn = self.model.provider_arn("oidc", account.number, "")
        own = "" if account.oidc is not None else "NoSuchEntity"
        params = {"OpenIDConnectProviderArn": arn}
        if self.iam(held, "DeleteOpenIDConnectProvider", params, own) is not None:
            account.oidc = None

    @rule(by=BY, where=ACCOUNT, client=CLIENT, add=st.booleans())
    def change_clients(self, by: int, where: str, client: str, add: bool) -> None:
        held, account = self.actor(by, where)
        arn = self.model.provider_arn("oidc", account.number, "")
        own = "" if account.oidc is not None else "NoSuchEntity"
        action = "AddClientIDToOpenIDConnectProvider"
        if not add:
            action = "RemoveClientIDFromOpenIDConnectProvider"
        params = {"OpenIDConnectProviderArn": arn, "ClientID": client}
        done = self.iam(held, action, params, own)
        if done is not None and account.oidc is not None:
            account.oidc = account.oidc | {client} if add else account.oidc - {client}

    @rule(by=BY, where=ACCOUNT, idp=IDP)
    def create_saml_provider(self, by: int, where: str, idp: str) -> None:
        held, account = self.actor(by, where)
        params = {"Name": "sso", "SAMLMetadataDocument": metadata(idp)}
        own = "EntityAlreadyExists" if "sso" in account.saml else ""
        if self.iam(held, "CreateSAMLProvider", params, own) is not None:
            account.saml["sso"] = idp

    @rule(by=BY, where=ACCOUNT, idp=st.one_of(st.none(), IDP))
    def change_saml_provider(self, by: int, where: str, idp: str | None) -> None:
        """Other metadata, or none: the provider is deleted."""
        held, account = self.actor(by, where)
        params = {"SAMLProviderArn": self.model.provider_arn("saml", account.number, "sso")}
        own = "" if "sso" in account.saml else "NoSuchEntity"
        if idp is None:
            if self.iam(held, "DeleteSAMLProvider", params, own) is not None:
                del account.saml["sso"]
            return
        params["SAMLMetadataDocument"] = metadata(idp)
        if self.iam(held, "UpdateSAMLProvider", params, own) is not None:
            account.saml["sso"] = idp


def _exists(trusts: Trusts, meant: User | Role | None) -> bool:
    return trusts.who.kind not in ("user", "role", "session") or meant is not None


_METADATA: dict[str, str] = {}


def metadata(idp: str) -> str:
    return _METADATA.setdefault(idp, IDPS[idp].metadata())

"""Rules of STS: sessions of every kind, and the time that ends them."""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.stateful.base import COUNTS, Base, moment, pick, tag_list
from tests.stateful.choices import (
    ACCOUNT,
    ANY,
    BY,
    EXTERNAL,
    ODD_TAGS,
    PASSING,
    ROLES,
    SECONDS,
    SESSION_ARNS,
    SESSION_NAMES,
    SESSION_SAYS,
    SOURCES,
    SUBJECT,
    TAGS,
    TRANSITIVE,
)
from tests.stateful.model import Credential, Key, Role, Session, Statements, Wish, lowered
from tests.stateful.roles import CLIENT, IDP
from tests.stateful.vocabulary import document

Tags = tuple[tuple[str, str], ...]
_CLAIMS = "https://aws.amazon.com"


class Sessions(Base):
    """Whoever is let in gets a session, and nobody else."""

    @precondition(lambda self: self.model.credentials)
    @rule(
        by=st.integers(0, 40),
        where=ACCOUNT,
        name=ROLES,
        session=SESSION_NAMES,
        tags=ODD_TAGS,
        transitive=TRANSITIVE,
        source=SOURCES,
        external=EXTERNAL,
        seconds=SECONDS,
        inline=SESSION_SAYS,
        policies=SESSION_ARNS,
    )
    def assume(
        self,
        by: int,
        where: str,
        name: str,
        session: str,
        tags: Tags,
        transitive: tuple[str, ...],
        source: str | None,
        external: str | None,
        seconds: int,
        inline: Statements | None,
        policies: tuple[str, ...] | None,
    ) -> None:
        held, _ = self.actor(by, where)
        where, name = self._target(by, where, name)
        role = self.model.accounts[where].roles.get(name)
        if by % 5:  # tag keys that are not there are refused, whatever else is asked for
            transitive = tuple(k for k in transitive if k in lowered(tags))
            known = self.model.accounts[where].managed
            policies = tuple(p for p in policies or () if p in known) or None
        wish = Wish(
            role, session, tags, transitive, source, external, seconds, inline,
            self._arns(where, policies),
        )  # fmt: skip
        self._assume(held, where, name, wish)

    @precondition(lambda self: self.model.credentials)
    @rule(by=ANY, where=ACCOUNT, name=ROLES, session=SESSION_NAMES)
    def assume_plainly(self, by: int, where: str, name: str, session: str) -> None:
        """Without anything but a name: what is admitted most often."""
        held, _ = self.actor(by + 1, where)
        where, name = self._target(by, where, name)
        role = self.model.accounts[where].roles.get(name)
        self._assume(held, where, name, Wish(role, session, external="secret-word"))

    def _target(self, by: int, where: str, name: str) -> tuple[str, str]:
        """A role that exists, if there is any and unless `by` says to try another."""
        roles = self.roles()
        if not roles or by % 7 == 6:
            return where, name
        role = pick(sorted(roles, key=lambda r: (r.account != where, r.name != name)), by // 7)
        return role.account, role.name

    def roles(self) -> list[Role]:
        return [role for each in self.model.accounts.values() for role in each.roles.values()]

    def _assume(self, held: Credential, where: str, name: str, wish: Wish) -> None:
        arn = wish.role.arn if wish.role else f"arn:aws:iam::{where}:role/{name}"
        params = {"RoleArn": arn, **self._wished(wish)}
        if wish.external is not None:
            params["ExternalId"] = wish.external
        if wish.tags:
            params["Tags"] = tag_list(wish.tags)
        if wish.transitive:
            params["TransitiveTagKeys"] = list(wish.transitive)
        if wish.source is not None:
            params["SourceIdentity"] = wish.source
        expected = self.model.assume_answer(held, wish)
        answer = self.world.wire.call("sts", "AssumeRole", params, held)
        told = f"AssumeRole {params} by {self.named(held)}"
        if not self.expect(answer, expected, told):
            return
        tags = self.model.tags_after(held, wish)
        assert wish.role is not None
        assert tags is not None
        before = held.source if isinstance(held, Session) else None
        self._session(
            wish.role,
            wish,
            answer.result,
            tags,
            self.model.transitive_after(held, wish),
            before or wish.source,
        )

    @staticmethod
    def _arns(where: str, policies: tuple[str, ...] | None) -> tuple[str, ...] | None:
        if policies is None:
            return None
        return tuple(f"arn:aws:iam::{where}:policy/{each}" for each in policies)

    @staticmethod
    def _wished(wish: Wish) -> dict[str, Any]:
        found: dict[str, Any] = {
            "RoleSessionName": wish.session_name,
            "DurationSeconds": wish.seconds,
            **_policies(wish.inline, wish.arns),
        }
        return found

    def _session(
        self,
        role: Role,
        wish: Wish,
        told: Any,
        tags: dict[str, tuple[str, str]],
        transitive: frozenset[str],
        source: str | None,
    ) -> None:
        """Keep what was handed out, and hold the answer against what was asked for."""
        made = self._keep("role", role, wish.session_name, told, wish.seconds)
        made.tags, made.transitive, made.source = tags, transitive, source
        made.inline, made.arns = wish.inline, wish.arns
        _, arn, unique_id = self.model.whoami(made)
        user = told["AssumedRoleUser"]
        self.check(user["Arn"] == arn, f"AssumedRoleUser {user}, not {arn}")
        self.check(user["AssumedRoleId"] == unique_id, f"AssumedRoleUser {user}, not {unique_id}")
        self.check(
            (told.get("SourceIdentity") or None) == source,
            f"source identity {told.get('SourceIdentity')}, not {source}",
        )

    def _keep(self, kind: str, of: Any, name: str, told: Any, seconds: int) -> Session:
        given = told["Credentials"]
        expires = moment(given["Expiration"])
        lasts = expires - self.model.now()
        slack = max(self.world.margin, timedelta(seconds=0))
        right = abs(lasts - timedelta(seconds=seconds)) <= slack
        self.check(right, f"lasts {lasts}, not {seconds} s")
        made = Session(
            kind,
            of,
            name,
            given["AccessKeyId"],
            given["SecretAccessKey"],
            given["SessionToken"],
            issued=expires - timedelta(seconds=seconds),
            expires=expires,
        )
        self.model.credentials.append(made)
        COUNTS[f"sessions {kind}"] += 1
        return made

    # -- of users --------------------------------------------------------------------------------

    @precondition(lambda self: self.model.credentials)
    @rule(by=ANY, seconds=SECONDS)
    def get_session_token(self, by: int, seconds: int) -> None:
        held = self._user_key(by)
        expected = self.model.standing(held)
        if expected == "" and isinstance(held, Session):
            expected = "AccessDenied"
        answer = self.world.wire.call("sts", "GetSessionToken", {"DurationSeconds": seconds}, held)
        if self.expect(answer, expected, f"GetSessionToken by {self.named(held)}"):
            assert isinstance(held, Key)
            self._keep("user", held.user, "", answer.result, seconds)

    @precondition(lambda self: self.model.credentials)
    @rule(
        by=ANY,
        name=SESSION_NAMES,
        tags=ODD_TAGS,
        inline=SESSION_SAYS,
        policies=SESSION_ARNS,
        seconds=SECONDS,
    )
    def get_federation_token(
        self,
        by: int,
        name: str,
        tags: Tags,
        inline: Statements | None,
        policies: tuple[str, ...] | None,
        seconds: int,
    ) -> None:
        held = self._user_key(by)
        account = self.model.accounts[self.model.account_of(held)]
        if by % 5:
            policies = tuple(p for p in policies or () if p in account.managed) or None
        arns = self._arns(account.number, policies)
        expected = self.model.standing(held)
        if expected == "":
            expected = self._federation_answer(held, tags, arns, set(account.managed))
        params = {"Name": name, "DurationSeconds": seconds, **_policies(inline, arns)}
        if tags:
            params["Tags"] = tag_list(tags)
        answer = self.world.wire.call("sts", "GetFederationToken", params, held)
        if self.expect(answer, expected, f"GetFederationToken {params} by {self.named(held)}"):
            assert isinstance(held, Key)
            made = self._keep("federated", held.user, name, answer.result, seconds)
            made.tags, made.inline, made.arns = lowered(tags), inline, arns

    def _user_key(self, by: int) -> Credential:
        """Mostly a key, for nobody else may ask."""
        keys = [each for each in self.model.credentials if isinstance(each, Key) and each.alive]
        return pick(keys, by) if keys and by % 3 else self.some_credential(by)

    def _federation_answer(
        self, held: Credential, tags: Tags, arns: tuple[str, ...] | None, known: set[str]
    ) -> str:
        if isinstance(held, Session):
            return "AccessDenied"
        if len(lowered(tags)) != len(tags):
            return "InvalidParameterValue"
        needed = ["sts:GetFederationToken"] + ["sts:TagSession"] * bool(tags)
        if not all(self.model.permitted(held, each) for each in needed):
            return "AccessDenied"
        names = {arn.rsplit("/", 1)[-1] for arn in arns or ()}
        return "" if names <= known else "InvalidParameterValue"

    # -- of strangers with a proof ---------------------------------------------------------------

    @rule(
        where=ACCOUNT,
        name=ROLES,
        client=CLIENT,
        subject=SUBJECT,
        tags=TAGS,
        transitive=TRANSITIVE,
        source=SOURCES,
        seconds=SECONDS,
        inline=SESSION_SAYS,
        good=st.sampled_from([True, True, True, False]),
    )
    def web_identity(
        self,
        where: str,
        name: str,
        client: str,
        subject: str,
        tags: Tags,
        transitive: tuple[str, ...],
        source: str | None,
        seconds: int,
        inline: Statements | None,
        good: bool,
    ) -> None:
        if good:
            where, name = self._target(0, where, name)
        account = self.model.accounts[where]
        role = account.roles.get(name)
        kept = tuple(k for k in transitive if any(k == key.lower() for key, _ in tags))
        wish = Wish(role, "one", tags, kept, source, None, seconds, inline)
        claims: dict[str, Any] = {}
        if tags:
            claims[f"{_CLAIMS}/tags"] = {
                "principal_tags": {key: [value] for key, value in tags},
                "transitive_tag_keys": list(kept),
            }
        if source is not None:
            claims[f"{_CLAIMS}/source_identity"] = source
        token = self.world.token(client, subject, claims)
        if not good:
            head, payload, signature = token.split(".")
            token = f"{head}.{payload}.{signature[::-1]}"
        expected = "InvalidIdentityToken"
        if good and account.oidc is not None and client in account.oidc:
            expected = self.model.federated_answer("oidc", where, "", subject, wish)
        arn = role.arn if role else f"arn:aws:iam::{where}:role/{name}"
        params = {"RoleArn": arn, "WebIdentityToken": token, **self._wished(wish)}
        answer = self.world.wire.call("sts", "AssumeRoleWithWebIdentity", params, None)
        del params["WebIdentityToken"]
        told = f"AssumeRoleWithWebIdentity {params} {client} {subject} {claims}"
        self._federated(answer, expected, told, wish)

    @rule(
        where=ACCOUNT,
        name=ROLES,
        idp=IDP,
        of=st.one_of(st.none(), ACCOUNT),
        subject=SUBJECT,
        tags=TAGS,
        source=SOURCES,
        seconds=SECONDS,
    )
    def saml(
        self,
        where: str,
        name: str,
        idp: str,
        of: str | None,
        subject: str,
        tags: Tags,
        source: str | None,
        seconds: int,
    ) -> None:
        """An assertion of one of two identity providers with the same name; `of`: whose."""
        if of is None:
            where, name = self._target(0, where, name)
        number = of or where
        role = self.model.accounts[where].roles.get(name)
        wish = Wish(role, "one", tags, (), source, None, seconds)
        arn = role.arn if role else f"arn:aws:iam::{where}:role/{name}"
        provider = self.model.provider_arn("saml", number, "sso")
        expected = "InvalidIdentityToken"
        if self.model.accounts[number].saml.get("sso") == idp:
            expected = self.model.federated_answer("saml", number, "sso", subject, wish)
        assertion = self.world.assertion(
            idp,
            arn,
            provider,
            subject=subject,
            session_name="one",
            tags=dict(tags),
            source_identity=source,
        )
        params = {"RoleArn": arn, "PrincipalArn": provider, "DurationSeconds": seconds}
        told = f"AssumeRoleWithSAML {params} {idp} {subject} {tags} {source}"
        sent = {**params, "SAMLAssertion": assertion}
        answer = self.world.wire.call("sts", "AssumeRoleWithSAML", sent, None)
        self._federated(answer, expected, told, wish)

    def _federated(self, answer: Any, expected: str, told: str, wish: Wish) -> None:
        if not self.expect(answer, expected, told):
            return
        assert wish.role is not None
        transitive = self.model.transitive_after(None, wish)
        tags = lowered(wish.tags)
        self._session(wish.role, wish, answer.result, tags, transitive, wish.source)

    # -- time --------------------------------------------------------------------------------------

    @rule(seconds=PASSING)
    def time_passes(self, seconds: int) -> None:
        self.world.pass_time(seconds)

    @rule(by=BY, where=ACCOUNT, number=st.integers(1, 2))
    def make_bucket(self, by: int, where: str, number: int) -> None:
        held, account = self.actor(by, where)
        name = f"bucket-{account.number}-{number}"
        if name in account.buckets:
            return
        expected = self.model.standing(held)
        if expected == "":
            expected = "" if self.model.permitted(held, "s3:CreateBucket") else "AccessDenied"
        answer = self.world.wire.make_bucket(held, name)
        expected = self.code_of(held, expected, "s3")
        if self.expect(answer, expected, f"CreateBucket {name} by {self.named(held)}"):
            account.buckets.add(name)


def _policies(inline: Statements | None, arns: tuple[str, ...] | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if inline is not None:
        found["Policy"] = document(inline)
    if arns is not None:
        found["PolicyArns"] = [{"arn": arn} for arn in arns]
    return found

"""Faults to plant into the embedded AWS: each is one that the machine must find.

Whoever changes the machine or its model runs them (`make stateful PLANTED=1`): a machine that
finds nothing any more would be green as well.
"""

import hmac
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from rolecall.local import authenticate, persistence
from rolecall.local.directory import CallerPolicies, Directory
from rolecall.local.front import Handlers
from rolecall.local.iam import principal_ids, saml_providers
from rolecall.local.oidc import identity, providers
from rolecall.local.sts import role_session, session_tags
from rolecall.policy import Authorizer
from rolecall.policy import request as requests
from tests.stateful.vocabulary import ACCOUNTS

Patch = pytest.MonkeyPatch
PLANTED: dict[str, Callable[[Patch], None]] = {}


def planted(fault: Callable[[Patch], None]) -> Callable[[Patch], None]:
    PLANTED[fault.__name__.replace("_", " ")] = fault
    return fault


@planted
def sessions_outlive_their_role(patch: Patch) -> None:
    patch.setattr(Directory, "session_alive", lambda _self, _grant: True)


@planted
def sessions_come_back_with_the_name(patch: Patch) -> None:
    def alive(self: Directory, grant: Any) -> bool:
        if grant.kind == "assumed-role":
            return self.role(grant.role_arn) is not None
        return self.user(grant.account, grant.user_name) is not None

    patch.setattr(Directory, "session_alive", alive)


@planted
def whoever_bears_the_name_is_trusted(patch: Patch) -> None:
    patch.setattr(principal_ids, "_rewrite", lambda *_: None)
    patch.setattr(
        Directory, "unique_id", lambda _self, arn: None if "nobody" in arn else "somebody"
    )


@planted
def a_deleted_principal_is_shown_by_name(patch: Patch) -> None:
    patch.setattr(principal_ids, "principal_changed", lambda *_: None)


@planted
def trust_is_not_kept(patch: Patch) -> None:
    decode = persistence.decode

    def forgetful(content: bytes) -> Any:
        records = decode(content)
        records.pop("trust_principals", None)
        return records

    patch.setattr(persistence, "decode", forgetful)


@planted
def boundaries_do_not_count(patch: Patch) -> None:
    patch.setattr(Directory, "_boundary", lambda *_: None)


@planted
def session_policies_do_not_count(patch: Patch) -> None:
    patch.setattr(Directory, "_session_policies", lambda *_: None)


@planted
def a_deny_does_not_count(patch: Patch) -> None:
    begin = Authorizer.__init__

    def deaf(self: Authorizer, **sides: Any) -> None:
        begin(self, **sides)
        self._denies = ()

    patch.setattr(Authorizer, "__init__", deaf)


@planted
def sessions_do_not_expire(patch: Patch) -> None:
    patch.setattr(authenticate, "_check_not_expired", lambda *_: None)


@planted
def sessions_last_a_second_longer(patch: Patch) -> None:
    check = authenticate._check_not_expired

    def late(call: Any, cloud: Any, grant: Any) -> None:
        if cloud.now() != grant.expires_at:
            check(call, cloud, grant)

    patch.setattr(authenticate, "_check_not_expired", late)


@planted
def inactive_keys_work(patch: Patch) -> None:
    found = Directory._key_in

    def active(self: Directory, account: str, key_id: str) -> Any:
        key = found(self, account, key_id)
        return key and replace(key, active=True)

    patch.setattr(Directory, "_key_in", active)


@planted
def revocation_waits(patch: Patch) -> None:
    fresh = Directory._user_policies

    @cache
    def remembered(account: str, name: str, _day: int) -> CallerPolicies:
        return fresh(Directory(), account, name)

    patch.setattr(Directory, "_user_policies", lambda _self, a, n: remembered(a, n, id(patch)))


@planted
def all_groups_count(patch: Patch) -> None:
    from moto.iam.models import iam_backends

    found = Directory._user_policies

    def with_groups(self: Directory, account: str, name: str) -> CallerPolicies:
        backend = iam_backends[account]["aws"]
        user = backend.users.get(name)
        held = [(group, list(group.users)) for group in backend.groups.values()]
        for group, _ in held:
            group.users = [*group.users, *([user] if user else [])]
        try:
            return found(self, account, name)
        finally:
            for group, users in held:
                group.users = users

    patch.setattr(Directory, "_user_policies", with_groups)


@planted
def accounts_mix(patch: Patch) -> None:
    load = Handlers.load

    def mixed() -> Handlers:
        return replace(
            load(),
            acting_account=lambda call, who: (
                ACCOUNTS[0] if call.action == "ListRoles" else who.account if who else None
            ),
        )

    patch.setattr(Handlers, "load", mixed)


@planted
def one_side_is_enough_between_accounts(patch: Patch) -> None:
    build = requests.Request.build.__func__  # type: ignore[attr-defined]

    def near(cls: Any, action: str, resource: str, caller: Any, *rest: Any, **more: Any) -> Any:
        if action.startswith("sts:"):
            more["resource_account"] = caller.account
        return build(cls, action, resource, caller, *rest, **more)

    patch.setattr(requests.Request, "build", classmethod(near))


@planted
def transitive_tags_are_lost(patch: Patch) -> None:
    combine = session_tags.combine
    patch.setattr(session_tags, "combine", lambda tags, keys, _calling: combine(tags, keys, None))


@planted
def source_identity_can_be_changed(patch: Patch) -> None:
    patch.setattr(
        sys.modules["rolecall.local.sts.assume_role"],
        "_source_identity",
        lambda wish, _identity: wish.source_identity,
    )


@planted
def chains_last_as_long_as_they_like(patch: Patch) -> None:
    check = role_session.check_duration
    patch.setattr(role_session, "check_duration", lambda seconds, role, **_: check(seconds, role))


@planted
def federated_users_need_no_policy(patch: Patch) -> None:
    found = Directory.policies_of

    def generous(self: Directory, who: Any) -> CallerPolicies:
        policies = found(self, who)
        return replace(policies, session=None) if policies.session == () else policies

    patch.setattr(Directory, "policies_of", generous)


@planted
def providers_are_remembered(patch: Patch) -> None:
    ask = providers.provider_of
    held: dict[tuple[str, str], Any] = {}

    def remembering(issuer: str, account: str) -> Any:
        if (issuer, account) not in held:
            held[issuer, account] = ask(issuer, account)
        return held[issuer, account]

    patch.setattr(identity, "provider_of", remembering)


@planted
def metadata_are_remembered(patch: Patch) -> None:
    find = saml_providers.find
    held: dict[str, Any] = {}

    def remembering(account: str, arn: str) -> Any:
        found = find(account, arn)
        if found is not None and arn not in held:
            held[arn] = type("Kept", (), dict(vars(found)))()
        return held.get(arn)

    patch.setattr(saml_providers, "find", remembering)


@planted
def a_touched_snapshot_is_taken(patch: Patch) -> None:
    patch.setattr(hmac, "compare_digest", lambda *_: True)

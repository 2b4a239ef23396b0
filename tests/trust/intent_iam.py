"""Whom the author of an entity for IAM principals or services means."""

from typing import Any

from hypothesis import strategies as st

from rolecall.policy import AssumeRoleAttempt, IamUser, RoleSession, WebIdentity
from rolecall.policy import AwsService as ServiceCaller
from rolecall.trust import (
    AnyCallerOfService,
    AnyPrincipalOf,
    AwsService,
    IamRoles,
    IamUsers,
    WholeAccount,
)
from tests.trust.intent import OWN, PEOPLE, ROLE, STRANGER, Asked, Written

ACTION = "sts:AssumeRole"
ORGANIZATION = "o-a1b2c3d4e5"
accounts = st.sampled_from([PEOPLE, OWN, STRANGER])
names = st.sampled_from(["alice", "Alice", "alice-evil", "alic", "ci", "*", "bob"])
paths = st.sampled_from(["/", "/team/", "/team-evil/", "/team/a/", "/Team/"])
callers: st.SearchStrategy[Any] = st.one_of(
    st.builds(lambda a, n, p: IamUser(a, n, path=p), accounts, names, paths),
    st.builds(lambda a, n, p: RoleSession(a, n, "job", role_path=p), accounts, names, paths),
    st.builds(
        lambda host, account: ServiceCaller(host, source_account=account),
        st.sampled_from(["scheduler.amazonaws.com", "ec2.amazonaws.com"]),
        st.none() | accounts,
    ),
    st.just(WebIdentity("accounts.google.com")),
)


def asked(caller: Any, external_id: str | None = None, organization: str | None = None) -> Asked:
    context = {"aws:PrincipalOrgID": organization} if organization else {}
    attempt = AssumeRoleAttempt(
        caller=caller, role_arn=ROLE, external_id=external_id, session_name="job", context=context
    )
    return Asked(attempt, ACTION, caller)


attempts = st.builds(
    asked,
    callers,
    st.sampled_from([None, "acme-1", "acme-11", "ACME-1", "*"]),
    st.sampled_from([None, ORGANIZATION, ORGANIZATION + "x"]),
)


def written(entity: Any, insider: Asked, intended: Any) -> st.SearchStrategy[Written]:
    return st.just(Written(entity, intended, insider, attempts=attempts))


def is_user(call: Asked, account: str, name: str) -> bool:
    caller = call.facts
    return isinstance(caller, IamUser) and (caller.account, caller.name, caller.path) == (
        account,
        name,
        "/",
    )


KINDS: dict[type, st.SearchStrategy[Written]] = {
    IamUsers: st.one_of(
        written(
            IamUsers(PEOPLE, ["alice"]),
            asked(IamUser(PEOPLE, "alice")),
            lambda call: is_user(call, PEOPLE, "alice"),
        ),
        written(
            IamUsers(STRANGER, ["alice"], external_id="acme-1"),
            asked(IamUser(STRANGER, "alice"), "acme-1"),
            lambda call: is_user(call, STRANGER, "alice") and call.attempt.external_id == "acme-1",
        ),
    ),
    IamRoles: written(
        IamRoles(PEOPLE, ["ci"], path="/team/"),
        asked(RoleSession(PEOPLE, "ci", "job", role_path="/team/")),
        lambda call: (
            isinstance(call.facts, RoleSession)
            and (call.facts.account, call.facts.role_name, call.facts.role_path)
            == (PEOPLE, "ci", "/team/")
        ),
    ),
    WholeAccount: st.one_of(
        written(
            WholeAccount(PEOPLE, principal_arns=[f"arn:aws:iam::{PEOPLE}:role/team/*"]),
            asked(RoleSession(PEOPLE, "ci", "job", role_path="/team/")),
            lambda call: (
                isinstance(call.facts, RoleSession)
                and call.facts.account == PEOPLE
                and call.facts.role_path.startswith("/team/")
            ),
        ),
        written(
            WholeAccount(PEOPLE, organization_id=ORGANIZATION),
            asked(IamUser(PEOPLE, "bob"), organization=ORGANIZATION),
            lambda call: (
                getattr(call.facts, "account", "") == PEOPLE
                and call.attempt.context.get("aws:PrincipalOrgID") == ORGANIZATION
            ),
        ),
    ),
    AnyPrincipalOf: written(
        AnyPrincipalOf(PEOPLE),
        asked(IamUser(PEOPLE, "bob")),
        lambda call: getattr(call.facts, "account", "") == PEOPLE,
    ),
    AwsService: written(
        AwsService("scheduler", source_account=OWN),
        asked(ServiceCaller("scheduler.amazonaws.com", source_account=OWN)),
        lambda call: (
            isinstance(call.facts, ServiceCaller)
            and (call.facts.host, call.facts.source_account) == ("scheduler.amazonaws.com", OWN)
        ),
    ),
    AnyCallerOfService: written(
        AnyCallerOfService("scheduler"),
        asked(ServiceCaller("scheduler.amazonaws.com")),
        lambda call: (
            isinstance(call.facts, ServiceCaller) and call.facts.host == "scheduler.amazonaws.com"
        ),
    ),
}

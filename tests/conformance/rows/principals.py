"""Principals: the account, everyone, sessions, services, ids, and what only looks like them."""

from tests.conformance.assume_role import ALICE, AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, tags, trusts
from tests.conformance.pages import (
    ACTION,
    BOUNDARY,
    COMPARE,
    CROSS,
    IDENTIFIERS,
    LOGIC,
    PRINCIPAL,
    SESSION,
    TAGS,
)
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME, ROOT_OF_OTHER = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root"
BY_NOBODY = {"Federated": f"arn:aws:iam::{HOME}:saml-provider/acme"}

ROWS: list[Case] = [
    AssumeRole(
        "everyone under AWS, same account, no policy of his own",
        PRINCIPAL,
        trust=trusts({"AWS": "*"}),
        caller="bob",
    ),
    AssumeRole(
        "everyone under AWS, other account, no policy of his own",
        CROSS,
        denied(),
        trust=trusts({"AWS": "*"}),
        caller="bob",
        account=OTHER,
    ),
    AssumeRole(
        "everyone under AWS, other account, his policy allows",
        CROSS,
        trust=trusts({"AWS": "*"}),
        account=OTHER,
    ),
    AssumeRole("everyone, a Deny of his own", LOGIC, denied(), trust=trusts("*"), caller="erin"),
    AssumeRole(
        "everyone, the caller's boundary does not allow",
        BOUNDARY,
        denied(),
        trust=trusts("*"),
        caller="dave",
    ),
    AssumeRole(
        "everyone, the session policy does not allow",
        SESSION,
        denied(),
        trust=trusts("*"),
        caller="limited",
    ),
    AssumeRole(
        "everyone, with GetFederationToken's credentials",
        COMPARE,
        denied(),
        trust=trusts({"AWS": "*"}),
        caller="federated",
    ),
    AssumeRole(
        "a federated user who is named",
        COMPARE,
        denied(),
        trust=trusts("@federated"),
        caller="federated",
    ),
    AssumeRole(
        "the user who federates is named, his federated user calls",
        PRINCIPAL,
        denied(),
        caller="federated",
    ),
    AssumeRole(
        "a federated user is named, the user who federates calls",
        PRINCIPAL,
        denied(),
        trust=trusts("@federated"),
    ),
    AssumeRole(
        "the account, a federated user calls",
        COMPARE,
        denied(),
        trust=trusts(HOME),
        caller="federated",
    ),
    AssumeRole(
        "account and number of another one",
        PRINCIPAL,
        denied(),
        trust=trusts([OTHER, ROOT_OF_OTHER]),
    ),
    AssumeRole("account among others", PRINCIPAL, trust=trusts([OTHER, HOME])),
    AssumeRole(
        "account named, a session whose role allows it",
        PRINCIPAL,
        trust=trusts(ROOT_OF_HOME),
        caller="red",
    ),
    AssumeRole(
        "account named, a session whose session policy does not",
        PRINCIPAL,
        denied(),
        trust=trusts(ROOT_OF_HOME),
        caller="limited",
    ),
    AssumeRole(
        "account named, a Deny of the caller's own",
        PRINCIPAL,
        denied(),
        trust=trusts(ROOT_OF_HOME),
        caller="erin",
    ),
    AssumeRole(
        "user named, a session of a role that he assumed", PRINCIPAL, denied(), caller="red"
    ),
    AssumeRole(
        "role named, the user who may assume it calls",
        PRINCIPAL,
        denied(),
        trust=trusts("@role-red"),
    ),
    AssumeRole(
        "session named, a user whose name is the session's",
        PRINCIPAL,
        denied(),
        trust=trusts("@red"),
    ),
    AssumeRole(
        "session named in another account, his role allows",
        CROSS,
        trust=trusts("@red"),
        caller="red",
        account=OTHER,
    ),
    AssumeRole(
        "session named in another account, the session policy does not",
        CROSS,
        denied(),
        trust=trusts("@limited"),
        caller="limited",
        account=OTHER,
    ),
    AssumeRole(
        "a session name in another case",
        PRINCIPAL,
        denied(),
        caller="red",
        trust=trusts(f"arn:aws:sts::{HOME}:assumed-role/red/Red-session"),
    ),
    AssumeRole(
        "another session name that begins alike",
        PRINCIPAL,
        denied(),
        caller="red",
        trust=trusts(f"arn:aws:sts::{HOME}:assumed-role/red/red-session-2"),
    ),
    AssumeRole(
        "a service and everybody of another account",
        PRINCIPAL,
        denied(),
        trust=trusts({"Service": "lambda.amazonaws.com", "AWS": OTHER}),
    ),
    AssumeRole(
        "a service and the user beside it",
        PRINCIPAL,
        trust=trusts({"Service": "lambda.amazonaws.com", "AWS": ALICE}),
    ),
    AssumeRole(
        "an identity provider, a user calls",
        PRINCIPAL,
        denied(),
        trust=trusts(BY_NOBODY, "sts:AssumeRoleWithSAML"),
    ),
    AssumeRole(
        "an identity provider under sts:AssumeRole, a user calls",
        PRINCIPAL,
        denied(),
        trust=trusts(BY_NOBODY),
    ),
    AssumeRole(
        "sts:AssumeRoleWithSAML alone does not let a user in",
        ACTION,
        denied(),
        trust=trusts(action="sts:AssumeRoleWithSAML"),
    ),
    AssumeRole(
        "sts:AssumeRoleWithWebIdentity alone does not let a user in",
        ACTION,
        denied(),
        trust=trusts(action="sts:AssumeRoleWithWebIdentity"),
    ),
    AssumeRole(
        "a pattern that covers only the federated actions",
        ACTION,
        denied(),
        trust=trusts(action="sts:AssumeRoleWith*"),
    ),
    AssumeRole("a pattern with a question mark", ACTION, trust=trusts(action="sts:AssumeRol?")),
    AssumeRole(
        "a pattern that is one letter too long",
        ACTION,
        denied(),
        trust=trusts(action="sts:AssumeRole?*"),
    ),
    AssumeRole("an action in capitals", ACTION, trust=trusts(action="STS:ASSUMEROLE")),
    AssumeRole(
        "permission and tagging in two statements",
        TAGS,
        params={"Tags": tags(a="1")},
        trust=[trusts(), trusts(action="sts:TagSession")],
    ),
    AssumeRole(
        "permission for one, tagging for another",
        TAGS,
        denied("sts:TagSession"),
        params={"Tags": tags(a="1")},
        trust=[trusts(), trusts("@bob", "sts:TagSession")],
    ),
    AssumeRole(
        "conditions of two statements do not add up",
        LOGIC,
        denied(),
        params={"ExternalId": "one1"},
        trust=[
            trusts(**given("StringEquals", sts__ExternalId="two2")),
            trusts("@bob", **given("StringEquals", sts__ExternalId="one1")),
        ],
    ),
    AssumeRole(
        "the second of two statements is enough",
        LOGIC,
        params={"ExternalId": "one1"},
        trust=[
            trusts(**given("StringEquals", sts__ExternalId="two2")),
            trusts(**given("StringEquals", sts__ExternalId="one1")),
        ],
    ),
    AssumeRole("a unique id of the user", IDENTIFIERS, trust=trusts("@id-alice")),
    AssumeRole("a unique id of another user", IDENTIFIERS, denied(), trust=trusts("@id-bob")),
    AssumeRole(
        "a unique id of a role, its session calls",
        IDENTIFIERS,
        trust=trusts("@id-red"),
        caller="red",
    ),
    AssumeRole(
        "a unique id of a role, the session policy does not allow",
        SESSION,
        denied(),
        trust=trusts("@id-red"),
        caller="limited",
    ),
]

"""Deny in trust policies: what it takes away, whoever allows"""

from tests.conformance.assume_role import ALICE, NAMING, TAGGING, AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, refuses, tags, trusts
from tests.conformance.pages import (
    ACTION,
    COMPARE,
    EXTERNAL,
    IDENTIFIERS,
    KEYS,
    LOGIC,
    MFA,
    OPERATORS,
    PRINCIPAL,
    SEVERAL,
    SOURCE,
    TAGS,
)
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME, ROOT_OF_OTHER = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root"
NO_MFA = given("BoolIfExists", aws__MultiFactorAuthPresent="false")

ROWS: list[Case] = [
    AssumeRole("Deny everyone", LOGIC, denied(), trust=[trusts(), refuses("*")]),
    AssumeRole("Deny everyone, before the Allow", LOGIC, denied(), trust=[refuses("*"), trusts()]),
    AssumeRole("Deny everyone under AWS", LOGIC, denied(), trust=[trusts(), refuses({"AWS": "*"})]),
    AssumeRole(
        "Deny the account by its number", PRINCIPAL, denied(), trust=[trusts(), refuses(HOME)]
    ),
    AssumeRole("Deny another account", PRINCIPAL, trust=[trusts(), refuses(ROOT_OF_OTHER)]),
    AssumeRole(
        "Deny the user, Allow the account",
        LOGIC,
        denied(),
        trust=[trusts(ROOT_OF_HOME), refuses("@alice")],
    ),
    AssumeRole(
        "Deny the role, a session of it calls",
        PRINCIPAL,
        denied(),
        caller="red",
        trust=[trusts("@red"), refuses("@role-red")],
    ),
    AssumeRole(
        "Deny one session, another one of the role calls",
        PRINCIPAL,
        caller="tagged",
        trust=[trusts("@role-red", TAGGING), refuses("@red")],
    ),
    AssumeRole(
        "Deny one session, the role is allowed",
        PRINCIPAL,
        denied(),
        caller="red",
        trust=[trusts("@role-red"), refuses("@red")],
    ),
    AssumeRole(
        "Deny the user by his unique id",
        IDENTIFIERS,
        denied(),
        trust=[trusts(), refuses("@id-alice")],
    ),
    AssumeRole(
        "Deny the role by its unique id",
        IDENTIFIERS,
        denied(),
        caller="red",
        trust=[trusts("@role-red"), refuses("@id-red")],
    ),
    AssumeRole(
        "Deny the user, with his credentials of GetSessionToken",
        COMPARE,
        denied(),
        caller="alice-token",
        trust=[trusts(ROOT_OF_HOME), refuses("@alice")],
    ),
    AssumeRole(
        "Deny all actions of STS", ACTION, denied(), trust=[trusts(), refuses("*", "sts:*")]
    ),
    AssumeRole("Deny tagging, no tags", TAGS, trust=[trusts(), refuses("*", "sts:TagSession")]),
    AssumeRole(
        "Deny tagging, with tags",
        TAGS,
        denied("sts:TagSession"),
        params={"Tags": tags(a="1")},
        trust=[trusts(action=TAGGING), refuses("*", "sts:TagSession")],
    ),
    AssumeRole(
        "Deny tagging, the tags are inherited",
        TAGS,
        denied("sts:TagSession"),
        caller="tagged",
        trust=[trusts("@role-red", TAGGING), refuses("*", "sts:TagSession")],
    ),
    AssumeRole(
        "Deny a source identity",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        params={"SourceIdentity": "alice"},
        trust=[trusts(action=NAMING), refuses("*", "sts:SetSourceIdentity")],
    ),
    AssumeRole(
        "Deny a source identity that is inherited",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        caller="named",
        trust=[trusts("@role-red", NAMING), refuses("*", "sts:SetSourceIdentity")],
    ),
    AssumeRole(
        "Deny without external ID, there is none",
        EXTERNAL,
        denied(),
        trust=[trusts(), refuses("*", **given("Null", sts__ExternalId="true"))],
    ),
    AssumeRole(
        "Deny without external ID, there is one",
        EXTERNAL,
        params={"ExternalId": "x1"},
        trust=[trusts(), refuses("*", **given("Null", sts__ExternalId="true"))],
    ),
    AssumeRole(
        "Deny unless the external ID is right, it is missing",
        EXTERNAL,
        denied(),
        trust=[trusts(), refuses("*", **given("StringNotEquals", sts__ExternalId="x1"))],
    ),
    AssumeRole(
        "Deny unless the external ID is right, IfExists, it is missing",
        OPERATORS,
        denied(),
        trust=[trusts(), refuses("*", **given("StringNotEqualsIfExists", sts__ExternalId="x1"))],
    ),
    AssumeRole(
        "Deny where the external ID is this one, it is missing",
        OPERATORS,
        trust=[trusts(), refuses("*", **given("StringEquals", sts__ExternalId="x1"))],
    ),
    AssumeRole(
        "Deny where the external ID is this one, IfExists, it is missing",
        OPERATORS,
        denied(),
        trust=[trusts(), refuses("*", **given("StringEqualsIfExists", sts__ExternalId="x1"))],
    ),
    AssumeRole(
        "Deny outside of an organization, the account is in none",
        KEYS,
        denied(),
        trust=[trusts(), refuses("*", **given("StringNotEquals", aws__PrincipalOrgID="o-1"))],
    ),
    AssumeRole(
        "Deny outside of addresses",
        KEYS,
        denied(),
        trust=[trusts(), refuses("*", **given("NotIpAddress", aws__SourceIp="203.0.113.0/24"))],
    ),
    AssumeRole(
        "Deny outside of addresses, within them",
        KEYS,
        trust=[trusts(), refuses("*", **given("NotIpAddress", aws__SourceIp="127.0.0.1"))],
    ),
    AssumeRole(
        "Deny all but one ARN, another user",
        KEYS,
        denied(),
        caller="frank",
        trust=[
            trusts(ROOT_OF_HOME),
            refuses("*", **given("ArnNotEquals", aws__PrincipalArn=ALICE)),
        ],
    ),
    AssumeRole(
        "Deny all but one ARN, that user",
        KEYS,
        trust=[
            trusts(ROOT_OF_HOME),
            refuses("*", **given("ArnNotEquals", aws__PrincipalArn=ALICE)),
        ],
    ),
    AssumeRole(
        "Deny unless a tag is there, the tags lack it",
        TAGS,
        denied("sts:AssumeRole"),
        params={"Tags": tags(other="1")},
        trust=[
            trusts(action=TAGGING),
            refuses("*", **given("Null", aws__RequestTag___team="true")),
        ],
    ),
    AssumeRole(
        "Deny other tag keys, one of two is another",
        TAGS,
        denied(),
        params={"Tags": tags(team="1", other="1")},
        trust=[
            trusts(action=TAGGING),
            refuses("*", **given("ForAnyValue:StringNotEquals", aws__TagKeys=["team"])),
        ],
    ),
    AssumeRole(
        "Deny where all keys are others, one of two is",
        SEVERAL,
        params={"Tags": tags(team="1", other="1")},
        trust=[
            trusts(action=TAGGING),
            refuses("*", **given("ForAllValues:StringNotEquals", aws__TagKeys=["team"])),
        ],
    ),
    AssumeRole(
        "Deny where all keys are others, without tags it applies",
        SEVERAL,
        denied(),
        trust=[
            trusts(action=TAGGING),
            refuses("*", **given("ForAllValues:StringNotEquals", aws__TagKeys=["team"])),
        ],
    ),
    AssumeRole(
        "Deny without MFA, a role session",
        MFA,
        denied(),
        caller="red",
        trust=[trusts("@role-red"), refuses("*", **NO_MFA)],
    ),
    AssumeRole(
        "Deny without MFA, GetSessionToken with MFA",
        MFA,
        caller="alice-mfa",
        trust=[trusts(), refuses("*", **NO_MFA)],
    ),
    AssumeRole(
        "Deny of a user made after his namesake's policy does not matter",
        LOGIC,
        trust=[trusts(), refuses("@bob"), refuses("@carol", "sts:*")],
    ),
    AssumeRole(
        "Deny by a condition on a value of the wrong type",
        OPERATORS,
        denied(),
        trust=[trusts(), refuses("*", **given("NumericLessThan", aws__PrincipalArn="5"))],
    ),
    AssumeRole(
        "Deny for a service, a user calls",
        PRINCIPAL,
        trust=[trusts(), refuses({"Service": "ec2.amazonaws.com"})],
    ),
    AssumeRole(
        "Deny a provider's identities, a user calls",
        PRINCIPAL,
        trust=[trusts(), refuses({"Federated": "accounts.google.com"})],
    ),
]

"""Condition keys of AssumeRole."""

from tests.conformance.assume_role import TAGGING, AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, tags, trusts
from tests.conformance.pages import EXTERNAL, KEYS, STS_KEYS, TAGS
from tests.conformance.world import HOME

RED = f"arn:aws:iam::{HOME}:role/red"
ROOT_OF_HOME = f"arn:aws:iam::{HOME}:root"

ROWS: list[Case] = [
    AssumeRole(
        "external ID as wanted",
        EXTERNAL,
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "Unique-1"},
    ),
    AssumeRole(
        "external ID missing",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
    ),
    AssumeRole(
        "external ID in another case",
        EXTERNAL,
        denied(),
        trust=trusts(**given("StringEquals", sts__ExternalId="Unique-1")),
        params={"ExternalId": "unique-1"},
    ),
    AssumeRole("external ID that nobody asks for", EXTERNAL, params={"ExternalId": "anything"}),
    AssumeRole(
        "external ID, one of two",
        EXTERNAL,
        trust=trusts(**given("StringEquals", sts__ExternalId=["one1", "two2"])),
        params={"ExternalId": "two2"},
    ),
    AssumeRole(
        "condition key in another case",
        "IAM JSON policy elements: Condition",
        trust=trusts(**given("StringEquals", STS__externalid="x1")),
        params={"ExternalId": "x1"},
    ),
    AssumeRole(
        "session name as wanted",
        STS_KEYS,
        trust=trusts(**given("StringLike", sts__RoleSessionName="alice-*")),
        params={"RoleSessionName": "alice-1"},
    ),
    AssumeRole(
        "session name not as wanted",
        STS_KEYS,
        denied(),
        trust=trusts(**given("StringLike", sts__RoleSessionName="alice-*")),
        params={"RoleSessionName": "bob-1"},
    ),
    AssumeRole(
        "session name must be the user name",
        STS_KEYS,
        trust=trusts(**given("StringLike", sts__RoleSessionName="${aws:username}")),
        params={"RoleSessionName": "alice"},
    ),
    AssumeRole(
        "session name is not the user name",
        STS_KEYS,
        denied(),
        trust=trusts(**given("StringLike", sts__RoleSessionName="${aws:username}")),
        params={"RoleSessionName": "bob"},
    ),
    AssumeRole(
        "whole account, one ARN",
        KEYS,
        trust=trusts(
            ROOT_OF_HOME, **given("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/alice")
        ),
    ),
    AssumeRole(
        "whole account, another ARN",
        KEYS,
        denied(),
        caller="frank",
        trust=trusts(
            ROOT_OF_HOME, **given("ArnEquals", aws__PrincipalArn=f"arn:aws:iam::{HOME}:user/alice")
        ),
    ),
    AssumeRole(
        "principal ARN of a session is its role",
        KEYS,
        caller="red",
        trust=trusts(ROOT_OF_HOME, **given("ArnEquals", aws__PrincipalArn=RED)),
    ),
    AssumeRole(
        "principal tag as wanted",
        KEYS,
        trust=trusts(ROOT_OF_HOME, **given("StringEquals", aws__PrincipalTag___department="red")),
    ),
    AssumeRole(
        "principal tag missing",
        KEYS,
        denied(),
        caller="frank",
        trust=trusts(ROOT_OF_HOME, **given("StringEquals", aws__PrincipalTag___department="red")),
    ),
    AssumeRole(
        "session tag is a principal tag",
        TAGS,
        caller="tagged",
        trust=trusts(
            ROOT_OF_HOME, TAGGING, **given("StringEquals", aws__PrincipalTag___shift="night")
        ),
    ),
    AssumeRole(
        "source address inside",
        KEYS,
        trust=trusts(**given("IpAddress", aws__SourceIp="127.0.0.0/8")),
    ),
    AssumeRole(
        "source address outside",
        KEYS,
        denied(),
        trust=trusts(**given("IpAddress", aws__SourceIp="203.0.113.0/24")),
    ),
    AssumeRole(
        "before a date to come",
        KEYS,
        trust=trusts(**given("DateLessThan", aws__CurrentTime="2999-01-01T00:00:00Z")),
    ),
    AssumeRole(
        "after a date to come",
        KEYS,
        denied(),
        trust=trusts(**given("DateGreaterThan", aws__CurrentTime="2999-01-01T00:00:00Z")),
    ),
    AssumeRole(
        "region as wanted",
        KEYS,
        trust=trusts(**given("StringEquals", aws__RequestedRegion="eu-central-1")),
    ),
    AssumeRole(
        "region not as wanted",
        KEYS,
        denied(),
        trust=trusts(**given("StringEquals", aws__RequestedRegion="us-east-1")),
    ),
    AssumeRole(
        "organization wanted, the account is in none",
        KEYS,
        denied(),
        trust=trusts("*", **given("StringEquals", aws__PrincipalOrgID="o-a1b2c3d4e5")),
    ),
    AssumeRole(
        "tag of the role itself",
        STS_KEYS,
        role={"Tags": tags(stage="tes")},
        trust=trusts(**given("StringEquals", aws__ResourceTag___stage="tes")),
    ),
    AssumeRole(
        "another tag of the role itself",
        STS_KEYS,
        denied(),
        role={"Tags": tags(stage="prd")},
        trust=trusts(**given("StringEquals", aws__ResourceTag___stage="tes")),
    ),
]

"""Whom a trust policy admits."""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import trusts
from tests.conformance.pages import COMPARE, CROSS, PRINCIPAL, SINGLE
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME, ROOT_OF_OTHER = f"arn:aws:iam::{HOME}:root", f"arn:aws:iam::{OTHER}:root"

ROWS: list[Case] = [
    AssumeRole(
        "user named, same account, no policy of his own", SINGLE, trust=trusts("@bob"), caller="bob"
    ),
    AssumeRole("user named, other account, his policy allows", CROSS, account=OTHER),
    AssumeRole(
        "user named, other account, no policy of his own",
        CROSS,
        denied(),
        trust=trusts("@bob"),
        caller="bob",
        account=OTHER,
    ),
    AssumeRole("account named, his policy allows", PRINCIPAL, trust=trusts(ROOT_OF_HOME)),
    AssumeRole(
        "account named, no policy of his own",
        PRINCIPAL,
        denied(),
        trust=trusts(ROOT_OF_HOME),
        caller="bob",
    ),
    AssumeRole("account named by its number", PRINCIPAL, trust=trusts(HOME)),
    AssumeRole("another account named", PRINCIPAL, denied(), trust=trusts(ROOT_OF_OTHER)),
    AssumeRole("another user named", PRINCIPAL, denied(), trust=trusts("@bob")),
    AssumeRole(
        "everyone, same account, no policy of his own", PRINCIPAL, trust=trusts("*"), caller="bob"
    ),
    AssumeRole(
        "everyone, other account, his policy allows", CROSS, trust=trusts("*"), account=OTHER
    ),
    AssumeRole(
        "everyone, other account, no policy of his own",
        CROSS,
        denied(),
        trust=trusts("*"),
        caller="bob",
        account=OTHER,
    ),
    AssumeRole(
        "a service named, a user calls",
        PRINCIPAL,
        denied(),
        trust=trusts({"Service": "ec2.amazonaws.com"}),
    ),
    AssumeRole("one of several principals", PRINCIPAL, trust=trusts(["@bob", "@alice"])),
    AssumeRole(
        "explicit deny beats allow",
        "Policy evaluation logic",
        denied(),
        trust=[trusts(), {**trusts(ROOT_OF_HOME), "Effect": "Deny"}],
    ),
    AssumeRole(
        "explicit deny of somebody else",
        "Policy evaluation logic",
        trust=[trusts(), {**trusts("@bob"), "Effect": "Deny"}],
    ),
    AssumeRole(
        "only the tagging action allowed",
        PRINCIPAL,
        denied(),
        trust=trusts(action="sts:TagSession"),
    ),
    AssumeRole(
        "action with a wildcard", "IAM JSON policy elements: Action", trust=trusts(action="sts:*")
    ),
    AssumeRole(
        "role that does not exist",
        "Troubleshoot IAM roles",
        denied(),
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/never-made"},
    ),
    AssumeRole(
        "role of an account that nobody uses",
        "Troubleshoot IAM roles",
        denied(),
        params={"RoleArn": "arn:aws:iam::999999999999:role/never-made"},
    ),
    AssumeRole(
        "role with another path than the ARN says",
        "IAM identifiers",
        denied(),
        role={"name": "deep-one", "Path": "/deep/"},
        params={"RoleArn": f"arn:aws:iam::{HOME}:role/deep-one"},
    ),
    AssumeRole("role with a path", "IAM identifiers", role={"Path": "/deep/er/"}),
    AssumeRole(
        "role session named by its role", PRINCIPAL, trust=trusts("@role-red"), caller="red"
    ),
    AssumeRole("role session named by itself", PRINCIPAL, trust=trusts("@red"), caller="red"),
    AssumeRole(
        "another session of the role named",
        PRINCIPAL,
        denied(),
        trust=trusts("@red"),
        caller="tagged",
    ),
    AssumeRole(
        "role session of a role in another account",
        CROSS,
        trust=trusts("@role-red"),
        caller="red",
        account=OTHER,
    ),
    AssumeRole("credentials of GetSessionToken are the user", COMPARE, caller="alice-token"),
]

"""The caller's own policies, boundary and session."""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import trusts
from tests.conformance.pages import BOUNDARY, COMPARE, CROSS, SESSION
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME = f"arn:aws:iam::{HOME}:root"

ROWS: list[Case] = [
    AssumeRole(
        "allowed for this action only", CROSS, caller="carol", trust=trusts("@carol"), account=OTHER
    ),
    AssumeRole("explicit deny of his own", CROSS, denied(), caller="erin", trust=trusts("@erin")),
    AssumeRole(
        "boundary without STS, named as a user", BOUNDARY, caller="dave", trust=trusts("@dave")
    ),
    AssumeRole(
        "boundary without STS, by his account",
        BOUNDARY,
        denied(),
        caller="dave",
        trust=trusts(ROOT_OF_HOME),
    ),
    AssumeRole(
        "boundary without STS, other account",
        BOUNDARY,
        denied(),
        caller="dave",
        trust=trusts("@dave"),
        account=OTHER,
    ),
    AssumeRole(
        "session policy without STS, role named",
        SESSION,
        denied(),
        caller="limited",
        trust=trusts("@role-red"),
    ),
    AssumeRole(
        "session policy without STS, session named",
        SESSION,
        caller="limited",
        trust=trusts("@limited"),
    ),
    AssumeRole("federated user", COMPARE, denied(), caller="federated", trust=trusts("*")),
]

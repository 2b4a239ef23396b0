"""Role chaining."""

from tests.conformance.assume_role import AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import trusts
from tests.conformance.pages import CHAIN

ROWS: list[Case] = [
    AssumeRole(
        "chained for an hour",
        CHAIN,
        caller="red",
        trust=trusts("@role-red"),
        params={"DurationSeconds": 3600},
        role={"MaxSessionDuration": 43200},
    ),
    AssumeRole(
        "chained for longer",
        CHAIN,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        ),
        caller="red",
        trust=trusts("@role-red"),
        params={"DurationSeconds": 3601},
        role={"MaxSessionDuration": 43200},
    ),
    AssumeRole(
        "longer with credentials of GetSessionToken",
        CHAIN,
        (
            "ValidationError",
            "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by "
            "role chaining.",
        ),
        caller="alice-token",
        params={"DurationSeconds": 3601},
        role={"MaxSessionDuration": 43200},
    ),
    AssumeRole(
        "chained but not trusted, too long",
        CHAIN,
        denied(),
        caller="red",
        trust=trusts("@bob"),
        params={"DurationSeconds": 3601},
    ),
]

"""Source identities of AssumeRole."""

from tests.conformance.assume_role import NAMING, AssumeRole, denied
from tests.conformance.case import Case
from tests.conformance.documents import given, trusts
from tests.conformance.pages import SOURCE

ROWS: list[Case] = [
    AssumeRole(
        "source identity allowed",
        SOURCE,
        trust=trusts(action=NAMING),
        params={"SourceIdentity": "alice"},
    ),
    AssumeRole(
        "source identity without sts:SetSourceIdentity",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        params={"SourceIdentity": "alice"},
    ),
    AssumeRole(
        "source identity as wanted",
        SOURCE,
        params={"SourceIdentity": "alice"},
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    AssumeRole(
        "source identity not as wanted",
        SOURCE,
        denied(),
        params={"SourceIdentity": "mallory"},
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    AssumeRole(
        "source identity wanted and missing",
        SOURCE,
        denied(),
        trust=trusts(action=NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    AssumeRole(
        "source identity persists",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING, **given("StringEquals", sts__SourceIdentity="alice")),
    ),
    AssumeRole(
        "persisting source identity is a key of the caller",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING, **given("StringEquals", aws__SourceIdentity="alice")),
    ),
    AssumeRole(
        "persisting source identity needs the permission",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        caller="named",
        trust=trusts("@role-red"),
    ),
    AssumeRole(
        "source identity said again",
        SOURCE,
        caller="named",
        trust=trusts("@role-red", NAMING),
        params={"SourceIdentity": "alice"},
    ),
    AssumeRole(
        "source identity cannot be changed",
        SOURCE,
        denied("sts:SetSourceIdentity"),
        caller="named",
        trust=trusts("@role-red", NAMING),
        params={"SourceIdentity": "mallory"},
    ),
]

"""Two accounts: both sides have to allow"""

from typing import Any

from tests.conformance.assume_role import NAMING, TAGGING, AssumeRole, denied
from tests.conformance.case import ALLOWED, Case, Expected
from tests.conformance.documents import given, refuses, tags, trusts
from tests.conformance.pages import (
    BOUNDARY,
    CHAIN,
    CROSS,
    EXTERNAL,
    LOGIC,
    MFA,
    ROOT,
    SESSION,
    SINGLE,
    SOURCE,
    TAGS,
)
from tests.conformance.world import HOME, OTHER

ROOT_OF_HOME = f"arn:aws:iam::{HOME}:root"


def across(name: str, page: str, expected: Expected, caller: str, trust: Any, **more: Any) -> Case:
    """A role of another account."""
    return AssumeRole(name, page, expected, caller=caller, trust=trust, account=OTHER, **more)


ROWS: list[Case] = [
    across("the account, the user has no policy", CROSS, denied(), "bob", trusts(ROOT_OF_HOME)),
    across("the account, the user's policy allows", CROSS, ALLOWED, "carol", trusts(ROOT_OF_HOME)),
    across("the account by its number, the user's policy allows", CROSS, ALLOWED, "carol",
           trusts(HOME)),
    across("the role's own account, a user of another", CROSS, denied(), "alice",
           trusts(f"arn:aws:iam::{OTHER}:root")),
    across("a user of the same name in the role's account", CROSS, denied(), "bob",
           trusts("@other-bob")),
    across("the user is named, his boundary does not allow", BOUNDARY, denied(), "dave",
           trusts("@dave")),
    across("the user is named, his boundary allows", BOUNDARY, ALLOWED, "gina", trusts("@gina")),
    across("everyone, the user's boundary does not allow", BOUNDARY, denied(), "dave", trusts("*")),
    across("the user's policy names this role alone", CROSS, ALLOWED, "henry", trusts(HOME),
           role={"name": "for-henry"}),
    across("the user's policy names another role", CROSS, denied(), "henry", trusts(HOME),
           role={"name": "not-for-henry"}),
    across("the user's policy names the role in another case", CROSS, denied(), "henry",
           trusts(HOME), role={"name": "For-Henry-Too"}),
    across("the user's policy names a role of his own account", CROSS, denied(), "ivan",
           trusts(HOME), role={"name": "ivans"}),
    AssumeRole("the user's policy names the role of his own account, there", SINGLE, ALLOWED,
               caller="ivan", trust=trusts(HOME), role={"name": "ivans"}),
    across("the user's policy wants an external ID, which he gives", EXTERNAL, ALLOWED, "judy",
           trusts(HOME), params={"ExternalId": "x1"}),
    across("the user's policy wants an external ID, which he does not give", EXTERNAL, denied(),
           "judy", trusts(HOME)),
    across("the user's policy wants MFA, he has none", MFA, denied(), "mike", trusts("@mike")),
    AssumeRole("the user's policy wants MFA, but he is named in his own account", SINGLE, ALLOWED,
               caller="mike", trust=trusts("@mike")),
    AssumeRole("the user's policy wants MFA, his account is named", MFA, denied(), caller="mike",
               trust=trusts(HOME)),
    across("a permission with tagging in the role only", TAGS, denied("sts:TagSession"), "carol",
           trusts(HOME, TAGGING), params={"Tags": tags(a="1")}),
    across("a permission with tagging in both", TAGS, ALLOWED, "alice", trusts(HOME, TAGGING),
           params={"Tags": tags(a="1")}),
    across("a permission with tagging in the caller's only", TAGS, denied("sts:TagSession"),
           "alice", trusts(HOME), params={"Tags": tags(a="1")}),
    across("a source identity allowed in the role only", SOURCE, denied("sts:SetSourceIdentity"),
           "carol", trusts(HOME, NAMING), params={"SourceIdentity": "carol"}),
    across("a source identity allowed in both", SOURCE, ALLOWED, "alice", trusts(HOME, NAMING),
           params={"SourceIdentity": "alice"}),
    across("a source identity allowed in the caller's only", SOURCE,
           denied("sts:SetSourceIdentity"), "alice", trusts(HOME),
           params={"SourceIdentity": "alice"}),
    across("a session of GetSessionToken", CROSS, ALLOWED, "alice-token", trusts("@alice")),
    across("a session of GetSessionToken of whom a Deny forbids", CROSS, denied(), "erin",
           trusts("@erin")),
    across("a role session without a permission of its role", CROSS, denied(), "poor",
           trusts("@role-poor")),
    AssumeRole("a role session without a permission of its role, same account", SINGLE, ALLOWED,
               caller="poor", trust=trusts("@role-poor")),
    AssumeRole("a role session without a permission of its role, the account is named", SINGLE,
               denied(), caller="poor", trust=trusts(HOME)),
    across("a role session that is named itself, its role has no permission", CROSS, denied(),
           "poor", trusts("@poor")),
    across("a chain into another account, its own tags only", CHAIN, ALLOWED, "tagged",
           trusts("@role-red", TAGGING, **given("StringEquals", aws__RequestTag___team="blue"))),
    across("a chain into another account, inherited tags not admitted", CHAIN,
           denied("sts:TagSession"), "tagged", trusts("@role-red")),
    across("a session policy allows, in another account", SESSION, ALLOWED, "sessions",
           trusts("@role-red")),
    across("a Deny of the role's owner", LOGIC, denied(), "alice",
           [trusts(), refuses(ROOT_OF_HOME)]),
    across("the administrator of the other account", ROOT, denied(), f"admin-{HOME}",
           trusts("@bob")),
]  # fmt: skip

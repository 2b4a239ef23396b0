"""All rows, by topic: a file of `rows/` is a topic, its docstring the title."""

from importlib import import_module

from tests.conformance.case import Case

#: The order of the page.
TOPICS = (
    "parameters",
    "trust",
    "principals",
    "denies",
    "letters",
    "tag_letters",
    "accounts",
    "conditions",
    "absent_keys",
    "variables",
    "callers_policies",
    "chaining",
    "chains",
    "session_tags",
    "tag_limits",
    "source_identity",
    "session_policies",
    "mfa",
    "session_use",
    "session_limits",
    "moments",
    "recreated",
    "taken_back",
    "requests",
    "create_role",
    "create_role_documents",
    "providers",
    "web_identity_tokens",
    "web_identity_trust",
    "web_identity_roles",
    "saml_responses",
    "saml_attributes",
    "saml_trust",
    "saml_roles",
)


def title_of(topic: str) -> str:
    return (
        (import_module(f"tests.conformance.rows.{topic}").__doc__ or "").split("\n")[0].strip(".")
    )


def rows_of(topic: str) -> list[Case]:
    rows: list[Case] = import_module(f"tests.conformance.rows.{topic}").ROWS
    return rows

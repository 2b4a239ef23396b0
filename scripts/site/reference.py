"""The pages of the API reference: what each package offers, from its docstrings."""

import json

#: package -> (title, what it is for)
PACKAGES = {
    "rolecall_cdktf": ("Constructs", "Roles, users and providers in your stacks."),
    "rolecall.trust": ("Trusted entities", "Who may assume a role, as values."),
    "rolecall.issuers": ("Issuers", "What is known of the issuers of tokens."),
    "rolecall.environment": ("Environments", "The facts of `environments/*.yaml`."),
    "rolecall.policy": ("Policies", "Policies as values, and what they mean."),
    "rolecall.policy.compare": ("Comparing", "Who gains access from one policy to another."),
    "rolecall.session": ("Sessions", "Becoming a role from Python."),
    "rolecall.testing": ("Testing", "Assertions and callers for your own tests."),
    "rolecall.lint": ("Rules", "The rules for trust policies, from Python."),
    "rolecall.explain": ("Sentences", "Trust policies in sentences."),
    "rolecall.review.judge": ("Review", "Who gains access by a change, from Python."),
    "rolecall.importing": ("Importing", "Existing policies as Python."),
    "rolecall.problems": ("Problems", "What a user is told, and exit codes."),
}
FOLDER = "reference"
#: What is public for the package's own sake, and of no use to a reader.
_LEFT_OUT = {"rolecall.trust": ("ends", "narrowing", "statements", "whose")}


def place_of(package: str) -> str:
    """The page's place on the site."""
    return f"{FOLDER}/{package}.md"


def page_of(package: str) -> str:
    """The page; mkdocstrings fills it in, by reading the source and not by importing it."""
    title, words = PACKAGES[package]
    lines = [f"# {title}: `{package}`", "", words, "", f"::: {package}"]
    if names := _LEFT_OUT.get(package):
        filters = ["!^_", *(f"!^{name}$" for name in names)]
        lines += ["    options:", f"      filters: {json.dumps(filters)}"]
    return "\n".join(lines) + "\n"

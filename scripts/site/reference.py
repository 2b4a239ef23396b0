"""The pages of the API reference: what each package offers, from its docstrings."""

import json

#: package -> title; what it is for, its docstring says
PACKAGES = {
    "rolecall_cdktf": "Constructs",
    "rolecall.trust": "Trusted entities",
    "rolecall.issuers": "Issuers",
    "rolecall.environment": "Environments",
    "rolecall.policy": "Policies",
    "rolecall.policy.compare": "Comparing",
    "rolecall.session": "Sessions",
    "rolecall.testing": "Testing",
    "rolecall.lint": "Rules",
    "rolecall.explain": "Sentences",
    "rolecall.review.judge": "Review",
    "rolecall.problems": "Problems",
}
FOLDER = "reference"
#: What is public for the package's own sake, and of no use to a reader.
_LEFT_OUT = {"rolecall.trust": ("ends", "narrowing", "statements", "whose")}


def place_of(package: str) -> str:
    """The page's place on the site."""
    return f"{FOLDER}/{package}.md"


def page_of(package: str) -> str:
    """The page; mkdocstrings fills it in, by reading the source and not by importing it."""
    lines = [f"# {PACKAGES[package]}: `{package}`", "", f"::: {package}"]
    if names := _LEFT_OUT.get(package):
        filters = ["!^_", *(f"!^{name}$" for name in names)]
        lines += ["    options:", f"      filters: {json.dumps(filters)}"]
    return "\n".join(lines) + "\n"

"""What becomes of each fenced block of the documentation: said in this one place.

RUN: a test runs the blocks of that kind on that page, or compares them with what runs.
SHOWN: nothing can run or read them here, and why.
Everything else is read by `test_blocks.py`: Python compiles, policies are policies, YAML is what
its keys say, and every `rolecall` command of a shell block is parsed by the command's parser.
"""

#: page -> kind of block -> the test
RUN: dict[str, dict[str, str]] = {
    "README.ja.md": {"python": "tests/docs/test_readme.py"},
    "README.md": {"python": "tests/docs/test_readme.py"},
    "docs/ci.md": {"python": "tests/ci/test_workflow_files.py"},
    "docs/commands.md": {"text": "tests/docs/test_commands_page.py"},
    "docs/compare.md": dict.fromkeys(("json", "text"), "tests/docs/test_compare_page.py"),
    "docs/constructs.md": dict.fromkeys(("python", "json"), "tests/docs/test_constructs_page.py"),
    "docs/credential-cache.md": {"python": "tests/docs/test_readme.py"},
    "docs/environments.md": dict.fromkeys(
        ("yaml", "text", "console"), "tests/docs/test_environments_page.py"
    ),
    "docs/importing.md": dict.fromkeys(
        ("python", "text", "sh", "hcl"), "tests/docs/test_importing_page.py"
    ),
    "docs/ja/tutorial.md": dict.fromkeys(("python", "sh", "text"), "tests/docs/test_readme.py"),
    "docs/review.md": {"yaml": "tests/docs/test_review_page.py"},
    "docs/testing-your-project.md": dict.fromkeys(("python", "text"), "tests/testing/test_page.py"),
    "docs/trusted-entities.md": dict.fromkeys(
        ("python", "json", "text"), "tests/docs/test_trusted_entities_page.py"
    ),
    "docs/tutorial.md": dict.fromkeys(("python", "sh", "text"), "tests/starting/test_tutorial.py"),
    "docs/who-can.md": dict.fromkeys(("json", "sh", "text"), "tests/docs/test_who_can_page.py"),
}
#: The pages of the rules are alike.
RULES = dict.fromkeys(("json", "yaml"), "tests/lint/test_pages.py")

#: page -> kind of block -> why it is only shown
SHOWN: dict[str, dict[str, str]] = {
    "docs/architecture.md": {"": "drawings"},
    "docs/constructs.md": {"text": "a warning with a date of its own"},
    "docs/handing-over.md": {"ini": "the profile with its command left out"},
    "docs/testing-identity-providers.md": {"python": "fragments of tests, with … where theirs is"},
}


def account(page: str, kind: str) -> tuple[str, str]:
    """("run", the test), ("shown", why) or ("read", "")."""
    if page.startswith("docs/rules/RC") and kind in RULES:
        return "run", RULES[kind]
    if test := RUN.get(page, {}).get(kind):
        return "run", test
    if why := SHOWN.get(page, {}).get(kind):
        return "shown", why
    return "read", ""

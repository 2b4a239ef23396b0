"""Every fenced block is run, read, or shown for a reason that is written down (accounts.py)."""

import ast
import re
import subprocess
import tomllib
from collections import Counter
from functools import cache
from typing import Any

import pytest
import yaml

from rolecall.cli.command_tree import made
from rolecall.cli.main import COMMANDS, parser_of
from rolecall.cli.parser import Parser
from rolecall.environment import parse_environment
from rolecall.lint import read_suppressions
from rolecall.policy import PolicyDocument
from tests.docs.accounts import RUN, SHOWN, account
from tests.docs.fences import Fence, fences, pages, prose, text_of
from tests.docs.shell_lines import commands, transcript

ALL = [fence for page in pages() for fence in fences(page)]
SHELLS = ("sh", "bash", "console")
READ = [fence for fence in ALL if account(fence.page, fence.kind)[0] == "read"]
KNOWN = (*SHELLS, "python", "json", "yaml", "toml")


@cache
def parser() -> Parser:
    return parser_of(COMMANDS)


def typed(fence: Fence) -> str:
    return transcript(fence.text) if fence.kind == "console" else fence.text


@pytest.mark.parametrize("page", pages())
def test_every_fence_is_closed_and_says_what_it_is(page: str) -> None:
    marks = re.findall(r"^ *```.*$", text_of(page), re.MULTILINE)
    assert len(marks) == 2 * len(fences(page))
    unknown = [
        str(fence)
        for fence in fences(page)
        if account(page, fence.kind)[0] == "read" and fence.kind not in KNOWN
    ]
    assert unknown == [], "say in tests/docs/accounts.py what becomes of them"


@pytest.mark.parametrize("fence", [f for f in READ if f.kind not in SHELLS], ids=str)
def test_a_block_is_what_it_says(fence: Fence) -> None:
    if fence.kind == "python":
        ast.parse(fence.text)
    elif fence.kind == "json":
        PolicyDocument.parse(fence.text)
    elif fence.kind == "toml":
        tomllib.loads(fence.text)
    else:
        check_yaml(fence.text)


def check_yaml(text: str) -> None:
    found: Any = yaml.safe_load(text)
    if "account_id" in found:
        parse_environment("tes", text)
    elif "suppressions" in found:
        assert read_suppressions(text)
    else:  # a part of a workflow
        assert isinstance(found, dict | list)
        keys = {*found} if isinstance(found, dict) else {key for step in found for key in step}
        assert keys <= {"permissions", "jobs", "run", "uses", "with", "name", "on", "stages"}


@pytest.mark.parametrize("fence", [f for f in ALL if f.kind in SHELLS], ids=str)
def test_a_shell_takes_it_and_so_does_rolecall(
    fence: Fence, capsys: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run(
        ["bash", "-n"], input=typed(fence), capture_output=True, text=True, timeout=30
    )
    assert done.returncode == 0, done.stderr
    refused = []
    for program, *words in commands(typed(fence)):
        if program == "rolecall":
            ours = words[: words.index("--")] if "--" in words else words
            try:
                parser().parse_args(ours)
            except SystemExit:
                refused.append((words, capsys.readouterr().err))
        elif program == "make" and not fence.page.endswith("/tutorial.md"):
            assert f"\n{words[0]}: " in text_of("Makefile"), words
        elif program == "pip":
            assert extras(" ".join(words)) <= known_extras()
    assert refused == []


def extras(words: str) -> set[str]:
    return {
        extra for found in re.findall(r"rolecall\[([^\]]*)\]", words) for extra in found.split(",")
    }


@cache
def known_extras() -> set[str]:
    project = tomllib.loads(text_of("pyproject.toml"))["project"]
    return {*project["optional-dependencies"]}


@pytest.mark.parametrize("page", pages())
def test_commands_in_the_prose_exist_with_their_options(page: str) -> None:
    wrong = []
    for code in re.findall(r"`(rolecall(?: [^`\n]+)?)`", prose(page)):
        words = code.replace("\\|", "|").split()[1:]
        words = words[: words.index("--")] if "--" in words else words
        tree = made_once()
        while words and words[0] in tree["commands"]:
            tree = tree["commands"][words.pop(0)]
        options = {name for option in tree["options"] for name in option["names"]}
        given = [word.partition("=")[0] for word in words if word.startswith("-") and word != "-"]
        if not {*given} <= options:
            wrong.append(code)
        if tree["commands"] and words and re.match(r"[a-z]", words[0]):
            wrong.append(code)
    assert wrong == []


@cache
def made_once() -> dict[str, Any]:
    return made()


def test_the_accounts_name_what_there_is() -> None:
    kinds = {(fence.page, fence.kind) for fence in ALL}
    stale = [
        (page, kind)
        for accounts in (RUN, SHOWN)
        for page, blocks in accounts.items()
        for kind in blocks
        if (page, kind) not in kinds
    ]
    assert stale == []
    for page, blocks in RUN.items():
        for test in blocks.values():
            assert page.rpartition("/")[2] in text_of(test), (page, test)


def test_nearly_all_blocks_are_run_or_read() -> None:
    counted = Counter(account(fence.page, fence.kind)[0] for fence in ALL)
    assert counted["shown"] <= 10
    assert counted["run"] > 400

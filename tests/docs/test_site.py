"""The site, as far as it can be told without building it (`make site` does, in CI).

Each page of a trusted entity stands for itself: its examples run with the lines that it shows.
"""

import ast
import contextlib
import io
import json
import re
from importlib import import_module
from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest
import yaml

from rolecall.trust import TrustError
from tests.docs.fences import ROOT, text_of

SITE = ROOT / "scripts/site"


@pytest.fixture(scope="module")
def modules() -> dict[str, ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(SITE)
        return {name: import_module(name) for name in ("entities", "places", "reference")}


@pytest.fixture(scope="module")
def cut(modules: dict[str, ModuleType]) -> Any:
    return modules["entities"].cut(text_of("docs/trusted-entities.md"))


def blocks(text: str) -> list[tuple[str, str]]:
    found = re.findall(r"^```([a-z]+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [(kind, code) for kind, code in found]


def test_nothing_of_the_long_page_is_lost(modules: dict[str, ModuleType], cut: Any) -> None:
    text = text_of("docs/trusted-entities.md")
    pages = "".join(modules["entities"].page_of(cut, section) for section in cut.sections)
    assert len(cut.sections) >= 38
    for kind, code in blocks(text)[1:]:
        assert f"```{kind}\n{code}```" in pages
    for line in text.split("\n## IamUsers\n")[1].splitlines():
        if line.startswith(("- ", "| ")):
            assert line in pages, line
    assert pages.count('!!! quote "rolecall who-can says"') == text.count("```json\n")


def test_the_examples_of_each_page_run_with_its_own_lines(
    modules: dict[str, ModuleType], cut: Any
) -> None:
    ran = 0
    for section in cut.sections:
        shared = modules["entities"].shared_lines(cut, section)
        found = [*blocks(section.text), ("", "")]
        for (kind, code), (after, outcome) in pairwise(found):
            if kind != "python":
                continue
            names: dict[str, Any] = {}
            exec(compile(shared, section.page, "exec"), names)
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                try:
                    exec(compile(code, section.page, "exec"), names)
                except TrustError as refusal:
                    assert (after, outcome.strip()) == ("text", str(refusal))
                else:
                    assert json.loads(printed.getvalue()) == json.loads(outcome)
            ran += 1
    assert ran > 90


def test_each_kind_says_whom_it_trusts(modules: dict[str, ModuleType], cut: Any) -> None:
    told = modules["entities"].whom(cut)
    kinds = [each.title for each in cut.sections if each.title.isidentifier()]
    assert [kind for kind in kinds if kind not in told and kind not in ("Guards", "Saml")] == []


def test_links_follow_a_page_to_its_place(modules: dict[str, ModuleType], cut: Any) -> None:
    places = modules["places"].Places(cut)
    long = "trusted-entities.md"
    for source, place, link, wanted in (
        ("README.md", "index.md", "docs/review.md", "review.md"),
        ("README.ja.md", "ja/index.md", "docs/review.md", "../review.md"),
        ("README.ja.md", "ja/index.md", "README.md", "../index.md"),
        ("docs/ci.md", "ci.md", f"{long}#github", f"{long}#github"),
        ("docs/ci.md", "ci.md", f"{long}#githubactions", "entities/githubactions.md"),
        ("docs/ci.md", "ci.md", f"{long}#external-id", "entities/guards.md#external-id"),
        ("docs/trusted-entities.md", "entities/saml.md", "#guards", "guards.md"),
        ("docs/trusted-entities.md", "entities/saml.md", "who-can.md", "../who-can.md"),
        ("docs/ci.md", "ci.md", "#the-roles", "#the-roles"),
    ):
        assert places.with_links(f"[x]({link})", source, place) == f"[x]({wanted})"
    assert places.with_links("`[x](docs/a.md)`", "README.md", "index.md") == "`[x](docs/a.md)`"
    places.with_links("[x](../LICENSE)", "docs/ci.md", "ci.md")
    assert places.files == {"LICENSE"}


def test_every_page_is_in_the_navigation() -> None:
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    docs = ROOT / "docs"
    pages = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md")]
    made = {"trusted-entities.md"}
    missing = [
        page for page in pages if page not in made and "rules/" not in page and page not in nav
    ]
    assert missing == [], "name them in mkdocs.yml"


def test_nothing_is_fetched_from_elsewhere() -> None:
    settings = yaml.load(text_of("mkdocs.yml"), Loader=_Tagless)
    assert settings["strict"] is True
    assert settings["theme"]["font"] is False
    assert all(not each.startswith("http") for each in settings["extra_css"])
    assert "extra_javascript" not in settings


class _Tagless(yaml.SafeLoader):
    """mkdocs.yml has tags that only MkDocs knows."""


_Tagless.add_multi_constructor("!", lambda loader, suffix, node: None)
_Tagless.add_multi_constructor("tag:yaml.org,2002:python/", lambda loader, suffix, node: None)


def test_the_reference_reads_what_is_offered(modules: dict[str, ModuleType]) -> None:
    for package in modules["reference"].PACKAGES:
        found = import_module(package)
        assert found.__doc__, package
        assert f"::: {package}\n" in modules["reference"].page_of(package)


def test_what_builds_it_is_pinned_by_digest() -> None:
    lines = text_of("scripts/site/requirements.txt").replace("\\\n", "").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert len(pins) > 25
    assert [pin for pin in pins if "==" not in pin or "--hash=sha256:" not in pin] == []


def test_the_scripts_compile() -> None:
    for path in SITE.glob("*.py"):
        ast.parse(path.read_text(encoding="utf-8"))

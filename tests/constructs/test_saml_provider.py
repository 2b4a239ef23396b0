"""SAML providers: metadata from text, file and URL, checked when the stack is synthesized."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

import pytest

from rolecall.problems import Exit, Problem
from rolecall.trust.providers import TrustedSamlProvider
from rolecall_cdktf import EnvironmentStack, SamlProvider
from rolecall_cdktf._cdktf import App, IamSamlProvider
from rolecall_cdktf.saml_metadata_source import fetch_metadata
from tests.constructs.conftest import FACTS
from tests.constructs.issued import Issued

Synth = Callable[[EnvironmentStack], dict[str, Any]]
Warnings = Callable[[Any], list[str]]
pytestmark = pytest.mark.usefixtures("real_aws")


def test_metadata_as_text_file_and_url_are_the_same(
    new_stack: Callable[..., EnvironmentStack], synthesized: Synth, issued: Issued, tmp_path: Path
) -> None:
    text = issued.metadata()
    file = tmp_path / "acme.xml"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return text.encode()

    stack = new_stack()
    made = SamlProvider(stack, "text", metadata=text, tags={"team": "x"})
    SamlProvider(stack, "file", metadata_file=file)
    SamlProvider(stack, "word", metadata_file=str(file))
    SamlProvider(stack, "url", metadata_url="https://id.example.com/metadata?x=1", fetch=fetch)
    found = synthesized(stack)
    resources = found["resource"]["aws_iam_saml_provider"]
    assert {each["saml_metadata_document"] for each in resources.values()} == {text}
    name = stack.environment.name
    assert resources["text"]["name"] == made.provider_name == f"{name}-text"
    assert resources["text"]["tags"] == {"team": "x"}
    assert asked == ["https://id.example.com/metadata?x=1"]
    assert isinstance(made, IamSamlProvider)
    assert isinstance(made, TrustedSamlProvider)
    assert made.entity_id == "https://id.example.com/saml"
    assert made.provider_arn == f"arn:aws:iam::111111111111:saml-provider/{name}-text"
    assert found["output"]["saml_provider_arns"]["value"][f"{name}-text"] == made.provider_arn


def test_terraform_finds_no_template_in_metadata(
    stack: EnvironmentStack, synthesized: Synth, issued: Issued
) -> None:
    text = issued.metadata(entity_id="https://id.example.com/${aws_iam_role.x.arn}/%{if}")
    SamlProvider(stack, "odd", metadata=text, name="acme")
    [found] = synthesized(stack)["resource"]["aws_iam_saml_provider"].values()
    written = found["saml_metadata_document"]
    assert "/$${aws_iam_role.x.arn}/%%{if}" in written
    assert written.replace("$${", "${").replace("%%{", "%{") == text
    assert found["name"] == "acme"


def test_certificates_that_end_are_warned_of_with_the_date(
    new_stack: Callable[..., EnvironmentStack], issued: Issued, warnings_of: Warnings
) -> None:
    def day(days: int) -> str:
        return f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d}"

    stack = new_stack(name="warn")
    both = SamlProvider(stack, "acme", metadata=issued.metadata(-3, 12, 90))
    told = warnings_of(both)
    assert [line.partition(": ")[0] for line in told] == ['The SAML provider "warn-acme"'] * 2
    assert f"a signing certificate of its metadata expired on {day(-3)}; ask the" in told[0]
    assert f"expires on {day(12)}" in told[1]
    until = f"{datetime.now(UTC) + timedelta(days=5):%Y-%m-%dT%H:%M:%SZ}"
    short = SamlProvider(stack, "short", metadata=issued.metadata(valid_until=until))
    assert [f"its metadata expires on {day(5)}" in line for line in warnings_of(short)] == [True]
    assert warnings_of(SamlProvider(stack, "long", metadata=issued.metadata())) == []


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "nothing": ({}, "one of metadata, metadata_file and metadata_url; none is written"),
    "two": ({"metadata": "x", "metadata_url": "https://x.example"}, "2 is written"),
    "bytes": ({"metadata": b"x"}, "metadata is bytes; write the XML as a string"),
    "short": ({"metadata": "<x/>"}, "has 4 characters"),
    "no XML": ({"metadata": "x" * 2000}, "The SAML metadata"),
    "file": ({"metadata_file": 5}, r'metadata_file is 5; write a path: Path\("saml/acme.xml"\)'),
    "no file": ({"metadata_file": "none.xml"}, "'none.xml' is not a file"),
    "null": ({"metadata_file": "a\0b"}, "write a path"),
    "device": ({"metadata_file": "/dev/zero"}, "is not a file"),
    "http": ({"metadata_url": "http://x.example"}, "write an https:// URL"),
    "user": ({"metadata_url": "https://me:secret@x.example"}, "without a user name"),
    "port": ({"metadata_url": "https://x.example:port"}, "write an https:// URL"),
    "number": ({"metadata_url": 5}, "metadata_url is 5"),
    "fetch": ({"metadata_url": "https://x.example", "fetch": None}, "fetch is None"),
    "fetched text": (
        {"metadata_url": "https://x.example", "fetch": lambda url: "x"},
        "fetch returned str",
    ),
    "name": ({"metadata": "", "name": "a b"}, "'a b' cannot name a SAML provider"),
    "number as name": ({"metadata": "", "name": 5}, 'name is 5; write a string: "acme"'),
    "id": ({"id": "a/b"}, "cannot name a SAML provider"),
    "tags": ({"tags": ["x"]}, "tags is"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_the_fix(
    case: str, stack: EnvironmentStack, issued: Issued, synthesized: Synth
) -> None:
    options, fix = REFUSED[case]
    written = {"id": "acme", **options}
    if case == "tags":
        written["metadata"] = issued.metadata()
    with pytest.raises(Problem, match=fix) as refusal:
        SamlProvider(stack, **written)
    assert str(refusal.value).startswith("The SAML provider ")
    assert "resource" not in synthesized(stack)


def test_a_pipe_is_not_read(stack: EnvironmentStack, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(Problem, match="is not a file"):
        SamlProvider(stack, "acme", metadata_file=tmp_path / "pipe")


def test_other_encodings_are_refused(stack: EnvironmentStack, tmp_path: Path) -> None:
    file = tmp_path / "acme.xml"
    file.write_bytes("\u00e9".encode("utf-16"))
    with pytest.raises(Problem, match="not in UTF-8"):
        SamlProvider(stack, "acme", metadata_file=file)


@pytest.mark.parametrize(
    "error", [URLError("Name or service not known"), TimeoutError("timed out"), ValueError("odd")]
)
def test_an_unreachable_url_is_told_with_the_way_out(
    stack: EnvironmentStack, error: Exception
) -> None:
    def fetch(url: str) -> bytes:
        raise error

    with pytest.raises(Problem, match=r"from id\.example\.com .*metadata_file=") as told:
        SamlProvider(stack, "acme", metadata_url="https://id.example.com/m?key=x", fetch=fetch)
    assert told.value.exit_code == Exit.UNREACHABLE
    assert "key=x" not in str(told.value)


def test_nothing_but_https_is_fetched() -> None:
    # A closed port of this machine: no name is looked up, nobody is called.
    with pytest.raises(OSError, match="refused"):
        fetch_metadata("https://127.0.0.1:1/metadata")


def test_names_are_taken_once_in_an_account(
    app: App, new_stack: Callable[..., EnvironmentStack], issued: Issued
) -> None:
    stack, text = new_stack(account_id="333333333333"), issued.metadata()
    SamlProvider(stack, "one", metadata=text, name="shared")
    with pytest.raises(Problem, match=r"exists twice.*SamlProvider\.from_name\(\"Shared\"\)"):
        SamlProvider(stack, "two", metadata=text, name="Shared")
    other = EnvironmentStack(app, replace(stack.environment, name="other"))
    with pytest.raises(Problem, match=r"in the same account 333333333333; .*from_name"):
        SamlProvider(other, "three", metadata=text, name="shared")
    assert FACTS.account_id != "333333333333"


def test_one_that_exists_is_a_value() -> None:
    by_name = SamlProvider.from_name("acme")
    by_arn = SamlProvider.from_arn("arn:aws:iam::111111111111:saml-provider/acme")
    for found in (by_name, by_arn):
        assert isinstance(found, TrustedSamlProvider)
        assert found.provider_name == "acme"
    assert by_arn.account_id == "111111111111"
    for wrong in ("", "a/b", "*", 5, None):
        with pytest.raises(Problem, match=r"SamlProvider\.from_name: "):
            SamlProvider.from_name(wrong)  # type: ignore[arg-type]
    for wrong in ("acme", "arn:aws:iam::111111111111:oidc-provider/acme", None):
        with pytest.raises(Problem, match="it looks like arn:aws:iam"):
            SamlProvider.from_arn(wrong)  # type: ignore[arg-type]
    with pytest.raises(Problem, match="cannot name a SAML provider"):
        SamlProvider.from_arn("arn:aws:iam::111111111111:saml-provider/a/b")

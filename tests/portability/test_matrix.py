"""What `make portability` calls identical, and that it tries what the extras promise."""

import importlib.util
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("matrix", PROJECT / "scripts/portability.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks for its module.
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(__import__("sys").modules, "matrix", module)
        spec.loader.exec_module(module)
    return module


def test_every_difference_is_found(script: ModuleType) -> None:
    first = {"a": {"b": [1, "x"]}, "only": 1, "n": 1}
    second = {"a": {"b": [1, "y", 2]}, "n": True}
    assert list(script.differences(first, second)) == [
        ("a.b[1]", '"x" → "y"'),
        ("a.b[2]", "null → 2"),
        ("n", "1 → true"),
        ("only", "is in one only"),
    ]
    assert list(script.differences(first, first)) == []


def stack(version: str = "5.100.0", policy: str = "{}") -> dict[str, object]:
    return {
        "resource": {"aws_iam_role": {"deployer": {"assume_role_policy": policy}}},
        "terraform": {"required_providers": {"aws": {"version": version}}},
    }


def test_the_version_of_the_provider_may_differ(
    script: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.compare({"one": {"tes": stack()}, "other": {"tes": stack("6.25.0")}})
    assert '"5.100.0" → "6.25.0"' in capsys.readouterr().out


@pytest.mark.parametrize("other", [{"tes": stack(policy="{ }")}, {}, {"prd": stack()}])
def test_a_policy_or_a_stack_may_not(
    script: ModuleType, other: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not script.compare({"one": {"tes": stack()}, "other": other})
    assert "NOT EXPECTED" in capsys.readouterr().out


def test_what_is_tried_is_what_the_extra_installs(script: ModuleType) -> None:
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    promised = extras["optional-dependencies"]["cdktn"]
    tried = (PROJECT / "scripts/portability-cdktn-aws6.txt").read_text()
    for requirement in promised:
        name, _, versions = requirement.partition(">=")
        series = versions.partition(",")[0]
        assert f"\n{name}=={series}." in tried


def test_the_page_names_what_is_tried(script: ModuleType) -> None:
    page = (PROJECT / "docs/portability.md").read_text()
    for pair in script.PAIRS:
        assert f"`{pair.name}`" in page
        if pair.requirements.is_file():
            lines = pair.requirements.read_text().splitlines()
            pinned = [line.split()[0].split("==") for line in lines if "==" in line]
            assert [name for name, version in pinned if f"{name} {version}" not in page] == []

"""Where the AWS provider comes from, with and without Terraform's registry."""

import json
from pathlib import Path

import pytest

from rolecall.problems import Exit, Problem
from rolecall.terraform.environment import prepare, shell_environment
from rolecall.terraform.mirror import PROVIDER, PROVIDER_VERSION, _platform, find_mirror


def unpack_provider(mirror: Path) -> Path:
    binary = mirror / PROVIDER / PROVIDER_VERSION / _platform() / "terraform-provider-aws"
    binary.parent.mkdir(parents=True)
    binary.touch()
    return mirror


def nothing_else(home: Path) -> dict[str, str]:
    return {"XDG_DATA_DIRS": str(home / "none")}


def test_an_implied_mirror_folder_is_found(tmp_path: Path) -> None:
    mirror = unpack_provider(tmp_path / ".terraform.d/plugins")
    assert find_mirror(nothing_else(tmp_path), tmp_path, ()) == mirror


def test_the_named_mirror_wins(tmp_path: Path) -> None:
    unpack_provider(tmp_path / ".terraform.d/plugins")
    named = unpack_provider(tmp_path / "named")
    variables = {**nothing_else(tmp_path), "TF_PLUGIN_MIRROR": str(named)}
    assert find_mirror(variables, tmp_path, ()) == named


def test_a_tree_below_a_system_root_is_found(tmp_path: Path) -> None:
    mirror = unpack_provider(tmp_path / "opt/vendor/plugins")
    assert find_mirror(nothing_else(tmp_path), tmp_path / "home", (tmp_path / "opt",)) == mirror


def test_another_version_or_platform_does_not_count(tmp_path: Path) -> None:
    other = tmp_path / "opt/plugins" / PROVIDER / "4.0.0" / "plan9_mips" / "provider"
    other.parent.mkdir(parents=True)
    other.touch()
    assert find_mirror(nothing_else(tmp_path), tmp_path, (tmp_path / "opt",)) is None


def test_with_a_registry_nothing_is_changed(tmp_path: Path) -> None:
    assert prepare(tmp_path, variables={}, reachable=lambda: True) == {}


def test_a_config_variable_that_names_a_missing_file_is_replaced(tmp_path: Path) -> None:
    variables = {"TF_CLI_CONFIG_FILE": str(tmp_path / "gone")}
    decided = prepare(tmp_path, variables=variables, reachable=lambda: True)
    assert Path(decided["TF_CLI_CONFIG_FILE"]).is_file()


def test_without_a_registry_the_mirror_is_used(tmp_path: Path) -> None:
    decided = prepare(
        tmp_path, variables={}, reachable=lambda: False, mirror=lambda: tmp_path / "m"
    )
    assert decided["CDKTF_SKIP_PROVIDER_LOCK"] == "true"
    config = Path(decided["TF_CLI_CONFIG_FILE"]).read_text()
    assert json.dumps(str(tmp_path / "m")) in config
    assert shell_environment(tmp_path) == decided


def test_neither_registry_nor_mirror_is_said_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="TF_PLUGIN_MIRROR") as caught:
        prepare(tmp_path, variables={}, reachable=lambda: False, mirror=lambda: None)
    assert caught.value.exit_code == Exit.MISSING_COMPONENT


def test_a_damaged_decision_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "terraform.json").write_text("{broken")
    monkeypatch.setattr("rolecall.terraform.environment.prepare", lambda folder: {"made": "anew"})
    assert shell_environment(tmp_path) == {"made": "anew"}

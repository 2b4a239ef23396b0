"""`rolecall init`: a project that hangs together, and nothing where there is something."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from rolecall.cli.main import main
from rolecall.environment import load_environments
from rolecall.problems import Exit, Problem
from rolecall.starting import Answers, parse_accounts, project_files, write_project
from tests.packaging.environments import Environment

ONE = (("tes", "111111111111"),)


def everything(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_facts_are_those_that_were_said(tmp_path: Path) -> None:
    accounts = "dev=123456789012,prd=210987654321,identity=999999999999"
    words = ["--accounts", accounts, "--region", "eu-west-1", "--name", "Shop 2"]
    assert main(["init", str(tmp_path / "new"), *words, "--repository", "acme/Shop.2"]) == Exit.OK
    found = {each.name: each for each in load_environments(tmp_path / "new/environments")}
    assert {name: each.account_id for name, each in found.items()} == {
        "dev": "123456789012",
        "prd": "210987654321",
    }
    assert {each.identity_account_id for each in found.values()} == {"999999999999"}
    assert {each.region for each in found.values()} == {"eu-west-1"}
    assert found["dev"].tags == {"project": "Shop 2", "environment": "dev"}
    stack = (tmp_path / "new/stacks/access.py").read_text(encoding="utf-8")
    assert 'REPOSITORY = "acme/Shop.2"' in stack
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.mark.xdist_group("packaging")
def test_it_works_for_china_and_one_environment(
    installed: Callable[..., Environment], tmp_path: Path
) -> None:
    """The tests of the new project, by the evaluator; docs/tutorial.md runs the deployed ones."""
    environment = installed("cdktf", "local", "review", "session", "testing")
    done = environment.run(
        *("rolecall", "init", "new", "--region", "cn-north-1"),
        *("--accounts", "only=111111111111,identity=999999999999"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    done = environment.run(*("python", "-m", "pytest", "-q"), cwd=tmp_path / "new")
    assert "2 passed" in done.stdout, done.stdout


@given(
    name=st.from_regex(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,62}[A-Za-z0-9])?", fullmatch=True),
    environment=st.from_regex(r"[a-z][a-z0-9-]{0,31}", fullmatch=True),
)
def test_any_name_gives_files_that_can_be_read(name: str, environment: str) -> None:
    """`no`, `1e3` or `null` are names as well, and YAML has other ideas of them."""
    if environment == "identity":
        return
    accounts, identity = parse_accounts(f"{environment}=012345678901")
    files = project_files(Answers(name, accounts, "eu-central-1", "acme/shop", identity))
    facts = yaml.safe_load(files[f"environments/{environment}.yaml"])
    assert facts["account_id"] == "012345678901"
    assert facts["tags"] == {"project": name, "environment": environment}
    for path, text in files.items():
        if path.endswith(".py"):
            compile(text, path, "exec")
        assert "§" not in text
    assert tomllib.loads(files["Pipfile"])["packages"]["rolecall"]["version"]
    assert tomllib.loads(files["pyproject.toml"])
    assert json.loads(files["cdktf.json"])["app"] == "python -m rolecall_cdktf main.py"


def test_the_pipeline_is_one_that_github_takes(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path / "new")]) == Exit.OK
    workflow = str(tmp_path / "new/.github/workflows/access.yml")
    folder = Path(sys.executable).parent
    for words in (
        ["check-jsonschema", "--builtin-schema", "vendor.github-workflows", workflow],
        ["zizmor", "--offline", "--no-progress", workflow],
    ):
        done = subprocess.run([str(folder / words[0]), *words[1:]], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--accounts", "tes=1111"], "an account ID has exactly twelve digits"),
        (["--accounts", "tes=１１１１１１１１１１１１"], "an account ID has exactly twelve digits"),
        (["--accounts", "tes"], "is no NAME=ACCOUNT, such as tes=111111111111"),
        (["--accounts", "Tes=111111111111"], "cannot name an environment"),
        (["--accounts", "../x=111111111111"], "cannot name an environment"),
        (["--accounts", "tes=111111111111,tes=222222222222"], "is there twice"),
        (["--accounts", "tes=111111111111,prd=111111111111"], "are the same account"),
        (["--accounts", "identity=111111111111"], "names no environment"),
        (["--region", "eu-central"], "is not an AWS region"),
        (["--repository", "shop"], "--repository: "),
        (["--repository", "acme/*"], "--repository: "),
        (["--name", 'x"\nimport os'], "cannot name a project"),
        (["--name", ""], "cannot name a project"),
        (["--wheel", "nothing.whl"], "is not a wheel"),
    ],
)
def test_what_cannot_be_meant_is_said_and_nothing_is_written(
    words: list[str], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "new"), *words]) == Exit.BAD_INPUT
    said = capsys.readouterr().err
    assert told in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_stays_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/.hidden").write_text("kept")
    before = everything(tmp_path)
    for taken in ("mine", "mine/.hidden"):
        assert main(["init", str(tmp_path / taken), "--name", "x"]) == Exit.BAD_INPUT
        assert "nothing was written" in capsys.readouterr().err
    assert everything(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    assert main(["init", str(tmp_path / "new")]) == Exit.OK
    assert (tmp_path / "new/main.py").is_file()


def test_the_folder_that_one_is_in_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A shell that stands in it would be nowhere."""
    (tmp_path / "new").mkdir()
    monkeypatch.chdir(tmp_path / "new")
    assert main(["init", ".", "--name", "new"]) == Exit.BAD_INPUT
    assert "go one up" in capsys.readouterr().err
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_is_missing_above_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["init", str(tmp_path / "no/new")]) == Exit.BAD_INPUT
    assert "make it first" in capsys.readouterr().err


def test_whoever_is_quicker_keeps_what_he_wrote(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "new"
    rename = Path.rename

    def late(self: Path, to: Path) -> Path:
        target.mkdir()
        (target / "theirs").write_text("theirs")
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(Problem, match="nothing was written"):
        write_project(target, project_files(Answers("x", ONE, "eu-central-1", "acme/x")))
    assert everything(tmp_path) == {"new/theirs": b"theirs"}
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


def test_a_disk_that_is_full_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, *more: object, **given: object) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(Problem, match="No space left") as told:
        write_project(tmp_path / "new", {"main.py": ""})
    assert told.value.exit_code == Exit.FAILED
    assert list(tmp_path.iterdir()) == []

"""The wheel, built once, and environments that hold it with the packages of some extras only."""

import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.packaging.environments import ROOT, Environment

_OUR_FILES = ("rolecall", "constructs/rolecall_cdktf", "README.md", "LICENSE", "pyproject.toml")


@pytest.fixture(scope="session")
def our_files() -> list[str]:
    """What of the repository is packed: tracked, or new and not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_OUR_FILES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return sorted(name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def source(our_files: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what is packed, so that nobody changes it between two builds."""
    folder = tmp_path_factory.mktemp("source")
    for name in (*our_files, ".gitignore"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())
    return folder


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], dict[str, Path]]:
    """`package(source)` builds as `make package` does: {"whl": …, "gz": …}."""

    def build(source: Path) -> dict[str, Path]:
        out = tmp_path_factory.mktemp("dist")
        script = str(ROOT / "scripts/package.py")
        command = [sys.executable, script, "--source", str(source), "--out", str(out)]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return {path.suffix[1:]: path for path in out.iterdir()}

    return build


@pytest.fixture(scope="session")
def built(source: Path, package: Callable[[Path], dict[str, Path]]) -> dict[str, Path]:
    """The wheel and the sdist of the working tree."""
    return package(source)


@pytest.fixture(scope="session")
def installed(
    built: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Environment]:
    """`installed("cdktf", "testing")`: the wheel with those extras, made once."""
    # Unpacked once: its byte code is made once, too.
    unpacked = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(built["whl"]) as wheel:
        wheel.extractall(unpacked)
    made: dict[tuple[str, ...], Environment] = {}

    def environment(*extras: str) -> Environment:
        if extras not in made:
            folder = tmp_path_factory.mktemp("installed")
            made[extras] = Environment.made(folder / "venv", unpacked, extras)
        return made[extras]

    return environment


@pytest.fixture
def provider(tmp_path: Path) -> dict[str, str]:
    """Variables by which Terraform finds its provider as it does in this project, without
    asking the registry again."""
    home = tmp_path / "home"
    home.mkdir()
    decided = ROOT / ".rolecall/terraform.json"
    variables = {"ROLECALL_HOME": str(home)}
    if decided.is_file():
        shutil.copy(decided, home)
        if "CDKTF_SKIP_PROVIDER_LOCK" not in json.loads(decided.read_text(encoding="utf-8")):
            cache = ROOT / ".rolecall/terraform-plugins"
            cache.mkdir(exist_ok=True)
            variables["TF_PLUGIN_CACHE_DIR"] = str(cache)
    return variables

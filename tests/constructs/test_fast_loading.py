"""Both cuts of the fast import, and that each gives way when the bindings change."""

import ast
import importlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest

import rolecall_cdktf
from rolecall_cdktf import _cdktf, _fast_loading

PROJECT = Path(__file__).parents[2]
HOOK = Path(_fast_loading.__file__).with_name("_lazy_modules.cjs")


def bindings(directory: Path, name: str, submodule: str = "from .._jsii import *\n") -> None:
    """A provider package in the layout of the real one, whose body shows that it ran."""
    package = directory / name
    for part in ("_jsii", "iam_role", "iam_user"):
        (package / part).mkdir(parents=True)
        (package / part / "__init__.py").write_text("" if part == "_jsii" else submodule)
    (package / "__init__.py").write_text("BODY_RAN = True\nfrom . import iam_role, iam_user\n")


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> str:
    name = f"fake_bindings_{abs(hash(request.node.name))}"
    monkeypatch.syspath_prepend(tmp_path)
    bindings(tmp_path, name)
    return name


def test_the_body_of_the_package_is_not_run(package: str) -> None:
    assert _fast_loading.skip_package_body(package) is None
    module = importlib.import_module(package)
    assert not hasattr(module, "BODY_RAN")
    assert f"{package}.iam_role" not in sys.modules
    assert module.iam_role is importlib.import_module(f"{package}.iam_role")
    assert "iam_user" in dir(module)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = module.nothing


def test_it_can_be_undone(package: str) -> None:
    _fast_loading.skip_package_body(package)
    importlib.import_module(f"{package}.iam_role")
    assert _fast_loading.restore_package_body(package)
    assert importlib.import_module(package).BODY_RAN
    assert not _fast_loading.restore_package_body(package)


def test_bindings_that_fail_under_the_cut_are_imported_the_stock_way(
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Such as a submodule that one day takes a name from the package it lies in."""
    submodule = tmp_path / package / "iam_role" / "__init__.py"
    submodule.write_text("from .._jsii import *\nfrom .. import BODY_RAN\n")
    monkeypatch.setattr(_cdktf, "PROVIDER", package)
    assert _fast_loading.skip_package_body(package) is None
    with caplog.at_level(logging.DEBUG):
        assert _cdktf._module(f"{package}.iam_role").BODY_RAN
    assert "stock import" in caplog.text


def test_another_layout_of_submodules_means_stock_import(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "iam_role" / "__init__.py").write_text("x = 1\n")
    assert "rely on the body" in (_fast_loading.skip_package_body(package) or "")
    assert importlib.import_module(package).BODY_RAN


def test_other_submodules_mean_stock_import(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "iam_role").rename(tmp_path / package / "iam")
    assert "no iam_role" in (_fast_loading.skip_package_body(package) or "")


def test_a_package_that_is_imported_already_is_left_alone(package: str) -> None:
    importlib.import_module(package)
    assert "already" in (_fast_loading.skip_package_body(package) or "")


def test_a_missing_package_is_left_to_the_import_system() -> None:
    assert "not an installed" in (_fast_loading.skip_package_body("no_such_bindings") or "")


def test_stock_import_on_demand(caplog: pytest.LogCaptureFixture) -> None:
    environ = {"ROLECALL_STOCK_IMPORT": "1"}
    with caplog.at_level(logging.DEBUG), _fast_loading.node_hook(environ):
        assert "NODE_OPTIONS" not in environ
    assert not caplog.records


def test_node_options_of_others_are_kept_and_given_back() -> None:
    environ = {"NODE_OPTIONS": "--no-warnings"}
    with _fast_loading.node_hook(environ):
        assert environ["NODE_OPTIONS"].startswith("--no-warnings --require ")
    assert environ == {"NODE_OPTIONS": "--no-warnings"}
    environ = {}
    with _fast_loading.node_hook(environ):
        assert str(HOOK) in environ["NODE_OPTIONS"]
    assert environ == {}


def test_a_missing_hook_means_the_eager_index(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(_fast_loading, "_NODE_HOOK", Path("gone.cjs"))
    environ: dict[str, str] = {}
    with caplog.at_level(logging.DEBUG), _fast_loading.node_hook(environ):
        assert environ == {}
    assert "eager index" in caplog.text


def which_index(directory: Path, lazy: bool, package: str = "@cdktf/provider-aws") -> str:
    """What Node loads for a package under the hook, from a directory with a space in it."""
    lib = directory / "node modules" / package / "lib"
    lib.mkdir(parents=True)
    (lib / "index.js").write_text("module.exports = 'eager';")
    if lazy:
        (lib / "lazy-index.js").write_text("module.exports = 'lazy';")
    hook = directory / "node modules" / "hook.cjs"
    hook.write_text(HOOK.read_text())
    environ = {**os.environ, "NODE_OPTIONS": f'--require "{hook}"'}
    script = f"process.stdout.write(require({json.dumps(str(lib / 'index.js'))}))"
    done = subprocess.run(
        ["node", "-e", script], env=environ, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.parametrize("package", ["@cdktf/provider-aws", "@cdktn/provider-aws"])
def test_node_takes_the_lazy_index_where_it_is_there(package: str, tmp_path: Path) -> None:
    assert which_index(tmp_path, lazy=True, package=package) == "lazy"


def test_node_takes_the_index_where_the_lazy_one_is_gone(tmp_path: Path) -> None:
    assert which_index(tmp_path, lazy=False) == "eager"


def test_node_leaves_other_packages_alone(tmp_path: Path) -> None:
    assert which_index(tmp_path, lazy=True, package="@cdktf/other") == "eager"


def test_the_zip_library_is_loaded_when_it_is_used(tmp_path: Path) -> None:
    private = tmp_path / "node_modules" / "cdktf" / "lib" / "private"
    archiver = tmp_path / "node_modules" / "archiver"
    private.mkdir(parents=True)
    archiver.mkdir()
    (archiver / "index.js").write_text(
        "console.log('loaded'); module.exports = (kind) => kind; module.exports.version = 7;"
    )
    (private / "fs.js").write_text(
        "const archiver = require('archiver'); console.log('required');"
        "console.log(archiver('zip'), archiver.version);"
    )
    hook = ["--require", str(HOOK)]
    for options, expected in [
        (hook, ["required", "loaded", "zip 7"]),
        ([], ["loaded", "required", "zip 7"]),
    ]:
        done = subprocess.run(
            ["node", *options, str(private / "fs.js")], check=True, capture_output=True, text=True
        )
        assert done.stdout.splitlines() == expected


@pytest.mark.parametrize("hook", [["--require", str(HOOK)], []], ids=["with", "without"])
def test_node_ends_when_the_index_of_a_new_package_is_written(
    hook: list[str], tmp_path: Path
) -> None:
    """jsii's thread for it is cut off otherwise, in every run of an app that is quick."""
    (tmp_path / "runtime-index-worker.js").write_text(
        "setTimeout(() => require('fs').writeFileSync(__filename + '.index', ''), 300);"
    )
    main = tmp_path / "main.js"
    main.write_text(
        "const { join } = require('path'); const threads = require('worker_threads');"
        "const exit = process.exit.bind(process);"
        "new threads.Worker(join(__dirname, 'runtime-index-worker.js')); exit(3);"
    )
    done = subprocess.run(["node", *hook, str(main)], check=False)
    assert done.returncode == 3
    assert (tmp_path / "runtime-index-worker.js.index").exists() is bool(hook)


def test_the_real_bindings_take_both_cuts() -> None:
    """In a process of its own: which modules are loaded after one role is imported."""
    script = (
        "import sys\n"
        "from rolecall_cdktf._cdktf import IamRole\n"
        "print(sum(name.startswith('cdktf_cdktf_provider_aws.') for name in sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    # The stock import loads some 1,500.
    assert int(done.stdout) < 100
    assert done.stderr == ""


def test_names_are_typed_as_they_are_resolved() -> None:
    """Every name of `_cdktf.py` is declared in `_cdktf.pyi`, and the other way round."""
    stub = ast.parse(Path(_cdktf.__file__).with_suffix(".pyi").read_text())
    declared = {
        node.name for node in stub.body if isinstance(node, ast.ClassDef | ast.FunctionDef)
    } | {
        alias.asname
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname
    }
    assert declared == {*_cdktf._HOME, "at_synthesis", "refuse_mixture"}


def test_an_app_loads_the_bindings_of_what_it_uses() -> None:
    script = (
        "import sys, rolecall_cdktf\n"
        "from rolecall_cdktf import AssumableRole, EnvironmentStack\n"
        f"found = [each for each in sys.modules if each.startswith('{_cdktf.PROVIDER}.')]\n"
        "print(*sorted(each.split('.')[1] for each in found))\n"
        "print('cryptography' in sys.modules, 'lxml' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    bindings, libraries = done.stdout.splitlines()
    loaded = {each for each in bindings.split() if not each.startswith("_")}
    assert loaded <= {
        "iam_role",
        "iam_role_policies_exclusive",
        "iam_role_policy",
        "iam_role_policy_attachment",
        "iam_role_policy_attachments_exclusive",
        "iam_user_policies_exclusive",
        "iam_user_policy_attachments_exclusive",
        "provider",
    }
    assert libraries == "False False"


def test_every_construct_has_its_home() -> None:
    assert sorted(rolecall_cdktf._HOME) == sorted(rolecall_cdktf.__all__)
    for name in rolecall_cdktf.__all__:
        assert getattr(rolecall_cdktf, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'SamlProvder'"):
        _ = rolecall_cdktf.SamlProvder

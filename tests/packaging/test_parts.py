"""Each part works with its extra alone, and says what to install where it is missing.

The environments hold the wheel and what the metadata of the extra asks for, so a dependency
that is used and not declared fails here.
"""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rolecall.extras import EXTRAS
from tests.packaging.environments import Environment

Installed = Callable[..., Environment]

_IMPORT_ALL = """
import json, pkgutil, sys
from importlib import import_module
import rolecall, rolecall_cdktf

failed = {}
for package in (rolecall, rolecall_cdktf):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.startswith(sys.argv[1]) or found.name.endswith("__main__"):
            continue
        try:
            import_module(found.name)
        except ModuleNotFoundError as error:
            failed[found.name] = error.name
json.dump(failed, sys.stdout)
"""
_TRUST = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999999999999:user/alice"},
        "Action": "sts:AssumeRole",
    },
}


def unimportable(environment: Environment, folder: Path, part: str = "rolecall") -> dict[str, str]:
    """The modules of a part that cannot be imported there, and what each of them misses."""
    done = environment.run("python", "-c", _IMPORT_ALL, part, cwd=folder)
    assert done.returncode == 0, done.stderr
    failed: dict[str, str] = json.loads(done.stdout)
    return failed


def test_what_needs_an_extra_is_known(installed: Installed, tmp_path: Path) -> None:
    """Everything else is imported with the three packages that are always there."""
    failed = unimportable(installed(), tmp_path)
    parts = ("rolecall.cli", "rolecall.local", "rolecall.session", "rolecall_cdktf")
    others = {name for name in failed if not name.startswith(parts)}
    assert others <= {
        "rolecall.review.html",
        "rolecall.review.html.page",
        "rolecall.testing.plugin",
        "rolecall.testing.embedded.process",
    }
    without = ("comment", "compare", "completion", "eks", "lint", "main", "review", "who_can")
    assert not [name for name in without if f"rolecall.cli.{name}" in failed]
    known = {module for modules in EXTRAS.values() for module in modules}
    assert set(failed.values()) <= known


@pytest.mark.parametrize(
    ("extra", "part"),
    [
        ("session", "rolecall.session"),
        ("local", "rolecall.local"),
        ("review", "rolecall.review"),
        ("cdktf", "rolecall_cdktf"),
    ],
)
def test_a_part_needs_no_more_than_its_extra(
    extra: str, part: str, installed: Installed, tmp_path: Path
) -> None:
    assert unimportable(installed(extra), tmp_path, part) == {}


def test_the_unit_form_of_tests_needs_pytest_only(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "test_trust.py").write_text(
        "import sys\n"
        "from rolecall.testing import assert_admits, assert_denies, iam_user, trust_of\n"
        f"TRUST = {_TRUST!r}\n"
        "def test_alice():\n"
        "    role = trust_of(TRUST)\n"
        "    assert_admits(role, iam_user('alice', account='999999999999'))\n"
        "    assert_denies(role, iam_user('bob', account='999999999999'))\n"
        "def test_deployed(local_aws):\n"
        "    pass\n"
    )
    done = installed("testing").run("python", "-m", "pytest", "-q", "test_trust.py", cwd=tmp_path)
    assert "1 passed, 1 error" in done.stdout, done.stdout + done.stderr
    assert "pip install 'rolecall[local]'" in done.stdout


def test_policies_are_compared_without_any_other_package(
    installed: Installed, tmp_path: Path
) -> None:
    """Not even those that are always installed: the machine that comments has Python only."""
    policy = tmp_path / "trust.json"
    policy.write_text(json.dumps(_TRUST))
    script = (
        "import sys\n"
        "class Nothing:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        top = name.partition('.')[0]\n"
        "        if top not in sys.stdlib_module_names and top != 'rolecall':\n"
        "            raise ModuleNotFoundError(name, name=name)\n"
        "sys.meta_path.insert(0, Nothing())\n"
        "import rolecall.policy, rolecall.policy.compare\n"
        "from rolecall.cli.main import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    environment = installed()
    for words in (["compare", "trust.json", "trust.json"], ["comment", "--help"]):
        done = environment.run("python", "-c", script, *words, cwd=tmp_path)
        assert done.returncode == 0, done.stderr


def test_a_policy_is_linted_with_what_is_always_there(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "trust.json").write_text(json.dumps(_TRUST))
    for words in (
        ["lint", "trust.json", "--fail-on", "high"],
        ["who-can", "--policy", "trust.json"],
    ):
        done = installed().run("rolecall", *words, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (["whoami"], "session"),
        (["assume", "tes", "deployer"], "session"),
        (["local", "up"], "local"),
        (["local", "status"], None),
        (["review", "--plan", "tes=plan.json", "--html", "out.html"], "review"),
    ],
)
def test_a_command_says_which_packages_it_misses(
    words: list[str], extra: str | None, installed: Installed, tmp_path: Path
) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/tes.yaml").write_text(
        'account_id: "111111111111"\nregion: eu-central-1\n'
    )
    (tmp_path / "plan.json").write_text(
        '{"format_version": "1.2", "terraform_version": "1.11.4", "resource_changes": [], '
        '"planned_values": {"root_module": {}}, "configuration": {"root_module": {}}}'
    )
    done = installed().run("rolecall", *words, cwd=tmp_path)
    if extra is None:
        assert done.returncode == 6, done.stderr
        return
    assert done.returncode == 8, done.stdout + done.stderr
    assert f"pip install 'rolecall[{extra}]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_constructs_say_which_packages_they_miss(installed: Installed, tmp_path: Path) -> None:
    script = (
        "from rolecall.problems import Problem\n"
        "for wanted in (Problem, ImportError):\n"
        "    try:\n"
        "        from rolecall_cdktf import AssumableRole\n"
        "    except wanted as error:\n"
        "        print(error)\n"
    )
    done = installed().run("python", "-c", script, cwd=tmp_path)
    sentences = done.stdout.splitlines()
    assert len(sentences) == 2, done.stderr
    assert all(each.endswith("pip install 'rolecall[cdktf]'.") for each in sentences)


def test_the_embedded_aws_serves_with_its_extra_alone(installed: Installed, tmp_path: Path) -> None:
    """All services that it has a table for, so that moto's extras are the right ones."""
    environment = installed("local")
    home = str(tmp_path / "home")
    up = environment.run(
        "rolecall", "local", "up", "--port", "0", "--ephemeral", cwd=tmp_path, ROLECALL_HOME=home
    )
    assert up.returncode == 0, up.stderr
    try:
        told = environment.run(
            *("rolecall", "local", "env", "--account", "111111111111", "--json"),
            cwd=tmp_path,
            ROLECALL_HOME=home,
        )
        script = (
            "import boto3\n"
            "boto3.client('sts').get_caller_identity()\n"
            "boto3.client('iam').create_user(UserName='alice')\n"
            "boto3.client('s3').list_buckets()\n"
            "boto3.client('sqs').list_queues()\n"
            "boto3.client('eks').list_clusters()\n"
        )
        export = json.loads(told.stdout)["export"]
        done = environment.run("python", "-c", script, cwd=tmp_path, **export)
        assert done.returncode == 0, done.stderr
    finally:
        environment.run("rolecall", "local", "down", cwd=tmp_path, ROLECALL_HOME=home)

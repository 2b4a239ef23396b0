"""`python -m rolecall_cdktf main.py`: an app that imports the CDK itself is as quick to start."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rolecall.problems import Exit

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def app(tmp_path: Path) -> Path:
    folder = tmp_path / "an app"
    folder.mkdir()
    (folder / "beside.py").write_text("VALUE = 'beside'\n")
    script = folder / "main.py"
    script.write_text(
        "import json, sys\n"
        "from cdktf_cdktf_provider_aws.iam_group import IamGroup\n"
        "from cdktf import App, TerraformStack, Testing\n"
        "from beside import VALUE\n"
        "app = Testing.app()\n"
        "stack = TerraformStack(app, 'own')\n"
        "IamGroup(stack, 'team', name='team')\n"
        "bindings = [name for name in sys.modules if name.startswith('cdktf_cdktf_provider')]\n"
        "found = json.loads(Testing.synth(stack))['resource']\n"
        "print(json.dumps([__name__, sys.argv[1:], VALUE, len(bindings), sorted(found)]))\n"
        "sys.exit(3)\n"
    )
    return script


def run(*arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rolecall_cdktf", *map(str, arguments)],
        cwd=PROJECT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
    )


def test_the_app_runs_as_it_would_and_its_own_imports_are_cut(app: Path) -> None:
    done = run(app, "a", "--b")
    assert done.returncode == 3, done.stderr
    name, arguments, beside, bindings, resources = json.loads(done.stdout)
    assert (name, arguments, beside) == ("__main__", ["a", "--b"], "beside")
    assert resources == ["aws_iam_group"]
    assert bindings < 10  # the stock import brings some 1,500


def test_what_is_wrong_is_said_in_one_line(app: Path) -> None:
    done = run()
    assert (done.returncode, done.stderr.splitlines()) == (
        Exit.BAD_INPUT,
        ["usage: python -m rolecall_cdktf main.py [argument …]"],
    )
    done = run(app, ROLECALL_CDK="neither")
    assert done.returncode == Exit.BAD_INPUT
    assert done.stderr.startswith("ROLECALL_CDK is 'neither'; set it")
    assert done.stderr.count("\n") == 1

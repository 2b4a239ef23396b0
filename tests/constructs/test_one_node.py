"""jsii runs in one Node process, and in its own two where it looks different."""

import subprocess
import sys
from pathlib import Path

import pytest
from jsii._kernel.providers import process

from rolecall_cdktf import _fast_loading, _one_node

PROJECT = Path(__file__).parents[2]
ENTRY = """
require("child_process").spawn(process.execPath,
  [...process.execArgv,"--preserve-symlinks",require("path").resolve(__dirname,"..","lib","program.js")],
  {stdio:["ignore","pipe","pipe","pipe"]}).stdio[3].pipe(process.stdout);
"""
PROGRAM = """
const fs = require("fs");
const say = (text) => fs.writeSync(3, JSON.stringify(text) + "\\n");
console.log("out of Node");
const child = "echo out of a child; echo ${NODE_EXTRA_CA_CERTS:-none}";
require("child_process").execSync(child, {stdio: "inherit"});
console.error("error of Node");
say({hello: HELLO});
const buffer = Buffer.alloc(100);
fs.readSync(3, buffer, 0, 100, null);
"""


def node(
    directory: Path,
    monkeypatch: pytest.MonkeyPatch,
    entry: str = ENTRY,
    hello: str = '"@jsii/runtime@0.0.0"',
) -> _one_node.OneNode:
    """A process object whose runtime is the little one above."""
    for name, text in [("bin/jsii-runtime.js", entry), ("lib/program.js", PROGRAM)]:
        (directory / name).parent.mkdir()
        (directory / name).write_text(text.replace("HELLO", hello))
    found = _one_node.OneNode()
    monkeypatch.setattr(found, "_jsii_runtime", lambda: str(directory / "bin/jsii-runtime.js"))
    return found


def test_what_node_and_its_children_print_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = node(tmp_path, monkeypatch)
    found.start()
    found.stop()
    assert found._printed is not None
    assert found._process.returncode == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[:2] == ["out of Node", "out of a child"]
    assert printed.err == "error of Node\n"


def test_certificates_are_for_what_node_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Reading them costs a start of Node 50 ms; without the file it would also warn."""
    missing = str(tmp_path / "missing.pem")
    monkeypatch.setenv("NODE_EXTRA_CA_CERTS", missing)
    environ = _fast_loading.os.environ
    found = node(tmp_path, monkeypatch)
    with _fast_loading.node_hook():
        assert "NODE_EXTRA_CA_CERTS" not in environ
        found.start()
    assert environ["NODE_EXTRA_CA_CERTS"] == missing
    assert "ROLECALL_NODE_EXTRA_CA_CERTS" not in environ
    found.stop()
    printed = capsys.readouterr()
    assert printed.out.splitlines()[-1] == missing
    assert printed.err == "error of Node\n"


def test_another_entry_program_is_left_its_own_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = node(tmp_path, monkeypatch, entry=ENTRY.replace("...process.execArgv,", "") + "// 2")
    assert found._program() is not None
    (tmp_path / "bin/jsii-runtime.js").write_text(ENTRY.replace("--preserve-symlinks", "--other"))
    assert found._program() is None
    (tmp_path / "bin/jsii-runtime.js").unlink()
    assert found._program() is None


def test_a_runtime_of_ones_own_is_left_its_own_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = node(tmp_path, monkeypatch)
    monkeypatch.setenv("JSII_RUNTIME", str(tmp_path / "bin/jsii-runtime.js"))
    assert found._program() is None


def test_a_program_that_does_not_greet_so_is_started_the_stock_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    stock = _one_node.OneNode.__mro__[1]
    monkeypatch.setattr(stock, "start", lambda self: done.append("started"))
    monkeypatch.setattr(stock, "send", lambda self, request, kind: done.append(request))
    found = node(tmp_path, monkeypatch, hello='"another"')
    found.start()
    found.send("request", object)
    assert done == ["started", "request"]


def test_the_real_jsii_takes_one_process() -> None:
    script = (
        "import jsii\n"
        "from rolecall_cdktf._cdktf import Construct\n"
        "node = jsii.kernel.provider._process\n"
        "print(type(node).__name__, node._printed is not None)\n"
    )
    assert python(script) == "OneNode True"


def python(script: str) -> str:
    """What the script prints; it must complain of nothing."""
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_node_is_at_work_before_jsii_is_loaded() -> None:
    script = (
        "import sys\n"
        "from rolecall_cdktf import _fast_loading\n"
        "start, seen = _fast_loading.ahead, []\n"
        "def ahead(assemblies):\n"
        "    assert 'jsii' not in sys.modules\n"
        "    seen.append(start(assemblies))\n"
        "    seen.append(len(seen[0].asked))\n"
        "    return seen[0]\n"
        "_fast_loading.ahead = ahead\n"
        "from rolecall_cdktf._cdktf import IamRole\n"
        "import jsii\n"
        "taken = jsii.kernel.provider._process._process is seen[0].process\n"
        "print(taken, seen[1], len(seen[0].asked))\n"
    )
    assert python(script) == "True 3 0"


def test_a_node_that_nobody_takes_ends_with_python() -> None:
    script = (
        "from rolecall_cdktf import _fast_loading, _node_process\n"
        "_fast_loading.start_node(['constructs'])\n"
        "from rolecall_cdktf._one_node import OneNode\n"
        "print(OneNode.ahead.process.pid, OneNode.ahead.folder.name)\n"
    )
    pid, folder = python(script).split(" ", 1)
    assert not Path("/proc", pid).exists()
    assert not Path(folder).exists()


def test_the_stock_import_takes_two(monkeypatch: pytest.MonkeyPatch) -> None:
    stock = _one_node.OneNode.__mro__[1]
    monkeypatch.setattr(process, "_NodeProcess", stock)
    _fast_loading.start_node(["constructs"], {"ROLECALL_STOCK_IMPORT": "1"})
    assert process._NodeProcess is stock
    _fast_loading.start_node(["constructs"], {})
    assert process._NodeProcess is _one_node.OneNode

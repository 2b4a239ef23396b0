"""What Node loads ahead is what the packages ask for, and asking ahead changes no answer."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jsii._kernel.types import LoadRequest, LoadResponse, StatsRequest, StatsResponse
from jsii.errors import JSIIError

from rolecall_cdktf import _node_process, _one_node
from rolecall_cdktf._assemblies import Assembly, assemblies
from rolecall_cdktf._which_cdk import choose

PROJECT = Path(__file__).parents[2]
Start = Callable[..., _one_node.OneNode]
# Answers as jsii's program does: a greeting, then a line for each line.
PROGRAM = """
const fs = require("fs");
const say = (text) => fs.writeSync(3, JSON.stringify(text) + "\\n");
say({hello: "@jsii/runtime@0.0.0"});
let kept = "", loads = 0;
const buffer = Buffer.alloc(10000);
for (;;) {
  const size = fs.readSync(3, buffer, 0, 10000, null);
  if (size === 0) process.exit(0);
  const lines = (kept + buffer.toString("utf8", 0, size)).split("\\n");
  kept = lines.pop();
  for (const line of lines) {
    const request = JSON.parse(line);
    if ("exit" in request) process.exit(0);
    if (request.api === "stats") say({ok: {objectCount: loads}});
    else if (request.name === "bad") say({error: "no such", stack: "", name: "@jsii/kernel.Fault"});
    else { loads += 1; say({ok: {assembly: request.name, types: loads}}); }
  }
}
"""
A, B, BAD = (Assembly(name, "1", f"/{name}.tgz") for name in ("a", "b", "bad"))


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Takes over a Node that was asked ahead for assemblies."""
    (tmp_path / "program.js").write_text(PROGRAM)
    started: list[_one_node.OneNode] = []

    def start(*asked: Assembly) -> _one_node.OneNode:
        running = _node_process.spawn(tmp_path / "program.js")
        assert running is not None
        running.ask(asked)
        node = _one_node.OneNode()
        _one_node.OneNode.ahead = running
        node.start()
        assert _one_node.OneNode.ahead is None
        started.append(node)
        return node

    yield start
    for node in started:
        node.stop()
        assert node._process.returncode == 0


def load(node: _one_node.OneNode, wanted: Assembly) -> int:
    """Load it as jsii does; how many were loaded by then."""
    request = LoadRequest(wanted.name, wanted.version, wanted.tarball)
    answer = node.send(request, LoadResponse)
    assert answer.assembly == wanted.name
    return int(answer.types)


def test_the_answer_that_is_there_already_is_taken(start: Start) -> None:
    node = start(A, B)
    assert [load(node, A), load(node, B)] == [1, 2]
    assert node.send(StatsRequest(), StatsResponse).objectCount == 2


def test_another_order_and_other_requests_get_answers_of_their_own(start: Start) -> None:
    node = start(A, B)
    assert load(node, B) == 2
    assert load(node, A) == 3, "asked again: its first answer was thrown away"
    assert node.send(StatsRequest(), StatsResponse).objectCount == 3


def test_whatever_was_asked_ahead_another_request_gets_its_answer(start: Start) -> None:
    node = start(A, BAD, B)
    assert node.send(StatsRequest(), StatsResponse).objectCount == 2


def test_an_error_is_told_by_the_one_who_asks_for_it(start: Start) -> None:
    node = start(BAD, B)
    with pytest.raises(JSIIError, match="no such"):
        load(node, BAD)
    assert load(node, B) >= 1


def test_the_assemblies_of_the_cdk_are_those_that_it_loads() -> None:
    """Compared with what jsii is really asked for, in the order in which it is."""
    cdk = choose()
    script = (
        "import json, sys\n"
        "from jsii._kernel.providers import process\n"
        "asked = []\n"
        "load = process.ProcessProvider.load\n"
        "process.ProcessProvider.load = lambda self, request: (\n"
        "    asked.append([request.name, request.version, request.tarball]), load(self, request)\n"
        ")[1]\n"
        "from rolecall_cdktf._cdktf import App, IamRole\n"
        "print(json.dumps(asked))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, check=True, capture_output=True, text=True
    )
    expected = [
        [each.name, each.version, each.tarball]
        for each in assemblies(["constructs", cdk.name, cdk.provider])
    ]
    assert json.loads(done.stdout) == expected
    assert len(expected) == 3


@pytest.mark.parametrize(
    "body",
    [
        "",
        'JSIIAssembly.load(name="a")',
        'JSIIAssembly.load("a", "1", __name__[0:-6], "missing.tgz")',
    ],
)
def test_a_package_that_looks_different_ends_the_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    good = 'JSIIAssembly.load(\n    "a", "1", __name__[0:-6], "a.tgz"\n)'
    for name, text in [("ahead_good", good), ("ahead_other", body), ("ahead_last", good)]:
        folder = tmp_path / name / "_jsii"
        folder.mkdir(parents=True)
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('it is not imported')")
        (folder / "__init__.py").write_text(text)
        (folder / "a.tgz").touch()
    found = list(assemblies(["ahead_good", "ahead_other", "ahead_last"]))
    assert found == [Assembly("a", "1", str(tmp_path / "ahead_good/_jsii/a.tgz"))]
    assert list(assemblies(["ahead_is_not_there"])) == []

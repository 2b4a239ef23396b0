"""What the pytest plugin costs: start-up with and without it, and one admitted and five denied.

Each figure is of `python -m pytest` as a process, so Python's own start, pytest's and the
synthesis of the stack are all in it.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record

ROUNDS = 7
PROMISED = 2.0
_NOTHING = "def test_nothing():\n    pass\n"
_ASSERTIONS = """

def test_admitted():
    assert_admits(role(), github_token("acme/infra", environment="tes"))

@pytest.mark.parametrize("caller", [
    github_token("acme/infra", environment="prd"),
    github_token("acme/infra", branch="main"),
    github_token("acme/infra", pull_request=True),
    github_token("acme-evil/infra", environment="tes"),
    github_token("acme/infra", environment="tes", audience="another"),
])
def test_denied(caller):
    assert_denies(role(), caller)
"""
_HEAD = """
from functools import cache
import pytest
from rolecall.issuers import GITHUB_ACTIONS
from rolecall.testing import assert_admits, assert_denies, github_token, trust_of
from rolecall.trust import GitHubActions, TrustContext, trust_policy

ENTITY = GitHubActions(GITHUB_ACTIONS, "acme/infra", environment="tes")
"""
_POLICY = """
@cache
def role():
    return trust_of(trust_policy([ENTITY], TrustContext("111111111111")), "pipeline")
"""
_STACK = """
from rolecall.environment import Environment
from rolecall_cdktf import AssumableRole, EnvironmentStack
from rolecall_cdktf._cdktf import App

@cache
def role():
    tes = Environment(name="tes", account_id="111111111111", region="eu-central-1",
                      identity_account_id="999999999999", external_id=None)
    stack = EnvironmentStack(App(), tes)
    AssumableRole(stack, "pipeline", trusted_entities=[ENTITY])
    return trust_of(stack, "pipeline")
"""


def seconds(folder: Path, code: str, *options: str) -> dict[str, float]:
    """The quickest of whole runs of pytest, and the least of their processor time.

    Others use the machine as well: what the processor did says more than the clock then.
    """
    (folder / "test_it.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    # Byte code is what makes the second start quick; some shells turn it off.
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    taken, worked = [], []
    for _ in range(ROUNDS + 1):
        begin, before = time.perf_counter(), _processor()
        subprocess.run(command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begin)
        worked.append(_processor() - before)
    # The first one writes the byte code.
    return {"seconds": round(min(taken[1:]), 3), "processor": round(min(worked[1:]), 3)}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Measure and print one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        found = {
            "start_without_plugin": seconds(folder, _NOTHING, "-p", "no:rolecall"),
            "start_with_plugin": seconds(folder, _NOTHING),
            "one_admitted_five_denied_policy": seconds(folder, _HEAD + _POLICY + _ASSERTIONS),
            "one_admitted_five_denied_stack": seconds(folder, _HEAD + _STACK + _ASSERTIONS),
        }
    print(json.dumps(found, indent=2))
    whole = found["one_admitted_five_denied_stack"]
    record(
        Figure(
            "pytest: one admitted, five denied",
            whole["seconds"],
            PROMISED,
            "s by the clock",
            more_is_better=False,
            ours=f"{whole['processor']:.2f} s of processor time",
        )
    )


if __name__ == "__main__":
    main()

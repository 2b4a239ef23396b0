"""What the pytest plugin costs: start-up with and without it, and one admitted and five denied.

Each figure is the quickest of several runs of `python -m pytest` as a process, so Python's own
start, pytest's and the synthesis of the stack are all in it.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 7
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


def seconds(folder: Path, code: str, *options: str) -> float:
    """The quickest of whole runs of pytest: others use the machine as well."""
    (folder / "test_it.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    taken = []
    for _ in range(ROUNDS + 1):
        begin = time.perf_counter()
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begin)
    return min(taken[1:])  # the first one writes the byte code


def main() -> None:
    """Measure and print one JSON object."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pytest.ini").write_text("[pytest]\n")
        found = {
            "start_without_plugin_s": seconds(folder, _NOTHING, "-p", "no:rolecall"),
            "start_with_plugin_s": seconds(folder, _NOTHING),
            "one_admitted_five_denied_policy_s": seconds(folder, _HEAD + _POLICY + _ASSERTIONS),
            "one_admitted_five_denied_stack_s": seconds(folder, _HEAD + _STACK + _ASSERTIONS),
        }
    print(json.dumps({key: round(value, 3) for key, value in found.items()}, indent=2))


if __name__ == "__main__":
    main()

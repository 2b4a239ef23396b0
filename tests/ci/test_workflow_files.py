"""The pipeline's files are what the platforms take, and careful with what strangers write."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from rolecall.environment import Environment, S3State
from rolecall.issuers import GITHUB_ACTIONS
from rolecall_cdktf import AssumableRole, EnvironmentStack, OidcProvider, _cdktf
from tests.ci.project import ROOT, roles_of_the_page
from tests.docs.blocks import blocks

BIN = ROOT / ".venv/bin"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
NAMES = [path.name for path in WORKFLOWS]


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def steps() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.name}: {name}", step)
        for path in WORKFLOWS
        for name, job in read(path)["jobs"].items()
        for step in job.get("steps", [])
    ]


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", [str(path) for path in WORKFLOWS]),
        ("vendor.gitlab-ci", [str(ROOT / ".gitlab-ci.yml")]),
    ],
)
def test_they_are_valid_by_the_published_schemas(schema: str, files: list[str]) -> None:
    done = subprocess.run(
        [BIN / "check-jsonschema", "--builtin-schema", schema, *files],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_finds_nothing_of_weight() -> None:
    done = subprocess.run(
        [BIN / "zizmor", "--offline", "--format=json", "--min-severity=medium", *WORKFLOWS],
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == [], done.stdout
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_every_job_says_what_it_may_do(path: Path) -> None:
    whole = read(path)
    assert whole["permissions"] == {}
    for name, job in whole["jobs"].items():
        assert job["permissions"], name
        writes = {scope for scope, way in job["permissions"].items() if way == "write"}
        known = {"attestations", "id-token", "pages", "pull-requests", "security-events"}
        assert writes <= known, name


@pytest.mark.parametrize("path", WORKFLOWS, ids=NAMES)
def test_no_event_gives_a_stranger_a_token_that_writes(path: Path) -> None:
    events = read(path)[True]  # YAML 1.1 reads `on` so
    assert set(events) <= {"pull_request", "push", "workflow_call"}


def test_every_action_is_pinned_to_a_commit_with_its_version() -> None:
    for path in WORKFLOWS:
        for line in path.read_text(encoding="utf-8").splitlines():
            if "uses:" in line and "./" not in line:
                assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


def test_one_version_of_each_action() -> None:
    pins = {step["uses"] for _, step in steps() if "uses" in step}
    assert len({pin.partition("@")[0] for pin in pins}) == len(pins)


def test_nothing_that_somebody_chose_stands_in_a_script() -> None:
    for where, step in steps():
        assert "${{" not in step.get("run", ""), where


def test_who_runs_the_pull_request_s_code_cannot_write() -> None:
    jobs = read(ROOT / ".github/workflows/review.yml")["jobs"]
    for name, job in jobs.items():
        scripts = [step.get("run", "") for step in job["steps"]]
        may_write = set(job["permissions"].values()) == {"read", "write"} or (
            "write" in job["permissions"].values()
        )
        runs_head = not any("checkout --quiet --detach HEAD^1" in script for script in scripts)
        if name == "plan":
            assert job["permissions"] == {"contents": "read", "id-token": "write"}
        elif runs_head or name == "synth":
            assert not may_write, name


def test_who_publishes_the_documentation_runs_nothing_of_the_repository() -> None:
    jobs = read(ROOT / ".github/workflows/docs.yml")["jobs"]
    assert jobs["build"]["permissions"] == {"contents": "read"}
    publish = jobs["publish"]
    assert publish["if"] == "github.event_name == 'push'"
    assert [step["uses"].partition("@")[0] for step in publish["steps"]] == ["actions/deploy-pages"]


def test_who_signs_and_publishes_a_release_runs_nothing_of_the_repository() -> None:
    jobs = read(ROOT / ".github/workflows/release.yml")["jobs"]
    assert jobs.pop("build")["permissions"] == {"contents": "read"}
    for name, job in jobs.items():
        assert "contents" not in job["permissions"], name
        used = {step["uses"].partition("@")[0] for step in job["steps"]}
        assert used <= {
            "actions/download-artifact",
            "actions/attest-build-provenance",
            "pypa/gh-action-pypi-publish",
        }, name


def test_no_checkout_leaves_its_token_behind() -> None:
    for where, step in steps():
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False, where


def test_no_plan_is_an_artifact() -> None:
    for where, step in steps():
        if step.get("uses", "").startswith("actions/upload-artifact@"):
            assert "RUNNER_TEMP" not in step["with"]["path"], where
    for where, step in steps():
        for found in re.findall(r"-out=(\S+)", step.get("run", "")):
            assert found.startswith('"$RUNNER_TEMP/'), where


def test_no_secret_is_named() -> None:
    for path in WORKFLOWS:
        assert "secrets." not in path.read_text(encoding="utf-8")


def test_the_roles_of_the_page_synthesize() -> None:
    facts = Environment(
        name="tes",
        account_id="111111111111",
        region="eu-central-1",
        state=S3State("acme-terraform-state", "eu-central-1", "rolecall/tes.tfstate"),
    )
    stack = EnvironmentStack(_cdktf.Testing.app(), facts)
    namespace: dict[str, Any] = {}
    exec(compile(roles_of_the_page(), "docs/ci.md", "exec"), namespace)
    namespace["add_ci_roles"](stack, OidcProvider(stack, "github", issuer=GITHUB_ACTIONS))
    made = json.loads(_cdktf.Testing.synth(stack))["resource"]
    roles = {
        role["name"]: json.loads(role["assume_role_policy"])
        for role in made["aws_iam_role"].values()
    }
    assert set(roles) == {"tes-plan", "tes-pipeline"}
    assert "repo:acme/infra:environment:tes" in json.dumps(roles["tes-pipeline"])
    assert "repo:acme/infra:pull_request" in json.dumps(roles["tes-plan"])
    assert "environment" not in json.dumps(roles["tes-plan"])
    policies = {
        policy["name"]: json.loads(policy["policy"])
        for policy in made["aws_iam_role_policy"].values()
    }
    actions = json.dumps([each["Action"] for each in policies["read"]["Statement"]])
    assert not re.search(r"Put|Create|Update|Delete|Attach|:\*", actions)


def test_a_pipeline_without_a_shared_state_is_refused() -> None:
    facts = Environment(name="tes", account_id="111111111111", region="eu-central-1")
    stack = EnvironmentStack(_cdktf.Testing.app(), facts)
    namespace: dict[str, Any] = {}
    exec(compile(roles_of_the_page(), "docs/ci.md", "exec"), namespace)
    with pytest.raises(TypeError, match="s3"):
        namespace["add_ci_roles"](stack, OidcProvider(stack, "github", issuer=GITHUB_ACTIONS))


def test_the_roles_for_gitlab_synthesize() -> None:
    facts = Environment(name="tes", account_id="111111111111", region="eu-central-1")
    stack = EnvironmentStack(_cdktf.Testing.app(), facts)
    [text] = [block.text for block in blocks("ci.md") if "GITLAB_COM" in block.text]
    names = {"stack": stack, "OidcProvider": OidcProvider, "AssumableRole": AssumableRole}
    exec(compile(text, "docs/ci.md", "exec"), names)
    made = json.loads(_cdktf.Testing.synth(stack))["resource"]
    [provider] = made["aws_iam_openid_connect_provider"].values()
    ci = read(ROOT / ".gitlab-ci.yml")
    for job in ("plan", ".deploy"):
        assert ci[job]["id_tokens"]["AWS_ID_TOKEN"]["aud"] in provider["client_id_list"]
    roles = {role["name"].removeprefix("tes-") for role in made["aws_iam_role"].values()}
    scripts = json.dumps([ci["plan"]["script"], ci[".deploy"]["script"]])
    assert roles == {"plan-gitlab", "pipeline-gitlab"}
    assert all(f" {role} " in scripts for role in roles)

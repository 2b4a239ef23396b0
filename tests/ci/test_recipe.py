"""The pipeline of `.github/workflows`, from an opened pull request to what is deployed.

The commands are those of the files; what could not be run here is listed by name.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rolecall.local.lifecycle import require
from rolecall.local.rundir import RunDir
from rolecall.problems import Exit
from rolecall.review.comment.body import MARKER, bears
from rolecall.terraform import shell_environment
from tests.ci.gitlab_jobs import GitLabJobs
from tests.ci.platforms import GitHubApi, GitLabApi, Reply, Token, served
from tests.ci.project import ROOT, WIDE, Repository, run
from tests.ci.workflow_runner import INSTALLED, Event, Outcome, Runner, scrubbed
from tests.integration.target import EmbeddedAws, Keys

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("recipe")]
PLAN = "<!-- rolecall review: plan-tes -->"
JOB, READER = "ghs_0123456789job", "ghs_0123456789reader"


@dataclass
class World:
    """The repository, its pipeline, GitHub and AWS."""

    repository: Repository
    runner: Runner
    github: GitHubApi
    administrator: Keys
    control: Any
    last: str = ""

    def pull_request(self, branch: str) -> dict[str, Outcome]:
        """All jobs of review.yml, in their order."""
        sha = self.last = self.repository.merge_commit(branch)
        event = Event("pull_request", sha, "refs/pull/7/merge", number=7)
        self.runner.artifacts.clear()
        done: dict[str, Outcome] = {}
        for side in ("before", "after"):
            done[f"synth {side}"] = self.runner.job(
                "review.yml", "synth", event, matrix={"side": side}
            )
            assert done[f"synth {side}"].result == "success", done[f"synth {side}"].log
        needs = {"synth": done["synth after"]}
        done["review"] = self.runner.job("review.yml", "review", event, needs=needs)
        done["plan"] = self.runner.job("review.yml", "plan", event, matrix={"environment": "tes"})
        needs = {"plan": done["plan"]}
        done["comment"] = self.runner.job("review.yml", "comment", event, needs=needs)
        return done

    def deploy(self, job: str, sha: str, plan: Outcome | None = None) -> Outcome:
        """A job of environment.yml for tes."""
        return self.runner.job(
            "environment.yml",
            job,
            Event("push", sha, "refs/heads/main"),
            inputs={"environment": "tes"},
            needs={} if plan is None else {"plan": plan},
        )

    def trust_of(self, role: str) -> str:
        found = self.administrator.client("iam").get_role(RoleName=role)["Role"]
        return json.dumps(found["AssumeRolePolicyDocument"])

    def comments(self, mark: str = MARKER) -> list[str]:
        return [each["body"] for each in self.github.comments if bears(each["body"], mark)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("recipe")
    (folder / "home").mkdir()
    aws = EmbeddedAws(folder / "home", "--ephemeral")
    aws.up()
    try:
        control = require(RunDir(aws.home / "local")).control
        repository = Repository.new(folder / "repository")
        github = GitHubApi({JOB: Token(None), READER: Token(None, writes=False)})
        with served(github.answer) as url, _tokens(control) as tokens:
            github.url = url
            administrator = aws.administrator("tes", cwd=repository.folder)
            _first_deploy(repository, administrator, folder)
            variables = {
                **scrubbed(os.environ),
                **shell_environment(ROOT / ".rolecall"),
                "HOME": str(folder),
                # The packages as the repository has them, whatever becomes of ours meanwhile.
                "PYTHONPATH": f"{folder / 'by-hand'}:{folder / 'by-hand/constructs'}",
                # Nothing of AWS but where it is: no key.
                "AWS_ENDPOINT_URL": administrator.variables["AWS_ENDPOINT_URL"],
                "AWS_EC2_METADATA_DISABLED": "true",
                "GITHUB_API_URL": url,
            }
            runner = Runner(
                repository=repository.folder,
                tools=ROOT,
                work=folder / "runner",
                variables=variables,
                token=JOB,
                read_only_token=READER,
                id_token=tokens,
            )
            yield World(repository, runner, github, administrator, control)
    finally:
        aws.down()


def _first_deploy(repository: Repository, administrator: Keys, folder: Path) -> None:
    """What an administrator does once by hand."""
    place = folder / "by-hand"
    run(["git", "clone", "-q", str(repository.folder), str(place)], folder, os.environ)
    for tool in (".venv", "node_modules"):
        (place / tool).symlink_to(ROOT / tool)
    cdktf = str(ROOT / "node_modules/.bin/cdktf")
    own = {**administrator.variables, "PYTHONPATH": f"{place}:{place / 'constructs'}"}
    run([cdktf, "deploy", "tes", "--auto-approve"], place, own)


@contextmanager
def _tokens(control: Any) -> Iterator[Any]:
    """GitHub's token endpoint: each job has a bearer of its own, which names its subject."""
    subjects: dict[str, str] = {}

    def answer(method: str, target: str, bearer: str, body: Any) -> Reply:
        if bearer not in subjects:
            return 401, {}, {"message": "no"}
        audience = re.search(r"audience=([^&]+)", target)
        given = {"issuer": "github", "subject": subjects[bearer], "claims": {}}
        given["audience"] = audience[1] if audience else ""
        return 200, {}, {"value": control.call("POST", "oidc/token", given)["token"]}

    with served(answer) as url:

        def variables(subject: str) -> Mapping[str, str]:
            bearer = f"bearer-{len(subjects)}"
            subjects[bearer] = subject
            return {
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{url}/token?api-version=2.0",
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": bearer,
            }

        yield variables


def test_from_a_pull_request_to_what_is_deployed(world: World) -> None:
    """In one test, because each step stands on the one before."""
    repository = world.repository
    before = world.trust_of("tes-app")

    # A pull request is opened: it lets somebody in.
    repository.branch("wide")
    repository.trust(WIDE)
    repository.commit("any branch of the app")
    opened = world.pull_request("wide")
    assert opened["review"].failed_step == "Gate", opened["review"].log
    [comment] = world.comments()
    assert "tes-app" in comment
    assert "wider" in comment
    assert opened["review"].summary.count(MARKER) == 1
    assert world.runner.sarif[-1]["runs"]
    assert {path.name for path in world.runner.artifacts["review"].iterdir()} == {
        "review.html",
        "review.json",
        "review.md",
        "review.sarif",
    }
    # The plan says so too, by a role that cannot change anything.
    assert opened["plan"].failed_step == "Gate", opened["plan"].log
    assert opened["comment"].result == "success", opened["comment"].log
    [of_the_plan] = world.comments(PLAN)
    assert "tes-app" in of_the_plan

    # Somebody looks at it and pushes that: the comments are updated in place.
    repository.write("access-reviewed.yaml", _acknowledged(world))
    repository.commit("reviewed")
    again = world.pull_request("wide")
    assert again["review"].result == "success", again["review"].log
    assert again["plan"].result == "success", again["plan"].log
    assert len(world.github.comments) == 2
    assert world.comments() != [comment]
    assert world.comments(PLAN) != [of_the_plan]
    assert world.trust_of("tes-app") == before

    # A merge: what was reviewed is applied, by the role of the protected environment.
    merged = repository.merge("wide")
    plan = world.deploy("plan", merged)
    assert plan.result == "success", plan.log
    assert plan.outputs["changes"] == "true"
    applied = world.deploy("apply", merged, plan)
    assert applied.result == "success", applied.log
    assert "Apply complete!" in applied.log
    assert world.trust_of("tes-app") != before

    # The same plan again is no longer the one that was reviewed: it is done.
    stopped = world.deploy("apply", merged, plan)
    assert stopped.failed_step == "The plan that was reviewed", stopped.log
    assert "no longer the one that was reviewed" in stopped.log
    assert world.runner.not_run == set(INSTALLED)


def test_what_a_fork_gets(world: World) -> None:
    """Its review in the summary, from what `synth` made of it; no plan, and no comment."""
    event = Event("pull_request", world.last, "refs/pull/7/merge", number=7, fork=True)
    world.github.comments.clear()
    synth = Outcome("success")
    done = world.runner.job("review.yml", "review", event, needs={"synth": synth})
    assert done.result == "success", done.log
    assert MARKER in done.summary
    assert "fork" in done.log
    plan = world.runner.job("review.yml", "plan", event, matrix={"environment": "tes"})
    comment = world.runner.job("review.yml", "comment", event, needs={"plan": plan})
    assert plan.result == comment.result == "skipped"
    assert world.github.comments == []


def test_nothing_is_applied_where_nothing_changes(world: World) -> None:
    plan = Outcome("success", {"changes": "false", "digest": ""})
    assert world.deploy("apply", world.last, plan).result == "skipped"


def _acknowledged(world: World) -> str:
    report = json.loads((world.runner.artifacts["review"] / "review.json").read_text())
    wider = [change for change in report["changes"] if change["verdict"] in {"wider", "both"}]
    entries = "".join(
        f"  - change: {change['fingerprint']}\n"
        f"    role: {change['name']}\n"
        "    by: alice\n"
        "    reason: The app is built on every branch.\n"
        for change in wider
    )
    return f"reviewed:\n{entries}"


def test_gitlab_s_jobs(world: World, tmp_path: Path) -> None:
    """The same change in a merge request: synthesized, reviewed, noted; and a deploy of main."""
    runner, git = world.runner, world.repository.git
    before, after = git("rev-parse", "wide~2"), git("rev-parse", "wide~1")
    api = GitLabApi({JOB: Token("project_42_bot")})
    with served(api.answer) as url:
        api.url = url
        variables = {
            **runner.variables,
            "GITLAB_CI": "true",
            "CI_API_V4_URL": url,
            "CI_PROJECT_ID": "42",
            "CI_MERGE_REQUEST_IID": "7",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": before,
            "GITLAB_TOKEN": JOB,
        }
        jobs = GitLabJobs(
            world.repository.folder, runner.tools, tmp_path, variables, runner.synthesized
        )
        for side, sha in (("before", before), ("after", after)):
            done = jobs.run(f"synth-{side}", after, sha)
            assert done.returncode == 0, done.stderr
        review = jobs.run("review", after, before)
        assert review.returncode == Exit.WIDER, review.stderr
        [note] = api.comments
        assert "tes-app" in note["body"]
        assert (jobs.artifacts["review"] / "review/review.html").is_file()

        subject = "project_path:acme/infra:ref_type:branch:ref:main"
        given = {
            "issuer": "gitlab",
            "subject": subject,
            "audience": "https://gitlab.com",
            "claims": {"ref_protected": "true"},
        }
        token = world.control.call("POST", "oidc/token", given)["token"]
        merged = git("rev-parse", "main")
        deployed = jobs.run("deploy-tes", merged, merged, AWS_ID_TOKEN=token)
        assert deployed.returncode == 0, deployed.stdout + deployed.stderr
        assert "Apply complete! Resources: 0 added" in deployed.stdout
        assert token not in deployed.stdout + deployed.stderr


def test_the_reviewer_is_the_base_s(world: World) -> None:
    """A pull request that rewrites the reviewer runs its own code in `synth` only."""
    repository = world.repository
    repository.git("checkout", "-q", "main")
    repository.branch("sly")
    repository.write("rolecall/cli/main.py", "raise SystemExit(0)\n")
    repository.write("Makefile", "everything:\n\tfalse\n")
    repository.commit("sly")
    sha = repository.merge_commit("sly")
    event = Event("pull_request", sha, "refs/pull/7/merge", number=7)
    world.runner.artifacts.clear()
    plan = Outcome("success")
    store = world.runner.work / "plan-tes"
    store.mkdir()
    (store / "plan-tes.md").write_text("# Review of the plan\n")
    world.runner.artifacts["plan-tes"] = store
    done = world.runner.job("review.yml", "comment", event, needs={"plan": plan})
    assert done.result == "success", done.log
    assert any("Review of the plan" in text for text in world.comments(PLAN))

"""A branch changes who may assume a role: plan, review, deploy; and the witness really gets in.

`main` of a copy of the project is deployed to an embedded AWS of its own. What the review
says of a branch's plan is then tried: the request it shows is refused before the branch is
deployed, and gets credentials after.
"""

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from rolecall.problems import Exit
from tests.integration.people import MAY_ASSUME_ALL
from tests.integration.target import BIN, EmbeddedAws, Keys, Project

pytestmark = pytest.mark.xdist_group("review")

GITHUB = "token.actions.githubusercontent.com"
ROLE = "arn:aws:iam::111111111111:role/tes-"
#: What the branch `wider` writes instead, by file.
WIDER = {
    "stacks/federation.py": [
        (
            'GitHubActions(github, "acme/infra", environment=environment.name)',
            'AnyRepositoryOf(github, "acme")',
        ),
        ("import EksServiceAccount,", "import AnyRepositoryOf, EksServiceAccount,"),
    ],
    "stacks/deploy_stack.py": [
        (
            "trusted_entities=[AwsService(",
            'trusted_entities=[AnyPrincipalOf("444455556666", external_id="acme-1"), AwsService(',
        ),
        ("import AwsService,", "import AnyPrincipalOf, AwsService,"),
    ],
}
#: The branch `harmless` changes roles, and nobody's access.
HARMLESS = {
    "stacks/deploy_stack.py": [
        ('"Deploys the application"', '"Deploys the application, and its documentation"'),
    ]
}


@dataclass(frozen=True)
class Shop:
    """The project's repository, and the embedded AWS that its main branch is deployed to."""

    embedded: EmbeddedAws
    project: Project
    tes: Keys

    def git(self, *arguments: str) -> str:
        who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
        command = ["git", *who, *arguments]
        done = subprocess.run(command, cwd=self.project.folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def branch(self, name: str, changes: Mapping[str, list[tuple[str, str]]]) -> None:
        self.git("checkout", "-q", "-b", name, "main")
        for file, edits in changes.items():
            path = self.project.folder / file
            text = path.read_text()
            for old, new in edits:
                assert old in text
                text = text.replace(old, new)
            path.write_text(text)
        self.git("commit", "-q", "-a", "-m", name)

    def terraform(self, *arguments: str) -> str:
        done = self.tes.run("terraform", *arguments, cwd=self.project.stack("tes"))
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def planned(self, branch: str, plan: Path) -> Path:
        """The branch's plan as JSON; `plan` is what can be applied."""
        self.git("checkout", "-q", branch)
        done = self.project.cdktf(self.tes, "synth")
        assert done.returncode == 0, done.stdout + done.stderr
        self.terraform("init", "-input=false", "-no-color")
        self.terraform("plan", "-input=false", "-no-color", f"-out={plan}")
        shown = plan.with_suffix(".json")
        shown.write_text(self.terraform("show", "-json", str(plan)))
        return shown

    def review(self, plan: Path) -> tuple[int, dict[str, Any]]:
        command = [str(BIN / "rolecall"), "review", f"--plan=tes={plan}", "--json"]
        done = self.tes.run(*command, cwd=self.project.folder)
        assert done.stdout, done.stderr
        return done.returncode, json.loads(done.stdout)

    def may(self, request: Mapping[str, Any]) -> str:
        """Make the request of a witness: the ARN of the session, or the refusal's code."""
        try:
            if request["action"] == "sts:AssumeRoleWithWebIdentity":
                answer = self._by_token(request)
            else:
                answer = self._by_user(request)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        session = self.tes.with_session(answer["Credentials"])
        return str(session.client("sts").get_caller_identity()["Arn"])

    def _by_token(self, request: Mapping[str, Any]) -> Any:
        context = request["context"]
        words = ["--issuer", f"https://{GITHUB}", "--subject", context[f"{GITHUB}:sub"]]
        words += ["--audience", context[f"{GITHUB}:aud"]]
        token = self.embedded.rolecall("local", "token", *words).strip()
        sts = self.tes.client("sts", config=Config(signature_version=UNSIGNED))
        return sts.assume_role_with_web_identity(
            RoleArn=request["role"],
            RoleSessionName=context["sts:RoleSessionName"],
            WebIdentityToken=token,
        )

    def _by_user(self, request: Mapping[str, Any]) -> Any:
        account, name = request["caller"].split(":")[4], request["caller"].rpartition("/")[2]
        printed = self.embedded.rolecall("local", "env", "--account", account, "--json")
        iam = Keys({**self.tes.variables, **json.loads(printed)["export"]}).client("iam")
        with suppress(iam.exceptions.EntityAlreadyExistsException):
            iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name, PolicyName="own", PolicyDocument=json.dumps(MAY_ASSUME_ALL)
        )
        key = iam.create_access_key(UserName=name)["AccessKey"]
        user = {
            **self.tes.variables,
            "AWS_ACCESS_KEY_ID": key["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"],
        }
        try:
            return (
                Keys(user)
                .client("sts")
                .assume_role(
                    RoleArn=request["role"],
                    RoleSessionName=request["context"]["sts:RoleSessionName"],
                    ExternalId=request["context"]["sts:ExternalId"],
                )
            )
        finally:
            iam.delete_access_key(UserName=name, AccessKeyId=key["AccessKeyId"])


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    embedded = EmbeddedAws(tmp_path_factory.mktemp("embedded"), "--ephemeral")
    embedded.up()
    try:
        project = Project.copy(tmp_path_factory.mktemp("project"))
        ignored = (".venv", "node_modules", "cdktf.out", ".rolecall", "__pycache__")
        (project.folder / ".gitignore").write_text("".join(f"{name}\n" for name in ignored))
        shop = Shop(embedded, project, embedded.administrator("tes"))
        shop.git("init", "-q", "-b", "main")
        shop.git("add", ".")
        shop.git("commit", "-q", "-m", "as it is deployed")
        shop.branch("harmless", HARMLESS)
        shop.branch("wider", WIDER)
        shop.git("checkout", "-q", "main")
        for environment in ("identity", "tes"):
            project.deploy(embedded.administrator(environment), environment)
        yield shop
    finally:
        embedded.down()


def gained(report: Mapping[str, Any], role: str) -> list[dict[str, Any]]:
    """The requests that the review shows for a role."""
    (change,) = [each for each in report["changes"] if each["name"] == f"tes-{role}"]
    assert change["verdict"] == "wider"
    return [each["request"] for each in change["comparison"]["gains"]]


def test_nobody_gains_and_the_gate_is_open(shop: Shop, tmp_path: Path) -> None:
    code, report = shop.review(shop.planned("harmless", tmp_path / "tes.plan"))
    assert (code, report["verdict"], report["gate"]["result"]) == (Exit.OK, "same", "passed")


def test_who_gains_gets_in_after_the_deploy_and_not_before(shop: Shop, tmp_path: Path) -> None:
    plan = tmp_path / "tes.plan"
    code, report = shop.review(shop.planned("wider", plan))
    assert (code, report["verdict"], report["gate"]["result"]) == (Exit.WIDER, "wider", "failed")
    changed = {each["name"] for each in report["changes"] if each["verdict"] != "same"}
    assert changed == {"tes-pipeline", "tes-backup"}
    requests = gained(report, "pipeline") + gained(report, "backup")
    tried = [each for each in requests if ":assumed-role/" not in each["caller"]]
    assert {(each["role"], each["action"]) for each in tried} == {
        (f"{ROLE}pipeline", "sts:AssumeRoleWithWebIdentity"),
        (f"{ROLE}backup", "sts:AssumeRole"),
    }
    assert [shop.may(each) for each in tried] == ["AccessDenied"] * len(tried)
    shop.terraform("apply", "-input=false", "-no-color", str(plan))
    for request in tried:
        name = request["role"].rpartition("/")[2]
        session = f"arn:aws:sts::111111111111:assumed-role/{name}/"
        assert shop.may(request).startswith(session)


def test_two_revisions_say_the_same_as_the_plan(shop: Shop) -> None:
    command = [str(BIN / "rolecall"), "review", "--revisions", "main", "wider", "--json"]
    done = shop.tes.run(*command, cwd=shop.project.folder)
    assert done.returncode == Exit.WIDER, done.stderr
    report = json.loads(done.stdout)
    wider = {each["name"] for each in report["changes"] if each["verdict"] == "wider"}
    assert {"tes-pipeline", "tes-backup"} <= wider
    assert {each.partition("-")[0] for each in wider} == {"tes", "stg", "prd"}

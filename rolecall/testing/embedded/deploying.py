"""`deploy(stack)`: a synthesized stack, applied to the embedded AWS with Terraform."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rolecall.children import run_child
from rolecall.policy import PolicyDocument
from rolecall.problems import Exit, Problem
from rolecall.terraform import terraform_binary
from rolecall.testing.embedded.deployed import DeployedRole
from rolecall.testing.sources import whole_output

if TYPE_CHECKING:
    from rolecall.testing.embedded.aws import LocalAws

_SECONDS = 600
_PRINCIPAL = re.compile(r"arn:aws:iam::([0-9]{12}):(user|role)(/(?:.+/)?)([^/]+)")
_LINES_OF_FAILURE = 30
_STATE = "terraform.tfstate"


@dataclass(frozen=True)
class DeployedStack:
    """What a stack made. account: where; roles: names by the id in the stack."""

    folder: Path
    account: str
    roles: Mapping[str, str]
    aws: "LocalAws"
    _terraform: "Terraform"

    def role(self, name: str) -> DeployedRole:
        """A role by its id in the stack, or by its name; raises `Problem`."""
        found = self.roles.get(name) or (name if name in self.roles.values() else None)
        if found is None:
            known = ", ".join(sorted(self.roles)) or "none"
            raise Problem(f"The stack made no role {name!r}; its roles are: {known}.")
        return self.aws.role(found, account=self.account)

    def outputs(self) -> dict[str, Any]:
        """The outputs of the stack, by name."""
        told = json.loads(self._terraform.run("output", "-json", "-no-color"))
        return {name: each["value"] for name, each in told.items()}

    def destroy(self) -> None:
        """`terraform destroy`: needed only to test that the stack can go."""
        self._terraform.run("destroy", "-auto-approve", "-input=false", "-no-color")


@dataclass(frozen=True)
class Terraform:
    """Terraform in a folder, with the environment that it needs."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> str:
        """What it prints; raises `Problem` with its own words."""
        command = shutil.which(terraform_binary(self.environment)) or shutil.which("tofu")
        if command is None:
            raise Problem(
                "terraform is missing: install Terraform 1.11 or newer.", Exit.MISSING_COMPONENT
            )
        done = run_child(
            [command, *arguments],
            folder=self.folder,
            environment=self.environment,
            timeout=_SECONDS,
        )
        if done.returncode:
            said = (done.stderr.strip() or done.stdout.strip()).splitlines()
            words = "\n".join(said[-_LINES_OF_FAILURE:])
            raise Problem(f"`terraform {arguments[0]}` failed:\n{words}", Exit.FAILED)
        return done.stdout


class Deploy:
    """The fixture `deploy`."""

    def __init__(self, aws: "LocalAws", folder: Path) -> None:
        self._aws = aws
        self._folder = folder

    def __call__(
        self, stack: object, *, account: str | None = None, name: str | None = None
    ) -> DeployedStack:
        """Apply a stack, and tell what it made.

        stack: a stack of cdktf (or cdktn), or the folder with its `cdk.tf.json`. name: of
        a `cdktf.out` folder, which stack. account: where; left out, the account that the
        stack's provider allows.

        Users and roles that its roles trust must be there: `local_aws.user(…)`,
        `local_aws.workload(…)`, or another stack. Raises `Problem` with Terraform's words.
        """
        place = Path(tempfile.mkdtemp(dir=self._folder, prefix="stack-"))
        self._write(stack, name, place)
        document = json.loads((place / "cdk.tf.json").read_text(encoding="utf-8"))
        _keep_state_here(document)
        (place / "cdk.tf.json").write_text(json.dumps(document), encoding="utf-8")
        where = account or _allowed(document) or self._aws.account
        self._check_trusted(document)
        terraform = Terraform(place, self._environment(where, _region(document)))
        terraform.run("init", "-input=false", "-no-color")
        terraform.run("apply", "-auto-approve", "-input=false", "-no-color")
        return DeployedStack(place, where, _roles(place), self._aws, terraform)

    def _write(self, stack: object, name: str | None, place: Path) -> None:
        if isinstance(stack, str | Path):
            given = Path(stack)
            if given.is_file():
                given = given.parent
            chosen = given / "stacks" / name if name else given
            if not (chosen / "cdk.tf.json").is_file():
                raise Problem(
                    f"{chosen} holds no cdk.tf.json; name the folder of one stack, or a "
                    "cdktf.out folder and name=…."
                )
            shutil.copytree(chosen, place, dirs_exist_ok=True)
            return
        out = whole_output(stack)
        try:
            shutil.copytree(out / "stacks" / str(stack.node.id), place, dirs_exist_ok=True)  # type: ignore[attr-defined]
        finally:
            shutil.rmtree(out, ignore_errors=True)

    def _check_trusted(self, document: Mapping[str, Any]) -> None:
        """Users and roles of other stacks that are trusted must be there before."""
        found = document.get("resource", {})
        own = {
            (kind.removeprefix("aws_iam_"), each.get("name"))
            for kind in ("aws_iam_user", "aws_iam_role")
            for each in found.get(kind, {}).values()
        }
        for each in found.get("aws_iam_role", {}).values():
            for account, kind, path, name in _named(each.get("assume_role_policy")):
                if (kind, name) in own or self._is_there(account, kind, name):
                    continue
                make = "user" if kind == "user" else "workload"
                at = "" if path == "/" else f', path="{path}"'
                raise Problem(
                    f"A role of the stack trusts arn:aws:iam::{account}:{kind}{path}{name}, who is "
                    f"not there, so AWS would refuse it; write "
                    f'local_aws.{make}("{name}", account="{account}"{at}) before deploy.'
                )

    def _is_there(self, account: str, kind: str, name: str) -> bool:
        iam = self._aws.client("iam", account)
        try:
            if kind == "user":
                iam.get_user(UserName=name)
            else:
                iam.get_role(RoleName=name)
        except iam.exceptions.NoSuchEntityException:
            return False
        return True

    def _environment(self, account: str, region: str | None) -> dict[str, str]:
        from rolecall.home import rolecall_home
        from rolecall.terraform import shell_environment

        without = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(
                ("AWS_", "TF_VAR_", "TF_WORKSPACE", "TF_DATA_DIR", "TF_CLI_ARGS")
            )
        }
        home = rolecall_home()
        found = {**without, **shell_environment(home), **self._aws.variables(account, region)}
        if "TF_PLUGIN_CACHE_DIR" not in found and "CDKTF_SKIP_PROVIDER_LOCK" not in found:
            # From the registry each test would get the provider anew, 150 MB of it.
            cache = home / "terraform-plugins"
            cache.mkdir(parents=True, exist_ok=True)
            found["TF_PLUGIN_CACHE_DIR"] = str(cache)
        return {**found, "TF_IN_AUTOMATION": "1", "CHECKPOINT_DISABLE": "1"}


def _named(policy: object) -> Iterator[tuple[str, str, str, str]]:
    """Account, kind, path and name of each user and role that a trust policy names."""
    if not isinstance(policy, str):
        return
    try:
        statements = PolicyDocument.parse(policy).statements
    except Problem:
        return  # Terraform fills it in, or IAM will tell
    for statement in statements:
        for text in statement.principals.aws if statement.principals else ():
            if found := _PRINCIPAL.fullmatch(text):
                yield found[1], found[2], found[3], found[4]


def _keep_state_here(document: dict[str, Any]) -> None:
    """A test's state lies in its own folder, wherever the stack keeps it otherwise."""
    document.setdefault("terraform", {})["backend"] = {"local": {"path": _STATE}}


def _providers(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = document.get("provider", {}).get("aws", [])
    return [found] if isinstance(found, dict) else list(found)


def _allowed(document: Mapping[str, Any]) -> str | None:
    for each in _providers(document):
        accounts = each.get("allowed_account_ids")
        if isinstance(accounts, list) and len(accounts) == 1:
            return str(accounts[0])
    return None


def _region(document: Mapping[str, Any]) -> str | None:
    for each in _providers(document):
        region = each.get("region")
        if isinstance(region, str) and "${" not in region:
            return region
    return None


def _roles(folder: Path) -> dict[str, str]:
    """Names of the roles in the state, by their ids in the stack.

    From the file: `terraform show` would start the provider for its schema, five seconds.
    """
    state = json.loads((folder / _STATE).read_text(encoding="utf-8"))
    return {
        each["name"]: each["instances"][0]["attributes"]["name"]
        for each in state.get("resources", [])
        if each["type"] == "aws_iam_role" and each["mode"] == "managed" and "module" not in each
    }

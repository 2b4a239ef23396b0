"""Where the integration tests run: a fresh embedded AWS, or real AWS with ROLECALL_AWS=1.

The tests themselves do not know which. Against real AWS the stacks are expected to be
deployed already, and one profile an account with administrator rights is expected to
exist: `ROLECALL_AWS_PROFILE_TES`, `…_STG`, `…_PRD`, `…_IDENTITY` name them.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import boto3

from rolecall.environment import Environment, load_environment
from rolecall.terraform import shell_environment

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv/bin"
ENVIRONMENTS = ("tes", "stg", "prd")


@dataclass(frozen=True)
class Keys:
    """Credentials for a boto3 client or a subprocess; `variables` hold no others."""

    variables: Mapping[str, str]

    def client(self, service: str, **options: Any) -> Any:
        return boto3.client(
            service,
            region_name=self.variables["AWS_REGION"],
            endpoint_url=self.variables.get("AWS_ENDPOINT_URL"),
            aws_access_key_id=self.variables["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.variables["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=self.variables.get("AWS_SESSION_TOKEN"),
            **options,
        )

    def with_session(self, credentials: Mapping[str, Any], region: str | None = None) -> "Keys":
        """The credentials of an STS answer, for the same endpoint."""
        replaced = {
            **self.variables,
            "AWS_ACCESS_KEY_ID": credentials["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": credentials["SecretAccessKey"],
            "AWS_SESSION_TOKEN": credentials["SessionToken"],
        }
        if region:
            replaced |= {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}
        return Keys(replaced)

    def run(self, *command: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            command,
            env=dict(self.variables),
            cwd=cwd,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )


class Target(Protocol):
    """An AWS that the stacks are deployed to."""

    def administrator(self, environment: str) -> Keys: ...

    def facts(self, environment: str) -> Environment: ...


class DeployedFacts:
    """What both targets share: the facts of the project's environments."""

    def facts(self, environment: str) -> Environment:
        return load_environment(environment, ROOT / "environments")


class RealAws(DeployedFacts):
    """Real accounts, by profile; `home` is the home folder of what runs."""

    def __init__(self, home: Path) -> None:
        self._home = home

    def administrator(self, environment: str) -> Keys:
        profile = os.environ[f"ROLECALL_AWS_PROFILE_{environment.upper()}"]
        session = boto3.Session(profile_name=profile)
        frozen = session.get_credentials().get_frozen_credentials()
        region = self.facts(environment).region
        variables = {
            **_without_aws(os.environ),
            **_at_home(self._home),
            "AWS_ACCESS_KEY_ID": frozen.access_key,
            "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        }
        if frozen.token:
            variables["AWS_SESSION_TOKEN"] = frozen.token
        return Keys(variables)


class EmbeddedAws(DeployedFacts):
    """An embedded AWS of its own, started and stopped through the command line."""

    def __init__(self, home: Path, *options: str) -> None:
        self.home = home
        self._base = {
            **_without_aws(os.environ),
            **_at_home(home / "home"),
            **shell_environment(ROOT / ".rolecall"),
            "ROLECALL_HOME": str(home),
            "PATH": f"{BIN}:{ROOT / 'node_modules/.bin'}:{os.environ['PATH']}",
        }
        self._options = options

    def rolecall(self, *arguments: str, cwd: Path = ROOT) -> str:
        outcome = Keys(self._base).run(str(BIN / "rolecall"), *arguments, cwd=cwd)
        assert outcome.returncode == 0, outcome.stderr
        return outcome.stdout

    def up(self) -> None:
        self.rolecall("local", "up", "--port", "0", *self._options)

    def down(self) -> None:
        self.rolecall("local", "down")

    def administrator(self, environment: str, cwd: Path = ROOT) -> Keys:
        printed = self.rolecall("local", "env", environment, "--json", cwd=cwd)
        return Keys({**self._base, **json.loads(printed)["export"]})

    @contextmanager
    def later(self, seconds: int) -> Iterator[None]:
        """The embedded AWS's clock moved ahead for the length of the block."""
        self.rolecall("local", "clock", f"+{seconds}")
        try:
            yield
        finally:
            self.rolecall("local", "clock", "reset")


@dataclass(frozen=True)
class Project:
    """A copy of the CDKTF app with a state of its own."""

    folder: Path

    @classmethod
    def copy(cls, folder: Path) -> "Project":
        import shutil

        for name in ("environments", "stacks"):
            shutil.copytree(ROOT / name, folder / name)
        for name in ("main.py", "cdktf.json"):
            shutil.copy(ROOT / name, folder / name)
        for name in (".venv", "node_modules"):
            (folder / name).symlink_to(ROOT / name)
        return cls(folder)

    def stack(self, environment: str) -> Path:
        return self.folder / "cdktf.out/stacks" / environment

    @cached_property
    def _cdktf(self) -> str:
        return str(ROOT / "node_modules/.bin/cdktf")

    def cdktf(self, keys: Keys, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return keys.run(self._cdktf, *arguments, cwd=self.folder)

    def deploy(self, keys: Keys, environment: str) -> str:
        outcome = self.cdktf(keys, "deploy", environment, "--auto-approve")
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout


def _without_aws(variables: Mapping[str, str]) -> dict[str, str]:
    # CA bundles stay: they are about the network, not about an identity.
    kept = {"AWS_CA_BUNDLE"}
    without = ("AWS_", "XDG_")
    return {k: v for k, v in variables.items() if not k.startswith(without) or k in kept}


def _at_home(home: Path) -> dict[str, str]:
    """A home folder of the tests' own: no profile of the developer's counts, no session is left
    behind. What only costs time stays his: unpacked packages, Terraform's settings."""
    home.mkdir(exist_ok=True)
    his = Path.home()
    macos = his / "Library/Caches/com.amazonaws.jsii/package-cache"
    jsii = macos if sys.platform == "darwin" else his / ".cache/aws/jsii/package-cache"
    kept = {"JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(jsii)}
    if (settings := his / ".terraformrc").is_file():
        kept["TF_CLI_CONFIG_FILE"] = str(settings)
    return {
        **{name: os.environ.get(name, value) for name, value in kept.items()},
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
    }

"""A project, a home folder and an STS for whole commands, and what each of them writes."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PLAN = PROJECT / "tests/review/plans/changed_trust.json"
TES = 'account_id: "111111111111"\nregion: eu-central-1\nexternal_id: acme-tes\n'
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111111111111:role/deployer"},
            "Action": "sts:AssumeRole",
        }
    ],
}
#: What a machine that runs the tests may have set.
_PREFIXES = ("AWS_", "ACTIONS_", "CI_", "GITHUB_", "GITLAB_", "ROLECALL_", "XDG_")


@dataclass(frozen=True)
class Act:
    """A command. writes: where, in the stage's folder. keeps: it goes on where it cannot write."""

    words: Sequence[str]
    writes: Sequence[str] = ()
    keeps: bool = False


ACTS: Mapping[str, Act] = {
    "assume": Act(["assume", "tes", "deployer"], ["home/.cache/rolecall"], keeps=True),
    "assume --user-file": Act(
        ["assume", "tes", "deployer", "--user-file", "out/user.sh"], ["out/user.sh"]
    ),
    "assume --format github": Act(
        ["assume", "tes", "deployer", "--format", "github"], ["out/github_env"]
    ),
    "profile": Act(["profile", "tes", "deployer", "--name", "mine"], ["home/.aws/config"]),
    "profile --static": Act(
        ["profile", "tes", "deployer", "--name", "mine", "--static"],
        ["home/.aws/config", "home/.aws/credentials"],
    ),
    "process": Act(["process", "tes", "deployer"], ["home/.cache/rolecall"], keeps=True),
    "init": Act(["init", "out/shop"], ["out/shop"]),
    "import": Act(
        ["import", "trust.json", "--account", "111111111111", "--output", "out/role.py"],
        ["out/role.py"],
    ),
    "review": Act(
        [
            *("review", "--plan", "tes=plan.json", "--fail-on", "never"),
            *("--markdown", "out/r.md", "--html", "out/r.html"),
            *("--sarif", "out/r.sarif", "--json", "out/r.json"),
        ],
        ["out/r.md", "out/r.html", "out/r.sarif", "out/r.json"],
    ),
    "reference-policy": Act(
        ["reference-policy", "--plan", "tes=plan.json", "--output", "out/reference"],
        ["out/reference"],
    ),
    "exec": Act(["exec", "tes", "deployer", "--", "true"], ["home/.cache/rolecall"], keeps=True),
    "for-each": Act(
        ["for-each", "--environments", "tes", "--role", "deployer", "--", "true"], keeps=True
    ),
    "lint": Act(["lint", "trust.json"], keeps=True),
    "compare": Act(["compare", "trust.json", "trust.json"], keeps=True),
    "whoami": Act(["whoami"], keeps=True),
    "verify": Act(["verify", "tes", "deployer"], keeps=True),
    "doctor": Act(["doctor", "--offline"], keeps=True),
    "cache list": Act(["cache", "list"], keeps=True),
    "completion": Act(["completion", "bash"], keeps=True),
    "local status": Act(["local", "status"], keeps=True),
}


#: Every command; otherwise those that write.
LONG = bool(os.environ.get("ROLECALL_LONG_TESTS"))
WRITING = [name for name, act in ACTS.items() if act.writes]


@dataclass
class Stage:
    """The folder: `home`, `out` and a project. `variables` for whoever acts in it."""

    folder: Path
    url: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.variables:
            self.variables = variables_of(self.folder, self.url)

    def set_up(self) -> None:
        """As it is before a command."""
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "environments").mkdir(parents=True)
        (self.folder / "environments/tes.yaml").write_text(TES)
        (self.folder / "trust.json").write_text(json.dumps(TRUST))
        shutil.copy(PLAN, self.folder / "plan.json")
        fill(self.folder)

    def run(
        self, act: Act, *, before: Sequence[str] = (), **changed: str | None
    ) -> "subprocess.CompletedProcess[str]":
        """Run it as a process of its own; `changed` variables, None for those that are not set."""
        environ = {
            name: value
            for name, value in {**self.variables, **changed}.items()
            if value is not None
        }
        return subprocess.run(
            [*before, sys.executable, "-m", "rolecall.cli.main", *act.words],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )


def fill(folder: Path) -> None:
    """What commands write to, where nothing has gone wrong yet."""
    for name in ("home/.aws", "out", "tmp"):
        (folder / name).mkdir(parents=True, mode=0o700, exist_ok=True)
    (folder / "home/.aws/credentials").write_text("[other]\naws_access_key_id = AKIAOTHER\n")
    (folder / "home/.aws/config").write_text("[profile other]\nregion = us-east-1\n")
    for name in ("credentials", "config"):
        (folder / "home/.aws" / name).chmod(0o600)
    # Not a byte more fits into its last block.
    (folder / "out/github_env").write_text("OLD=1\n" + "#" * 4089 + "\n")


def variables_of(folder: Path, url: str) -> dict[str, str]:
    """An environment of its own, with keys for the STS at `url`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_PREFIXES) and not name.lower().endswith("_proxy")
    }
    return {
        **kept,
        "HOME": str(folder / "home"),
        "TMPDIR": str(folder / "tmp"),
        "ROLECALL_HOME": str(folder / "run"),
        "GITHUB_ENV": str(folder / "out/github_env"),
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLEEXAMPLE12",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY",
        "AWS_REGION": "eu-central-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PYTHONPATH": str(PROJECT),
        "USER": "alice",
    }


def is_sentence(err: str) -> bool:
    """Whether the last line is what Rolecall says of something that is wrong."""
    lines = err.strip().splitlines()
    return bool(lines) and lines[-1].startswith("rolecall: ") and "Traceback" not in err

"""The roles of an environment as its app declares them: what cdktf would deploy.

Terraform's state or the account could say something else; what is asked for here is
what the project's own code says.
"""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.children import run_child
from rolecall.files import read_regular
from rolecall.policy import Arn, role_arn
from rolecall.problems import Exit, Problem

_LINES_OF_FAILURE = 20
_REFERENCE = re.compile(r"(?<!\$)\$\{")


@dataclass(frozen=True, slots=True)
class DeclaredRole:
    """A role of a stack: its ARN, and its trust policy as AWS would get it.

    max_session_seconds: how long its sessions may last; None where that is not known yet.
    """

    arn: str
    trust: str
    max_session_seconds: int | None = 3600

    @property
    def name(self) -> str:
        """The role's name, environment included."""
        return Arn.parse(self.arn).resource.rpartition("/")[2]


def declared_roles(
    directory: Path, stack: str, *, account_id: str, partition: str
) -> tuple[DeclaredRole, ...]:
    """The roles of one stack in a folder that cdktf wrote, by name.

    Raises `Problem` where the stack is not there, or is not what cdktf writes.
    """
    file = directory / "stacks" / stack / "cdk.tf.json"
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        resources = document.get("resource", {}).get("aws_iam_role", {})
        roles = tuple(
            DeclaredRole(
                arn=role_arn(account_id, body["name"], body.get("path") or "/", partition),
                trust=_as_sent(body["assume_role_policy"]),
                max_session_seconds=_seconds(body.get("max_session_duration")),
            )
            for body in _each(resources)
            if not _REFERENCE.search(body["name"])
        )
        return tuple(sorted(roles, key=lambda role: role.name))
    except FileNotFoundError:
        raise Problem(
            f"{file} is not there: the app has no stack {stack!r}, or was not synthesized "
            "(`cdktf synth`)."
        ) from None
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.") from None
    except Problem:
        raise
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise Problem(
            f"{file} is not a stack that cdktf wrote ({type(error).__name__}): synthesize it again."
        ) from None


def synthesize(project: Path, out: Path, tell: Callable[[str], None]) -> None:
    """Run the app of `cdktf.json` as cdktf does; the stacks are written into `out`.

    The command goes through the shell in the project's folder, without Terraform's
    variables, and is told the folder by CDKTF_OUTDIR. `tell` gets what it says when it
    fails.

    Raises `Problem`: no cdktf.json, no app in it, or an app that fails.
    """
    settings = _settings(project / "cdktf.json")
    command = settings.get("app")
    if not isinstance(command, str) or not command.strip():
        raise Problem('cdktf.json has no "app": write the command that runs the app.')
    context = settings.get("context")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("TF_VAR_")}
    environ["CDKTF_OUTDIR"] = str(out)
    environ.setdefault("CDKTF_CONTEXT_JSON", json.dumps(context if context else {}))
    done = run_child(command, folder=project, environment=environ)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        for line in said[-_LINES_OF_FAILURE:]:
            tell(line)
        raise Problem(
            f"{command!r} (the app of cdktf.json) failed; its words stand above.", Exit.FAILED
        )


def roles_of_app(
    project: Path, stack: str, *, account_id: str, partition: str, tell: Callable[[str], None]
) -> tuple[DeclaredRole, ...]:
    """Synthesize into a temporary folder and read the roles of one stack from it."""
    out = Path(tempfile.mkdtemp(prefix="rolecall-synth-"))
    try:
        synthesize(project, out, tell)
        if not (out / "stacks" / stack).is_dir():
            raise Problem(f"the app of cdktf.json has no stack {stack!r}.")
        return declared_roles(out, stack, account_id=account_id, partition=partition)
    finally:
        shutil.rmtree(out, ignore_errors=True)


def _settings(file: Path) -> Mapping[str, Any]:
    try:
        with read_regular(file) as opened:
            settings = json.loads(opened.read())
    except FileNotFoundError:
        raise Problem(
            f"{file} is not there: run the command in the root of the project, or give "
            "--synthesized."
        ) from None
    except OSError as error:
        raise Problem(f"{file} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError):
        raise Problem(f"{file} is not JSON.") from None
    if not isinstance(settings, dict):
        raise Problem(f"{file} is not what cdktf reads: write an object.")
    return settings


def _each(resources: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [resources[key] for key in sorted(resources)]


def _seconds(given: object) -> int | None:
    """AWS's default where nothing is given ("CreateRole", IAM API reference)."""
    if given is None:
        return 3600
    return given if isinstance(given, int) else None


def _as_sent(policy: str) -> str:
    """The text as Terraform sends it: what looks like a template of its is escaped there."""
    return policy.replace("$${", "${").replace("%%{", "%{")

"""Make the plans of this folder anew, with Terraform and an embedded AWS.

`python -m tests.review.plans.make [CASE …]`. Each folder of `cases/` is one plan: `before/` is
applied, then `after/` is planned over it, with the options in `options.json`.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.integration.target import BIN, ROOT, EmbeddedAws, Keys

HERE = Path(__file__).parent
CASES = HERE / "cases"
TES = "first_deploy_of_tes"
_CUT = ("relevant_attributes", "timestamp", "checks", "planned_values", "output_changes")


def names() -> list[str]:
    """Every case."""
    return sorted([TES, *(path.name for path in CASES.iterdir() if path.is_dir())])


def people(aws: EmbeddedAws) -> None:
    """Those whom the policies trust; IAM refuses a policy that names nobody."""
    identity = aws.administrator("identity").client("iam")
    for name in ("alice", "bob"):
        identity.create_user(UserName=name)
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": "ec2.amazonaws.com"},
    }
    aws.administrator("stg").client("iam").create_role(
        RoleName="vendor",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
    )


def plan(case: str, aws: EmbeddedAws, work: Path) -> bytes:
    """The plan of a case as Terraform shows it. What it applied is taken away again."""
    keys = aws.administrator("tes")
    other = aws.administrator("identity").variables
    keys = Keys(
        {
            **keys.variables,
            "TF_DATA_DIR": str(work / ".terraform"),
            "TF_IN_AUTOMATION": "1",
            "TF_VAR_other_key": other["AWS_ACCESS_KEY_ID"],
            "TF_VAR_other_secret": other["AWS_SECRET_ACCESS_KEY"],
        }
    )
    options = _options(case)
    if (CASES / case / "before").is_dir():
        _fill(work, CASES / case / "before")
        _terraform(keys, work, "init", "-no-color")
        _terraform(keys, work, "apply", "-no-color", "-auto-approve")
    for step in _by_hand(case, keys):
        step()
    _fill(work, _after(case, aws, work))
    _terraform(keys, work, "init", "-no-color")
    _terraform(keys, work, "plan", "-no-color", "-out", "plan.out", *options)
    shown = _terraform(keys, work, "show", "-json", "plan.out").encode()
    if (CASES / case / "before").is_dir():
        _fill(work, CASES / case / "before")
        _terraform(keys, work, "destroy", "-no-color", "-auto-approve")
    return shown


def cut(shown: bytes) -> bytes:
    """The plan without what no reader needs; see README.md."""
    document = json.loads(shown)
    for name in _CUT:
        document.pop(name, None)
    changed = {each["address"] for each in document.get("resource_changes", ())}
    for module in _modules(document.get("prior_state", {}).get("values", {}).get("root_module")):
        module["resources"] = [
            each for each in module.get("resources", ()) if each["address"] not in changed
        ]
    for name in ("other_key", "other_secret"):
        if name in document.get("variables", {}):
            document["variables"][name]["value"] = f"the {name}"
    text = json.dumps(document, separators=(",", ":"), sort_keys=True)
    return (json.dumps(json.loads(text), indent=1, sort_keys=True) + "\n").encode()


def _options(case: str) -> list[str]:
    place = CASES / case / "options.json"
    return list(json.loads(place.read_text())) if place.is_file() else []


def _by_hand(case: str, keys: Keys) -> Iterator[Any]:
    """What somebody does behind Terraform's back."""
    iam = keys.client("iam")
    if case == "moved":
        trust = {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": "arn:aws:iam::999999999999:user/alice"},
            },
        }
        yield lambda: iam.create_role(
            RoleName="tes-imported", AssumeRolePolicyDocument=json.dumps(trust)
        )
    if case == "permissions":
        audit = "arn:aws:iam::aws:policy/SecurityAudit"
        for role in ("tes-ci", "tes-loose"):
            yield lambda role=role: iam.attach_role_policy(RoleName=role, PolicyArn=audit)


def _after(case: str, aws: EmbeddedAws, work: Path) -> Path:
    if case != TES:
        return CASES / case / "after"
    output = work.parent / "synthesized"
    variables = {**aws.administrator("tes").variables, "CDKTF_OUTDIR": str(output)}
    outcome = Keys(variables).run(str(BIN / "python"), "main.py", cwd=ROOT)
    if outcome.returncode != 0:
        raise SystemExit(outcome.stderr)
    document = json.loads((output / "stacks/tes/cdk.tf.json").read_text())
    document["terraform"]["backend"]["local"]["path"] = "terraform.tfstate"
    document["terraform"]["required_providers"]["aws"]["source"] = "hashicorp/aws"
    folder = work.parent / "tes"
    folder.mkdir()
    (folder / "cdk.tf.json").write_text(json.dumps(document))
    return folder


def _fill(work: Path, source: Path) -> None:
    work.mkdir(exist_ok=True)
    for path in work.iterdir():
        if path.name.startswith(("main.tf", "cdk.tf")):
            path.unlink()
    shutil.copytree(source, work, dirs_exist_ok=True)


def _terraform(keys: Keys, work: Path, *arguments: str) -> str:
    outcome = keys.run("terraform", *arguments, cwd=work)
    if outcome.returncode != 0:
        raise SystemExit(f"terraform {arguments[0]} in {work}:\n{outcome.stdout}{outcome.stderr}")
    return outcome.stdout


def _modules(module: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [module] if module else []
    while waiting:
        here = waiting.pop()
        yield here
        waiting += here.get("child_modules", ())


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "aws"
        home.mkdir()
        aws = EmbeddedAws(home, "--ephemeral")
        aws.up()
        try:
            people(aws)
            for case in wanted or names():
                work = Path(folder) / case / "work"
                work.parent.mkdir()
                shown = plan(case, aws, work)
                if folder.encode() in shown:
                    raise SystemExit(f"{case} holds a path of this machine.")
                (HERE / f"{case}.json").write_bytes(cut(shown))
                sys.stderr.write(f"{case}\n")
        finally:
            aws.down()


if __name__ == "__main__":
    main(sys.argv[1:])

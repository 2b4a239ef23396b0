"""checkov: which of its checks fail.

Every policy is handed to it in the three forms that it has checks for: a role in a
CloudFormation template, a Terraform role, and Terraform's aws_iam_policy_document. All
of it in one run, so its start counts once.
"""

import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks.review_peers.install import python
from benchmarks.review_peers.tool import Answers, of_findings, template
from tests.policy.compare.changes.reading import Change


def ask(changes: Sequence[Change]) -> Answers:
    """One run over all policies in all forms; offline."""
    interpreter = python()
    with tempfile.TemporaryDirectory(prefix="review-peers-") as name:
        folder = Path(name)
        for number, change in enumerate(changes):
            for side, policy in (("old", change.old), ("new", change.new)):
                _write(folder / f"{number:03d}-{side}", policy)
        start = time.perf_counter()
        run = subprocess.run(
            [
                str(interpreter.parent / "checkov"),
                *("--directory", name, "--framework", "cloudformation", "terraform"),
                *("--output", "json", "--quiet", "--compact", "--skip-download", "--soft-fail"),
            ],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "LOG_LEVEL": "ERROR", "CHECKOV_RUN_SCA_PACKAGE_SCAN": "false"},
        )
        seconds = time.perf_counter() - start
    reports = json.loads(run.stdout)
    failed: dict[str, set[str]] = {}
    for report in reports if isinstance(reports, list) else [reports]:
        for check in report["results"]["failed_checks"]:
            where = check["file_path"].strip("/").split("/")[0]
            failed.setdefault(where, set()).add(check["check_id"])
    version = (reports[0] if isinstance(reports, list) else reports)["summary"]["checkov_version"]
    return of_findings(
        "checkov",
        version,
        [
            (
                frozenset(failed.get(f"{number:03d}-old", ())),
                frozenset(failed.get(f"{number:03d}-new", ())),
            )
            for number in range(len(changes))
        ],
        milliseconds=seconds * 1000 / len(changes),
        batch=True,
    )


def _write(folder: Path, policy: dict[str, Any]) -> None:
    folder.mkdir()
    written = json.dumps(template(policy), indent=2)
    (folder / "template.json").write_text(written, encoding="utf-8")
    text = json.dumps(policy, indent=2).replace("${", "$${")
    role = f'resource "aws_iam_role" "role" {{\n  assume_role_policy = <<EOT\n{text}\nEOT\n}}\n'
    (folder / "role.tf").write_text(role, encoding="utf-8")
    document = "\n".join(_document(policy))
    (folder / "document.tf").write_text(document + "\n", encoding="utf-8")


def _document(policy: dict[str, Any]) -> Iterator[str]:
    """The policy as a data block of Terraform."""
    yield 'data "aws_iam_policy_document" "trust" {'
    for statement in _list(policy["Statement"]):
        yield "  statement {"
        yield f"    effect  = {_hcl(statement['Effect'])}"
        yield f"    actions = {_hcl(_list(statement['Action']))}"
        for element, block in (("Principal", "principals"), ("NotPrincipal", "not_principals")):
            named = statement.get(element, {})
            for kind, names in ({"*": "*"} if named == "*" else named).items():
                yield f"    {block} {{\n      type = {_hcl(kind)}"
                yield f"      identifiers = {_hcl(_list(names))}\n    }}"
        for test, keys in statement.get("Condition", {}).items():
            for variable, values in keys.items():
                yield f"    condition {{\n      test = {_hcl(test)}"
                yield f"      variable = {_hcl(variable)}"
                texts = [v if isinstance(v, str) else json.dumps(v) for v in _list(values)]
                yield f"      values = {_hcl(texts)}\n    }}"
        yield "  }"
    yield "}"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _hcl(value: object) -> str:
    return json.dumps(value).replace("${", "$${")

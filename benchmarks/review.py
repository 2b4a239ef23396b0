"""How long a review of a plan takes, and how much memory: read, judged, and written out.

The plan is a real one (`review_plan.json`, of Terraform and the embedded AWS) whose role is
written as many times as wanted, with trust policies of several kinds; one in ten changes.

Run it with `python benchmarks/review.py`. It fails if 1,000 roles take more than 10 seconds of
processor time (what else the machine does is not meant).
`--growth` also prints how it grows from 10 roles to 5,000.
"""

import argparse
import copy
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record

SHAPE = Path(__file__).with_name("review_plan.json")
ENVIRONMENTS = Path(__file__).resolve().parent.parent / "environments"
ROLE, POLICY = "aws_iam_role.plan", "aws_iam_role_policy.plan_inline-read_860A9D06"
ACCOUNT, PEOPLE = "111111111111", "999999999999"
GITHUB = "token.actions.githubusercontent.com"
ROLES, SECONDS = 1000, 10.0
SIZES = (10, 30, 100, 300, 1000, 3000, 5000)

Json = dict[str, Any]


def trust(number: int, *, changed: bool) -> str:
    """A trust policy; of five kinds, none like another. changed: somebody more, or less."""
    statement: Json = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    kind = number % 5
    if kind == 0:
        users = [f"arn:aws:iam::{PEOPLE}:user/user-{number}"]
        if changed:
            users.append(f"arn:aws:iam::{PEOPLE}:user/other-{number}")
        statement["Principal"] = {"AWS": users}
        statement["Condition"] = {"StringEquals": {"sts:ExternalId": f"tes-{number}"}}
    elif kind == 1:
        subject = f"repo:acme/repo-{number}{'*' if changed else ':*'}"
        statement["Principal"] = {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"}
        statement["Action"] = "sts:AssumeRoleWithWebIdentity"
        statement["Condition"] = {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{GITHUB}:sub": [subject, f"repo:acme/other-{number}:environment:tes"]},
        }
    elif kind == 2:
        statement["Principal"] = {"Service": "lambda.amazonaws.com"}
        if not changed:
            statement["Condition"] = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    elif kind == 3:
        operator = "StringEqualsIfExists" if changed else "StringEquals"
        statement["Principal"] = {"AWS": PEOPLE}
        statement["Condition"] = {
            "Bool": {"aws:MultiFactorAuthPresent": "true"},
            operator: {"aws:PrincipalTag/team": f"team-{number}"},
            "IpAddress": {"aws:SourceIp": ["203.0.113.0/24", f"10.{number % 256}.0.0/16"]},
        }
    else:
        statement["Principal"] = {"AWS": f"arn:aws:iam::{PEOPLE}:role/jobs/job-{number}"}
        statement["Condition"] = {"StringLike": {"sts:RoleSessionName": "ci-*"}}
        deny = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole",
                "Condition": {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}  # fmt: skip
        return _text([statement] if changed else [statement, deny])
    return _text([statement])


def _text(statements: list[Json]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))


def plan(roles: int) -> bytes:
    """A plan with so many roles, each with an inline policy."""
    shape: Json = json.loads(SHAPE.read_text())
    lists = [
        shape["resource_changes"],
        shape["planned_values"]["root_module"]["resources"],
        shape["prior_state"]["values"]["root_module"]["resources"],
        shape["configuration"]["root_module"]["resources"],
    ]
    for index, resources in enumerate(lists):
        patterns = [each for each in resources if each["address"] in (ROLE, POLICY)]
        others = [each for each in resources if each["address"] not in (ROLE, POLICY)]
        made = [_one(p, n, first=index) for n in range(roles) for p in patterns]
        resources[:] = others + made
    return json.dumps(shape).encode()


def _one(pattern: Json, number: int, *, first: int) -> Json:
    """The resource under another name; in the list `first` of `plan`."""
    changed = number % 10 == 7
    name, text = f"role-{number:05}", json.dumps(pattern)
    text = text.replace("tes-plan", f"tes-{name}").replace(
        "aws_iam_role.plan", f"aws_iam_role.{name}"
    )
    text = text.replace("plan_inline-read_860A9D06", f"{name}_inline-read")
    made: Json = json.loads(text)
    if made["type"] != "aws_iam_role":
        return made
    made["name"] = name
    before, after = trust(number, changed=False), trust(number, changed=changed)
    if first == 0:
        made["change"]["actions"] = ["update"] if changed else ["no-op"]
        made["change"]["before"]["assume_role_policy"] = before
        made["change"]["after"] = copy.deepcopy(made["change"]["before"])
        made["change"]["after"]["assume_role_policy"] = after
    elif first == 3:
        made["expressions"]["assume_role_policy"] = {"constant_value": after}
    else:
        made["values"]["assume_role_policy"] = after if first == 1 else before
    return made


def review(text: bytes) -> dict[str, float]:
    """Review it end to end; processor seconds of each step."""
    times: dict[str, float] = {}

    def timed(name: str, task: Callable[[], Any]) -> Any:
        start = time.process_time()
        found = task()
        times[name] = time.process_time() - start
        return found

    def imports() -> None:
        import rolecall.review.html
        import rolecall.review.markdown
        import rolecall.review.read.plans
        import rolecall.review.sarif  # noqa: F401

    timed("import", imports)
    from rolecall.environment import load_environments
    from rolecall.review.as_json import to_json
    from rolecall.review.html import to_html
    from rolecall.review.judge import judge
    from rolecall.review.markdown import to_markdown
    from rolecall.review.read import read_plan
    from rolecall.review.sarif import to_sarif
    from rolecall.review.text import to_text

    environments = load_environments(ENVIRONMENTS)
    snapshot = timed("read", lambda: read_plan(text, environment="tes", source="tes.json"))
    report = timed("judge", lambda: judge([snapshot], environments=environments))
    timed("text", lambda: to_text(report))
    timed("markdown", lambda: to_markdown(report))
    timed("html", lambda: to_html(report))
    timed("json", lambda: json.dumps(to_json(report)))
    timed("sarif", lambda: json.dumps(to_sarif(report)))
    changed = sum(change.state != "same" for change in report.changes)
    wider = sum(change.verdict in ("wider", "both") for change in report.changes)
    print(f"{len(snapshot.roles)} roles, {changed} changes, {wider} wider; ", end="")
    return times


def measured(roles: int) -> float:
    """One review in a process of its own, so that memory is its own; prints a line."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", str(roles)], capture_output=True, text=True, check=True
    )
    print(done.stdout, end="", flush=True)
    return float(done.stdout.rsplit("total ", 1)[1].split()[0])


def one(roles: int) -> None:
    """Review once and print times and memory."""
    text = plan(roles)
    times = review(text)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in times.items())
    print(
        f"plan {len(text) / 1e6:.1f} MB; {steps}; peak memory {peak:.0f} MB; "
        f"total {sum(times.values()):.2f} s"
    )


def main() -> int:
    """Measure, and say whether the promise is kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=int, metavar="ROLES", help="one review in this process")
    parser.add_argument("--growth", action="store_true", help="also from 10 roles to 5,000")
    args = parser.parse_args()
    if args.one is not None:
        one(args.one)
        return 0
    if args.growth:
        for roles in SIZES:
            measured(roles)
    seconds = measured(ROLES)
    print(f"{ROLES} roles in {seconds:.2f} s of processor time; promised: {SECONDS:.0f} s")
    record(
        Figure(
            f"review of {ROLES:,} roles",
            seconds,
            SECONDS,
            "s of processor time",
            more_is_better=False,
        )
    )
    return 0 if seconds <= SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())

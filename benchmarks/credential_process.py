"""How long AWS tools wait for a `credential_process`: `python benchmarks/credential_process.py`.

Each figure is the median of runs that take turns with their peers in this invocation, each
run a fresh process, against an embedded AWS on this machine.

a. The command that `rolecall profile` writes, its session kept (warm), against
   `python -IS -c pass`: Python alone.
b. The same against `aws configure export-credentials` with a session in the AWS CLI's own
   cache; where the CLI has no such command (version 1), `aws sts assume-role`, which is how
   scripts get credentials there.

For comparison: the whole tool (`rolecall process`) with a kept session, and cold. The last
table says whether the promises are kept. `--runs N` (default 21).
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import Figure, record

PROJECT = Path(__file__).resolve().parents[1]
GOAL_PYTHON = 2.2
GOAL_AWS = 15.0
ACCOUNT = "111111111111"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/tes-deployer"
AWS = Path(sys.executable).with_name("aws")


def main() -> int:
    """Print the figures, then the promises; exit code 1 when one is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=21)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory(prefix="rolecall-benchmark-") as folder:
        home = Path(folder)
        environ = environment(home)
        try:
            # A process of its own: threads of this one would take turns with the runs.
            run(
                [
                    sys.executable,
                    "-m",
                    "rolecall.cli.main",
                    "local",
                    "up",
                    "--ephemeral",
                    "--port=0",
                ],
                environ,
            )
            return measure(home, with_profiles(home, environ), args.runs)
        finally:
            down = [sys.executable, "-m", "rolecall.cli.main", "local", "down"]
            subprocess.run(down, env=environ, capture_output=True, check=False)


def environment(home: Path) -> dict[str, str]:
    """No credentials but those of the benchmark; byte code as on a user's machine."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
    return {
        **kept,
        "HOME": str(home),
        "ROLECALL_HOME": str(home / ".rolecall"),
        "XDG_CACHE_HOME": "",
        "PYTHONPATH": str(PROJECT),
        "PYTHONDONTWRITEBYTECODE": "",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def with_profiles(home: Path, environ: dict[str, str]) -> dict[str, str]:
    """A role, and the profiles `base` (keys) and `deployer` (the role) of the AWS files."""
    words = ["local", "env", "--account", ACCOUNT, "--region", "eu-central-1", "--json"]
    found = json.loads(run([sys.executable, "-m", "rolecall.cli.main", *words], environ))["export"]
    environ = {**environ, "AWS_ENDPOINT_URL": found["AWS_ENDPOINT_URL"]}
    environ["AWS_DEFAULT_REGION"] = "eu-central-1"
    (home / ".aws").mkdir()
    (home / ".aws/credentials").write_text(
        f"[base]\naws_access_key_id = {found['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {found['AWS_SECRET_ACCESS_KEY']}\n"
    )
    (home / ".aws/config").write_text(
        f"[profile deployer]\nrole_arn = {ROLE}\nsource_profile = base\n"
    )
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
            "Action": "sts:AssumeRole",
        },
    }
    make = ["iam", "create-role", "--role-name", "tes-deployer", "--profile", "base"]
    run([str(AWS), *make, "--assume-role-policy-document", json.dumps(trust)], environ)
    (home / "environments").mkdir()
    (home / "environments/tes.yaml").write_text(f'account_id: "{ACCOUNT}"\nregion: eu-central-1\n')
    return environ


def measure(home: Path, environ: dict[str, str], runs: int) -> int:
    """Measure, print and judge."""
    from rolecall.session.ready import command_of

    words = ["process", "tes", "deployer", f"--environments={home / 'environments'}"]
    words += ["--profile=base"]
    os.environ["HOME"] = str(home)
    warm = command_of(words, environ)
    whole = [sys.executable, "-I", "-m", "rolecall.cli.main", *words]
    name, peer = aws_command(environ)
    contestants = {
        "python -IS -c pass": [sys.executable, "-IS", "-c", "pass"],
        "credential_process, warm": warm,
        name: peer,
        "rolecall process, kept": whole,
        "rolecall process, cold": [*whole, "--no-cache"],
    }
    answers = {label: run(command, environ) for label, command in contestants.items()}
    if json.loads(answers["credential_process, warm"])["Version"] != 1:
        raise SystemExit("the answer is no credentials")
    seconds: dict[str, list[float]] = {label: [] for label in contestants}
    for _ in range(runs):
        for label, command in contestants.items():
            begun = time.perf_counter()
            run(command, environ)
            seconds[label].append(time.perf_counter() - begun)
    medians = {label: statistics.median(each) for label, each in seconds.items()}
    print(f"  {f'median of {runs}':34}{'ms':>9}{'best':>9}")
    for label, median in medians.items():
        print(f"  {label:34}{1000 * median:9.1f}{1000 * min(seconds[label]):9.1f}")
    mine = medians["credential_process, warm"]
    by_python, by_aws = mine / medians["python -IS -c pass"], medians[name] / mine
    promises = [
        (
            "warm / python -IS -c pass",
            by_python,
            f"at most {GOAL_PYTHON}",
            by_python <= GOAL_PYTHON,
        ),
        (f"{name} / warm", by_aws, f"at least {GOAL_AWS}", by_aws >= GOAL_AWS),
    ]
    print(f"\n{'promise':42}{'measured':>9}{'promised':>16}")
    for label, figure, promised, kept in promises:
        print(f"{label:42}{figure:9.2f}{promised:>16}  {'kept' if kept else 'BROKEN'}")
    record(
        Figure(
            "credential_process, session kept",
            by_aws,
            GOAL_AWS,
            "times quicker",
            more_is_better=True,
            peer=name,
            ours=f"{1000 * mine:.0f} ms",
            theirs=f"{1000 * medians[name]:.0f} ms",
        ),
        Figure(
            "credential_process against bare Python",
            by_python,
            GOAL_PYTHON,
            "times the time",
            more_is_better=False,
            peer="python -IS -c pass",
            ours=f"{1000 * mine:.0f} ms",
            theirs=f"{1000 * medians['python -IS -c pass']:.0f} ms",
        ),
    )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"load average {load} (1, 5, 15 minutes) on {os.cpu_count()} processors")
    return 0 if all(kept for *_, kept in promises) else 1


def aws_command(environ: dict[str, str]) -> tuple[str, list[str]]:
    """What the installed AWS CLI offers for the same."""
    export = [str(AWS), "configure", "export-credentials", "--profile", "deployer"]
    done = subprocess.run(export, env=environ, capture_output=True, check=False)
    if done.returncode == 0:
        return "aws configure export-credentials", export
    words = ["sts", "assume-role", "--role-arn", ROLE, "--role-session-name", "alice"]
    return "aws sts assume-role", [str(AWS), *words, "--profile", "base"]


def run(command: list[str], environ: dict[str, str]) -> str:
    """Its output; what it says otherwise is shown if it fails."""
    done = subprocess.run(
        command, env=environ, cwd="/", capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{command}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())

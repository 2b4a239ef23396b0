"""What Terraform itself spends on a plan: `python benchmarks/growth_plan.py 10 100 1000`.

A fresh embedded AWS, a synthesized stack of so many roles with one attachment each, nothing
deployed. Processor time of Terraform with its provider. No promise:
what grows here is Terraform.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.figures import load
from benchmarks.local_http import rolecall, start_embedded
from rolecall.terraform import shell_environment

PROJECT = Path(__file__).resolve().parents[1]


def terraform(stack: Path, environ: Mapping[str, str], *words: str) -> tuple[float, float]:
    """Processor seconds of Terraform and its provider, and megabytes of the larger of them."""
    command = ["terraform", *words, "-no-color", "-input=false"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command, cwd=stack, env=dict(environ), stdout=said, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            said.seek(0)
            raise SystemExit(said.read().decode()[-2000:])
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def measure(roles: int) -> None:
    """Print a line for one size."""
    with tempfile.TemporaryDirectory() as folder:
        start_embedded(folder)
        try:
            shown = rolecall("env", "--account", "111111111111", "--json", home=folder)
            environ = {
                **os.environ,
                **shell_environment(PROJECT / ".rolecall"),
                **json.loads(shown)["export"],
                "AWS_REGION": "eu-central-1",
                "CDKTF_OUTDIR": f"{folder}/cdktf.out",
                "ROLECALL_HOME": folder,
                "TF_DATA_DIR": f"{folder}/terraform",
            }
            script = str(Path(__file__).with_name("synth_many_roles.py"))
            command = [sys.executable, script, "default", str(roles)]
            subprocess.run(command, check=True, cwd=PROJECT, env=environ)
            stack = Path(folder) / "cdktf.out/stacks/tes"
            terraform(stack, environ, "init")
            seconds, megabytes = terraform(stack, environ, "plan")
        finally:
            rolecall("down", home=folder)
    print(
        f"plan of {roles:6,} roles{seconds:9.1f} s{megabytes:8.0f} MB; load average {load()}",
        flush=True,
    )


def main() -> int:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("roles", nargs="*", type=int, default=[10, 100, 1000])
    args = parser.parse_args()
    for roles in args.roles:
        measure(roles)
    return 0


if __name__ == "__main__":
    sys.exit(main())

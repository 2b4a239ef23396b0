"""`make package`: the sdist and the wheel, the same bytes for the same commit.

The time in the archives is the last commit's (`SOURCE_DATE_EPOCH`, where it is set), and what
builds them is pinned by digest (`scripts/build-requirements.txt`). The wheel is built from
the sdist, so that whoever builds one from there gets the same.
"""

import argparse
import hashlib
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.pinned import ROOT, pinned_python

REQUIREMENTS = Path(__file__).with_name("build-requirements.txt")


def main(arguments: Sequence[str] | None = None) -> int:
    """Build both, and print their names and digests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="default: dist/")
    parser.add_argument("--source", type=Path, default=ROOT, help="of the project; default: here")
    given = parser.parse_args(arguments)
    out = given.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "SOURCE_DATE_EPOCH": commit_time()}
    python = pinned_python("build", REQUIREMENTS)
    with tempfile.TemporaryDirectory(prefix="rolecall-package-") as folder:
        sdist = build(python, given.source, "sdist", out, environment)
        with tarfile.open(sdist) as archive:
            archive.extractall(folder, filter="data")
        unpacked = Path(folder) / sdist.name.removesuffix(".tar.gz")
        wheel = build(python, unpacked, "wheel", out, environment)
    for made in (sdist, wheel):
        print(f"{hashlib.sha256(made.read_bytes()).hexdigest()}  {made.name}")
    return 0


def build(python: Path, source: Path, target: str, out: Path, environment: dict[str, str]) -> Path:
    """One of the two; the file's path."""
    with tempfile.TemporaryDirectory(dir=out, prefix=".building-") as folder:
        command = [str(python), "-m", "hatchling", "build", "-t", target, "-d", folder]
        done = subprocess.run(command, cwd=source, env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"hatchling built no {target}:\n{done.stderr.strip()}")
        (made,) = Path(folder).iterdir()
        return made.replace(out / made.name)


def commit_time() -> str:
    """Seconds since 1970 of the last commit."""
    if named := os.environ.get("SOURCE_DATE_EPOCH"):
        return named
    told = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return told.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())

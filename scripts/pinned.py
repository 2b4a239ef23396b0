"""Environments of their own for tools: pinned by digest, made once, under `.rolecall/<name>/`."""

import hashlib
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def pinned_python(name: str, requirements: Path, *, over_project: bool = False) -> Path:
    """Python of an environment that holds what the requirements name, and nothing else.

    over_project: it can import what the project's environment holds as well. Its own packages
    come first, so a tool may need another version of a library than the project.
    """
    digest = hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]
    folder = ROOT / ".rolecall" / name / digest
    python = folder / "bin/python"
    ready = folder / "ready"
    if not ready.exists():
        print(f"==> what `{name}` needs, into .rolecall", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = ["-m", "pip", "install", "-q", "--no-deps", "--require-hashes"]
        subprocess.run([str(python), *install, "-r", str(requirements)], check=True)
        if over_project:
            _add_project(folder)
        ready.touch()
    return python


def _add_project(folder: Path) -> None:
    (site,) = folder.glob("lib/python*/site-packages")
    # A plain path: what `.pth` files there name (the project, installed in place) is not
    # followed, so that a copy of the tree is never mistaken for the tree itself.
    (site / "project.pth").write_text(sysconfig.get_path("purelib") + "\n")

"""Installs the peers into folders of their own; a second run finds them there."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parent.parent / ".rolecall" / "review-peers"


def python() -> Path:
    """The interpreter of an environment that has checkov and parliament."""
    folder, wanted = HOME / "python", (HERE / "requirements.txt").read_text(encoding="utf-8")
    stamp = folder / "installed.txt"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
        _run([*pip, "-r", str(HERE / "requirements.txt")])
        stamp.write_text(wanted, encoding="utf-8")
    return folder / "bin/python"


def node() -> Path:
    """A folder whose node_modules have the engine of cdk diff."""
    folder, wanted = HOME / "node", (HERE / "package.json").read_text(encoding="utf-8")
    stamp = folder / "installed.json"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(HERE / "package.json", folder)
        npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"]
        _run(npm, folder)
        stamp.write_text(wanted, encoding="utf-8")
    return folder


def _run(command: list[str], folder: Path | None = None) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{command[0]} failed: {done.stderr.strip()[-500:]}")

"""A virtual environment that holds the wheel, and what its metadata asks for, nothing else.

The other packages are links to those of the project's own environment, so that none is
fetched: `make example` makes the same environment with pip.
"""

import os
import subprocess
import venv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment in `folder`."""

    folder: Path

    @classmethod
    def made(cls, folder: Path, unpacked: Path, extras: Sequence[str]) -> "Environment":
        """A new one, with an unpacked wheel and the packages of the extras."""
        venv.create(folder, symlinks=True)
        (site,) = folder.glob("lib/python*/site-packages")
        for name in unpacked.iterdir():
            (site / name.name).symlink_to(name)
        (metadata,) = site.glob("rolecall-*.dist-info/METADATA")
        told = Parser().parsestr(metadata.read_text(encoding="utf-8"))
        for package in _closure(told.get_all("Requires-Dist") or [], extras):
            _link(package, site)
        script = folder / "bin/rolecall"
        script.write_text(
            f"#!{folder}/bin/python\n"
            "import sys\n\nfrom rolecall.cli.main import main\n\nsys.exit(main())\n"
        )
        script.chmod(0o755)
        return cls(folder)

    @property
    def python(self) -> Path:
        return self.folder / "bin/python"

    def variables(self, **more: str) -> dict[str, str]:
        """The environment of a shell in which this one is activated, without settings of ours."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "PYTHON", "PYTEST_", "ROLECALL_", "COV_"))
        }
        path = f"{self.folder / 'bin'}{os.pathsep}{kept.get('PATH', os.defpath)}"
        return {**kept, "PATH": path, "VIRTUAL_ENV": str(self.folder), **more}

    def run(self, *words: str, cwd: Path, **more: str) -> "subprocess.CompletedProcess[str]":
        """A program of it, `"python"` or `"rolecall"`, with arguments."""
        return subprocess.run(
            [str(self.folder / "bin" / words[0]), *words[1:]],
            cwd=cwd,
            env=self.variables(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )


def _closure(requirements: Iterable[str], extras: Sequence[str]) -> list[Distribution]:
    """The packages that are asked for, and those that they ask for."""
    found: dict[str, Distribution] = {}
    done: set[tuple[str, str]] = set()
    waiting = [(Requirement(each), extra) for each in requirements for extra in ("", *extras)]
    while waiting:
        wanted, extra = waiting.pop()
        if wanted.marker is not None and not wanted.marker.evaluate({"extra": extra}):
            continue
        package = distribution(wanted.name)
        assert package.version in wanted.specifier, f"{wanted}, but {package.version} is installed"
        found[wanted.name.lower()] = package
        for inner in ("", *wanted.extras):
            if (wanted.name.lower(), inner) not in done:
                done.add((wanted.name.lower(), inner))
                waiting += [(Requirement(each), inner) for each in package.requires or ()]
    return list(found.values())


def _link(package: Distribution, site: Path) -> None:
    tops = {file.parts[0] for file in package.files or ()}
    for name in tops - {"..", "__pycache__"}:
        if not (site / name).exists():
            (site / name).symlink_to(Path(str(package.locate_file(name))))

"""What the project is made of: `make audit` asks what is known against it, `make sbom` lists it.

`audit`: every package of every lock file of this repository, by name, version and digest, against
the advisories of PyPI (pip-audit) and of npm. A report: the exit code is 0 unless `--strict` is
given, and then 1 for a finding, 4 where an advisory service could not be asked.
`sbom`: CycloneDX documents of what a user of the wheel with all its extras gets, and of the Node
packages; the same bytes for the same lock files.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from scripts.pinned import ROOT, pinned_python

REQUIREMENTS = Path(__file__).with_name("supply_chain-requirements.txt")
FOUND, NOT_ASKED = 1, 4


@dataclass
class Audited:
    """What is known against the packages of one file; `unasked`: why it could not be asked."""

    name: str
    packages: int
    known: list[str] = field(default_factory=list)
    unasked: str = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit, or write the bills of materials."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    audit_parser = commands.add_parser("audit", help="known vulnerabilities of what is locked")
    audit_parser.add_argument("--strict", action="store_true", help="a finding is exit code 1")
    sbom_parser = commands.add_parser("sbom", help="bills of materials (CycloneDX)")
    sbom_parser.add_argument("--out", type=Path, default=ROOT / "dist/sbom")
    given = parser.parse_args(arguments)
    if given.command == "sbom":
        for written in sbom(given.out.resolve()):
            print(written)
        return 0
    results = [*audit_python(), audit_node()]
    print(table(results))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(f"## Known vulnerabilities\n\n{table(results)}\n")
    if not given.strict:
        return 0
    if any(each.known for each in results):
        return FOUND
    return NOT_ASKED if any(each.unasked for each in results) else 0


def locked() -> dict[str, str]:
    """Each file that pins Python packages, as requirements with digests, by its path here."""
    lock = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    found = {"Pipfile.lock": requirements({**lock["develop"], **lock["default"]})}
    for path in sorted((ROOT / "scripts").rglob("*requirements.txt")):
        found[str(path.relative_to(ROOT))] = path.read_text(encoding="utf-8")
    return found


def requirements(packages: dict[str, dict[str, Any]]) -> str:
    """The packages of a Pipfile.lock; this project, which is installed in place, is left out."""
    lines = (
        f"{name}{facts['version']} " + " ".join(f"--hash={each}" for each in facts["hashes"])
        for name, facts in sorted(packages.items())
        if not facts.get("editable")
    )
    return "\n".join(lines) + "\n"


def audit_python() -> Iterator[Audited]:
    """Each file's packages against PyPI's advisories."""
    python = pinned_python("supply-chain", REQUIREMENTS)
    for name, text in locked().items():
        with tempfile.TemporaryDirectory() as folder:
            pins, report = Path(folder, "pins.txt"), Path(folder, "report.json")
            pins.write_text(text)
            options = ["--disable-pip", "--require-hashes", "--progress-spinner=off"]
            command = [python, "-m", "pip_audit", *options, "-r", pins, "-f", "json", "-o", report]
            done = subprocess.run(command, capture_output=True, text=True)
            if not report.exists():
                yield Audited(name, text.count("=="), unasked=last_line(done.stderr))
                continue
            packages = json.loads(report.read_text())["dependencies"]
        known = [
            f"{each['name']} {each['version']}: {one['id']}"
            for each in packages
            for one in each.get("vulns", ())
        ]
        yield Audited(name, len(packages), known)


def audit_node() -> Audited:
    """The packages of package-lock.json against npm's advisories."""
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    packages = len(lock["packages"]) - 1
    if not shutil.which("npm"):
        return Audited("package-lock.json", packages, unasked="npm is missing")
    done = subprocess.run(
        ["npm", "audit", "--json"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    try:
        answer = json.loads(done.stdout)
        found = answer["vulnerabilities"]
    except (ValueError, KeyError):
        return Audited("package-lock.json", packages, unasked=last_line(done.stderr))
    known = [
        f"{name}: {via['title']} ({via['url']})"
        for name, facts in sorted(found.items())
        for via in facts["via"]
        if isinstance(via, dict)
    ]
    return Audited("package-lock.json", packages, known)


def table(results: Sequence[Audited]) -> str:
    """As Markdown: a line a file, and one for each finding."""
    lines = ["| lock file | packages | known vulnerabilities |", "|---|---:|---|"]
    for each in results:
        told = f"not asked: {each.unasked}" if each.unasked else str(len(each.known))
        lines.append(f"| {each.name} | {each.packages} | {told} |")
    lines += [f"\n- {each.name}: {one}" for each in results for one in each.known]
    return "\n".join(lines)


def sbom(out: Path) -> Iterator[Path]:
    """The two documents; each is checked against its schema by what writes it."""
    out.mkdir(parents=True, exist_ok=True)
    lock = json.loads((ROOT / "Pipfile.lock").read_text(encoding="utf-8"))
    python = pinned_python("supply-chain", REQUIREMENTS)
    target = out / "rolecall.python.cdx.json"
    with tempfile.TemporaryDirectory() as folder:
        pins = Path(folder, "pins.txt")
        pins.write_text(requirements(lock["default"]))
        options = ["--output-reproducible", "--mc-type=library"]
        about = ["--pyproject", ROOT / "pyproject.toml"]
        command = [python, "-m", "cyclonedx_py", "requirements", pins, *options, *about]
        # It warns that a list of pins does not say which needs which.
        quiet = {**os.environ, "PYTHONWARNINGS": "ignore"}
        subprocess.run([*command, "-o", target], check=True, env=quiet)
    yield target
    done = subprocess.run(
        ["npm", "sbom", "--package-lock-only", "--sbom-format=cyclonedx"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    document = json.loads(done.stdout)
    # A number and a time of their own in each run.
    del document["serialNumber"], document["metadata"]["timestamp"]
    target = out / "rolecall.node.cdx.json"
    target.write_text(json.dumps(document, indent=2) + "\n")
    yield target


def last_line(text: str) -> str:
    """What a tool said last, for a cell of a table."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    said = next((line for line in lines if "Error" in line or "warn" in line), "no answer")
    return said[:160].replace("|", "/")


if __name__ == "__main__":
    sys.exit(main())

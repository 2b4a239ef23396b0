"""`make portability`: the same stacks under cdktf and cdktn, with AWS provider 5 and 6.

Each pair but the project's own gets an environment under .rolecall/portability/, pinned by
digest: what differs stands in scripts/portability-*.txt, all else is taken from Pipfile.lock.
In each, the project's app and the app of the federation tests (a resource of every kind that the
constructs make) are synthesized and compared, the tests of the constructs run, and the seconds
of `main.py` are measured, with the fast import and with the stock one. The first run in a new
environment is not counted: it writes byte code, and jsii unpacks the bindings.

Exit code 1: a stack differs in anything but what `SAID` names, or a test fails.
"""

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".rolecall/portability"
FEDERATION = ROOT / "tests/integration/federation/app"
#: What may differ, by path in cdk.tf.json: who wrote it, and which provider is wanted.
SAID = {
    "//.metadata.version": "the version of the CDK, in the comment",
    "terraform.required_providers.aws.version": "the version of the provider",
    "terraform.required_providers.aws.source": "the provider's name, short or in full",
}
#: Of Pipfile.lock, with what they need: Rolecall without extras, jsii, and what the tests use.
LOCKED = (
    *("cryptography", "cffi", "pycparser", "lxml", "pyyaml"),
    *("jsii", "attrs", "cattrs", "publication", "python-dateutil", "six", "typeguard"),
    "typing-extensions",
    *("hypothesis", "sortedcontainers", "pytest", "iniconfig", "packaging", "pluggy", "pygments"),
)


@dataclass(frozen=True)
class Pair:
    """A CDK with bindings of the AWS provider; `locked`: packages of Pipfile.lock besides."""

    name: str
    cdk: str
    locked: tuple[str, ...] = ()

    @property
    def python(self) -> Path:
        """The interpreter of the environment that has it."""
        folder = HOME / self.name if self.requirements.is_file() else ROOT / ".venv"
        return folder / "bin/python"

    @property
    def requirements(self) -> Path:
        """What it has that the project has not."""
        return ROOT / f"scripts/portability-{self.name}.txt"


PAIRS = (
    Pair("cdktf-aws5", "cdktf"),
    Pair("cdktf-aws6", "cdktf", ("cdktf", "constructs")),
    Pair("cdktn-aws6", "cdktn"),
)


@dataclass(frozen=True)
class Measured:
    """What was found of one pair."""

    versions: str
    provider: str
    fast: float
    stock: float
    tests: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; 1 where a promise is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=3, help="of the fast import (default: 3)")
    parser.add_argument("--stock-runs", type=int, default=1, help="default: 1")
    parser.add_argument("--without-tests", action="store_true", help="leave the tests out")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rolecall-portability-") as folder:
        return matrix(Path(folder), given.runs, given.stock_runs, tests=not given.without_tests)


def matrix(folder: Path, runs: int, stock_runs: int, *, tests: bool) -> int:
    """Synthesize, compare and measure all pairs."""
    federation = federation_app(folder / "federation")
    measured: dict[str, Measured] = {}
    written: dict[str, dict[str, object]] = {}
    for pair in PAIRS:
        say(f"{pair.name}: the environment")
        install(pair)
        say(f"{pair.name}: the stacks")
        out = folder / pair.name
        for app, name in ((ROOT, "project"), (federation, "federation")):
            synthesize(pair, app, out / name)
        written[pair.name] = stacks(out)
        fast = [synthesize(pair, ROOT, out / "again") for _ in range(runs)]
        stock = [synthesize(pair, ROOT, out / "again", stock=True) for _ in range(stock_runs)]
        if tests:
            say(f"{pair.name}: the tests of the constructs")
        measured[pair.name] = Measured(
            versions=versions(pair),
            provider=provider_version(written[pair.name]),
            fast=statistics.median(fast) if fast else float("nan"),
            stock=statistics.median(stock) if stock else float("nan"),
            tests=run_tests(pair) if tests else "not run",
        )
    show(measured)
    good = all(
        "failed" not in each.tests and "error" not in each.tests for each in measured.values()
    )
    return 0 if compare(written) and good else 1


def install(pair: Pair) -> None:
    """Make the environment, unless it is there as its files say."""
    if not pair.requirements.is_file():
        return
    folder = HOME / pair.name
    lock = json.loads((ROOT / "Pipfile.lock").read_text())
    known = {**lock["develop"], **lock["default"]}
    wanted = pair.requirements.read_text() + "".join(
        " ".join(
            [f"{name}{known[name]['version']}", *map("--hash={}".format, known[name]["hashes"])]
        )
        + "\n"
        for name in (*LOCKED, *pair.locked)
    )
    stamp = folder / "requirements.txt"
    if stamp.is_file() and stamp.read_text() == wanted and pair.python.is_file():
        return
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    unfinished = folder / "unfinished.txt"
    unfinished.write_text(wanted)
    pip = [pair.python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "--requirement", unfinished], check=True)
    unfinished.rename(stamp)


def federation_app(folder: Path) -> Path:
    """The app of the federation tests, with metadata and certificates made for it."""
    sys.path.insert(0, str(ROOT))
    from tests.constructs.issued import Issued

    issued = Issued.new()
    shutil.copytree(FEDERATION, folder, ignore=shutil.ignore_patterns("__pycache__"))
    given = folder / "given"
    given.mkdir()
    for name in ("sso", "partner", "impostor"):
        metadata = issued.metadata(entity_id=f"https://{name}.example.com/saml")
        (given / f"{name}.xml").write_text(metadata)
    for name in ("site", "lab"):
        (given / f"{name}.pem").write_text(issued.pem(name=name))
    pool, identity = (f"eu-central-1:00000000-0000-4000-8000-00000000000{n}" for n in (1, 2))
    (given / "facts.json").write_text(
        json.dumps({"partner_pool": pool, "partner_identity": identity})
    )
    return folder


def variables(pair: Pair, **more: str) -> dict[str, str]:
    """The environment of a process: Rolecall from here, the CDK of the pair."""
    unset = ("PYTHONDONTWRITEBYTECODE", "ROLECALL_CDK", "ROLECALL_STOCK_IMPORT")
    kept = {key: value for key, value in os.environ.items() if key not in unset}
    return {
        **{key: value for key, value in kept.items() if not key.startswith("AWS_")},
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "constructs")]),
        # The switch is tried where both could be meant; the new environments hold one only.
        **({} if pair.requirements.is_file() else {"ROLECALL_CDK": pair.cdk}),
        **more,
    }


def synthesize(pair: Pair, app: Path, out: Path, *, stock: bool = False) -> float:
    """Run an app; the seconds from its start to its end."""
    out.mkdir(parents=True, exist_ok=True)
    chosen = {"ROLECALL_STOCK_IMPORT": "1"} if stock else {}
    environ = variables(pair, CDKTF_OUTDIR=str(out), **chosen)
    before = time.perf_counter()
    subprocess.run([pair.python, "main.py"], cwd=app, env=environ, check=True)
    return time.perf_counter() - before


def stacks(out: Path) -> dict[str, object]:
    """Every cdk.tf.json below a folder, by app and stack."""
    return {
        f"{path.parts[-4]}/{path.parts[-2]}": json.loads(path.read_text())
        for path in sorted(out.glob("*/stacks/*/cdk.tf.json"))
    }


def versions(pair: Pair) -> str:
    """The versions of the CDK and of the bindings, as installed."""
    bindings = {"cdktf": "cdktf-cdktf-provider-aws", "cdktn": "cdktn-provider-aws"}[pair.cdk]
    script = (
        "import sys; from importlib.metadata import version\n"
        "print(*(f'{name} {version(name)}' for name in sys.argv[1:]), sep=', ')"
    )
    command = [pair.python, "-c", script, pair.cdk, bindings]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def provider_version(written: dict[str, object]) -> str:
    """The one version of the provider that all stacks want."""
    (version,) = {
        each["terraform"]["required_providers"]["aws"]["version"]  # type: ignore[index]
        for each in written.values()
    }
    return str(version)


def run_tests(pair: Pair) -> str:
    """pytest's last line for the tests of the constructs."""
    command = [pair.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/constructs"]
    done = subprocess.run(
        command, cwd=ROOT, env=variables(pair), check=False, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stdout, done.stderr, file=sys.stderr)
    last = done.stdout.strip().rpartition("\n")[2] or "error: no test ran"
    return last.partition(" in ")[0]


def differences(first: object, second: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Where two documents differ, and how."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            below = f"{path}.{key}" if path else key
            if key not in first or key not in second:
                yield below, "is in one only"
            else:
                yield from differences(first[key], second[key], below)
    elif isinstance(first, list) and isinstance(second, list):
        for index, (one, other) in enumerate(itertools.zip_longest(first, second)):
            yield from differences(one, other, f"{path}[{index}]")
    elif first != second or type(first) is not type(second):
        yield path, f"{json.dumps(first)} → {json.dumps(second)}"


def compare(written: dict[str, dict[str, object]]) -> bool:
    """Say in what the pairs differ from the first one; whether that is no more than `SAID`."""
    base, *others = written
    kept = True
    for name in others:
        print(f"\n{name} against {base}, {len(written[base])} stacks:")
        found: dict[tuple[str, str], list[str]] = {}
        for stack in sorted({*written[base], *written[name]}):
            pair = (written[base].get(stack), written[name].get(stack))
            for difference in differences(*pair):
                found.setdefault(difference, []).append(stack)
        for (path, how), where in sorted(found.items()):
            known = SAID.get(path)
            kept &= known is not None
            print(f"  {path}: {how}  ({known or 'NOT EXPECTED'}; {len(where)} stacks)")
        print("  all else is identical")
    return kept


def show(measured: dict[str, Measured]) -> None:
    """The table, as Markdown."""
    print("\n| pair | provider | main.py, fast | stock | ratio | tests of the constructs |")
    print("|---|---|---|---|---|---|")
    for name, each in measured.items():
        print(
            f"| {name}: {each.versions} | {each.provider} | {each.fast:.2f} s | {each.stock:.1f} s "
            f"| {each.stock / each.fast:.1f} | {each.tests} |"
        )
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"\nload average {load} (1, 5, 15 minutes) on {os.cpu_count()} processors")


def say(what: str) -> None:
    """What is being done, on stderr."""
    print(f"==> {what}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())

"""One target under atheris, until its time is over; `scripts/hardening/fuzz.py` starts it.

A finding does not end the run: its input is written down, once for each place that raised.
"""

import hashlib
import importlib
import re
import sys
import traceback
from pathlib import Path
from typing import Any

import atheris  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """`run.py TARGET FINDINGS_FOLDER` and libFuzzer's own arguments."""
    name, findings = sys.argv[1], Path(sys.argv[2])
    findings.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(
        include=["rolecall", "signxml", "joserfc"], enable_loader_override=False
    ):
        target: Any = importlib.import_module(f"scripts.hardening.fuzz_targets.{name}")
        # What a target imports late is imported by its first call.
        target.check(b"")
    seen: set[str] = set()

    def one_input(data: bytes) -> None:
        try:
            target.check(data)
        except Exception as error:
            place = where(error)
            if place not in seen:
                seen.add(place)
                write_down(findings, data, place, error)

    mutator = None
    if words := getattr(target, "JSON_WORDS", None):
        from scripts.hardening.fuzz_targets.json_changes import changed_json

        def mutator(data: bytes, most: int, seed: int) -> bytes:
            return changed_json(data, most, seed, words, atheris.Mutate)

    options: dict[str, Any] = {} if mutator is None else {"custom_mutator": mutator}
    atheris.Setup([sys.argv[0], *sys.argv[3:]], one_input, **options)
    atheris.Fuzz()


def where(error: Exception) -> str:
    """The kind of the error and the last place of the project that raised it."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if str(ROOT) in frame.filename and ".venv" not in frame.filename
    ]
    said = re.split("[^A-Za-z ]", str(error))[0]
    return f"{type(error).__name__} {' '.join(frames[-2:])} {said}"


def write_down(folder: Path, data: bytes, place: str, error: Exception) -> None:
    """The input, and beside it what it did."""
    name = hashlib.sha256(place.encode()).hexdigest()[:12]
    path = folder / name
    if not path.exists() or len(path.read_bytes()) > len(data):
        path.write_bytes(data)
    words = "".join(traceback.format_exception(error))
    (folder / f"{name}.txt").write_text(f"{place}\n{words}", encoding="utf-8", errors="replace")


if __name__ == "__main__":
    main()

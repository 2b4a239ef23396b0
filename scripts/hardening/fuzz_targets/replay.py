"""Every kept input through its target, without a fuzzer: what fails is printed, a line each.

Its own process: targets set clocks and keys for as long as they live.
"""

import importlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))


def main() -> int:
    """`replay.py FOLDER…`: folders whose subfolders are named as the targets are."""
    from scripts.hardening.fuzz_targets import TARGETS

    failed = tried = 0
    for name in TARGETS:
        target = importlib.import_module(f"scripts.hardening.fuzz_targets.{name}")
        for folder in map(Path, sys.argv[1:]):
            for path in sorted((folder / name).glob("*")):
                tried += 1
                try:
                    target.check(path.read_bytes())
                except Exception as error:
                    failed += 1
                    print(f"{name}/{path.name}: {type(error).__name__}: {error}")
    print(f"{tried} inputs, {failed} failed")
    return int(failed > 0 or tried == 0)


if __name__ == "__main__":
    sys.exit(main())

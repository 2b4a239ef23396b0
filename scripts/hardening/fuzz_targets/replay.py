"""Every kept input through its target, without a fuzzer; then once more for planted faults.

What fails is printed, a line each, and the targets whose oracle did not see its fault.

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
    from scripts.hardening.fuzz_targets.planted import blind

    folders = [Path(each) for each in sys.argv[1:]]

    failed = tried = 0
    for name in TARGETS:
        target = importlib.import_module(f"scripts.hardening.fuzz_targets.{name}")
        for folder in folders:
            for path in sorted((folder / name).glob("*")):
                tried += 1
                try:
                    target.check(path.read_bytes())
                except Exception as error:
                    failed += 1
                    print(f"{name}/{path.name}: {type(error).__name__}: {error}")
    print(f"{tried} inputs, {failed} failed")
    unseeing = blind(TARGETS, folders)
    print(f"blind oracles: {', '.join(unseeing) or 'none'}")
    return int(failed > 0 or tried == 0 or bool(unseeing))


if __name__ == "__main__":
    sys.exit(main())

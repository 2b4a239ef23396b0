"""`python -m rolecall_cdktf main.py …`: run an app, with the CDK loaded the quick way first.

The cuts of `_fast_loading.py` are taken when the CDK is loaded. An app that has stacks of its
own imports it itself, by the alphabet above the constructs, and then it is loaded as shipped.
"""

import runpy
import sys
from pathlib import Path

from rolecall.problems import Exit, Problem


def main() -> int:
    """Load the CDK, then run the script as Python would."""
    if len(sys.argv) < 2:
        sys.stderr.write("usage: python -m rolecall_cdktf main.py [argument …]\n")
        return Exit.BAD_INPUT
    try:
        from rolecall_cdktf import _cdktf

        _ = _cdktf.App
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    del sys.argv[0]
    sys.path[0] = str(Path(sys.argv[0]).resolve().parent)
    runpy.run_path(sys.argv[0], run_name="__main__")
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main())

"""The app that the matrix of federation deploys: a role for every kind of trusted entity.

What is known at run time only (metadata, an authority, a pool) lies in `given/` beside it.
"""

import sys
from pathlib import Path

from matrix import CentralStack, EveryResourceStack, Given, TeamStack

from rolecall.environment import load_environment
from rolecall_cdktf._cdktf import App


def main() -> int:
    """Synthesize the three stacks."""
    here = Path(__file__).parent
    given = Given.read(here / "given")
    app = App()
    for stack, name in (
        (CentralStack, "central"),
        (TeamStack, "team"),
        (EveryResourceStack, "every"),
    ):
        stack(app, load_environment(name, here / "environments"), given)
    app.synth()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The app of `cdktf deploy tes`: one stack for each file in environments/."""

import sys
from pathlib import Path

from rolecall.environment import load_environments
from rolecall.problems import Exit, Problem


def main() -> int:
    """Synthesize every environment; a `Problem` ends with its sentence and exit code."""
    try:
        environments = load_environments(Path(__file__).parent / "environments")
        # After the facts are known to be right: the bindings take most of a second.
        from rolecall_cdktf import App
        from stacks import declare

        app = App()
        declare(app, environments)
        app.synth()
    except Problem as problem:
        sys.stderr.write(f"{problem}\n")
        return problem.exit_code
    return Exit.OK


if __name__ == "__main__":
    sys.exit(main())

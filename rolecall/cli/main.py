"""Entry point of the `rolecall` command.

A command's module is imported only when that command runs, so that starting
one command never pays for the libraries of another.
"""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from rolecall import __version__
from rolecall.problems import Exit, Problem

#: command -> (module, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "assume": ("rolecall.cli.assume", "become a role: print temporary credentials"),
    "eks": ("rolecall.cli.eks", "roles for the pods of EKS: their Kubernetes manifests"),
    "local": ("rolecall.cli.local", "the embedded AWS: up, down, status, env, clock, quota"),
    "recover": ("rolecall.cli.recover", "go on after a deploy that was killed"),
    "whoami": ("rolecall.cli.whoami", "say whose credentials are in use"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `rolecall.problems.Exit`)."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(
        prog="rolecall", description="Declare, deploy, become and prove AWS IAM roles."
    )
    parser.add_argument("--version", action="version", version=f"rolecall {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    for name, (module, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name == chosen:
            import_module(module).configure(subparser)
    args = parser.parse_args(arguments)
    try:
        return int(import_module(COMMANDS[args.command][0]).run(args))
    except Problem as problem:
        print(f"rolecall: {problem}", file=sys.stderr)
        return int(problem.exit_code)
    except KeyboardInterrupt:
        print("rolecall: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output went away (`rolecall … | head`): not an error of ours.
        sys.stderr.close()
        return int(Exit.OK)


if __name__ == "__main__":
    sys.exit(main())

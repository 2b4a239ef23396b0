"""Entry point of the `rolecall` command.

A command's module is imported only when that command runs, so that starting
one command never pays for the libraries of another.
"""

import os
import sys
from collections.abc import Collection, Sequence
from importlib import import_module

from rolecall import __version__
from rolecall.cli.endings import Ended, ending_tidily, nothing_more_to_interrupt
from rolecall.cli.parser import Parser
from rolecall.cli.streams import let_go_of_stdout, standard_streams
from rolecall.problems import Exit, Problem, printable

_INTERRUPTED = 130

#: command -> (module, what it does)
COMMANDS: dict[str, tuple[str, str]] = {
    "assume": ("rolecall.cli.assume", "become a role: print temporary credentials"),
    "cache": ("rolecall.cli.cache", "the sessions that are kept: list, clear"),
    "comment": ("rolecall.cli.comment", "a review as the comment of a pull or merge request"),
    "compare": ("rolecall.cli.compare", "two trust policies: who gains access, who loses it"),
    "completion": ("rolecall.cli.completion", "what bash, zsh or fish need to complete words"),
    "console": ("rolecall.cli.console", "sign in to the AWS console as a role"),
    "doctor": ("rolecall.cli.doctor", "what stands in the way on this machine, and the fix"),
    "eks": ("rolecall.cli.eks", "roles for the pods of EKS: their Kubernetes manifests"),
    "exec": ("rolecall.cli.exec", "run a command as a role, with credentials that renew"),
    "for-each": ("rolecall.cli.for_each", "run a command in many environments, as a role of each"),
    "import": ("rolecall.cli.import_role", "roles that exist, as the Python that declares them"),
    "init": ("rolecall.cli.init", "start a project: environments, a stack, tests, a pipeline"),
    "keys": ("rolecall.cli.keys", "long-lived keys in the system's key store"),
    "lint": ("rolecall.cli.lint", "trust policies: what is dangerous, or lets nobody in"),
    "local": ("rolecall.cli.local", "the embedded AWS: up, down, status, env, clock, quota"),
    "process": ("rolecall.cli.process", "credentials as AWS tools ask a process for them"),
    "profile": ("rolecall.cli.profile", "a profile of the AWS CLI and the SDKs for a role"),
    "recover": ("rolecall.cli.recover", "go on after a deploy that was killed"),
    "reference-policy": (
        "rolecall.cli.reference_policy",
        "a change of trust policies, for IAM Access Analyzer to check",
    ),
    "review": ("rolecall.cli.review", "who gains access by a change: a gate, and reports"),
    "serve": ("rolecall.cli.serve", "credentials of a role over HTTP, for containers"),
    "switch": ("rolecall.cli.switch", "from the credentials at hand to another role"),
    "verify": ("rolecall.cli.verify", "are the credentials what they should be"),
    "who-can": ("rolecall.cli.who_can", "who may assume a role, in sentences"),
    "whoami": ("rolecall.cli.whoami", "say whose credentials are in use"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code (see `rolecall.problems.Exit`)."""
    try:
        with standard_streams():
            return _outcome(list(sys.argv[1:] if argv is None else argv))
    except BrokenPipeError:
        # The reader of our output went away (`rolecall … | head`): not an error of ours.
        let_go_of_stdout()
        return int(Exit.OK)
    except KeyboardInterrupt:
        return _INTERRUPTED
    finally:
        if argv is None:
            nothing_more_to_interrupt()


def _outcome(arguments: list[str]) -> int:
    try:
        try:
            with ending_tidily():
                return _run(arguments)
        finally:
            # Here, where it can still be caught that nobody reads it.
            sys.stdout.flush()
    except Problem as problem:
        print(f"rolecall: {_harmless(str(problem))}", file=sys.stderr)
        return int(problem.exit_code)
    except KeyboardInterrupt:
        print("rolecall: interrupted", file=sys.stderr)
        return _INTERRUPTED
    except Ended as ended:
        print(f"rolecall: {ended}", file=sys.stderr)
        return ended.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        # A full disk, a file that went away: whoever was at work has no words of his own.
        print(f"rolecall: {_harmless(_refused(error))}", file=sys.stderr)
        return int(Exit.FAILED)


def _run(arguments: list[str]) -> int:
    chosen = next((word for word in arguments if not word.startswith("-")), None)
    try:
        return _run_chosen(chosen, arguments)
    except ModuleNotFoundError as error:
        from rolecall.extras import missing_package

        told = missing_package(error, chosen)
        if told is None:
            raise
        raise told from None


def _run_chosen(chosen: str | None, arguments: list[str]) -> int:
    words: list[str] = []
    parser = parser_of([chosen])
    if takes_command(chosen):
        arguments, words = _cut(arguments)
    args = parser.parse_args(arguments)
    args.words = words
    return int(import_module(COMMANDS[args.command][0]).run(args))


def parser_of(names: Collection[str | None]) -> Parser:
    """The parser; of the commands, only those of these names know their arguments."""
    parser = Parser(prog="rolecall", description="Declare, deploy, become and prove AWS IAM roles.")
    parser.add_argument("--version", action="version", version=f"rolecall {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="command", required=True)
    for name, (module, summary) in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=summary, description=summary)
        if name in names:
            import_module(module).configure(subparser)
    return parser


def takes_command(name: str | None) -> bool:
    """Whether another command follows this one's arguments, after `--`."""
    known = name is not None and name in COMMANDS
    return known and getattr(import_module(COMMANDS[name or ""][0]), "TAKES_COMMAND", False)


def _refused(error: OSError) -> str:
    reason = error.strerror or str(error) or type(error).__name__
    where = "" if error.filename is None else f"{os.fsdecode(error.filename)}: "
    return f"the system refuses: {where}{reason}."


def _harmless(text: str) -> str:
    """The text with nothing in it that a terminal would obey, line breaks apart."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _cut(arguments: list[str]) -> tuple[list[str], list[str]]:
    """What stands before the first `--`, and the command after it: argparse would take
    the options of the one for those of the other."""
    at = arguments.index("--") if "--" in arguments else len(arguments)
    return arguments[:at], arguments[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())

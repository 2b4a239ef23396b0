"""`rolecall import <role-arn | role-name | FILE.json | ->`: existing roles as Python."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from rolecall.cli.environments import add_environments
from rolecall.cli.import_files import check_free, write_new
from rolecall.cli.import_source import Source, live_source, source_of_text
from rolecall.cli.shell import say
from rolecall.importing.addresses import as_hcl, as_json
from rolecall.importing.declared import Declared
from rolecall.importing.home import identifier
from rolecall.importing.imported import Imported, import_roles
from rolecall.problems import Exit, Problem, printable

_EPILOG = """\
What is read: a role of AWS by its ARN or name, or JSON: a trust policy, or what `aws iam
get-role`, `list-roles` or `get-account-authorization-details` answers. What is written:
the trusted entities and the AssumableRole that declare it, and Terraform's import blocks.

  rolecall import arn:aws:iam::111111111111:role/tes-deployer --output stacks/deployer.py
  rolecall import trust.json --account 111111111111
  aws iam get-account-authorization-details --filter Role | rolecall import - --output roles/

Each declaration is compared with the policy that was read, in both directions. What no
class can say stays a RawStatement with the reason; nothing is left out.

exit codes: 0 everything proven the same; 1 AWS does not answer as AWS does; 2 wrong input,
or AWS would refuse a policy today (it is written all the same); 4 a policy is not proven;
5 AWS refuses; 6 AWS cannot be reached
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "role", metavar="ROLE|FILE|-", help="a role's ARN or name, a JSON file, or - for stdin"
    )
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help="the environment that the role is of (default: the one with the role's account)",
    )
    parser.add_argument("--account", metavar="ID", help="the role's account (for a policy alone)")
    parser.add_argument("--profile", help="whose credentials ask AWS (for an ARN or a name)")
    parser.add_argument(
        "--providers",
        action="store_true",
        help="declare the identity providers too (for an ARN or a name)",
    )
    parser.add_argument(
        "--output", metavar="FILE|DIR/", help="write this file, or into DIR/ a file a role"
    )
    parser.add_argument(
        "--imports",
        type=Path,
        metavar="FILE",
        help="write the import blocks here (….tf or ….tf.json; default: a comment in the file)",
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that are there")
    add_environments(parser)
    parser.add_argument("--json", action="store_true", help="the answer as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Read, express, prove, write."""
    _check(args)
    found = _source(args)
    folder = args.output is not None and (args.output.endswith("/") or Path(args.output).is_dir())
    groups = [[role] for role in found.roles] if folder else [list(found.roles)]
    if folder and args.imports is not None and len(groups) > 1:
        raise Problem("--imports goes with one file; in a folder each file has its own blocks.")
    made: list[tuple[Path | None, Imported]] = []
    taken: set[str] = set()
    for roles in groups:
        imported = import_roles(
            roles,
            found.home(),
            names=found.names,
            environment_tags=found.tags,
            imports_inside=args.imports is None,
        )
        path = None if args.output is None else Path(args.output)
        if folder and path is not None:
            name = identifier(roles[0].name or "trusted_entities", taken, "role")
            taken.add(name)
            path /= f"{name}.py"
        made.append((path, imported))
    _write(args, made)
    if args.json:
        _print_json(made)
    else:
        for path, imported in made:
            if path is None:
                sys.stdout.write(imported.text)
    for path, imported in made:
        for each in imported.declared:
            _tell(each)
        if path is not None:
            say(f"wrote {printable(str(path))}")
    return int(_exit([imported for _, imported in made]))


def _check(args: argparse.Namespace) -> None:
    if args.force and args.output is None and args.imports is None:
        raise Problem("--force goes with --output or --imports: nothing else is written.")
    if args.imports is not None and not args.imports.name.endswith((".tf", ".tf.json")):
        raise Problem("--imports is a file that Terraform reads: write ….tf or ….tf.json.")


def _source(args: argparse.Namespace) -> Source:
    text, where = _text(args.role)
    if text is None:
        if args.account is not None:
            raise Problem("--account goes with a file; a role's ARN has its account.")
        return live_source(
            args.role, args.environment, args.environments, args.profile, providers=args.providers
        )
    for name in ("profile", "providers"):
        if getattr(args, name):
            raise Problem(f"--{name} goes with a role's ARN or name: a file asks no AWS.")
    return source_of_text(text, where, args.environment, args.environments, args.account)


def _text(role: str) -> tuple[str | None, str]:
    """The JSON that is meant, and what it is called; None where AWS is to be asked."""
    try:
        if role == "-":
            return sys.stdin.buffer.read().decode("utf-8"), "stdin"
        path = Path(role)
        if role.startswith("arn:") or not (role.endswith(".json") or "/" in role or path.is_file()):
            return None, role
        return path.read_text(encoding="utf-8"), role
    except OSError as error:
        raise Problem(f"{printable(role)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{printable(role)} is not UTF-8 text; save it as such.") from None


def _write(args: argparse.Namespace, made: Sequence[tuple[Path | None, Imported]]) -> None:
    files = {path: imported.text for path, imported in made if path is not None}
    if args.imports is not None:
        blocks = [each for _, imported in made for each in imported.imports]
        render = as_json if args.imports.name.endswith(".json") else as_hcl
        files[args.imports] = render(blocks)
    if not args.force:
        check_free(files)
    for path, text in files.items():
        write_new(path, text, force=args.force)


def _tell(declared: Declared) -> None:
    """What was found, on stderr: each role in a line, and what one must know of it."""
    expressed = declared.expressed
    verdict = "not proven" if expressed.unproven else "same"
    parts = [f"{expressed.classes} by class", f"{expressed.raw} raw"]
    name = printable(declared.role.name or "the trust policy")
    say(f"{name}: {verdict} (compared in both directions); trusted entities: {', '.join(parts)}")
    for entity in expressed.entities:
        if entity.reason is not None and entity.reason != expressed.refused:
            say(f"  raw: {printable(entity.reason)}")
    for note in declared.notes:
        say(f"  {printable(note)}")


def _print_json(made: Sequence[tuple[Path | None, Imported]]) -> None:
    answer = {
        "files": [
            {
                "path": None if path is None else str(path),
                "python": imported.text,
                "imports": [{"to": each.to, "id": each.id} for each in imported.imports],
                "roles": [_role(each) for each in imported.declared],
            }
            for path, imported in made
        ]
    }
    json.dump(answer, sys.stdout, indent=2)
    print()


def _role(declared: Declared) -> dict[str, object]:
    expressed = declared.expressed
    return {
        "name": declared.role.name,
        "arn": declared.role.arn,
        "verdict": "undecided" if expressed.unproven else "same",
        "unproven": expressed.unproven,
        "refusedByAws": expressed.refused,
        "entities": [
            {"kind": each.call.name, "rawBecause": each.reason} for each in expressed.entities
        ],
        "notes": list(declared.notes),
    }


def _exit(found: Sequence[Imported]) -> Exit:
    if not all(each.proven for each in found):
        return Exit.UNDECIDED
    return Exit.BAD_INPUT if any(each.refused for each in found) else Exit.OK

"""`rolecall lint FILE…`: what is dangerous in a trust policy, or never lets anybody in."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import MappingProxyType

from rolecall.cli.environments import add_environments
from rolecall.environment import Environment, load_environment, load_environments
from rolecall.lint import (
    LARGEST_SIZE,
    SEVERITIES,
    Facts,
    Finding,
    Suppression,
    idle,
    lint,
    read_suppressions,
)
from rolecall.policy import PolicyDocument, check_account_id
from rolecall.problems import Exit, Problem, printable

_EPILOG = """\
Each finding has a rule (docs/rules/RC001.md and so on say what is wrong, with a bad and a
good example), a severity and one sentence with the fix.

  rolecall lint trust.json --account 111122223333
  rolecall lint roles/*.json --environment prd --suppressions lint.yaml
  aws iam get-role --role-name app --query Role.AssumeRolePolicyDocument | rolecall lint -

exit codes: 0 no finding as bad as --fail-on that is not suppressed; 1 there is one; 2 wrong input
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _EPILOG
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="a trust policy as JSON, or - for stdin"
    )
    parser.add_argument(
        "--account", metavar="ID", help="the account of the role (default: the environment's)"
    )
    parser.add_argument(
        "--environment",
        metavar="NAME",
        help="the environment of the role: its accounts are yours, and those before it are not "
        "to be trusted",
    )
    add_environments(parser)
    parser.add_argument(
        "--role",
        metavar="NAME",
        help="the role's name, for suppressions (default: the file's name without .json)",
    )
    parser.add_argument(
        "--size-limit",
        type=int,
        default=2048,
        metavar="N",
        help="the account's quota of a trust policy in characters (default: 2048)",
    )
    parser.add_argument(
        "--suppressions",
        type=Path,
        metavar="FILE",
        help="findings that may stand, as YAML, each with its reason (docs/rules/README.md)",
    )
    parser.add_argument(
        "--fail-on",
        choices=SEVERITIES[1:],
        default="medium",
        help="the least severity that ends with exit code 1 (default: medium)",
    )
    parser.add_argument("--json", action="store_true", help="the findings as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Lint every file, and print what was found."""
    if args.account is not None:
        check_account_id(args.account)
    if not 1 <= args.size_limit <= LARGEST_SIZE:
        raise Problem(f"--size-limit is a number from 1 to {LARGEST_SIZE}.")
    facts = replace(_facts(args), size_limit=args.size_limit)
    day = today()
    suppressions = () if args.suppressions is None else _suppressions(args.suppressions)
    documents = [(name, _read(name)) for name in args.files]
    found: list[tuple[str, str | None, Finding]] = []
    for name, document in documents:
        role = args.role or (None if name == "-" else Path(name).stem)
        here = lint(document, replace(facts, role=role), suppressions=suppressions, today=day)
        found += [(name, role, each) for each in here]
    useless = idle(suppressions, [(role, each) for _, role, each in found], day)
    failed = any(each.counts(args.fail_on) for _, _, each in found)
    if args.json:
        answer = _as_json(args.files, found, useless, args.fail_on, failed=failed)
        json.dump(answer, sys.stdout, indent=2, ensure_ascii=False)
        print()
    else:
        for line in _lines(args.files, found, useless):
            print(printable(line))
    return int(Exit.FAILED if failed else Exit.OK)


def today() -> date:
    """The day by which suppressions expire."""
    return datetime.now(UTC).date()


def _facts(args: argparse.Namespace) -> Facts:
    if args.environment is None:
        return Facts(account=args.account)
    environment = load_environment(args.environment, args.environments)
    return facts_of(environment, load_environments(args.environments), account=args.account)


def facts_of(
    environment: Environment, others: Sequence[Environment], *, account: str | None = None
) -> Facts:
    """What the environments' files say of a role in one of them."""
    accounts: dict[str, str | None] = {}
    issuers: dict[str, str | None] = {}
    for each in others:
        _once(accounts, each.account_id, each.name)
        for url in each.issuers.values():
            _once(issuers, url.removeprefix("https://"), each.name)
    owned = {number for each in others for number in each.own_accounts}
    return Facts(
        account=account or environment.account_id,
        partition=environment.partition,
        environment=environment.name,
        own_accounts=frozenset(owned),
        environments=_certain(accounts),
        issuers=_certain(issuers),
    )


def _once(found: dict[str, str | None], key: str, name: str) -> None:
    """What belongs to two environments tells neither."""
    found[key] = name if found.get(key, name) == name else None


def _certain(found: dict[str, str | None]) -> MappingProxyType[str, str]:
    return MappingProxyType({key: name for key, name in found.items() if name is not None})


def _suppressions(path: Path) -> tuple[Suppression, ...]:
    return read_suppressions(_text(str(path)), path.name)


def _text(name: str) -> str:
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return raw.decode("utf-8")
    except OSError as error:
        raise Problem(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise Problem(f"{name} is not UTF-8 text; save it as such.") from None


def _read(name: str) -> PolicyDocument:
    text = _text(name)
    try:
        return PolicyDocument.parse(text)
    except Problem as problem:
        raise Problem(f"{name}: {problem}") from None


def _lines(
    files: Sequence[str],
    found: Sequence[tuple[str, str | None, Finding]],
    useless: Sequence[str],
) -> Iterator[str]:
    for name in dict.fromkeys(files):
        here = [each for file, _, each in found if file == name]
        if not here:
            yield f"{name}: no findings"
        for each in here:
            mark = "" if each.suppressed is None else f" (suppressed: {each.suppressed})"
            yield f"{name}: {each.rule.id} {each.severity}{mark}: {each.text}"
    yield from useless
    yield _summary([each for _, _, each in found])


def _summary(found: Sequence[Finding]) -> str:
    open_ = [each for each in found if each.suppressed is None]
    counts = [
        f"{number} {severity}"
        for severity in reversed(SEVERITIES)
        if (number := sum(each.severity == severity for each in open_))
    ]
    told = f"{len(open_)} finding" + ("" if len(open_) == 1 else "s")
    details = f" ({', '.join(counts)})" if counts else ""
    suppressed = len(found) - len(open_)
    return told + details + (f", {suppressed} suppressed" if suppressed else "")


def _as_json(
    files: Sequence[str],
    found: Sequence[tuple[str, str | None, Finding]],
    useless: Sequence[str],
    fail_on: str,
    *,
    failed: bool,
) -> dict[str, object]:
    return {
        "failed": failed,
        "failOn": fail_on,
        "files": [
            {
                "file": name,
                "findings": [_finding(each) for file, _, each in found if file == name],
            }
            for name in dict.fromkeys(files)
        ],
        "idleSuppressions": list(useless),
    }


def _finding(each: Finding) -> dict[str, object]:
    return {
        "rule": each.rule.id,
        "title": each.rule.title,
        "severity": each.severity,
        "text": each.text,
        "statement": each.statement,
        "sid": each.sid,
        "page": each.rule.page,
        "suppressed": each.suppressed,
    }

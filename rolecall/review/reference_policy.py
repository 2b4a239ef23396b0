"""What IAM Access Analyzer's own checks want of a change of trust policies.

Source: Access Analyzer API Reference, CheckNoNewAccess and CheckNoPublicAccess; IAM User
Guide, "Validate policies with IAM Access Analyzer custom policy checks"; AWS's samples of
reference policies for role trust policies, which are resource policies without a Resource.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote

from rolecall.policy import PolicyDocument
from rolecall.policy.compare.holes import holes_in
from rolecall.review.model import Pair, Policy, RoleSide, Snapshot, Unread

_PLAIN = re.compile(r"[A-Za-z0-9_+=,@-][A-Za-z0-9_.+=,@-]*")
_PUBLIC = "AWS::IAM::AssumeRolePolicyDocument"


@dataclass(frozen=True, slots=True)
class Reference:
    """One role that AWS can be asked about. existing: None for a new role, whose access is
    new altogether; only the public check fits it."""

    environment: str
    role: str
    existing: PolicyDocument | None
    new: PolicyDocument


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One role that AWS cannot be asked about, and why, in a sentence."""

    environment: str
    role: str
    why: str


def references(
    snapshots: Iterable[Snapshot], *, unchanged: bool = False
) -> tuple[tuple[Reference, ...], tuple[LeftOut, ...]]:
    """The roles whose trust policy changes (with `unchanged`: all that stay), and the rest.

    A role that is deleted lets nobody in and is not asked about.
    """
    found: list[Reference] = []
    left: list[LeftOut] = []
    for snapshot in snapshots:
        for pair in snapshot.roles:
            each = _reference(snapshot.environment, pair, unchanged)
            if isinstance(each, Reference):
                found.append(each)
            elif each is not None:
                left.append(each)
        left += [LeftOut(snapshot.environment, "", note) for note in snapshot.notes]
    return tuple(found), tuple(left)


def _reference(
    environment: str, pair: Pair[RoleSide], unchanged: bool
) -> Reference | LeftOut | None:
    if pair.after is None:
        return None
    name = pair.after.name
    before = None if pair.before is None else pair.before.trust
    sides: list[PolicyDocument | None] = []
    for side, words in ((before, "its present trust policy"), (pair.after.trust, "its new one")):
        known = None if side is None else _known(side, words)
        if isinstance(known, str):
            return LeftOut(environment, name, known)
        sides.append(known)
    existing, new = sides
    if new is None:
        return None
    # By their canonical text: the order of values means nothing.
    same = existing is not None and existing.to_json() == new.to_json()
    if same and not unchanged:
        return None
    return Reference(environment, name, existing, new)


def _known(policy: Policy, words: str) -> PolicyDocument | str:
    """The policy as AWS would get it, or why AWS cannot: a hole has no value yet."""
    if isinstance(policy, Unread):
        return f"{words} is not known: {policy.why}"
    holes = sorted(set(holes_in(policy.to_json())))
    if holes:
        named = ", ".join(f"${{{hole}}}" for hole in holes[:3])
        return f"{words} holds what is known after apply only: {named}."
    return policy


def files(found: Sequence[Reference], left: Sequence[LeftOut]) -> dict[str, str]:
    """Every file to be written, by its path within the folder."""
    texts: dict[str, str] = {}
    roles: list[dict[str, object]] = []
    checks: list[str] = []
    for each in found:
        folder = _folder(each, texts)
        new = each.new.to_json()
        texts[f"{folder}/new.json"] = _pretty(each.new.to_dict())
        names: list[str] = []
        if each.existing is not None:
            texts[f"{folder}/existing.json"] = _pretty(each.existing.to_dict())
            request = {
                "existingPolicyDocument": each.existing.to_json(),
                "newPolicyDocument": new,
                "policyType": "RESOURCE_POLICY",
            }
            texts[f"{folder}/check-no-new-access.json"] = _pretty(request)
            checks.append(
                f"check {quote(folder)} check-no-new-access"
                f" --existing-policy-document {_file(folder, 'existing.json')}"
                f" --new-policy-document {_file(folder, 'new.json')}"
                " --policy-type RESOURCE_POLICY"
            )
            names.append("check-no-new-access")
        texts[f"{folder}/check-no-public-access.json"] = _pretty(
            {"policyDocument": new, "resourceType": _PUBLIC}
        )
        checks.append(
            f"check {quote(folder)} check-no-public-access"
            f" --policy-document {_file(folder, 'new.json')} --resource-type {_PUBLIC}"
        )
        names.append("check-no-public-access")
        roles.append(
            {
                "environment": each.environment,
                "role": each.role,
                "folder": folder,
                "checks": names,
            }
        )
    texts["check.sh"] = _SCRIPT.format(checks="\n".join(checks))
    out = [{"environment": e.environment, "role": e.role or None, "why": e.why} for e in left]
    texts["index.json"] = _pretty({"version": 1, "roles": roles, "leftOut": out})
    return texts


#: The options of a check are its file names and constants; nothing secret is among them.
_SCRIPT = """\
#!/bin/sh
# Asks IAM Access Analyzer; each check is a call that AWS charges for. Exit code 3 if one of
# them says FAIL, or that of the AWS CLI if it cannot be asked.
set -eu
cd "$(dirname "$0")"
failed=0
check() {{
    where=$1
    shift
    answer=$(aws accessanalyzer "$@" --query '[result, message]' --output text)
    printf '%s  %s: %s\\n' "$where" "$1" "$answer"
    case $answer in PASS*) ;; *) failed=3 ;; esac
}}
{checks}
exit "$failed"
"""


def _file(folder: str, name: str) -> str:
    return quote(f"file://{folder}/{name}")


def _folder(each: Reference, taken: Mapping[str, str]) -> str:
    """A folder that no name can lead out of, and that no other role has."""
    stem = f"{_component(each.environment)}/{_component(each.role)}"
    number, folder = 1, stem
    while f"{folder}/new.json" in taken:
        number += 1
        folder = f"{stem}~{number}"
    return folder


def _component(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    return "".join(c if c.isascii() and c.isalnum() else f"%{ord(c):02X}" for c in name) or "%"


def _pretty(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"

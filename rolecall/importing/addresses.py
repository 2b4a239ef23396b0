"""Where Terraform finds what a declaration makes, before anything is synthesized.

The rule is cdktf's own (0.21: `makeUniqueId` in lib/private/unique.js); a test holds it
against stacks that are really synthesized.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import md5

_LONGEST, _LONGEST_HUMAN = 255, 240


@dataclass(frozen=True, slots=True)
class Import:
    """One import block: the address in Terraform, and what AWS calls it."""

    to: str
    id: str


def logical_id(path: Sequence[str]) -> str:
    """The name of a resource of a stack, by the ids of the constructs from the stack to it."""
    parts = [each for each in path if each != "Default"]
    if len(parts) == 1 and len(_plain(parts[0])) <= _LONGEST:
        return _plain(parts[0])
    digest = md5("/".join(parts).encode(), usedforsecurity=False).hexdigest()[:8].upper()
    shown: list[str] = []
    for part in parts:
        if not shown or not shown[-1].endswith(part):
            shown.append(part)
    human = "_".join(_plain(each) for each in shown if each != "Resource")
    return f"{human[:_LONGEST_HUMAN]}_{digest}"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "", text)


def role_imports(
    id: str, name: str, managed: Sequence[str], inline: Sequence[str], *, exclusive: bool
) -> list[Import]:
    """The blocks of an `AssumableRole`: the role, its policies, and that they are exclusive.

    managed: ARNs in the order in which they are declared; inline: the policies' names.
    """
    found = [Import(f"aws_iam_role.{logical_id([id])}", name)]
    taken: set[str] = set()
    for arn in managed:
        child = _unused(arn.rpartition("/")[2], taken)
        address = f"aws_iam_role_policy_attachment.{logical_id([id, child])}"
        found.append(Import(address, f"{name}/{arn}"))
    for key in sorted(inline):
        child = _unused(f"inline-{key}", taken)
        found.append(Import(f"aws_iam_role_policy.{logical_id([id, child])}", f"{name}:{key}"))
    if exclusive:
        for kind, stem in (("policies", "policies"), ("policy_attachments", "attachments")):
            address = f'aws_iam_role_{kind}_exclusive.exclusive_role_{stem}["{name}"]'
            found.append(Import(address, name))
    return found


def _unused(id: str, taken: set[str]) -> str:
    found, number = id, 1
    while found in taken:
        number += 1
        found = f"{id}{number}"
    taken.add(found)
    return found


def as_json(imports: Sequence[Import]) -> str:
    """The blocks as Terraform's JSON, for a file `….tf.json` beside cdk.tf.json."""
    blocks = [{"to": each.to, "id": _literal(each.id)} for each in imports]
    return json.dumps({"import": blocks}, indent=2) + "\n"


def as_hcl(imports: Sequence[Import]) -> str:
    """The blocks as HCL, for a file `….tf` beside cdk.tf.json."""
    return "\n".join(
        f"import {{\n  to = {each.to}\n  id = {json.dumps(_literal(each.id))}\n}}\n"
        for each in imports
    )


def _literal(text: str) -> str:
    """A text in which Terraform finds no template."""
    return text.replace("${", "$${").replace("%{", "%%{")

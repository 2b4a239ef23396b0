"""Where roles under test come from: a stack, a folder of cdktf, a policy."""

import json
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rolecall.policy import PolicyDocument, partition_of_region, role_arn
from rolecall.problems import Problem
from rolecall.testing.roles import USUAL_ACCOUNT, TestedRole


def trust_of(
    source: object,
    name: str = "",
    *,
    stack: str | None = None,
    account: str | None = None,
    region: str | None = None,
) -> TestedRole:
    """A role of what was synthesized, to be asked who may assume it.

    source: a stack or an app of cdktf (or cdktn); a `cdktf.out` folder or a `cdk.tf.json`;
    or a trust policy: a `PolicyDocument`, a mapping or JSON text. name: the role's id in
    the stack, or its name; of a policy, what it shall be called. stack: which one, where
    several have such a role. account, region: where the source does not tell.

    Raises `Problem`: no such role, or its policy cannot be read.
    """
    document = _policy(source)
    if document is not None:
        partition = (partition_of_region(region) if region else None) or "aws"
        arn = role_arn(account or _account_of(document), name or "role", partition=partition)
        return TestedRole(arn, document, region or "")
    with tempfile.TemporaryDirectory(prefix="rolecall-testing-") as folder:
        place = synthesized(source, Path(folder))
        return _read(place, name, stack, account, region)


def synthesized(source: object, folder: Path) -> Path:
    """The folder or file that a source is, or is written to as cdktf would; `Problem`."""
    if isinstance(source, str | Path):
        return Path(source)
    stacks: list[Any] = [source] if hasattr(source, "to_terraform") else _stacks_of(source)
    names: dict[str, Any] = {}
    for each in stacks:
        name = str(each.node.id)
        place = folder / "stacks" / name / "cdk.tf.json"
        place.parent.mkdir(parents=True)
        place.write_text(_testing(each).synth(each), encoding="utf-8")
        names[name] = {"name": name, "synthesizedStackPath": f"stacks/{name}/cdk.tf.json"}
    (folder / "manifest.json").write_text(json.dumps({"stacks": names}), encoding="utf-8")
    return folder


def whole_output(stack: Any) -> Path:
    """A folder with all that cdktf writes of a stack, its assets included."""
    return Path(_testing(stack).full_synth(stack))


def _testing(stack: object) -> Any:
    """The `Testing` of the library that the stack's class comes from."""
    for each in type(stack).__mro__:
        if each.__name__ == "TerraformStack":
            return sys.modules[each.__module__.partition(".")[0]].Testing
    raise Problem(f"{type(stack).__name__} is no stack of cdktf; give trust_of a TerraformStack.")


def _stacks_of(app: object) -> list[Any]:
    node = getattr(app, "node", None)
    found = [each for each in getattr(node, "children", ()) if hasattr(each, "to_terraform")]
    if not found:
        raise Problem(
            f"{type(app).__name__} is no stack, app, folder or policy, or holds no stack; give "
            "trust_of the stack itself, its cdktf.out folder, or a trust policy."
        )
    return found


def _policy(source: object) -> PolicyDocument | None:
    if isinstance(source, PolicyDocument):
        return source
    if isinstance(source, Mapping):
        return PolicyDocument.parse(json.dumps(source))
    if isinstance(source, str) and source.lstrip().startswith("{"):
        return PolicyDocument.parse(source)
    return None


def _account_of(document: PolicyDocument) -> str:
    """The account of the providers that are trusted, which must be the role's own."""
    for statement in document.statements:
        for text in statement.principals.federated if statement.principals else ():
            parts = text.split(":")
            if len(parts) > 5:
                return parts[4]
    return USUAL_ACCOUNT


def _read(
    place: Path, name: str, stack: str | None, account: str | None, region: str | None
) -> TestedRole:
    # Here, so that a test of a policy alone does not pay for it.
    from rolecall.review.read import read_synthesized

    found = []
    known: list[str] = []
    for snapshot in read_synthesized(None, place):
        if stack is not None and snapshot.environment != stack:
            continue
        for pair in snapshot.roles:
            side = pair.after
            if side is None:
                continue
            known.append(side.name)
            ids = {side.name, pair.place.address.removeprefix("aws_iam_role.")}
            ids.add(side.name.removeprefix(f"{snapshot.environment}-"))
            if pair.place.construct:
                ids.add(pair.place.construct.rpartition("/")[2])
            if name in ids:
                found.append((snapshot, side))
    if not found:
        listed = ", ".join(sorted(set(known))) or "none"
        raise Problem(f"There is no role {name!r}; the roles are: {listed}.")
    if len(found) > 1:
        stacks = ", ".join(sorted(each.environment for each, _ in found))
        raise Problem(f"Several stacks have a role {name!r} ({stacks}); write stack=….")
    snapshot, side = found[0]
    if not isinstance(side.trust, PolicyDocument):
        raise Problem(f"The trust policy of {side.name} cannot be read: {side.trust.why}")
    where = account or side.account or snapshot.account or _account_of(side.trust)
    arn = role_arn(where, side.name, side.path, snapshot.partition)
    return TestedRole(side.arn or arn, side.trust, region or snapshot.region or "")

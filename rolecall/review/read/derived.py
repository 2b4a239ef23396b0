"""What is known of a resource before it is made, because it follows from what is written.

Sources: "IAM identifiers" (IAM User Guide) for ARNs; the documentation of the AWS provider
for which attribute is the `id`.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rolecall.review.read.instances import Instance
from rolecall.review.read.symbols import Hole

if TYPE_CHECKING:
    from rolecall.review.read.world import World

# What an ARN of IAM has before path and name.
_KINDS = {
    "aws_iam_role": "role",
    "aws_iam_user": "user",
    "aws_iam_group": "group",
    "aws_iam_policy": "policy",
    "aws_iam_instance_profile": "instance-profile",
    "aws_iam_saml_provider": "saml-provider",
}
_ID_IS = {
    "aws_iam_role": "name",
    "aws_iam_user": "name",
    "aws_iam_group": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_policy": "arn",
    "aws_iam_saml_provider": "arn",
    "aws_iam_openid_connect_provider": "arn",
    "aws_rolesanywhere_trust_anchor": "id",
}
_DEFAULTS = {
    ("aws_iam_role", "path"): "/",
    ("aws_iam_user", "path"): "/",
    ("aws_iam_group", "path"): "/",
    ("aws_iam_policy", "path"): "/",
    ("aws_iam_role", "max_session_duration"): 3600,
}
_MERGED = (
    "source_json",
    "override_json",
    "source_policy_documents",
    "override_policy_documents",
    "dynamic",
)


def canonical_attribute(type: str, attribute: str) -> str:
    """The attribute under which a value has its name; a role's `id` is its name."""
    return _ID_IS.get(type, attribute) if attribute == "id" else attribute


def derived(world: "World", instance: Instance, attribute: str) -> object:
    """The value of an attribute that nobody wrote; None where nothing is known of it."""
    type = instance.type
    if instance.key.startswith("data."):
        return _of_data(world, instance, attribute)
    if attribute == "id" and canonical_attribute(type, "id") != "id":
        return world.get(instance, canonical_attribute(type, "id"))
    if attribute == "arn" and type == "aws_iam_openid_connect_provider":
        url = _settled(world.get(instance, "url"))
        host = url.removeprefix("https://") if url else None
        return _arn(world, instance, "oidc-provider", "/", host)
    if attribute == "arn" and type in _KINDS:
        path = "/" if type == "aws_iam_saml_provider" else _path(world, instance)
        return _arn(world, instance, _KINDS[type], path, _settled(world.get(instance, "name")))
    if attribute == "name" and type in _ID_IS:
        return world.hole(instance, "name")
    return _DEFAULTS.get((type, attribute)) if instance.written else None


def _path(world: "World", instance: Instance) -> str | None:
    value = world.get(instance, "path")
    return "/" if value is None else _settled(value)


def _settled(value: object) -> str | None:
    """Text without holes."""
    return value if isinstance(value, str) and value and "${" not in value else None


def _arn(
    world: "World", instance: Instance, kind: str, path: str | None, name: str | None
) -> str | None:
    account = world.account_of(instance.provider)
    if account is None or path is None or name is None:
        return None
    return f"arn:{world.partition}:iam::{account}:{kind}{path}{name}"


def _of_data(world: "World", instance: Instance, attribute: str) -> object:
    match instance.type, attribute:
        case "aws_caller_identity", "account_id" | "id":
            return world.account_of(instance.provider)
        case "aws_partition", "partition" | "id":
            return world.partition
        case "aws_partition", "dns_suffix":
            return {"aws": "amazonaws.com", "aws-us-gov": "amazonaws.com"}.get(
                world.partition, "amazonaws.com.cn" if world.partition == "aws-cn" else None
            )
        case "aws_region", "name" | "id" | "region":
            return world.regions.get(instance.provider)
        case "aws_iam_policy_document", "json" | "minified_json":
            return _document(world, instance)
    return None


def _document(world: "World", instance: Instance) -> str | None:
    """The text that `data.aws_iam_policy_document` will make of its blocks.

    Only where nothing is merged in from other documents.
    """
    if any(world.get(instance, name) for name in _MERGED):
        return None
    written = world.get(instance, "statement")
    blocks = [written] if isinstance(written, Mapping) else written
    if not isinstance(blocks, list) or not blocks:
        return None
    statements = [_statement(world, block) for block in blocks]
    if None in statements:
        return None
    version = world.shown(world.get(instance, "version")) or "2012-10-17"
    return json.dumps({"Version": version, "Statement": statements})


def _statement(world: "World", block: object) -> dict[str, object] | None:
    if not isinstance(block, Mapping) or "dynamic" in block:
        return None
    found: dict[str, object] = {"Effect": world.shown(block.get("effect")) or "Allow"}
    if sid := world.shown(block.get("sid")):
        found["Sid"] = sid
    for name, element in (
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ):
        if block.get(name) is not None:
            values = _values(world, block[name])
            if values is None:
                return None
            if values:
                found[element] = values
    for name, element in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        principals: dict[str, list[str]] = {}
        named = _blocks(block.get(name))
        if named is None:
            return None
        for each in named:
            kind, values = world.shown(each.get("type")), _values(world, each.get("identifiers"))
            if kind is None or values is None:
                return None
            principals.setdefault(kind, []).extend(values)
        if principals:
            found[element] = "*" if principals == {"*": ["*"]} else principals
    conditions: dict[str, dict[str, list[str]]] = {}
    limits = _blocks(block.get("condition"))
    if limits is None:
        return None
    for each in limits:
        test, key = world.shown(each.get("test")), world.shown(each.get("variable"))
        values = _values(world, each.get("values"))
        if test is None or key is None or values is None:
            return None
        conditions.setdefault(test, {}).setdefault(key, []).extend(values)
    if conditions:
        found["Condition"] = conditions
    return found


def _blocks(written: object) -> list[Mapping[str, object]] | None:
    """The blocks; None where not all of them are known: one left out would say another thing."""
    listed = [] if written is None else written if isinstance(written, list) else [written]
    found = [each for each in listed if isinstance(each, Mapping)]
    return found if len(found) == len(listed) else None


def _values(world: "World", written: object) -> list[str] | None:
    """A list of texts; None where the list itself is not known."""
    if isinstance(written, Hole) or not isinstance(written, list):
        return None
    texts = [world.shown(each) for each in written]
    if None in texts:
        return None
    # The data source's own way to write a policy variable.
    return [str(text).replace("&{", "${") for text in texts]

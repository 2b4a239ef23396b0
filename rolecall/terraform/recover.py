"""What a killed deploy left behind: made in AWS, but not yet written into Terraform's state.

Terraform writes a resource into its state only after the provider has answered. A deploy
that is killed in between leaves a role that the next deploy can neither find nor create
(`EntityAlreadyExists`). Here such leftovers are told apart from roles that somebody else
made, and imported into the state, so that the next deploy goes on where the killed one
stopped (Terraform's page "Import").
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rolecall.files import read_regular
from rolecall.problems import Exit, Problem

#: Resource types that AWS refuses to create twice; the others that the constructs make
#: are put, not created, and need no recovery.
NAMED_ONCE = (
    "aws_iam_role",
    "aws_iam_user",
    "aws_iam_openid_connect_provider",
    "aws_iam_saml_provider",
)
_OIDC, _SAML = NAMED_ONCE[2:]


@dataclass(frozen=True)
class Declared:
    """A resource of the synthesized stack. `tags` include the provider's default tags.

    name: of an OIDC provider its URL without `https://`.
    said: what else the call that creates it says: the path of a role or user, the
        client IDs of an OIDC provider, the metadata of a SAML provider.
    identifier: what `terraform import` knows it by, once it was found.
    """

    address: str
    kind: str
    name: str
    said: tuple[str, ...]
    tags: Mapping[str, str]
    identifier: str = ""


@dataclass(frozen=True)
class Found:
    """The same resource as AWS has it; see `Declared`."""

    said: tuple[str, ...]
    tags: Mapping[str, str]
    identifier: str


@dataclass(frozen=True)
class Recovery:
    """`leftovers` are to be imported; `strangers` bear the name, but are not of this stack."""

    leftovers: tuple[Declared, ...]
    strangers: tuple[Declared, ...]


def declared_resources(synthesized: Path) -> tuple[Declared, ...]:
    """The roles, users and identity providers of a `cdk.tf.json`.

    Raises `Problem` where there is none, or where it is not what cdktf writes.
    """
    try:
        with read_regular(synthesized) as file:
            document = json.loads(file.read())
        resources = document.get("resource", {})
        defaults = _default_tags(document)
        return tuple(
            Declared(
                address=f"{kind}.{key}",
                kind=kind,
                name=_name(kind, body),
                said=_said(kind, body),
                tags={**defaults, **(body.get("tags") or {})},
            )
            for kind in NAMED_ONCE
            for key, body in sorted(resources.get(kind, {}).items())
        )
    except FileNotFoundError:
        raise Problem(f"{synthesized} is not there: run `cdktf synth` first.") from None
    except OSError as error:
        raise Problem(f"{synthesized} cannot be read: {error.strerror}.") from None
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise Problem(
            f"{synthesized} is not a stack that cdktf wrote ({type(error).__name__}): "
            "remove cdktf.out and run `cdktf synth` again."
        ) from None


def addresses_in_state(pulled: str) -> frozenset[str]:
    """The addresses in what `terraform state pull` printed; none where there is no state yet.

    Raises `Problem` for what is not a Terraform state.
    """
    if not pulled.strip():
        return frozenset()
    try:
        resources = json.loads(pulled).get("resources", [])
        return frozenset(
            f"{resource['type']}.{resource['name']}"
            for resource in resources
            if resource["mode"] == "managed" and any(map(_made, resource["instances"]))
        )
    except (ValueError, AttributeError, KeyError, TypeError):
        raise Problem(
            "Terraform's state is damaged; its backup lies beside it (`.backup`).", Exit.FAILED
        ) from None


def _made(instance: Mapping[str, Any]) -> bool:
    # What is still being created stands in the state already, without the id AWS gave it.
    return bool((instance.get("attributes") or {}).get("id"))


def sort_out(
    declared: Collection[Declared],
    in_state: Collection[str],
    look_up: Callable[[Declared], Found | None],
) -> Recovery:
    """Which declared resources are leftovers of a killed deploy, and which are strangers.

    A leftover has exactly the declared tags, and whatever else (`said`) the call says that
    creates it. Anything else that bears the name was made by somebody
    else, and taking it over could let him in.
    """
    leftovers: list[Declared] = []
    strangers: list[Declared] = []
    for resource in declared:
        if resource.address in in_state:
            continue
        found = look_up(resource)
        if found is None:
            continue
        same = found.said == resource.said and dict(found.tags) == dict(resource.tags)
        known = replace(resource, identifier=found.identifier)
        (leftovers if same else strangers).append(known)
    return Recovery(tuple(leftovers), tuple(strangers))


def _name(kind: str, body: Mapping[str, Any]) -> str:
    if kind == _OIDC:
        return str(body["url"]).removeprefix("https://")
    return str(body["name"])


def _said(kind: str, body: Mapping[str, Any]) -> tuple[str, ...]:
    if kind == _OIDC:
        return tuple(sorted(body["client_id_list"]))
    if kind == _SAML:
        # As Terraform reads it: `$${` and `%%{` stand for `${` and `%{`.
        return (str(body["saml_metadata_document"]).replace("$${", "${").replace("%%{", "%{"),)
    return (body.get("path") or "/",)


def _default_tags(document: Mapping[str, Any]) -> dict[str, str]:
    providers = document.get("provider", {}).get("aws", [])
    tags: dict[str, str] = {}
    for provider in providers:
        for block in provider.get("default_tags", []):
            tags.update(block.get("tags", {}))
    return tags

"""A role that exists, as the call of `AssumableRole` that declares it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.explain import who_can
from rolecall.importing.addresses import Import, logical_id, role_imports
from rolecall.importing.aws_principals import duration
from rolecall.importing.building import built
from rolecall.importing.existing import ExistingRole
from rolecall.importing.express import Entity, Expressed
from rolecall.importing.expression import Call, Expression, Name, Said, call
from rolecall.importing.home import Home
from rolecall.policy import PolicyDocument, PolicyError, Statement

_USUAL_LIMIT = 2048
# ${aws:username}, ${*}: what the constructs hand to AWS as it is.
_TEMPLATE = re.compile(r"\$\{(?!\s*[A-Za-z0-9._~/-]+:(?!:)|[*?$]\})")


@dataclass(frozen=True, slots=True)
class Declared:
    """A role's declaration. notes: what a reader of it must know. call: None where the
    source tells a trust policy only, or the role is AWS's own."""

    role: ExistingRole
    expressed: Expressed
    entities: list[Expression]
    call: Call | None
    imports: tuple[Import, ...]
    notes: tuple[str, ...]


def declare(
    role: ExistingRole,
    expressed: Expressed,
    home: Home,
    *,
    names: Mapping[str, str],
    environment_tags: Mapping[str, str],
    taken: set[str],
) -> Declared:
    """The declaration of a role whose trust policy is expressed already.

    taken: how Terraform calls the roles of the same stack that are declared so far.
    """
    listed: list[Expression] = [
        Said(_words(each, home, names), each.call) for each in expressed.entities
    ]
    notes = list(_said(expressed, role))
    if role.name is None:
        return Declared(role, expressed, listed, None, (), tuple(notes))
    if role.of_aws:
        notes.append(
            f"AWS makes and changes roles under {role.path} itself, so no AssumableRole can "
            "declare it; who may assume it is written all the same."
        )
        return Declared(role, expressed, listed, None, (), tuple(notes))
    id = _id(role.name, home.environment, taken)
    kwargs: dict[str, Expression] = {}
    if not home.environment or f"{home.environment}-{id}" != role.name:
        kwargs["name"] = role.name
    if role.path != "/":
        kwargs["path"] = role.path
    if role.description:
        kwargs["description"] = role.description
    kwargs["trusted_entities"] = listed
    _policies(role, kwargs, notes)
    if role.max_session_seconds is None:
        notes.append("The source does not tell the longest session: one hour is declared.")
    elif role.max_session_seconds != 3600:
        kwargs["max_session"] = duration(role.max_session_seconds)
    _tags(role, kwargs, notes, environment_tags)
    exclusive = role.managed_policies is not None and role.inline_policies is not None
    if not exclusive:
        kwargs["exclusive"] = False
    size = len(expressed.document.to_json()) if expressed.document else 0
    if size > _USUAL_LIMIT:
        kwargs["trust_size_limit"] = 4096
        notes.append(
            f"The trust policy has {size} characters, more than {_USUAL_LIMIT}: the account's "
            "quota must have been raised."
        )
    made = call("AssumableRole", Name("stack"), id, **kwargs)
    imports = role_imports(
        id,
        role.name,
        role.managed_policies or (),
        tuple(role.inline_policies or {}),
        exclusive=exclusive,
    )
    return Declared(role, expressed, listed, made, tuple(imports), tuple(notes))


def _id(name: str, environment: str, taken: set[str]) -> str:
    """The construct's id: the name without the environment's, where nothing else has it."""
    short = name.removeprefix(f"{environment}-") if environment else name
    candidates = [short, name, *(f"role-{n}-{name}" for n in range(1, 1000))]
    for id in candidates:
        # cdktf knows the first two in a way of its own, and drops some characters.
        if id in ("", "Default", "Resource") or not logical_id([id]):
            continue
        if (own := logical_id([id]).casefold()) not in taken:
            taken.add(own)
            return id
    raise AssertionError(name)  # a thousand roles of one name


def _policies(role: ExistingRole, kwargs: dict[str, Expression], notes: list[str]) -> None:
    if role.managed_policies:
        kwargs["managed_policies"] = [_short(arn, role) for arn in role.managed_policies]
    if role.inline_policies:
        inline: dict[str, Expression] = {}
        for name, document in role.inline_policies.items():
            inline[name] = json.loads(json.dumps(document))
            notes += _fault_of(name, document)
        kwargs["inline_policies"] = inline
    if role.managed_policies is None or role.inline_policies is None:
        notes.append(
            "The source does not tell the role's policies: none is declared, and exclusive=False "
            "leaves those that it has."
        )
    if role.boundary is not None:
        kwargs["permissions_boundary"] = _short(role.boundary, role)
    elif not role.boundary_known:
        notes.append(
            "The source does not tell the permissions boundary: none is declared, and Terraform "
            "would take away the one that the role has."
        )


def _short(arn: str, role: ExistingRole) -> str:
    """AWS's own policies by the name that the constructs know."""
    return arn.removeprefix(f"arn:{role.partition}:iam::aws:policy/")


def _fault_of(name: str, document: object) -> list[str]:
    text = json.dumps(document)
    found: list[str] = []
    try:
        PolicyDocument.parse(text)
    except PolicyError as error:
        found.append(f"The construct will refuse the inline policy {name!r}: {error}")
    if _TEMPLATE.search(text):
        found.append(
            f"The inline policy {name!r} holds a ${{…}} that is no policy variable: Terraform "
            "would take it for its own."
        )
    return found


def _tags(
    role: ExistingRole,
    kwargs: dict[str, Expression],
    notes: list[str],
    environment_tags: Mapping[str, str],
) -> None:
    if role.tags is None:
        notes.append("The source does not tell the role's tags: Terraform would take them away.")
        return
    own: dict[str, Expression] = {
        key: value
        for key, value in role.tags.items()
        if not key.lower().startswith("aws:") and environment_tags.get(key) != value
    }
    if own:
        kwargs["tags"] = own
    if aws := sorted(key for key in role.tags if key.lower().startswith("aws:")):
        notes.append(f"Tags of AWS's own are left out, nobody can set them: {', '.join(aws)}.")
    if new := sorted(environment_tags.keys() - role.tags.keys()):
        notes.append(f"The environment's tags are new to it: {', '.join(new)}.")


def _said(expressed: Expressed, role: ExistingRole) -> list[str]:
    found: list[str] = []
    if expressed.refused:
        found.append(
            f"This policy cannot be deployed as it stands. {expressed.refused} Mend it; until "
            "then its declaration raises the same."
        )
    if expressed.fell:
        found.append(f"Every statement is kept as it is: {expressed.fell}")
    if expressed.unproven:
        found.append(f"NOT PROVEN to mean the same as the policy in AWS: {expressed.unproven}")
    if role.trust.id is not None:
        found.append("The Id of the policy is left out: it decides nothing.")
    if role.trust.version != PolicyDocument(()).version:
        found.append("The policy is of an old version of the language, and written in today's.")
    if _TEMPLATE.search(json.dumps(role.trust.to_dict())):
        found.append(
            "The trust policy holds a ${…} that is no policy variable: the construct refuses it."
        )
    return found


def _words(entity: Entity, home: Home, names: Mapping[str, str]) -> tuple[str, ...]:
    """Who comes in by this entity, in sentences."""
    statements: tuple[Statement, ...]
    if entity.call.name == "RawStatement":
        statement = entity.call.args[0]
        statements = (Statement.parse(statement, "statement"),)
    else:
        statements = built(entity.call, home.values()).statements(home.context)
    document = PolicyDocument(statements)
    return who_can(document, account=home.context.account_id, names=names)

"""Existing roles in, the file that declares them out; nothing is said to be proven that is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rolecall.importing.addresses import Import
from rolecall.importing.building import built
from rolecall.importing.declared import Declared, declare
from rolecall.importing.existing import ExistingRole
from rolecall.importing.express import express
from rolecall.importing.home import Home
from rolecall.importing.module import all_imports, module_text
from rolecall.importing.proof import why_not_same
from rolecall.importing.read_back import Read, read_back
from rolecall.policy import PolicyDocument
from rolecall.problems import Exit, Problem
from rolecall.trust import LARGEST_SIZE_LIMIT, TrustError, trust_policy


@dataclass(frozen=True, slots=True)
class Imported:
    """A file of roles. text: the file; imports: what Terraform is to take over."""

    declared: tuple[Declared, ...]
    text: str
    imports: tuple[Import, ...]

    @property
    def proven(self) -> bool:
        """Whether every declaration is known to mean what AWS has."""
        return all(each.expressed.unproven is None for each in self.declared)

    @property
    def refused(self) -> bool:
        """Whether AWS would refuse one of the policies today."""
        return any(each.expressed.refused for each in self.declared)


def import_roles(
    roles: Sequence[ExistingRole],
    home: Home,
    *,
    names: Mapping[str, str],
    environment_tags: Mapping[str, str],
    imports_inside: bool,
) -> Imported:
    """The file for these roles, which are all of one account."""
    taken: set[str] = set()
    found: list[Declared] = []
    for role in roles:
        own = replace(home, role_arn=role.arn)
        found.append(
            declare(
                role,
                express(role.trust, own),
                own,
                names=names,
                environment_tags=environment_tags,
                taken=taken,
            )
        )
    text = module_text(found, home, imports_inside=imports_inside)
    _check(text, found, home)
    return Imported(tuple(found), text, tuple(all_imports(found, home)))


def _check(text: str, declared: Sequence[Declared], home: Home) -> None:
    """Read the file again and compare: the text is what is deployed."""
    read = read_back(text)
    if len(read) != len(declared):
        raise _unlike("it holds other roles")
    for each, one in zip(declared, read, strict=True):
        wanted = dict(each.call.kwargs) if each.call is not None else {}
        wanted.pop("trusted_entities", None)
        values = {name: built(value, home.values()) for name, value in wanted.items()}
        if values != one.arguments or (each.call and each.call.args[1] != one.id):
            raise _unlike(f"{each.role.name} has other arguments")
        fault = _fault(one, each, replace(home, role_arn=each.role.arn))
        if fault is not None and each.expressed.unproven is None:
            raise _unlike(fault)


def _unlike(what: str) -> Problem:
    return Problem(
        f"the file read again does not say what it was to say ({what}): nothing was written. "
        "That is a fault of Rolecall; please report it.",
        Exit.FAILED,
    )


def _fault(read: Read, declared: Declared, home: Home) -> str | None:
    if declared.expressed.refused:
        statements = [each for entity in read.entities for each in entity.statements(home.context)]
        return why_not_same(declared.role.trust, PolicyDocument(tuple(statements)), home)
    try:
        document = trust_policy(read.entities, home.context, size_limit=LARGEST_SIZE_LIMIT)
    except TrustError as error:
        return str(error)
    return why_not_same(declared.role.trust, document, home)

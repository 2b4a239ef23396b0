"""The Python file that declares roles, from its docstring to its last bracket."""

from collections.abc import Iterator, Sequence

from rolecall.importing.addresses import Import, as_hcl
from rolecall.importing.building import KINDS
from rolecall.importing.declared import Declared
from rolecall.importing.expression import Call, Expression, names_in
from rolecall.importing.home import Home, Provider
from rolecall.importing.layout import comment, written

_PROVEN = "Proven to mean the same as the trust policy that it has: compared in both directions."
_CONSTRUCTS = ("AssumableRole", "OidcProvider", "SamlProvider")


def module_text(declared: Sequence[Declared], home: Home, *, imports_inside: bool) -> str:
    """The whole file. imports_inside: the import blocks stand in it as a comment."""
    inner = any(each.role.name is not None for each in declared)
    body = "".join(_section(each, indent=1 if inner else 0) for each in declared)
    providers = used_providers(declared, home)
    depth = 1 if inner else 0
    lines = [_assignment(each.name, each.expression, depth) for each in providers]
    parts = [*declared_expressions(declared), *(each.expression for each in providers)]
    head = (
        _docstring(declared)
        + "\n"
        + _imports(parts, inner, any(each.call is None for each in declared))
    )
    if inner:
        opening = (
            "\n\ndef add_imported_roles(stack: EnvironmentStack) -> None:\n"
            '    """Declare the roles in the stack of their environment."""\n'
        )
        between = "\n" if lines else ""
        text = head + opening + "".join(lines) + between + body.lstrip("\n")
    else:
        text = head + "\n" + "".join(lines) + ("\n" if lines else "") + body.lstrip("\n")
    blocks = all_imports(declared, home)
    if imports_inside and blocks:
        text += "\n\n" + _blocks(blocks)
    return text


def declared_expressions(declared: Sequence[Declared]) -> list[Expression]:
    """What the file says of the roles."""
    return [each.call if each.call is not None else each.entities for each in declared]


def used_providers(declared: Sequence[Declared], home: Home) -> list[Provider]:
    """The providers that the file names, in the order in which they were found."""
    names = {name for each in declared_expressions(declared) for name in names_in(each)}
    return [each for each in home.providers.values() if each.name in names]


def all_imports(declared: Sequence[Declared], home: Home) -> list[Import]:
    """The import blocks of roles and of providers that the file makes."""
    found: list[Import] = []
    for provider in used_providers(declared, home):
        if provider.made:
            oidc = provider.expression.name == "OidcProvider"
            kind = "aws_iam_openid_connect_provider" if oidc else "aws_iam_saml_provider"
            found.append(Import(f"{kind}.{provider.expression.args[1]}", provider.arn))
    for each in declared:
        found += each.imports
    return found


def _docstring(declared: Sequence[Declared]) -> str:
    if all(each.role.name is None for each in declared):
        return '"""Trusted entities of a role, written by `rolecall import` from its policy."""\n'
    return '"""Roles that were in AWS before, written by `rolecall import`."""\n'


def _imports(parts: Sequence[Expression], inner: bool, listed: bool) -> str:
    names = {name.partition(".")[0] for part in parts for name in names_in(part)}
    ours = sorted(names & set(_CONSTRUCTS) | ({"EnvironmentStack"} if inner else set()))
    found = ""
    if "timedelta" in names:
        found += "from datetime import timedelta\n\n"
    if "issuers" in names:
        found += "from rolecall import issuers\n"
    if kinds := sorted(names & KINDS.keys() | ({"TrustedEntity"} if listed else set())):
        found += _import_line("rolecall.trust", kinds)
    if ours:
        found += _import_line("rolecall_cdktf", ours)
    return found


def _import_line(module: str, names: Sequence[str]) -> str:
    line = f"from {module} import {', '.join(names)}\n"
    if len(line) <= 101:
        return line
    return f"from {module} import (\n" + "".join(f"    {name},\n" for name in names) + ")\n"


def _section(declared: Declared, indent: int) -> str:
    role = declared.role
    lines = [role.arn] if role.arn else []
    if declared.expressed.unproven is None:
        lines.append(_PROVEN)
    text = "\n" + comment([*lines, *declared.notes], indent)
    step = "    " * indent
    if declared.call is not None:
        return text + step + written(declared.call, indent, len(step)) + "\n"
    name = f"{'TRUSTED_ENTITIES' if role.name is None else '_'}: list[TrustedEntity]"
    listed = written(declared.entities, indent, len(step) + len(name) + 3)
    return text + f"{step}{name} = {listed}\n"


def _assignment(name: str, value: Call, indent: int) -> str:
    step = "    " * indent
    return f"{step}{name} = {written(value, indent, len(step) + len(name) + 3)}\n"


def _blocks(imports: Sequence[Import]) -> str:
    """The import blocks as a comment: Terraform reads them from a file of their own."""
    said = (
        "Save these lines without their # as imports.tf beside the stack's cdk.tf.json, and "
        "Terraform takes over what is there instead of making it:"
    )
    return comment([said], 0) + "#\n" + "".join(_commented(as_hcl(imports)))


def _commented(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield f"# {line}".rstrip() + "\n"

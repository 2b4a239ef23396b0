"""The written file, read again: what it declares is compared, not what was meant by it.

Nothing is run. Of Python only what `layout` writes is known: literals, lists, mappings,
and calls of names in a table.
"""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from rolecall import issuers
from rolecall.importing.building import KINDS
from rolecall.importing.home import OidcStandIn, SamlStandIn
from rolecall.issuers import OidcIssuer
from rolecall.policy import Statement
from rolecall.trust import TrustContext, TrustError

_ISSUERS: Mapping[str, Callable[[str], OidcIssuer]] = {
    "gitlab": issuers.gitlab,
    "hcp_terraform": issuers.hcp_terraform,
}


@dataclass(frozen=True, slots=True)
class Read:
    """One declaration of the file. arguments: those of `AssumableRole`; () and {} of a list."""

    entities: list[Any]
    id: str | None = None
    arguments: Mapping[str, Any] = field(default_factory=dict)


def read_back(text: str) -> list[Read]:
    """The declarations of a file, in order. Raises ValueError for what is not known."""
    module = ast.parse(text)
    body = list(module.body)
    for each in module.body:
        if isinstance(each, ast.FunctionDef):
            body = list(each.body)
    reader = _Reader()
    found: list[Read] = []
    for line in body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
            value = reader.value(line.value)
            target = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
            if isinstance(value, list):
                found.append(Read(value))
            else:
                reader.names[ast.unparse(target)] = value
        elif isinstance(line, ast.Expr) and isinstance(line.value, ast.Call):
            found.append(reader.value(line.value))
    return found


@dataclass(frozen=True, slots=True)
class Refused:
    """A raw statement that AWS would refuse, so that the class does as well."""

    statement: Statement

    def statements(self, context: TrustContext) -> tuple[Statement, ...]:  # noqa: ARG002
        """The statement all the same."""
        return (self.statement,)


class _Reader:
    def __init__(self) -> None:
        self.names: dict[str, Any] = {"stack": None}

    def value(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.List):
            return [self.value(each) for each in node.elts]
        if isinstance(node, ast.Dict):
            keys = [self.value(each) for each in node.keys if each is not None]
            return dict(zip(keys, [self.value(each) for each in node.values], strict=True))
        if isinstance(node, ast.Name):
            return self.names[node.id]
        if isinstance(node, ast.Call):
            args = [self.value(each) for each in node.args]
            kwargs = {each.arg: self.value(each.value) for each in node.keywords if each.arg}
            return self._called(ast.unparse(node.func), args, kwargs)
        raise ValueError(f"{type(node).__name__} is not what an import writes")

    def _called(self, name: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
        if name == "AssumableRole":
            return Read(kwargs.pop("trusted_entities"), args[1], kwargs)
        if name == "timedelta":
            return timedelta(**kwargs)
        if name == "RawStatement":
            try:
                return KINDS[name](*args, **kwargs)
            except TrustError:
                return Refused(Statement.parse(args[0], "statement"))
        if name in KINDS:
            return KINDS[name](*args, **kwargs)
        if name.startswith("issuers."):
            return _ISSUERS[name.removeprefix("issuers.")](*args)
        if name == "OidcProvider":
            issuer = kwargs.get("issuer") or issuers.oidc_issuer(kwargs["url"])
            return OidcStandIn(issuer, tuple(kwargs["client_ids"]))
        if name == "OidcProvider.from_arn":
            return OidcStandIn(issuers.oidc_issuer("https://" + args[0].partition("/")[2]))
        if name == "OidcProvider.from_url":
            return OidcStandIn(args[0])
        if name == "SamlProvider.from_arn":
            return SamlStandIn(args[0].partition("/")[2])
        if name == "SamlProvider":
            return SamlStandIn(kwargs["name"])
        raise ValueError(f"{name} is not what an import writes")

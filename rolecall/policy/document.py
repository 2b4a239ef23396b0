"""A policy document as a value."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.reading import mapping, read_json, text
from rolecall.policy.statement import Statement

CURRENT_VERSION = "2012-10-17"
OLD_VERSION = "2008-10-17"


@dataclass(frozen=True, slots=True)
class PolicyDocument:
    """Statements, and the version of the language that they are written in.

    Source: "Grammar of the IAM JSON policy language", "IAM JSON policy elements: Version".
    """

    statements: tuple[Statement, ...]
    version: str = CURRENT_VERSION
    id: str | None = None

    @classmethod
    def parse(cls, source: str | bytes | Mapping[str, object]) -> "PolicyDocument":
        """Read a JSON text or an already parsed object, strictly; raises PolicyError.

        A document without Version is of 2008-10-17, as for AWS: policy variables are
        plain text in it.
        """
        value = read_json(source) if isinstance(source, (str, bytes)) else source
        members = mapping(value, "policy", 'write {"Version": "2012-10-17", "Statement": […]}')
        for name in members:
            if name not in ("Version", "Id", "Statement"):
                raise PolicyError(
                    "policy",
                    f"{quoted(name)} is not an element of a policy",
                    "write Version, Id or Statement, in this case",
                )
        version = text(members.get("Version", OLD_VERSION), "Version")
        if version not in (CURRENT_VERSION, OLD_VERSION):
            raise PolicyError(
                "Version", f"{quoted(version)} is not a version", f'write "{CURRENT_VERSION}"'
            )
        if "Statement" not in members:
            raise PolicyError("policy", "it has no Statement", "write at least one")
        listed = members["Statement"]
        items = listed if isinstance(listed, (list, tuple)) else (listed,)
        if not items:
            raise PolicyError("Statement", "the list is empty", "write at least one statement")
        return cls(
            tuple(Statement.parse(item, f"Statement[{n}]") for n, item in enumerate(items)),
            version,
            text(members["Id"], "Id") if "Id" in members else None,
        )

    def to_dict(self) -> dict[str, object]:
        """The document in canonical form; raises PolicyError for what JSON cannot say."""
        members: dict[str, object] = {"Version": self.version}
        if self.id is not None:
            members["Id"] = self.id
        rendered = [statement.to_dict() for statement in self.statements]
        members["Statement"] = rendered[0] if len(rendered) == 1 else rendered
        return members

    def to_json(self) -> str:
        """The canonical text: compact, sorted inside, the statements in their own order.

        `parse` of it means the same, and rendering again gives the same text.
        """
        return json.dumps(self.to_dict(), separators=(",", ":"))

"""The conditions of a statement, taken one by one; what is left over no class asks for."""

from collections.abc import Sequence

from rolecall.importing.expression import Expression
from rolecall.importing.home import Inexpressible
from rolecall.policy import Condition


class Asked:
    """The conditions that are still to be said."""

    def __init__(self, conditions: Sequence[Condition]) -> None:
        self._left = list(conditions)

    def take(self, key: str, *operators: str) -> tuple[str, ...]:
        """The values that a key is compared with by one of the operators; () where it is not.

        StringLike without a wildcard is StringEquals; whether ForAnyValue means the same of
        a key is for the comparison to say.
        """
        for condition in self._left:
            if condition.key.lower() != key.lower():
                continue
            operator = condition.operator.removeprefix("ForAnyValue:")
            plain = not any(set("*?$") & set(value) for value in condition.values)
            if operator == "StringLike" and plain and "StringLike" not in operators:
                operator = "StringEquals"
            if operator == "StringEquals" and not plain and "StringLike" in operators:
                raise Inexpressible(f"{condition.key} is compared with a literal wildcard")
            if operator in operators:
                self._left.remove(condition)
                return tuple(dict.fromkeys(condition.values))
        return ()

    def one(self, key: str, *operators: str) -> str | None:
        """The value of a key that is compared with one only."""
        values = self.take(key, *operators)
        if len(values) > 1:
            raise Inexpressible(f"{key} may have one of several values")
        return values[0] if values else None

    @property
    def left(self) -> tuple[str, ...]:
        """The keys that nothing has taken yet."""
        return tuple(condition.key for condition in self._left)

    def done(self) -> None:
        """Raise `Inexpressible` where something is left."""
        if self._left:
            rest = self._left[0]
            raise Inexpressible(f"no class asks for {rest.key} by {rest.operator}")


def several(values: Sequence[str]) -> Expression:
    """One value as it is, several as a list."""
    return values[0] if len(values) == 1 else list(values)


def session_guards(asked: Asked) -> dict[str, Expression]:
    """The arguments of `SessionGuards`."""
    found: dict[str, Expression] = {}
    if identity := asked.take("sts:SourceIdentity", "StringEquals", "StringLike"):
        found["source_identity"] = several(identity)
    tags: dict[str, Expression] = {}
    for key in asked.left:
        if key.lower().startswith("aws:requesttag/"):
            values = asked.take(key, "StringEquals", "StringLike")
            if values:
                tags[key.partition("/")[2]] = several(values)
    if tags:
        found["session_tags"] = tags
    if blocks := asked.take("aws:SourceIp", "IpAddress"):
        found["source_ip"] = several(blocks)
    return found


def token_guards(asked: Asked) -> dict[str, Expression]:
    """The arguments of `TokenGuards`, which those of SAML users are as well."""
    found: dict[str, Expression] = {}
    if names := asked.take("sts:RoleSessionName", "StringEquals", "StringLike"):
        found["session_name"] = several(names)
    return found | session_guards(asked)

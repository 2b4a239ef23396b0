"""The value of a Principal or NotPrincipal element."""

from dataclasses import dataclass

from rolecall.policy.errors import PolicyError, quoted
from rolecall.policy.reading import mapping, scalar_or_list, strings

_KINDS = {
    "AWS": "aws",
    "Service": "service",
    "Federated": "federated",
    "CanonicalUser": "canonical_user",
}


@dataclass(frozen=True, slots=True)
class Principals:
    """Who is meant. `everyone` is `"Principal": "*"`; `{"AWS": "*"}` stays in `aws`.

    Source: "AWS JSON policy elements: Principal".
    """

    everyone: bool = False
    aws: tuple[str, ...] = ()
    service: tuple[str, ...] = ()
    federated: tuple[str, ...] = ()
    canonical_user: tuple[str, ...] = ()

    @classmethod
    def parse(cls, value: object, where: str) -> "Principals":
        """Read the element's value; raises PolicyError for an unknown kind or no name at all."""
        if isinstance(value, str):
            if value == "*":
                return cls(everyone=True)
            raise PolicyError(
                where,
                f"{quoted(value)} is not a principal",
                'write "*" for everyone, or an object such as {"AWS": "<ARN or account id>"}',
            )
        members = mapping(value, where, 'write "*" or an object such as {"AWS": "<ARN>"}')
        if not members:
            raise PolicyError(where, "it names nobody", 'write for example {"AWS": "<ARN>"}')
        found: dict[str, tuple[str, ...]] = {}
        for kind, names in members.items():
            if kind not in _KINDS:
                raise PolicyError(
                    f"{where}.{quoted(kind).strip(chr(39))}",
                    "there is no such kind of principal",
                    f"write one of {', '.join(_KINDS)}",
                )
            found[_KINDS[kind]] = strings(names, f"{where}.{kind}")
        return cls(
            aws=found.get("aws", ()),
            service=found.get("service", ()),
            federated=found.get("federated", ()),
            canonical_user=found.get("canonical_user", ()),
        )

    def render(self) -> object:
        """The element's value in canonical form."""
        named = {kind: getattr(self, field) for kind, field in sorted(_KINDS.items())}
        members = {kind: scalar_or_list(names) for kind, names in named.items() if names}
        if self.everyone and members:
            raise PolicyError(
                "Principal",
                "it means everyone and names somebody as well",
                "leave out the names, or everyone",
            )
        if not self.everyone and not members:
            raise PolicyError("Principal", "it names nobody", "name a principal")
        return "*" if self.everyone else members

"""One request to be decided."""

from collections.abc import Mapping
from dataclasses import dataclass

from rolecall.policy.callers import Caller


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked, by whom and in which circumstances. Make it with `Request.build`.

    `context` has lower-case keys, because condition keys are compared without regard
    to case. A text is the value of a single-valued key, a tuple are those of a
    multivalued key (`aws:TagKeys`), also if there is one: set operators are for
    tuples, plain ones for texts. `resource_account` is '' where unknown.
    """

    action: str
    resource: str
    caller: Caller
    context: Mapping[str, str | tuple[str, ...]]
    resource_account: str

    @classmethod
    def build(
        cls,
        action: str,
        resource: str,
        caller: Caller,
        context: Mapping[str, str | tuple[str, ...]] | None = None,
        *,
        resource_account: str | None = None,
    ) -> "Request":
        """Put a request together: the caller's own keys and the given ones.

        What the caller is cannot be overridden by `context`. `resource_account`
        defaults to the account in the resource's ARN; give it for resources whose
        ARN has none (S3 buckets).
        """
        merged: dict[str, str | tuple[str, ...]] = {}
        if context:
            for key, value in context.items():
                merged[key.lower()] = value if isinstance(value, str) else tuple(value)
        for key, value in caller.context().items():
            merged[key.lower()] = value
        if resource_account is None:
            parts = resource.split(":", 5)
            resource_account = parts[4] if len(parts) == 6 and parts[0] == "arn" else ""
        return cls(action, resource, caller, merged, resource_account)
